import sys
import threading
import warnings
from fractions import Fraction

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.compute.statistics import exact_sum
from losscli.compute.statistics.exact_sum import ExactSum, power_sums
from losscli.compute.statistics.extraction import RUN, SLICE

any_float = st.floats(allow_nan=False, allow_infinity=False)
near_edges = st.sampled_from(
    [0.0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e300, 1e-300]
)
ordinary = st.floats(min_value=-1e3, max_value=1e3)
numbers = st.one_of(any_float, near_edges, ordinary)
blocks = st.lists(numbers, max_size=60).map(np.array).map(lambda a: a.astype(np.float64))
pairs = st.lists(st.tuples(numbers, numbers), max_size=60).map(
    lambda rows: np.array(rows, dtype=np.float64).reshape(-1, 2)
)
fixed = settings(max_examples=examples(60))


def fractions(values):
    return [Fraction(value) for value in values.tolist()]


def expected(values, weights, power):
    return sum(
        (w * v**power for v, w in zip(fractions(values), fractions(weights), strict=True)), Fraction(0)
    )


def assert_exact(values, weights):
    ones = np.ones(len(values))
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("error")
        assert ExactSum.of(values).read() == expected(values, ones, 1)
        assert ExactSum.of_squares(values).read() == expected(values, ones, 2)
        assert ExactSum.of_products(values, weights).read() == expected(values, weights, 1)
        assert ExactSum.of_weighted_squares(weights, values).read() == expected(values, weights, 2)
    assert power_sums(values, weights) == (
        ExactSum.of_products(weights, values),
        ExactSum.of_weighted_squares(weights, values),
    )
    assert power_sums(values) == (ExactSum.of(values), ExactSum.of_squares(values))


@fixed
@given(pairs, st.sampled_from([0, 1000]))
def test_sums_are_exact_over_the_whole_range_of_float64(rows, few):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact_sum, "FEW", 1 if few == 0 else few)
        assert_exact(rows[:, 0].copy(), rows[:, 1].copy())


def samples(kind, size, generator):
    values = generator.standard_normal(size)
    if kind == "squares":
        return values**2
    if kind == "bits":
        values = generator.integers(0, 1 << 64, size, dtype=np.uint64).view(np.float64)
        return np.where(np.isfinite(values), values, 5e-324)
    if kind == "integers":
        return np.floor(values * 5)
    if kind == "tiny":
        return values * 5e-320
    if kind == "huge":
        return np.clip(values, -1, 1) * 1.7976931348623157e308
    if kind == "spread":
        return np.abs(values) * 10.0 ** generator.uniform(-12, 12, size)
    if kind == "mixed":
        return np.where(generator.random(size) < 0.5, 1e300, 1e-300) * values
    return np.where(generator.random(size) < 0.7, 0.0, values)


KINDS = ["squares", "bits", "integers", "tiny", "huge", "spread", "mixed", "zeros"]


@pytest.mark.parametrize("size", [41, 100, 4097])
@pytest.mark.parametrize("kind", KINDS)
def test_sums_of_longer_blocks_are_exact(kind, size):
    generator = np.random.default_rng(size)
    for weight_kind in ("integers", "squares", KINDS[(KINDS.index(kind) + 3) % len(KINDS)]):
        assert_exact(samples(kind, size, generator), samples(weight_kind, size, generator))


def test_a_block_of_the_largest_slice_at_its_bounds_is_exact():
    # Every bit set, equal signs: the sums of products of pieces are as large as they can be.
    values = np.full(exact_sum.SLICE, np.nextafter(1.0, 0.0))
    assert_exact(values, values)
    values[::2] = np.nextafter(2.0**-27, 0.0)
    assert_exact(values, values[::-1].copy())


