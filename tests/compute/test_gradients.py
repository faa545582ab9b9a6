"""The pull of samples: a monoid whose figures are those of exact arithmetic, whatever the blocks."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.compute.statistics import distribution as histogram
from losscli.compute.statistics.gradients import Pull, sizes_of, weighted

fixed = settings(max_examples=examples(60))
entries = st.one_of(
    st.floats(-1e300, 1e300), st.sampled_from([0.0, -0.0, 1.0, -2.5, 1e300, -1e300, 5e-324, 1e-200])
)
ONE_PERCENT = Fraction(1, 100)


@st.composite
def gradients(draw, infinite=False):
    rows, columns = draw(st.integers(1, 30)), draw(st.sampled_from([None, 1, 3]))
    one = st.one_of(entries, st.sampled_from([math.inf, -math.inf])) if infinite else entries
    found = draw(st.lists(one, min_size=rows * (columns or 1), max_size=rows * (columns or 1)))
    return np.array(found).reshape((rows,) if columns is None else (rows, columns))


def read(pull, factor=Fraction(1)):
    quantiles = pull.sizes.quantiles([0.0, 0.5, 0.9, 1.0])
    return (
        pull.n,
        [repr(mean) for mean in pull.means(factor)],
        repr(pull.norm(factor)),
        pull.largest,
        pull.zeros,
        pull.infinite,
        pull.top_share(ONE_PERCENT),
        pull.top_share(Fraction(1, 3)),
        [repr(q) for q in quantiles],
    )


def nearest(value: float, exact: Fraction) -> bool:
    if math.isinf(value):
        return abs(exact) > Fraction(float(np.finfo(float).max))
    gaps = [abs(Fraction(near) - exact) for near in (math.nextafter(value, -math.inf), value,
            math.nextafter(value, math.inf)) if math.isfinite(near)]  # fmt: skip
    return abs(Fraction(value) - exact) == min(gaps)


@fixed
@given(gradients(infinite=True), st.lists(st.integers(0, 40), max_size=4), st.booleans(), st.randoms())
def test_blocks_and_their_order_change_no_bit(found, cuts, weigh, random):
    rows = random.sample(range(len(found)), len(found))
    weights = np.array([random.choice([0.0, 0.5, 3.0, 1e-300]) for _ in found]) if weigh else None
    shuffled, their = found[rows], None if weights is None else weights[rows]
    bounds = sorted({0, len(rows), *(cut % (len(rows) + 1) for cut in cuts)})
    total = Pull.empty()
    for a, b in pairwise(bounds):
        total = total.merge(Pull.of(shuffled[a:b], None if their is None else their[a:b]))
    assert read(total.merge(Pull.empty())) == read(Pull.of(found, weights))


@fixed
@given(gradients(), st.sampled_from([Fraction(1), Fraction(1, 3), Fraction(-7, 442), Fraction(10) ** -300]))
def test_mean_and_norm_are_those_of_exact_arithmetic_rounded_once(found, factor):
    pull = Pull.of(found)
    for mean, column in zip(pull.means(factor), found.reshape(len(found), -1).T, strict=True):
        assert nearest(mean, factor * sum(map(Fraction, column.tolist())) / len(found))
    square = factor * factor * sum(Fraction(entry) ** 2 for entry in found.ravel().tolist())
    norm = pull.norm(factor)
    if math.isfinite(norm):
        below, above = (Fraction(math.nextafter(norm, end)) for end in (0.0, math.inf))
        middle = Fraction(norm)
        assert ((middle + below) / 2) ** 2 <= square <= ((middle + above) / 2) ** 2
    assert pull.largest == np.abs(found).max()


@fixed
@given(gradients())
def test_counts_and_shares(found):
    pull = Pull.of(found)
    sizes = sizes_of(found)
    assert pull.zeros == np.count_nonzero(sizes == 0.0)
    total = sum(map(Fraction, sizes.tolist())) if np.isfinite(sizes).all() else None
    share = pull.top_share(Fraction(1, 3))
    if not total:
        assert share is None
        return
    top = sorted(sizes.tolist())[len(sizes) - math.ceil(Fraction(len(sizes), 3)) :]
    assert share == float(sum(map(Fraction, top)) / total)


@fixed
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(0, 4)), min_size=1, max_size=30))
def test_the_mean_with_whole_weights_is_that_of_repeated_rows(rows):
    values, weights = np.array([row[0] for row in rows]), np.array([float(row[1]) for row in rows])
    repeated = np.repeat(values, weights.astype(int))
    if not len(repeated):
        return
    (mine,) = Pull.of(values, weights).means(Fraction(len(values), len(repeated)))
    assert [mine] == list(Pull.of(repeated).means())


def test_squares_that_overflow_or_vanish_have_a_norm():
    assert Pull.of(np.array([3e300, -4e300])).norm() == 5e300
    assert Pull.of(np.array([3e-300, 4e-300])).norm() == 5e-300
    assert sizes_of(np.array([[3e300, -4e300], [3e-300, 4e-300]])) == pytest.approx([5e300, 5e-300])


def test_infinite_entries_are_counted_and_make_the_figures_infinite():
    pull = Pull.of(np.array([[math.inf, 1.0], [2.0, -math.inf], [math.inf, math.inf], [0.0, 0.0]]))
    first, second = pull.means()
    assert (pull.infinite, pull.zeros, first, pull.norm()) == (3, 1, math.inf, math.inf)
    assert math.isnan(second)
    assert pull.means(Fraction(-1))[0] == -math.inf
    assert pull.top_share(ONE_PERCENT) is None


def test_a_weight_of_zero_makes_nothing_of_an_infinity():
    pull = Pull.of(np.array([math.inf, 2.0]), np.array([0.0, 3.0]))
    assert (pull.means(), pull.infinite, pull.zeros, pull.norm()) == ((3.0,), 0, 1, 6.0)
    assert weighted(np.array([[math.inf, 1.0]]), np.zeros(1)).tolist() == [[0.0, 0.0]]


def test_no_samples():
    pull = Pull.of(np.zeros((0, 3)))
    assert pull is Pull.empty()
    assert (pull.n, pull.means(), pull.norm(), pull.top_share(ONE_PERCENT)) == (0, (), 0.0, None)


def test_nan_is_refused():
    with pytest.raises(ValueError, match="NaN"):
        Pull.of(np.array([1.0, math.nan]))


def test_gradients_of_other_columns_do_not_merge():
    with pytest.raises(ValueError, match="of 1 and of 2 columns"):
        Pull.of(np.ones(2)).merge(Pull.of(np.ones((2, 2))))


def test_beyond_the_exact_sizes_shares_come_from_the_histogram_within_half_a_per_cent(monkeypatch):
    sizes = np.random.default_rng(8).lognormal(0, 2, 30_000)
    right = np.sort(sizes)[-300:].sum() / sizes.sum()
    exact = Pull.of(sizes)
    assert exact.top_share(ONE_PERCENT) == pytest.approx(right, rel=1e-12)
    monkeypatch.setattr(histogram, "EXACT_UP_TO", 1000)
    found = Pull.empty()
    for part in np.array_split(sizes, 7):
        found = found.merge(Pull.of(part))
    assert not found.sizes.exact
    assert found.top_share(ONE_PERCENT) == pytest.approx(right, rel=5e-3)
    assert found.top_share(ONE_PERCENT) == Pull.of(sizes).top_share(ONE_PERCENT)
    assert found.top_share(Fraction(1)) == pytest.approx(1.0, rel=5e-3)
    # What needs no quantile stays exact.
    assert (found.means(), found.norm()) == (exact.means(), exact.norm())


@pytest.mark.parametrize("exact_up_to", [1_000_000, 10])
def test_the_largest_are_as_many_as_asked_for(monkeypatch, exact_up_to):
    monkeypatch.setattr(histogram, "EXACT_UP_TO", exact_up_to)
    values = np.arange(1.0, 101.0)
    found = histogram.Distribution.of(values)
    for k in (0, 1, 7, 100):
        standing, counts = found.ordered().largest(k)
        assert counts.sum() == k
        assert (standing * counts).sum() == pytest.approx(values[100 - k :].sum(), rel=5e-3)


@pytest.mark.parametrize("exact_up_to", [1_000_000, 10])
def test_a_picture_with_a_factor_is_that_of_the_products(monkeypatch, exact_up_to):
    values = np.random.default_rng(2).gamma(2.0, 3.0, 200)
    right = histogram.Distribution.of(values / 442).picture(12)
    monkeypatch.setattr(histogram, "EXACT_UP_TO", exact_up_to)
    found = histogram.Distribution.of(values).picture(12, 1 / 442)
    assert found[0] == pytest.approx(right[0], rel=5e-3)
    assert found[1] == right[1] if exact_up_to > 200 else sum(found[1]) == 200
