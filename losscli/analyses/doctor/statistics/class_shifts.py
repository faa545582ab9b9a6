"""How probable the label of a row is, and that of a row a few places further on, where each class has a column.

All columns of a row less their mean: of probabilities that takes nothing away, and of logits what does not
count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.analyses.doctor.statistics.neighbours import REACH, SHIFTS, looked_at, pairs_of
from losscli.analyses.doctor.statistics.shifts import z_of
from losscli.common.array import Array
from losscli.compute.statistics.exact_sum import ExactSum, power_sums, rounded

_ZERO = ExactSum.empty()


@dataclass(frozen=True, slots=True)
class Moved:
    """Samples p that have a label k′ some places further on.

    Attributes:
        n: how many.
        total: Σ p_k′.
        gain, squares: Σ d and Σ d², d = p_k′ − p_k.
        equal: in how many k′ is k.
    """

    n: int = 0
    total: ExactSum = _ZERO
    gain: ExactSum = _ZERO
    squares: ExactSum = _ZERO
    equal: int = 0

    def merge(self, other: Moved) -> Moved:
        """Return what is known of both."""
        return Moved(
            self.n + other.n,
            self.total.merge(other.total),
            self.gain.merge(other.gain),
            self.squares.merge(other.squares),
            self.equal + other.equal,
        )

    @property
    def z(self) -> float:
        """By how many standard errors p_k′ is above p_k, paired by sample."""
        return z_of(self.gain, self.squares, self.n)


@dataclass(frozen=True, slots=True, eq=False)
class ClassShifts:
    """What is known of rows and of their neighbours.

    Attributes:
        n: the rows that are looked at.
        counts: int64 `(classes,)`, how many have which label.
        columns: Σ p_j and Σ p_j² of each column.
        of_label: Σ p_k.
        moved: by shift.
        first, last: probabilities, labels and places of the first rows and of the last.
        finite: whether all are numbers.
    """

    n: int = 0
    counts: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    columns: tuple[tuple[ExactSum, ...], ...] = ()
    of_label: ExactSum = _ZERO
    moved: tuple[Moved, ...] = (Moved(),) * len(SHIFTS)
    first: tuple[Array, ...] = ()
    last: tuple[Array, ...] = ()

    def merge(self, later: ClassShifts) -> ClassShifts:
        """Return what is known of these rows and those behind them."""
        if not self.n or not later.n:
            return self if self.n else later
        ends = tuple(np.concatenate(both) for both in zip(self.last, later.first, strict=True))
        across = _neighbours(*ends, cut=len(self.last[0]))
        return ClassShifts(
            self.n + later.n,
            self.counts + later.counts,
            tuple(
                (one[0].merge(other[0]), one[1].merge(other[1]))
                for one, other in zip(self.columns, later.columns, strict=True)
            ),
            self.of_label.merge(later.of_label),
            tuple(
                one.merge(between).merge(other)
                for one, between, other in zip(self.moved, across, later.moved, strict=True)
            ),
            _together(self.first, later.first, slice(None, REACH)),
            _together(self.last, later.last, slice(-REACH, None)),
        )

    @property
    def shares(self) -> Array:
        """The share of each class among the labels."""
        shares: Array = self.counts / self.n
        return shares

    @property
    def by_chance(self) -> float:
        """The mean of p_k were labels drawn without regard to the rows."""
        return math.fsum(
            share * rounded(total.read() / self.n)
            for share, (total, _) in zip(self.shares.tolist(), self.columns, strict=True)
        )

    @property
    def claimed(self) -> float:
        """The mean of p_k were each label drawn with the probabilities of its row."""
        return math.fsum(rounded(squares.read() / self.n) for _, squares in self.columns)

    @property
    def deviation(self) -> float:
        """The standard deviation of p_k were labels drawn without regard to the rows; what rows differ in
        expectation is in it, so that it may be too large.
        """
        square = math.fsum(
            share * rounded(squares.read() / self.n)
            for share, (_, squares) in zip(self.shares.tolist(), self.columns, strict=True)
        )
        return math.sqrt(max(0.0, square - self.by_chance**2))

    def relation(self, total: ExactSum, n: int) -> float:
        """Return by how many standard errors the mean of p_k, or p_k′, is above that by chance."""
        deviation = self.deviation
        if n < 2 or deviation <= 0.0:
            return 0.0
        return (rounded(total.read() / n) - self.by_chance) / deviation * math.sqrt(n)

    @property
    def related(self) -> float:
        """That of the labels of the rows themselves."""
        return self.relation(self.of_label, self.n)

    @property
    def serial_z(self) -> float:
        """How many neighbours have the same label, more than by chance, by its standard error."""
        near = self.moved[SHIFTS.index(1)]
        same = math.fsum(share * share for share in self.shares.tolist())
        scale = math.sqrt(same * (1.0 - same))
        return (near.equal / near.n - same) / scale * math.sqrt(near.n) if near.n and scale > 0.0 else 0.0


def _together(one: tuple[Array, ...], other: tuple[Array, ...], which: slice) -> tuple[Array, ...]:
    return tuple(np.concatenate(both)[which] for both in zip(one, other, strict=True))


def _neighbours(p: Array, label: Array, row: Array, cut: int | None = None) -> tuple[Moved, ...]:
    return tuple(_moved(p, label, *pairs_of(row, shift, cut)) for shift in SHIFTS)


def _moved(p: Array, label: Array, here: Array | slice, there: Array | slice) -> Moved:
    y, other = label[here], label[there]
    if not len(y):
        return Moved()
    rows = np.arange(len(label))[here]
    theirs, ours = p[rows, other], p[rows, y]
    gains = power_sums(theirs - ours, powers=(1, 2))
    return Moved(len(y), ExactSum.of(theirs), *gains, int(np.count_nonzero(y == other)))


def _of(_: Setting, rows: Rows) -> ClassShifts:
    chosen = looked_at(rows.block.row)
    row = rows.block.row[chosen]
    if not len(row):
        return ClassShifts()
    p, label = centred(rows.prediction[chosen]), rows.classes[chosen]
    ends = p, label, row
    return ClassShifts(
        len(row),
        np.bincount(label, minlength=p.shape[1]),
        tuple(power_sums(column, powers=(1, 2)) for column in p.T),
        ExactSum.of(p[np.arange(len(row)), label]),
        _neighbours(*ends),
        tuple(one[:REACH].copy() for one in ends),
        tuple(one[-REACH:].copy() for one in ends),
    )


def centred(prediction: Array) -> Array:
    """Return columns less the mean of their row, which is summed in their order."""
    mean = np.zeros(len(prediction))
    for column in prediction.T:
        mean += column
    mean /= prediction.shape[1]
    return prediction - mean[:, None]


def _sees(setting: Setting) -> bool:
    return setting.classes and not setting.by_id


CLASS_SHIFTS = Statistic("class_shifts", lambda _: ClassShifts(), _of, _sees)
