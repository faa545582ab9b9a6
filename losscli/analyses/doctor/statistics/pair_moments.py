"""Sums of products of a label y and a prediction f: what any a·f + b would cost, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.compute.statistics.exact_sum import ExactSum

DEGREE = 4
Key = tuple[int, int]
KEYS: tuple[Key, ...] = tuple((i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i))


@dataclass(frozen=True, slots=True)
class PairMoments:
    """Σ fⁱ yʲ over the samples, i + j ≤ 4: each product is rounded, the sums are not.

    Attributes:
        n: the samples.
        sums: by (i, j).
        finite: whether every product was in the range of float64.
    """

    n: int = 0
    sums: dict[Key, ExactSum] = field(default_factory=dict)
    finite: bool = True

    def merge(self, later: PairMoments) -> PairMoments:
        """Return those of both."""
        if not self.n or not later.n:
            return self if self.n else later
        sums = {key: one.merge(later.sums[key]) for key, one in self.sums.items() if key in later.sums}
        return PairMoments(self.n + later.n, sums, self.finite and later.finite)

    def mean(self, i: int, j: int) -> Fraction:
        """Return the mean of fⁱ yʲ."""
        return self.sums[i, j].read() / self.n

    @property
    def variance(self) -> float:
        """Var y, divided by n."""
        return float(self.mean(0, 2) - self.mean(0, 1) ** 2)

    @property
    def prediction_variance(self) -> float:
        """Var f, divided by n."""
        return float(self.mean(2, 0) - self.mean(1, 0) ** 2)

    @property
    def covariance(self) -> float:
        """Cov(f, y), divided by n."""
        return float(self.mean(1, 1) - self.mean(1, 0) * self.mean(0, 1))

    @property
    def correlation(self) -> float | None:
        """That of labels and predictions; None where one of them is constant."""
        if not self.finite or not self.n:
            return None
        scale = math.sqrt(max(self.variance, 0.0)) * math.sqrt(max(self.prediction_variance, 0.0))
        return self.covariance / scale if scale > 0.0 else None

    def error(self, a: float, b: float = 0.0) -> float:
        """Return the mean of (a·f + b − y)²."""
        return float(self._mean(_squared(a, b)))

    def gain(self, a: float, b: float = 0.0) -> float:
        """Return the z of the mean of (f − y)² − (a·f + b − y)², paired by sample."""
        difference = _minus(_squared(1.0, 0.0), _squared(a, b))
        mean, square = self._mean(difference), self._mean(_times(difference, difference))
        variance = square - mean * mean
        if self.n < 2 or variance <= 0:
            return 0.0 if mean <= 0 else math.inf
        return float(mean) / math.sqrt(float(variance) / (self.n - 1))

    def _mean(self, polynomial: dict[Key, Fraction]) -> Fraction:
        return sum((factor * self.mean(*key) for key, factor in polynomial.items()), Fraction(0))


def _squared(a: float, b: float) -> dict[Key, Fraction]:
    """Return (a·f + b − y)² as a polynomial in f and y."""
    line = {(1, 0): Fraction(a), (0, 0): Fraction(b), (0, 1): Fraction(-1)}
    return _times(line, line)


def _times(one: dict[Key, Fraction], other: dict[Key, Fraction]) -> dict[Key, Fraction]:
    found: dict[Key, Fraction] = {}
    for (i, j), factor in one.items():
        for (k, m), by in other.items():
            key = (i + k, j + m)
            found[key] = found.get(key, Fraction(0)) + factor * by
    return found


def _minus(one: dict[Key, Fraction], other: dict[Key, Fraction]) -> dict[Key, Fraction]:
    return {
        key: one.get(key, Fraction(0)) - other.get(key, Fraction(0)) for key in dict.fromkeys((*one, *other))
    }


def _of(_: Setting, rows: Rows) -> PairMoments:
    if not len(rows):
        return PairMoments()
    sums = dict(_sums(rows))
    return PairMoments(len(rows), sums, len(sums) == len(KEYS))


def _sums(rows: Rows) -> Iterator[tuple[Key, ExactSum]]:
    """Yield the sums of all powers that are in range."""
    import numpy as np

    prediction, label = rows.prediction, rows.label
    with np.errstate(all="ignore"):
        ys = [np.ones(len(rows)), label, label * label]
        ys += [ys[2] * label, ys[2] * ys[2]]
        fs = [ys[0], prediction, prediction * prediction]
        fs += [fs[2] * prediction, fs[2] * fs[2]]
        for i, j in KEYS:
            product = fs[i] * ys[j]
            if np.isfinite(product.sum()):
                yield (i, j), ExactSum.of(product)


PAIR_MOMENTS = Statistic("pair_moments", lambda _: PairMoments(), _of, lambda setting: setting.one_number)
