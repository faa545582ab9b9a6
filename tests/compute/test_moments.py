import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.compute.statistics.moments import Moments

finite = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.floats(-100, 100))
losses = st.one_of(finite, st.sampled_from([np.inf, -np.inf, 0.0, -0.0, 5e-324, 1e300]))
weights = st.one_of(st.floats(0, 1e6), st.sampled_from([0.0, 1.0, 2.0, 1e300, 5e-324]))
weighted_blocks = st.lists(st.tuples(losses, weights), max_size=30).map(
    lambda rows: np.array(rows, dtype=np.float64).reshape(-1, 2)
)
finite_blocks = st.lists(finite, max_size=40).map(lambda rows: np.array(rows, dtype=np.float64))
fixed = settings(max_examples=examples(80))


def of(rows):
    return Moments.of(rows[:, 0], rows[:, 1])


def nearest(number):
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def exact_variance(values, weight):
    total = sum(weight)
    mean = sum(w * v for v, w in zip(values, weight, strict=True)) / total
    return sum(w * (v - mean) ** 2 for v, w in zip(values, weight, strict=True)) / (total - 1)


def is_nearest_root(root, square):
    """Whether no float is nearer to √square: its square lies between those of the midpoints around it."""
    if math.isinf(root):
        return square >= ((Fraction(2) ** 1024 + Fraction(np.finfo(float).max)) / 2) ** 2
    below, above = math.nextafter(root, -math.inf), math.nextafter(root, math.inf)
    low = (Fraction(root) + Fraction(below)) / 2
    return (low < 0 or low**2 <= square) and (
        math.isinf(above) or square <= ((Fraction(root) + Fraction(above)) / 2) ** 2
    )


@fixed
@given(weighted_blocks, weighted_blocks, weighted_blocks)
def test_merge_is_associative_commutative_and_has_an_identity(a, b, c):
    x, y, z = of(a), of(b), of(c)
    assert x.merge(y.merge(z)) == x.merge(y).merge(z)
    assert x.merge(y) == y.merge(x)
    assert x.merge(Moments.empty()) == x == Moments.empty().merge(x)
    assert x.merge(y) == of(np.concatenate([a, b]))


@fixed
@given(finite_blocks)
def test_figures_are_the_exact_ones_rounded_once(values):
    found, exact = Moments.of(values), [Fraction(value) for value in values.tolist()]
    assert found.n == found.weight_sum == len(values)
    assert found.sum == nearest(sum(exact))
    if len(values):
        assert found.mean == nearest(sum(exact) / len(exact))
        assert (found.min, found.max) == (min(values), max(values))
    if len(values) < 2:
        assert found.std is None
    else:
        assert is_nearest_root(found.std, exact_variance(exact, [1] * len(exact)))


@fixed
@given(st.lists(st.tuples(finite, weights), min_size=1, max_size=30))
def test_weighted_figures_are_the_exact_ones_rounded_once(rows):
    found = Moments.of(np.array([v for v, _ in rows]), np.array([w for _, w in rows]))
    value, weight = [Fraction(v) for v, _ in rows], [Fraction(w) for _, w in rows]
    assert found.weight_sum == nearest(sum(weight))
    assert found.sum == nearest(sum(v * w for v, w in zip(value, weight, strict=True)))
    if sum(weight):
        assert found.mean == nearest(sum(v * w for v, w in zip(value, weight, strict=True)) / sum(weight))
    else:
        assert math.isnan(found.mean)
    if sum(weight) > 1:
        assert is_nearest_root(found.std, exact_variance(value, weight))
    else:
        assert found.std is None


@fixed
@given(st.lists(st.tuples(losses, st.integers(0, 5)), max_size=20))
def test_integer_weights_are_repetition(rows):
    value, count = np.array([v for v, _ in rows], dtype=float), np.array([c for _, c in rows], dtype=int)
    weighted, repeated = Moments.of(value, count.astype(float)), Moments.of(np.repeat(value, count))
    for name in ("weight_sum", "sum", "mean", "std"):
        a, b = getattr(weighted, name), getattr(repeated, name)
        assert a == b or (math.isnan(a) and math.isnan(b))


@pytest.mark.parametrize("rows", [1, 7, 1000, 16384])
def test_block_boundaries_and_order_change_nothing(rows):
    generator = np.random.default_rng(1)
    values, weight = generator.lognormal(0, 4, 20_000), generator.random(20_000)
    whole, order, parts = Moments.of(values, weight), generator.permutation(20_000), Moments.empty()
    stop = 2_000 if rows == 1 else 20_000
    for start in range(0, stop, rows):
        chosen = order[start : min(start + rows, stop)]
        parts = parts.merge(Moments.of(values[chosen], weight[chosen]))
    assert parts == (Moments.of(values[order[:stop]], weight[order[:stop]]) if rows == 1 else whole)


