"""Reports held against a standard: one alone, and many that share files."""

import pytest
from helpers.calls import SAMPLES
from helpers.requests_of import request

import losscli
from losscli.common.errors import LosscliError
from losscli.loss import registry
from losscli.verdicts.gates.baseline import Baseline
from losscli.verdicts.gates.grammar import parse_gate
from losscli.verdicts.judged import Standard, evaluate, evaluate_many

LABELS = SAMPLES / "diabetes_labels.csv"


def standard(*gates, baseline=None):
    return Standard(tuple(parse_gate(gate, registry.find) for gate in gates), baseline)


@pytest.fixture
def earlier():
    return Baseline("earlier", losscli.evaluate(SAMPLES / "diabetes_linear.csv", LABELS, loss="mse"))


def test_many_are_judged_as_each_alone(earlier):
    requests = [
        request(SAMPLES / "diabetes_linear.csv", LABELS, "mse", "mae"),
        request(SAMPLES / "diabetes_forest.csv", LABELS, "mse"),
        request(SAMPLES / "diabetes_linear.csv", LABELS, "mse"),
    ]
    standards = [
        standard("mse <= 3000"),
        standard("mse.p95 <= 1"),
        standard("mse <= baseline", baseline=earlier),
    ]
    found = evaluate_many(requests, standards)
    assert [report.verdict for report in found] == ["pass", "fail", "pass"]
    assert found == [evaluate(*pair) for pair in zip(requests, standards, strict=True)]


def test_a_baseline_of_something_else_is_refused_and_costs_the_others_nothing(earlier, tmp_path):
    nowhere = tmp_path / "nowhere.csv"
    refused = standard("mae <= baseline", baseline=earlier)
    with pytest.raises(LosscliError, match="has no mae"):
        # Before an input is opened.
        evaluate(request(nowhere, None, "mae"), refused)
    found = evaluate_many(
        [request(nowhere, None, "mae"), request(SAMPLES / "diabetes_linear.csv", LABELS, "mae")],
        [refused, standard("mae <= 45")],
    )
    assert isinstance(found[0], LosscliError)
    assert found[1].verdict == "pass"


def test_sums_over_other_numbers_of_samples_are_refused(tmp_path, earlier):
    path = tmp_path / "two.csv"
    path.write_text("prediction,label\n1,2\n3,5\n")
    one = request(path, None, "mse", reduction="sum")
    there = losscli.evaluate(SAMPLES / "diabetes.csv", loss="mse", reduction="sum")
    compares = standard("mse <= baseline", baseline=Baseline("earlier", there))
    with pytest.raises(LosscliError, match="samples"):
        evaluate(one, compares)
    assert isinstance(evaluate_many([one], [compares])[0], LosscliError)
