"""Two models' losses of 0 and 1 on the same rows: how many rows are worse, and how many better, of n.

McNemar's test in its exact form is the sign test of the rows that differ; see M. W. Fagerland, S. Lydersen,
P. Laake, BMC Med. Res. Methodol. 13 (2013) 91 for the mid-p. The interval is the score interval of T.
Tango, Statist. Med. 17 (1998) 891–908.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from losscli.compute.statistics.intervals.bounds import Bounds, check_tail
from losscli.compute.statistics.special import binomial_cdf, binomial_pmf, normal_sf, normal_upper_quantile


def mcnemar(worse: int, better: int) -> float:
    """Return the exact two-sided p: min(1, 2·P(K ≤ the smaller count)) of worse + better fair draws."""
    return min(1.0, 2.0 * binomial_cdf(min(worse, better), worse + better, 0.5))


def mcnemar_mid(worse: int, better: int) -> float:
    """Return the mid-p: the exact p, less the probability of the smaller count."""
    fewer, n = min(worse, better), worse + better
    if worse == better:
        return 1.0
    return 2.0 * binomial_cdf(fewer, n, 0.5) - binomial_pmf(fewer, n, 0.5)


def tango(worse: int, better: int, n: int, tail: float) -> Bounds:
    """Return the score interval of the difference of the two proportions, (worse − better)/n.

    Each end is found to the last bit by halving, with the four operations and roots alone.
    """
    check_tail(tail)
    _check(worse, better, n)
    z = normal_upper_quantile(tail)
    estimate = (worse - better) / n
    return Bounds(
        _last(estimate, -1.0, lambda d: tango_z(worse, better, n, d) <= z),
        _last(estimate, 1.0, lambda d: tango_z(worse, better, n, d) >= -z),
    )


def tango_z(worse: int, better: int, n: int, difference: float) -> float:
    """Return Tango's score of a supposed difference in [−1, 1]: standard normal where it is the true one."""
    _check(worse, better, n)
    distance = worse - better - n * difference
    if distance == 0.0:
        return 0.0
    # 2n·q² + B·q − C = 0 is solved by the share q of rows that are better, were the difference true.
    b = (2 * n - worse + better) * difference - worse - better
    c = better * difference * (1.0 - difference)
    root = math.sqrt(max(b * b + 8.0 * n * c, 0.0))
    share = (root - b) / (4.0 * n) if b <= 0.0 else 2.0 * c / (root + b)
    variance = n * (2.0 * share + difference * (1.0 - difference))
    return distance / math.sqrt(variance) if variance > 0.0 else math.copysign(math.inf, distance)


def p_below(worse: int, better: int, n: int, difference: float = 0.0) -> float:
    """Return Tango's one-sided p of "the true difference is below": < α where the upper bound is."""
    return normal_sf(-tango_z(worse, better, n, difference))


def p_above(worse: int, better: int, n: int, difference: float = 0.0) -> float:
    """Return Tango's one-sided p of "the true difference is above": < α where the lower bound is."""
    return normal_sf(tango_z(worse, better, n, difference))


def _last(inside: float, outside: float, holds: Callable[[float], bool]) -> float:
    """Return the last number towards `outside` for which a condition holds that holds at `inside`."""
    if holds(outside):
        return outside
    while True:
        middle = inside + 0.5 * (outside - inside)
        if middle in (inside, outside):
            return inside
        if holds(middle):
            inside = middle
        else:
            outside = middle


def _check(worse: int, better: int, n: int) -> None:
    if worse < 0 or better < 0 or not 0 < n >= worse + better:
        msg = f"{worse} worse and {better} better of {n}"
        raise ValueError(msg)
