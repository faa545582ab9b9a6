"""Whether one number of each sample is above another: the mean of their differences, and how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from losscli.common.array import Array
from losscli.compute.statistics.exact_sum import ExactSum, power_sums


@dataclass(frozen=True, slots=True)
class Gain:
    """Exact sums of differences; those of no samples by default."""

    n: int = 0
    sum: ExactSum = field(default_factory=ExactSum)
    squares: ExactSum = field(default_factory=ExactSum)

    @staticmethod
    def of(differences: Array) -> Gain:
        """Return those of finite differences `(rows,)`."""
        return Gain(len(differences), *power_sums(differences)) if len(differences) else Gain()

    def merge(self, later: Gain) -> Gain:
        """Return those of both."""
        return Gain(self.n + later.n, self.sum.merge(later.sum), self.squares.merge(later.squares))

    @property
    def mean(self) -> float:
        """The mean difference; 0 of none."""
        return float(self.sum.read() / self.n) if self.n else 0.0

    @property
    def z(self) -> float:
        """How far the mean is above 0, in standard errors."""
        if self.n < 2:
            return 0.0
        mean = self.sum.read() / self.n
        variance = self.squares.read() / self.n - mean * mean
        if variance <= 0:
            return math.inf if mean > 0 else 0.0
        return float(mean) / math.sqrt(float(variance) / (self.n - 1))
