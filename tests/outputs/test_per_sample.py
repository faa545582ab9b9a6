"""Per-sample files: every number reads back bit for bit, every text as far as the format allows."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from helpers.render_samples import assert_harmless, hostile
from hypothesis import given
from hypothesis import strategies as st

from losscli.common.errors import UsageError
from losscli.common.text import encodable, spreadsheet_text
from losscli.outputs.samples.columns import Classes, Column, Vector
from losscli.outputs.samples.formats import load, suffixes

ids = hostile.map(lambda text: encodable(text).rstrip("\0"))
floats = st.floats()


def written(suffix: str, *blocks: Mapping[str, Column]) -> str:
    text = load(f"x{suffix}")
    return "".join(text(block, first=number == 0) for number, block in enumerate(blocks))


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def read_jsonl(text: str) -> list[dict[str, Any]]:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]


def id_array(texts: list[str]) -> Any:
    return np.array([text.encode() for text in texts], dtype=np.bytes_)


def block(n: int = 2, start: int = 1) -> dict[str, Column]:
    return {
        "row": np.arange(start, start + n),
        "id": id_array([f"id-{at}" for at in range(n)]),
        "label": np.arange(n) * 0.1,
        "prediction": np.arange(n) + 0.5,
        "error": np.full(n, -1e-300),
        "loss": np.full(n, 1 / 3),
    }


def test_csv_has_the_promised_columns_once() -> None:
    text = written(".csv", block(), block(1, start=3))
    assert text == (
        "row,id,label,prediction,error,loss\n"
        "1,id-0,0.0,0.5,-1e-300,0.3333333333333333\n"
        "2,id-1,0.1,1.5,-1e-300,0.3333333333333333\n"
        "3,id-0,0.0,0.5,-1e-300,0.3333333333333333\n"
    )


def test_json_lines_have_the_promised_keys() -> None:
    assert written(".jsonl", block(1)) == (
        '{"row": 1, "id": "id-0", "label": 0.0, "prediction": 0.5, '
        '"error": -1e-300, "loss": 0.3333333333333333}\n'
    )


def test_several_losses_have_a_column_each() -> None:
    columns: dict[str, Column] = {
        "row": np.array([1]),
        "id": None,
        "label": Vector(np.array([[1.0, 2.0]]), ("x", "100%, y")),
        "prediction": Classes(np.array([1]), ("no", "=yes")),
        "error": np.array([np.nan]),
        "loss:mse": np.array([np.inf]),
        "loss:huber:delta=2,x=1": np.array([np.nan]),
    }
    assert written(".csv", columns) == (
        'row,id,label_x,"label_100%, y",prediction,error,loss:mse,"loss:huber:delta=2,x=1"\n'
        "1,,1.0,2.0,'=yes,,inf,\n"
    )
    assert read_jsonl(written(".jsonl", columns)) == [
        {
            "row": 1,
            "id": None,
            "label": [1.0, 2.0],
            "prediction": "=yes",
            "error": None,
            "loss:mse": None,
            "loss:mse_text": "inf",
            "loss:huber:delta=2,x=1": None,
        }
    ]


def test_percent_signs_in_names_are_just_that() -> None:
    assert read_jsonl(written(".jsonl", {"100%s %": np.array([1.5])})) == [{"100%s %": 1.5}]


@pytest.mark.parametrize(
    ("suffix", "expected"), [(".csv", "row,id,label,prediction,error,loss\n"), (".jsonl", "")]
)
def test_no_samples_leave_a_header_or_nothing(suffix: str, expected: str) -> None:
    assert written(suffix, block(0)) == expected


def test_a_row_without_a_class_is_empty() -> None:
    columns: dict[str, Column] = {"label": Classes(np.array([-1, 0]), ("a", "b")), "x": np.array([1, 2])}
    assert written(".csv", columns) == "label,x\n,1\na,2\n"
    assert [row["label"] for row in read_jsonl(written(".jsonl", columns))] == [None, "a"]


@given(st.lists(st.tuples(ids, floats), min_size=1, max_size=8))
def test_csv_reads_back(rows: list[tuple[str, float]]) -> None:
    columns: dict[str, Column] = {
        "row": np.arange(len(rows)),
        "id": id_array([name for name, _ in rows]),
        "loss": np.array([value for _, value in rows]),
    }
    text = written(".csv", columns)
    assert_harmless(text)
    for row, (name, value) in zip(read_csv(text), rows, strict=True):
        assert row["id"] == spreadsheet_text(name)
        assert row["loss"] == ("" if math.isnan(value) else repr(value))


@given(st.lists(st.tuples(ids, floats), min_size=1, max_size=8))
def test_json_lines_read_back_exactly(rows: list[tuple[str, float]]) -> None:
    values = np.array([value for _, value in rows])
    columns: dict[str, Column] = {
        "id": id_array([name for name, _ in rows]),
        "class": Classes(np.arange(len(rows)), tuple(name for name, _ in rows)),
        "loss": values,
        "pair": Vector(np.stack([values, values], axis=1), ("a", "b")),
    }
    text = written(".jsonl", columns)
    assert text.isascii()
    assert_harmless(text)
    for row, (name, value) in zip(read_jsonl(text), rows, strict=True):
        assert row["id"] == row["class"] == name
        assert row["pair"] == ([value, value] if math.isfinite(value) else [None, None])
        if math.isinf(value):
            assert (row["loss"], row["loss_text"]) == (None, repr(value))
        else:
            assert row["loss"] == (None if math.isnan(value) else value)


def test_tame_ids_between_wild_ones_keep_their_places() -> None:
    names = ["", "a", "b,c", "-x", "-5", "d", "é", 'q"', "e f", "+1", "=1+1", "z-1"]
    columns: dict[str, Column] = {"id": id_array(names), "row": np.arange(len(names))}
    expected = ["", "a", "b,c", "'-x", "-5", "d", "é", 'q"', "e f", "+1", "'=1+1", "z-1"]
    assert [row["id"] for row in read_csv(written(".csv", columns))] == expected
    assert [row["id"] for row in read_jsonl(written(".jsonl", columns))] == names


def test_bytes_that_are_no_utf8_are_shown() -> None:
    columns: dict[str, Column] = {"id": np.array([b"\xff!", b"ok"], dtype=np.bytes_)}
    assert [row["id"] for row in read_jsonl(written(".jsonl", columns))] == ["\\xff!", "ok"]


def test_a_sliced_array_of_ids_is_read_as_it_is() -> None:
    columns: dict[str, Column] = {"id": id_array(["a", "b", "c", "d"])[::2], "row": np.array([1, 2])}
    assert written(".csv", columns) == "id,row\na,1\nc,2\n"


def test_the_suffix_decides() -> None:
    assert suffixes() == (".csv", ".jsonl")
    assert load("-")(block(0), first=True).startswith("row,id")
    assert load("A.CSV") is load("-")
    with pytest.raises(UsageError, match=r"\.csv or \.jsonl"):
        load("x.txt")
