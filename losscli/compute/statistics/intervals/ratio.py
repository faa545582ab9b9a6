"""The interval of a relative difference: E. C. Fieller, J. R. Statist. Soc. B 16 (1954) 175–185."""

from __future__ import annotations

import math

from losscli.compute.statistics.intervals.bounds import Bounds, check_finite


def fieller(
    difference: float,
    baseline: float,
    variances: tuple[float, float],
    covariance: float,
    quantiles: tuple[float, float],
) -> Bounds | None:
    """Return the interval of difference / |baseline|, two means.

    `variances` are the squares of their standard errors, `covariance` belongs to them, and `quantiles` are
    how many standard errors the interval of the difference is wide below and above it (`WideT.quantiles`).
    An end is on the same side of 0 as that of the difference. None where the baseline is not clearly away
    from 0: then what is compatible with the data is no interval.
    """
    check_finite(difference=difference, baseline=baseline, covariance=covariance)
    check_finite(variance=variances[0], variance_of_baseline=variances[1])
    if baseline < 0.0:
        baseline, covariance = -baseline, -covariance
    below, above = quantiles
    high = _upper(difference, baseline, variances, covariance, above)
    low = _upper(-difference, baseline, variances, -covariance, below)
    return None if low is None or high is None else Bounds(0.0 - low, high)


def _upper(
    difference: float, baseline: float, variances: tuple[float, float], covariance: float, quantile: float
) -> float | None:
    """Return the larger r of (d − r·b)² = q²(V_d − 2r·C + r²·V_b)."""
    if baseline == 0.0:
        return None
    # In units of the baseline nothing overflows that the result does not.
    d, q = difference / baseline, quantile * quantile
    of_d, of_b = variances[0] / baseline / baseline, variances[1] / baseline / baseline
    both = covariance / baseline / baseline
    lead = 1.0 - q * of_b
    if lead <= 0.0:
        return None
    middle = d - q * both
    # middle² − lead·(d² − q·of_d), without what cancels in it
    under = q * (of_d + d * d * of_b - 2.0 * d * both - q * (of_d * of_b - both * both))
    root = math.sqrt(max(under, 0.0))
    if middle >= 0.0:
        return (middle + root) / lead
    size = quantile * math.sqrt(of_d)
    return (d - size) * (d + size) / (middle - root)
