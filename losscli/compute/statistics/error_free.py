"""Sums and products of float64 arrays together with their rounding errors, so that nothing is lost.

A number is a pair of arrays `(high, low)` whose exact sum it is; where more than two would be needed,
what is left out is below 2⁻¹⁰⁴ of the number. The sum is Knuth's (TAOCP 2, 4.2.2, theorem B), the
product Dekker's with Veltkamp's splitting (Numer. Math. 18 (1971), doi:10.1007/BF01397083).
Everything is row by row, so that the result of a row depends on nothing but that row.
"""

from __future__ import annotations

import numpy as np

from losscli.common.array import Array

Pair = tuple[Array, Array]
"""The rounded number and the rest, float64 `(rows,)` each."""

_SPLITTER = 134217729.0  # 2^27 + 1
LEAST, LARGEST = 2.0**-280, 2.0**300
"""Between these sizes no cube and no rounding error of one leaves the range of float64; 0 is fine too."""


def difference(a: Array, b: Array) -> Pair:
    """Return a − b exactly."""
    high = a - b
    back = high - a
    low = high - back
    np.subtract(a, low, out=low)
    back += b
    low -= back
    return high, low


def product(a: Array, b: Array) -> Pair:
    """Return a·b exactly, for sizes between `LEAST` and `LARGEST`."""
    return _product(a, _split(a), b, _split(b) if b is not a else None)


def square_times(a: Array, b: Array) -> tuple[Array, ...]:
    """Return a²·b exactly, as numbers of which it is the sum, for sizes between `LEAST` and `LARGEST`."""
    split = _split(a)
    square, error = _product(a, split, a, None)
    b_split = split if b is a else _split(b)
    return (*_product(square, _split(square), b, b_split), *_product(error, _split(error), b, b_split))


def cube_of(number: Pair) -> Pair:
    """Return the cube of high + low but for a rest below 2⁻¹⁰⁰ of it, for sizes as of `product`."""
    high, low = number
    split = _split(high)
    square, error = _product(high, split, high, None)
    cube, rest = _product(square, _split(square), high, split)
    error *= high
    rest += error
    # (h + l)³ = h³ + 3h²l + …; what follows is below 2⁻¹⁰⁴ of it.
    square *= low
    square *= 3.0
    rest += square
    return cube, rest


def _split(a: Array) -> Pair:
    """Return a as a sum of two numbers of 26 bits."""
    high = a * _SPLITTER
    low = high - a
    high -= low
    np.subtract(a, high, out=low)
    return high, low


def _product(a: Array, a_split: Pair, b: Array, b_split: Pair | None) -> Pair:
    a_high, a_low = a_split
    b_high, b_low = b_split or a_split
    high = a * b
    low = a_high * b_high
    low -= high
    part = a_high * b_low
    low += part
    np.multiply(a_low, b_high, out=part)
    low += part
    np.multiply(a_low, b_low, out=part)
    low += part
    return high, low
