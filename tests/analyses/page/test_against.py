"""Losses against losses for a chart: each sample in its cell, and who is better where."""

import math
from itertools import pairwise

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.analyses.page.against import CELLS, FEW, ROWS, against_of
from losscli.compute.statistics.paired_counts import PairedCounts, places_of

LOSSES = (
    st.floats(0.0, allow_nan=False)
    | st.sampled_from((0.0, 1.0, 2.0, 5e-324, 1e308, math.inf))
    | st.floats(0.1, 2.0)
)
MANY = FEW + 1


def found_of(x, y):
    return against_of(PairedCounts.of(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)))


@settings(max_examples=examples(100))
@given(
    pairs=st.lists(st.tuples(LOSSES, LOSSES), min_size=1, max_size=30),
    times=st.sampled_from((1, 40)),
    sign=st.sampled_from((1.0, -1.0)),
)
def test_every_sample_is_counted_once(pairs, times, sign):
    x, y = (sign * np.array([pair[at] for pair in pairs] * times) for at in (0, 1))
    found = found_of(x, y)
    if found is None:
        gap = np.unique(np.concatenate([x, y]))
        beyond = not np.isfinite([x, y]).all(axis=0).any() or not np.isfinite(np.ptp(gap))
        assert (x == y).all() or beyond or len(gap) > len(np.unique(places_of(gap)))
        return
    assert (found.lower, found.higher, found.equal) == ((y < x).sum(), (y > x).sum(), (y == x).sum())
    infinite = int((np.isinf(x) | np.isinf(y)).sum())
    assert found.infinite == infinite
    drawn = sum(one.n for one in found.cells)
    if found.values:
        assert drawn == len(x)
    elif not found.points:
        assert drawn == len(x) - infinite
    assert len(found.edges) - 1 <= CELLS
    assert all(one < other for one, other in pairwise(found.edges))
    assert sum(one.n for one in found.by_baseline) == len(x)
    assert len(found.by_baseline) <= ROWS
    for row in found.by_baseline:
        inside = (x >= row.low) & (x <= row.high)
        assert row.n <= inside.sum()


def test_cells_are_those_of_numpy():
    random = np.random.default_rng(3)
    for x, y in (np.abs(random.normal(size=(2, 3000))), np.exp(3 * random.normal(size=(2, 3000)))):
        found = found_of(x, y)
        edges = np.array(found.edges)
        wanted, _, _ = np.histogram2d(*(np.clip(one, edges[0], edges[-1]) for one in (x, y)), bins=edges)
        grid = np.zeros_like(wanted)
        for one in found.cells:
            grid[one.x, one.y] = one.n
        assert (grid == wanted).all()
        assert 30 <= len(edges) - 1 <= CELLS


def test_losses_that_span_decades_are_shown_in_ratios_and_0_apart():
    x = np.exp(np.linspace(-9.0, 9.0, MANY))
    found = found_of(x, np.where(np.arange(MANY) % 5, x[::-1], 0.0))
    assert (found.log, found.zeros, found.below) == (True, True, False)
    assert sum(one.n for one in found.cells if one.y == -1) == math.ceil(MANY / 5)
    ratios = np.diff(np.log(found.edges))
    assert np.allclose(ratios, ratios[0], atol=1e-4)
    even = found_of(np.linspace(0.0, 9.0, MANY), np.linspace(9.0, 1.0, MANY))
    assert (even.log, even.zeros, even.edges[0]) == (False, False, 0.0)
    assert np.allclose(np.diff(even.edges), even.edges[1])


def test_losses_far_below_the_others_are_at_the_edge():
    x = np.exp(np.linspace(-90.0, 0.0, MANY))
    x[: MANY // 2 + 9] = 1.0
    found = found_of(x * 1e9, x[::-1])
    assert found.below
    assert found.edges[0] > 1e-12


def test_few_different_losses_are_counted_by_their_values():
    found = found_of([0, 0, 0, 1, 1, 1], [0, 0, 1, 0, 1, 1])
    assert [round(one, 4) for one in found.values] == [0.0, 1.0]
    assert [tuple(one) for one in found.cells] == [(0, 0, 2), (0, 1, 1), (1, 0, 1), (1, 1, 2)]
    assert found_of([0.0, math.inf], [math.inf, 0.0]).values == (0.0, math.inf)


def test_losses_that_hardly_differ_are_not_taken_for_few_values():
    x, y = 1.0 + 1e-9 * np.random.default_rng(2).normal(size=(2, 50))
    assert found_of(x, y) is None


def test_few_samples_are_points_unless_they_lie_on_each_other():
    random = np.random.default_rng(4)
    x, y = np.abs(random.normal(size=(2, FEW)))
    found = found_of(x, y)
    assert found.cells == ()
    assert np.allclose(sorted(found.points), sorted(zip(x, y, strict=True)), rtol=1e-5)
    assert found_of(np.round(3 * x), np.round(3 * y)).points == ()


@pytest.mark.parametrize("losses", [[], [1.0, 2.0, 3.0, 4.0, 5.0], [math.inf] * 3])
def test_models_that_are_alike_have_none(losses):
    assert found_of(losses, losses) is None


def test_where_a_few_bins_are_all_there_is_axes_are_in_ratios(monkeypatch):
    from losscli.compute.statistics import paired_counts

    monkeypatch.setattr(paired_counts, "MOST", 50)
    x, y = 1.0 + np.random.default_rng(5).random((2, 3000))
    found = found_of(x * 3, y)
    assert found.log
    assert sum(one.n for one in found.cells) == 3000
