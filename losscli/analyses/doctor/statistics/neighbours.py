"""Rows and those a few places from them: of which rows they are looked at, and which are that far apart."""

from __future__ import annotations

import numpy as np

from losscli.common.array import Array
from losscli.compute.statistics.exact_sum import ExactSum

SHIFTS = (-3, -2, -1, 1, 2, 3)
"""A label belongs to the prediction so many rows before it."""
REACH = 3
ALL, RUN, EACH = 1 << 20, 12, 16
"""Of the first `ALL` rows all are looked at, behind them 2^`RUN` of each `EACH` · 2^`RUN`."""
LOOKED_AT = f"the first {ALL} rows, and {1 << RUN} of each {EACH << RUN} behind them"


Ends = tuple[Array, Array, Array]
"""Predictions, labels and places of the first rows of a stretch, or of the last."""
NO_ENDS: Ends = (np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64))
Sums = tuple[ExactSum, ...]


def looked_at(row: Array) -> slice | Array:
    """Return which rows are looked at, by their places in the predictions, from 1."""
    if not len(row) or row[-1] <= ALL:
        return slice(None)
    return np.flatnonzero((row <= ALL) | ((row >> RUN) % EACH == 0))


def pairs_of(row: Array, shift: int, cut: int | None = None) -> tuple[Array, Array] | tuple[slice, slice]:
    """Return the places of predictions and labels of which the latter are `shift` rows further on.

    Args:
        row: int64, the place of each row in the predictions, ascending.
        shift: other than 0.
        cut: only those pairs of which one is before this place, and one is not.
    """
    apart, n = abs(shift), len(row)
    if apart >= n:
        early, late = slice(0, 0), slice(0, 0)
    elif cut is None and row[-1] - row[0] == n - 1:
        early, late = slice(0, n - apart), slice(apart, n)
    else:
        # Rows that are left out are no neighbours of others: those of one place further on are.
        place = np.searchsorted(row, row + apart)
        found = np.flatnonzero(place < n)
        found = found[row[place[found]] == row[found] + apart]
        if cut is not None:
            found = found[(found < cut) & (place[found] >= cut)]
        first, second = found, place[found]
        return (first, second) if shift > 0 else (second, first)
    return (early, late) if shift > 0 else (late, early)


def together(one: Ends, other: Ends, which: slice = slice(None)) -> Ends:
    """Return some of the rows of one stretch, and of another behind it."""
    prediction, label, row = (np.concatenate(both)[which] for both in zip(one, other, strict=True))
    return prediction, label, row


def ends_of(prediction: Array, label: Array, row: Array, which: slice) -> Ends:
    """Return some rows, without holding on to the others."""
    return prediction[which].copy(), label[which].copy(), row[which].copy()


def added(one: Sums, other: Sums) -> Sums:
    """Return the sums of both, one by one."""
    return tuple(left.merge(right) for left, right in zip(one, other, strict=True))


FIRST, LAST = slice(None, REACH), slice(-REACH, None)
