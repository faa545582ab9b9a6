"""How losses are spread, for a chart: counts in bins, in even steps or in octaves, and shares of the cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from losscli.common.array import Array
from losscli.compute.statistics.distribution import Ordered

BINS = 40
DECADES = 2.5
"""Losses that span more of them, from the 5th percentile to the largest, are shown in even ratios."""
SHARES = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Spread:
    """The losses in bins.

    Attributes:
        edges: of the bins, ascending; one more than there are bins.
        counts: the losses of each.
        log: whether edges have even ratios.
        zeros: losses that are 0 and below the first edge, where edges have ratios.
        infinite: those beyond every number.
        tied: whether so many losses are the median that clearly fewer than half are below it.
        shares: pairs of a share of the samples, the worst first, and their share of the sum of the losses;
            none where losses are negative or infinite, or all 0.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    log: bool
    zeros: int
    infinite: int
    shares: tuple[tuple[float, float], ...]
    tied: bool = False


def spread_of(ordered: Ordered) -> Spread | None:
    """Return how losses are spread; None without losses."""
    if not ordered.n:
        return None
    values = np.asarray(ordered.values)
    sizes = np.ones(len(values), dtype=np.int64) if ordered.ends is None else np.diff(ordered.ends, prepend=0)
    tied = _tied(values, sizes, ordered.n)
    finite = np.isfinite(values)
    infinite = int(sizes[~finite].sum())
    values, sizes = values[finite], sizes[finite]
    if not len(values):
        return Spread((), (), log=False, zeros=0, infinite=infinite, shares=(), tied=tied)
    low, high = float(values[0]), float(values[-1])
    zeros = int(sizes[values == 0.0].sum())
    positive = values > 0.0
    log = low >= 0.0 and bool(positive.any()) and spans(values[positive], sizes[positive])
    if log:
        values, sizes = values[positive], sizes[positive]
        edges = _ratios(float(at_share(values, sizes, 0.005)), high)
    else:
        zeros, edges = 0, np.linspace(low, high, BINS + 1) if high > low else np.array([low, high])
    counts = _counted(values, sizes, edges)
    return Spread(tuple(edges.tolist()), counts, log, zeros, infinite, _shares(ordered, infinite), tied)


def _tied(values: Array, sizes: Array, n: int) -> bool:
    """Whether half of the losses, ascending and so many of each, are not below their median."""
    upto = np.cumsum(sizes)
    middle = values[int(np.searchsorted(upto, n // 2, side="right"))]
    below = int(sizes[values < middle].sum())
    return 2 * below < n - 1 - n // 50


def at_share(values: Array, sizes: Array, share: float) -> float:
    """Return the value below which a share of them is, given ascending ones and how many are of each."""
    place = int(np.searchsorted(np.cumsum(sizes), share * sizes.sum(), side="left"))
    return float(values[min(place, len(values) - 1)])


def spans(values: Array, sizes: Array) -> bool:
    """Whether positive ascending values, so many of each, are so far apart that ratios show them better."""
    return math.log10(values[-1]) - math.log10(at_share(values, sizes, 0.05)) > DECADES


def _ratios(low: float, high: float) -> Array:
    if not high > low:
        return np.array([low, high])
    first, last = math.log(low), math.log(high)
    edges = np.exp(first + (last - first) * np.arange(BINS + 1) / BINS)
    edges[0], edges[-1] = low, high
    return np.asarray(edges)


def _counted(values: Array, sizes: Array, edges: Array) -> tuple[int, ...]:
    """Return how many there are in each bin; the outer ones have what is beyond them."""
    places = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    return tuple(np.bincount(places, weights=sizes, minlength=len(edges) - 1).astype(np.int64).tolist())


def _shares(ordered: Ordered, infinite: int) -> tuple[tuple[float, float], ...]:
    if infinite or float(ordered.values[0]) < 0.0:
        return ()
    values, sizes = ordered.largest(ordered.n)
    # Divided first: a sum of the largest numbers would be infinite.
    top = float(values.max())
    if top == 0.0:
        return ()
    scaled = values / top * sizes
    total = float(scaled.sum())
    return tuple(
        (share, _of_worst(ordered, share, top) / total) for share in SHARES if share * ordered.n >= 1
    )


def _of_worst(ordered: Ordered, share: float, top: float) -> float:
    """Return what the worst losses add up to; of a sample that a share cuts in two, that part of its loss."""
    whole, part = divmod(round(1000 * share) * ordered.n, 1000)
    found = _of_largest(ordered, whole, top)
    if part:
        found += (_of_largest(ordered, whole + 1, top) - found) * part / 1000
    return found


def _of_largest(ordered: Ordered, k: int, top: float) -> float:
    values, sizes = ordered.largest(k)
    return float((values / top * sizes).sum())


def share_of_worst(spread: Spread, samples: float) -> float | None:
    """Return the share of the cost that so many of the samples carry, one of `SHARES`; None if unknown."""
    found: Sequence[float] = [cost for share, cost in spread.shares if share == samples]
    return found[0] if found else None
