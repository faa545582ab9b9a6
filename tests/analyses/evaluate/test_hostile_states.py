"""States that somebody made up, cut or edited: an error of four parts; never another figure."""

import copy
import hashlib
import io
import json
import math
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate.states.text import read_state
from losscli.cli.main import main
from losscli.common.errors import LosscliError
from losscli.common.json import Document, encode
from losscli.compute.states import spread
from losscli.compute.statistics import distribution

OWN = "def odd(label, prediction, *, alpha=2.0):\n    return alpha * abs(label - prediction)\n"
HERE = Path(__file__).parent
DELETE = object()
ODD = [None, True, 0, -1, 10**30, 1.5, "", "x", "\0", "../../../etc/passwd", [], {}, ["1", "0"], ["3", "-1"]]
ODD += [["x"], {"x": "y"}, {"x": 1}, [[]], "mse", "AAAAAAAA8D8=", "a" * 10_000, [None], -0.0, 1e308]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def state(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("t.csv").write_text("id,prediction,label,g,w\na,1,2,x,1\nb,3,1,y,2\nc,nan,1,y,1\n")
        Path("l.csv").write_text("id,label\na,2\nb,1\nc,1\n")
        Path("own.py").write_text(OWN)
        columns = (
            "--prediction prediction --label label --group g --weight w --map-labels 1=2 --ignore-label 7"
        )
        more = "--loss own.py:odd --loss rmse --bad-rows drop --show g --quiet --state"
        call = ["evaluate", "t.csv", "l.csv", *columns.split(), *more.split()]
        assert main([*call, "plain.state"]) == 0
        assert main([*call, "good.state", "--level", "0.9", "--cluster", "g"]) == 0
        return json.loads(Path("good.state").read_text())


def sealed(whole):
    """Return a document as text, with the digest that makes it look as it was written."""
    if isinstance(whole, dict) and "sha256" in whole:
        rest = {key: value for key, value in whole.items() if key != "sha256"}
        with suppress(ValueError):
            whole = rest | {"sha256": hashlib.sha256(encode(rest).encode()).hexdigest()}
    return json.dumps(whole)


def places(value, path=()):
    """Yield the path of every value in a document."""
    yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from places(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from places(part, (*path, index))


def inner(value, path):
    for key in path:
        value = value[key]
    return value


def changed(state, path, value):
    whole = copy.deepcopy(state)
    if not path:
        return value
    part = inner(whole, path[:-1])
    if value is DELETE:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return whole


def call(*arguments):
    """Return the exit status of a call, and all that it says."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        status = main(list(arguments))
    return status, said.getvalue()


@settings(max_examples=examples(400), suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_value_of_another_kind_does_any_harm(folder, state, monkeypatch, data):
    monkeypatch.chdir(folder)
    path = data.draw(st.sampled_from(list(places(state))))
    value = data.draw(st.sampled_from([DELETE, *ODD]) if path else st.sampled_from(ODD))
    text = data.draw(st.sampled_from([json.dumps, sealed]))(changed(state, path, value))
    Path("bad.state").write_text(text)
    before = sorted(Path().rglob("*"))
    status, said = call("merge", "bad.state")
    assert status in (0, 1, 2)
    noted = said.replace("losscli: note: no label is ", "note: ", 1)
    assert (status == 2) == noted.startswith("losscli: ")
    assert "Traceback" not in said
    assert all(line.isprintable() for line in said.split("\n"))
    assert sorted(Path().rglob("*")) == before


def others(value):
    """Yield other values of the same kind, and such as mean much."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, -value - 1)
    elif isinstance(value, str):
        yield from {value + "forged", "0", "mse", value.upper()} - {value}


def test_no_value_can_be_changed_unless_whoever_does_it_seals_it_again(folder, state, monkeypatch):
    monkeypatch.chdir(folder)
    for path in places(state):
        value = inner(state, path)
        for other in () if isinstance(value, dict | list) else others(value):
            Path("bad.state").write_text(json.dumps(changed(state, path, other)))
            with pytest.raises(LosscliError):
                read_state("bad.state")


FREE = {"path", "bytes", "sha256", "show", "id", "label", "prediction", "error", "line", "notes", "package"}
"""What nothing else in a state says, so that whoever seals it again can say anything."""
FREE |= {"columns", "found", "why_paired", "agreeing", "weight", "ids", "group", "align", "unmatched"}
FREE |= {"code"}
FREE |= {
    "map_labels",
    "ignore_label",
    "top",
    "reduction",
    "losscli",
    "clipped",
    "one_input",
    "dropped",
    "ignored",
}
FREE |= {"weights", "first", "second", "weighted", "plan", "row", "rows"}
FREE |= {"third", "none", "names"}


def test_what_contradicts_the_losses_is_refused_even_if_it_is_sealed(folder, state, monkeypatch):
    monkeypatch.chdir(folder)
    tried = 0
    for path in places(state):
        value = inner(state, path)
        if isinstance(value, dict | list) or FREE & {*path}:
            continue
        for other in others(value):
            tried += 1
            Path("bad.state").write_text(sealed(changed(state, path, other)))
            with pytest.raises(LosscliError):
                read_state("bad.state")
    assert tried > 50


def test_a_key_that_is_not_read_is_refused_at_every_level(folder, state, monkeypatch):
    monkeypatch.chdir(folder)
    free = {"columns", "found", "map_labels", "parameters", "show"}
    objects = [path for path in places(state) if isinstance(inner(state, path), dict) and not free & {*path}]
    assert len(objects) > 8
    for path in objects:
        Path("bad.state").write_text(sealed(changed(state, (*path, "more"), 1)))
        with pytest.raises(LosscliError, match="more"):
            read_state("bad.state")


@settings(max_examples=examples(100), suppress_health_check=list(HealthCheck))
@given(cut=st.integers(0, 6000), data=st.binary(max_size=5))
def test_what_is_cut_or_overwritten_is_no_state(folder, state, cut, data):
    text = (folder / "good.state").read_bytes()
    path = folder / "cut.state"
    path.write_bytes(text[:cut] + data + (text[cut + len(data) :] if data else b""))
    try:
        same = json.loads(path.read_bytes()) == state
    except ValueError:
        same = False
    if not same:
        with pytest.raises(LosscliError):
            read_state(str(path))


BROKEN = {
    "nothing": b"",
    "no JSON": b"{",
    "not a number": b'{"document": "state", "schema": NaN}',
    "infinity": b'{"document": "state", "schema": 1, "x": Infinity}',
    "too large": b'{"document": "state", "schema": 1e999}',
    "long number": b'{"document": "state", "schema": ' + b"9" * 10_000 + b"}",
    "a list": b"[1]",
    "deep": b"[" * 100_000,
    "a key twice": b'{"document": "state", "document": "state"}',
    "no UTF-8": b'{"document": "\xff"}',
    "a report": b'{"schema": 1, "losscli": "0.1.0", "results": []}',
    "a receipt": b'{"document": "receipt", "schema": 1}',
    "another schema": b'{"document": "state", "schema": 2, "losscli": "0.1.0"}',
    "a newer version": b'{"document": "state", "schema": 1, "losscli": "99.0.0"}',
    "no version": b'{"document": "state", "schema": 1, "losscli": "new"}',
    "no digest": b'{"document": "state", "schema": 1, "losscli": "0.1.0"}',
    "compressed": b"\x1f\x8b\x08\0\0\0\0\0",
    "words": b"hello\x1b[31m",
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_state_ends_with_status_2(tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    Path("s.state").write_bytes(BROKEN[name])
    assert main(["merge", "s.state", "--state", "out.state", "-o", "out.json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("losscli: state s.state: ")
    assert sorted(map(str, Path().iterdir())) == ["s.state"]


def first_result(whole):
    return whole["groups"][1]["results"][0]


def labels(whole):
    return whole["parts"][0]["labels"]


FORGED = {
    "a loss more": lambda d: d["plan"]["loss"].append("mae"),
    "a loss twice": lambda d: d["plan"].update(loss=["rmse", "rmse"]),
    "no part": lambda d: d.update(parts=[]),
    "a part twice": lambda d: d["parts"].append(d["parts"][0]),
    "no group": lambda d: d.update(groups=[]),
    "a group twice": lambda d: d["groups"].append(d["groups"][0]),
    "groups in no order": lambda d: d["groups"].reverse(),
    "even mantissa": lambda d: first_result(d).update(weights=["2", "0"]),
    "a mantissa of thousands of digits": lambda d: first_result(d).update(weights=["9" * 5000, "0"]),
    "an exponent beyond all measure": lambda d: first_result(d).update(weights=["1", "999999999"]),
    "a negative sum of weights": lambda d: first_result(d).update(weights=["-1", "0"]),
    "a sum beyond the largest loss": lambda d: first_result(d).update(first=["99999", "0"]),
    "squares too small": lambda d: first_result(d).update(second=["0", "0"]),
    "more dropped": lambda d: first_result(d).update(dropped=5),
    "clipped beyond n": lambda d: first_result(d).update(clipped=9),
    "one sample less": lambda d: first_result(d)["worst"].pop(),
    "a loss that is NaN": lambda d: first_result(d)["worst"][0].update(loss=None, loss_text="nan"),
    "losses in no base64": lambda d: first_result(d).update(losses="????"),
    "a NaN among losses": lambda d: first_result(d).update(losses="AAAAAAAA+H8="),
    "a minus before 0": lambda d: first_result(d).update(losses="AAAAAAAAAIA="),
    "a histogram of few": lambda d: first_result(d).update(histogram={}),
    "a row beyond the end": lambda d: first_result(d)["worst"][0].update(row=9),
    "a part that is not there": lambda d: first_result(d)["worst"][0].update(part=1),
    "a class in place of a number": lambda d: first_result(d)["worst"][0].update(label="cat"),
    "no ids": lambda d: d["parts"][0]["open"].pop("ids"),
    "ids backwards": lambda d: d["parts"][0]["open"]["ids"].update(labels=["c", "a"]),
    "rows of one side": lambda d: d["parts"][0]["labels"].update(rows=4),
    "rows that no file has": lambda d: labels(d).update(shards=[labels(d) | {"rows": 1}]),
    "a file twice": lambda d: labels(d).update(shards=[{**labels(d)}, {**labels(d), "rows": 0}]),
    "a file that is not there": lambda d: first_result(d)["worst"][0].update(shard="a.csv"),
    "one input": lambda d: d["plan"].update(one_input=True),
    "unmatched": lambda d: d["plan"].update(unmatched="drop"),
    "no weights": lambda d: d["plan"].pop("weight"),
    "no ignored labels": lambda d: d["plan"].update(bad_rows="error"),
    "no code": lambda d: d["plan"].update(code=[]),
    "code of nothing": lambda d: d["plan"]["code"].append(d["plan"]["code"][0] | {"loss": "own.py:other"}),
    "parameters of nothing": lambda d: d["plan"]["parameters"][1].update(alpha=3.0),
    "a loss in another form": lambda d: d["plan"]["loss"].__setitem__(1, "RMSE"),
    "top of more": lambda d: d["plan"].update(top=0),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_was_forged_is_refused_in_four_parts(folder, state, monkeypatch, name):
    monkeypatch.chdir(folder)
    whole = copy.deepcopy(state)
    FORGED[name](whole)
    Path("bad.state").write_text(sealed(whole))
    with pytest.raises(LosscliError) as told:
        read_state("bad.state")
    error = told.value
    assert error.where == "state bad.state"
    assert all((error.found, error.needed, error.remedy)), error


def test_code_that_a_state_names_is_not_run(folder, state, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text("raise SystemExit(9)\n")
    Path("good.state").write_text((folder / "good.state").read_text())
    assert main(["merge", "good.state", "--quiet"]) == 0


@pytest.mark.parametrize("size", [8, 12])
def test_a_histogram_that_no_losses_have(size):
    with pytest.MonkeyPatch.context() as patch:
        for module in (distribution, spread):
            patch.setattr(module, "EXACT_UP_TO", 5)
        patch.setattr(distribution, "PENDING", 1)
        losses = np.array([-math.inf, -2.0, -1e-310, 0.0, 0.0, 5e-324, 1.0, 3.0, 3.1, 1e300, 2e300, math.inf])
        found = distribution.Distribution.of(losses[:size]).merge(distribution.Distribution.of(losses[size:]))
        whole = spread.written(found)

        def read(one):
            return spread.read(Document(one, "s", "", "r"), 12)

        assert spread.written(read(whole)) == whole
        for path in places(whole):
            value = inner(whole, path)
            # Which bucket a loss between the others is in, nothing else says.
            between = len(path) == 4 and path[3] == 0 and 0 < path[2] < len(inner(whole, path[:2])) - 1
            if isinstance(value, dict | list | str) or between:
                continue
            for other in {(value or 0.0) + 1, 1.5, None} - {value}:
                with pytest.raises(LosscliError):
                    pytest.fail(f"{path} {other}: {read(changed(whole, path, other))}")
            with pytest.raises(LosscliError):
                read(changed(whole, path, DELETE))


@pytest.mark.parametrize(("name", "golden"), [("plain", "golden"), ("good", "golden_level")])
def test_the_golden_state_is_what_is_written(folder, state, name, golden):
    """What is in it is read by every later version of this schema."""
    written = (folder / f"{name}.state").read_text()
    assert written == (HERE / f"{golden}.state").read_text(), "a new schema, or the same bytes"


EDITS = {
    "rename_class": [{}, {"a": ""}, {"a": 1}, [], "a"],
    "rescale_prediction": [[1.0], [1.0, 0.0], [1.0, "2"], [True, 2.0], [1.0, 2.0, 3.0], 2.0, None],
    "transform_prediction": ["cube", "", None, 1],
    "scale_prediction": [0, "2", None, True, []],
    "transform_label": ["unsoftmax", None],
}


@pytest.mark.parametrize("name", EDITS)
def test_edits_that_there_are_not_are_refused(folder, monkeypatch, name):
    monkeypatch.chdir(folder)
    Path("e.csv").write_text("logit_a,logit_b,label\n1,2,a\n")
    call = "evaluate e.csv --loss cross_entropy:from_logits=true --rename-class a=b,b=a --scale-prediction 2"
    more = "--rescale-prediction 1,3 --transform-prediction exp --quiet --state e.state"
    assert main([*call.split(), *more.split()]) == 0
    good = json.loads(Path("e.state").read_text())
    assert {*good["plan"]} & {*EDITS} == {*EDITS} - {"transform_label"}
    for other in EDITS[name]:
        Path("bad.state").write_text(sealed({**good, "plan": {**good["plan"], name: other}}))
        with pytest.raises(LosscliError, match=rf"plan\.{name}[.a]* is "):
            read_state("bad.state")
