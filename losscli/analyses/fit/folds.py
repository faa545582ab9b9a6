"""Folds: parts of the samples, each of which is judged by a correction that has not seen it."""

from __future__ import annotations

import numpy as np

from losscli.common.array import Array


def assign(rows: int, folds: int, random: np.random.Generator, group: Array | None = None) -> Array:
    """Return the fold of each sample, int64 `(rows,)`, from 0: as even as can be, by chance.

    Samples of one group are in one fold. There are fewer folds than asked for where there are fewer
    samples or groups; none, and an empty array, where there are not two.

    Args:
        rows: how many samples there are.
        folds: how many folds are wanted.
        random: draws the order.
        group: int64 `(rows,)`, from 0, or None.
    """
    units = rows if group is None else int(group.max(initial=-1)) + 1
    folds = min(folds, units)
    if folds < 2:
        return np.empty(0, dtype=np.int64)
    fold = np.empty(units, dtype=np.int64)
    fold[random.permutation(units)] = np.arange(units) % folds
    return fold if group is None else fold[group]
