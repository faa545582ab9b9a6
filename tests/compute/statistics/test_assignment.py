"""Assignments, against all permutations."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from losscli.compute.statistics.assignment import best_assignment


@pytest.mark.parametrize("size", range(1, 7))
@pytest.mark.parametrize("whole", [False, True])
def test_no_permutation_is_better(size: int, whole: bool) -> None:
    random = np.random.default_rng(size)
    for _ in range(20):
        gain = (
            random.integers(-3, 4, (size, size)).astype(float) if whole else random.normal(size=(size, size))
        )
        found = best_assignment(gain)
        assert sorted(found.tolist()) == list(range(size))
        best = max(sum(gain[row, one[row]] for row in range(size)) for one in permutations(range(size)))
        assert gain[np.arange(size), found].sum() == pytest.approx(best)


def test_many_rows_are_quick_and_right() -> None:
    random = np.random.default_rng(0)
    order = random.permutation(300)
    gain = random.random((300, 300)) * 0.4
    gain[np.arange(300), order] += 0.5
    assert (best_assignment(gain) == order).all()
