"""Probabilities that a softmax, or a sigmoid, of probabilities may be; and what they were before it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.analyses.doctor.statistics.gain import Gain
from losscli.common.array import Array
from losscli.loss.numeric import one_hot, row_sum

WITHIN = 1e-5
MOST = math.exp(1.0 + WITHIN)
"""Of numbers in [0, 1], a softmax gives none more than e times another; a sigmoid no odds above e."""
NEAR = 0.98
DISTINCT = 10


@dataclass(frozen=True, slots=True)
class Squashed:
    """What is known of rows that all may be squashed twice.

    Attributes:
        n: the samples.
        possible: whether all may be.
        near: the rows in which the logarithm of the largest ratio is above 0.98.
        at_end: those in which it is 1, as it is where the first one gave 0 and 1.
        distinct: the first distinct rows, at most 10.
        gain: the Brier score less that of what they were before.
    """

    n: int = 0
    possible: bool = True
    near: int = 0
    at_end: int = 0
    distinct: tuple[bytes, ...] = ()
    gain: Gain = field(default_factory=Gain)

    def merge(self, later: Squashed) -> Squashed:
        """Return what is known of both."""
        if not (self.possible and later.possible):
            return Squashed(self.n + later.n, possible=False)
        distinct = tuple(dict.fromkeys((*self.distinct, *later.distinct)))[:DISTINCT]
        gain = self.gain.merge(later.gain)
        near, at_end = self.near + later.near, self.at_end + later.at_end
        return Squashed(self.n + later.n, True, near, at_end, distinct, gain)


def _of(setting: Setting, rows: Rows) -> Squashed:
    if not len(rows):
        return Squashed()
    with np.errstate(all="ignore"):
        found = _of_columns(rows) if setting.classes else _of_one(rows)
    if found is None:
        return Squashed(len(rows), possible=False)
    inner, ratio, gain = found
    near, at_end = (int(np.count_nonzero(ratio > least)) for least in (NEAR, 1.0 - WITHIN))
    return Squashed(len(rows), True, near, at_end, tuple(_first_distinct(inner)), Gain.of(gain))


Found = tuple[Array, Array, Array] | None
"""Of each row what it was before, the logarithm of its largest ratio, and how much better it was."""


def _of_one(rows: Rows) -> Found:
    p, label = rows.prediction, rows.label
    if p.min() < 0.5 or p.max() > 1.0 / (1.0 + 1.0 / MOST) or not ((label == 0.0) | (label == 1.0)).all():
        return None
    inner = np.log(p / (1.0 - p))
    return inner, inner, (p - label) ** 2 - (inner - label) ** 2


def _of_columns(rows: Rows) -> Found:
    p = rows.prediction
    low, high = p.min(axis=1), p.max(axis=1)
    if not (low.min() > 0.0 and high.max() <= 1.0 and (high <= MOST * low).all()):
        return None
    logarithm = np.log(np.ascontiguousarray(p))
    inner = logarithm + ((1.0 - row_sum(logarithm)) / p.shape[1])[:, None]
    if inner.min() < -WITHIN:
        return None
    truth = rows.label if rows.label.ndim > 1 else one_hot(rows.label, p.shape[1])
    gain = row_sum((p - truth) ** 2) - row_sum((inner - truth) ** 2)
    return inner, np.log(high / low), gain


def _first_distinct(values: Array) -> Iterator[bytes]:
    """Yield the first distinct rows, at most ten, each in the bytes of its numbers."""
    values = np.ascontiguousarray(values[:, None] if values.ndim == 1 else values)
    left = np.ones(len(values), dtype=np.bool_)
    for _ in range(DISTINCT):
        place = int(left.argmax())
        if not left[place]:
            return
        yield values[place].tobytes()
        left &= (values != values[place]).any(axis=1)


SQUASHED = Statistic(
    "squashed", lambda _: Squashed(), _of, lambda setting: setting.classes or setting.one_number
)
