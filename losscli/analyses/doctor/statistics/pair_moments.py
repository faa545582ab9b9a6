"""Sums of products of a label y and a prediction f: what any a·f + b would cost, and how sure that is.

Up to degree 2 products are exact. Those of degree 3 and 4, of which only the variance of a gain is made,
are rounded row by row: what that can do to the variance is added to it. So a gain is never surer than it is,
however close labels and predictions are, and however far from 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from losscli.analyses.doctor.statistics.outputs import of_outputs
from losscli.common.array import Array
from losscli.compute.statistics.exact_sum import ExactSum, power_sums

DEGREE = 4
Key = tuple[int, int]
KEYS: tuple[Key, ...] = tuple((i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i))
ROUNDED = tuple(key for key in KEYS if sum(key) > 2)
LEAST, LARGEST = 2.0**-250, 2.0**250
"""Between these sizes is the largest label, and the largest prediction, of which a gain is told."""
UNIT = Fraction(1, 1 << 51)
"""At least what three roundings do to a product, by its size."""


@dataclass(frozen=True, slots=True)
class PairMoments:
    """Σ fⁱ yʲ over the samples, i + j ≤ 4.

    Attributes:
        n: the samples.
        sums: by (i, j), those of degree 3 and 4 only where all products were in the range of float64.
        f_size, y_size: the largest |f| and |y|.
    """

    n: int = 0
    sums: dict[Key, ExactSum] = field(default_factory=dict)
    f_size: float = 0.0
    y_size: float = 0.0

    def merge(self, later: PairMoments) -> PairMoments:
        """Return those of both."""
        if not self.n or not later.n:
            return self if self.n else later
        sums = {key: one.merge(later.sums[key]) for key, one in self.sums.items() if key in later.sums}
        sizes = max(self.f_size, later.f_size), max(self.y_size, later.y_size)
        return PairMoments(self.n + later.n, sums, *sizes)

    def mean(self, i: int, j: int) -> Fraction:
        """Return the mean of fⁱ yʲ; exact for i + j ≤ 2."""
        return self.sums[i, j].read() / self.n

    @property
    def label_mean(self) -> float:
        """The mean of y."""
        return float(self.mean(0, 1))

    @property
    def prediction_mean(self) -> float:
        """The mean of f."""
        return float(self.mean(1, 0))

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
    def in_range(self) -> bool:
        """Whether labels and predictions are of a size of which all can be told."""
        return all(LEAST <= size <= LARGEST for size in (self.f_size, self.y_size)) and len(self.sums) == len(
            KEYS
        )

    @property
    def correlation(self) -> float | None:
        """That of labels and predictions; None where one of them is constant, or out of range."""
        if not self.n or not self.in_range:
            return None
        scale = math.sqrt(self.variance) * math.sqrt(self.prediction_variance)
        return self.covariance / scale if scale > 0.0 else None

    def error(self, a: float, b: float = 0.0) -> float:
        """Return the mean of (a·f + b − y)²."""
        return float(self._mean(_squared(a, b)))

    def gain(self, a: float, b: float = 0.0) -> float:
        """Return the z of the mean of (f − y)² − (a·f + b − y)², paired by sample, or less."""
        difference = _minus(_squared(1.0, 0.0), _squared(a, b))
        mean, squared = self._mean(difference), _times(difference, difference)
        variance = self._mean(squared) + self._rounding(squared) - mean * mean
        if self.n < 2 or variance <= 0:
            return 0.0 if mean <= 0 or self.n < 2 else math.inf
        return float(mean) / math.sqrt(float(variance) / (self.n - 1))

    def _mean(self, polynomial: dict[Key, Fraction]) -> Fraction:
        return sum((factor * self.mean(*key) for key, factor in polynomial.items() if factor), Fraction(0))

    def _rounding(self, polynomial: dict[Key, Fraction]) -> Fraction:
        """Return what the rounding of products can have done to the mean of a polynomial, at most."""
        return UNIT * sum(
            (abs(factor) * self._size(*key) for key, factor in polynomial.items() if sum(key) > 2),
            Fraction(0),
        )

    def _size(self, i: int, j: int) -> Fraction:
        """Return what the mean of |fⁱ yʲ| does not exceed."""
        if i % 2 == 0 and j % 2 == 0:
            return self.mean(i, j)
        # 2 |u v| ≤ t u² + v²/t: with a size of f or y for t, where u and v are of different degree.
        if i + j == 3:
            size, (lower, upper) = Fraction(max(self.f_size, self.y_size)), _between(i, j)
            return (self._size(*lower) * size + self._size(*upper) / size) / 2
        return (self._size(i - 1, j + 1) + self._size(i + 1, j - 1)) / 2


def _between(i: int, j: int) -> tuple[Key, Key]:
    """Return the even products u² of degree 2 and v² of degree 4 of which |u v| is one of degree 3."""
    lower = (2, 0) if i >= 2 else (0, 2)
    return lower, (2 * i - lower[0], 2 * j - lower[1])


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


def _of(label: Array, prediction: Array) -> PairMoments:
    sizes = float(np.abs(prediction).max()), float(np.abs(label).max())
    return PairMoments(len(label), dict(_sums(label, prediction)), *sizes)


def _sums(label: Array, prediction: Array) -> Iterator[tuple[Key, ExactSum]]:
    """Yield the sums up to degree 2, and of the others those of which all products are in range."""
    yield (0, 0), ExactSum.of_integer(len(label))
    yield from zip(((1, 0), (2, 0)), power_sums(prediction), strict=True)
    yield from zip(((0, 1), (0, 2)), power_sums(label), strict=True)
    yield (1, 1), ExactSum.of_products(prediction, label)
    ys, fs = _powers(label), _powers(prediction)
    for i, j in ROUNDED:
        product = fs[i] * ys[j] if i and j else fs[i] if i else ys[j]
        try:
            yield (i, j), ExactSum.of(product)
        except ValueError:
            continue


def _powers(values: Array) -> tuple[Array, ...]:
    squares = values * values
    return values, values, squares, squares * values, squares * squares


PAIR_MOMENTS = of_outputs("pair_moments", PairMoments, _of, some=True)
