"""Numeric derivatives that know how far they can be trusted.

A central difference at several steps, extrapolated (Richardson, The deferred approach to the limit,
1927); the step with the least uncertainty wins, sample by sample. Where the function has a kink the
derivative is an interval, between the slopes to the left and to the right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Function = Callable[[Array], Array]
"""Maps points `(rows,)` to values `(rows,)`, each by itself; not finite where it has no value."""

# Steps by the size of the point, and by 1: a loss may bend on the scale of the prediction (a small
# probability) or of its distance from a label (a large value near another).
_STEPS = tuple(2.0**-power for power in (8, 13, 18))
_UNIT = 2.0**-53
_FLOOR = 1e-8
_SMALLEST = 2.0**-1074


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
        return np.asarray((slope >= self.low - self.doubt) & (slope <= self.high + self.doubt))

    def decides(self, slope: Array, share: float = 1e-3) -> NDArray[np.bool_]:
        """Return the mask of rows that would tell `slope` from one that is off by `share` of itself."""
        size = np.maximum(np.maximum(np.abs(self.low), np.abs(self.high)), np.abs(slope))
        return np.asarray(self.doubt <= share * size)


def slope(function: Function, at: Array) -> Slope:
    """Return the slope of `function` at the points `at` (rows,), finite."""
    best = Slope(np.zeros(len(at)), np.zeros(len(at)), np.full(len(at), np.inf))
    size = np.abs(at)
    with np.errstate(all="ignore"):
        middle = function(at)
        for step in _STEPS:
            for scale in (np.where(size > 0.0, size, 1.0), np.maximum(size, 1.0)):
                best = _better(best, _try(function, at, middle, step * scale))
    return best


def _try(function: Function, at: Array, middle: Array, step: Array) -> Slope:
    far_left, far_right, far_noise = _sides(function, at, middle, step)
    left, right, noise = _sides(function, at, middle, 0.5 * step)
    far, near = 0.5 * (far_left + far_right), 0.5 * (left + right)
    best = near + (near - far) / 3.0
    doubt = 4.0 * np.abs(near - far) + noise + far_noise + _FLOOR * np.abs(best)
    # Where a function is smooth the gap between its one-sided slopes halves with the step;
    # at a kink it stays.
    gap, far_gap = np.abs(right - left), np.abs(far_right - far_left)
    kink = (gap > 0.75 * far_gap) & (gap > 4.0 * (noise + far_noise) + _FLOOR * np.abs(best))
    doubt = np.where(kink, noise + far_noise + np.abs(gap - far_gap) + _FLOOR * gap, doubt)
    low = np.where(kink, np.minimum(left, right), best)
    high = np.where(kink, np.maximum(left, right), best)
    usable = np.isfinite(low) & np.isfinite(high) & np.isfinite(doubt)
    return Slope(low, high, np.where(usable, doubt, np.inf))


def _sides(function: Function, at: Array, middle: Array, step: Array) -> tuple[Array, Array, Array]:
    """Return the slopes to the left and to the right, and the rounding noise in them."""
    before, behind = at - step, at + step
    below, above = function(before), function(behind)
    size = np.maximum(np.abs(middle), np.maximum(np.abs(below), np.abs(above)))
    left = (middle - below) / (at - before)
    right = (above - middle) / (behind - at)
    return left, right, 16.0 * (_UNIT * size + _SMALLEST) / np.minimum(at - before, behind - at)


def _better(one: Slope, other: Slope) -> Slope:
    take = other.doubt < one.doubt
    return Slope(
        np.where(take, other.low, one.low),
        np.where(take, other.high, one.high),
        np.where(take, other.doubt, one.doubt),
    )
