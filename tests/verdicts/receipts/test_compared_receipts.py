"""Receipts of comparisons: they say the same every time, and a replay finds whatever is not as it was."""

import copy
import json
import math
import shutil
from pathlib import Path

import pytest
from helpers.calls import SAMPLES, losscli

from losscli.cli.main import main
from losscli.common.errors import LosscliError
from losscli.verdicts.receipts.replay import replay
from losscli.verdicts.receipts.rerun import Sought

DIABETES = "forest=diabetes_forest.csv linear=diabetes_linear.csv diabetes_labels.csv"
CALLS = (
    f"{DIABETES} -l mse",
    f"{DIABETES} -l mae -l rmse --group sex --margin 5% --adjust bh --level 0.9",
    f"{DIABETES} -l mse --gate linear:mse<baseline --gate mse.p95<=10000 --gate forest:mse<=5000",
    f"{DIABETES} -l mse --gate mse<baseline+2% --confidence 0.95",
    f"{DIABETES} -l mse --gate mse<=3000 --confidence 0.95 --anytime --planned-rows 1000",
    f"{DIABETES} -l mse --lag 2 --align position",
    f"{DIABETES} -l mse --check bootstrap --seed -7",
    f"{DIABETES} -l mse --cluster sex --baseline-model linear",
    "cancer_logistic.csv cancer_tree.csv cancer_labels.csv -l brier --guarantee",
    "a=wine_logistic.csv b=wine_bayes.csv c=wine_logistic.csv --labels wine_labels.csv -l ce --pairs all",
    "small.csv --prediction a --prediction b -l zero_one:threshold=0.5 -l mae --weight w",
    "small.csv --prediction a --prediction b -l mae --weight w --weights-are counts --delimiter ;",
    "part.csv diabetes_linear.csv diabetes_labels.csv -l mse --unmatched drop",
    "own.csv diabetes_linear.csv diabetes_labels.csv -l mse --bad-rows drop --all",
)
SHORT = "a=p.csv b=q.csv y.csv -l mae --group g --gate mae<baseline --confidence 0.9"
OWN = """
from pathlib import Path
Path("ran").touch()

def odd(label, prediction, *, alpha=2.0):
    return alpha * abs(label - prediction)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for path in SAMPLES.glob("*.csv"):
        (tmp_path / path.name).symlink_to(path)
    rows = "".join(";".join(map(str, (n % 2, n % 3 % 2, n % 5 % 2, 1 + n % 4))) + "\n" for n in range(60))
    (tmp_path / "small.csv").write_text(f"label;a;b;w\n{rows}")
    lines = (SAMPLES / "diabetes_forest.csv").read_text().splitlines(keepends=True)
    (tmp_path / "part.csv").write_text("".join(lines[:300]))
    (tmp_path / "own.csv").write_text("".join(lines).replace(",1", ",x", 1))
    for name, column in (("p", "prediction"), ("q", "prediction"), ("y", "label")):
        cells = "".join(f"{n},{(n * {'p': 5, 'q': 3, 'y': 7}[name]) % 11},{n % 2}\n" for n in range(24))
        (tmp_path / f"{name}.csv").write_text(f"id,{column},g\n{cells}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(call, receipt="r.json", status=(0, 1, 3)):
    done = losscli("compare", *call.split(), "--receipt", receipt, "--quiet", cwd=Path.cwd())
    assert done.returncode in status, done.stderr
    return json.loads(Path(receipt).read_text())


@pytest.mark.parametrize("call", CALLS)
def test_a_receipt_is_proved_and_says_the_same_twice(folder, call):
    found = write(call)
    outcome = replay("r.json")
    assert outcome.proved, outcome.differences
    assert outcome.compared > 30
    assert found["call"]["command"] == "compare"
    write(call, "again.json")
    assert Path("r.json").read_bytes() == Path("again.json").read_bytes()


def test_it_says_what_the_document_says_but_no_sample(folder):
    found = write(CALLS[1])
    whole = json.loads(losscli("compare", *CALLS[1].split(), "--json", cwd=folder).stdout)
    assert found["signature"] == whole["signature"]
    for ours, theirs in zip(found["results"], whole["results"], strict=True):
        assert ours["models"] == theirs["models"]
        for one, other in zip(ours["comparisons"], theirs["comparisons"], strict=True):
            assert one == {key: value for key, value in other.items() if key != "moved"}
    assert '"moved"' not in Path("r.json").read_text()
    roles = [Path(one["path"]).name for one in found["inputs"]["predictions"]]
    assert roles == ["diabetes_forest.csv", "diabetes_linear.csv"]


def test_the_program_proves_and_refutes(folder, capfd):
    write(CALLS[0])
    assert main(["replay", "r.json", "--quiet"]) == 0
    assert capfd.readouterr().out == "proved\n"
    text = Path("r.json").read_text()
    Path("r.json").write_text(
        text.replace('"difference": -1153.5011301587797', '"difference": -1153.5011301587799')
    )
    assert main(["replay", "r.json"]) == 1
    page = capfd.readouterr().out
    assert "refuted: 1 of" in page
    assert main(["replay", "r.json", "--json"]) == 1
    (one,) = json.loads(capfd.readouterr().out)["differences"]
    assert (one["loss"], one["figure"], one["ulps"]) == (
        *("mse", "comparisons of linear \N{MINUS SIGN} forest difference", 1),
    )


def nodes(value, place=()):
    """Yield the place of each value in a document."""
    yield place
    if isinstance(value, dict):
        for key in value:
            yield from nodes(value[key], (*place, key))
    elif isinstance(value, list):
        for number in range(len(value)):
            yield from nodes(value[number], (*place, number))


def changed(document, place, value):
    found = copy.deepcopy(document)
    if not place:
        return value
    at = found
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    return found


def get(document, place):
    for key in place:
        document = document[key]
    return document


def held(document):
    """Return whether a receipt is proved; None where it is refused."""
    Path("x.json").write_text(json.dumps(document))
    try:
        return replay("x.json").proved
    except LosscliError:
        return None


def test_every_figure_counts_to_the_last_bit(folder):
    document = write(SHORT)
    assert held(document)
    places = [place for place in nodes(document) if place[:1] in (("results",), ("gates",), ("verdict",))]
    values = [(place, get(document, place)) for place in places]
    leaves = [(place, value) for place, value in values if not isinstance(value, (dict, list))]
    assert len(leaves) > 100
    for place, value in leaves:
        match value:
            case float():
                other = math.nextafter(value, math.inf)
            case int():
                other = value + 1
            case _:
                other = 1.5 if value is None else f"{value}x"
        assert not held(changed(document, place, other)), place


@pytest.mark.parametrize("value", [None, [], {}, "", -1, 1e308, "x\x00y", [[]], {"a": {"b": []}}, True])
def test_nothing_that_somebody_made_up_is_proved_or_is_a_bug(folder, value):
    document = write(SHORT)
    heads = [place for place in nodes(document) if place[:1] != ("results",) or len(place) < 5]
    for place in heads:
        if place[:1] == ("versions",) or get(document, place) == value:
            continue
        assert not held(changed(document, place, value)), place


@pytest.mark.parametrize(
    "place",
    [
        (),
        ("call",),
        ("call", "models", 0),
        ("inputs",),
        ("inputs", "predictions", 0),
        ("results", 0),
        ("gates", 0),
    ],
)
def test_a_key_too_many_is_not_proved(folder, place):
    document = write(SHORT)
    for value in (1, "missing", "there", None, {}):
        assert not held(changed(document, (*place, "evil"), value)), value


def test_a_gate_or_a_model_that_is_left_out_is_not_proved(folder):
    document = write(SHORT)
    for place in (("gates",), ("call", "gate"), ("call", "models"), ("inputs", "predictions")):
        assert not held(changed(document, place, get(document, place)[:-1])), place
    for key in document:
        assert not held({name: value for name, value in document.items() if name != key}), key


def test_a_file_that_changed_is_named_and_nothing_is_run(folder, capfd):
    write(SHORT)
    Path("q.csv").write_text(Path("q.csv").read_text() + "99,1,1\n")
    assert main(["replay", "r.json"]) == 1
    shown = capfd.readouterr().out
    assert "The predictions changed: q.csv" in shown
    assert "nothing was run" in shown


def test_files_are_found_by_their_bytes(folder, capfd):
    write(SHORT)
    Path("moved").mkdir()
    for name in ("p", "q"):
        shutil.move(f"{name}.csv", f"moved/{name}_then.csv")
    assert main(["replay", "r.json"]) == 2
    told = capfd.readouterr().err
    assert "p.csv" in told
    assert "q.csv" in told
    assert "--search FOLDER" in told
    assert "--predictions FILE" not in told
    assert main(["replay", "r.json", "--search", "."]) == 0
    shutil.move("y.csv", "moved/y.csv")
    assert replay("r.json", Sought({"labels": "moved/y.csv"}, "moved")).proved
    capfd.readouterr()
    assert main(["replay", "r.json", "--predictions", "moved/p_then.csv"]) == 2
    assert "--predictions: the receipt has 2 files of predictions" in capfd.readouterr().err


def test_no_input_is_replaced_by_a_receipt(folder):
    before = Path("q.csv").read_bytes()
    done = losscli("compare", *SHORT.split(), "--receipt", "q.csv", cwd=folder)
    assert (done.returncode, Path("q.csv").read_bytes()) == (2, before)


def test_a_loss_of_somebody_runs_only_if_its_file_is_the_same(folder, capfd):
    Path("own.py").write_text(OWN)
    write("a=p.csv b=q.csv y.csv -l own.py:odd:alpha=3")
    assert main(["replay", "r.json"]) == 0
    Path("ran").unlink()
    Path("own.py").write_text(OWN + "# another\n")
    capfd.readouterr()
    assert main(["replay", "r.json"]) == 1
    assert "The code changed: own.py" in capfd.readouterr().out
    assert not Path("ran").exists()
