import math
import warnings
from fractions import Fraction

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.compute.statistics import distribution as histogram
from losscli.compute.statistics.distribution import Distribution

QS = (0.0, 0.01, 0.25, 1 / 3, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0)
finite = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-10, 10),
    st.floats(0, 1e-315),
    st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 1.7976931348623157e308, 1.0]),
)
losses = st.one_of(finite, st.sampled_from([np.inf, -np.inf]))


def blocks(values, max_size=40):
    return st.lists(values, max_size=max_size).map(lambda rows: np.array(rows, dtype=np.float64))


fixed = settings(max_examples=examples(100))


@pytest.fixture(params=[0, 8, 10**6])
def limit(request, monkeypatch):
    monkeypatch.setattr(histogram, "EXACT_UP_TO", request.param)
    monkeypatch.setattr(histogram, "PENDING", 5)
    return request.param


def reads(distribution):
    return repr((distribution.n, distribution.exact, distribution.quantiles(QS), distribution.picture(7)))


@fixed
@given(blocks(losses), blocks(losses), blocks(losses), st.sampled_from([0, 8, 30, 10**6]))
def test_merge_is_associative_commutative_and_has_an_identity(a, b, c, limit):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(histogram, "EXACT_UP_TO", limit)
        patch.setattr(histogram, "PENDING", 5)
        x, y, z = (Distribution.of(block) for block in (a, b, c))
        assert reads(x.merge(y.merge(z))) == reads(x.merge(y).merge(z))
        assert reads(x.merge(y)) == reads(y.merge(x)) == reads(Distribution.of(np.concatenate([a, b])))
        assert reads(x.merge(Distribution.empty())) == reads(x) == reads(Distribution.empty().merge(x))


@pytest.mark.parametrize("rows", [1, 3, 1000])
@pytest.mark.parametrize("limit", [0, 1500, 2999, 3000])
def test_block_boundaries_change_nothing(monkeypatch, rows, limit):
    monkeypatch.setattr(histogram, "EXACT_UP_TO", limit)
    monkeypatch.setattr(histogram, "PENDING", 50)
    values, parts = np.random.default_rng(0).standard_cauchy(3000), Distribution.empty()
    for start in range(0, 3000, rows):
        parts = parts.merge(Distribution.of(values[start : start + rows]))
    assert reads(parts) == reads(Distribution.of(values))
    assert parts.exact == (limit == 3000)


@fixed
@given(blocks(st.floats(-1e300, 1e300)).filter(len), st.floats(0, 1))
def test_quantiles_are_those_of_numpy_to_the_bit(values, q):
    found = Distribution.of(values).quantiles([*QS, q])
    assert found == np.quantile(values, [*QS, q]).tolist()
    assert found[-1] == Distribution.of(values).quantile(q)


def test_quantiles_are_exact_up_to_the_limit_and_no_further(monkeypatch):
    monkeypatch.setattr(histogram, "EXACT_UP_TO", 1000)
    values = np.random.default_rng(0).lognormal(0, 3, 1001)
    within, beyond = Distribution.of(values[:1000]), Distribution.of(values)
    assert within.exact
    assert within.quantiles(QS) == np.quantile(values[:1000], QS).tolist()
    assert not beyond.exact
    assert beyond.quantiles(QS) != np.quantile(values, QS).tolist()
    assert beyond.quantiles(QS) == within.merge(Distribution.of(values[1000:])).quantiles(QS)


def exact_quantile(values, q):
    place = (len(values) - 1) * q
    floor = math.floor(place)
    ordered = sorted(map(Fraction, values.tolist()))
    lower, upper = ordered[floor], ordered[min(floor + 1, len(values) - 1)]
    return lower + (upper - lower) * (Fraction(place) - floor)


