"""Rows and those a few places from them: of which rows they are looked at, and which are that far apart."""

from __future__ import annotations

import numpy as np

from losscli.common.array import Array

SHIFTS = (-3, -2, -1, 1, 2, 3)
"""A label belongs to the prediction so many rows before it."""
REACH = 3
ALL, RUN, EACH = 1 << 20, 12, 16
"""Of the first `ALL` rows all are looked at, behind them 2^`RUN` of each `EACH` · 2^`RUN`."""
LOOKED_AT = f"the first {ALL} rows, and {1 << RUN} of each {EACH << RUN} behind them"


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
