"""How probable the label of a row is, and that of a row a few places further on: one column a class.

All columns of a row less their mean: of probabilities that takes nothing away, and of logits what does not
count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

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
from losscli.analyses.doctor.statistics.shifts import z_of
from losscli.common.array import Array
from losscli.compute.statistics.exact_sum import ExactSum, power_sums, rounded

_ZERO = ExactSum.empty()
MOST = 64
"""Classes of which all products are summed."""
_PIECE = 1 << 18
UNIT, FAR = 1 << 12, 16.0
"""Products are of numbers rounded to 1/`UNIT`, up to ±`FAR`: their sums are whole and below 2⁵³."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Samples p that have a label k′ some places further on.

    Attributes:
        n: how many.
        sums: Σ p_k′, Σ d and Σ d², d = p_k′ − p_k.
        equal: in how many k′ is k.
    """

    n: int = 0
    sums: Sums = (_ZERO,) * 3
    equal: int = 0

    def merge(self, other: Moved) -> Moved:
        """Return what is known of both."""
        return Moved(self.n + other.n, added(self.sums, other.sums), self.equal + other.equal)

    @property
    def total(self) -> ExactSum:
        """Σ p_k′."""
        return self.sums[0]

    @property
    def z(self) -> float:
        """By how many standard errors p_k′ is above p_k, paired by sample."""
        return z_of(self.sums[1], self.sums[2], self.n)


@dataclass(frozen=True, slots=True, eq=False)
class ClassShifts:
    """What is known of rows and of their neighbours.

    Attributes:
        n: the rows that are looked at.
        counts: int64 `(classes,)`, how many have which label.
        columns: Σ p_j and Σ p_j² of each column.
        products: int64 `(classes, classes)`, Σ p_i·p_j in units, see `UNIT`; `(0, 0)` of too many classes.
        of_label: Σ p_k.
        moved: by shift.
        first, last: probabilities, labels and places of the first rows and of the last.
    """

    n: int = 0
    counts: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    columns: tuple[Sums, ...] = ()
    products: Array = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    of_label: ExactSum = _ZERO
    moved: tuple[Moved, ...] = (Moved(),) * len(SHIFTS)
    first: Ends = NO_ENDS
    last: Ends = NO_ENDS

    def merge(self, later: ClassShifts) -> ClassShifts:
        """Return what is known of these rows and those behind them."""
        if not self.n or not later.n:
            return self if self.n else later
        across = _neighbours(*together(self.last, later.first), len(self.last[0]))
        return ClassShifts(
            self.n + later.n,
            self.counts + later.counts,
            tuple(added(one, other) for one, other in zip(self.columns, later.columns, strict=True)),
            self.products + later.products,
            self.of_label.merge(later.of_label),
            tuple(
                one.merge(between).merge(other)
                for one, between, other in zip(self.moved, across, later.moved, strict=True)
            ),
            together(self.first, later.first, FIRST),
            together(self.last, later.last, LAST),
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
        """The standard deviation of a p_k were labels in any other order: √(Σ f_j Var p_j − Var Σ f_j p_j).

        Of more than `MOST` classes the latter is left out, which is more.
        """
        shares = self.shares.tolist()
        means = [rounded(total.read() / self.n) for total, _ in self.columns]
        squares = [rounded(square.read() / self.n) for _, square in self.columns]
        variance = math.fsum(
            share * (square - mean * mean) for share, mean, square in zip(shares, means, squares, strict=True)
        )
        if len(self.products):
            products = self.products / (float(self.n) * UNIT * UNIT)
            expected = math.fsum(
                one * other * (products[i, j] - means[i] * means[j])
                for i, one in enumerate(shares)
                for j, other in enumerate(shares)
            )
            variance -= max(0.0, expected)
        return math.sqrt(max(0.0, variance))

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


def _neighbours(p: Array, label: Array, row: Array, cut: int | None = None) -> tuple[Moved, ...]:
    return tuple(_moved(p, label, *pairs_of(row, shift, cut)) for shift in SHIFTS)


def _moved(p: Array, label: Array, here: Array | slice, there: Array | slice) -> Moved:
    y, other = label[here], label[there]
    if not len(y):
        return Moved()
    rows = np.arange(len(label))[here]
    theirs, ours = p[rows, other], p[rows, y]
    sums = (ExactSum.of(theirs), *power_sums(theirs - ours, powers=(1, 2)))
    return Moved(len(y), sums, int(np.count_nonzero(y == other)))


def _of(_: Setting, rows: Rows) -> ClassShifts:
    chosen = looked_at(rows.block.row)
    row = rows.block.row[chosen]
    if not len(row):
        return ClassShifts()
    p, label = centred(rows.prediction[chosen]), rows.classes[chosen]
    return ClassShifts(
        len(row),
        np.bincount(label, minlength=p.shape[1]),
        tuple(power_sums(column, powers=(1, 2)) for column in p.T),
        _products(p),
        ExactSum.of(p[np.arange(len(row)), label]),
        _neighbours(p, label, row),
        ends_of(p, label, row, FIRST),
        ends_of(p, label, row, LAST),
    )


def _products(p: Array) -> Array:
    if p.shape[1] > MOST:
        return np.zeros((0, 0), dtype=np.int64)
    found = np.zeros((p.shape[1], p.shape[1]), dtype=np.int64)
    for start in range(0, len(p), _PIECE):
        units = np.rint(np.clip(p[start : start + _PIECE], -FAR, FAR) * UNIT)
        found += (units.T @ units).astype(np.int64)
    return found


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
