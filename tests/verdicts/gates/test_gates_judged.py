"""The verdicts of gates: what they are read from, and that nothing dubious ever passes."""

import dataclasses
import math
import operator

import pytest
from helpers.examples import examples
from helpers.gate_samples import find, finite, outcome, relative, report, result
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluate.figures import FIGURES
from losscli.common.errors import UsageError
from losscli.verdicts.gates.baseline import Baseline
from losscli.verdicts.gates.grammar import OPERATORS, Constant, Gate, Relative, parse_gate
from losscli.verdicts.gates.judge import check_against, fail_above, judge

PYTHON = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt}


def test_fail_above_is_a_gate_on_the_cost():
    assert str(fail_above("huber:delta=2", 3.0)) == "huber:delta=2 <= 3"


@pytest.mark.parametrize("limit", [math.nan, math.inf, -math.inf])
def test_fail_above_wants_a_finite_number(limit):
    with pytest.raises(UsageError, match="--fail-above"):
        fail_above("mse", limit)


def test_gates_on_losses_that_are_not_computed_are_usage_errors_that_name_those_that_are():
    gates = [parse_gate(text, find) for text in ("mse < 1", "huber:delta=2.p95 < 1", "two < 1")]
    errors = check_against(gates, ["mse", "huber:delta=1.5"])
    assert [error.where for error in errors] == ["--gate huber:delta=2.p95 < 1", "--gate two < 1"]
    assert "mse, huber:delta=1.5" in str(errors[0])
    assert "--loss huber:delta=2" in str(errors[0])
    assert check_against(gates[:1], ["mse"]) == []


@pytest.mark.parametrize(
    ("figure", "value"),
    [("cost", 3.0), ("stderr", 0.25), ("mean", 3.5), ("sum", 30.0), ("std", 1.5), ("min", 0.5), ("max", 9.0),
     ("n", 10.0), ("dropped", 2.0), ("p50", 2.0), ("p90", 4.0), ("p95", 5.0), ("p99", 6.0)],
)  # fmt: skip
def test_every_figure_is_read_from_its_place(figure, value):
    found = outcome(f"mse.{figure} <= {value}", result())
    assert (found.value, found.threshold, found.passed, found.reason) == (value, value, True, "")
    assert not outcome(f"mse.{figure} < {value}", result()).passed


def test_every_figure_of_the_grammar_is_covered_above():
    marker = test_every_figure_is_read_from_its_place.pytestmark[0]
    assert {figure for figure, _ in marker.args[1]} == set(FIGURES)


numbers = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=examples(200))
@given(
    numbers | st.sampled_from([0.0, 1.0]), numbers | st.sampled_from([0.0, 1.0]), st.sampled_from(OPERATORS)
)
def test_a_verdict_is_what_pythons_operator_says(value, threshold, sign):
    found = judge(report(result(cost=value)), [Gate("mse", "cost", None, sign, Constant(threshold))])[0]
    assert found.passed == PYTHON[sign](value, threshold)
    assert found.verdict == ("pass" if found.passed else "fail")
    assert found.value == value


@pytest.mark.parametrize("sign", OPERATORS)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_nothing_that_is_not_finite_passes(sign, bad):
    value = judge(report(result(cost=bad)), [Gate("mse", "cost", None, sign, Constant(1.0))])[0]
    threshold = judge(report(result()), [Gate("mse", "cost", None, sign, Constant(bad))])[0]
    assert not value.passed
    assert not threshold.passed
    assert value.value is None
    assert str(bad) in value.reason
    assert str(bad) in threshold.reason


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("sign", OPERATORS)
@pytest.mark.parametrize("threshold", [-1e300, 0.0, 1e300])
def test_nothing_passes_on_zero_rows(figure, sign, threshold):
    found = judge(report(result(n=0)), [Gate("mse", figure, None, sign, Constant(threshold))])[0]
    assert not found.passed
    assert found.value is None
    assert found.reason == "no row counts"


def test_an_undefined_figure_fails():
    found = outcome("mse.std >= 0", result(n=1, std=None))
    assert not found.passed
    assert found.reason == "std is undefined for 1 row"
    assert not outcome("mse.p90 >= 0", result(quantiles={})).passed


def test_a_gate_judges_its_own_loss_and_group():
    women, men = result(group="f", cost=1.0), result(group="m", cost=5.0)
    both = result(groups=(women, men)), result(loss="huber:delta=2", cost=7.0)
    values = [
        outcome(text, *both).value for text in ("mse[f] < 9", "mse[m] < 9", "mse < 9", "huber:delta=2 < 9")
    ]
    assert values == [1.0, 5.0, 3.0, 7.0]


def test_a_missing_loss_or_group_fails_and_says_what_there_is():
    assert outcome("two < 9", result()).reason == "two was not computed"
    assert outcome("mse[x] < 9", result()).reason == "there are no groups"
    grouped = result(groups=(result(group="f"), result(group="m")))
    found = outcome("mse[x] < 9", grouped)
    assert (found.passed, found.value) == (False, None)
    assert found.reason == "there is no such group; the groups are f, m"


def test_one_failed_gate_fails_the_report():
    gates = [parse_gate(text, find) for text in ("mse < 9", "mse < 1")]
    judged = dataclasses.replace(report(result()), gates=judge(report(result()), gates))
    assert judged.verdict == "fail"
    assert [gate.gate for gate in judged.gates] == ["mse < 9", "mse < 1"]