@fixed
@given(blocks(finite).filter(len), st.floats(0, 1))
def test_beyond_the_limit_every_quantile_is_within_half_a_percent(values, q):
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setattr(histogram, "EXACT_UP_TO", 0)
        warnings.simplefilter("error")
        distribution = Distribution.of(values)
        for share in (*QS, q):
            exact = exact_quantile(values, share)
            # What lies below the normal range has the unit of float64 itself as a further error.
            slack = abs(exact) * Fraction(5, 1000) + Fraction(5e-324)
            assert abs(Fraction(distribution.quantile(share)) - exact) <= slack


@pytest.mark.parametrize("scale", [1.0, 1e-300, 1e300, 2e-308, 1e-319, 1e-323])
def test_the_error_bound_holds_over_the_range_of_float64(monkeypatch, scale):
    monkeypatch.setattr(histogram, "EXACT_UP_TO", 0)
    values = np.random.default_rng(0).uniform(0.5, 2.0, 5001) * scale
    distribution, shares = Distribution.of(values), np.linspace(0, 1, 5001)
    # At these shares the quantiles are the order statistics themselves.
    found = np.array(distribution.quantiles([k / 5000 for k in range(5001)]))
    assert (np.abs(found - np.quantile(values, shares)) <= 0.005 * np.quantile(values, shares)).all()


def test_the_ends_and_the_zeros_of_a_histogram_are_exact(monkeypatch):
    monkeypatch.setattr(histogram, "EXACT_UP_TO", 0)
    values = np.concatenate([np.zeros(10), [1.2345, -9.8765, 7.654321]])
    distribution = Distribution.of(values)
    assert (distribution.quantile(0), distribution.quantile(0.5), distribution.quantile(1)) == (
        -9.8765,
        0.0,
        7.654321,
    )


def test_between_the_negative_and_the_positive_values_the_interpolation_is_exact(monkeypatch):
    monkeypatch.setattr(histogram, "EXACT_UP_TO", 0)
    values = np.array([-3.0, -1.2345, 1.2346, 3.0])
    split = Distribution.of(values[:1]).merge(Distribution.of(values[3:])).merge(Distribution.of(values[1:3]))
    assert split.quantile(0.5) == Distribution.of(values).quantile(0.5) == np.quantile(values, 0.5)


def test_infinite_losses_are_quantiles(limit):
    distribution = Distribution.of(np.array([1.0, np.inf, np.inf]))
    assert distribution.quantiles([0.0, 0.25, 0.5, 0.75, 1.0])[1:] == [np.inf] * 4
    assert Distribution.of(np.array([-np.inf, -np.inf, 2.0])).quantiles([0.0, 0.25, 0.5]) == [-np.inf] * 3
    assert math.isnan(Distribution.of(np.array([-np.inf, np.inf])).quantile(0.5))


def test_the_interpolation_does_not_overflow(limit):
    assert Distribution.of(np.array([-1.7e308, 1.7e308])).quantile(0.5) == 0.0


def test_no_losses_have_no_quantile_and_no_picture():
    assert math.isnan(Distribution.empty().quantile(0.5))
    assert Distribution.of(np.zeros(0)).picture(5) == ((), ())


@pytest.mark.parametrize("q", [-0.1, 1.1, math.nan])
def test_a_share_outside_0_and_1_raises(q):
    with pytest.raises(ValueError, match="in \\[0, 1\\]"):
        Distribution.of(np.ones(2)).quantile(q)


def test_a_nan_raises(limit):
    with pytest.raises(ValueError, match="NaN"):
        Distribution.of(np.array([1.0, np.nan])).quantile(0.5)


def test_the_block_may_be_used_again_by_its_owner():
    block = np.array([1.0, 2.0, 3.0])
    distribution = Distribution.of(block)
    block[:] = 9.0
    assert distribution.quantile(0.5) == 2.0


def test_many_tiny_blocks_are_copied_a_logarithm_of_times():
    distribution = Distribution.empty()
    for _ in range(1000):
        distribution = distribution.merge(Distribution.of(np.ones(1)))
        assert len(distribution.parts) <= 10
    assert sum(map(len, distribution.parts)) == 1000


