"""JSON Lines and arrays: what is read, and what is refused, by row and key."""

import bz2
import gzip
import json
import random
import subprocess
import sys
from itertools import chain

import numpy as np
import pytest
from helpers import json_rows

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.formats.jsonl import scanner
from losscli.inputs.header import UNKNOWN, TextFormat
from losscli.inputs.opening import open_source

GOOD = '{"id": 1, "prediction": 1.5, "label": 1}'


@pytest.fixture(params=["compiled", "strict"], autouse=True)
def way(request, monkeypatch):
    if request.param == "strict":
        monkeypatch.setattr(scanner, "scan", None)
    return request.param


@pytest.fixture
def refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def refuse(data, name="x.jsonl", **options):
        (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        with pytest.raises(LosscliError) as raised:
            evaluate(name, **{"loss": "mse", **options})
        return str(raised.value)

    return refuse


def lines(*rows):
    return "".join(row + "\n" for row in rows)


def laid_out(rows, form):
    """Return rows as text: JSON Lines, or an array on one line, a line each, or over many lines."""
    texts = [json.dumps(row, ensure_ascii=False) for row in rows]
    return {
        "lines": "\n".join(texts) + "\n",
        "returns": "\r\n".join(texts) + "\r\n\r\n",
        "no end": "\n".join(texts),
        "array": json.dumps(rows),
        "a line each": "[\n" + ",\n".join(texts) + "\n]\n",
        "indented": json.dumps(rows, indent=1),
    }[form]


FORMS = ["lines", "returns", "no end", "array", "a line each", "indented"]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_table_has_the_same_figures_to_the_last_bit(form, tmp_path):
    rnd = np.random.default_rng(7)
    rows = [
        {"id": f"é{at}" if at % 3 else at, "prediction": p, "label": y, "weight": w, "site": site}
        for at, (p, y, w, site) in enumerate(
            zip(
                (rnd.normal(size=3000) * 10.0 ** rnd.integers(-300, 100, 3000)).tolist(),
                rnd.normal(size=3000).tolist(),
                rnd.integers(0, 9, 3000).tolist(),
                rnd.choice(["a", "b, c", 'q"q', "{[", "ü\\"], 3000).tolist(),
                strict=True,
            )
        )
    ]
    for row in rows:
        row["id"] = str(row["id"])
    csv, other = tmp_path / "t.csv", tmp_path / "t.jsonl"
    cells = [[json.dumps(cell) if not isinstance(cell, str) else '"' + cell.replace('"', '""') + '"'
              for cell in row.values()] for row in rows]  # fmt: skip
    csv.write_text("\n".join([",".join(rows[0]), *map(",".join, cells)]) + "\n", encoding="utf-8")
    other.write_text(laid_out(rows, form), encoding="utf-8", newline="")
    options = {"loss": ["mse", "huber"], "weight": "weight", "group": ["site"]}
    found, wanted = (evaluate(path, **options).to_dict()["results"] for path in (other, csv))
    assert json.dumps(found) == json.dumps(wanted)


@pytest.mark.parametrize("seed", range(30))
def test_an_array_is_cut_as_it_is_parsed(seed, tmp_path, monkeypatch):
    rnd = random.Random(seed)
    texts = ['"', "\\", "]", "[", "{", ",", "}", "a", "\n", "é", '\\"', "\\\\", "],{"]
    rows = [
        {"prediction": at, "t": "".join(rnd.choices(texts, k=rnd.randint(0, 9))), "l": [[], {"a": "}"}]}
        for at in range(rnd.randint(1, 40))
    ]
    path = tmp_path / "x.json"
    indent = rnd.choice([None, 2])
    path.write_text(json.dumps(rows, ensure_ascii=rnd.random() < 0.5, indent=indent), encoding="utf-8")
    monkeypatch.setattr("losscli.inputs.formats.jsonl.pieces.HEAD_BYTES", rnd.choice([1, 7, 1 << 16]))
    monkeypatch.setattr("losscli.inputs.formats.jsonl.source.PIECE_BYTES", rnd.choice([1, 30, 1 << 19]))
    _, chunk, found, error = json_rows.read(
        path, lambda header: [json_rows.Want("group", (header.names.index("t"),), text=True)]
    )
    begun = [at for at, line in enumerate(path.read_text("utf-8").split("\n"), 1) if line == "  {"]
    assert not error
    assert [text.decode() for text in chunk.columns["group"].tolist()] == [
        row["t"].strip(" \t") for row in rows
    ]
    assert found == [1] * len(rows) if indent is None else found == begun


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ('{"prediction": NaN, "label": 1}', "row 2: not valid JSON at character 16: NaN is not JSON"),
        ('{"t": "NaN", "p": -Infinity}', "at character 19: -Infinity is not JSON"),
        ('{"prediction": 1, "prediction": 2}', "an object has the key 'prediction' twice"),
        ('{"x": {"a": 1, "a": 1}, "prediction": 1, "label": 1}', "the key 'a' twice"),
        (f"\ufeff{GOOD}", "row 2: not valid JSON at character 1: expecting value, before \\ufeff"),
        ('{"prediction": 1, "label": 1, "t": "\\ud800"}', "character 37: \\ud800 is half of a character"),
        ('{"prediction": 1, "label": 1, "t": "\\udc00\\ud800"}', "\\udc00 is half of a character"),
        ('{"prediction": 1, "label": 1,}', "row 2: not valid JSON at character"),
        ("// a comment", "JSON has no comments"),
        ("{'prediction': 1}", "json.dumps"),
        (GOOD + GOOD, "something stands behind the object, before {"),
        (GOOD + " x", "at character 42: something stands behind the object, before x"),
        ('{"prediction": 01, "label": 1}', "before 1,"),
        ('{"prediction": .5}', "before .5}"),
        ('{"prediction": "a\tb"}', "row 2: not valid JSON at character 18"),
        ("[1, 2]", "row 2: the row is an array; needed: an object with keys"),
        ("null", "row 2: the row is null"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        (f'{{"prediction": {"1" * 5000}}}', "a number that is too long"),
        ("", "row 2: not valid JSON: an empty row"),
        ('{"prediction": "0.5", "label": 1}', 'the prediction (prediction) is the text "0.5"; needed: a number'),  # noqa: E501
        ('{"prediction": true, "label": 1}', "the prediction (prediction) is true; needed: a number"),
        ('{"prediction": {"a": 1}, "label": 1}', "the prediction (prediction) is an object"),
        ('{"prediction": [1], "label": 1}', "the prediction (prediction) is an array"),
        ('{"prediction": 1, "label": true}', "the label (label) is true; needed: a number, as in the rows before"),  # noqa: E501
        ('{"prediction": null, "label": 1}', "row 2: prediction is missing"),
        ('{"label": 1}', "row 2: prediction is missing"),
        ('{"prediction": 1e400, "label": 1}', "row 2: prediction is 1e400; needed: a finite number"),
        ('{"prediction": 9007199254740993, "label": 1}', "which lies between two numbers of 64 bits"),
        (f'{{"prediction": {"1" * 400}, "label": 1}}', "a number that float64 holds exactly"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_told(refused, row, what):
    said = refused(lines(GOOD, row, GOOD))
    assert said.startswith("x.jsonl row 2: ")
    assert what in said


def test_bytes_that_are_not_utf_8(refused):
    said = refused(GOOD.encode() + b'\n{"prediction": 1, "label": 2, "t": "\xff"}\n')
    assert "x.jsonl row 2: byte 37 is not UTF-8" in said
    assert "iconv" in said


def test_the_first_bad_row_is_told(refused):
    bad = '{"id": 1, "prediction": "a", "label": 1}'
    assert "row 2: the prediction" in refused(lines(GOOD, bad, "{"))
    assert "row 2: prediction is missing" in refused(lines(GOOD, '{"label": 1}', bad))
    assert "row 2: not valid" in refused(lines(GOOD, "{", bad))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"[{GOOD},]", "row 2 (line 1): a comma, and no row behind it"),
        (f"[{GOOD},\n{GOOD}", "row 2: the array has no end"),
        (f"[{GOOD}] x", "x stands behind the end of the array"),
        (f"[{GOOD}]]", "] stands behind the end"),
        (f"[{GOOD}}}", "the array is closed by }"),
        (f"[{GOOD},,{GOOD}]", "row 2 (line 1): not valid JSON: an empty row"),
        (f"[{GOOD}, 5]", "row 2 (line 1): the row is 5"),
        (f"[{GOOD}\\,{GOOD}]", "row 1: not valid JSON"),
        ('[\n {"prediction": 1, "label": 2},\n\n {\n  "prediction": x\n }\n]', "row 2 (line 4): not valid JSON at line 5, column 17: expecting value, before x"),  # noqa: E501
        ('[\n {"prediction": 1, "label": 2},\n {\n  "prediction": "1"\n }\n]', "row 2 (line 3): the prediction"),  # noqa: E501
        ("[]", "the array is empty"),
        (" \n[ \n ]\n", "the array is empty"),
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
        ("{}", "x.json row 1: the object is empty"),
        ("prediction,label\n1,2\n", "input_format=\"csv\""),
        ("0.1\n0.2\n", "input_format=\"csv\""),
    ],
)  # fmt: skip
def test_an_array_that_cannot_be_read_is_told(refused, text, what):
    assert what in refused(text, "x.json")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"prediction": [1, 2], "label": [3, 3]}', "one object that holds columns"),
        ('{"prediction": {"0": 1, "1": 2}, "label": {"0": 3, "1": 3}}', "each with the same keys"),
        ('{"columns": ["prediction", "label"], "data": [[1, 3], [2, 3]]}', "names of columns and rows"),
        ('{"v": 1, "samples": [{"prediction": 1, "label": 3}, {"prediction": 2, "label": 3}]}', "under samples"),  # noqa: E501
        ('{\n "s": [\n  {"prediction": 1, "label": 3},\n  {"prediction": 2, "label": 3}\n ]\n}', "under s"),
    ],
)  # fmt: skip
def test_rows_that_are_held_otherwise_are_written_by_the_remedy(refused, text, what, tmp_path):
    said = refused(text, "x.json")
    assert what in said
    command = said.partition("Write the rows: python")[2]
    done = subprocess.run(f"{sys.executable}{command}", shell=True, cwd=tmp_path)
    assert done.returncode == 0
    assert evaluate(tmp_path / "x.jsonl", loss="mse").results[0].cost == 2.5


