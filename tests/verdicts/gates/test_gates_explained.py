"""The sentence about a gate: which one, the value, the threshold, by how much, and why."""

import math

import pytest
from helpers.gate_samples import outcome, result

from losscli.analyses.evaluate.report import GateOutcome
from losscli.verdicts.gates.judge import explain, why


def said(value, threshold, verdict="fail", **more):
    sentence = explain(GateOutcome("mse <= it", value, threshold, verdict, **more))
    assert sentence.startswith("gate ")
    assert " mse <= it: " in sentence
    return sentence.removeprefix("gate ").replace(" mse <= it: ", " ")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (said(3.0, 2.0), "failed: the value is 3, 50 % beyond the threshold"),
        (said(1.0, 3.0, "pass"), "passed: the value is 1, 66.7 % within the threshold"),
        (said(3.0, 3.0, operator="<"), "failed: the value is 3, equal to the threshold"),
        (said(1.0, 4.0, operator=">="), "failed: the value is 1, 75 % beyond the threshold"),
        (said(0.5, 0.0), "failed: the value is 0.5, 0.5 beyond the threshold"),
        (said(-0.5, -1.0), "failed: the value is -0.5, 50 % beyond the threshold"),
        (said(0.1 + 0.2, 0.3),
         "failed: the value is 0.30000000000000004, 1.85e-14 % beyond the threshold"),
        (said(1.0, 5e-324), "failed: the value is 1, 1 beyond the threshold"),
        (said(440, 442.0, figure="n", operator=">="), "failed: the value is 440, 2 beyond the threshold"),
        (
            said(3100.2, 3037.9, baseline=2978.4),
            "failed: the value is 3100.2, the threshold 3037.9 (baseline 2978.4), 2.05 % beyond it",
        ),
        (
            said(5.0, 5.0, "undecided", reason="too close", baseline=5.0),
            "undecided: the value is 5, the threshold 5 (baseline 5), equal to it; too close",
        ),
        (said(None, 3.0, reason="no row counts"), "failed: no row counts"),
        (said(1.0, math.inf, reason="the threshold is inf"),
         "failed: the value is 1; the threshold is inf"),
    ],
)  # fmt: skip
def test_the_sentence(sentence, expected):
    assert sentence == expected


def test_the_reason_alone_is_the_sentence_without_the_gate():
    found = outcome("mse <= 2", result())
    assert explain(found) == f"gate failed: mse <= 2: {why(found)}"