def test_a_gate_given_twice_is_judged_once():
    gates = [parse_gate(text, find) for text in ("mse < 9", "mse.cost<9.0", "mse < 8", "mse < 9")]
    assert [gate.gate for gate in judge(report(result()), gates)] == ["mse < 9", "mse < 8"]


def test_gates_on_groups_need_groups_and_those_on_a_baseline_a_baseline():
    texts = ("mse[f] < 1", "mse < 1", "mse <= baseline", "mse<=baseline", "mse[m] > baseline*2")
    gates = [parse_gate(text, find) for text in texts]
    errors = check_against(gates, ["mse"], grouped=False, baseline=False)
    assert [(error.where, error.found) for error in errors] == [
        ("--gate mse[f] < 1", "the samples are not grouped"),
        ("--gate mse[m] > baseline * 2", "the samples are not grouped"),
        ("--gate mse <= baseline", "there is no baseline"),
        ("--gate mse[m] > baseline * 2", "there is no baseline"),
    ]
    assert "--group COLUMN" in str(errors[0])
    assert "--baseline FILE" in str(errors[2])
    assert check_against(gates, ["mse"], grouped=True, baseline=True) == []


def against(text, there, *here):
    return judge(report(*here), [parse_gate(text, find)], Baseline("main.json", report(*there)))[0]


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("offset", ["", "+ 0", "- 0%", "* 1"])
def test_an_equal_figure_meets_its_baseline_and_is_not_below_it(figure, offset):
    assert against(f"mse.{figure} <= baseline {offset}", [result()], result()).verdict == "pass"
    assert against(f"mse.{figure} >= baseline {offset}", [result()], result()).verdict == "pass"
    assert against(f"mse.{figure} < baseline {offset}", [result()], result()).verdict == "fail"


def test_each_figure_loss_and_group_has_its_own_baseline():
    def both(f, m, huber):
        groups = result(group="f", cost=f), result(group="m", cost=m)
        return result(groups=groups), result(loss="huber:delta=2", cost=huber)

    there, here = both(1.0, 2.0, 3.0), both(1.5, 1.5, 3.0)
    found = [
        against(f"{metric} <= baseline", there, *here) for metric in ("mse[f]", "mse[m]", "huber:delta=2")
    ]
    assert [(gate.verdict, gate.baseline, gate.threshold) for gate in found] == [
        ("fail", 1.0, 1.0), ("pass", 2.0, 2.0), ("pass", 3.0, 3.0),
    ]  # fmt: skip


def test_an_outcome_says_baseline_and_threshold():
    found = against("mse <= baseline + 50%", [result(cost=2.0)], result(cost=3.5))
    assert (found.baseline, found.threshold, found.value, found.margin) == (2.0, 3.0, 3.5, -0.5)
    assert outcome("mse <= 3", result()).baseline is None


@pytest.mark.parametrize("sign", OPERATORS)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_nothing_passes_by_a_baseline_that_is_not_finite(sign, bad):
    found = against(f"mse {sign} baseline", [result(cost=bad)], result())
    assert found.verdict == "fail"
    assert found.reason == f"main.json: cost is {bad}"


@pytest.mark.parametrize("sign", OPERATORS)
@pytest.mark.parametrize(("cost", "bound"), [(1e308, "inf"), (-1e308, "-inf")])
def test_nothing_passes_by_a_threshold_that_overflows(sign, cost, bound):
    found = against(f"mse {sign} baseline * 1e9", [result(cost=cost)], result())
    assert found.verdict == "fail"
    assert found.reason == f"the threshold is {bound}"


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        ([], "main.json: mse was not computed"),
        ([result(n=0)], "main.json: no row counts"),
        ([result(std=None)], "main.json: std is undefined for 10 rows"),
    ],
)
def test_nothing_passes_by_a_baseline_without_the_figure(there, reason):
    found = against("mse.std >= baseline", there, result())
    assert (found.verdict, found.reason) == ("fail", reason)
    assert not against("mse[x] >= baseline", [result()], result()).passed


@given(relative, finite, finite, st.sampled_from(OPERATORS))
def test_a_verdict_on_a_baseline_is_what_pythons_operator_says(threshold, there, here, sign):
    baseline = Baseline("main.json", report(result(cost=there)))
    found = judge(report(result(cost=here)), [Gate("mse", "cost", None, sign, threshold)], baseline)[0]
    limit = threshold.at(there)
    assert found.passed == (math.isfinite(limit) and PYTHON[sign](here, limit))
    assert found.baseline == there


def test_without_a_baseline_a_gate_on_one_fails():
    found = outcome("mse >= baseline", result())
    assert (found.verdict, found.reason) == ("fail", "there is no baseline")


def test_bytes_of_a_name_that_are_no_utf8_are_found_as_the_document_writes_them():
    here = result(groups=(result(group="caf\udce9", cost=1.0),))
    there = result(groups=(result(group="caf\\udce9", cost=1.0),))
    gate = Gate("mse", "cost", "caf\udce9", "<=", Relative())
    assert judge(report(here), [gate], Baseline("main.json", report(there)))[0].passed