def test_what_cannot_be_written_by_a_command_is_told(refused):
    assert "one object over several lines" in refused('{\n "prediction": 1,\n "label": 2\n}', "x.json")
    assert "objects over several lines" in refused('{\n "prediction": 1\n}\n{\n "prediction": 2\n}', "x.json")
    assert "the rows are arrays" in refused("[[1, 2], [3, 4]]", "x.json")
    assert "values without a key" in refused("[0.1, 0.2]", "x.json")


def test_one_row_may_be_all(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"messages": [{"a": 1}, {"a": 2}], "prediction": 1, "label": 3}')
    assert evaluate(path, loss="mse").results[0].cost == 4.0


def test_a_row_that_has_no_end(refused, monkeypatch):
    monkeypatch.setattr("losscli.inputs.formats.jsonl.pieces.MOST_ROW_BYTES", 1 << 20)
    assert "row 2: the row is longer than 1 MiB" in refused(GOOD + '\n{"t": "' + "x" * (1 << 22))
    assert "row 1: the row is longer" in refused('[{"t": "' + "x" * (1 << 22))


@pytest.mark.parametrize("packed", [gzip.compress, bz2.compress, lambda data: data])
def test_compressed_files_and_marks(packed, tmp_path):
    path = tmp_path / "x.jsonl"
    for data in (lines(GOOD, GOOD).encode(), b"\xef\xbb\xbf" + lines(GOOD, GOOD).encode()):
        path.write_bytes(packed(data))
        assert evaluate(path, loss="mse").results[0].cost == 0.25


