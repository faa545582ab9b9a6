"""What is looked at: exact counts over all rows, and a sample of rows for what needs an order.

A `Look` is a commutative monoid under `merge`: what it holds depends on the rows alone, not on
blocks or their order. Its sample is drawn by the numbers of the rows, so it is the same on every
run; up to `SAMPLE_ROWS` rows it is all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.compute.plan import Plan
from losscli.compute.row_losses import about, refused
from losscli.compute.statistics.drawn import mixed
from losscli.inputs.block import COUNTS, Block
from losscli.loss.numeric import row_sum
from losscli.loss.spec import BoundLoss

SAMPLE_ROWS = 1 << 15
SAMPLE_CELLS = 1 << 22
"""Of many columns fewer rows are kept, so that memory stays bounded."""
FEWEST = 256


@dataclass(frozen=True, slots=True)
class Spread:
    """The range of numbers, and how many of them are of a kind. Empty: from ∞ to −∞."""

    n: int = 0
    low: float = np.inf
    high: float = -np.inf
    zeros: int = 0
    ones: int = 0
    minus_ones: int = 0
    negative: int = 0
    whole: int = 0
    shares: int = 0
    """How many lie in [0, 1]."""

    @staticmethod
    def of(values: Array) -> Spread:
        """Return the spread of all numbers of an array."""
        if not values.size:
            return Spread()
        # Adding 0 turns −0 into 0: which of the two is the least would depend on the order.
        return Spread(
            values.size,
            float(values.min()) + 0.0,
            float(values.max()) + 0.0,
            int(np.count_nonzero(values == 0.0)),
            int(np.count_nonzero(values == 1.0)),
            int(np.count_nonzero(values == -1.0)),
            int(np.count_nonzero(values < 0.0)),
            int(np.count_nonzero(values == np.rint(values))),
            int(np.count_nonzero((values >= 0.0) & (values <= 1.0))),
        )

    def merge(self, other: Spread) -> Spread:
        """Return the spread of both."""
        return Spread(
            self.n + other.n,
            # Of sums, one may be ∞ − ∞; NumPy's least and largest are NaN then in any order.
            float(np.minimum(self.low, other.low)),
            float(np.maximum(self.high, other.high)),
            self.zeros + other.zeros,
            self.ones + other.ones,
            self.minus_ones + other.minus_ones,
            self.negative + other.negative,
            self.whole + other.whole,
            self.shares + other.shares,
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows kept as they are: those with the smallest keys, which are drawn from the row numbers."""

    key: Array
    row: Array
    label: Array
    prediction: Array

    @staticmethod
    def of(block: Block) -> Kept:
        """Return the rows of a block that are kept."""
        label, prediction = (
            array if block.classes and array.ndim == 1 else array.astype(np.float64, copy=False)
            for array in (block.label, block.prediction)
        )
        return Kept(mixed(block.row), block.row, label, prediction).cut()

    def merge(self, other: Kept) -> Kept:
        """Return what is kept of the rows of both."""
        pairs = zip(
            (self.key, self.row, self.label, self.prediction),
            (other.key, other.row, other.label, other.prediction),
            strict=True,
        )
        return Kept(*(np.concatenate(pair) for pair in pairs)).cut()

    def cut(self) -> Kept:
        """Return the rows with the smallest keys, as many as are kept."""
        width = sum(array.shape[1] if array.ndim == 2 else 1 for array in (self.label, self.prediction))
        most = max(FEWEST, min(SAMPLE_ROWS, SAMPLE_CELLS // width))
        if len(self.key) <= most:
            return self
        places = np.argpartition(self.key, most - 1)[:most]
        return Kept(self.key[places], self.row[places], self.label[places], self.prediction[places])

    def in_order(self) -> Kept:
        """Return the rows in the order of the file."""
        order = np.argsort(self.row, kind="stable")
        columns = (np.ascontiguousarray(array[order]) for array in (self.label, self.prediction))
        return Kept(self.key[order], self.row[order], *columns)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The rows that a loss does not accept: how many, and what is wrong with the first of them."""

    count: int
    row: int
    error: LosscliError

    def merge(self, other: Refusal) -> Refusal:
        """Return the refusals of both."""
        first = self if self.row <= other.row else other
        return Refusal(self.count + other.count, first.row, first.error)


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of labels and predictions after some rows.

    Attributes:
        n: the rows that count; `left_out`: those that are dropped or ignored.
        label, prediction: the range of the numbers, over all columns.
        sums: of predictions in several columns, the range of the sums of rows; `exp_sums`: of the sums
            of their exponentials, which are 1 for log-probabilities.
        soft: rows of label columns that are not all of one class.
        classes: how many labels each class has, by index; of label columns the one that is largest counts.
        right: predicted class names that are the label.
        refused: by spec, the rows that a loss does not accept.
        counted: the specs of losses that are about one row at least that they accept.
        kept: the sample.
    """

    n: int = 0
    left_out: int = 0
    label: Spread = field(default_factory=Spread)
    prediction: Spread = field(default_factory=Spread)
    sums: Spread = field(default_factory=Spread)
    exp_sums: Spread = field(default_factory=Spread)
    label_sums: Spread = field(default_factory=Spread)
    soft: int = 0
    classes: Mapping[int, int] = field(default_factory=dict)
    right: int = 0
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()
    kept: Kept | None = None

    def merge(self, other: Look) -> Look:
        """Return what is known after the rows of both."""
        refusals = dict(self.refused)
        for spec, refusal in other.refused.items():
            refusals[spec] = refusals[spec].merge(refusal) if spec in refusals else refusal
        both = {*self.classes, *other.classes}
        kept = self.kept or other.kept
        if self.kept is not None and other.kept is not None:
            kept = self.kept.merge(other.kept)
        return Look(
            self.n + other.n,
            self.left_out + other.left_out,
            self.label.merge(other.label),
            self.prediction.merge(other.prediction),
            self.sums.merge(other.sums),
            self.exp_sums.merge(other.exp_sums),
            self.label_sums.merge(other.label_sums),
            self.soft + other.soft,
            {place: self.classes.get(place, 0) + other.classes.get(place, 0) for place in sorted(both)},
            self.right + other.right,
            refusals,
            self.counted | other.counted,
            kept,
        )


@dataclass(frozen=True)
class Surveying:
    """The fold of a survey.

    Attributes:
        plan: the names of the inputs, for messages.
        losses: whose domains the rows are held against.
    """

    plan: Plan
    losses: tuple[BoundLoss, ...]

    def empty(self) -> Look:
        """Return what is known before the first row."""
        return Look()

    def rows(self, block: Block) -> None:
        """Nothing is computed row by row."""

    def of(self, block: Block, rows: None = None, earlier: Look | None = None) -> Look:
        """Return what a block shows; rows that are left out are counted alone."""
        del rows, earlier
        return look(self.plan, self.losses, block)


def look(plan: Plan, losses: tuple[BoundLoss, ...], block: Block) -> Look:
    """Return what a block shows.

    Args:
        plan: the names of the inputs, for messages.
        losses: whose domains the rows are held against.
        block: samples; those that are left out are counted alone.
    """
    counts = None if block.left_out is None else block.left_out == COUNTS
    seen = block if counts is None else block.take(counts)
    left_out = len(block) - len(seen)
    if not len(seen):
        return Look(left_out=left_out)
    label, prediction = seen.label, seen.prediction
    # Arrays of a caller may be of integers too, which are indices only where there are classes.
    indices = bool(seen.classes) and label.ndim == 1
    names = bool(seen.classes) and prediction.ndim == 1
    several = prediction.ndim == 2
    refusals, counted = _refusals(plan, losses, seen)
    with np.errstate(all="ignore"):
        index = label if indices else label.argmax(axis=1) if seen.classes else None
        found = [] if index is None else np.bincount(index).tolist()
        return Look(
            n=len(seen),
            left_out=left_out,
            label=Spread() if indices else Spread.of(label),
            prediction=Spread() if names else Spread.of(prediction),
            sums=Spread.of(row_sum(prediction)) if several else Spread(),
            exp_sums=Spread.of(row_sum(np.exp(prediction))) if several else Spread(),
            label_sums=Spread.of(row_sum(label)) if label.ndim == 2 else Spread(),
            soft=_soft(label) if label.ndim == 2 else 0,
            classes={place: count for place, count in enumerate(found) if count},
            right=int(np.count_nonzero(label == prediction)) if names else 0,
            refused=refusals,
            counted=counted,
            kept=Kept.of(seen),
        )


def _soft(label: Array) -> int:
    one_hot = ((label == 0.0) | (label == 1.0)).all(axis=1) & (label.sum(axis=1) == 1.0)
    return int(np.count_nonzero(~one_hot))


def _refusals(
    plan: Plan, losses: tuple[BoundLoss, ...], block: Block
) -> tuple[dict[str, Refusal], frozenset[str]]:
    found, counted = {}, set()
    for bound in losses:
        wrong, error = refused(plan, bound, block)
        accepted = block
        if wrong is not None and error is not None:
            count, first = int(np.count_nonzero(wrong)), int(block.row[int(wrong.argmax())])
            found[bound.spec] = Refusal(count, first, error)
            accepted = block.take(~wrong)
        with np.errstate(all="ignore"):
            mask = about(bound, accepted.label, accepted.prediction)
        if len(accepted) if mask is None else mask.any():
            counted.add(bound.spec)
    return found, frozenset(counted)
