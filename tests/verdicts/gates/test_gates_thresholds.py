"""Thresholds from a baseline: exact arithmetic, rounded once, and never a wrong side."""

import math
from fractions import Fraction

import pytest
from helpers.gate_samples import amounts, finite, relative
from hypothesis import assume, example, given
from hypothesis import strategies as st

from losscli.verdicts.gates.grammar import Relative


def rounded(exact):
    """Return the float64 nearest to a fraction, infinite beyond the largest."""
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def by_fractions(threshold, figure):
    exact, amount = Fraction(figure), Fraction(threshold.amount)
    offset = abs(exact) * amount / 100 if threshold.percent else amount
    match threshold.operation:
        case "+":
            return rounded(exact + offset)
        case "-":
            return rounded(exact - offset)
        case "*":
            return rounded(exact * amount)
    return figure


@given(relative, finite)
@example(Relative("+", 1e308, percent=True), 1.7e308)
@example(Relative("-", 1e308), -1.7e308)
def test_a_threshold_is_the_exact_one_rounded_once(threshold, figure):
    assert threshold.at(figure) == by_fractions(threshold, figure)


@pytest.mark.parametrize(
    ("threshold", "figure", "expected"),
    [
        (Relative(), 3.0, 3.0),
        (Relative("+", 0.5), 3.0, 3.5),
        (Relative("-", 0.5), 3.0, 2.5),
        (Relative("*", 1.5), 3.0, 4.5),
        (Relative("*", 1.5), -3.0, -4.5),
        (Relative("+", 2.0, percent=True), 50.0, 51.0),
        (Relative("-", 2.0, percent=True), 50.0, 49.0),
        (Relative("+", 2.0, percent=True), -50.0, -49.0),
        (Relative("-", 2.0, percent=True), -50.0, -51.0),
        (Relative("+", 2.0, percent=True), 0.0, 0.0),
        (Relative("-", 10.0, percent=True), 442, 397.8),
    ],
)
def test_thresholds_worked_by_hand(threshold, figure, expected):
    assert threshold.at(figure) == expected


@given(finite)
def test_what_changes_nothing_gives_the_baseline_bit_for_bit(figure):
    nothing = [
        Relative(),
        Relative("+", 0.0),
        Relative("-", 0.0),
        Relative("*", 1.0),
        Relative("+", 0.0, percent=True),
        Relative("-", 0.0, percent=True),
    ]
    assert {threshold.at(figure) for threshold in nothing} == {figure}


@given(finite, amounts, st.booleans())
def test_plus_never_lies_below_the_baseline_and_minus_never_above(figure, amount, percent):
    assert Relative("+", amount, percent).at(figure) >= figure >= Relative("-", amount, percent).at(figure)


@given(finite.filter(bool), st.floats(1e-12, 1e6))
def test_a_percentage_leaves_room_whatever_the_sign(figure, amount):
    assume(1e-300 < abs(figure) < 1e300)
    assert Relative("+", amount, percent=True).at(figure) > figure
