"""How many rows a gate needs, and how likely it decides with those there are.

By the normal distribution; for a planned gate see E. Miller, Adding Error Bars to Evals, arXiv 2411.00640
(2024), 5.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from losscli.compute.statistics.intervals.approximation import least_rows
from losscli.compute.statistics.intervals.bounds import check_finite, check_tail
from losscli.compute.statistics.special import (
    binomial_cdf,
    binomial_sf,
    log,
    normal_cdf,
    normal_upper_quantile,
)

POWER = 0.8
_COUNTABLE = 1e12  # beyond, one row more or less is not seen by a float


def rows_for(std: float, distance: float, tail: float, power: float = POWER) -> int | None:
    """Return ⌈((z_tail + z_power)·std/distance)²⌉; None for a distance of 0."""
    check_tail(tail)
    check_finite(std=std, distance=distance)
    if distance == 0.0:
        return None
    root = (normal_upper_quantile(tail) + normal_upper_quantile(1.0 - power)) * (std / distance)
    return math.ceil(root * root)


def rows_for_mean(
    std: float, distance: float, skewness: float | None, tail: float, power: float = POWER
) -> int | None:
    """Return what `rows_for` does, but no less than 30 and 25γ².

    `distance` is from the mean to the threshold. In clusters, std is the standard error times √G.
    """
    rows = rows_for(std, distance, tail, power)
    return None if rows is None else max(rows, least_rows(skewness))


def rows_for_proportion(k: int, n: int, threshold: float, tail: float, power: float = POWER) -> int | None:
    """Return the rows for k errors of n losses that are 0 or 1; without an error, those that show it.

    With errors s² = p(1 − p)n/(n − 1). None where k/n is the threshold, or none would be enough.
    """
    if k == 0:
        return rows_without_error(threshold, tail)
    if n < 2:
        return None
    share = k / n
    return rows_for(math.sqrt(share * (1.0 - share) * n / (n - 1)), share - threshold, tail, power)


def rows_without_error(threshold: float, tail: float) -> int | None:
    """Return ⌈log α/log(1 − T)⌉: so many rows without an error show a rate ≤ T. None for T ≤ 0."""
    check_tail(tail)
    if threshold <= 0.0:
        return None
    if threshold >= 1.0:
        return 1
    return _least(lambda n: binomial_cdf(0, n, threshold) <= tail, _ratio(tail, threshold))


def rows_for_upper_percentile(share: float, tail: float) -> int:
    """Return the least n that has an upper bound of the quantile: 59 for p95, 299 for p99, at 0.95."""
    check_tail(tail)
    return _least(lambda n: binomial_sf(n - 1, n, share) <= tail, log(tail) / log(share))


def rows_for_lower_percentile(share: float, tail: float) -> int:
    """Return the least n that has a lower bound of the quantile."""
    check_tail(tail)
    return _least(lambda n: binomial_cdf(0, n, share) <= tail, _ratio(tail, share))


def power(std: float, distance: float, n: float, tail: float) -> float:
    """Return the probability, by z, that a bound of n rows clears a threshold `distance` away."""
    check_tail(tail)
    check_finite(std=std, distance=distance)
    if std <= 0.0 or n <= 0.0:
        msg = f"std {std}, {n} rows"
        raise ValueError(msg)
    return normal_cdf(abs(distance) * math.sqrt(n) / std - normal_upper_quantile(tail))


def _ratio(tail: float, share: float) -> float:
    """Return log tail / log(1 − share)."""
    complement = 1.0 - share
    return log(tail) / (log(complement) if complement < 1.0 else -share)


def _least(holds: Callable[[int], bool], near: float) -> int:
    """Return the least n ≥ 1 from which on a condition holds, next to `near`."""
    n = max(1, math.ceil(near))
    if near > _COUNTABLE:
        return n
    while not holds(n):
        n += 1
    while n > 1 and holds(n - 1):
        n -= 1
    return n
