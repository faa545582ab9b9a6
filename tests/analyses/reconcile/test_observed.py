"""A reported number, and how well its digits say what it is."""

from __future__ import annotations

from fractions import Fraction

import pytest

from losscli.analyses.reconcile.observed import observed_of
from losscli.common.errors import UsageError


@pytest.mark.parametrize(
    ("text", "value", "half", "digits"),
    [
        ("0.4812", Fraction(4812, 10**4), Fraction(1, 20_000), 4),
        ("0.48120", Fraction(4812, 10**4), Fraction(1, 200_000), 5),
        ("48", Fraction(48), Fraction(1, 2), 2),
        ("-1.5e-3", Fraction(-15, 10**4), Fraction(1, 20_000), 2),
        ("2.978e3", Fraction(2978), Fraction(1, 2), 4),
        (" .5 ", Fraction(1, 2), Fraction(1, 20), 1),
    ],
)
def test_digits_count_as_typed(text: str, value: Fraction, half: Fraction, digits: int) -> None:
    found = observed_of(text)
    assert (found.value, found.half, found.digits) == (value, half, digits)


def test_ends_of_the_interval_match() -> None:
    observed = observed_of("0.4812")
    for value, matches in ((0.48115, True), (0.48125, True), (0.481149, False), (0.481251, False)):
        assert observed.matches(value, is_float32=False) is matches


def test_numbers_of_float32_match_a_little_further() -> None:
    observed = observed_of("0.48120000000")
    assert not observed.matches(0.4812001, is_float32=False)
    assert observed.matches(0.4812001, is_float32=True)
    assert not observed.matches(0.4812003, is_float32=True)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_matches_nothing(value: float) -> None:
    assert not observed_of("1").matches(value, is_float32=True)


@pytest.mark.parametrize("text", ["", "abc", "0,48", "1_0", "nan", "inf", "1e9999", "0x1", "٤"])
def test_texts_that_are_no_numbers_are_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        observed_of(text)
    assert caught.value.where == "--observed"
