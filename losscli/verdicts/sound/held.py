"""A number beside its threshold, and how sure it is: what a gate with a confidence comes down to."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from losscli.compute.statistics.estimate import Estimate
from losscli.compute.statistics.intervals import pairs, percentile, proportion
from losscli.compute.statistics.intervals.anytime import anytime_one_sided, anytime_width_one_sided
from losscli.compute.statistics.intervals.approximation import LEAST_ROWS, least_rows, may_decide
from losscli.compute.statistics.intervals.bounds import Bounds
from losscli.compute.statistics.intervals.guarantee import maurer_pontil, maurer_pontil_width
from losscli.compute.statistics.intervals.mean import WideT
from losscli.compute.statistics.intervals.rows_needed import (
    POWER,
    rows_for,
    rows_for_lower_percentile,
    rows_for_mean,
    rows_for_proportion,
    rows_for_upper_percentile,
    rows_without_error,
)
from losscli.compute.statistics.special import normal_upper_quantile
from losscli.verdicts.sound.confidence import Confidence
from losscli.verdicts.sound.ordered import Ranked

NOTHING_VARIES = "nothing varies, so that nothing is known of how sure the figure is"
TOO_FEW = "less than two rows say nothing of how sure the figure is"
_NO_BOUND = "{} rows cannot pass it, whatever they are: such a percentile has no bound"
_MOST_ROWS = 1 << 40


@dataclass(frozen=True)
class Held:
    """A number and what it is held against.

    Attributes:
        value: the number; of a relative gate the distance from the baseline's threshold.
        threshold: of the number; infinite where no number is beyond it.
        method: what the bounds are called.
        bounds_at: returns both one-sided bounds, given the probability that each is wrong; None for none.
        p_below, p_above: return the one-sided p of "the true number is below (above) the threshold", given
            whether the threshold itself counts too; None where there is no p.
        rows: returns how many rows are needed, given the probability of an error, and whether the number is
            to be below the threshold; None where no number of rows is known to be enough.
        doubt: why the bounds are not to be relied upon; empty where they are.
        constant: whether nothing varies.
        in_clusters: whether rows needed are clusters.
        hopeless: returns why no such number of rows could pass, given the probability of an error and
            whether the number is to be below the threshold; empty where some could.
    """

    value: float
    threshold: float
    method: str
    bounds_at: Callable[[float], Bounds | None]
    p_below: Callable[[bool], float] | None = None
    p_above: Callable[[bool], float] | None = None
    rows: Callable[[float, bool], int | None] = lambda _alpha, _below: None
    doubt: str = ""
    constant: bool = False
    in_clusters: bool = False
    hopeless: Callable[[float, bool], str] = lambda _alpha, _below: ""


def of_estimate(
    found: Estimate,
    threshold: float,
    confidence: Confidence,
    *,
    span: tuple[float, float] | None = None,
) -> Held:
    """Return a mean beside its threshold.

    Args:
        found: the mean.
        threshold: what it is held against.
        confidence: which bounds are asked for.
        span: between which numbers every term is; needed for a guarantee.
    """
    value, error = found.value, found.standard_error
    name = (
        "anytime"
        if confidence.planned_rows is not None
        else "guarantee"
        if confidence.guarantee
        else "t"
        if found.by_t
        else "wide-t"
    )
    if error is None or found.std is None or not math.isfinite(error) or not math.isfinite(value):
        return Held(value, threshold, name, lambda _: None, doubt=TOO_FEW)
    if confidence.guarantee:
        assert span is not None
        return _guaranteed(found, threshold, span)
    if error == 0.0:
        constant = Bounds(value, value)
        return Held(value, threshold, name, lambda _: constant, doubt=NOTHING_VARIES, constant=True)
    doubt = doubt_of(found)
    if confidence.planned_rows is not None:
        return _anytime(found, threshold, confidence.planned_rows, doubt)
    wide = WideT(
        value, error, found.degrees, None if found.by_t else found.skewness, max(1, round(found.size))
    )
    return Held(
        value,
        threshold,
        name,
        wide.bounds,
        lambda _: wide.p_below(threshold),
        lambda _: wide.p_above(threshold),
        lambda alpha, _: _rows_for_mean(found, threshold, alpha),
        doubt,
        in_clusters=found.clusters is not None,
    )


def _spread(found: Estimate) -> float:
    """Return the standard deviation of one row, or of one cluster."""
    assert found.standard_error is not None
    assert found.std is not None
    if found.clusters is None and found.effective == found.size == found.n:
        return found.std
    return found.standard_error * math.sqrt(found.size)


def _rows_for_mean(found: Estimate, threshold: float, alpha: float) -> int | None:
    if not math.isfinite(threshold):
        return None
    rows = rows_for_mean(_spread(found), found.value - threshold, found.skewness, alpha)
    if rows is None or found.effective == found.size:
        return rows
    # The rule is about rows of equal weight.
    each = found.size / found.effective
    needed = rows_for(_spread(found), found.value - threshold, alpha)
    return None if needed is None else max(needed, math.ceil(least_rows(found.skewness) * each))


def doubt_of(found: Estimate) -> str:
    """Return why the mean of so many is not near enough to normal; nothing where it is."""
    if may_decide(found.effective, found.skewness):
        return ""
    called = _called(found)
    if found.effective < LEAST_ROWS:
        return f"{found.effective:.4g} {called} are too few, at least {LEAST_ROWS} are needed"
    assert found.skewness is not None
    return (
        f"{found.effective:.6g} {called} are too few for what is so skewed "
        f"({found.skewness:.3g}), at least {least_rows(found.skewness)} are needed"
    )


def _called(found: Estimate) -> str:
    if found.clusters is not None:
        return "clusters"
    return "rows" if found.effective == found.size else "effective rows"


def _anytime(found: Estimate, threshold: float, planned_rows: int, doubt: str) -> Held:
    value, spread, size = found.value, _spread(found), round(found.size)

    def rows(alpha: float, _below: bool) -> int | None:
        return _least(
            lambda n: anytime_width_one_sided(spread, n, alpha, planned_rows),
            spread,
            value - threshold,
            least_rows(found.skewness),
        )

    return Held(
        value,
        threshold,
        "anytime",
        lambda tail: anytime_one_sided(value, spread, size, tail, planned_rows),
        rows=rows,
        doubt=doubt,
        in_clusters=found.clusters is not None,
    )


def _guaranteed(found: Estimate, threshold: float, span: tuple[float, float]) -> Held:
    value, std, n = found.value, found.std or 0.0, round(found.n)
    value = min(max(value, span[0]), span[1])

    def rows(alpha: float, _below: bool) -> int | None:
        size = span[1] - span[0]
        return _least(lambda n: maurer_pontil_width(std, n, size, alpha), std, value - threshold, 2)

    return Held(
        value,
        threshold,
        "guarantee",
        lambda tail: maurer_pontil(value, std, n, span, tail),
        rows=rows,
    )


def _least(width: Callable[[int], float], spread: float, distance: float, least: int) -> int | None:
    """Return the least n from which on bounds so wide are likely to clear a distance; None where none is."""
    if distance == 0.0 or not math.isfinite(distance):
        return None
    chance = normal_upper_quantile(1.0 - POWER) * spread

    def enough(n: int) -> bool:
        return width(n) + chance / math.sqrt(n) <= abs(distance)

    high = max(2, least)
    if enough(high):
        return high
    while not enough(high):
        high *= 2
        if high > _MOST_ROWS:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def of_share(errors: int, n: int, threshold: float) -> Held:
    """Return how many losses of 0 and 1 are 1, beside a threshold: exact, whatever n is."""

    def rows(alpha: float, below: bool) -> int | None:
        if below:
            return rows_for_proportion(errors, n, threshold, alpha)
        return rows_for_proportion(n - errors, n, 1.0 - threshold, alpha)

    def hopeless(alpha: float, below: bool) -> str:
        least = rows_without_error(threshold if below else 1.0 - threshold, alpha)
        if least is None or n >= least:
            return ""
        return f"{n} rows cannot pass it, whatever they are: at least {least} are needed"

    at = min(max(threshold, 0.0), 1.0)
    return Held(
        errors / n,
        threshold,
        "clopper-pearson",
        partial(proportion.clopper_pearson, errors, n),
        lambda _: proportion.p_below(errors, n, at) if threshold <= 1.0 else 0.0,
        lambda _: proportion.p_above(errors, n, at) if threshold >= 0.0 else 0.0,
        rows,
        hopeless=hopeless,
    )


def of_shares(worse: int, better: int, found: Estimate, offset: float) -> Held:
    """Return by how much more losses of 0 and 1 are 1 than a baseline's on the same rows, and `offset`.

    `found` is the mean of the differences, less the offset.
    """
    n, at = round(found.n), min(max(offset, -1.0), 1.0)

    def bounds(tail: float) -> Bounds:
        low, high = pairs.tango(worse, better, n, tail)
        return Bounds(low - offset, high - offset)

    return Held(
        found.value,
        0.0,
        "tango",
        bounds,
        lambda _: pairs.p_below(worse, better, n, at),
        lambda _: pairs.p_above(worse, better, n, at),
        lambda alpha, _: rows_for(found.std, found.value, alpha) if found.std else None,
    )


def of_percentile(ranked: Ranked, share: float, value: float, threshold: float) -> Held:
    """Return a quantile beside a threshold, by the order of the losses: exact, whatever n is."""
    n = ranked.n

    def bounds(tail: float) -> Bounds:
        ranks = percentile.percentile_ranks(n, share, tail)
        return Bounds(
            -math.inf if ranks.low is None else ranked.at(ranks.low)[0],
            math.inf if ranks.high is None else ranked.at(ranks.high)[1],
        )

    def rows(alpha: float, below: bool) -> int | None:
        ranks = percentile.percentile_ranks(n, share, alpha)
        if (ranks.high if below else ranks.low) is not None:
            return None
        return (rows_for_upper_percentile if below else rows_for_lower_percentile)(share, alpha)

    return Held(
        value,
        threshold,
        "order-statistics",
        bounds,
        lambda equal: percentile.p_below(ranked.surely_below(threshold, equal=equal), n, share),
        lambda equal: percentile.p_above(ranked.maybe_below(threshold, equal=not equal), n, share),
        rows,
        hopeless=lambda alpha, below: "" if rows(alpha, below) is None else _NO_BOUND.format(n),
    )
