"""Sums of each class's probability over the rows with each label: what any order of columns gives.

A probability is taken to 24 binary places, so that sums are integers: where blocks end changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.common.array import Array
from losscli.compute.statistics.assignment import best_assignment
from losscli.loss.numeric import sigmoid, softmax, true_column

UNIT = 2.0**24
FIRST = 64
MOST_CLASSES = 1000
"""Sums of k classes take k² numbers, and the best order k³ steps."""


@dataclass(frozen=True)
class Moved:
    """The order of columns that fits best, and the rows of the classes that it moves.

    Attributes:
        order: the column of each class, `(k,)`.
        classes: those with another column, which have rows.
        rows: how many these are.
        z: how far the gain of their labels' probability is from 0, in standard errors.
        each_gains: whether every class gains.
        before, after: the mean probability of their labels.
        base, base_after: the mean over all rows of the columns that their labels have.
        right, right_after: the share of them whose label has the largest probability.
    """

    order: Array
    classes: Array
    rows: int
    z: float
    each_gains: bool
    before: float
    after: float
    base: float
    base_after: float
    right: float
    right_after: float


@dataclass(frozen=True, eq=False)
class ClassSums:
    """Of k classes, int64 `(k, k)`, by the class of the label and by the column.

    Attributes:
        rows: the samples with each label, `(k,)`.
        sums: Σ p of each column, in units.
        squares: Σ (p − p of the label)², in units.
        largest: how many samples have their largest probability in each column.
        fits: whether every label is a class.
    """

    rows: Array
    sums: Array
    squares: Array
    largest: Array
    fits: bool = True

    @staticmethod
    def empty(classes: int, *, fits: bool = True) -> ClassSums:
        """Return those of no samples."""
        sums, squares, largest = (np.zeros((classes, classes), dtype=np.int64) for _ in range(3))
        return ClassSums(np.zeros(classes, dtype=np.int64), sums, squares, largest, fits)

    @staticmethod
    def of(label: Array, probability: Array) -> ClassSums:
        """Return those of labels int64 `(rows,)`, and of probabilities `(rows, k)` in [0, 1]."""
        classes = probability.shape[1]
        found = ClassSums.empty(classes)
        own = np.rint(true_column(probability, label) * UNIT)
        for place in range(classes):
            column = np.rint(probability[:, place] * UNIT)
            found.sums[:, place] = _by_label(label, column, classes)
            column -= own
            column *= column
            found.squares[:, place] = _by_label(label, np.rint(column / UNIT), classes)
        found.rows[:] = np.bincount(label, minlength=classes)
        pairs = np.bincount(label * classes + probability.argmax(axis=1), minlength=classes * classes)
        found.largest[:] = pairs.reshape(classes, classes)
        return found

    @staticmethod
    def of_two(label: Array, probability: Array) -> ClassSums:
        """Return those of labels 0 and 1, int64 `(rows,)`, and of probabilities of the label 1 `(rows,)`."""
        found = ClassSums.empty(2)
        ones = np.rint(probability * UNIT)
        found.rows[:] = np.bincount(label, minlength=2)
        found.sums[:, 1] = _by_label(label, ones, 2)
        found.sums[:, 0] = found.rows * int(UNIT) - found.sums[:, 1]
        ones *= 2.0
        ones -= UNIT
        ones *= ones
        ones /= UNIT
        squares = _by_label(label, np.rint(ones, out=ones), 2)
        found.squares[0, 1], found.squares[1, 0] = squares
        found.largest[:] = np.bincount(2 * label + (probability > 0.5), minlength=4).reshape(2, 2)
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClassSums) and self._all == other._all

    def __hash__(self) -> int:
        return hash(self._all)

    @property
    def _all(self) -> tuple[object, ...]:
        arrays = (self.rows, self.sums, self.squares, self.largest)
        return (self.fits, *(one.tobytes() for one in arrays))

    def merge(self, later: ClassSums) -> ClassSums:
        """Return those of both."""
        if not (self.fits and later.fits):
            return ClassSums.empty(len(self.rows), fits=False)
        return ClassSums(
            self.rows + later.rows,
            self.sums + later.sums,
            self.squares + later.squares,
            self.largest + later.largest,
        )

    @property
    def brier(self) -> float:
        """The mean of (1 − p)² of the label's probability p, of two classes."""
        n, own = int(self.rows.sum()), int(np.trace(self.sums))
        # (1 − 2p)² is what is summed: p − p of the label, in the column of the other class.
        return (int(self.squares.sum()) + 3 * n * int(UNIT) - 4 * own) / (4 * n * UNIT)

    def moved(self) -> Moved | None:
        """Return the order of columns that gives labels the most probability; None where it is the given one.

        A class without rows is moved only where its column is that of another one.
        """
        if not self.fits or len(self.rows) < 2 or not self.rows.any():
            return None
        places = np.arange(len(self.rows))
        # Half a unit for the columns as they are: of two orders that are as good, the one nearer to them.
        order = best_assignment(self.sums + 0.5 * np.eye(len(places)))
        classes = np.flatnonzero((order != places) & (self.rows > 0))
        return self._of_classes(order, classes) if len(classes) else None

    def _of_classes(self, order: Array, classes: Array) -> Moved:
        there = order[classes]
        rows = self.rows[classes]
        n = int(rows.sum())
        own, others = self.sums[classes, classes], self.sums[classes, there]
        gain = int((others - own).sum()) / (n * UNIT)
        variance = int(self.squares[classes, there].sum()) / (n * UNIT) - gain * gain
        means = self.sums.sum(axis=0) / (self.rows.sum() * UNIT)
        return Moved(
            order=order,
            classes=classes,
            rows=n,
            z=gain / math.sqrt(variance / max(n - 1, 1)) if variance > 0.0 else math.inf,
            each_gains=bool((others > own).all()),
            before=int(own.sum()) / (n * UNIT),
            after=int(others.sum()) / (n * UNIT),
            base=float((rows * means[classes]).sum()) / n,
            base_after=float((rows * means[there]).sum()) / n,
            right=int(self.largest[classes, classes].sum()) / n,
            right_after=int(self.largest[classes, there].sum()) / n,
        )