def test_a_pipe_is_read_and_the_bytes_tell_the_format(tmp_path):
    for text in (lines(GOOD, GOOD) * 5000, f"[{','.join([GOOD] * 10000)}]"):
        program = [sys.executable, "-m", "losscli", "evaluate", "-", "--loss", "mse", "--quiet"]
        done = subprocess.run(program, input=text, capture_output=True, text=True)
        assert (done.stdout.strip(), done.stderr) == ("0.25", "")


def test_a_format_that_is_named(tmp_path, refused):
    path = tmp_path / "rows.txt"
    path.write_text("\n" + lines(GOOD, GOOD))
    assert evaluate(path, loss="mse", format=TextFormat(input_format="jsonl")).results[0].cost == 0.25
    said = refused(lines(GOOD, GOOD), format=TextFormat(input_format="csv"))
    assert "this is JSON" in said


def test_a_source_is_opened_again(tmp_path):
    (tmp_path / "x.jsonl").write_bytes(lines(GOOD, GOOD.replace("1.5", '2.5, "t": "é"')).encode("utf-16"))
    source = open_source(tmp_path / "x.jsonl", "predictions", UNKNOWN, hashed=True)
    want = (json_rows.Want("prediction", (1,)),)
    again = source.again()
    assert again.header == source.header
    for one in (source, again):
        chunks = [chunk.columns["prediction"].tolist() for chunk in one.chunks(want, 10)]
        assert [*chain(*chunks)] == [1.5, 2.5]
    assert again.fingerprint() == source.fingerprint() is not None
    (tmp_path / "x.jsonl").write_text(lines(GOOD))
    with pytest.raises(LosscliError, match="changed while"):
        source.again()
    source.close()
    again.close()


