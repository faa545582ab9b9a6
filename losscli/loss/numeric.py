"""Elementary functions that stay exact where the textbook expression does not.

All take and return float64 arrays, elementwise unless an axis is named. Where a result overflows
it is infinite; whoever calls a loss silences NumPy's warnings around it (`np.errstate`).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import as_strided

from losscli.common.array import Array

EPS = 2.220446049250313e-16
_SLICE = 1 << 15
_FEW, _SOME, _MANY = 8, 16, 128


def in_slices(function: Callable[..., Array], *arrays: Array) -> Array:
    """Return `function(*arrays)` `(rows,)`, worked out some thousand rows at a time.

    Each of many steps needs an array of its own: in slices these stay in the cache.
    """
    result = np.empty(len(arrays[0]))
    for start in range(0, len(result), _SLICE):
        rows = slice(start, start + _SLICE)
        result[rows] = function(*(array[rows] for array in arrays))
    return result


def softplus(x: Array) -> Array:
    """Return log(1 + eˣ), exact to rounding for every x: 800 gives 800, −40 gives e⁻⁴⁰."""
    result = _exp_of_minus_size(x)
    np.log1p(result, out=result)
    result += np.maximum(x, 0.0)
    return result


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + e⁻ˣ) without overflow, exact in both tails."""
    below = _exp_of_minus_size(x)
    below += 1.0
    result = np.asarray(np.minimum(x, 0.0))
    np.exp(result, out=result)
    result /= below
    return result


def _exp_of_minus_size(x: Array) -> Array:
    result = np.asarray(np.abs(x))
    np.negative(result, out=result)
    np.exp(result, out=result)
    return result


def log_clipped(p: Array, eps: float) -> Array:
    """Return log max(p, eps)."""
    return np.log(np.maximum(p, eps))


def log_complement_clipped(p: Array, eps: float) -> Array:
    """Return log max(1 − p, eps); 1 − p is never rounded, so that a small p keeps its digits."""
    return np.maximum(np.log1p(-p), math.log(eps))


def row_sum(x: Array) -> Array:
    """Return the sum of each row `(rows, columns)`: the same bits for any memory layout.

    NumPy adds in the order in which numbers lie in memory, and a single row of an array stored by
    columns counts as stored by rows; a sum would then depend on how many rows there are. So columns are
    added to each other, in the order in which NumPy adds up a row, several times as fast; only where
    they are many, and each of them short or scattered, row by row.
    """
    columns = x.shape[-1]
    scattered = x.strides[-1] < x.strides[0] or len(x) < 32 * columns
    if x.ndim != 2 or not 0 < columns <= (_SOME if scattered else _MANY):
        return np.asarray(np.ascontiguousarray(x).sum(axis=-1))
    each = list(x.T)
    if columns < _FEW:
        total, others = each[0] + 0.0, each[1:]
    else:
        rest = columns % _FEW
        parts = each[:_FEW]
        for place, column in enumerate(each[_FEW : columns - rest]):
            parts[place % _FEW] = parts[place % _FEW] + column
        total = (parts[0] + parts[1]) + (parts[2] + parts[3])
        total += (parts[4] + parts[5]) + (parts[6] + parts[7])
        others = each[columns - rest :]
    for column in others:
        total += column
    return np.asarray(total)


def log_softmax(x: Array) -> Array:
    """Return x − log Σ eˣ, rows `(rows, classes)`.

    The largest term is taken out of the sum, so that a near-certain class keeps its last digits:
    logits (40, 0) give −e⁻⁴⁰ for the first class and not 0.
    """
    shifted = x - x.max(axis=-1, keepdims=True)
    grown = np.exp(shifted)
    grown[np.arange(len(x)), shifted.argmax(axis=-1)] = 0.0
    return np.asarray(shifted - np.log1p(row_sum(grown))[:, None])


def softmax(x: Array) -> Array:
    """Return eˣ / Σ eˣ over the classes of each row."""
    grown = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(grown / row_sum(grown)[:, None])


