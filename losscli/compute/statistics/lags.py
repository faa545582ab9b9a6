"""Exact sums of products of neighbours: autocovariances of numbers in the order of their rows.

A monoid that is not commutative: `merge` takes what comes after, since neighbours have an order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from losscli.common.array import Array
from losscli.compute.statistics.error_free import Pair
from losscli.compute.statistics.exact_sum import ExactSum

_ZERO = ExactSum.empty()


@dataclass(frozen=True, slots=True, eq=False)
class Lags:
    """Σ dᵢ·dᵢ₊ₕ for h = 1 … `most`, of numbers d = high + low in their order.

    Attributes:
        most: the largest distance.
        n: how many numbers.
        products: the sums, one a distance.
        first, last: the first and the last numbers, `most` of each, `(2, numbers)`: high and low.
    """

    most: int
    n: int = 0
    products: tuple[ExactSum, ...] = ()
    first: Array = field(default_factory=lambda: np.zeros((2, 0)))
    last: Array = field(default_factory=lambda: np.zeros((2, 0)))

    @staticmethod
    def of(numbers: Pair, most: int) -> Lags:
        """Return what is known of a block: finite numbers, float64 `(rows,)`; an empty low part is 0."""
        high, low = numbers
        values = np.stack([high, low if len(low) else np.zeros(len(high))])
        rows = values.shape[1]
        products = tuple(
            _products(values[:, : rows - lag], values[:, lag:]) if lag < rows else _ZERO
            for lag in range(1, most + 1)
        )
        return Lags(most, rows, products, values[:, :most], values[:, max(0, rows - most) :])

    def merge(self, later: Lags) -> Lags:
        """Return what is known of these numbers and those that follow them."""
        if not self.n or not later.n:
            return self if self.n else later
        products = []
        for lag in range(1, self.most + 1):
            # Pairs of which the one number, so many places from the end, is here and the other there.
            near = max(1, lag + 1 - later.first.shape[1])
            held = self.last.shape[1]
            far = min(lag, held)
            across = _ZERO
            if near <= far:
                left = self.last[:, held - far : held - near + 1]
                across = _products(left, later.first[:, lag - far : lag - near + 1])
            products.append(self.products[lag - 1].merge(later.products[lag - 1]).merge(across))
        first = np.concatenate([self.first, later.first], axis=1)[:, : self.most]
        last = np.concatenate([self.last, later.last], axis=1)[:, -self.most :]
        return Lags(self.most, self.n + later.n, tuple(products), first, last)

    def covariances(self, total: Fraction) -> list[Fraction]:
        """Return γ₁ … γ_most, each divided by n, given Σ d; those of lags beyond n are 0."""
        if not self.n:
            return [Fraction(0)] * self.most
        mean = total / self.n
        found = []
        for lag in range(1, self.most + 1):
            if lag >= self.n:
                found.append(Fraction(0))
                continue
            without_last = total - _total(self.last[:, -lag:])
            without_first = total - _total(self.first[:, :lag])
            centred = (
                self.products[lag - 1].read()
                - mean * (without_last + without_first)
                + (self.n - lag) * mean * mean
            )
            found.append(centred / self.n)
        return found


def _products(left: Array, right: Array) -> ExactSum:
    total = ExactSum.of_products(left[0], right[0])
    for one, other in ((left[0], right[1]), (left[1], right[0]), (left[1], right[1])):
        if one.any() and other.any():
            total = total.merge(ExactSum.of_products(one, other))
    return total


def _total(values: Array) -> Fraction:
    return sum((Fraction(value) for value in values.ravel().tolist()), Fraction(0))
