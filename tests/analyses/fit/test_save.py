"""`--save-predictions`: the input byte for byte, but for its predictions; evaluate agrees with the fit."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
from pathlib import Path

import numpy as np
import pytest
from helpers.calls import SAMPLES
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import losscli
from losscli.common.errors import LosscliError, UsageError
from losscli.inputs.header import TextFormat

ROWS = [(1.5, 2.0), (2.5, 2.25), (0.5, 1.0), (4.0, 3.5), (3.0, 3.25)]
QUICK = {"loss": "mse", "model": "affine", "folds": 0, "epochs": 12}


def written(text: str | bytes, folder: Path, name: str = "in.csv", out: str = "out.csv", **options) -> bytes:
    source = folder / name
    source.write_bytes(text.encode() if isinstance(text, str) else text)
    report = losscli.fit(str(source), **{**QUICK, **options}, save_predictions=str(folder / out))
    reading = {key: options[key] for key in ("format", "bad_rows") if key in options}
    again = losscli.evaluate(str(folder / out), **reading, loss="mse")
    assert again.results[0].cost == report.best.after
    assert again.results[0].standard_error == report.best.standard_error
    assert report.saved == str(folder / out)
    return (folder / out).read_bytes()


def test_only_predictions_change(tmp_path):
    text = "id,label,prediction,note\r\n" + "".join(
        f'"{at}",{y},{p},"a, ""b""\n{at}"\r\n' for at, (y, p) in enumerate(ROWS)
    )
    found = written(text, tmp_path).decode()
    assert found != text
    kept = re.compile(r'(?m)^("\d",[\d.]+),[-\d.e]+,')
    assert kept.sub(r"\1,?,", found) == kept.sub(r"\1,?,", text)


def test_last_column_with_windows_line_ends_and_no_line_end_at_all(tmp_path):
    text = "label,prediction\r\n" + "\r\n".join(f"{y},{p}" for y, p in ROWS)
    found = written(text, tmp_path)
    assert found.count(b"\r\n") == len(ROWS)
    assert not found.endswith(b"\n")
    assert re.sub(rb",[^\r\n]+", b"", found) == re.sub(rb",[^\r\n]+", b"", text.encode())


def test_old_line_ends(tmp_path):
    text = "label,prediction\r" + "".join(f"{y},{p}\r" for y, p in ROWS)
    assert written(text, tmp_path).count(b"\r") == len(ROWS) + 1


def test_separator_and_decimal_mark(tmp_path):
    text = "prediction;label\n" + "".join(f"{p};{y}\n".replace(".", ",") for y, p in ROWS)
    found = written(text, tmp_path, format=TextFormat(decimal=",")).decode()
    assert "." not in found
    assert re.fullmatch(r"prediction;label\n(-?\d+,\d+(e-\d+)?;\d,\d+\n){5}", found)


def test_decimal_commas_in_a_file_of_commas_stay_in_quotes(tmp_path):
    text = "prediction,label,note\n" + "".join(
        ",".join(f'"{str(number).replace(".", ",")}"' for number in (p, y)) + ',"a,b"\n' for y, p in ROWS
    )
    found = written(text, tmp_path, format=TextFormat(decimal=",")).decode()
    assert re.fullmatch(r'prediction,label,note\n("-?\d+,\d+(e-\d+)?","\d,\d+","a,b"\n){5}', found)
    (tmp_path / "again.csv").write_text(found)
    report = losscli.evaluate(str(tmp_path / "again.csv"), loss="mse", format=TextFormat(decimal=","))
    assert report.results[0].n == len(ROWS)


def test_no_header(tmp_path):
    text = "".join(f"{y}\t{p}\n" for y, p in ROWS)
    source = tmp_path / "in.tsv"
    source.write_text(text)
    report = losscli.fit(
        str(source), prediction="1", label="0", **QUICK, save_predictions=str(tmp_path / "o.tsv")
    )
    again = losscli.evaluate(str(tmp_path / "o.tsv"), prediction="1", label="0", loss="mse")
    assert again.results[0].cost == report.best.after
    assert again.results[0].standard_error == report.best.standard_error
    assert (tmp_path / "o.tsv").read_text().count("\n") == len(ROWS)


@pytest.mark.parametrize(("suffix", "unpack"), [(".gz", gzip), (".bz2", bz2), (".xz", lzma)])
def test_compression_by_suffix_of_input_and_output(tmp_path, suffix, unpack):
    text = ("label,prediction\n" + "".join(f"{y},{p}\n" for y, p in ROWS)).encode()
    found = written(unpack.compress(text), tmp_path, f"in.csv{suffix}", f"out.csv{suffix}")
    assert unpack.decompress(found) == written(text, tmp_path)


def test_encoding_that_was_named_stays(tmp_path):
    text = "label,prediction,né\n" + "".join(f"{y},{p},ü\n" for y, p in ROWS)
    found = written(text.encode("latin-1"), tmp_path, format=TextFormat(encoding="latin-1"))
    assert found.startswith("label,prediction,né\n".encode("latin-1"))


def test_rows_without_a_prediction_stay_as_they_are(tmp_path):
    text = "label,prediction\n1,oops\n" + "".join(f"{y},{p}\n" for y, p in ROWS) + "2,\n"
    found = written(text, tmp_path, bad_rows="drop").decode().splitlines()
    assert found[1] == "1,oops"
    assert found[-1] == "2,"
    assert found[2] != "1.5,2.0"


def test_ignored_rows_are_corrected(tmp_path):
    text = "label,prediction\n99,2.0\n" + "".join(f"{y},{p}\n" for y, p in ROWS)
    (tmp_path / "in.csv").write_text(text)
    losscli.fit(str(tmp_path / "in.csv"), **QUICK, ignore_label=99, save_predictions=str(tmp_path / "o.csv"))
    lines = (tmp_path / "o.csv").read_text().splitlines()
    assert lines[1].split(",")[1] == lines[2].split(",")[1] != "2.0"


def test_order_of_a_shuffled_file_stays(tmp_path, monkeypatch):
    monkeypatch.chdir(SAMPLES)
    out = tmp_path / "forest.csv"
    report = losscli.fit("diabetes_forest.csv", "diabetes_labels.csv", **QUICK, save_predictions=str(out))
    ids = [line.split(",")[0] for line in Path("diabetes_forest.csv").read_text().splitlines()]
    assert [line.split(",")[0] for line in out.read_text().splitlines()] == ids
    assert losscli.evaluate(str(out), "diabetes_labels.csv", loss="mse").results[0].cost == report.best.after


@pytest.mark.parametrize("model", ["affine", "temperature", "constant"])
def test_columns_of_classes_in_any_order(tmp_path, monkeypatch, model):
    monkeypatch.chdir(SAMPLES)
    out = tmp_path / "wine.csv"
    options = {"loss": "cross_entropy", "model": model, "folds": 0, "epochs": 10}
    report = losscli.fit("wine_bayes.csv", "wine_labels.csv", **options, save_predictions=str(out))
    again = losscli.evaluate(str(out), "wine_labels.csv", loss="cross_entropy").results[0]
    assert again.cost == report.best.after
    assert out.read_text().splitlines()[0] == "id,prob_class_2,prob_class_0,prob_class_1"


def test_what_cannot_be_written_is_told_before_anything_is_read(tmp_path):
    for path in ("-", str(tmp_path / "o.zip")):
        with pytest.raises(UsageError, match="save_predictions: "):
            losscli.fit(str(tmp_path / "absent.csv"), **QUICK, save_predictions=path)
    with pytest.raises(UsageError, match="read only once"):
        losscli.fit([1.0, 2.0], [1.0, 2.0], **QUICK, save_predictions=str(tmp_path / "o.csv"))
    assert list(tmp_path.iterdir()) == []


def test_nothing_half_written(tmp_path):
    (tmp_path / "in.csv").write_text("label,prediction\n1,2\n2,3\n")
    with pytest.raises(LosscliError):
        losscli.fit(str(tmp_path / "in.csv"), **QUICK, save_predictions=str(tmp_path / "no" / "o.csv"))
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


CELL = st.text(st.sampled_from('ab,"\n ;é'), max_size=6)


@settings(max_examples=examples(40))
@given(
    cells=st.lists(CELL, min_size=3, max_size=12),
    block=st.integers(1, 5),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_other_cells_are_kept_whatever_they_hold(tmp_path_factory, cells, block, end):
    folder = tmp_path_factory.mktemp("cells")
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    random = np.random.default_rng(0)
    rows = [f"{cell},{random.normal()},{random.normal()},{cell}" for cell in quoted]
    text = end.join(["left,label,prediction,right", *rows, ""])
    (folder / "in.csv").write_bytes(text.encode())
    losscli.fit(
        str(folder / "in.csv"), loss="mse", model="bias", folds=0, epochs=2, block_rows=block,
        save_predictions=str(folder / "out.csv"),
    )  # fmt: skip
    found = (folder / "out.csv").read_bytes().decode()
    shape = re.compile(r"(?<=,)-?\d+\.\d+(e-?\d+)?(?=,\")")
    assert shape.sub("?", found) == shape.sub("?", text)
