"""Sums and products with their rounding errors: exact, or short of it by what is said."""

import random
from fractions import Fraction

import numpy as np
import pytest
from helpers.exactly import exact
from hypothesis import given
from hypothesis import strategies as st

from losscli.compute.statistics.error_free import (
    LARGEST,
    LEAST,
    cube_of,
    difference,
    product,
    square_times,
)

MODERATE = st.floats(-LARGEST, LARGEST, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) >= LEAST)
ANY = st.floats(-8e307, 8e307)


def total(parts):
    return [sum(numbers) for numbers in zip(*map(exact, parts), strict=True)]


@given(st.lists(st.tuples(ANY, ANY), min_size=1, max_size=8))
def test_a_difference_is_exact_at_any_size(pairs):
    a, b = np.array(pairs).T.copy()
    before = a.tobytes(), b.tobytes()
    assert total(difference(a, b)) == [x - y for x, y in zip(exact(a), exact(b), strict=True)]
    assert (a.tobytes(), b.tobytes()) == before


@given(st.lists(st.tuples(MODERATE, MODERATE), min_size=1, max_size=8))
def test_a_product_is_exact(pairs):
    a, b = np.array(pairs).T.copy()
    before = a.tobytes(), b.tobytes()
    assert total(product(a, b)) == [x * y for x, y in zip(exact(a), exact(b), strict=True)]
    assert total(product(a, a)) == [x * x for x in exact(a)]
    assert (a.tobytes(), b.tobytes()) == before


@given(st.lists(st.tuples(MODERATE, MODERATE), min_size=1, max_size=8))
def test_a_square_times_a_number_is_exact(pairs):
    a, b = np.array(pairs).T.copy()
    assert total(square_times(a, b)) == [x * x * y for x, y in zip(exact(a), exact(b), strict=True)]
    assert total(square_times(a, a)) == [x**3 for x in exact(a)]


@given(st.lists(st.tuples(MODERATE, st.floats(-(2.0**-53), 2.0**-53)), min_size=1, max_size=8))
def test_a_cube_of_a_pair_is_short_by_little(pairs):
    high, share = np.array(pairs).T.copy()
    low = high * share
    low[np.abs(low) < 2.0**-1000] = 0.0
    for one, a, b in zip(total(cube_of((high.copy(), low.copy()))), exact(high), exact(low), strict=True):
        assert abs(one - (a + b) ** 3) * 2**100 <= abs(a**3)


def test_nothing_that_a_rounded_product_loses_is_lost():
    a = np.array([1.0 + 2.0**-52])
    assert total(product(a, a)) == [(1 + Fraction(2) ** -52) ** 2]
    assert float((a * a)[0]) != float((1 + Fraction(2) ** -52) ** 2) or total(product(a, a))[0] != a[0] * a[0]


@pytest.mark.parametrize("rows", [0, 1, 7, 1000])
def test_a_row_depends_on_nothing_but_itself(rows):
    chance = np.random.default_rng(rows)
    a, b = chance.normal(size=(2, rows)) * 10.0 ** chance.integers(-40, 40, rows)
    order = list(range(rows))
    random.Random(1).shuffle(order)
    for function in (difference, product, square_times):
        whole, parts = function(a, b), function(a[order], b[order])
        assert all(one[order].tobytes() == other.tobytes() for one, other in zip(whole, parts, strict=True))
