"""The standard error of the mean: held against NumPy, exact fractions, and what repeated samples do."""

import math
from fractions import Fraction

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.compute.statistics.exact_sum import squared_weight_sums
from losscli.compute.statistics.moments import Moments

fixed = settings(max_examples=examples(80))
WEIGHTS = st.sampled_from([0.0, 1.0, 3.0, 1e-300, 1e300, 5e-324]) | st.floats(1e-3, 1e3)


def linearised(losses, weights):
    counted = weights > 0
    n, w, loss = counted.sum(), weights[counted], losses[counted]
    mean = np.average(loss, weights=w)
    return math.sqrt(n / (n - 1) * np.sum((w * (loss - mean)) ** 2)) / w.sum()


@fixed
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50))
def test_without_weights_it_is_that_of_numpy(values):
    losses = np.array(values)
    expected = losses.std(ddof=1) / math.sqrt(len(losses))
    # Far from 0 NumPy's own variance loses digits.
    assert Moments.of(losses).standard_error == pytest.approx(expected, rel=1e-9, abs=1e-9)


@fixed
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e3)), min_size=2, max_size=50))
def test_with_weights_it_is_the_linearised_one(rows):
    losses, weights = np.array(rows).T
    expected = linearised(losses, weights)
    assert Moments.of(losses, weights).standard_error == pytest.approx(expected, rel=1e-9, abs=1e-9)


@fixed
@given(st.lists(st.tuples(st.floats(-1e9, 1e9), WEIGHTS), min_size=2, max_size=30))
def test_it_is_the_exact_one_but_for_the_rounding_of_squared_weights(rows):
    losses, weights = np.array(rows).T
    loss, weight = [[Fraction(one) for one in column.tolist()] for column in (losses, weights)]
    n = sum(one > 0 for one in weight)
    found = Moments.of(losses, weights).standard_error
    if n < 2:
        assert found is None
        return
    mean = sum(w * v for w, v in zip(weight, loss, strict=True)) / sum(weight)
    about = sum((w * (v - mean)) ** 2 for w, v in zip(weight, loss, strict=True))
    square = about * n / ((n - 1) * sum(weight) ** 2)
    # Two units in the last place: half of one for the squares, half for the result, and a root between.
    low, high = (Fraction(math.nextafter(math.nextafter(found, to), to)) for to in (-math.inf, math.inf))
    assert max(low, Fraction(0)) ** 2 <= square <= high**2


def test_weights_that_are_all_the_same_change_nothing():
    losses = np.random.default_rng(2).lognormal(0, 2, 1000)
    plain = Moments.of(losses).standard_error
    for weight in (1.0, 4.0, 2.0**-600, 2.0**600):
        assert Moments.of(losses, np.full(1000, weight)).standard_error == plain
    assert Moments.of(losses, np.full(1000, 0.3)).standard_error == pytest.approx(plain, rel=1e-15)


def test_a_row_of_weight_0_is_no_evidence():
    losses, weights = np.array([1.0, 5.0, 2.0, 9.0]), np.array([1.0, 0.5, 2.0, 0.0])
    assert Moments.of(losses, weights).standard_error == Moments.of(losses[:3], weights[:3]).standard_error
    assert Moments.of(losses, np.array([1.0, 0.0, 0.0, 0.0])).standard_error is None
    infinite = np.array([1.0, 5.0, 2.0, np.inf])
    assert Moments.of(infinite, weights).standard_error == Moments.of(losses, weights).standard_error


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_blocks_and_their_order_change_nothing(rows):
    generator = np.random.default_rng(3)
    losses, weights = generator.lognormal(0, 4, 3000), generator.random(3000)
    # Also where one block has weights whose squares are beyond float64, and another has none.
    weights[::97] = [10.0 ** (place % 600 - 300) for place in range(len(weights[::97]))]
    whole, order, parts = Moments.of(losses, weights), generator.permutation(3000), Moments.empty()
    for start in range(0, 3000, rows):
        chosen = order[start : start + rows]
        parts = parts.merge(Moments.of(losses[chosen], weights[chosen]))
    assert parts == whole
    assert parts.standard_error == whole.standard_error


def test_squares_beyond_float64_are_summed():
    weights = np.array([1e200, 1e-200, 5e-324, 0.0, 2.0])
    total, first, second = squared_weight_sums(weights, np.array([1.0, -2.0, 3.0, 4.0, 5.0]))
    assert float(total.read() / Fraction(1e200) ** 2) == pytest.approx(1.0, rel=1e-15)
    small = total.read() - squared_weight_sums(weights[[0, 4]], np.ones(2))[0].read()
    assert float(small / (Fraction(1e-200) ** 2 + Fraction(5e-324) ** 2)) == pytest.approx(1.0, rel=1e-15)
    assert float(first.read() / total.read()) == float(second.read() / total.read()) == 1.0


def test_too_few_samples_have_none():
    assert Moments.empty().standard_error is None
    assert Moments.of(np.array([3.0])).standard_error is None
    assert Moments.of(np.array([3.0, 3.0])).standard_error == 0.0
    assert Moments.of(np.array([1.0, np.inf])).standard_error is None
    assert Moments.of(np.array([1.0, 2.0]), np.zeros(2)).standard_error is None


@pytest.mark.parametrize("weighted", [False, True])
def test_means_of_repeated_samples_spread_as_it_says(weighted):
    # 4,000 samples of 200 losses with mean 1: the spread of their means is known within 1.2 % or so.
    generator = np.random.default_rng(4)
    errors, means = [], []
    for _ in range(4000):
        losses = generator.gamma(2.0, 0.5, 200)
        # A sample that is twice as likely to be drawn counts half: the mean stays that of all.
        weights = 1.0 / generator.uniform(0.2, 1.8, 200) if weighted else None
        found = Moments.of(losses, weights)
        means.append(found.mean)
        errors.append(found.standard_error)
    assert np.mean(means) == pytest.approx(1.0, abs=0.006)
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(means), rel=0.04)
