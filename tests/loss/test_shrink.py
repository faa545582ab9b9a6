"""Shrinking: fewer rows, rounder numbers, never another fault, never without an end."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.loss.contract.samples import Samples
from losscli.loss.contract.shrink import shrink


def samples(rows=200, columns=None, seed=4):
    random = np.random.default_rng(seed)
    shape = (rows,) if columns is None else (rows, columns)
    return Samples(random.normal(0, 30, shape), random.normal(0, 30, shape))


@pytest.mark.parametrize(
    ("shows", "smallest"),
    [
        (lambda s: True, [[(0, 0)]]),
        (lambda s: (s.prediction > 11).any(), [[(0, size)] for size in range(20, 101, 10)]),
        (lambda s: (s.prediction < -0.001).any(), [[(0, -1)]]),
        (lambda s: len(s) >= 3, [[(0, 0)] * 3]),
        (lambda s: (s.label * s.prediction < 0).any(), [[(-1, 1)], [(1, -1)]]),
        (lambda s: len(set(s.label)) > 1, [[(0, 0), (1, 0)]]),
        (lambda s: (np.abs(s.label - 12.34) < 30).any(), [[(0, 0)]]),
    ],
)
@pytest.mark.parametrize("seed", range(8))
def test_what_is_left_is_what_it_takes(shows, smallest, seed):
    found = shrink(samples(seed=seed), shows)
    assert sorted(zip(found.label.tolist(), found.prediction.tolist(), strict=True)) in smallest


@settings(max_examples=examples(50))
@given(limit=st.floats(-1e6, 1e6), rows=st.integers(1, 40))
def test_the_fault_stays_and_numbers_get_no_longer(limit, rows):
    drawn = Samples(np.full(rows, limit), np.arange(rows) * 1.7 + limit)
    found = shrink(drawn, lambda part: bool((part.prediction >= limit).any()))
    assert (found.prediction >= limit).any()
    assert len(found) == 1
    assert found.label.tolist() == [0.0]


def test_samples_are_not_changed_on_the_way():
    drawn = samples()
    before = drawn.label.copy(), drawn.prediction.copy()
    shrink(drawn, lambda part: True)
    assert (drawn.label == before[0]).all()
    assert (drawn.prediction == before[1]).all()


def test_rows_are_replaced_as_a_whole_where_single_numbers_cannot_be():
    random = np.random.default_rng(4)
    rows = random.dirichlet(np.ones(3), 20)
    found = shrink(Samples(np.arange(20), rows), lambda s: bool(np.allclose(s.prediction.sum(axis=1), 1.0)))
    assert found.label.tolist() == [0]
    assert found.prediction.tolist() == [[1.0, 0.0, 0.0]]


def test_the_search_ends():
    looks = []
    shrink(samples(300), looks.append, tries=50)
    assert len(looks) < 50


def test_infinities_do_not_stop_it():
    drawn = Samples(np.array([1e308, 5e-324]), np.array([-1e308, 1.7976931348623157e308]))
    found = shrink(drawn, lambda part: bool((np.abs(part.prediction) > 1e300).any()))
    assert found.label.tolist() == [0.0]
    assert abs(found.prediction[0]) > 1e300
