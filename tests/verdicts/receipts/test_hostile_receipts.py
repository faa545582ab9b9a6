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
    with pytest.raises(LosscliError, match=r"call\.clip is 3; needed: a key that this version knows"):
        replay("new.json")


def replayed(folder, whole):
    (folder / "forged.json").write_text(json.dumps(whole))
    return call("replay", "forged.json", "--quiet")


def test_a_key_that_is_not_read_is_refused_at_every_level(folder, receipt, monkeypatch):
    monkeypatch.chdir(folder)
    objects = [path for path in places(receipt) if isinstance(inner(receipt, path), dict)]
    assert len(objects) > 8
    for path in objects:
        status, said = replayed(folder, changed(receipt, (*path, "verdict_text"), 1))
        assert status == 2, path
        assert "verdict_text" in said


def inner(value, path):
    for key in path:
        value = value[key]
    return value


def test_a_text_of_a_number_stands_beside_no_finite_one(folder, receipt, monkeypatch):
    monkeypatch.chdir(folder)
    numbers = [path for path in places(receipt) if isinstance(inner(receipt, path), float)]
    for path in numbers:
        texts = (
            (*path[:-2], "quantiles_text") if path[-2] == "quantiles" else (*path[:-1], f"{path[-1]}_text")
        )
        value = {path[-1]: "inf"} if path[-2] == "quantiles" else "inf"
        status, said = replayed(folder, changed(receipt, texts, value))
        assert status == 2, path
        assert "a key that this version knows" in said


UNCOUNTED = {"path", "versions"}
"""Where files were is looked for, and what it was computed with is told where figures differ."""


def test_no_value_of_a_receipt_can_be_changed_and_proved(folder, receipt, monkeypatch):
    monkeypatch.chdir(folder)
    assert replayed(folder, receipt)[0] == 0
    for path in places(receipt):
        value = inner(receipt, path)
        if isinstance(value, dict | list) or UNCOUNTED & {*path}:
            continue
        for other in others(value):
            assert replayed(folder, changed(receipt, path, other))[0] in (1, 2), (path, other)


def others(value):
    """Yield other values of the same kind, and such as mean much."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, -value - 1)
    elif isinstance(value, str):
        yield from {value + "forged", "pass", "undecided", "0", "mse"} - {value}


FORGED = {
    "undecided on an exact cost": lambda d: (
        d["gates"][0].update(verdict="undecided"),
        d.update(verdict="undecided"),
    ),
    "a reason": lambda d: d["gates"][0].update(reason="it was a holiday"),
    "a baseline of a gate without one": lambda d: d["gates"][0].update(baseline=1.0),
    "a group twice, the first forged": lambda d: d["results"][0]["groups"].insert(
        0, d["results"][0]["groups"][0] | {"cost": 0.0}
    ),
    "a group of another loss": lambda d: d["results"][0]["groups"][0].update(loss="mse"),
    "a version of a result": lambda d: d["results"][0].update(signature=d["results"][0]["signature"] + "9"),
    "the version alone": lambda d: d.update(losscli="9.9"),
    "code of nothing": lambda d: d["code"].append(d["code"][0] | {"loss": "own.py:other"}),
    "code twice": lambda d: d["code"].append(d["code"][0]),
    "code of a loss that comes with losscli": lambda d: d["code"].append(d["code"][0] | {"loss": "mse"}),
    "a group that is empty": lambda d: d["results"][0]["groups"].append({}),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_was_forged_is_not_proved(folder, receipt, monkeypatch, name):
    monkeypatch.chdir(folder)
    whole = copy.deepcopy(receipt)
    FORGED[name](whole)
    assert replayed(folder, whole)[0] in (1, 2)


REFUSED = {
    "no receipt": lambda d: d.clear(),
    "no Unicode": lambda d: d["versions"].update(libc="\udc80"),
    "a gate on no loss": lambda d: d["gates"][0].update(gate="mse <= 9"),
    "another threshold": lambda d: d["gates"][0].update(threshold=8.0),
    "code without a file": lambda d: d["code"].clear(),
    "a loss in another form": lambda d: (
        d["call"].update(loss=["own.py:odd:alpha=2"]),
        d["results"][0].update(loss="own.py:odd:alpha=2"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_told_in_four_parts(folder, receipt, monkeypatch, name):
    monkeypatch.chdir(folder)
    whole = copy.deepcopy(receipt)
    REFUSED[name](whole)
    Path("bad.json").write_text(json.dumps(whole))
    with pytest.raises(LosscliError) as told:
        replay("bad.json")
    error = told.value
    assert error.where == "receipt bad.json"
    assert all((error.found, error.needed, error.remedy)), error


def test_of_several_codes_of_no_loss_the_first_is_told(folder, receipt, monkeypatch):
    monkeypatch.chdir(folder)
    whole = copy.deepcopy(receipt)
    whole["code"] += [whole["code"][0] | {"loss": f"own.py:other{number}"} for number in range(20)]
    Path("bad.json").write_text(json.dumps(whole))
    with pytest.raises(LosscliError, match="other0 is of none of its losses") as told:
        replay("bad.json")
    assert all((told.value.where, told.value.needed, told.value.remedy))