def _by_label(label: Array, whole: Array, classes: int) -> Array:
    # Whole numbers up to 2²⁴: float64 holds the sum of half a billion of them.
    return np.bincount(label, weights=whole, minlength=classes).astype(np.int64)


def classes_of(setting: Setting) -> int:
    """Return how many classes the columns are of, two for one number; 0 where predictions are neither."""
    return len(setting.outputs) if setting.classes else 2 * setting.one_number


def sees(setting: Setting) -> bool:
    """Whether predictions are probabilities, or may be, and of not too many classes."""
    return 2 <= classes_of(setting) <= MOST_CLASSES


def _of(setting: Setting, rows: Rows, *, logits: bool = False, first: float = 0.0) -> ClassSums:
    classes = classes_of(setting)
    if not len(rows):
        return ClassSums.empty(classes)
    if setting.classes:
        return ClassSums.of(rows.classes, of_classes(rows.prediction))
    label = rows.label
    if label.ndim > 1 or not all(_are_two(part, first) for part in (label[:FIRST], label)):
        return ClassSums.empty(classes, fits=False)
    one = sigmoid(rows.prediction) if logits else np.clip(rows.prediction, 0.0, 1.0)
    return ClassSums.of_two((label - first).astype(np.int64), one)


def _are_two(label: Array, first: float) -> bool:
    return bool(((label == first) | (label == first + 1.0)).all())


def of_classes(prediction: Array) -> Array:
    """Return rows `(rows, k)` of numbers in [0, 1] as they are, and the softmax of all others."""
    if prediction.min() >= 0.0 and prediction.max() <= 1.0:
        return prediction
    wrong = (prediction.min(axis=1) < 0.0) | (prediction.max(axis=1) > 1.0)
    found = np.array(prediction)
    found[wrong] = softmax(np.ascontiguousarray(prediction[wrong]))
    return found


def _empty(setting: Setting) -> ClassSums:
    return ClassSums.empty(classes_of(setting))


CLASS_SUMS = Statistic("class_sums", _empty, _of, sees)
LOGIT_SUMS = Statistic(
    "class_sums_of_logits", _empty, partial(_of, logits=True), lambda setting: setting.one_number
)
"""The same of one number, taken for the logit of the label 1."""
ONE_TWO_SUMS = Statistic(
    "class_sums_from_one", _empty, partial(_of, first=1.0), lambda setting: setting.one_number
)
"""The same of one number, and of labels 1 and 2."""
