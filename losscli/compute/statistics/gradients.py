"""How hard samples pull at their predictions: the gradients of a block, as exact sums and a distribution.

The pull of a sample is the size of its gradient: of one column the absolute value, of several the
Euclidean length. With weights the gradient of a sample is taken times its weight, which is how it enters
the gradient of a cost; what else stands before it there, one factor for all samples, is applied when
figures are read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from losscli.common.array import Array
from losscli.compute.statistics.distribution import Distribution
from losscli.compute.statistics.exact_sum import ExactSum, rounded
from losscli.compute.statistics.moments import root

_ZERO = ExactSum.empty()
_WHOLE = Fraction(1)


def weighted(gradients: Array, weights: Array | None) -> Array:
    """Return each sample's gradient times its weight, rounded; a weight of 0 makes nothing of an infinity.

    `gradients` is float64 `(rows,)` or `(rows, columns)`, `weights` `(rows,)`, or None for no change.
    """
    if weights is None:
        return gradients
    each = weights if gradients.ndim == 1 else weights[:, None]
    with np.errstate(all="ignore"):
        return np.where(each == 0.0, 0.0, each * gradients)


def sizes_of(gradients: Array) -> Array:
    """Return the pull of each sample `(rows,)`; neither overflows nor vanishes where a square would."""
    if gradients.ndim == 1:
        return np.abs(gradients)
    with np.errstate(all="ignore"):
        return np.asarray(np.hypot.reduce(gradients, axis=1, initial=0.0))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the exact Σ w·g of its finite entries, and how many entries are +inf and −inf."""

    sum: ExactSum = _ZERO
    above: int = 0
    below: int = 0

    def merge(self, other: Column) -> Column:
        """Return what is known of both."""
        return Column(self.sum.merge(other.sum), self.above + other.above, self.below + other.below)


@dataclass(frozen=True, slots=True)
class Pull:
    """What is known of the gradients of `n` samples: a commutative monoid of exact figures.

    Attributes:
        n: the samples.
        columns: what is known of each column; none before the first sample.
        squares: the exact Σ (w·g)² of all finite entries, w·g rounded.
        total: the exact sum of the finite sizes.
        sizes: the sizes, one a sample.
        largest: the largest |w·g| of all entries.
        zeros: the samples whose gradient is 0 in every column.
        infinite: the samples whose size is infinite.
    """

    n: int = 0
    columns: tuple[Column, ...] = ()
    squares: ExactSum = _ZERO
    total: ExactSum = _ZERO
    sizes: Distribution = Distribution()  # noqa: RUF009 - frozen, and the empty one is always the same
    largest: float = 0.0
    zeros: int = 0
    infinite: int = 0

    @staticmethod
    def empty() -> Pull:
        """Return what is known of no sample."""
        return _EMPTY

    @staticmethod
    def of(gradients: Array, weights: Array | None = None) -> Pull:
        """Return the pull of one block.

        Args:
            gradients: float64 `(rows,)` or `(rows, columns)`, infinities allowed.
            weights: float64 `(rows,)`, finite and ≥ 0, or None.

        Raises:
            ValueError: for a NaN.
        """
        if not len(gradients):
            return _EMPTY
        entries = weighted(gradients, weights)
        sizes = sizes_of(entries)
        largest = float(np.abs(entries).max())
        if math.isnan(largest):
            msg = "a gradient is NaN"
            raise ValueError(msg)
        finite = math.isfinite(largest)
        flat = entries.reshape(-1) if entries.flags.c_contiguous else entries.ravel()
        limited = sizes if math.isfinite(float(sizes.max())) else sizes[np.isfinite(sizes)]
        by_column = gradients.reshape(len(gradients), -1).T
        return Pull(
            len(gradients),
            tuple(_column(gradient, weights) for gradient in by_column),
            ExactSum.of_squares(flat if finite else flat[np.isfinite(flat)]),
            ExactSum.of(limited),
            Distribution.of(sizes),
            largest,
            len(sizes) - int(np.count_nonzero(sizes)),
            len(sizes) - len(limited),
        )

    def merge(self, other: Pull) -> Pull:
        """Return what is known of both. Raises ValueError if they have different columns."""
        if not self.n or not other.n:
            return self if self.n else other
        if len(self.columns) != len(other.columns):
            msg = f"gradients of {len(self.columns)} and of {len(other.columns)} columns do not merge"
            raise ValueError(msg)
        return Pull(
            self.n + other.n,
            tuple(mine.merge(its) for mine, its in zip(self.columns, other.columns, strict=True)),
            self.squares.merge(other.squares),
            self.total.merge(other.total),
            self.sizes.merge(other.sizes),
            max(self.largest, other.largest),
            self.zeros + other.zeros,
            self.infinite + other.infinite,
        )

    def means(self, factor: Fraction = _WHOLE) -> tuple[float, ...]:
        """Return the mean of each column times `factor`, rounded once; NaN without samples.

        Infinite where entries of one sign are, NaN where entries of both signs are.
        """
        return tuple(self._mean(column, factor) for column in self.columns)

    def norm(self, factor: Fraction = _WHOLE) -> float:
        """Return the root of the sum of the squares of all entries times `factor`, rounded once."""
        if math.isinf(self.largest):
            return math.inf
        return root(self.squares.read() * factor * factor)

    def top_share(self, share: Fraction) -> float | None:
        """Return which part of the sum of all sizes the samples with the largest sizes have.

        Those are `share` of the samples, rounded up to whole ones. Exact, and rounded once, as long
        as the distribution of the sizes is; beyond that within 0.5 %. None where that sum is 0 or
        not finite.
        """
        if self.infinite or not self.total.mantissa:
            return None
        values, counts = self.sizes.ordered().largest(self.top_count(share))
        top = ExactSum.of_products(values, counts.astype(np.float64))
        return min(1.0, rounded(top.read() / self.total.read()))

    def top_count(self, share: Fraction) -> int:
        """Return how many samples `share` of them are, rounded up."""
        return math.ceil(self.n * share)

    def _mean(self, column: Column, factor: Fraction) -> float:
        if not self.n:
            return math.nan
        if column.above or column.below:
            sign = math.nan if column.above and column.below else 1.0 if column.above else -1.0
            return sign * math.inf if factor > 0 else -sign * math.inf
        return rounded(column.sum.read() * factor / self.n)


_EMPTY = Pull()


def _column(gradient: Array, weights: Array | None) -> Column:
    """Return the sum of one column of gradients `(rows,)` that may be infinite."""
    gradient = np.ascontiguousarray(gradient)
    above = below = 0
    # One pass for the usual case: what is not finite shows in the sum.
    with np.errstate(all="ignore"):
        finite_sum = np.isfinite(gradient.sum())
    if not finite_sum:
        counted = np.ones(len(gradient), dtype=np.bool_) if weights is None else weights > 0.0
        above = int(np.count_nonzero((gradient == math.inf) & counted))
        below = int(np.count_nonzero((gradient == -math.inf) & counted))
        finite = np.isfinite(gradient)
        gradient, weights = gradient[finite], None if weights is None else weights[finite]
    if weights is None:
        return Column(ExactSum.of(gradient), above, below)
    return Column(ExactSum.of_products(weights, gradient), above, below)
