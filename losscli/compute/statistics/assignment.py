"""The best assignment: which column each row gets, each column once, for the largest sum of gains."""

from __future__ import annotations

import numpy as np

from losscli.common.array import Array


def best_assignment(gain: Array) -> Array:
    """Return the column of each row, int64 `(k,)`: a permutation that maximises Σ gain[row, column].

    The Hungarian method with shortest augmenting paths (Kuhn 1955; Jonker and Volgenant 1987): k³ steps, the
    innermost of which NumPy takes at once. Gains are finite float64 `(k, k)`; of several best permutations
    the same one is found on every machine.
    """
    cost = -np.asarray(gain, dtype=np.float64)
    size = len(cost)
    # Row and column 0 are none; `row_of` says which row has a column.
    row_price, column_price = np.zeros(size + 1), np.zeros(size + 1)
    row_of = np.zeros(size + 1, dtype=np.int64)
    for row in range(1, size + 1):
        row_of[0] = row
        last, way = _path(cost, row_of, row_price, column_price)
        while last:
            before = int(way[last])
            row_of[last] = row_of[before]
            last = before
    found = np.empty(size, dtype=np.int64)
    found[row_of[1:] - 1] = np.arange(size)
    return found


def _path(cost: Array, row_of: Array, row_price: Array, column_price: Array) -> tuple[int, Array]:
    """Return the free column at the end of the shortest path from the row without one, and the way to it."""
    columns = len(cost) + 1
    least, way = np.full(columns, np.inf), np.zeros(columns, dtype=np.int64)
    used = np.zeros(columns, dtype=np.bool_)
    at = 0
    while row_of[at]:
        used[at] = True
        row = int(row_of[at])
        reduced = cost[row - 1] - row_price[row] - column_price[1:]
        nearer = ~used[1:] & (reduced < least[1:])
        least[1:][nearer] = reduced[nearer]
        way[1:][nearer] = at
        following = 1 + int(np.where(used[1:], np.inf, least[1:]).argmin())
        step = least[following]
        row_price[row_of[used]] += step
        column_price[used] -= step
        least[~used] -= step
        at = following
    return at, way
