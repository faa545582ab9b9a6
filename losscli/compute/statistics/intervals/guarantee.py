"""Bounds that hold for every n where losses have a range: A. Maurer, M. Pontil, COLT 2009, theorem 4."""

from __future__ import annotations

import math

from losscli.compute.statistics.intervals.bounds import Bounds, check_finite, check_tail
from losscli.compute.statistics.special import log


def maurer_pontil(mean: float, std: float, n: int, span: tuple[float, float], tail: float) -> Bounds | None:
    """Return m ∓ (√(2s² log(2/δ)/n) + 7R log(2/δ)/(3(n − 1))), cut to the range, with δ = `tail`.

    `span` is the range of the terms, for a paired difference (−R, R); `tail` is α for one-sided bounds (log
    2/α) and α/2 for an interval (log 4/α). None for n < 2.
    """
    check_tail(tail)
    check_finite(mean=mean, std=std, low=span[0], high=span[1])
    if not (std >= 0.0 and span[0] <= mean <= span[1]):
        msg = f"mean {mean} and std {std} in the range {span}"
        raise ValueError(msg)
    if n < 2:
        return None
    width = maurer_pontil_width(std, n, span[1] - span[0], tail)
    return Bounds(mean - width, mean + width).cut(*span)


def maurer_pontil_width(std: float, n: int, size: float, tail: float) -> float:
    """Return how far each bound is from the mean, before it is cut, of terms in a range of a size; n ≥ 2."""
    logarithm = log(2.0 / tail)
    return std * math.sqrt(2.0 * logarithm / n) + 7.0 * size * logarithm / (3.0 * (n - 1))
