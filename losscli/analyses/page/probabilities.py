"""Counts of probabilities in fixed bins, and of outcomes beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from losscli.common.array import Array

BINS = 4096
"""Equal ones on [0, 1]; the last one has its upper end."""
STEPS = 1 << 24
"""Of a bin: where a probability is in its own is counted in whole ones, which add up in any order."""


def bins_of(probability: Array) -> Array:
    """Return the bin of each probability, int64 `(rows,)`; what is beyond 0 and 1 is in the outer ones."""
    return np.clip((probability * BINS).astype(np.int64), 0, BINS - 1)


def _none() -> Array:
    return np.zeros(BINS, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """How often what was given a probability happened. A commutative monoid under `merge`.

    Attributes:
        counts: the rows of each bin, int64 `(BINS,)`.
        happened: those of which the event happened.
        steps: how far their probabilities are above the lower end of the bin, summed.
    """

    counts: Array = field(default_factory=_none)
    happened: Array = field(default_factory=_none)
    steps: Array = field(default_factory=_none)

    @staticmethod
    def of(probability: Array, event: Array) -> Calibrated:
        """Return the counts of rows: probabilities, and whether each event happened (a mask)."""
        places = bins_of(probability)
        steps = np.rint((np.clip(probability, 0.0, 1.0) * BINS - places) * STEPS)
        return Calibrated(
            np.bincount(places, minlength=BINS),
            np.bincount(places[event], minlength=BINS),
            # Floats add up integers exactly.
            np.bincount(places, weights=steps, minlength=BINS).astype(np.int64),
        )

    def merge(self, other: Calibrated) -> Calibrated:
        """Return the counts of both."""
        return Calibrated(
            self.counts + other.counts, self.happened + other.happened, self.steps + other.steps
        )

    def mean(self, places: Array) -> float:
        """Return the mean probability of the rows of some bins."""
        counts = self.counts[places]
        steps = int((counts * places).sum()) * STEPS + int(self.steps[places].sum())
        return steps / (BINS * STEPS * int(counts.sum()))


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """How often each class was predicted where each was true: int64, `(true, predicted)`."""

    counts: Array

    @staticmethod
    def of(label: Array, predicted: Array, classes: int) -> Confusion:
        """Return the counts of rows, given indices of classes."""
        places = label.astype(np.int64) * classes + predicted
        return Confusion(np.bincount(places, minlength=classes * classes).reshape(classes, classes))

    def merge(self, other: Confusion) -> Confusion:
        """Return the counts of both; of classes that only one has seen there are none in the other."""
        size = max(len(self.counts), len(other.counts))
        return Confusion(_grown(self.counts, size) + _grown(other.counts, size))

    def renumbered(self, numbers: Sequence[int]) -> Confusion:
        """Return the same counts where each class has another number, given that of each."""
        size = len(self.counts)
        places = np.array(numbers[:size], dtype=np.int64)
        found = _grown(np.zeros((0, 0), dtype=np.int64), 1 + int(places.max(initial=-1)))
        found[np.ix_(places, places)] = self.counts
        return Confusion(found)


def _grown(counts: Array, size: int) -> Array:
    if len(counts) == size:
        return counts
    found = np.zeros((size, size), dtype=np.int64)
    found[: len(counts), : len(counts)] = counts
    return found
