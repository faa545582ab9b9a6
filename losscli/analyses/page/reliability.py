"""Reliability: how often what was given a probability happened, in bins of about equally many rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from losscli.analyses.page.probabilities import BINS, Calibrated
from losscli.compute.statistics.intervals.bounds import Bounds
from losscli.compute.statistics.intervals.proportion import wilson
from losscli.compute.statistics.special import binomial_quantile, binomial_upper_quantile

SHOWN = 15
TAIL = 0.025
"""Of intervals and bands of 95 %, on either side."""


@dataclass(frozen=True, slots=True)
class Reliable:
    """Rows with probabilities next to each other.

    Attributes:
        low, high: between which their probabilities are.
        n: how many.
        events: of how many the event happened.
        probability: their mean probability.
        interval: of the share of events: Wilson's.
        band: where that share is in 95 of 100 times if the probabilities are right: binomial quantiles at
            their mean. As the probabilities of a bin differ, it is a little wider than it has to be.
    """

    low: float
    high: float
    n: int
    events: int
    probability: float
    interval: Bounds
    band: Bounds

    @property
    def share(self) -> float:
        """The share of events."""
        return self.events / self.n

    @property
    def off(self) -> bool:
        """Whether the share is outside of the band."""
        # A share is as near to its end as rounding allows, and belongs to it.
        return not self.band.low <= self.share <= self.band.high


def reliability(calibrated: Calibrated, most: int = SHOWN) -> tuple[Reliable, ...]:
    """Return at most so many bins of about equally many rows, made of the fixed ones, in order."""
    return tuple(_bins(calibrated, most))


def _bins(calibrated: Calibrated, most: int) -> Iterator[Reliable]:
    counts = calibrated.counts
    places = np.flatnonzero(counts)
    if not len(places):
        return
    rows = counts[places]
    # Where the middle of each fixed bin is among all rows says which bin it goes to. In integers.
    middles = 2 * np.cumsum(rows) - rows
    into = np.minimum(middles * most // (2 * int(rows.sum())), most - 1)
    for one in dict.fromkeys(into.tolist()):
        inside = places[into == one]
        n, events = int(counts[inside].sum()), int(calibrated.happened[inside].sum())
        probability = calibrated.mean(inside)
        yield Reliable(
            float(inside[0]) / BINS,
            float(inside[-1] + 1) / BINS,
            n,
            events,
            probability,
            wilson(events, n, TAIL),
            Bounds(
                binomial_quantile(TAIL, n, probability) / n,
                binomial_upper_quantile(TAIL, n, probability) / n,
            ),
        )


def mean_distance(bins: tuple[Reliable, ...]) -> float:
    """Return how far shares are from probabilities, on average over rows: the expected calibration error."""
    return sum(one.n * abs(one.share - one.probability) for one in bins) / sum(one.n for one in bins)
