"""What predictions would cost beside the label of a row a few places further on, one number each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.analyses.doctor.statistics.neighbours import REACH, SHIFTS, looked_at, pairs_of
from losscli.common.array import Array
from losscli.compute.statistics.exact_sum import ExactSum, power_sums, rounded

_ZERO = ExactSum.empty()


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows f and labels y′, some places further on, of the samples that have such.

    Attributes:
        n: how many.
        gain, squares: Σ d and Σ d², d = (f − y)² − (f − y′)².
        product: Σ f·y′.
        equal: in how many f is y′.
        finite: whether each d is a number.
    """

    n: int = 0
    gain: ExactSum = _ZERO
    squares: ExactSum = _ZERO
    product: ExactSum = _ZERO
    equal: int = 0
    finite: bool = True

    def merge(self, other: Moved) -> Moved:
        """Return what is known of both."""
        return Moved(
            self.n + other.n,
            self.gain.merge(other.gain),
            self.squares.merge(other.squares),
            self.product.merge(other.product),
            self.equal + other.equal,
            self.finite and other.finite,
        )

    @property
    def z(self) -> float:
        """By how many standard errors (f − y′)² is less than (f − y)², paired by sample."""
        return z_of(self.gain, self.squares, self.n)


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
        error, label, square, prediction, prediction_square, product: Σ of (f − y)², y, y², f, f² and f·y.
        moved: by shift.
        serial: Σ y·y′, of the label one row further on.
        rising, falling: in how many neighbours the latter prediction is above the former, and below.
        ends: labels, predictions and places of the first rows and of the last.
        finite: whether all squares are numbers.
    """

    n: int = 0
    error: ExactSum = _ZERO
    label: ExactSum = _ZERO
    square: ExactSum = _ZERO
    prediction: ExactSum = _ZERO
    prediction_square: ExactSum = _ZERO
    product: ExactSum = _ZERO
    moved: tuple[Moved, ...] = (Moved(),) * len(SHIFTS)
    serial: ExactSum = _ZERO
    rising: int = 0
    falling: int = 0
    finite: bool = True
    first: tuple[Array, ...] = ()
    last: tuple[Array, ...] = ()

    def merge(self, later: Shifts) -> Shifts:
        """Return what is known of these rows and those behind them."""
        if not self.n or not later.n:
            return self if self.n else later
        ends = tuple(np.concatenate(both) for both in zip(self.last, later.first, strict=True))
        across = _neighbours(*ends, cut=len(self.last[0]))
        return Shifts(
            self.n + later.n,
            *(
                one.merge(other)
                for one, other in (
                    (self.error, later.error),
                    (self.label, later.label),
                    (self.square, later.square),
                    (self.prediction, later.prediction),
                    (self.prediction_square, later.prediction_square),
                    (self.product, later.product),
                )
            ),
            moved=tuple(
                one.merge(between).merge(other)
                for one, between, other in zip(self.moved, across.moved, later.moved, strict=True)
            ),
            serial=self.serial.merge(across.serial).merge(later.serial),
            rising=self.rising + across.rising + later.rising,
            falling=self.falling + across.falling + later.falling,
            finite=self.finite and later.finite,
            first=_together(self.first, later.first, slice(None, REACH)),
            last=_together(self.last, later.last, slice(-REACH, None)),
        )

    @property
    def variance(self) -> float:
        """Var y, divided by n."""
        return rounded(self.square.read() / self.n - (self.label.read() / self.n) ** 2)

    @property
    def spread(self) -> float:
        """Var f, divided by n."""
        return rounded(self.prediction_square.read() / self.n - (self.prediction.read() / self.n) ** 2)

    def relation(self, product: ExactSum, n: int) -> float:
        """Return r·√n of f and y, or y′, given Σ f·y of n rows."""
        if n < 2:
            return 0.0
        mean = self.label.read() * self.prediction.read() / (self.n * self.n)
        covariance = rounded(product.read() / n - mean)
        scale = math.sqrt(max(self.variance, 0.0)) * math.sqrt(max(self.spread, 0.0))
        return covariance / scale * math.sqrt(n) if scale > 0.0 else 0.0

    @property
    def related(self) -> float:
        """r·√n of predictions and their labels."""
        return self.relation(self.product, self.n)

    @property
    def serial_z(self) -> float:
        """The correlation of labels with the next ones, by its standard error 1/√n."""
        n, variance = self.moved[SHIFTS.index(1)].n, self.variance
        if n < 2 or variance <= 0.0:
            return 0.0
        mean = (self.label.read() / self.n) ** 2
        return rounded(self.serial.read() / n - mean) / variance * math.sqrt(n)


def _together(one: tuple[Array, ...], other: tuple[Array, ...], which: slice) -> tuple[Array, ...]:
    return tuple(np.concatenate(both)[which] for both in zip(one, other, strict=True))


def _neighbours(label: Array, prediction: Array, row: Array, cut: int | None = None) -> Shifts:
    """Return what is known of neighbours alone."""
    moved = tuple(_moved(label, prediction, *pairs_of(row, shift, cut)) for shift in SHIFTS)
    early, late = pairs_of(row, 1, cut)
    step = prediction[late] - prediction[early]
    return Shifts(
        moved=moved,
        serial=ExactSum.of_products(label[early], label[late]),
        rising=int(np.count_nonzero(step > 0)),
        falling=int(np.count_nonzero(step < 0)),
    )


def _moved(label: Array, prediction: Array, here: Array | slice, there: Array | slice) -> Moved:
    f, y, other = prediction[here], label[here], label[there]
    if not len(f):
        return Moved()
    equal = int(np.count_nonzero(f == other))
    with np.errstate(all="ignore"):
        gain = (f - y) ** 2 - (f - other) ** 2
    if not np.isfinite(gain).all():
        return Moved(len(f), equal=equal, finite=False)
    return Moved(len(f), *power_sums(gain, powers=(1, 2)), ExactSum.of_products(f, other), equal)


def _of(_: Setting, rows: Rows) -> Shifts:
    chosen = looked_at(rows.block.row)
    row = rows.block.row[chosen]
    if not len(row):
        return Shifts()
    label, prediction = rows.label[chosen], rows.prediction[chosen]
    with np.errstate(all="ignore"):
        error = (prediction - label) ** 2
    finite = bool(np.isfinite(error).all())
    near = _neighbours(label, prediction, row)
    ends = label, prediction, row
    return Shifts(
        len(row),
        ExactSum.of(error) if finite else _ZERO,
        *power_sums(label, powers=(1, 2)),
        *power_sums(prediction, powers=(1, 2)),
        ExactSum.of_products(prediction, label),
        near.moved,
        near.serial,
        near.rising,
        near.falling,
        finite,
        tuple(one[:REACH].copy() for one in ends),
        tuple(one[-REACH:].copy() for one in ends),
    )


def _sees(setting: Setting) -> bool:
    return setting.one_number and not setting.by_id


SHIFTS_OF_NUMBERS = Statistic("shifts", lambda _: Shifts(), _of, _sees)
