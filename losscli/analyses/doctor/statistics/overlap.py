"""Which samples are among the training data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.common.array import Array
from losscli.inputs.ids import integers

MOST_RANGES = 100_000
_NO_RANGES = np.zeros((0, 2), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """What is known of samples that are among the training data.

    Attributes:
        n: the samples.
        found: how many are among them.
        ranges: int64 `(ranges, 2)`, the first and last places of these in the predictions; None where
            they are more than `MOST_RANGES`.
        low, high: the range of the ids, where all of them are integers; else from −∞ to ∞.
    """

    n: int = 0
    found: int = 0
    ranges: Array | None = field(default_factory=lambda: _NO_RANGES)
    low: float = np.inf
    high: float = -np.inf

    def merge(self, later: Overlap) -> Overlap:
        """Return what is known of these samples and those behind them."""
        ranges = None
        if self.ranges is not None and later.ranges is not None:
            ranges = _few(joined_ranges(np.concatenate([self.ranges, later.ranges])))
        return Overlap(
            self.n + later.n,
            self.found + later.found,
            ranges,
            min(self.low, later.low),
            max(self.high, later.high),
        )


def joined_ranges(ranges: Array) -> Array:
    """Return ascending ranges, those that meet as one."""
    if not len(ranges):
        return ranges
    begins = np.concatenate([[True], ranges[1:, 0] > ranges[:-1, 1] + 1])
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(ranges)) - 1
    return np.stack([ranges[starts, 0], ranges[ends, 1]], axis=1)


def _few(ranges: Array) -> Array | None:
    return ranges if len(ranges) <= MOST_RANGES else None


def _of(setting: Setting, rows: Rows) -> Overlap:
    if not len(rows):
        return Overlap()
    found = setting.train.has(rows.block)
    row = rows.block.row[found]
    low, high = -np.inf, np.inf
    if not setting.train.columns and rows.block.id is not None:
        values, whole = integers(rows.block.id)
        if whole.all():
            low, high = float(values.min()), float(values.max())
    return Overlap(len(rows), len(row), _few(joined_ranges(np.stack([row, row], axis=1))), low, high)


OVERLAP = Statistic(
    "overlap",
    lambda _: Overlap(),
    _of,
    lambda setting: setting.train is not None and not setting.train.why_not,
)
