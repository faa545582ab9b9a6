"""How many samples have each class as label, and how many as the most probable one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.common.array import Array

Counts = dict[int, int]


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """Samples by the number of a class: its place among the classes, or of one number −1, 0 or 1.

    Attributes:
        labels: by the class of the label; of no class where it is another number.
        above_half, above_zero: by whether one number is above ½, above 0.
        predicted: by the most probable class.
    """

    labels: Counts = field(default_factory=dict)
    above_half: int = 0
    above_zero: int = 0
    predicted: Counts = field(default_factory=dict)

    def merge(self, later: ClassCounts) -> ClassCounts:
        """Return those of both."""
        return ClassCounts(
            _added(self.labels, later.labels),
            self.above_half + later.above_half,
            self.above_zero + later.above_zero,
            _added(self.predicted, later.predicted),
        )


def _added(one: Counts, other: Counts) -> Counts:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({*one, *other})}


def _of(setting: Setting, rows: Rows) -> ClassCounts:
    if not len(rows):
        return ClassCounts()
    prediction = rows.prediction
    if setting.classes or setting.class_names:
        # Of names, a prediction is the place of one.
        predicted = prediction.argmax(axis=1) if prediction.ndim == 2 else prediction.astype(np.int64)
        return ClassCounts(_counts(rows.classes), predicted=_counts(predicted))
    labels = {value: int(np.count_nonzero(rows.label == value)) for value in (-1, 0, 1)}
    return ClassCounts(
        {value: count for value, count in labels.items() if count},
        int(np.count_nonzero(prediction > 0.5)),
        int(np.count_nonzero(prediction > 0.0)),
    )


def _counts(places: Array) -> Counts:
    if places.min() < 0:
        return {}
    counts = np.bincount(places)
    return {place: int(counts[place]) for place in np.flatnonzero(counts).tolist()}


CLASS_COUNTS = Statistic(
    "class_counts",
    lambda _: ClassCounts(),
    _of,
    lambda setting: setting.classes or setting.class_names or setting.one_number,
)
