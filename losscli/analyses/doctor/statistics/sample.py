"""Some rows that stand for all: up to `KEPT` different ones, each with how often it is there.

Which rows are kept depends on what is in them alone: those whose hashes are the least (Gibbons, VLDB
2001). So it changes with neither order nor blocks, and of inputs that have no more different rows all are
kept. What is read of them is read when all rows were seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from losscli.analyses.doctor.statistics.outputs import of_outputs
from losscli.common.array import Array

KEPT = 1 << 15
SAMPLED = f"; of more than {KEPT:,} different rows a sample of so many"
"""What declarations say of it."""
_LABEL, _PREDICTION = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1342543DE82EF95)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows by their hash, ascending.

    Attributes:
        hashes: uint64 `(rows,)`.
        label, prediction: float64 `(rows,)`.
        counts: int64 `(rows,)`.
    """

    hashes: Array
    label: Array
    prediction: Array
    counts: Array

    @staticmethod
    def of(label: Array, prediction: Array) -> Sample:
        """Return that of labels and predictions, float64 `(rows,)`."""
        hashes = _hashes(label, prediction)
        if len(hashes) > 4 * KEPT:
            # Of rows that mostly differ these are enough.
            few = np.flatnonzero(hashes < np.uint64((3 * KEPT << 63) // len(hashes)))
            found = _least(hashes[few], label[few], prediction[few])
            if len(found.hashes) == KEPT:
                return found
        return _least(hashes, label, prediction)

    def merge(self, later: Sample) -> Sample:
        """Return that of both."""
        one, other = self._below(later), later._below(self)
        if not len(other.hashes):
            return one
        if not len(one.hashes):
            return other
        hashes = np.concatenate((one.hashes, other.hashes))
        found, place, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        counts = np.concatenate((one.counts, other.counts))
        # Counts are whole numbers below 2⁵³: as float64 their sums are exact.
        counts = np.bincount(inverse, counts, len(found)).astype(np.int64)
        label, prediction = (
            np.concatenate(pair)[place[:KEPT]]
            for pair in ((one.label, other.label), (one.prediction, other.prediction))
        )
        return Sample(found[:KEPT], label, prediction, counts[:KEPT])

    def _below(self, other: Sample) -> Sample:
        """Return what of this can be among the least of both."""
        if len(other.hashes) < KEPT or not len(self.hashes) or self.hashes[-1] <= other.hashes[-1]:
            return self
        rows = slice(0, int(np.searchsorted(self.hashes, other.hashes[-1], "right")))
        return Sample(self.hashes[rows], self.label[rows], self.prediction[rows], self.counts[rows])

    @cached_property
    def n(self) -> int:
        """How many rows are kept, each as often as it is there."""
        return int(self.counts.sum())

    def mean(self, values: Array) -> float:
        """Return the mean of a number of each row."""
        return float((values * self.counts).sum()) / self.n

    def variance_of(self, values: Array) -> float:
        """Return the variance of a number of each row, divided by n."""
        apart = values - self.mean(values)
        return self.mean(apart * apart)

    @cached_property
    def label_mean(self) -> float:
        """The mean of y."""
        return self.mean(self.label)

    @cached_property
    def prediction_mean(self) -> float:
        """The mean of f."""
        return self.mean(self.prediction)

    @cached_property
    def variance(self) -> float:
        """Var y, divided by n."""
        return self.variance_of(self.label)

    @cached_property
    def prediction_variance(self) -> float:
        """Var f, divided by n."""
        return self.variance_of(self.prediction)

    @cached_property
    def covariance(self) -> float:
        """Cov(f, y), divided by n."""
        return self.mean((self.label - self.label_mean) * (self.prediction - self.prediction_mean))

    @cached_property
    def correlation(self) -> float | None:
        """That of labels and predictions; None where one of them is constant, or out of range."""
        scale = math.sqrt(self.variance) * math.sqrt(self.prediction_variance)
        found = self.covariance / scale if 0.0 < scale < math.inf else math.nan
        return None if math.isnan(found) else max(-1.0, min(1.0, found))

    @cached_property
    def continuous(self) -> bool:
        """Whether labels are numbers of which most occur once."""
        return 2 * len(np.unique(self.label)) > self.n

    def error(self, a: float, b: float = 0.0) -> float:
        """Return the mean of (a·f + b − y)²."""
        apart = (a * self.prediction + b) - self.label
        return self.mean(apart * apart)

    def gain(self, a: float, b: float = 0.0) -> float:
        """Return the z of the mean of (f − y)² − (a·f + b − y)², paired by row; NaN out of range."""
        f, y = self.prediction, self.label
        # As the product of the difference and the sum of both: what is squared may be large.
        gains = (f - (a * f + b)) * ((f - y) + ((a * f + b) - y))
        mean, variance = self.mean(gains), self.variance_of(gains)
        if self.n < 2 or not variance > 0.0:
            return math.copysign(math.inf, mean) if mean and self.n > 1 else 0.0
        return mean / math.sqrt(variance / (self.n - 1))


def _hashes(label: Array, prediction: Array) -> Array:
    """Return what splitmix64 makes of the bits of both; −0 is 0."""
    found = (label + 0.0).view(np.uint64) * _LABEL
    found ^= found >> np.uint64(32)
    found += (prediction + 0.0).view(np.uint64) * _PREDICTION
    found ^= found >> np.uint64(30)
    found *= _FIRST
    found ^= found >> np.uint64(27)
    found *= _SECOND
    found ^= found >> np.uint64(31)
    return found


def _least(hashes: Array, label: Array, prediction: Array) -> Sample:
    found, place, counts = np.unique(hashes, return_index=True, return_counts=True)
    place = place[:KEPT]
    return Sample(found[:KEPT], label[place] + 0.0, prediction[place] + 0.0, counts[:KEPT].astype(np.int64))


def _empty() -> Sample:
    return Sample(np.zeros(0, np.uint64), np.zeros(0), np.zeros(0), np.zeros(0, np.int64))


SAMPLE = of_outputs("sample", _empty, Sample.of)
