"""Bounds that hold at every look: asymptotic confidence sequences.

I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, Ann. Statist. 52 (2024) 2613–2640, of which
the two-sided one is that of Robbins (1970). They are tightest about at `planned_rows`.
"""

from __future__ import annotations

import math

from losscli.compute.statistics.intervals.bounds import Bounds, check_finite
from losscli.compute.statistics.special import log


def anytime_width(std: float, n: int, alpha: float, planned_rows: int) -> float:
    """Return half the width of the interval of a mean of n rows: ever wrong with probability ≤ α."""
    _check(std, n, alpha, planned_rows)
    spread = n * _rho_squared(alpha, planned_rows)
    return _scaled(std, n, spread, log(math.sqrt(spread + 1.0) / alpha))


def anytime_width_one_sided(std: float, n: int, alpha: float, planned_rows: int) -> float:
    """Return how far each one-sided bound is from the mean: ever wrong with probability ≤ α."""
    _check(std, n, alpha, planned_rows)
    spread = n * _rho_squared(2.0 * alpha, planned_rows)
    return _scaled(std, n, spread, log(1.0 + math.sqrt(spread + 1.0) / (2.0 * alpha)))


def anytime(mean: float, std: float, n: int, alpha: float, planned_rows: int) -> Bounds:
    """Return the two-sided interval of level 1 − α."""
    width = anytime_width(std, n, alpha, planned_rows)
    return Bounds(mean - width, mean + width)


def anytime_one_sided(mean: float, std: float, n: int, alpha: float, planned_rows: int) -> Bounds:
    """Return both one-sided bounds, each of level 1 − α."""
    width = anytime_width_one_sided(std, n, alpha, planned_rows)
    return Bounds(mean - width, mean + width)


def _rho_squared(alpha: float, planned_rows: int) -> float:
    """Return the ρ² that makes the bounds tightest at the planned rows (ibid., appendix B.2)."""
    size = -2.0 * log(alpha)
    return (size + log(1.0 + size)) / planned_rows


def _scaled(std: float, n: int, spread: float, logarithm: float) -> float:
    return std * math.sqrt(2.0 * (spread + 1.0) / (n * spread) * logarithm)


def _check(std: float, n: int, alpha: float, planned_rows: int) -> None:
    check_finite(std=std)
    if std < 0.0 or n < 1 or planned_rows < 1 or not 0.0 < alpha < 0.5:
        msg = f"std {std}, {n} of {planned_rows} rows, α {alpha}"
        raise ValueError(msg)
