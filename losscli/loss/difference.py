"""Numeric derivatives that know how far they can be trusted.

A central difference at several steps, extrapolated (Richardson, The deferred approach to the limit,
1927); the step with the least doubt wins, sample by sample, unless a smaller one is sure of something
else: what lies between a point and a far neighbour may be anything. Where the function has a kink the
derivative is an interval, between the slopes to the left and to the right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array

Function = Callable[[Array], Array]
"""Maps points `(rows,)` to values `(rows,)`, each by itself; not finite where it has no value."""

# Steps by the size of the point, by its distance from another, and by 1: a loss may bend on the scale
# of the prediction (a small probability) or of its distance from a label (a large value near another).
_STEPS = tuple(2.0**-power for power in (8, 13, 18))
_UNIT = 2.0**-53
_FLOOR = 1e-8
_SMALLEST = 2.0**-1074
_FEW = 8.0


@dataclass(frozen=True, slots=True)
class Slope:
    """The slope of a function at points `(rows,)`.

    Attributes:
        low, high: the slope, or the slopes to both sides of a kink.
        doubt: how far off they may be; infinite where the function could not be evaluated.
    """

    low: Array
    high: Array
    doubt: Array

    def admits(self, slope: Array) -> NDArray[np.bool_]:
        """Return the mask of rows in which `slope` may be the derivative (or a subgradient)."""
        with np.errstate(over="ignore"):
            return np.asarray((slope >= self.low - self.doubt) & (slope <= self.high + self.doubt))

    def decides(self, slope: Array, share: float = 1e-3) -> NDArray[np.bool_]:
        """Return the mask of rows that would tell `slope` from one that is off by `share` of itself."""
        size = np.maximum(np.maximum(np.abs(self.low), np.abs(self.high)), np.abs(slope))
        return np.asarray((self.doubt <= share * size) | ((slope == 0.0) & (self.doubt <= _FLOOR)))


def slope(function: Function, at: Array, beside: Array | None = None) -> Slope:
    """Return the slope of `function` at the points `at` (rows,), finite.

    Where the function may bend on the scale of the distance from other points, a label perhaps,
    `beside` (rows,) are those.
    """
    best = Slope(np.zeros(len(at)), np.zeros(len(at)), np.full(len(at), np.inf))
    size = np.abs(at)
    with np.errstate(all="ignore"):
        middle = function(at)
        one = np.ones(len(at))
        if beside is None:
            scales = np.stack([size, one])
        else:
            # A step far wider than all that tells two points from 0 sees neither of them.
            distance = np.abs(at - beside)
            scales = np.stack([size, distance, np.minimum(np.maximum(size, distance), one)])
        scales = np.where((scales > 0.0) & np.isfinite(scales), scales, 1.0)
        rough = np.stack([_roughness(function, at, middle, scale) for scale in scales])
        steps = np.concatenate([step * scales for step in _STEPS])
        noises = np.concatenate([rough for _ in _STEPS])
        order = np.argsort(-steps, axis=0)
        steps, noises = (np.take_along_axis(rows, order, axis=0) for rows in (steps, noises))
        for step, noise in zip(steps, noises, strict=True):
            best = _better(best, _try(function, at, middle, step, noise))
    return best


def _roughness(function: Function, at: Array, middle: Array, scale: Array) -> Array:
    """Return how far the function is from a line on a tiny scale, where only rounding can bend it."""
    bends = [
        np.abs(function(at + step) - 2.0 * middle + function(at - step))
        for step in (2.0**-27 * part * scale for part in (1.0, 1.37, 1.71))
    ]
    return np.asarray(np.nan_to_num(np.max(bends, axis=0), nan=0.0))


def _try(function: Function, at: Array, middle: Array, step: Array, rough: Array) -> Slope:
    far_left, far_right, far_noise = _sides(function, at, middle, step, rough)
    left, right, noise = _sides(function, at, middle, 0.5 * step, rough)
    far, near = 0.5 * (far_left + far_right), 0.5 * (left + right)
    best = near + (near - far) / 3.0
    doubt = 4.0 * np.abs(near - far) + noise + far_noise + _FLOOR * np.abs(best)
    # Where a function is smooth the gap between its one-sided slopes halves with the step;
    # at a kink it stays.
    gap, far_gap = np.abs(right - left), np.abs(far_right - far_left)
    kink = (gap > 0.75 * far_gap) & (gap > 4.0 * (noise + far_noise) + _FLOOR * np.abs(best))
    # One-sided slopes are off by as much as halving the step changed them, and a little more.
    doubt = np.where(kink, noise + far_noise + 2.0 * np.abs(gap - far_gap) + _FLOOR * gap, doubt)
    # Beside 0 numbers lie apart: a slope there, and what it is compared with, are rounded to the next one.
    doubt += _FEW * _SMALLEST
    low = np.where(kink, np.minimum(left, right), best)
    high = np.where(kink, np.maximum(left, right), best)
    # A slope that grows as fast as the step shrinks is that of a jump, or of a bend too sharp to be seen.
    jump = np.abs(near) > 1.75 * np.abs(far)
    usable = np.isfinite(low) & np.isfinite(high) & np.isfinite(doubt) & ~jump
    return Slope(low, high, np.where(usable, doubt, np.inf))


def _sides(
    function: Function, at: Array, middle: Array, step: Array, rough: Array
) -> tuple[Array, Array, Array]:
    """Return the slopes to the left and to the right, and the rounding noise in them."""
    before, behind = at - step, at + step
    below, above = function(before), function(behind)
    size = np.maximum(np.abs(middle), np.maximum(np.abs(below), np.abs(above)))
    # A value that does not move may be flat, or deaf to so small a step: 1 + 1e-20 is 1.
    size = np.where((below == middle) & (middle == above), np.maximum(size, 1.0), size)
    left = (middle - below) / (at - before)
    right = (above - middle) / (behind - at)
    noise = 16.0 * (_UNIT * size + _SMALLEST) + 4.0 * rough
    return left, right, noise / np.minimum(at - before, behind - at)


def _better(wide: Slope, close: Slope) -> Slope:
    """Return the slope with less doubt, and the one from the smaller step where that is sure to differ.

    A side of a kink may differ alone: too wide a step sees what lies behind it.
    """
    doubt = close.doubt + wide.doubt
    apart = (close.high - wide.high > doubt) | (wide.low - close.low > doubt)
    sure = close.doubt <= 1e-2 * np.maximum(np.abs(close.low), np.abs(close.high))
    take = (close.doubt < wide.doubt) | (apart & sure)
    return Slope(
        np.where(take, close.low, wide.low),
        np.where(take, close.high, wide.high),
        np.where(take, close.doubt, wide.doubt),
    )
