"""Terms in float64 whose exact sum is that of a block, for values in the unit interval.

The values are cut into pieces of so few bits that every product of two pieces, and the sum of such
products over the block, is exact in float64. The cut is the error-free extraction of Rump, Ogita and
Oishi, "Accurate Floating-Point Summation I", SIAM J. Sci. Comput. 31 (2008), doi:10.1137/050645671.
"""

from __future__ import annotations

import math
import threading

import numpy as np

from losscli.common.array import Array

SLICE = 1 << 15  # rows at a time: the pieces stay near in the cache, and calls cost little a row
RUN = 1 << 13  # rows whose products add up in one go; of more than 10,000 BLAS would wake its threads
PIECES = 4
LONG_PIECES = 7  # enough for a square and for its rounding error


def width_and_reach(rows: int) -> tuple[int, int]:
    """Return the bits of a piece for so many rows, and the binades that sizes may lie below 1."""
    width = (53 - (min(rows, RUN) - 1).bit_length()) // 2
    return width, width + (PIECES - 1) * (width + 1) - 52


class _Scratch(threading.local):
    """Rows of working memory, one set a thread: fresh memory would cost more than the arithmetic.

    Their distance is no power of two, lest all rows fall on the same lines of the cache.
    """

    def __init__(self) -> None:
        self.rows = np.empty((5 + PIECES + LONG_PIECES, SLICE + 72))


_scratch = _Scratch()


def unit_rows(rows: int) -> Array:
    """Return two rows `(2, rows)` of working memory, for the values and for their weights."""
    return _scratch.rows[:2, :rows]


def unweighted_terms(v: Array, width: int, reach: int, powers: tuple[int, ...]) -> dict[int, list[float]]:
    """Return exact float64 terms whose sums are Σ v and Σ v²; v is overwritten."""
    pieces = _pieces(v, 0, -reach - 52, width, first=5)
    terms: dict[int, list[float]] = {}
    if 1 in powers:
        terms[1] = pieces.reshape(len(pieces), -1).sum(axis=1).tolist()
    if 2 in powers:
        own, crossed = [], []
        for place, piece in enumerate(pieces):
            first, *others = np.vecdot(pieces[place:], piece).tolist()
            own += first
            for products in others:
                crossed += products
        terms[2] = own + [2.0 * product for product in crossed]
    return terms


def weighted_terms(
    w: Array, v: Array, width: int, reach: int, powers: tuple[int, ...]
) -> dict[int, list[float]]:
    """Return exact float64 terms whose sums are Σ w·v and Σ w·v²; w and v are overwritten."""
    weights = _pieces(w, 0, -reach - 52, width, first=5)
    terms: dict[int, list[float]] = {}
    later = 5 + PIECES
    if 2 in powers:
        square, error = _square(v)
        terms[2] = _dot(weights, _pieces(square, 0, -2 * reach - 53, width, first=later))
        terms[2] += _dot(weights, _pieces(error, -53, -2 * reach - 104, width, first=later))
    if 1 in powers:
        terms[1] = _dot(weights, _pieces(v, 0, -reach - 52, width, first=later))
    return terms


def _dot(left: Array, right: Array) -> list[float]:
    return [term for piece in left for term in np.vecdot(right, piece).ravel().tolist()]


def _square(v: Array) -> tuple[Array, Array]:
    """Return v² rounded, and its rounding error (Dekker 1971, with Veltkamp's splitting)."""
    square, high, low = _scratch.rows[2:5, : len(v)]
    np.multiply(v, v, out=square)
    np.multiply(v, 134217729.0, out=high)
    np.subtract(high, v, out=low)
    high -= low
    np.subtract(v, high, out=low)
    error = low * low
    low *= high
    low *= 2.0
    high *= high
    high -= square
    high += low
    high += error
    return square, high


def _pieces(x: Array, top: int, bottom: int, width: int, first: int) -> Array:
    """Cut x, sizes ≤ 2^top and all multiples of 2^bottom, into pieces; x is overwritten.

    They are `(pieces, runs, rows)`. The first holds multiples of 2^(top − width), the next of
    2^(top − 2·width − 1), and so on, none of more than `width` bits and a sign: the sum of a run of
    products is exact. They stand in the scratch from its row `first`; zeros fill up the last run.
    """
    unit = top - width
    count = 1 + max(0, -((bottom - unit) // (width + 1)))
    rows, runs = len(x), -(-len(x) // RUN)
    filled = rows if runs == 1 else runs * RUN
    pieces = _scratch.rows[first : first + count, :filled]
    pieces[:, rows:] = 0.0
    for place in range(count - 1):
        sigma = math.ldexp(1.5, 52 + unit)
        piece = np.add(x, sigma, out=pieces[place, :rows])
        piece -= sigma
        rest = pieces[-1, :rows] if place == count - 2 else x
        np.subtract(x, piece, out=rest)
        if rest[0] == 0.0 and not rest.any():
            return pieces[: place + 1].reshape(place + 1, runs, -1)
        unit -= width + 1
    if count == 1:
        pieces[0, :rows] = x
    return pieces.reshape(count, runs, -1)
