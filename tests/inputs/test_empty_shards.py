"""Files without rows among others: listed, and nothing more, where the format says nothing but rows."""

import gzip
import hashlib
import json

import pytest

import losscli
from losscli.common.errors import LosscliError
from losscli.inputs.header import TextFormat

ROWS = [{"id": k, "prediction": k / 4, "label": k / 2} for k in range(1, 5)]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)


def write(folder, **files):
    folder.mkdir()
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(data if isinstance(data, bytes) else data.encode())
    return str(folder)


def document(*inputs, **asked):
    found = losscli.evaluate(*inputs, loss="mse", group="id", **asked).to_dict()
    return {key: found[key] for key in ("results", "predictions", "signature")}


@pytest.mark.parametrize("engine", ["local", "processes"])
@pytest.mark.parametrize("nothing", ["", "[]", " [ \n] \n", "\n\n"])
@pytest.mark.parametrize("place", ["a", "m", "z"])
def test_a_file_of_json_without_rows_among_others(tmp_path, engine, nothing, place):
    half = LINES.index("\n") + 1
    full = {"c_jsonl": LINES[:half], "n_jsonl": LINES[half:]}
    one = write(tmp_path / "one", **full)
    folder = write(tmp_path / "p", **full, **{f"{place}_jsonl": nothing})
    expected, found = document(one), document(folder, engine=engine)
    assert found["results"] == expected["results"]
    assert {shard["path"]: shard["rows"] for shard in found["predictions"]["shards"]} == {
        "c.jsonl": 1, "n.jsonl": 3, f"{place}.jsonl": 0
    }  # fmt: skip
    assert found["predictions"]["rows"] == 4
    # The same files on both sides are paired file by file, those without rows too.
    assert document(folder, folder, engine=engine)["results"] == document(one, one)["results"]


def test_a_file_without_rows_has_its_bytes_in_a_state(tmp_path):
    empty = gzip.compress(b"")
    folder = write(tmp_path / "p", a_jsonl_gz=empty, b_jsonl=LINES)
    losscli.evaluate(folder, loss="mse", state=str(tmp_path / "one.state"))
    (part,) = json.loads((tmp_path / "one.state").read_text())["parts"]
    first = part["predictions"]["shards"][0]
    assert first == {
        "path": "a.jsonl.gz", "rows": 0, "bytes": len(empty), "sha256": hashlib.sha256(empty).hexdigest()
    }  # fmt: skip


@pytest.mark.parametrize("nothing", ["", "[]"])
def test_of_empty_files_alone_there_is_nothing_to_read(tmp_path, nothing):
    folder = write(tmp_path / "p", a_jsonl=nothing, b_jsonl=nothing)
    with pytest.raises(LosscliError) as raised:
        losscli.evaluate(folder, loss="mse")
    assert str(raised.value) == f"{folder}: all files are empty; needed: at least one row"
    alone = write(tmp_path / "alone", a_jsonl=nothing)
    with pytest.raises(LosscliError, match=r"alone/a\.jsonl: the (file|array) is empty"):
        losscli.evaluate(alone, loss="mse")


def test_rows_that_only_the_other_side_has(tmp_path):
    left = write(tmp_path / "p", a_jsonl="", b_jsonl=LINES)
    right = write(tmp_path / "l", a_jsonl=json.dumps({**ROWS[0], "id": 9}) + "\n", b_jsonl=LINES)
    with pytest.raises(LosscliError, match=r"p/a\.jsonl: no data rows"):
        losscli.evaluate(left, right, loss="mse")


def test_a_file_of_csv_has_its_header(tmp_path):
    folder = write(tmp_path / "p", a_csv="", b_csv="prediction,label\n1,2\n")
    with pytest.raises(LosscliError, match=r"p/a\.csv: the file is empty; needed: at least one row"):
        losscli.evaluate(folder, loss="mse")
    (tmp_path / "p" / "a.csv").write_text("prediction,label\n")
    assert losscli.evaluate(folder, loss="mse").cost == 1.0


@pytest.mark.parametrize("header", [None, False])
@pytest.mark.parametrize("engine", ["local", "processes"])
def test_a_file_of_csv_where_none_has_a_header(tmp_path, header, engine):
    folder = write(tmp_path / "p", a_csv="", b_csv="1,2\n3,5\n", c_csv="")
    given = {"format": TextFormat(header=header), "prediction": "0", "label": "1"}
    report = losscli.evaluate(folder, loss="mse", engine=engine, **given)
    assert report.cost == 2.5
    assert [shard.rows for shard in report.predictions.shards] == [0, 2, 0]


def test_a_file_without_rows_is_of_the_same_format(tmp_path):
    folder = write(tmp_path / "p", a_csv="", b_jsonl=LINES)
    with pytest.raises(LosscliError, match="one is jsonl, the other csv"):
        losscli.evaluate(folder, loss="mse")
