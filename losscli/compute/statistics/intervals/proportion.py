"""Intervals of a proportion: k of n losses that are 0 or 1."""

from __future__ import annotations

import math

from losscli.compute.statistics.intervals.bounds import Bounds, check_tail
from losscli.compute.statistics.special import (
    beta_quantile,
    beta_upper_quantile,
    binomial_cdf,
    binomial_sf,
    normal_upper_quantile,
)


def wilson(k: int, n: int, tail: float) -> Bounds:
    """Return the score interval of k/n: E. B. Wilson, J. Amer. Statist. Assoc. 22 (1927) 209–212."""
    _check(k, n, tail)
    z = normal_upper_quantile(tail)
    square = z * z
    half = math.sqrt(square * (square + 4.0 * k * (n - k) / n))
    # (2k + z² − half)/(2(n + z²)) cancels; the product of both ends is k²/(n(n + z²)).
    low = 2.0 * k * k / (n * (2.0 * k + square + half))
    other = n - k
    return Bounds(low, 1.0 - 2.0 * other * other / (n * (2.0 * other + square + half)))


def clopper_pearson(k: int, n: int, tail: float) -> Bounds:
    """Return the exact interval of k/n: C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404–413."""
    _check(k, n, tail)
    low = 0.0 if k == 0 else beta_quantile(tail, k, n - k + 1)
    high = 1.0 if k == n else beta_upper_quantile(tail, k + 1, n - k)
    return Bounds(low, high)


def p_below(k: int, n: int, threshold: float) -> float:
    """Return P(K ≤ k) at the threshold: < α where the upper bound of Clopper and Pearson is below."""
    return binomial_cdf(k, n, threshold)


def p_above(k: int, n: int, threshold: float) -> float:
    """Return P(K ≥ k) at the threshold: < α where the lower bound of Clopper and Pearson is above."""
    return binomial_sf(k - 1, n, threshold)


def _check(k: int, n: int, tail: float) -> None:
    check_tail(tail)
    if not (0 <= k <= n and n > 0):
        msg = f"{k} of {n}"
        raise ValueError(msg)
