"""How many rows of class columns are probabilities, and how many sum to 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.loss.numeric import row_sum

WITHIN = 1e-3


@dataclass(frozen=True, slots=True)
class RowSums:
    """Counts of rows.

    Attributes:
        n: the samples.
        ones: those that sum to 1 within 0.001.
        shares: those of them with all numbers in [0, 1].
    """

    n: int = 0
    ones: int = 0
    shares: int = 0

    def merge(self, later: RowSums) -> RowSums:
        """Return those of both."""
        return RowSums(self.n + later.n, self.ones + later.ones, self.shares + later.shares)


def _of(_: Setting, rows: Rows) -> RowSums:
    if not len(rows):
        return RowSums()
    prediction = rows.prediction
    ones = np.abs(row_sum(prediction) - 1.0) <= WITHIN
    found = int(np.count_nonzero(ones))
    if prediction.min() < 0.0 or prediction.max() > 1.0:
        ones &= (prediction.min(axis=1) >= 0.0) & (prediction.max(axis=1) <= 1.0)
    return RowSums(len(rows), found, int(np.count_nonzero(ones)))


ROW_SUMS = Statistic("row_sums", lambda _: RowSums(), _of, lambda setting: setting.classes)
