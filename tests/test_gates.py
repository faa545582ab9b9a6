"""Gates: what reads as one, what it prints back as, and that nothing dubious ever passes."""

import dataclasses
import math
import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.domain import POSITIVE, REAL
from losscli.errors import UsageError
from losscli.gates import OPERATORS, STATISTICS, Constant, Gate, check_against, fail_above, judge, parse_gate
from losscli.loss import Loss, Parameter
from losscli.report import Input, Report, Result

PYTHON = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt}


def declare(name, **parameters):
    return Loss(
        name=name,
        family="regression",
        value=lambda label, prediction, **_: np.abs(prediction - label),
        label=REAL,
        prediction=REAL,
        parameters={key: Parameter(default, POSITIVE, key) for key, default in parameters.items()},
        summary=name,
        formula=name,
        use="tests",
        avoid="elsewhere",
    )


LOSSES = {
    "mse": declare("mse"),
    "mean_squared_error": declare("mse"),  # an alias
    "huber": declare("huber", delta=1.0),
    "two": declare("two", a=1.0, b=2.0),
    "my.py:cost": declare("my.py:cost", alpha=2.0),
    "dir[1]/my.py:f": declare("dir[1]/my.py:f"),
    "a.p95/my.py:n": declare("a.p95/my.py:n"),
}


def find(name):
    if name not in LOSSES:
        raise UsageError("--loss", f"there is no loss {name!r}", "", "Did you mean mse?")
    return LOSSES[name]


def result(**figures):
    given = {
        "loss": "mse", "parameters": {}, "n": 10, "dropped": 2, "ignored": 0, "clipped": 0,
        "weight_sum": 10.0, "cost": 3.0, "sum": 30.0, "mean": 3.5, "std": 1.5, "min": 0.5, "max": 9.0,
        "quantiles": {0.5: 2.0, 0.9: 4.0, 0.95: 5.0, 0.99: 6.0}, "quantiles_exact": True,
    }  # fmt: skip
    return Result(**{**given, **figures})


def report(*results):
    both = Input("a.csv", 10), Input("b.csv", 10)
    names = {field.name for field in dataclasses.fields(Report)}
    rest = {"version": "0", "signature": "s", "alignment": "id", "reduction": "mean"}
    return Report(
        predictions=both[0], labels=both[1], results=results, **{k: rest[k] for k in rest if k in names}
    )


def outcome(text, *results):
    return judge(report(*results), [parse_gate(text, find)])[0]


READINGS = [
    ("mse <= 3100", "mse", "cost", None, "<=", 3100.0, "mse <= 3100"),
    ("  mse<=3.10e3 ", "mse", "cost", None, "<=", 3100.0, "mse <= 3100"),
    ("mse.cost < 1", "mse", "cost", None, "<", 1.0, "mse < 1"),
    ("mse.p95[f] <= 9000", "mse", "p95", "f", "<=", 9000.0, "mse.p95[f] <= 9000"),
    ("mse[f]>-.5", "mse", "cost", "f", ">", -0.5, "mse[f] > -0.5"),
    ("mse [ two words ] > 1", "mse", "cost", "two words", ">", 1.0, "mse[two words] > 1"),
    ("mse[a<b] >= 1", "mse", "cost", "a<b", ">=", 1.0, "mse[a<b] >= 1"),
    ("mse[x.py:y] >= 1", "mse", "cost", "x.py:y", ">=", 1.0, "mse[x.py:y] >= 1"),
    ('mse["a]b"] < 1', "mse", "cost", "a]b", "<", 1.0, 'mse["a]b"] < 1'),
    ('mse[ "f" ] < 1', "mse", "cost", "f", "<", 1.0, "mse[f] < 1"),
    ('mse[""] < 1', "mse", "cost", "", "<", 1.0, 'mse[""] < 1'),
    ('mse["é\\u202e"] < 1', "mse", "cost", "é\u202e", "<", 1.0, 'mse["\\u00e9\\u202e"] < 1'),
    ("huber:delta=1.5.p95[f] <= 3", "huber:delta=1.5", "p95", "f", "<=", 3.0, "huber:delta=1.5.p95[f] <= 3"),
    ("huber:delta=1.5 <= 3", "huber:delta=1.5", "cost", None, "<=", 3.0, "huber:delta=1.5 <= 3"),
    ("huber:delta=1.n > 3", "huber", "n", None, ">", 3.0, "huber.n > 3"),
    ("two:b=3,a=1 < 1", "two:b=3", "cost", None, "<", 1.0, "two:b=3 < 1"),
    ("mean_squared_error < 1", "mse", "cost", None, "<", 1.0, "mse < 1"),
    ("my.py:cost < 1", "my.py:cost", "cost", None, "<", 1.0, "my.py:cost < 1"),
    ("my.py:cost:alpha=3.std<1", "my.py:cost:alpha=3", "std", None, "<", 1.0, "my.py:cost:alpha=3.std < 1"),
    ("dir[1]/my.py:f < 1", "dir[1]/my.py:f", "cost", None, "<", 1.0, "dir[1]/my.py:f < 1"),
    ("dir[1]/my.py:f.n[g] < 1", "dir[1]/my.py:f", "n", "g", "<", 1.0, "dir[1]/my.py:f.n[g] < 1"),
    ("a.p95/my.py:n < 1", "a.p95/my.py:n", "cost", None, "<", 1.0, "a.p95/my.py:n < 1"),
]


@pytest.mark.parametrize(("text", "spec", "figure", "group", "sign", "value", "canonical"), READINGS)
def test_a_gate_reads_and_prints_in_its_canonical_form(text, spec, figure, group, sign, value, canonical):
    gate = parse_gate(text, find)
    assert gate == Gate(spec, figure, group, sign, Constant(value))
    assert str(gate) == canonical
    assert parse_gate(canonical, find) == gate


