"""Counts of pairs of numbers: every sample once, in the bin that its bits say, however many come together."""

import math
import struct
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.compute.statistics import paired_counts
from losscli.compute.statistics.paired_counts import (
    COARSEST,
    FINEST,
    INFINITE,
    PairedCounts,
    ends_of,
    places_of,
)

NUMBERS = st.floats(allow_nan=False) | st.sampled_from(
    (0.0, -0.0, 1.0, 0.5, math.inf, -math.inf, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308)
)
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=40)
LEVELS = st.integers(FINEST, COARSEST)


def naive(value, level):
    """Return the place of a number, from its bits."""
    (bits,) = struct.unpack("<q", struct.pack("<d", abs(value)))
    size = 0 if value == 0.0 else INFINITE if math.isinf(value) else (bits >> level) + 1
    return -size if value < 0.0 else size


def columns(pairs):
    return tuple(np.array([pair[at] for pair in pairs], dtype=np.float64) for at in (0, 1))


@settings(max_examples=examples(100))
@given(pairs=PAIRS, level=LEVELS)
def test_counts_are_those_of_a_loop(pairs, level):
    found = PairedCounts.of(*columns(pairs), PairedCounts(level))
    wanted = Counter((naive(x, level), naive(y, level), (y > x) - (y < x)) for x, y in pairs)
    keys = zip(found.x.tolist(), found.y.tolist(), found.sign.tolist(), strict=True)
    assert dict(zip(keys, found.counts.tolist(), strict=True)) == wanted
    assert found.n == len(pairs)
    assert (np.diff(found.keys) > 0).all()


@settings(max_examples=examples(100))
@given(values=st.lists(NUMBERS, min_size=1, max_size=20), level=LEVELS)
def test_numbers_are_between_the_ends_of_their_bins(values, level):
    numbers = np.array(values)
    places = places_of(numbers, level)
    low, high = ends_of(places, level)
    assert ((low <= numbers) & (numbers <= high)).all()
    alone = (numbers == 0.0) | np.isinf(numbers)
    assert ((low == high) == alone).all()
    order = np.argsort(numbers)
    assert (np.diff(places[order]) >= 0).all()
    # Bins are parts of coarser ones.
    coarse = places_of(numbers, COARSEST)
    assert all(len({*coarse[places == one].tolist()}) == 1 for one in places.tolist())


@settings(max_examples=examples(100))
@given(pairs=PAIRS, most=st.integers(36, 60), cuts=st.lists(st.integers(0, 40), max_size=3))
def test_bins_are_the_finest_of_which_there_are_not_too_many(pairs, most, cuts):
    with pytest.MonkeyPatch.context() as patch:
        whole = PairedCounts.of(*columns(pairs))
        few = min(most, max(9, len(whole.keys) // 2))
        patch.setattr(paired_counts, "MOST", few)
        found, edges = PairedCounts(), sorted({0, len(pairs), *(min(one, len(pairs)) for one in cuts)})
        for start, stop in pairwise(edges):
            part = columns(pairs[start:stop])
            # What is known already changes nothing.
            found = found.merge(PairedCounts.of(*part, found))
        finer = {
            level: len({(naive(x, level), naive(y, level), (y > x) - (y < x)) for x, y in pairs})
            for level in range(FINEST, COARSEST + 1)
        }
    assert found.n == len(pairs)
    assert found.level == min(level for level, count in finer.items() if count <= few or level == COARSEST)


def test_numbers_to_five_digits_are_told_apart():
    values = np.array([1.0, 1.00001, 100.0, 100.001, 0.1, 0.100001])
    assert len(np.unique(places_of(values))) == len(values)
    low, high = ends_of(places_of(values), FINEST)
    assert ((high - low) <= 4e-6 * values).all()


def test_memory_is_bounded():
    random, found = np.random.default_rng(1), PairedCounts()
    for _ in range(20):
        x, y = np.exp(random.normal(size=(2, 40_000)) * 3)
        found = found.merge(PairedCounts.of(x, y, found))
        assert len(found.keys) <= paired_counts.MOST
    assert found.n == 800_000
    assert len(found.keys) > paired_counts.MOST // 8
