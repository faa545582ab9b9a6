"""Sums by compiled code: the same objects as those of NumPy, for numbers of every kind."""

import random

import numpy as np
import pytest
from helpers.exactly import numbers

from losscli.compute.statistics import quick_sums
from losscli.compute.statistics.error_free import LARGEST, LEAST, difference
from losscli.compute.statistics.exact_sum import ExactSum
from losscli.compute.statistics.lags import Lags
from losscli.compute.statistics.powers import Mixed, Powers

pytestmark = pytest.mark.skipif(quick_sums._module is None, reason="there is no compiled code")


@pytest.fixture
def by_numpy(monkeypatch):
    """Run a function without compiled code."""

    def run(function, *arguments, **more):
        with monkeypatch.context() as without:
            without.setattr(quick_sums, "_module", None)
            return function(*arguments, **more)

    return run


def arrays(rows, seed):
    rng = np.random.default_rng(seed)
    kind = seed % 5
    if kind == 0:
        a, b = rng.standard_normal(rows) ** 2, rng.standard_normal(rows) ** 2
    elif kind == 1:
        a, b = ((rng.random(rows) + 1.0) * 2.0 ** rng.integers(-275, 295, rows) for _ in range(2))
    elif kind == 2:
        a = rng.standard_exponential(rows)
        b = a * (1.0 + 2.0**-50 * rng.integers(-3, 4, rows))
    elif kind == 3:
        a, b = rng.integers(0, 2, rows).astype(float), rng.integers(0, 2, rows).astype(float)
    else:
        a, b = -rng.random(rows), np.full(rows, 1 / 3)
    return a, b


@pytest.mark.parametrize("rows", [1, 2, 39, 255, 256, 257, 1000, 33000])
@pytest.mark.parametrize("seed", range(5))
def test_same_as_numpy(rows, seed, by_numpy):
    a, b = arrays(rows, seed)
    assert Powers.of(a) == by_numpy(Powers.of, a)
    assert quick_sums.products(a, b) == ExactSum.of_products(a, b)
    assert Mixed.of(a, b, cubes=False) == by_numpy(Mixed.of, a, b, cubes=False)
    found, mixed = quick_sums.pair(a, b), by_numpy(Mixed.of, a, b)
    if found is None:
        # A difference whose cube is beyond the range is left to NumPy.
        sizes = np.abs(a - b)
        assert seed == 1
        assert ((sizes > 0.0) & (sizes < LEAST) | (sizes > LARGEST)).any()
        return
    assert (found.joint, found.cubes) == (mixed.joint, mixed.cubes)
    lags = Lags.of((difference(a, b)[0], np.zeros(0)), 1)
    assert found.neighbours == lags.products[0]
    assert (found.first, found.last) == (lags.first[0, 0], lags.last[0, 0])


@pytest.mark.parametrize("seed", range(6))
def test_numbers_of_all_sizes(seed, by_numpy):
    chance = random.Random(seed)
    a, b = (np.array(numbers(chance, 60, signs=True, extreme=0.3 * (seed % 3))) for _ in range(2))
    assert Powers.of(a) == by_numpy(Powers.of, a)
    assert Mixed.of(a, b, cubes=False) == by_numpy(Mixed.of, a, b, cubes=False)


@pytest.mark.parametrize("wild", [1e150, 1e-150, 5e-324, -1e300, np.inf, np.nan])
def test_what_is_beyond_the_range_is_left_to_numpy(wild):
    a = np.ones(300)
    b = a * 2.0
    a[290] = wild
    assert quick_sums.powers(a) is None
    assert quick_sums.products(a, b) is None
    assert quick_sums.products(b, a) is None
    assert quick_sums.pair(a, b) is None
    assert quick_sums.pair(b, a) is None


def test_the_ends_of_the_range_are_within_it(by_numpy):
    a = np.array([LEAST, LARGEST, -LEAST, -LARGEST, 0.0, -0.0])
    assert quick_sums.powers(a) is not None
    assert Powers.of(a) == by_numpy(Powers.of, a)


def test_parts_of_an_array_that_are_not_side_by_side(by_numpy):
    a = np.random.default_rng(0).standard_normal(1000)
    assert Powers.of(a[::2]) == by_numpy(Powers.of, a[::2])
    assert quick_sums.pair(a[::2], a[1::2]).joint == ExactSum.of_products(a[::2], a[1::2])


def test_no_rows():
    nothing = np.zeros(0)
    assert quick_sums.pair(nothing, nothing) is None
    assert quick_sums.products(nothing, nothing) == ExactSum.empty()
