"""docs/api.md names the functions, classes and fields that there are, and says which JSON lacks."""

import re
from dataclasses import fields

import pytest
from helpers.documents import ROOT

import losscli
from losscli.analyses.evaluate.document import HEAD
from losscli.analyses.evaluate.document import document as evaluated
from losscli.analyses.evaluate.report import GateOutcome, Report, Result
from losscli.analyses.fit.document import document as fitted
from losscli.analyses.fit.report import FitReport, HeldOut, Run
from losscli.analyses.gradient import report as gradient
from losscli.analyses.report import Sample
from losscli.inputs.header import TextFormat

TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
CLASSES = (Report, Result, Sample, GateOutcome, FitReport, Run, HeldOut)
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| `(\w+)` \| (`[^|]*) \| ?([^|]*)\|$", TEXT, re.MULTILINE)}


def words(cell):
    return re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", cell)))


@pytest.mark.parametrize("kind", CLASSES)
def test_fields_are_those_of_the_class(kind):
    named, beside = (ROWS[kind.__name__][0] + ", and ").split(", and ")[:2]
    assert words(named) == [field.name for field in fields(kind)]
    assert set(words(beside)) == {name for name in dir(kind) if isinstance(getattr(kind, name), property)}


@pytest.fixture(scope="module")
def keys():
    """The keys of whole documents, by the class whose fields they are."""
    path = ROOT / "sample_data"
    both = str(path / "diabetes_linear.csv"), str(path / "diabetes_labels.csv")
    gates = ["mse <= 1", "mse <= baseline"]
    one = losscli.evaluate([1.0, 2.0], [1.0, 2.5], loss="mse")
    asked = {"loss": "mse", "unmatched": "drop"}
    sure = {"level": 0.95, "cluster": "sex"}
    whole = evaluated(
        losscli.evaluate(*both, **asked, **sure, group="sex", show="sex", gate=gates, baseline=one)
    )
    table = {"prediction": [1.0, 2.0], "label": [0.0, 0.0], "w": [1.0, 2.0]}
    weighted = evaluated(losscli.evaluate(table, loss="mse", level=0.9, weight="w", slices="auto"))
    lone = evaluated(losscli.evaluate([1.0], [2.0], loss="mse", gate="mse.std <= 1"))
    judged = evaluated(losscli.evaluate(*both, loss="mse", gate="mse <= 1", confidence=0.95))
    fit = fitted(losscli.fit(*both, **asked, model="constant", epochs=2))
    (run,), (result,) = fit["runs"], whole["results"]
    return {
        Report: {*whole, *HEAD},
        Result: {*result, *result["groups"][0], *weighted["results"][0]},
        # Of several inputs alone a sample says in which it is.
        Sample: {*result["worst"][0], "shard"},
        GateOutcome: {key for gate in (*whole["gates"], *lone["gates"], *judged["gates"]) for key in gate},
        FitReport: {*fit, *HEAD},
        Run: {*run},
        HeldOut: {*run["held_out"]},
    }


@pytest.mark.parametrize("kind", CLASSES)
def test_what_json_lacks_is_said(keys, kind):
    named, lacking = map(words, ROWS[kind.__name__])
    # A sample has its file in JSON where there are several.
    assert set(lacking) == {*named} - keys[kind] - {"version", "shard"}


def test_other_names_are_those_of_the_code():
    count = {10: "Ten", 11: "Eleven", 12: "Twelve", 13: "Thirteen"}[len(losscli.__all__) - 1]
    functions = re.search(r"^(\w+) functions: (.*?)\. `import", TEXT, re.MULTILINE)
    assert functions[1] == count
    assert {*words(functions[2].replace(" and ", ", "))} == {*losscli.__all__} - {"__version__"}
    (known,) = re.findall(r"TextFormat\(([^)]*)\)", TEXT)
    assert known.split(", ") == [field.name for field in fields(TextFormat)]
    for name in re.findall(r"`(Gradient\w*)`", TEXT):
        assert hasattr(gradient, name), name
