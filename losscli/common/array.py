"""The one name for an array; its shape and type stand in the docstring of who takes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_APART = 24


def room(rows: int, columns: int) -> Array:
    """Return room for float64 columns `(rows, columns)`, each of them in one piece in memory.

    Nearly all that is done with columns is done with one after the other, and to copy them row by row
    takes five times as long. Their distance is no power of two, lest all fall on the same lines of the
    cache.
    """
    return np.empty((columns, rows + _APART))[:, :rows].T


def side_by_side(columns: Sequence[Array]) -> Array:
    """Return columns `(rows,)` as one float64 array `(rows, columns)`, as `room` has them."""
    return np.stack(columns, out=room(len(columns[0]), len(columns)).T).T


def taken(array: Array, rows: slice | Array) -> Array:
    """Return the rows that a slice, a mask or positions choose; columns stay in one piece if they are."""
    if isinstance(rows, slice) or array.ndim != 2 or array.strides[0] >= array.strides[1]:
        return array[rows]
    columns = array.T
    return (columns.compress(rows, axis=1) if rows.dtype == np.bool_ else columns.take(rows, axis=1)).T
