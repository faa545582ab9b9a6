"""Whatever texts and figures a report holds, each format reads back and steers nothing."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from typing import Any

import pytest
from helpers.examples import examples
from helpers.render_samples import EVERYTHING, PLAIN, RMSE, assert_harmless, hostile, reports
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from losscli.analyses.evaluate.report import Report
from losscli.common.text import encodable, spreadsheet_text, visible
from losscli.outputs.drawing.console import Looks
from losscli.outputs.drawing.grid import Strip, fold, grid
from losscli.outputs.drawing.markdown import code
from losscli.outputs.formats import load, names
from losscli.outputs.views.evaluation import SURE, EvaluationView

some = settings(max_examples=examples(40))


def strict(text: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    return json.loads(text, parse_constant=refuse, object_pairs_hook=unique)


def number(found: dict[str, Any], key: str) -> float | None:
    return float(found[f"{key}_text"]) if f"{key}_text" in found else found[key]


def same(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and math.isnan(one) and math.isnan(other))


@some
@given(reports())
def test_every_format_is_harmless_and_encodable(report: Report) -> None:
    for name in names():
        if load(name).picture:
            # Not of every report; tests of pictures see to those.
            continue
        text = load(name).render(report)
        assert text.endswith("\n")
        text.encode("utf-8")
        assert_harmless(text)


@some
@given(reports())
def test_json_holds_every_figure_and_text_exactly(report: Report) -> None:
    text = load("json").render(report)
    assert text.isascii()
    found = strict(text)
    assert found["signature"] == encodable(report.signature)
    assert ("gates" in found) == ("verdict" in found) == bool(report.gates)
    for result, read in zip(report.results, found["results"], strict=True):
        assert read["loss"] == encodable(result.loss)
        for key in ("weight_sum", "cost", "sum", "mean", "std", "min", "max"):
            assert same(number(read, key), getattr(result, key)), key
        for q, value in result.quantiles.items():
            texts = read.get("quantiles_text", {})
            assert same(float(texts[str(q)]) if str(q) in texts else read["quantiles"][str(q)], value)
        for sample, row in zip(result.worst, read["worst"], strict=True):
            assert row["id"] == (None if sample.id is None else encodable(sample.id))
            assert same(number(row, "error"), sample.error)
            assert same(number(row, "loss"), sample.loss)
        assert [group["group"] for group in read.get("groups", [])] == [
            encodable(group.group or "") for group in result.groups
        ]


@some
@given(reports())
def test_json_lines_repeat_the_results_of_the_document(report: Report) -> None:
    whole = strict(load("json").render(report))
    lines = [strict(line) for line in load("jsonl").render(report).splitlines()]
    expected = []
    for result in whole.pop("results"):
        groups = result.pop("groups", [])
        expected += [result, *groups]
    head = {key: value for key, value in whole.items() if key not in ("gates", "verdict")}
    assert lines == [{**head, **result} for result in expected]


@some
@given(reports())
def test_csv_reads_back(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(load("csv").render(report), newline=""), strict=True))
    parts = [part for result in report.results for part in (result, *result.groups)]
    assert len(rows) == len(parts)
    for row, part in zip(rows, parts, strict=True):
        assert list(row) == [*EvaluationView.columns, *(SURE if report.level is not None else ())]
        ends = (None, None) if part.ci is None else part.ci
        assert [row.get(f"ci_{end}", "") for end in ("low", "high")] == [
            "" if end is None else repr(end) for end in ends
        ]
        assert same(float(row["cost"]), part.cost)
        assert same(float(row["p99"]), part.quantiles[0.99])
        assert row["std"] == ("" if part.std is None else repr(part.std))
        assert row["group"] == ("" if part.group is None else spreadsheet_text(part.group))
        assert row["predictions"] == spreadsheet_text(report.predictions.path)


@given(hostile)
def test_no_text_cell_of_csv_is_a_formula(text: str) -> None:
    shown = spreadsheet_text(text)
    assert shown[:1] not in {"=", "@"}
    if shown[:1] in {"+", "-"}:
        assert repr(float(shown))


@given(st.lists(hostile, min_size=1, max_size=3))
def test_markdown_shows_text_as_it_is_and_in_its_own_cell(texts: list[str]) -> None:
    table = f"| {' | '.join('x' for _ in texts)} |\n|{' --- |' * len(texts)}\n"
    table += f"| {' | '.join(code(text) for text in texts)} |\n"
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(table)
    cells = [tokens[at + 1] for at, token in enumerate(tokens) if token.type == "td_open"]
    assert len(cells) == len(texts)
    for cell, text in zip(cells, texts, strict=True):
        parts = cell.children or []
        assert [part.content for part in parts if part.type == "html_inline"] in ([], ["<code>", "</code>"])
        assert {part.type for part in parts} <= {"html_inline", "code_inline", "text", "text_special"}
        shown = "".join(part.content for part in parts if part.type != "html_inline")
        assert shown == visible(text).strip(" ") or shown == visible(text)


@pytest.mark.parametrize("ascii_only", [False, True])
@example(report=replace(PLAIN, results=(replace(RMSE, loss=":"),)), width=80)
@some
@given(report=reports(), width=st.integers(4, 120))
def test_tables_of_any_width_are_harmless(report: Report, width: int, ascii_only: bool) -> None:
    text = load("table").render(report, Looks(width=width, ascii_only=ascii_only))
    assert_harmless(text)
    assert text.isascii() or not ascii_only


@pytest.mark.parametrize("report", [PLAIN, EVERYTHING])
@pytest.mark.parametrize("width", [30, 40, 79, 80, 120])
def test_tables_keep_to_the_width_of_a_terminal(report: Report, width: int) -> None:
    assert max(map(len, load("table").render(report, Looks(width=width)).splitlines())) <= width


@some
@given(
    st.lists(
        st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40), min_size=1, max_size=5
    ),
    st.integers(1, 60),
)
def test_a_grid_cuts_no_cell(texts: list[str], width: int) -> None:
    strips = [Strip("key", [str(at) for at in range(len(texts))], ""), Strip("text", texts, "")]
    lines = list(grid(strips, width, len))
    shown = "".join(piece for line in lines for piece, _ in line)
    letters = sorted("".join(texts).replace("::", ""))
    for letter in set(letters):
        assert shown.count(letter) >= letters.count(letter) - 2 * "".join(texts).count("::")


@given(hostile, st.integers(5, 30))
def test_folding_loses_nothing_and_keeps_to_the_width(text: str, width: int) -> None:
    text = visible(text).encode("ascii", "backslashreplace").decode()
    pieces = fold(text, width, len)
    assert "".join(pieces).replace("\\x3a", ":") == text.replace("\\x3a", ":")
    assert all(len(piece) <= width for piece in pieces)
    assert not any(piece.lstrip().startswith("::") for piece in pieces[1:])


@given(st.text(st.sampled_from("漢字ab e\u0301"), max_size=30), st.integers(2, 9))
def test_folding_counts_the_cells_of_a_terminal(text: str, width: int) -> None:
    pieces = fold(text, width, cell_len)
    assert "".join(pieces) == text
    assert all(cell_len(piece) <= width for piece in pieces)
