"""How sure the cost of one model is: standard error, interval, and the skewness that this allows for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from losscli.loss.spec import BoundLoss

if TYPE_CHECKING:
    from losscli.compute.statistics.estimate import Estimate
    from losscli.compute.statistics.intervals.bounds import Bounds


@dataclass(frozen=True, slots=True)
class Sure:
    """How sure a cost is.

    Attributes:
        standard_error: None for less than two samples, and where the cost has none.
        ci: the two ends of the interval; None where there is none, and where nobody asked for one.
        skewness: of what the mean is of (of the sums of clusters); None where all of it is equal.
        clusters: how many; None without.
        n_effective: how many samples of equal weight would tell as much; None without weights.
    """

    standard_error: float | None = None
    ci: tuple[float, float] | None = None
    skewness: float | None = None
    clusters: int | None = None
    n_effective: float | None = None


def sure_of(bound: BoundLoss, found: Estimate, level: float | None, *, importance: bool = False) -> Sure:
    """Return how sure a cost is.

    Args:
        bound: the loss, which says what a cost makes of a mean, and whether losses are 0 or 1.
        found: the mean of the losses.
        level: of the interval; None for none.
        importance: whether samples have weights that say how much they matter.
    """
    ends = None if level is None else interval_of(bound, found, level, importance=importance)
    return Sure(
        finished_error(bound, found.value, found.standard_error) if found.n else None,
        None if ends is None else finished(bound, ends),
        found.skewness,
        found.clusters,
        found.effective if importance and found.clusters is None and found.n else None,
    )


def interval_of(
    bound: BoundLoss, found: Estimate, level: float, *, importance: bool = False
) -> Bounds | None:
    """Return the interval of a mean of losses, with nothing made of it; None for less than two samples."""
    # Nobody else waits for them.
    from losscli.compute.statistics.intervals.bounds import Bounds, error_rate
    from losscli.compute.statistics.intervals.mean import WideT
    from losscli.compute.statistics.intervals.proportion import wilson

    tail = 0.5 * error_rate(level)
    if (
        found.standard_error is None
        or not math.isfinite(found.value)
        or not math.isfinite(found.standard_error)
    ):
        return None
    if bound.loss.indicator and not importance and found.clusters is None and not found.by_t:
        return wilson(int(found.mean * Fraction(found.n)), int(found.n), tail)
    if found.is_constant:
        return Bounds(found.value, found.value)
    skewness = None if found.by_t else found.skewness
    wide = WideT(found.value, found.standard_error, found.degrees, skewness, int(found.size))
    return wide.bounds(tail)


def finished(bound: BoundLoss, ends: Bounds) -> tuple[float, float] | None:
    """Return the interval of a cost, given that of the mean; None where an end is not finite.

    What a loss makes of its mean is monotone. No mean of losses that are never negative is below 0.
    """
    low, high = ends
    if bound.loss.finish is not None:
        if bound.non_negative:
            low, high = max(low, 0.0), max(high, 0.0)
        try:
            low, high = sorted((bound.finish(low), bound.finish(high)))
        except (ValueError, OverflowError):
            # A function of somebody's own, of a mean that it does not know.
            return None
    return (low + 0.0, high + 0.0) if math.isfinite(low) and math.isfinite(high) else None


def finished_error(bound: BoundLoss, mean: float, error: float | None) -> float | None:
    """Return the standard error of a cost: that of the mean, times the slope of the loss's `finish` there.

    None where it is not finite, and where the slope says nothing: at a cost of 0 under a root, and of a
    `finish` that declares no derivative.
    """
    if error is None:
        return None
    if bound.loss.finish is not None:
        slope = 0.0 if bound.loss.finish_derivative is None else bound.finish_derivative(mean)
        error = abs(slope) * error if slope else math.nan
    return error if math.isfinite(error) else None
