"""Domains tell what is outside, say what they need, and draw samples of themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscli.loss.domain import (
    BINARY,
    BOOLEAN,
    CLASS,
    NON_NEGATIVE,
    POSITIVE,
    PROBABILITY,
    REAL,
    SIGN,
    ClassIndex,
    Columns,
    Fields,
    Interval,
    OneOf,
    Simplex,
)

BOX = Fields(
    (("x1", REAL), ("y1", REAL), ("x2", REAL), ("y2", REAL)),
    ordered=(("x1", "x2"), ("y1", "y2")),
    strict=True,
)
BOUNDS = Fields((("lower", REAL), ("upper", REAL)), ordered=(("lower", "upper"),))
NORMAL = Fields((("prediction", REAL), ("variance", POSITIVE)))
DIRECTION = Columns(REAL, nonzero=True)

DOMAINS = [
    REAL, POSITIVE, NON_NEGATIVE, PROBABILITY, BINARY, SIGN, BOOLEAN, CLASS,
    Interval(-1.0, low_open=True), Interval(high=0.0), Interval(high=0.0, high_open=True),
    Interval(0.0, 0.5, low_open=True, high_open=True), Interval(2.0, 2.0), OneOf((1.0, 2.0, 4.0)),
    Columns(REAL), Columns(PROBABILITY), DIRECTION, Columns(Interval(0.0, 0.0)), Simplex(), Simplex(0.0),
    Simplex(any_sum=True), BOX, BOUNDS, NORMAL,
]  # fmt: skip


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.description)
@pytest.mark.parametrize("rows", [0, 1, 2, 7, 300])
def test_samples_lie_inside(domain, rows):
    for seed in range(5):
        drawn = domain.sample(np.random.default_rng(seed), rows)
        assert len(drawn) == rows
        assert domain.outside(drawn) is None


def test_samples_reach_the_edges_that_belong_to_a_domain():
    random = np.random.default_rng(0)
    assert {0.0, 1.0} <= set(PROBABILITY.sample(random, 100))
    assert 0.0 in NON_NEGATIVE.sample(random, 100)
    assert 0.0 not in POSITIVE.sample(random, 100)
    assert {-1.0, 1.0} == set(SIGN.sample(random, 100))
    rows = Simplex().sample(random, 200, 5)
    assert rows.shape == (200, 5)
    assert (rows.max(axis=1) == 1.0).any()
    sums = rows.sum(axis=1)
    assert (sums == 1.0).any()
    assert (np.abs(sums - 1.0) > 1e-4).any()


def test_samples_of_rows_are_as_long_as_asked():
    random = np.random.default_rng(0)
    assert Columns(REAL).sample(random, 10, 7).shape == (10, 7)
    assert BOX.sample(random, 10, 7).shape == (10, 4)
    assert set(CLASS.sample(random, 300, 7)) == set(range(7))
    assert CLASS.sample(random, 3).dtype == np.int64


OUTSIDE = [
    (REAL, [1.0, math.nan, -5.0, math.inf, -math.inf], [1, 3, 4]),
    (PROBABILITY, [0.0, 1.0, -1e-300, 1.0000000000000002, 0.5, math.nan], [2, 3, 5]),
    (POSITIVE, [5e-324, 0.0, -0.0, 1.0], [1, 2]),
    (NON_NEGATIVE, [-0.0, 0.0, -5e-324], [2]),
    (Interval(0.0, 0.5, low_open=True, high_open=True), [0.0, 0.25, 0.5], [0, 2]),
    (Interval(high=0.0), [0.0, -1.0, 1.0, -math.inf], [2, 3]),
    (BINARY, [0.0, 1.0, -0.0, 0.5, math.nan, -1.0], [3, 4, 5]),
    (SIGN, [1.0, -1.0, 0.0, 2.0], [2, 3]),
    (Columns(REAL), [[1, 2], [math.nan, 1], [1, math.inf]], [1, 2]),
    (Columns(BINARY), [[1, 0], [0.5, 1]], [1]),
    (DIRECTION, [[0, 1], [0, 0], [-0.0, 0.0], [math.nan, 0]], [1, 2, 3]),
    (Simplex(), [[0.5, 0.5], [0.5, 0.4995], [0.5, 0.498], [1.0, 0.0], [1.0005, 0.0], [1.1, -0.1]], [2, 4, 5]),
    (Simplex(), [[math.nan, 1.0], [math.inf, 0.0], [math.inf, -math.inf], [0.0, 0.0]], [0, 1, 2, 3]),
    (Simplex(any_sum=True), [[2, 5], [0, 0], [3, -1], [math.inf, 1], [1e308, 1e308]], [1, 2, 3, 4]),
    (ClassIndex(0.1), [[0.5, 0.45], [0.5, 0.2]], [1]),
    (BOUNDS, [[1.0, 2.0], [1.0, 1.0], [2.0, 1.0], [math.nan, 1.0], [1.0, math.inf]], [2, 3, 4]),
    (BOX, [[0, 0, 1, 1], [0, 0, 0, 1], [0, 2, 1, 1], [0, 0, 1, math.nan]], [1, 2, 3]),
    (NORMAL, [[0.0, 1.0], [0.0, 0.0], [math.nan, 1.0]], [1, 2]),
]  # fmt: skip


@pytest.mark.parametrize(("domain", "values", "rows"), OUTSIDE)
def test_the_rows_outside_and_no_other(domain, values, rows):
    mask = domain.outside(np.array(values, dtype=np.float64))
    assert mask.dtype == np.bool_
    assert np.flatnonzero(mask).tolist() == rows
    inside = np.delete(np.array(values, dtype=np.float64), rows, axis=0)
    assert domain.outside(inside) is None


@given(
    values=st.lists(st.floats(), max_size=20),
    low=st.floats(-10, 10) | st.just(-math.inf),
    high=st.floats(-10, 10) | st.just(math.inf),
    low_open=st.booleans(),
    high_open=st.booleans(),
)
def test_an_interval_holds_an_array_to_the_same_as_single_numbers(values, low, high, low_open, high_open):
    domain = Interval(low, high, low_open, high_open)
    mask = domain.outside(np.array(values, dtype=np.float64))
    expected = [value not in domain for value in values]
    assert (mask is None and not any(expected)) or mask.tolist() == expected


def test_no_rows_are_inside():
    assert REAL.outside(np.empty(0)) is None
    assert Simplex().outside(np.empty((0, 3))) is None


def test_class_indices_are_inside_whatever_they_are():
    assert CLASS.outside(np.array([0, 5, 2])) is None


def test_values_are_left_as_they_were():
    for domain, values, _ in OUTSIDE:
        array = np.array(values, dtype=np.float64)
        array.setflags(write=False)
        before = array.copy()
        domain.outside(array)
        assert np.array_equal(array, before, equal_nan=True)


DESCRIPTIONS = [
    (REAL, "a finite number"),
    (POSITIVE, "a number > 0"),
    (NON_NEGATIVE, "a number ≥ 0"),
    (Interval(high=0.0), "a number ≤ 0"),
    (Interval(high=0.0, high_open=True), "a number < 0"),
    (PROBABILITY, "a probability in [0, 1]"),
    (Interval(0.0, 0.5, low_open=True), "a number in (0, 0.5]"),
    (Interval(0.0, 0.5, high_open=True), "a number in [0, 0.5)"),
    (Interval(noun="a score"), "a score"),
    (BINARY, "0 or 1"),
    (SIGN, "-1 or +1"),
    (BOOLEAN, "true or false"),
    (OneOf((1.0, 2.0, 4.0)), "1, 2 or 4"),
    (OneOf((3.0,)), "3"),
    (CLASS, "the name of a class"),
    (Columns(POSITIVE), "a number > 0 in every column"),
    (DIRECTION, "a finite number in every column, not all of them 0"),
    (Simplex(), "probabilities in [0, 1] that sum to 1 (within 0.001)"),
    (Simplex(any_sum=True), "numbers ≥ 0 with a positive sum"),
    (BOX, "x1 < x2 and y1 < y2"),
    (BOUNDS, "lower ≤ upper"),
    (NORMAL, "variance a number > 0"),
    (Fields((("a", REAL), ("b", REAL))), "finite a, b"),
]


@pytest.mark.parametrize(("domain", "words"), DESCRIPTIONS)
def test_what_a_domain_needs_in_words(domain, words):
    assert domain.description == words
