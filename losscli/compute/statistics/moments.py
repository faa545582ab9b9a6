"""Sum, mean, standard deviation and range of the losses, from exact sums, each rounded once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from losscli.common.array import Array
from losscli.compute.statistics.exact_sum import ExactSum, power_sums, rounded, squared_weight_sums

_ZERO = ExactSum.empty()


@dataclass(frozen=True, slots=True)
class Weighted:
    """What the standard error of a weighted mean needs besides; a commutative monoid.

    `rows` counts the samples of positive weight with a finite loss; `weights`, `first` and `second` are
    Σw², Σw²·l and Σw²·l² over them, each w² rounded.
    """

    rows: int = 0
    weights: ExactSum = _ZERO
    first: ExactSum = _ZERO
    second: ExactSum = _ZERO

    @staticmethod
    def of(losses: Array, weights: Array) -> Weighted:
        """Return what is known of one block: losses and weights float64 `(rows,)`, finite, weights ≥ 0."""
        return Weighted(int(np.count_nonzero(weights)), *squared_weight_sums(weights, losses))

    def merge(self, other: Weighted) -> Weighted:
        """Return what is known of both."""
        return Weighted(
            self.rows + other.rows,
            self.weights.merge(other.weights),
            self.first.merge(other.first),
            self.second.merge(other.second),
        )


@dataclass(frozen=True, slots=True)
class Moments:
    """What is known of the losses of `n` samples: a commutative monoid of exact figures.

    `weights`, `first` and `second` are Σw, Σw·l and Σw·l² over the finite losses of positive weight
    and, for Σw, over all; `above` and `below` count the losses of +inf and −inf of positive weight.
    Without weights w is 1, and `weighted` is None. An infinite loss of weight 0 adds nothing
    to a sum, but is in `n` and in the range.
    """

    n: int = 0
    weights: ExactSum = _ZERO
    first: ExactSum = _ZERO
    second: ExactSum = _ZERO
    low: float = math.inf
    high: float = -math.inf
    above: int = 0
    below: int = 0
    weighted: Weighted | None = None

    @staticmethod
    def empty() -> Moments:
        """Return what is known of no sample."""
        return _EMPTY

    @staticmethod
    def of(
        losses: Array, weights: Array | None = None, sums: tuple[ExactSum, ExactSum] | None = None
    ) -> Moments:
        """Return the moments of one block: losses and weights float64 `(rows,)`, weights finite and ≥ 0.

        `sums` are Σw·l and Σw·l² of the finite losses, where they are known.

        Raises ValueError for a NaN, and for a weight that is negative or not finite.
        """
        if not len(losses):
            return _EMPTY
        if weights is not None and not weights.min() >= 0.0:
            msg = "weights must be ≥ 0"
            raise ValueError(msg)
        # Adding 0 turns −0 into 0: which of the two a minimum returns would depend on the order.
        low, high = float(losses.min()) + 0.0, float(losses.max()) + 0.0
        if math.isnan(low):
            msg = "a loss is NaN"
            raise ValueError(msg)
        n = len(losses)
        weight_sum = ExactSum.of_integer(n) if weights is None else ExactSum.of(weights)
        above = below = 0
        if math.isinf(low) or math.isinf(high):
            counted = True if weights is None else weights > 0.0
            above = int(np.count_nonzero((losses == math.inf) & counted))
            below = int(np.count_nonzero((losses == -math.inf) & counted))
            finite = np.isfinite(losses)
            losses, weights = losses[finite], None if weights is None else weights[finite]
        span = None if above or below or len(losses) < n else (low, high)
        first, second = sums or power_sums(losses, weights, span=span)
        weighted = None if weights is None else Weighted.of(losses, weights)
        return Moments(n, weight_sum, first, second, low, high, above, below, weighted)

    def merge(self, other: Moments) -> Moments:
        """Return what is known of both."""
        return Moments(
            self.n + other.n,
            self.weights.merge(other.weights),
            self.first.merge(other.first),
            self.second.merge(other.second),
            min(self.low, other.low),
            max(self.high, other.high),
            self.above + other.above,
            self.below + other.below,
            _both(self.weighted, other.weighted),
        )

    @property
    def weight_sum(self) -> float:
        """Σw: `n` without weights."""
        return float(self.weights)

    @property
    def sum(self) -> float:
        """Σ w·l; ±inf if a loss is infinite or the sum beyond float64, NaN if losses of both signs are."""
        infinite = self._infinite()
        return float(self.first) if infinite is None else infinite

    @property
    def mean(self) -> float:
        """Σ w·l / Σ w, rounded once, also where Σ w·l is beyond float64; NaN where Σ w is 0."""
        if not self.weights.mantissa:
            return math.nan
        infinite = self._infinite()
        return rounded(self.first.read() / self.weights.read()) if infinite is None else infinite

    @property
    def std(self) -> float | None:
        """The root of Σ w(l − mean)² / (Σw − 1), rounded once; None if Σw ≤ 1, NaN if a loss is infinite."""
        weight = self.weights.read()
        if weight <= 1:
            return None
        if self._infinite() is not None:
            return math.nan
        first = self.first.read()
        return root((self.second.read() - first * first / weight) / (weight - 1))

    @property
    def standard_error(self) -> float | None:
        """How far `mean` may be from that of all samples there could be: its standard error, rounded once.

        Without weights the root of Σ(l − mean)² / ((n − 1)·n), which is std / √n. With weights, linearised:
        the root of n/(n − 1)·Σ w²(l − mean)² / (Σw)² over the n samples of positive weight; a weight says
        how much a sample matters, not how often it was seen. None for less than two samples, and where a
        loss is infinite.
        """
        squared = self.weighted or Weighted(self.n, self.weights, self.first, self.second)
        n, weight = squared.rows, self.weights.read()
        if n < 2 or self._infinite() is not None:
            return None
        mean, first = self.first.read() / weight, squared.first.read()
        about = squared.second.read() - mean * (2 * first - mean * squared.weights.read())
        return root(about * n / ((n - 1) * weight * weight))

    @property
    def min(self) -> float:
        """The least loss, NaN if there is none."""
        return self.low if self.n else math.nan

    @property
    def max(self) -> float:
        """The largest loss, NaN if there is none."""
        return self.high if self.n else math.nan

    def _infinite(self) -> float | None:
        """Return what the infinite losses make of every sum, None if there are none."""
        if self.above and self.below:
            return math.nan
        if self.above or self.below:
            return math.inf if self.above else -math.inf
        return None


_EMPTY = Moments()


def _both(one: Weighted | None, other: Weighted | None) -> Weighted | None:
    """Return what is known of both; of no samples, and of samples without weights, there is nothing."""
    return one.merge(other) if one is not None and other is not None else one or other


def root(square: Fraction) -> float:
    """Return √square, rounded once.

    The integer root has more bits than float64 holds, and its last bit says whether anything was
    cut off, so that the rounding of the quotient sees every tie as what it is.
    """
    numerator, denominator = square.numerator, square.denominator
    places = (112 - numerator.bit_length() + denominator.bit_length()) // 2
    if places >= 0:
        whole, rest = divmod(numerator << 2 * places, denominator)
    else:
        whole, rest = divmod(numerator, denominator << -2 * places)
    root = math.isqrt(whole)
    sticky = 2 * root | (root * root != whole or rest != 0)
    return rounded(Fraction(sticky) / Fraction(2) ** (places + 1))