def true_column(columns: Array, label: Array) -> Array:
    """Return, for each row of `columns` (rows, classes), the entry of its class `label` (rows,)."""
    row, column = columns.strides
    if row <= 0 or column <= 0 or not len(label) or len(columns) != len(label):
        return np.asarray(columns[np.arange(len(label)), label])
    if label.min() < 0 or label.max() >= columns.shape[1]:
        return np.asarray(columns[np.arange(len(label)), label])
    # From one array over all of them, by the places in memory: twice as fast as by two indices.
    size = columns.itemsize
    last = (len(columns) - 1) * row + (columns.shape[1] - 1) * column
    flat = as_strided(columns, (last // size + 1,), (size,), writeable=False)
    places = label * (column // size)
    places += np.arange(0, len(label) * (row // size), row // size)
    return np.asarray(flat.take(places))


def one_hot(label: Array, classes: int) -> Array:
    """Return the float64 rows `(rows, classes)` that hold 1 in the column of the label."""
    rows = np.zeros((len(label), classes))
    rows[np.arange(len(label)), label] = 1.0
    return rows


_BEND_TERMS = tuple(1.0 / (2 * power + 3) for power in reversed(range(6)))
_BEND_NEAR = 0.125


def log1p_bend(x: Array) -> Array:
    """Return (x − log(1 + x)) / x² for finite x > −1, and its limit ½ at 0, to a few ulps throughout.

    How far log1p bends away from its tangent, as deviances and the fair loss need it: near 0 the
    difference itself keeps no digit.
    """
    near = (x < _BEND_NEAR) & (x > -_BEND_NEAR)
    if near.all():
        return _log1p_bend_near_0(x)
    bend = np.log1p(x)
    bend /= x
    np.subtract(1.0, bend, out=bend)
    bend /= x
    if near.any():
        bend[near] = _log1p_bend_near_0(x[near])
    return np.asarray(bend)


def _log1p_bend_near_0(x: Array) -> Array:
    # log1p(x) = 2 artanh(s) = 2(s + s³/3 + …), s = x / (2 + x) (Abramowitz and Stegun, Handbook of
    # Mathematical Functions, 4.1.27). As x − 2s = x·s, what is left of x − log1p(x) cancels no digit:
    # divided by x² it is (1 − s)/2 · (1 − s(1 − s)(1/3 + s²/5 + …)).
    s = x / (2.0 + x)
    series = np.full(x.shape, _BEND_TERMS[0])
    for term in _BEND_TERMS[1:]:
        series *= s
        series *= s
        series += term
    series *= s
    np.subtract(1.0, s, out=s)
    series *= s
    np.subtract(1.0, series, out=series)
    series *= s
    series *= 0.5
    return series


def log1p_distance(a: Array, b: Array) -> Array:
    """Return |log(1 + b) − log(1 + a)| for finite a, b > −1; neither close nor far values lose digits."""
    ratio = b - a
    np.abs(ratio, out=ratio)
    low = np.minimum(a, b)
    low += 1.0
    ratio /= low
    distance = np.log1p(ratio)
    far = np.isinf(ratio)
    if far.any():
        distance[far] = np.log(np.maximum(a, b)[far]) - np.log(low[far])
    return np.asarray(distance)


def soft_absolute(x: Array, delta: float) -> Array:
    """Return δ(√(δ² + x²) − δ): near 0 x²/2, far off δ|x|; it overflows only where the result does."""
    soft = x / delta
    soft *= soft
    soft += 1.0
    np.sqrt(soft, out=soft)
    far = np.isinf(soft)
    # √(1 + u²) − 1 = u² / (√(1 + u²) + 1)
    soft += 1.0
    np.divide(x, soft, out=soft)
    soft *= x
    if far.any():
        soft[far] = delta * np.abs(x[far])
    return np.asarray(soft)


_ARTANH_TERMS = tuple(2.0 / (2 * power + 3) for power in reversed(range(7)))


def artanh_rest(s: Array) -> Array:
    """Return 2 artanh(s) − 2s for |s| ≤ 1/15: what log((1 + s)/(1 − s)) has beyond its first term."""
    square = np.square(s)
    series = np.full(s.shape, _ARTANH_TERMS[0])
    for term in _ARTANH_TERMS[1:]:
        series *= square
        series += term
    series *= square
    series *= s
    return series


# Cody, Rational Chebyshev Approximations for the Error Function, 1969: numerator and denominator,
# coefficients from the highest power down.
_ERF_NEAR = (
    (
        0.185777706184603153,
        3.16112374387056560,
        113.864154151050156,
        377.485237685302021,
        3209.37758913846947,
    ),
    (1.0, 23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062),
)
_ERFC_FAR = (
    (
        2.15311535474403846e-8, 0.564188496988670089, 8.88314979438837594,
        66.1191906371416295, 298.635138197400131, 881.952221241769090,
        1712.04761263407058, 2051.07837782607147, 1230.33935479799725,
    ),
    (
        1.0, 15.7449261107098347, 117.693950891312499,
        537.181101862009858, 1621.38957456669019, 3290.79923573345963,
        4362.61909014324716, 3439.36767414372164, 1230.33935480374942,
    ),
)  # fmt: skip


def erf(x: Array) -> Array:
    """Return the error function 2/√π ∫₀ˣ e⁻ᵗ² dt, to a few ulps for every x."""
    return in_slices(_erf, x)


def _erf(x: Array) -> Array:
    # From 6 on nothing but 1 is left of it.
    size = np.minimum(np.abs(x), 6.0)
    result = _rational(*_ERFC_FAR, size)
    result *= np.exp(-np.square(size))
    np.subtract(1.0, result, out=result)
    np.copysign(result, x, out=result)
    near = np.flatnonzero(size <= 0.46875)
    result[near] = x[near] * _rational(*_ERF_NEAR, np.square(x[near]))
    return result


def _rational(above: tuple[float, ...], below: tuple[float, ...], x: Array) -> Array:
    """Return the quotient of two polynomials, coefficients from the highest power down."""
    numerator, denominator = np.full_like(x, above[0]), np.full_like(x, below[0])
    for upper, lower in zip(above[1:], below[1:], strict=True):
        numerator *= x
        numerator += upper
        denominator *= x
        denominator += lower
    numerator /= denominator
    return numerator