def ids(tmp_path, left, right):
    paths = []
    for name, key, cells in (("p.jsonl", "prediction", left), ("l.jsonl", "label", right)):
        rows = [f'{{"id": {cell}, "{key}": {at}}}' for at, cell in enumerate(cells)]
        (tmp_path / name).write_text(lines(*rows))
        paths.append(tmp_path / name)
    return evaluate(*paths, loss="mse").results[0].cost


def test_ids_are_exact_text(tmp_path):
    assert ids(tmp_path, ["7", "9007199254740993"], ['"7"', '"9007199254740993"']) == 0.0
    assert (
        ids(tmp_path, ["9007199254740993", "9007199254740992"], ["9007199254740992", "9007199254740993"])
        == 1.0
    )
    assert ids(tmp_path, ["1" * 40, "1"], ["1", "1" * 40]) == 1.0
    for left, right, what in [
        (['"007"'], ["7"], "only"),
        (["7.0"], ["7"], "7 and 7.0 would be two ids"),
        (["true"], ["1"], "is true; needed: text or an integer"),
        (["7", '"8"'], ["7", "8"], 'is the text "8"; needed: a number, as in the rows before'),
        (['"a\\u0000"'], ['"a"'], "holds a NUL character"),
        ([f'"{"x" * 5000}"'], ['"a"'], "is 5000 bytes long"),
    ]:
        with pytest.raises(LosscliError) as raised:
            ids(tmp_path, left, right)
        assert what in str(raised.value)