def test_beyond_the_limit_memory_is_small(monkeypatch):
    monkeypatch.setattr(histogram, "EXACT_UP_TO", 20_000)
    distribution, generator = Distribution.empty(), np.random.default_rng(0)
    for _ in range(40):
        distribution = distribution.merge(Distribution.of(generator.standard_normal(1000) ** 2))
    assert distribution.histogram is not None
    assert sum(map(len, distribution.parts)) < histogram.PENDING
    assert len(distribution.histogram.positive.counts) < 50 * histogram.OCTAVE


@fixed
@given(blocks(losses).filter(len), st.integers(1, 12), st.sampled_from([0, 10**6]))
def test_a_picture_counts_every_loss_once(values, bins, limit):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(histogram, "EXACT_UP_TO", limit)
        edges, counts = Distribution.of(values).picture(bins)
    assert sum(counts) == len(values)
    assert 1 <= len(counts) <= bins
    assert len(edges) == len(counts) + 1
    assert list(edges) == sorted(edges)
    assert edges[0] <= values.min()
    assert edges[-1] >= values.max()
    if limit:
        for count, low, high in zip(counts[:-1], edges[:-2], edges[1:-1], strict=True):
            assert count == np.count_nonzero((values >= low) & (values < high))


def test_a_picture_of_a_heavy_tail_has_one_bin_for_the_tail():
    values = np.random.default_rng(0).lognormal(0, 2, 20_000)
    edges, counts = Distribution.of(values).picture(20)
    widths = np.diff(edges)
    assert np.allclose(widths[:-1], widths[0])
    assert widths[-1] > 10 * widths[0]
    assert edges[-1] == values.max()
    assert counts[0] < 0.6 * len(values)
    assert counts[-1] < 0.15 * len(values)


def test_a_picture_without_a_tail_has_bins_of_one_round_width():
    edges, _ = Distribution.of(np.linspace(0.013, 0.98, 500)).picture(10)
    assert edges == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def test_a_picture_of_equal_losses_is_one_bin():
    assert Distribution.of(np.full(5, 0.3)).picture(10) == ((0.3, 0.3), (5,))


def test_infinite_losses_are_in_the_outer_bins():
    edges, counts = Distribution.of(np.array([0.0, 1.0, 2.0, np.inf])).picture(5)
    assert edges[-1] == np.inf
    assert counts[-1] >= 1
    assert edges[0] == 0.0


def test_a_picture_without_bins_raises():
    with pytest.raises(ValueError, match="one bin or more"):
        Distribution.of(np.ones(2)).picture(0)


@fixed
@given(
    st.lists(st.sampled_from([0.0, -0.0, 1.5, 1.5000000000000002, np.inf]), max_size=12), st.integers(0, 12)
)
def test_equal_losses_are_counted_exactly_or_not_at_all(values, cut):
    for limit in (0, 8, 10**6):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(histogram, "EXACT_UP_TO", limit)
            patch.setattr(histogram, "PENDING", 5)
            rows = np.array(values, dtype=np.float64)
            found = Distribution.of(rows[:cut]).merge(Distribution.of(rows[cut:]))
            alike = len(values) > 1 and len(set(values)) == 1
            assert found.only() == (values[0] if alike else None)
            for value in (0.0, 1.5, np.inf):
                if alike and values[0] == value:
                    assert found.count(value) == len(values)
                else:
                    assert found.count(value) == (values.count(value) if found.exact else None)


@pytest.mark.parametrize("losses", [[1.0, 2.0, 2.0, 5000.0], [0.0, 1.0, 2.0, 5000.0], [-1.0, 3.0], [1.0] * 9])
def test_counts_beyond_what_is_kept_are_whole_numbers(losses, monkeypatch):
    monkeypatch.setattr(histogram, "EXACT_UP_TO", 0)
    ordered = Distribution.of(np.array(losses)).ordered()
    for counts in (ordered.picture(9)[1], ordered.sketch(9).counts):
        assert sum(counts) == len(losses)
        assert {*map(type, counts)} == {int}