specs = st.sampled_from(
    ["mse", "huber", "huber:delta=1.5", "two:a=0.25,b=1e-05", "my.py:cost:alpha=3", "dir[1]/my.py:f"]
)
gates = st.builds(
    Gate,
    specs,
    st.sampled_from(STATISTICS),
    st.none() | st.text(max_size=12),
    st.sampled_from(OPERATORS),
    st.builds(Constant, st.floats(allow_nan=False, allow_infinity=False)),
)


@settings(deadline=None, max_examples=300)
@given(gates)
def test_every_gate_reads_back_as_itself(gate):
    assert parse_gate(str(gate), find) == gate


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet='mse.p95[f] <=>"\\0naif', max_size=24))
def test_any_text_is_a_gate_that_reads_back_or_a_usage_error(text):
    try:
        gate = parse_gate(text, find)
    except UsageError:
        return
    assert parse_gate(str(gate), find) == gate


@pytest.mark.parametrize(
    ("text", "caret", "words"),
    [
        ("mse", 3, "there is no operator"),
        ("", 0, "there is no operator"),
        ("mse == 3", 4, "== is no operator"),
        ("mse = 3", 4, "= is no operator"),
        ("mse ≤ 3", 4, "≤ is no operator"),
        ("mse =< 3", 4, "= begins no operator"),
        ("<= 3", 0, "nothing stands before"),
        ("mse <= ", 7, "nothing follows the operator"),
        ("mse <= three", 7, "three is no threshold"),
        ("mse <= 3 4", 7, "3 4 is no threshold"),
        ("mse <= nan", 7, "nan is no threshold"),
        ("mse <= NaN", 7, "NaN is no threshold"),
        ("mse <= inf", 7, "inf is no threshold"),
        ("mse >= -Infinity", 7, "-Infinity is no threshold"),
        ("mse <= 1e999", 7, "1e999 is no threshold"),
        ("mse <= 1_000", 7, "1_000 is no threshold"),
        ("mse <= 5%", 7, "5% is no threshold"),
        ("mse <= ٣", 7, "is no threshold"),
        ("mse <= baseline", 7, "baselines are not available yet"),
        ("mse <= baseline + 2%", 7, "baselines are not available yet"),
        ("mse.p96 <= 3", 4, "there is no figure p96"),
        ("huber:delta=1.p96 <= 3", 14, "there is no figure p96"),
        ("mse[] <= 3", 4, "name no group"),
        ("mse[ ] <= 3", 5, "name no group"),
        ("mse[f <= 3", 10, "does not end here"),
        ("mse[a]b] <= 3", 6, "no operator follows the group"),
        ('mse["a] <= 3', 4, "does not end"),
        ('mse["a"b] <= 3', 7, "does not end here"),
        ("mse[a\x1b[31m] <= 3 3", 9, "does not end here"),
    ],
)
def test_what_is_no_gate_is_told_with_a_caret_under_the_place(text, caret, words):
    with pytest.raises(UsageError) as raised:
        parse_gate(text, find)
    message = str(raised.value)
    assert words in message
    assert message.splitlines()[0].startswith("--gate: ")
    assert message.splitlines()[-1] == " " * (caret + 2) + "^"
    assert "\x1b" not in message


def test_a_misspelled_figure_is_told_the_nearest_one_and_all_there_are():
    with pytest.raises(
        UsageError, match=r"cost mean sum std min max n dropped p50 p90 p95 p99.*Did you mean p95\?"
    ):
        parse_gate("mse.P95 <= 3", find)


def test_an_error_of_the_spec_names_the_gate_it_stands_in():
    with pytest.raises(UsageError, match=r"^--gate nope\.p95 <= 3: there is no loss 'nope'.*mean mse"):
        parse_gate("nope.p95 <= 3", find)
    with pytest.raises(UsageError, match=r"^--gate huber:dleta=1 <= 3: .*'dleta'"):
        parse_gate("huber:dleta=1 <= 3", find)


def test_where_a_gate_comes_from_can_be_named():
    with pytest.raises(UsageError, match=r"^losscli\.toml: "):
        parse_gate("mse", find, "losscli.toml")


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
    [("cost", 3.0), ("mean", 3.5), ("sum", 30.0), ("std", 1.5), ("min", 0.5), ("max", 9.0), ("n", 10.0),
     ("dropped", 2.0), ("p50", 2.0), ("p90", 4.0), ("p95", 5.0), ("p99", 6.0)],
)  # fmt: skip
def test_every_figure_is_read_from_its_place(figure, value):
    found = outcome(f"mse.{figure} <= {value}", result())
    assert (found.value, found.threshold, found.passed, found.reason) == (value, value, True, "")
    assert not outcome(f"mse.{figure} < {value}", result()).passed


def test_every_figure_of_the_grammar_is_covered_above():
    marker = test_every_figure_is_read_from_its_place.pytestmark[0]
    assert {figure for figure, _ in marker.args[1]} == set(STATISTICS)


numbers = st.floats(allow_nan=False, allow_infinity=False)


@settings(deadline=None, max_examples=200)
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


@pytest.mark.parametrize("figure", STATISTICS)
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
    assert found.reason == "there is no such group; there are f, m"


def test_one_failed_gate_fails_the_report():
    gates = [parse_gate(text, find) for text in ("mse < 9", "mse < 1")]
    judged = dataclasses.replace(report(result()), gates=judge(report(result()), gates))
    assert judged.verdict == "fail"
    assert [gate.gate for gate in judged.gates] == ["mse < 9", "mse < 1"]
