"""64-bit keys of rows: rows of equal numbers have equal keys, others differ but by chance, 1 in 2⁶⁴."""

from __future__ import annotations

import numpy as np

from losscli.common.array import Array

_ODD = np.uint64(0x9E3779B97F4A7C15)
_STEPS = ((np.uint64(32), np.uint64(0xD6E8FEB86659FD93)),) * 2
_LAST = np.uint64(32)
PIECE = 1 << 13
"""Rows at a time: all that is computed of them stays in the cache."""


def mixed(words: Array) -> Array:
    """Mix words, uint64 `(rows,)`, in place, and return them: each bit comes to depend on all."""
    for start in range(0, len(words), PIECE):
        piece = words[start : start + PIECE]
        for shift, factor in _STEPS:
            piece ^= piece >> shift
            piece *= factor
        piece ^= piece >> _LAST
    return words


def keys_of(values: Array) -> Array:
    """Return the key of each row of numbers, `(rows,)` or `(rows, columns)`; −0 is 0."""
    columns = values[:, None] if values.ndim == 1 else values
    keys = np.full(len(values), columns.shape[1], dtype=np.uint64)
    for column in columns.T:
        # Adding 0 turns −0 into 0.
        keys *= _ODD
        keys ^= np.add(column, 0.0, dtype=np.float64).view(np.uint64)
        mixed(keys)
    return keys


def joined(keys: Array, others: Array) -> Array:
    """Return the keys of pairs; the order counts."""
    both = keys * _ODD
    both ^= others
    return mixed(both)


def share(rows: int, kept: int) -> np.uint64:
    """Return the key up to which about so many of some rows have their keys, of rows that all differ."""
    return np.uint64(((1 << 64) - 1) * min(kept, rows) // max(rows, 1))
