"""Bins that a person can read: of one round width, with the tail in a bin of its own."""

from __future__ import annotations

import math
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np

from losscli.common.array import Array

TOPS = (1.0, 0.99, 0.95, 0.9)  # quantiles at which the equal bins of a picture may end


def readable_edges(values: Array, ends: Array | None, bins: int, more: bool) -> list[float]:
    """Return equally spaced edges around finite ascending values.

    `ends` says how many there are up to each value; None where each stands for one. The edges leave one of
    the `bins` free if there is anything beyond them, such as `more`, infinities.
    """

    def at(share: float) -> Fraction:
        rank = math.ceil(share * ((len(values) if ends is None else int(ends[-1])) - 1))
        return Fraction(float(values[rank if ends is None else np.searchsorted(ends, rank, side="right")]))

    if not len(values) or values[0] == values[-1]:
        return []
    low, high, median = at(0.0), at(1.0), at(0.5)
    tops = [top for top in map(at, TOPS) if low < top and top - low <= bins * (median - low)]
    top = tops[0] if tops else at(0.99)
    top = high if top == low else top
    left = bins - 1 if more or top < high else bins
    if left < 2:
        return [float(low), float(top)][: left + 1]
    return _round_edges(low, top, left)


def _round_edges(low: Fraction, top: Fraction, bins: int) -> list[float]:
    """Return at most `bins` + 1 multiples of 1, 2, 2.5 or 5 times a power of ten, from ≤ low to ≥ top."""
    width = (top - low) / bins
    power = Fraction(10) ** (Decimal(width.numerator) / Decimal(width.denominator)).adjusted()
    step = next(
        step
        for step in (power * Fraction(digit, 2) for digit in (2, 4, 5, 10, 20, 40, 50, 100, 200))
        if math.ceil(top / step) - math.floor(low / step) <= bins
    )
    places = range(math.floor(low / step), math.ceil(top / step) + 1)
    largest = Fraction(sys.float_info.max)
    return sorted({float(max(-largest, min(largest, place * step))) for place in places})
