"""What predictions would cost beside the label of a row a few places further on, one number each."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.analyses.doctor.statistics.neighbours import (
    FIRST,
    LAST,
    NO_ENDS,
    SHIFTS,
    Ends,
    Sums,
    added,
    ends_of,
    looked_at,
    pairs_of,
    together,
)
from losscli.common.array import Array
from losscli.compute.statistics.exact_sum import ExactSum, power_sums, rounded

_ZERO = ExactSum.empty()
_NOT_FINITE: Sums = (_ZERO,) * 3


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows f and labels y′, some places further on, of the samples that have such.

    Attributes:
        n: how many.
        sums: Σ d, Σ d² and Σ f·y′, d = (f − y)² − (f − y′)².
        equal: in how many f is y′.
        finite: whether each d is a number.
    """

    n: int = 0
    sums: Sums = (_ZERO,) * 3
    equal: int = 0
    finite: bool = True

    def merge(self, other: Moved) -> Moved:
        """Return what is known of both."""
        finite = self.finite and other.finite
        sums = added(self.sums, other.sums) if finite else _NOT_FINITE
        return Moved(self.n + other.n, sums, self.equal + other.equal, finite)

    @property
    def gain(self) -> ExactSum:
        """Σ d."""
        return self.sums[0]

    @property
    def product(self) -> ExactSum:
        """Σ f·y′."""
        return self.sums[2]

    @property
    def z(self) -> float:
        """By how many standard errors (f − y′)² is less than (f − y)², paired by sample."""
        return z_of(self.sums[0], self.sums[1], self.n)


def z_of(total: ExactSum, squares: ExactSum, n: int) -> float:
    """Return the mean of numbers by its standard error, given their sum and that of their squares."""
    if n < 2:
        return 0.0
    mean = total.read() / n
    variance = squares.read() / n - mean * mean
    if variance <= 0:
        return math.copysign(math.inf, mean) if mean else 0.0
    return rounded(mean) / math.sqrt(rounded(variance / (n - 1)))


@dataclass(frozen=True, slots=True, eq=False)
class Shifts:
    """What is known of neighbours.

    Attributes:
        n: the rows that are looked at.
        sums: Σ y, Σ y², Σ f, Σ f², Σ f·y and Σ (f − y)².
        moved: by shift.
        serial: Σ y·y′, of the label one row further on.
        rising, falling: in how many neighbours the latter prediction is above the former, and below.
        finite: whether all squares are numbers.
        first, last: the first rows and the last.
    """

    n: int = 0
    sums: Sums = (_ZERO,) * 6
    moved: tuple[Moved, ...] = (Moved(),) * len(SHIFTS)
    serial: ExactSum = _ZERO
    rising: int = 0
    falling: int = 0
    finite: bool = True
    first: Ends = NO_ENDS
    last: Ends = NO_ENDS

    def merge(self, later: Shifts) -> Shifts:
        """Return what is known of these rows and those behind them."""
        if not self.n or not later.n:
            return self if self.n else later
        across = _neighbours(*together(self.last, later.first), len(self.last[0]))
        sums, finite = added(self.sums, later.sums), self.finite and later.finite
        return Shifts(
            self.n + later.n,
            sums if finite else (*sums[:-1], _ZERO),
            tuple(
                one.merge(between).merge(other)
                for one, between, other in zip(self.moved, across.moved, later.moved, strict=True)
            ),
            self.serial.merge(across.serial).merge(later.serial),
            self.rising + across.rising + later.rising,
            self.falling + across.falling + later.falling,
            finite,
            together(self.first, later.first, FIRST),
            together(self.last, later.last, LAST),
        )

    def mean(self, place: int) -> Fraction:
        """Return the mean of what a sum is of."""
        return self.sums[place].read() / self.n

    @property
    def error(self) -> float:
        """The mean squared error."""
        return rounded(self.mean(5))

    @property
    def variance(self) -> float:
        """Var y, divided by n."""
        return rounded(self.mean(1) - self.mean(0) ** 2)

    @property
    def spread(self) -> float:
        """Var f, divided by n."""
        return rounded(self.mean(3) - self.mean(2) ** 2)

    def relation(self, product: ExactSum, n: int) -> float:
        """Return r·√n of f and y, or y′, given Σ f·y of n rows."""
        if n < 2:
            return 0.0
        covariance = rounded(product.read() / n - self.mean(0) * self.mean(2))
        scale = math.sqrt(max(self.variance, 0.0)) * math.sqrt(max(self.spread, 0.0))
        return covariance / scale * math.sqrt(n) if scale > 0.0 else 0.0

    @property
    def related(self) -> float:
        """r·√n of predictions and their labels."""
        return self.relation(self.sums[4], self.n)

    @property
    def serial_z(self) -> float:
        """The correlation of labels with the next ones, by its standard error 1/√n."""
        n, variance = self.moved[SHIFTS.index(1)].n, self.variance
        if n < 2 or variance <= 0.0:
            return 0.0
        return rounded(self.serial.read() / n - self.mean(0) ** 2) / variance * math.sqrt(n)


def _neighbours(prediction: Array, label: Array, row: Array, cut: int | None = None) -> Shifts:
    """Return what is known of neighbours alone."""
    moved = tuple(_moved(prediction, label, *pairs_of(row, shift, cut)) for shift in SHIFTS)
    early, late = pairs_of(row, 1, cut)
    step = prediction[late] - prediction[early]
    return Shifts(
        moved=moved,
        serial=ExactSum.of_products(label[early], label[late]),
        rising=int(np.count_nonzero(step > 0)),
        falling=int(np.count_nonzero(step < 0)),
    )


def _moved(prediction: Array, label: Array, here: Array | slice, there: Array | slice) -> Moved:
    f, y, other = prediction[here], label[here], label[there]
    if not len(f):
        return Moved()
    equal = int(np.count_nonzero(f == other))
    with np.errstate(all="ignore"):
        gain = (f - y) ** 2 - (f - other) ** 2
    if not np.isfinite(gain).all():
        return Moved(len(f), _NOT_FINITE, equal, finite=False)
    sums = (*power_sums(gain, powers=(1, 2)), ExactSum.of_products(f, other))
    return Moved(len(f), sums, equal)


def _of(_: Setting, rows: Rows) -> Shifts:
    chosen = looked_at(rows.block.row)
    row = rows.block.row[chosen]
    if not len(row):
        return Shifts()
    label, prediction = rows.label[chosen], rows.prediction[chosen]
    with np.errstate(all="ignore"):
        error = (prediction - label) ** 2
    finite = bool(np.isfinite(error).all())
    near = _neighbours(prediction, label, row)
    sums = (
        *power_sums(label, powers=(1, 2)),
        *power_sums(prediction, powers=(1, 2)),
        ExactSum.of_products(prediction, label),
        ExactSum.of(error) if finite else _ZERO,
    )
    return replace(
        near,
        n=len(row),
        sums=sums,
        finite=finite,
        first=ends_of(prediction, label, row, FIRST),
        last=ends_of(prediction, label, row, LAST),
    )


def _sees(setting: Setting) -> bool:
    return setting.one_number and not setting.by_id


SHIFTS_OF_NUMBERS = Statistic("shifts", lambda _: Shifts(), _of, _sees)