def test_numacc4_of_nist_keeps_every_digit():
    # NIST StRD NumAcc4: 1001 values around 10000000.2, mean 10000000.2, std 0.1. The decimals are not
    # floats, so the figures are those of the floats, correctly rounded, and certified to nine digits.
    values = np.array([10000000.2] + [10000000.1, 10000000.3] * 500)
    found = Moments.of(values)
    assert found.mean == 10000000.2
    assert found.std == pytest.approx(0.1, rel=1e-8)
    assert is_nearest_root(found.std, exact_variance([Fraction(v) for v in values.tolist()], [1] * 1001))


def test_a_large_offset_does_not_eat_the_standard_deviation():
    values = 100000000.0 + np.random.default_rng(0).random(5000)
    with mpmath.workdps(60):
        exact = [mpmath.mpf(v) for v in values.tolist()]
        mean = mpmath.fsum(exact) / 5000
        std = mpmath.sqrt(mpmath.fsum((v - mean) ** 2 for v in exact) / 4999)
        assert Moments.of(values).std == float(std)


def test_a_mean_is_finite_where_the_sum_is_not():
    found = Moments.of(np.array([1.5e308, 1.7e308]))
    assert (found.sum, found.mean) == (math.inf, 1.6e308)


def test_squares_beyond_float64_have_a_standard_deviation():
    assert Moments.of(np.array([1e300, -1e300])).std == float(mpmath.sqrt(2) * mpmath.mpf(1e300))
    assert Moments.of(np.array([5e-324, 5e-324, 5e-324])).std == 0.0
    assert Moments.of(np.array([1e-200, 3e-200])).std == pytest.approx(math.sqrt(2) * 1e-200, rel=1e-15)


def test_an_infinite_loss_makes_the_sum_infinite_and_the_spread_undefined():
    found = Moments.of(np.array([1.0, np.inf, 2.0]))
    assert (found.sum, found.mean, found.max, found.above) == (np.inf, np.inf, np.inf, 1)
    assert math.isnan(found.std)
    assert Moments.of(np.array([1.0, -np.inf])).mean == -np.inf
    both = Moments.of(np.array([np.inf, -np.inf]))
    assert math.isnan(both.sum)
    assert math.isnan(both.mean)
    assert (both.min, both.max) == (-np.inf, np.inf)


def test_an_infinite_loss_of_weight_0_adds_nothing():
    found = Moments.of(np.array([1.0, np.inf, -np.inf]), np.array([2.0, 0.0, 0.0]))
    assert (found.n, found.weight_sum, found.sum, found.mean, found.std) == (3, 2.0, 2.0, 1.0, 0.0)
    assert (found.min, found.max) == (-np.inf, np.inf)


def test_an_infinite_loss_keeps_its_weight_in_the_weight_sum():
    assert Moments.of(np.array([1.0, np.inf]), np.array([2.0, 3.0])).weight_sum == 5.0


def test_no_samples_have_no_figures():
    found = Moments.of(np.zeros(0))
    assert found == Moments.empty()
    assert (found.n, found.sum, found.weight_sum, found.std) == (0, 0.0, 0.0, None)
    assert all(math.isnan(figure) for figure in (found.mean, found.min, found.max))


def test_a_weight_sum_of_at_most_1_has_no_standard_deviation():
    assert Moments.of(np.array([1.0, 2.0]), np.array([0.5, 0.5])).std is None
    assert Moments.of(np.array([1.0, 2.0]), np.array([0.5, 0.75])).std is not None


def test_the_signed_zero_of_a_minimum_does_not_depend_on_the_order():
    for values in ([0.0, -0.0], [-0.0, 0.0]):
        assert math.copysign(1.0, Moments.of(np.array(values)).min) == 1.0


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
@pytest.mark.parametrize("size", [2, 200])
def test_bad_weights_raise(bad, size):
    with pytest.raises(ValueError, match=r"≥ 0|finite"):
        Moments.of(np.ones(size), np.array([1.0] * (size - 1) + [bad]))


@pytest.mark.parametrize("size", [2, 200])
def test_a_nan_raises(size):
    with pytest.raises(ValueError, match="NaN"):
        Moments.of(np.array([1.0] * (size - 1) + [np.nan]))
