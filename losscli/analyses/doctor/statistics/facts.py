"""What labels and predictions are, as far as counts and ranges say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.common.array import Array


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts of the samples; all columns of labels, and of predictions, taken together.

    Attributes:
        n: the samples.
        zeros, ones, minus_ones: labels that are these numbers.
        labels: how many numbers they are.
        low, high: the range of the predictions.
        label_low, label_high: that of the labels.
        whole: the predictions that are 0 or 1.
        predictions: how many numbers they are.
    """

    n: int = 0
    labels: int = 0
    zeros: int = 0
    ones: int = 0
    minus_ones: int = 0
    label_low: float = np.inf
    label_high: float = -np.inf
    predictions: int = 0
    whole: int = 0
    low: float = np.inf
    high: float = -np.inf

    def merge(self, later: Facts) -> Facts:
        """Return those of both."""
        return Facts(
            self.n + later.n,
            self.labels + later.labels,
            self.zeros + later.zeros,
            self.ones + later.ones,
            self.minus_ones + later.minus_ones,
            min(self.label_low, later.label_low),
            max(self.label_high, later.label_high),
            self.predictions + later.predictions,
            self.whole + later.whole,
            min(self.low, later.low),
            max(self.high, later.high),
        )

    @property
    def two_classes(self) -> bool:
        """Whether every label is 0 or 1, and both occur."""
        return 0 < self.zeros < self.labels == self.zeros + self.ones

    @property
    def zero_or_one(self) -> bool:
        """Whether every label is 0 or 1."""
        return 0 < self.labels == self.zeros + self.ones

    @property
    def shares(self) -> bool:
        """Whether every prediction is in [0, 1]."""
        return self.low >= 0.0 and self.high <= 1.0

    @property
    def signs(self) -> bool:
        """Whether every label is −1 or 1."""
        return 0 < self.labels == self.ones + self.minus_ones


def _of(_: Setting, rows: Rows) -> Facts:
    if not len(rows):
        return Facts()
    label, prediction = rows.label, rows.prediction
    zeros, ones, minus_ones = (int(np.count_nonzero(label == value)) for value in (0, 1, -1))
    whole = int(np.count_nonzero((prediction == 0) | (prediction == 1)))
    return Facts(
        len(rows),
        label.size,
        zeros,
        ones,
        minus_ones,
        *_range(label),
        prediction.size,
        whole,
        *_range(prediction),
    )


def _range(values: Array) -> tuple[float, float]:
    # Adding 0 turns −0 into 0: which of the two is the least would depend on the order.
    return float(values.min()) + 0.0, float(values.max()) + 0.0


FACTS = Statistic("facts", lambda _: Facts(), _of)
