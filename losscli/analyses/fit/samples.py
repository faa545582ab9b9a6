"""The samples of a fit, held as arrays: labels, places of the predictions, weights."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from losscli.analyses.fit.links import Link
from losscli.common.array import Array
from losscli.compute.row_gradients import is_numerical, sample_gradients
from losscli.compute.row_losses import sample_losses
from losscli.compute.statistics.exact_sum import ExactSum, rounded
from losscli.compute.statistics.moments import Moments
from losscli.loss.spec import BoundLoss

SLICE = 1 << 15
"""Numbers worked on at a time when costs are summed: they stay in the cache."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples that count, in the order of the prediction file.

    Attributes:
        label: float64 `(rows,)` or `(rows, columns)`, or int64 `(rows,)`, the index of the class.
        place: float64 `(rows,)` or `(rows, columns)`: the predictions on the scale of the link.
        weight: float64 `(rows,)`, or None.
        group: int64 `(rows,)`, which group each is in, or None.
    """

    label: Array
    place: Array
    weight: Array | None = None
    group: Array | None = None

    def __len__(self) -> int:
        return len(self.place)

    def take(self, rows: Any) -> Samples:
        """Return the samples that a slice, a mask or positions choose."""
        return Samples(
            self.label[rows],
            self.place[rows],
            None if self.weight is None else self.weight[rows],
            None if self.group is None else self.group[rows],
        )

    @property
    def total_weight(self) -> float:
        """The sum of the weights, the number of samples where there are none."""
        return float(len(self)) if self.weight is None else float(ExactSum.of(self.weight))


def moved(place: Array, slope: float, level: Array, out: Array | None = None) -> Array:
    """Return `slope · place + level`; a level of one number is that of all columns."""
    found: Array = np.multiply(place, slope, out=out)
    found += level if len(level) > 1 else level[0]
    return found


def mean_loss(bound: BoundLoss, link: Link, samples: Samples, slope: float, level: Array) -> float:
    """Return the mean loss of corrected predictions, from exact sums, rounded once.

    It is what `evaluate` finds for them, to the same bits; NaN where a loss is.
    """
    total = weights = ExactSum.empty()
    if samples.weight is None:
        weights = ExactSum.of_integer(len(samples))
    infinite = Moments.empty()
    with np.errstate(all="ignore"):
        for losses, weight in _corrected(bound, link, samples, slope, level):
            if weight is not None:
                weights = weights.merge(ExactSum.of(weight))
            known = losses
            if not math.isfinite(losses.sum()) and not np.isfinite(losses).all():
                if np.isnan(losses).any():
                    return math.nan
                infinite = infinite.merge(Moments.of(losses, weight))
                known = np.where(np.isfinite(losses), losses, 0.0)
            products = ExactSum.of(known) if weight is None else ExactSum.of_products(weight, known)
            total = total.merge(products)
    if not math.isfinite(infinite.sum):
        return infinite.sum
    return rounded(total.read() / weights.read()) if weights.mantissa else math.nan


def moments(bound: BoundLoss, link: Link, samples: Samples, slope: float, level: Array) -> Moments | None:
    """Return the moments of the losses of corrected predictions; None where a loss is NaN.

    Their mean is `mean_loss`, to the same bits; the squares take as long again.
    """
    found = Moments.empty()
    with np.errstate(all="ignore"):
        for losses, weight in _corrected(bound, link, samples, slope, level):
            if np.isnan(losses).any():
                return None
            found = found.merge(Moments.of(losses, weight))
    return found


def _corrected(
    bound: BoundLoss, link: Link, samples: Samples, slope: float, level: Array
) -> Iterator[tuple[Array, Array | None]]:
    """Yield the losses of corrected predictions and their weights, `(rows,)`, some rows at a time."""
    width = samples.place.shape[1] if samples.place.ndim == 2 else 1
    rows = max(256, SLICE // width)
    for start in range(0, len(samples), rows):
        part = samples.take(slice(start, start + rows))
        yield sample_losses(bound, part.label, link.inverse(moved(part.place, slope, level))), part.weight


def slopes(bound: BoundLoss, label: Array, prediction: Array) -> Array:
    """Return d loss / d prediction of each sample, in the shape of the prediction.

    Of several outputs, whose loss is their mean, each has its share. A loss without a gradient gets
    a central difference.
    """
    # Where there is no gradient two evaluations a column have to do: every step asks again.
    return (_differences if is_numerical(bound) else sample_gradients)(bound, label, prediction)


def _differences(bound: BoundLoss, label: Array, prediction: Array) -> Array:
    """Return central differences, column by column, with a step that balances both of their errors."""
    found = np.empty_like(prediction)
    step = np.cbrt(np.finfo(np.float64).eps) * np.maximum(np.abs(prediction), 1e-3 * _size(prediction))
    columns = [...] if prediction.ndim == 1 else [(slice(None), at) for at in range(prediction.shape[1])]
    for column in columns:
        above, below = prediction.copy(), prediction.copy()
        above[column] += step[column]
        below[column] -= step[column]
        rise = sample_losses(bound, label, above) - sample_losses(bound, label, below)
        found[column] = rise / (above[column] - below[column])
    return found


def _size(prediction: Array) -> float:
    size = float(np.abs(prediction).max(initial=0.0))
    return size if size > 0.0 else 1.0
