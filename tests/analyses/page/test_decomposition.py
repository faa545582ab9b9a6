"""What a cost is made of: against a reference that follows the definition, and a case done by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscli.analyses.page.decomposition import (
    entropy,
    monotone,
    of_numbers,
    of_probability,
    pooled,
    variance,
)
from losscli.analyses.page.probabilities import BINS, Calibrated

POOLS = st.lists(
    st.integers(0, 50).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=12
)


def best(pools):
    """Return the monotone shares that are nearest to those of pools: the max-min formula, in fractions."""
    kept = [one for one in pools if one[0]]

    def share(first, last):
        rows = sum(n for n, _ in kept[first : last + 1])
        return Fraction(sum(k for _, k in kept[first : last + 1]), rows)

    return [
        max(min(share(a, b) for b in range(at, len(kept))) for a in range(at + 1)) for at in range(len(kept))
    ]


@given(POOLS)
def test_pools_have_the_shares_of_the_best_monotone_function(pools):
    by_row = [Fraction(k, n) for n, k in pooled(pools) for _ in range(n)]
    kept = [one for one in pools if one[0]]
    wanted = [share for share, (n, _) in zip(best(pools), kept, strict=True) for _ in range(n)]
    assert by_row == wanted


def test_a_case_done_by_hand():
    """Labels 0 1 0 1 1 at rising probabilities: recalibrated they are 0, ½, ½, 1, 1."""
    probability, label = np.array([0.1, 0.3, 0.5, 0.7, 0.9]), np.array([0, 1, 0, 1, 1], dtype=bool)
    calibrated = Calibrated.of(probability, label)
    brier = of_probability("brier", 0.17, calibrated)
    assert brier.uncertainty == pytest.approx(0.6 * 0.4)
    assert brier.recalibrated == pytest.approx(0.1)
    assert (brier.discrimination, brier.miscalibration) == pytest.approx((0.14, 0.07))
    cost = -math.fsum(map(math.log, (0.9, 0.3, 0.5, 0.7, 0.9))) / 5
    log = of_probability("binary_cross_entropy", cost, calibrated)
    assert log.uncertainty == pytest.approx(-0.6 * math.log(0.6) - 0.4 * math.log(0.4))
    assert log.recalibrated == pytest.approx(0.4 * math.log(2.0))
    assert log.cost == pytest.approx(log.uncertainty - log.discrimination + log.miscalibration)
    assert of_probability("binary_focal", 0.1, calibrated) is None
    assert of_probability("brier", 0.1, Calibrated()) is None
    numbers = of_numbers(label.astype(float), probability)
    assert (numbers.uncertainty, numbers.recalibrated) == pytest.approx((0.24, 0.1))


@given(POOLS.filter(lambda pools: any(n for n, _ in pools)))
def test_scores_are_those_of_rows(pools):
    rows = [(k / n, happened) for n, k in pools for happened in [1] * k + [0] * (n - k)]
    assert variance(pools_of(pools)) == pytest.approx(sum((p - y) ** 2 for p, y in rows) / len(rows))
    log = [-math.log(p if y else 1.0 - p) for p, y in rows]
    assert entropy(pools_of(pools)) == pytest.approx(math.fsum(log) / len(log))


def pools_of(pools):
    return [one for one in pools if one[0]]


@given(POOLS.filter(lambda pools: any(n for n, _ in pools)))
def test_recalibrating_gains_and_never_loses(pools):
    rows, events = sum(n for n, _ in pools), sum(k for _, k in pools)
    for score in (entropy, variance):
        assert score(pooled(pools)) <= score([(rows, events)]) + 1e-12
        assert score(pooled(pools)) >= score(pools_of(pools)) - 1e-12


def test_rare_events_are_not_taken_apart_by_bins_that_do_not_tell_them_apart():
    random = np.random.default_rng(1)
    probability = 10.0 ** random.uniform(-6.0, -3.65, 200_000)
    rare = Calibrated.of(probability, random.random(200_000) < probability)
    assert rare.happened.sum() > 5
    # Each costs about 1e-4, but what the bin says is worse than the predictions.
    assert of_probability("binary_cross_entropy", 4.9e-4, rare) is None
    assert of_probability("brier", 4.9e-5, rare) is not None
    # Some that are all 0, or all 1, are told apart from no others; and sure ones that are right cost nothing.
    sure = Calibrated.of(np.r_[np.zeros(40), np.ones(40)], np.arange(80) % 40 < 39)
    assert of_probability("binary_cross_entropy", 0.9, sure) is not None
    right = Calibrated.of(
        np.r_[np.full(40, 1e-5), np.full(40, 0.5)], np.r_[np.zeros(40), np.arange(40) % 2].astype(bool)
    )
    assert of_probability("binary_cross_entropy", 0.4, right) is not None


def test_it_does_not_depend_on_the_order_in_which_rows_are_counted():
    random = np.random.default_rng(3)
    probability = random.random(4000)
    label = random.random(4000) < probability**2
    whole = Calibrated.of(probability, label)
    parts = Calibrated.of(probability[2500:], label[2500:]).merge(
        Calibrated.of(probability[:2500], label[:2500])
    )
    assert of_probability("brier", 0.2, whole) == of_probability("brier", 0.2, parts)
    assert len(whole.counts) == BINS


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=14))
def test_numbers_are_recalibrated_by_the_best_monotone_function(pairs):
    label, prediction = (np.array(one, dtype=float) for one in zip(*pairs, strict=True))
    values = sorted(set(prediction.tolist()))
    groups = [[y for y, at in zip(label, prediction, strict=True) if at == value] for value in values]

    def mean(first, last):
        inside = [y for group in groups[first : last + 1] for y in group]
        return sum(inside) / len(inside)

    wanted = {
        value: max(min(mean(a, b) for b in range(at, len(values))) for a in range(at + 1))
        for at, value in enumerate(values)
    }
    assert monotone(label, prediction) == pytest.approx([wanted[at] for at in prediction])


def test_numbers_beyond_floats_have_no_parts():
    assert of_numbers(np.array([1e300, 0.0]), np.array([-1e300, 0.0])) is None
    assert of_numbers(np.zeros(0), np.zeros(0)) is None
