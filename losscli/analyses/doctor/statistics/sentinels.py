"""Values that stand for a missing one: how often each of a list occurs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from losscli.analyses.doctor.statistics.outputs import of_outputs
from losscli.common.array import Array

FLOAT_MAX = float(np.finfo(np.float32).max)
SENTINELS: tuple[float, ...] = (
    -1.0,
    -9.0,
    -99.0,
    -999.0,
    -9999.0,
    -99999.0,
    -999999.0,
    999.0,
    9999.0,
    99999.0,
    999999.0,
    -32768.0,
    32767.0,
    -2147483648.0,
    2147483647.0,
    -9223372036854775808.0,
    1e20,
    1e30,
    -1e30,
    FLOAT_MAX,
    -FLOAT_MAX,
    3.4028235e38,
    -3.4028235e38,
)
"""The last two are how the largest float32 is written."""
Counts = tuple[int, ...]
NONE: Counts = (0,) * len(SENTINELS)


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each sentinel occurs among labels, and among predictions, in the order of `SENTINELS`."""

    labels: Counts = NONE
    predictions: Counts = NONE

    def merge(self, later: Counted) -> Counted:
        """Return those of both."""
        return Counted(_sum(self.labels, later.labels), _sum(self.predictions, later.predictions))


def _sum(one: Counts, other: Counts) -> Counts:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _counts(values: Array) -> Counts:
    low, high = float(values.min()), float(values.max())
    return tuple(
        int(np.count_nonzero(values == sentinel)) if low <= sentinel <= high else 0 for sentinel in SENTINELS
    )


def _counted(label: Array, prediction: Array) -> Counted:
    return Counted(_counts(label), _counts(prediction))


COUNTED = of_outputs("counted_sentinels", Counted, _counted)