def test_true_is_one_as_a_label_alone(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text(lines('{"prediction": 0.5, "label": true}', '{"prediction": 0.5, "label": false}'))
    assert evaluate(path, loss="brier").results[0].cost == 0.25
    path.write_text(lines('{"prediction": 1, "label": null}', '{"prediction": 0.5, "label": true}'))
    assert evaluate(path, loss="brier", bad_rows="drop").results[0].cost == 0.25


def test_classes_in_objects_and_arrays(tmp_path, refused):
    path = tmp_path / "x.jsonl"
    path.write_text(
        lines(
            '{"probs": {"cat": 0.5, "dog": 0.5}, "label": "cat"}',
            '{"label": "dog", "probs": {"dog": 0.5, "cat": 0.5}}',
        )
    )
    found = evaluate(path, loss="cross_entropy")
    assert found.results[0].cost == np.log(2)
    path.write_text(lines('{"probs": [0.5, 0.5], "label": 0}', '{"probs": [0.5, 0.5], "label": 1.0}'))
    assert evaluate(path, loss="cross_entropy").results[0].cost == np.log(2)
    said = refused(
        lines('{"probs": [0.5, 0.5], "label": 0}', '{"probs": [0.5, 0.25, 0.25], "label": 1}'),
        loss="cross_entropy",
    )
    assert "row 2: probs has 3 elements; needed: 2 elements, as in the first row" in said
    said = refused(
        lines(
            '{"probs": {"a": 0.5, "b": 0.5}, "label": "a"}',
            '{"probs": {"a": 0.5, "b": 0.5, "c": 0}, "label": "b"}',
        ),
        loss="cross_entropy",
    )
    assert "row 2: probs.c is not in the first row" in said
    said = refused(
        lines('{"probs": {"a": 0.5, "b": 0.5}, "label": "a"}', '{"probs": null, "label": "b"}'),
        loss="cross_entropy",
    )
    assert "row 2, probs.a: prediction is missing" in said
    said = refused(
        lines('{"probs": {"a": 0.5, "b": 0.5}, "label": "a"}', '{"probs": 1, "label": "b"}'),
        loss="cross_entropy",
    )
    assert "row 2: probs is 1; needed: an object, as in the first row" in said


def test_other_keys_and_unread_columns_may_change(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text(
        lines('{"prediction": 1, "label": 3, "t": 1}', '{"u": {}, "label": 3, "prediction": 1, "t": ["x"]}')
    )
    assert evaluate(path, loss="mse").results[0].cost == 4.0


def test_several_evaluations_read_one_file(tmp_path):
    (tmp_path / "x.jsonl").write_text(
        lines('{"prediction": 0.5, "label": true}', '{"prediction": 0.5, "label": false}')
    )
    checks = "".join(
        f'[[check]]\nname = "{name}"\npredictions = "x.jsonl"\nloss = "{name}"\ngate = "{name} <= 9"\n'
        for name in ("brier", "bce")
    )
    (tmp_path / "losscli.toml").write_text(checks)
    done = subprocess.run(
        [sys.executable, "-m", "losscli", "check"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_predictions_in_json_are_not_saved_as_they_were_read(tmp_path):
    (tmp_path / "x.jsonl").write_text(
        lines(*[f'{{"prediction": {at}, "label": {at + 1}}}' for at in range(20)])
    )
    program = [
        sys.executable,
        "-m",
        "losscli",
        "fit",
        "x.jsonl",
        "--loss",
        "mse",
        "--save-predictions",
        "o.csv",
    ]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--save-predictions: x.jsonl is not text with separators" in done.stderr
    assert not (tmp_path / "o.csv").exists()


def test_samples_of_a_file_of_json_are_written(tmp_path):
    (tmp_path / "x.jsonl").write_text(lines(GOOD))
    program = [
        sys.executable,
        "-m",
        "losscli",
        "evaluate",
        "x.jsonl",
        "--loss",
        "mse",
        "--per-sample",
        "s.csv",
    ]
    subprocess.run(program, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "s.csv").read_text().splitlines() == [
        "row,id,label,prediction,error,loss",
        "1,1,1.0,1.5,0.5,0.25",
    ]
