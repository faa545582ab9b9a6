"""What reads as a gate, what it prints back as, and what a mistake in one is told."""

import pytest
from helpers.examples import examples
from helpers.gate_samples import find, gates
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.common.errors import UsageError
from losscli.verdicts.gates.grammar import Constant, Gate, Relative, parse_gate

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


THRESHOLDS = [
    ("baseline", Relative(), "baseline"),
    (" baseline ", Relative(), "baseline"),
    ("baseline+0.01", Relative("+", 0.01), "baseline + 0.01"),
    ("baseline - .5", Relative("-", 0.5), "baseline - 0.5"),
    ("baseline -1.", Relative("-", 1.0), "baseline - 1"),
    ("baseline*1.02", Relative("*", 1.02), "baseline * 1.02"),
    ("baseline  *  1e-3", Relative("*", 0.001), "baseline * 0.001"),
    ("baseline + 2%", Relative("+", 2.0, percent=True), "baseline + 2%"),
    ("baseline+2.50 %", Relative("+", 2.5, percent=True), "baseline + 2.5%"),
    ("baseline - 1E2%", Relative("-", 100.0, percent=True), "baseline - 100%"),
    ("baseline + 0", Relative("+", 0.0), "baseline + 0"),
    ("\tbaseline\t+\t1e-300%", Relative("+", 1e-300, percent=True), "baseline + 1e-300%"),
    ("-0", Constant(0.0), "-0"),
]


@pytest.mark.parametrize(("text", "threshold", "canonical"), THRESHOLDS)
def test_a_threshold_reads_and_prints_in_its_canonical_form(text, threshold, canonical):
    gate = parse_gate(f"mse <={text}", find)
    assert gate.threshold == threshold
    assert str(gate) == f"mse <= {canonical}"
    assert parse_gate(str(gate), find) == gate


@settings(max_examples=examples(300))
@given(gates)
def test_every_gate_reads_back_as_itself(gate):
    assert parse_gate(str(gate), find) == gate


@settings(max_examples=examples(300))
@given(st.text(alphabet='mse.p95[f] <=>"\\0naif', max_size=24))
def test_any_text_is_a_gate_that_reads_back_or_a_usage_error(text):
    try:
        gate = parse_gate(text, find)
    except UsageError:
        return
    assert parse_gate(str(gate), find) == gate


@settings(max_examples=examples(500))
@given(st.text(alphabet="baseline +-*%.0129eE\t−", max_size=16))
def test_any_text_behind_baseline_reads_back_or_is_a_usage_error(text):
    for threshold in (text, f"baseline{text}"):
        try:
            gate = parse_gate(f"mse <= {threshold}", find)
        except UsageError:
            continue
        assert parse_gate(str(gate), find) == gate


@pytest.mark.parametrize(
    ("text", "caret", "words"),
    [
        ("mse", 3, "there is no operator"),
        ("", 0, "there is no operator"),
        ("mse == 3", 4, "== is not an operator"),
        ("mse = 3", 4, "= is not an operator"),
        ("mse ≤ 3", 4, "≤ is not an operator"),
        ("mse =< 3", 4, "no operator begins with ="),
        ("<= 3", 0, "there is no metric before"),
        ("mse <= ", 7, "nothing follows the operator"),
        ("mse <= three", 7, "three is not a threshold"),
        ("mse <= 3 4", 7, "3 4 is not a threshold"),
        ("mse <= nan", 7, "nan is not a threshold"),
        ("mse <= NaN", 7, "NaN is not a threshold"),
        ("mse <= inf", 7, "inf is not a threshold"),
        ("mse >= -Infinity", 7, "-Infinity is not a threshold"),
        ("mse <= 1e999", 7, "1e999 is not a threshold"),
        ("mse <= 1_000", 7, "1_000 is not a threshold"),
        ("mse <= 5%", 7, "5% is not a threshold"),
        ("mse <= ٣", 7, "is not a threshold"),
        ("mse <= 2 % ", 7, "For a percentage of the baseline: --gate 'mse <= baseline + 2%' --baseline FILE"),
        ("mse <= Baseline", 7, "Did you mean baseline?"),
        ("mse <= base + 2%", 7, "base + 2% is not a threshold"),
        ("mse <= baselin + 2%", 7, "Did you mean baseline?"),
        ("mse <= baseline2", 7, "Did you mean baseline?"),
        ("mse <= 0.01 + baseline", 7, "The word baseline comes first."),
        ("mse <= 1.02*baseline", 7, "The word baseline comes first."),
        ("mse <= -baseline", 7, "The word baseline comes first."),
        ("mse <= baseline 2%", 16, "2% cannot follow baseline"),
        ("mse <= baseline / 2", 16, "/ cannot follow baseline"),
        (
            "mse <= baseline − 2%",
            16,
            "− cannot follow baseline; needed: + 0.01, - 0.01, * 1.02, + 2% or - 2%. Write -.",
        ),
        ("mse <= baseline × 2", 16, "Write *."),
        ("mse <= baseline.p95", 15, "the baseline's figure is always that of the gate itself"),
        ("mse <= baseline[f]", 15, "the baseline's figure is always that of the gate itself"),
        ("mse <= baseline +", 17, "nothing follows +"),
        ("mse <= baseline * ", 18, "nothing follows *"),
        ("mse <= baseline + -2%", 18, "an amount has no sign of its own"),
        ("mse <= baseline - +1", 18, "an amount has no sign of its own"),
        ("mse <= baseline ++", 17, "+ is not an amount"),
        ("mse <= baseline + x", 18, "x is not an amount"),
        ("mse <= baseline + %", 18, "% is not an amount"),
        ("mse <= baseline + nan", 18, "nan is not an amount"),
        ("mse <= baseline + inf%", 18, "inf% is not an amount"),
        ("mse <= baseline * 1e999", 18, "1e999 is too large"),
        ("mse <= baseline + 1_000", 19, "unexpected _000"),
        ("mse <= baseline + ٣", 18, "is not an amount"),
        ("mse <= baseline * 0", 18, "a factor of 0 leaves nothing"),
        ("mse <= baseline * 1e-400", 18, "a factor of 0 leaves nothing"),
        ("mse <= baseline * -1", 18, "an amount has no sign of its own"),
        ("mse <= baseline * 102%", 21, "a percentage is added or subtracted; needed: baseline + 102%"),
        ("mse <= baseline + 2%%", 20, "unexpected %"),
        ("mse <= baseline + 2% + 1", 21, "unexpected + 1"),
        ("mse <= baseline + 2 percent", 20, "unexpected percent"),
        ("mse <= baseline + 1\x1b[31m", 19, "the end of the gate"),
        ("mse.p96 <= 3", 4, "there is no figure p96"),
        ("huber:delta=1.p96 <= 3", 14, "there is no figure p96"),
        ("mse[] <= 3", 4, "the brackets name no group"),
        ("mse[ ] <= 3", 5, "the brackets name no group"),
        ("mse[f <= 3", 10, "does not end here"),
        ("mse[a]b] <= 3", 6, "there is no operator after the group"),
        ('mse["a] <= 3', 4, "the quoted name does not end"),
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
        UsageError, match=r"cost stderr mean sum std min max n dropped p50 p90 p95 p99.*Did you mean p95\?"
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
