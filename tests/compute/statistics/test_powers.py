"""Exact sums of powers: those of fractions row by row, for any sizes, weights and cuts."""

import random
from fractions import Fraction
from functools import reduce

import numpy as np
import pytest
from helpers.exactly import cuts, exact, near, numbers

from losscli.compute.statistics.powers import (
    ALONE,
    DIFFERENCE,
    Form,
    Mixed,
    Powers,
    factors_of,
    sums_of,
)

CASES = [(seed, extreme, rows) for seed in range(4) for extreme in (0.0, 0.5) for rows in (1, 12, 300)]


def weights_of(chance, rows, extreme):
    weight = numbers(chance, rows, extreme=extreme)
    weight[weight > 1e150] = 1e150
    if rows > 3:
        weight[chance.randrange(rows)] = 0.0
    return weight


def rounded_powers(weight):
    """Return w, w² and w³, each rounded to 53 bits whatever its size, as fractions."""

    def rounded(value):
        if not value:
            return value
        places = value.numerator.bit_length() - value.denominator.bit_length()
        scale = Fraction(2) ** places
        return Fraction(float(value / scale)) * scale

    w = exact(weight)
    squares = [rounded(one * one) for one in w]
    return w, squares, [rounded(a * b) for a, b in zip(squares, w, strict=True)]


@pytest.mark.parametrize(("seed", "extreme", "rows"), CASES)
def test_sums_of_one_model(seed, extreme, rows):
    chance = random.Random(seed)
    a = numbers(chance, rows, signs=True, extreme=extreme)
    weight = weights_of(chance, rows, extreme)
    x = exact(a)
    for counts, w in ((False, None), (True, weight), (False, weight)):
        factors = factors_of(w, counts=counts)
        wanted = [[Fraction(1)] * rows] if w is None else rounded_powers(w)[: len(factors)]
        assert len(factors) == (3 if w is not None and not counts else 1)
        for factor, u in zip(factors, wanted, strict=True):
            found = Powers.of(a, factor)
            assert found.none.read() == sum(u)
            assert found.first.read() == sum(k * v for k, v in zip(u, x, strict=True))
            assert found.second.read() == sum(k * v**2 for k, v in zip(u, x, strict=True))
            assert found.third.read() == sum(k * v**3 for k, v in zip(u, x, strict=True))


@pytest.mark.parametrize(("seed", "extreme", "rows"), CASES)
def test_sums_of_two_models(seed, extreme, rows):
    chance = random.Random(seed)
    a, b = (numbers(chance, rows, signs=True, extreme=extreme) / 4 for _ in range(2))
    x, y = exact(a), exact(b)
    weight = weights_of(chance, rows, extreme)
    for w in (None, weight):
        factors = factors_of(w, counts=False)
        wanted = [[Fraction(1)] * rows] if w is None else rounded_powers(w)
        for factor, u in zip(factors, wanted, strict=True):
            found = Mixed.of(a, b, factor, all_=True)
            terms = list(zip(u, x, y, strict=True))
            assert found.joint.read() == sum(k * p * q for k, p, q in terms)
            assert found.squared_first.read() == sum(k * p * p * q for k, p, q in terms)
            assert found.squared_second.read() == sum(k * p * q * q for k, p, q in terms)
            size = sum(k * abs(p - q) ** 3 for k, p, q in terms)
            assert near(found.cubes.read(), sum(k * (p - q) ** 3 for k, p, q in terms), size, 99)


@pytest.mark.parametrize("seed", range(6))
def test_any_cut_and_order_give_the_same(seed):
    chance = random.Random(seed)
    rows = 200
    a, b = (numbers(chance, rows, signs=True, extreme=0.2) for _ in range(2))
    weight = weights_of(chance, rows, 0.2)
    order = np.array(chance.sample(range(rows), rows))
    for w in (None, weight):
        whole = [Powers.of(a, factor) for factor in factors_of(w, counts=False)]
        both = [Mixed.of(a, b, factor, all_=True) for factor in factors_of(w, counts=False)]
        parts = []
        for part in cuts(chance, rows):
            places = order[part]
            factors = factors_of(None if w is None else w[places], counts=False)
            parts.append(
                [
                    (Powers.of(a[places], one), Mixed.of(a[places], b[places], one, all_=True))
                    for one in factors
                ]
            )
        for place, (one, other) in enumerate(zip(whole, both, strict=True)):
            assert reduce(Powers.merge, [part[place][0] for part in parts]) == one
            assert reduce(Mixed.merge, [part[place][1] for part in parts]) == other


def test_no_rows_are_nothing():
    nothing = np.zeros(0)
    some = np.array([1.0, 2.0])
    assert Powers.of(nothing) == Powers()
    assert Powers.of(nothing, *factors_of(nothing, counts=True)) == Powers()
    assert Powers.of(some).merge(Powers.of(nothing)) == Powers.of(some)
    for all_ in (False, True):
        for cubes in (False, True):
            found = Mixed.of(some, some, all_=all_, cubes=cubes)
            assert found.merge(Mixed.of(nothing, nothing, all_=all_, cubes=cubes)) == found


@pytest.mark.parametrize(
    "form",
    [ALONE, DIFFERENCE, Form(Fraction(2), Fraction(-3), Fraction(5, 7)), Form(Fraction(-1), Fraction(1))],
)
def test_a_form_is_that_of_every_row(form):
    chance = random.Random(3)
    a, b = (numbers(chance, 50, signs=True, extreme=0.0) for _ in range(2))
    d = [form.first * x + form.second * y + form.constant for x, y in zip(exact(a), exact(b), strict=True)]
    if form.second:
        found = sums_of(form, Powers.of(a), Powers.of(b), Mixed.of(a, b, all_=True))
    else:
        found = sums_of(form, Powers.of(a))
    assert (found.none, found.first, found.second) == (50, sum(d), sum(x * x for x in d))
    assert near(found.third, sum(x**3 for x in d), sum(abs(x) ** 3 for x in d) + 1000, 90)
    about = found.about(Fraction(7, 3))
    assert about.second == sum((x - Fraction(7, 3)) ** 2 for x in d)
    assert about.first == sum(x - Fraction(7, 3) for x in d)


def test_without_what_a_form_needs_its_cubes_are_unknown():
    a, b = np.array([1.0, 2.0, 4.0]), np.array([3.0, 1.0, 1.0])
    two = Form(Fraction(1), Fraction(-2))
    assert sums_of(two, Powers.of(a), Powers.of(b), Mixed.of(a, b)).third is None
    assert sums_of(DIFFERENCE, Powers.of(a), Powers.of(b), Mixed.of(a, b, cubes=False)).third is None


def test_of_alike_models_nothing_cancels():
    # a and b agree to 13 digits; cubes of rounded differences, or differences of cubes, would be noise.
    a = np.linspace(1.0, 2.0, 1000)
    b = a * (1.0 + 1e-13)
    found = sums_of(DIFFERENCE, Powers.of(a), Powers.of(b), Mixed.of(a, b))
    d = [x - y for x, y in zip(exact(a), exact(b), strict=True)]
    assert near(found.third, sum(x**3 for x in d), sum(abs(x) ** 3 for x in d), 99)