@pytest.mark.parametrize("size", [RUN - 1, RUN, RUN + 1, 2 * RUN, 2 * RUN + 1, SLICE - 1, SLICE, SLICE + 1])
@pytest.mark.parametrize("value", [np.nextafter(1.0, 0.0), -np.nextafter(2.0**30, 0.0), 0.5, 1e-300])
def test_runs_of_products_are_exact_at_their_ends(size, value):
    # As large as they can be, with rows of their own where a run ends: nothing is lost or counted twice.
    values = np.full(size, value)
    odd = [0, size // 2, RUN - 1, min(RUN, size - 1), size - 1]
    odd = sorted({place for place in odd if place < size})
    values[odd] = [value / (3.0 + place) for place in range(len(odd))]
    few, one = fractions(values[odd]), Fraction(value)
    assert ExactSum.of(values).read() == sum(few) + (size - len(odd)) * one
    squares = sum(part**2 for part in few) + (size - len(odd)) * one**2
    assert ExactSum.of_squares(values).read() == squares
    assert ExactSum.of_products(values, values).read() == squares
    cubes = sum(part**3 for part in few) + (size - len(odd)) * one**3
    assert ExactSum.of_weighted_squares(values, values).read() == cubes


@fixed
@given(st.lists(numbers, min_size=50, max_size=60))
def test_a_span_that_is_known_changes_nothing(rows):
    values = np.array(rows)
    span = float(values.min()), float(values.max())
    assert power_sums(values, span=span) == power_sums(values)


def test_blocks_longer_than_a_slice_are_cut():
    values = np.random.default_rng(0).standard_normal(2 * exact_sum.SLICE + 7)
    halves = [ExactSum.of_squares(part) for part in (values[:1000], values[1000:])]
    assert ExactSum.of_squares(values) == halves[0].merge(halves[1])
    assert ExactSum.of(values).read() == sum(fractions(values))


def test_arguments_are_not_changed():
    values, weights = np.array([1e-300, 3.0, -1e300] * 20), np.array([0.0, 1e-9, 7.0] * 20)
    before = values.copy(), weights.copy()
    values.setflags(write=False)
    weights.setflags(write=False)
    power_sums(values, weights)
    assert (values == before[0]).all()
    assert (weights == before[1]).all()


@fixed
@given(blocks, blocks, blocks)
def test_merge_is_associative_commutative_and_has_an_identity(a, b, c):
    x, y, z = (ExactSum.of(block) for block in (a, b, c))
    assert x.merge(y.merge(z)) == x.merge(y).merge(z)
    assert x.merge(y) == y.merge(x)
    assert x.merge(ExactSum.empty()) == x
    assert x.merge(y) == ExactSum.of(np.concatenate([a, b]))


@fixed
@given(blocks, st.integers(1, 7))
def test_sums_do_not_depend_on_the_size_of_blocks(values, rows):
    parts = ExactSum.empty()
    for start in range(0, len(values), rows):
        parts = parts.merge(ExactSum.of_squares(values[start : start + rows]))
    assert parts == ExactSum.of_squares(values)


@fixed
@given(blocks)
def test_the_float_of_a_sum_is_the_fraction_rounded_once(values):
    exact = sum(fractions(values), Fraction(0))
    try:
        assert float(ExactSum.of(values)) == float(exact)
    except OverflowError:
        assert float(ExactSum.of(values)) == (np.inf if exact > 0 else -np.inf)


def test_a_sum_beyond_float64_is_infinite_with_its_sign():
    assert float(ExactSum.of(np.array([1.7e308, 1.7e308]))) == np.inf
    assert float(ExactSum.of(np.array([-1.7e308, -1.7e308]))) == -np.inf


def test_cancellation_leaves_what_is_left():
    assert ExactSum.of(np.array([1e300, 1e-300, -1e300] * 50)).read() == 50 * Fraction(1e-300)
    assert ExactSum.of(np.array([0.1, -0.1])) == ExactSum.empty()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("size", [1, 100])
def test_what_is_not_finite_raises(bad, size):
    values = np.ones(size)
    values[-1] = bad
    with pytest.raises(ValueError, match="finite"):
        ExactSum.of(values)
    with pytest.raises(ValueError, match="finite"):
        ExactSum.of_products(np.ones(size), values)


def test_shapes_that_differ_raise():
    with pytest.raises(ValueError, match="one length"):
        ExactSum.of_products(np.ones(3), np.ones(1))
    with pytest.raises(ValueError, match="one-dimensional"):
        ExactSum.of(np.ones((2, 2)))


def test_integers_are_sums():
    assert ExactSum.of_integer(12).read() == 12
    assert ExactSum.of_integer(0) == ExactSum.empty()


def test_threads_do_not_share_their_scratch():
    blocks = [np.random.default_rng(seed).standard_normal(16_000) for seed in range(4)]
    right = [ExactSum.of_squares(block) for block in blocks]
    start, wrong = threading.Barrier(len(blocks)), []

    def work(block, result):
        start.wait()
        wrong.extend(1 for _ in range(50) if ExactSum.of_squares(block) != result)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(blocks, right, strict=True)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not wrong
