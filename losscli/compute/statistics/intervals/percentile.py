"""Bounds of a percentile by order statistics: ranks, by the binomial distribution.

H. A. David, H. N. Nagaraja, Order Statistics (2003), 7.1. No distribution of losses is assumed; with ties
the bounds are surer than said.
"""

from __future__ import annotations

from typing import NamedTuple

from losscli.compute.statistics.intervals.bounds import check_tail
from losscli.compute.statistics.special import (
    binomial_cdf,
    binomial_quantile,
    binomial_sf,
    binomial_upper_quantile,
)


class Ranks(NamedTuple):
    """Ranks from 1 to n of the ordered losses; None where no loss is a bound."""

    low: int | None
    high: int | None


def percentile_ranks(n: int, share: float, tail: float) -> Ranks:
    """Return the ranks of bounds of the quantile `share`, each wrong with probability ≤ `tail`."""
    check_tail(tail)
    low = binomial_quantile(tail, n, share)
    high = binomial_upper_quantile(tail, n, share) + 1
    return Ranks(low if low >= 1 else None, high if high <= n else None)


def coverage(n: int, share: float, ranks: tuple[int, int]) -> float:
    """Return the probability that the quantile of continuous losses is between the losses of two ranks."""
    return binomial_cdf(ranks[1] - 1, n, share) - binomial_cdf(ranks[0] - 1, n, share)


def p_below(below: int, n: int, share: float) -> float:
    """Return the p of "the quantile is below T", given how many losses are < T: P(K ≥ that many)."""
    return binomial_sf(below - 1, n, share)


def p_above(at_most: int, n: int, share: float) -> float:
    """Return the p of "the quantile is above T", given how many losses are ≤ T: P(K ≤ that many)."""
    return binomial_cdf(at_most, n, share)
