"""Bins of reliability: against a count of every row, and how often calibrated rows leave the band."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscli.analyses.page.probabilities import BINS, Calibrated, bins_of
from losscli.analyses.page.reliability import SHOWN, mean_distance, reliability
from losscli.compute.statistics.intervals.proportion import wilson


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.booleans()), min_size=1, max_size=200))
def test_bins_have_the_rows_of_their_probabilities(rows):
    probability, event = (np.array(one) for one in zip(*rows, strict=True))
    found = reliability(Calibrated.of(probability, event))
    assert 1 <= len(found) <= SHOWN
    assert sum(one.n for one in found) == len(rows)
    places = bins_of(probability)
    for one in found:
        inside = (places >= round(one.low * BINS)) & (places < round(one.high * BINS))
        assert one.n == inside.sum()
        assert one.events == event[inside].sum()
        assert one.probability == pytest.approx(probability[inside].mean(), rel=1e-9, abs=1e-11)
        assert one.interval == wilson(one.events, one.n, 0.025)
    assert all(one.high <= other.low for one, other in pairwise(found))


def test_bins_are_of_about_equally_many_rows():
    probability = np.random.default_rng(1).beta(0.4, 2.0, 30_000)
    found = reliability(Calibrated.of(probability, probability > 0.5))
    assert len(found) == SHOWN
    # The first fixed bins have many rows each, and stay whole.
    assert all(1300 < one.n < 2900 for one in found)


def test_calibrated_rows_leave_the_band_seldom_and_others_often():
    random, outside, several = np.random.default_rng(7), 0, 0
    for _ in range(60):
        probability = random.random(900)
        found = reliability(Calibrated.of(probability, random.random(900) < probability))
        outside += sum(one.off for one in found)
        several += len(found)
    assert 0.015 < outside / several < 0.07
    probability = random.random(9000)
    worse = reliability(Calibrated.of(probability, random.random(9000) < probability**2))
    assert sum(one.off for one in worse) > len(worse) / 2
    assert mean_distance(worse) > 0.1


def test_calibrated_rows_of_rare_events_are_not_off():
    """All of them are in the first fixed bin, the middle of which is far from where they are."""
    probability = np.full(300_000, 0.00021)
    event = np.arange(300_000) % 4762 == 0
    (one,) = reliability(Calibrated.of(probability, event))
    assert (one.probability, one.off) == (pytest.approx(0.00021, rel=1e-6), False)
    assert mean_distance((one,)) < 1e-6


def test_all_rows_of_one_probability_are_one_bin():
    (one,) = reliability(Calibrated.of(np.ones(10), np.ones(10, dtype=bool)))
    assert (one.n, one.events, one.share, one.off) == (10, 10, 1.0, False)
    assert one.probability == 1.0
    assert reliability(Calibrated()) == ()
