"""Receipts that somebody made up: an error with status 2, or a refutation; never anything else."""

import copy
import io
import json
import math
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from helpers.examples import examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from losscli.cli.main import main
from losscli.common.errors import LosscliError
from losscli.verdicts.receipts.receipt import read_receipt
from losscli.verdicts.receipts.replay import replay

OWN = "def odd(label, prediction, *, alpha=2.0):\n    return alpha * abs(label - prediction)\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def receipt(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("t.csv").write_text("id,prediction,label,g\na,1,2,x\nb,3,1,y\n")
        Path("l.csv").write_text("id,label\na,2\nb,1\n")
        Path("own.py").write_text(OWN)
        columns = "--prediction prediction --label label --group g --map-labels 1=2 --ignore-label 7"
        more = "--delimiter , --loss own.py:odd --gate own.py:odd<=9 --quiet --receipt good.json"
        assert main(["evaluate", "t.csv", "l.csv", *columns.split(), *more.split()]) == 0
        return json.loads(Path("good.json").read_text())


def places(value, path=()):
    """Yield the path of every value in a document."""
    yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from places(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from places(part, (*path, index))


ODD = [None, True, 0, -1, 10**30, 1.5, math.inf, "", "x", "\0", "../../../etc/passwd", "\udc80", [], {}]
ODD += [["x"], {"x": "y"}, {"x": 1}, [[]], "mse", "own.py:odd", "=1|%", "a" * 10_000, [None], -0.0]


def call(*arguments):
    """Return the exit status of a call, and all that it says."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        status = main(list(arguments))
    return status, said.getvalue()


def assert_harmless(text):
    assert all(line.isprintable() for line in text.split("\n"))
    assert not any(line.lstrip().startswith("::") for line in text.split("\n"))


def changed(receipt, path, value):
    whole = copy.deepcopy(receipt)
    if not path:
        return value
    part = whole
    for key in path[:-1]:
        part = part[key]
    if value is DELETE:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return whole


DELETE = object()


@settings(max_examples=examples(400), suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_value_of_another_kind_does_any_harm(folder, receipt, monkeypatch, data):
    monkeypatch.chdir(folder)
    path = data.draw(st.sampled_from(list(places(receipt))))
    whole = changed(
        receipt, path, data.draw(st.sampled_from([DELETE, *ODD]) if path else st.sampled_from(ODD))
    )
    Path("bad.json").write_text(json.dumps(whole))
    before = sorted(Path().rglob("*"))
    status, said = call("replay", "bad.json")
    assert status in (0, 1, 2)
    assert (status == 2) == said.startswith("losscli: ")
    assert "Traceback" not in said
    assert_harmless(said)
    assert sorted(Path().rglob("*")) == before


@example(cut=4000, data=b"\n")
@settings(max_examples=examples(100), suppress_health_check=list(HealthCheck))
@given(cut=st.integers(0, 4000), data=st.binary(max_size=5))
def test_what_is_cut_or_overwritten_is_no_receipt(folder, receipt, cut, data):
    text = json.dumps(receipt).encode()
    path = folder / "cut.json"
    path.write_bytes(text[:cut] + data)
    try:
        whole = json.loads(path.read_bytes())
    except ValueError:
        whole = None
    if whole != receipt:
        # Else what was cut off was put back, or blanks were.
        with pytest.raises(LosscliError):
            read_receipt(str(path))


BROKEN = {
    "nothing": b"",
    "no JSON": b"{",
    "not a number": b'{"schema": NaN}',
    "infinity": b'{"schema": 1, "x": Infinity}',
    "too large": b'{"document": "receipt", "schema": 1e999}',
    "long number": b'{"document": "receipt", "schema": ' + b"9" * 10_000 + b"}",
    "a list": b"[1]",
    "deep": b"[" * 100_000,
    "a key twice": b'{"document": "receipt", "document": "receipt"}',
    "no UTF-8": b'{"document": "\xff"}',
    "a report": b'{"schema": 1, "losscli": "0.1.0", "results": []}',
    "another schema": b'{"document": "receipt", "schema": 2}',
    "compressed": b"\x1f\x8b\x08\0\0\0\0\0",
    "words": b"hello\x1b[31m",
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_receipt_ends_with_status_2(tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    Path("r.json").write_bytes(BROKEN[name])
    assert main(["replay", "r.json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("losscli: receipt r.json: ")
    assert_harmless(said.err)


def test_a_receipt_beyond_all_measure_is_not_read(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with Path("r.json").open("wb") as file:
        file.truncate(1 << 30)
    assert main(["replay", "r.json"]) == 2
    assert "longer than" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["nowhere.json", ".", "a\x1bb"])
def test_a_receipt_that_is_not_there(tmp_path, monkeypatch, capsys, path):
    monkeypatch.chdir(tmp_path)
    assert main(["replay", path]) == 2
    assert_harmless(capsys.readouterr().err)


def test_an_option_that_this_version_does_not_know_is_refused(folder, receipt, monkeypatch):
    monkeypatch.chdir(folder)
    Path("new.json").write_text(json.dumps(changed(receipt, ("call", "clip"), 3)))
    with pytest.raises(LosscliError, match=r"call\.clip is 3; needed: an option that this version knows"):
        replay("new.json")
