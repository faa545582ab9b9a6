"""Samples drawn from the domains that a loss declares, on which its contract is tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.text import plain_number
from losscli.loss.domain import ClassIndex, Domain, Fields, Interval, Simplex
from losscli.loss.spec import BoundLoss


@dataclass(frozen=True, slots=True)
class Samples:
    """Labels and predictions in the shapes that the loss's layout asks for, all inside its domains."""

    label: Array
    prediction: Array

    def __len__(self) -> int:
        return len(self.prediction)

    def take(self, rows: slice | NDArray[np.bool_] | NDArray[np.int64]) -> Samples:
        """Return the samples that a slice, a mask or positions choose."""
        return Samples(self.label[rows], self.prediction[rows])

    def show(self, row: int) -> str:
        """Return one sample as a message shows it."""
        return f"label {show_value(self.label[row])}, prediction {show_value(self.prediction[row])}"

    def show_all(self, most: int = 3) -> str:
        """Return up to `most` samples as a message shows them, and how many are left."""
        shown = "; ".join(self.show(row) for row in range(min(len(self), most)))
        return shown if len(self) <= most else f"{shown}; and {len(self) - most} more"

    def beside(self, column: int) -> Array | None:
        """Return the number next to each row's prediction in this column: the scale on which a loss may bend.

        It is the label, or of several columns the nearest number in another one that differs.
        """
        if self.prediction.ndim == 1:
            return self.label if self.label.ndim == 1 else None
        at = self.prediction[:, column]
        others = list(self.prediction.T)
        if self.label.dtype == np.float64:
            others += list(self.label.T if self.label.ndim > 1 else [self.label])
        with np.errstate(over="ignore"):
            apart = np.abs(np.stack(others) - at)
            nearest = at + np.where(apart > 0.0, apart, np.inf).min(axis=0)
        return np.asarray(np.where(np.isfinite(nearest), nearest, at))

    def size(self) -> Array:
        """Return the largest absolute number of each sample, `(rows,)`."""
        columns = [np.abs(part).reshape(len(self), -1).max(axis=1) for part in (self.label, self.prediction)]
        return np.asarray(np.maximum(*columns))


def draw(
    bound: BoundLoss, random: np.random.Generator, rows: int = 256, classes: int = 4
) -> Iterator[Samples]:
    """Yield samples for every kind of label that the loss takes; a part of them predicts perfectly."""
    label = bound.label_domain.sample(random, rows, classes)
    prediction = bound.prediction_domain.sample(random, rows, classes)
    with np.errstate(all="ignore"):
        perfect = bound.perfect(label, prediction)
    prediction[: rows // 8] = perfect[: rows // 8]
    yield allowed(bound, Samples(label, prediction))
    if bound.loss.soft_labels:
        tolerance = bound.label_domain.tolerance if isinstance(bound.label_domain, ClassIndex) else 0.0
        yield allowed(bound, Samples(Simplex(tolerance).sample(random, rows, classes), prediction))
    if bound.class_predictions:
        yield allowed(bound, Samples(label, ClassIndex().sample(random, rows, classes)))


def allowed(bound: BoundLoss, samples: Samples) -> Samples:
    """Return the samples that the loss accepts, and counts."""
    keep = np.ones(len(samples), dtype=np.bool_)
    with np.errstate(all="ignore"):
        masks = [bound.label_domain.outside(samples.label), bound.outside(samples.label, samples.prediction)]
    if samples.prediction.dtype == np.float64:
        masks.append(bound.prediction_domain.outside(samples.prediction))
    for mask in masks:
        if mask is not None:
            keep &= ~mask
    samples = samples.take(keep)
    with np.errstate(all="ignore"):
        counts = bound.counts(samples.label, samples.prediction)
    return samples if counts is None else samples.take(counts)


def huge(bound: BoundLoss, samples: Samples) -> Samples:
    """Return samples 300 orders of magnitude larger, except where the domains end before that."""
    label = _enlarge(samples.label, bound.label_domain)
    return allowed(bound, Samples(label, _enlarge(samples.prediction, bound.prediction_domain)))


def by_open_end(bound: BoundLoss, samples: Samples, distance: float) -> NDArray[np.bool_]:
    """Return the mask of rows with a number nearer than `distance` to an end that its domain leaves out.

    There may be a pole behind it: 1/v of a variance v > 0.
    """
    mask = np.zeros(len(samples), dtype=np.bool_)
    parts = ((bound.label_domain, samples.label), (bound.prediction_domain, samples.prediction))
    for domain, values in parts:
        intervals = [each for _, each in domain.each] if isinstance(domain, Fields) else [domain]
        for interval, column in zip(intervals, values.reshape(len(samples), -1).T, strict=False):
            if isinstance(interval, Interval):
                mask |= interval.low_open & (column - interval.low < distance)
                mask |= interval.high_open & (interval.high - column < distance)
    return mask


def _enlarge(values: Array, domain: Domain) -> Array:
    if values.dtype != np.float64:
        return values
    with np.errstate(over="ignore"):
        enlarged = values * 1e300
    outside = domain.outside(enlarged)
    if outside is not None:
        enlarged[outside] = values[outside]
    return enlarged


def show_value(value: Array | float) -> str:
    """Return a number, or a row of them, as a message shows it."""
    numbers = [plain_number(number) for number in np.atleast_1d(value)]
    return numbers[0] if np.ndim(value) == 0 else f"({', '.join(numbers)})"
