"""Sums of float64 values without any rounding, whatever their size, sign or order.

A block is brought to the unit interval by a power of two, and there becomes a few terms without a
rounding error (`extraction`). As integers they join the sum; from there on all is integer arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from losscli.common.array import Array
from losscli.compute.statistics.extraction import (
    SLICE,
    unit_rows,
    unweighted_terms,
    weighted_terms,
    width_and_reach,
)

FEW = 40  # rows below which Python's integers are quicker than NumPy's calls
MANY_STRAGGLERS = 64
BUCKET = 24  # binades that rows of one bucket may differ by; less than four pieces of any slice reach

SQUARE_IS_NORMAL = 2.0**-500
"""The square of such a number, and of its reciprocal, is within the range of float64."""

NOT_FINITE = "an exact sum takes finite values only"


@dataclass(frozen=True, slots=True)
class ExactSum:
    """The number `mantissa · 2^exponent`; equal numbers are equal objects.

    A commutative monoid: `empty()`, one block by `of` and its kin, `merge`. All blocks are float64
    `(rows,)` and finite; what is not finite raises ValueError.
    """

    mantissa: int = 0
    exponent: int = 0

    @staticmethod
    def empty() -> ExactSum:
        """Return the sum of nothing, 0."""
        return _EMPTY

    @staticmethod
    def of_integer(number: int) -> ExactSum:
        """Return an integer as a sum, such as the weight of `number` unweighted rows."""
        return _reduced(number, 0)

    @staticmethod
    def of(values: Array) -> ExactSum:
        """Return Σ v."""
        return power_sums(values, powers=(1,))[0]

    @staticmethod
    def of_products(a: Array, b: Array) -> ExactSum:
        """Return Σ a·b."""
        return power_sums(a, b, powers=(1,))[0]

    @staticmethod
    def of_squares(values: Array) -> ExactSum:
        """Return Σ v², also where a square overflows or vanishes in float64."""
        return power_sums(values, powers=(2,))[0]

    @staticmethod
    def of_weighted_squares(weights: Array, values: Array) -> ExactSum:
        """Return Σ w·v²."""
        return power_sums(values, weights, powers=(2,))[0]

    def merge(self, other: ExactSum) -> ExactSum:
        """Return the sum of both."""
        low, high = (self, other) if self.exponent <= other.exponent else (other, self)
        return _reduced(low.mantissa + (high.mantissa << (high.exponent - low.exponent)), low.exponent)

    def shifted(self, places: int) -> ExactSum:
        """Return the sum times 2^places."""
        return ExactSum(self.mantissa, self.exponent + places) if self.mantissa else self

    def read(self) -> Fraction:
        """Return the exact value."""
        if self.exponent >= 0:
            return Fraction(self.mantissa << self.exponent)
        return Fraction(self.mantissa, 1 << -self.exponent)

    def __float__(self) -> float:
        return rounded(self.read())


Span = tuple[float, float]
_EMPTY = ExactSum()
_NONE = np.zeros(0, dtype=np.intp)


def rounded(number: Fraction) -> float:
    """Return the float64 nearest to `number` (ties to even), ±inf beyond the largest."""
    try:
        return number.numerator / number.denominator
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def power_sums(
    values: Array,
    weights: Array | None = None,
    powers: tuple[int, ...] = (1, 2),
    span: Span | None = None,
) -> tuple[ExactSum, ...]:
    """Return the exact Σ w·v^p for each of the powers p, 1 or 2, with w = 1 where weights are None.

    One call for both powers shares most of the work. `span` is the least and the largest value, where
    that is known. Raises ValueError unless all is finite and the shapes `(rows,)` are the same.
    """
    values = np.asarray(values, dtype=np.float64)
    weights = None if weights is None else np.asarray(weights, dtype=np.float64)
    if values.ndim != 1 or (weights is not None and weights.shape != values.shape):
        msg = "values and weights must be one-dimensional and of one length"
        raise ValueError(msg)
    if len(values) <= SLICE:
        return _slice_sums(values, weights, powers, span)
    totals: tuple[ExactSum, ...] = (_EMPTY,) * len(powers)
    for start in range(0, len(values), SLICE):
        rows = slice(start, start + SLICE)
        sums = _slice_sums(values[rows], None if weights is None else weights[rows], powers, span)
        totals = tuple(total.merge(part) for total, part in zip(totals, sums, strict=True))
    return totals


def squared_weight_sums(weights: Array, values: Array) -> tuple[ExactSum, ExactSum, ExactSum]:
    """Return Σ w², Σ w²·v and Σ w²·v², exact but for each w², which is rounded to 53 bits.

    So they depend neither on blocks nor on their order. Both are float64 `(rows,)`, weights ≥ 0; raises
    ValueError unless all is finite.
    """
    least, largest = weights.min(initial=1.0, where=weights > 0.0), weights.max(initial=1.0)
    if least >= SQUARE_IS_NORMAL and largest <= 1.0 / SQUARE_IS_NORMAL:
        squares = weights * weights
        first, second = power_sums(values, squares)
        return ExactSum.of(squares), first, second
    part, exponent = np.frexp(weights)
    totals: tuple[ExactSum, ...] = (_EMPTY,) * 3
    for rows, base in alike(2 * exponent):
        squares = np.ldexp(part[rows] * part[rows], 2 * exponent[rows] - base)
        sums = (ExactSum.of(squares), *power_sums(values[rows], squares))
        totals = tuple(total.merge(one.shifted(base)) for total, one in zip(totals, sums, strict=True))
    return totals[0], totals[1], totals[2]


def _slice_sums(
    values: Array, weights: Array | None, powers: tuple[int, ...], span: Span | None = None
) -> tuple[ExactSum, ...]:
    if len(values) < FEW:
        return _few(values, weights, powers)
    with np.errstate(under="ignore"):
        return _banded(values, weights, powers, span)


def _few(values: Array, weights: Array | None, powers: tuple[int, ...]) -> tuple[ExactSum, ...]:
    v = _dyadics(values)
    if weights is None:
        return tuple(_total([(m**p, p * e) for m, e in v]) for p in powers)
    w = _dyadics(weights)
    return tuple(
        _total([(wm * m**p, we + p * e) for (wm, we), (m, e) in zip(w, v, strict=True)]) for p in powers
    )


def _dyadics(values: Array) -> list[tuple[int, int]]:
    """Return integers m, e with value = m · 2^e for each; raise ValueError for what is not finite."""
    try:
        ratios = [value.as_integer_ratio() for value in values.tolist()]
    except (OverflowError, ValueError):
        raise ValueError(NOT_FINITE) from None
    return [(numerator, 1 - denominator.bit_length()) for numerator, denominator in ratios]


def _total(terms: list[tuple[int, int]]) -> ExactSum:
    """Return Σ m · 2^e of the terms (m, e)."""
    base = min([exponent for mantissa, exponent in terms if mantissa], default=0)
    return _reduced(sum([mantissa << (exponent - base) for mantissa, exponent in terms if mantissa]), base)


def _reduced(mantissa: int, exponent: int) -> ExactSum:
    """Return mantissa · 2^exponent with the mantissa odd or 0, so that equal sums are equal objects."""
    if not mantissa:
        return _EMPTY
    zeros = (mantissa & -mantissa).bit_length() - 1
    return ExactSum(mantissa >> zeros, exponent + zeros)


def _whole(terms: list[float], places: int) -> ExactSum:
    """Return the sum of terms that are all multiples of 2^−places."""
    unit = math.ldexp(1.0, places)
    return _reduced(sum([int(term * unit) for term in terms]), -places)


def _banded(
    values: Array, weights: Array | None, powers: tuple[int, ...], span: Span | None
) -> tuple[ExactSum, ...]:
    """Sum the rows within `reach` binades of the largest in pieces, and the stragglers on their own."""
    width, reach = width_and_reach(len(values))
    rows = unit_rows(len(values))
    v, scale, least = _to_unit(values, rows[0], span or _span(values))
    w, weight_scale, least_weight = (
        (None, 0, 1.0) if weights is None else _to_unit(weights, rows[1], _span(weights))
    )
    stragglers = _NONE
    if min(least, least_weight) < math.ldexp(1.0, -reach):
        stragglers = _take_out(values, weights, v, w, math.ldexp(1.0, -reach))
    if w is None:
        terms = unweighted_terms(v, width, reach, powers)
    else:
        terms = weighted_terms(w, v, width, reach, powers)
    sums = tuple(_whole(terms[p], (p + 1) * (reach + 52)).shifted(weight_scale + p * scale) for p in powers)
    if not len(stragglers):
        return sums
    rest = _straggler_sums(values[stragglers], None if weights is None else weights[stragglers], powers)
    return tuple(total.merge(part) for total, part in zip(sums, rest, strict=True))


def _span(x: Array) -> Span:
    return float(x.min()), float(x.max())


def _to_unit(x: Array, out: Array, span: Span) -> tuple[Array, int, float]:
    """Return x · 2^−e in [−1, 1] in `out`, e, and a lower bound of its sizes (0 if signs differ)."""
    low, high = span
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(NOT_FINITE)
    exponent = math.frexp(max(high, -low))[1]
    if abs(exponent) < 1000:
        np.multiply(x, math.ldexp(1.0, -exponent), out=out)
    else:
        np.ldexp(x, -exponent, out=out)
    return out, exponent, math.ldexp(max(low, -high, 0.0), -exponent)


def _take_out(values: Array, weights: Array | None, v: Array, w: Array | None, limit: float) -> Array:
    """Set rows with |v| or |w| below the limit to 0 unless one is; return the places of those rows."""
    below = np.abs(v) < limit
    below &= values != 0.0
    if w is not None:
        below |= np.abs(w) < limit
        below &= values != 0.0
        below &= weights != 0.0
    places = np.flatnonzero(below)
    v[places] = 0.0
    if w is not None:
        w[places] = 0.0
    return places


def _straggler_sums(values: Array, weights: Array | None, powers: tuple[int, ...]) -> tuple[ExactSum, ...]:
    """Sum rows of any size: those of like size together, the rest by shifting."""
    if len(values) < MANY_STRAGGLERS:
        return _few(values, weights, powers)
    v, exponent = np.frexp(values)
    if weights is None:
        totals: tuple[ExactSum, ...] = (_EMPTY,) * len(powers)
        for rows, _ in alike(exponent):
            parts = _slice_sums(values[rows], None, powers)
            totals = tuple(total.merge(part) for total, part in zip(totals, parts, strict=True))
        return totals
    w, weight_exponent = np.frexp(weights)
    return tuple(_products_by_size(w, v, weight_exponent + p * exponent, p) for p in powers)


def _products_by_size(w: Array, v: Array, exponent: Array, power: int) -> ExactSum:
    """Return Σ w·v^p · 2^exponent for w and v of sizes in [0.5, 1)."""
    total = _EMPTY
    for rows, base in alike(exponent):
        (part,) = _slice_sums(v[rows], np.ldexp(w[rows], exponent[rows] - base), (power,))
        total = total.merge(part.shifted(base))
    return total


def alike(exponent: Array) -> Iterator[tuple[Array, int]]:
    """Yield the places of rows of like exponents, and the least that an exponent can be among them."""
    bucket = exponent // BUCKET
    order = np.argsort(bucket, kind="stable")
    bounds = [0, *(np.flatnonzero(np.diff(bucket[order])) + 1).tolist(), len(order)]
    for start, stop in pairwise(bounds):
        yield order[start:stop], BUCKET * int(bucket[order[start]])
