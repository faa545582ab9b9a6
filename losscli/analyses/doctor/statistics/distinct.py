"""How many different labels and predictions there are: exact up to `KEPT`, then within 7 % or so.

The least hashes of the values are kept: of many values they are as far apart as there are few (Bar-Yossef and
others, RANDOM 2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from losscli.analyses.doctor.statistics.outputs import of_outputs
from losscli.common.array import Array

KEPT = 1024
_ODD = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, slots=True)
class Least:
    """The least of the hashes of some values, ascending, each once: `hashes` has at most `KEPT`."""

    hashes: tuple[int, ...] = ()

    @staticmethod
    def of(values: Array) -> Least:
        """Return that of values, float64 `(rows,)`."""
        return Least(tuple(_least(_hashes(values)).tolist()))

    def merge(self, later: Least) -> Least:
        """Return that of both."""
        if not self.hashes or not later.hashes:
            return self if self.hashes else later
        if len(self.hashes) == KEPT and later.hashes[0] > self.hashes[-1]:
            return self
        return Least(tuple(sorted({*self.hashes, *later.hashes})[:KEPT]))

    @property
    def count(self) -> float:
        """About how many different values there are; exact below `KEPT`."""
        if len(self.hashes) < KEPT:
            return float(len(self.hashes))
        return (KEPT - 1) * 2.0**64 / self.hashes[-1]


@dataclass(frozen=True, slots=True)
class Different:
    """Those of labels and of predictions.

    Attributes:
        n: the samples.
    """

    n: int = 0
    labels: Least = Least()
    predictions: Least = Least()

    def merge(self, later: Different) -> Different:
        """Return those of both."""
        return Different(
            self.n + later.n, self.labels.merge(later.labels), self.predictions.merge(later.predictions)
        )

    @property
    def continuous(self) -> bool:
        """Whether labels are numbers of which most occur once."""
        return 2.0 * self.labels.count > self.n


def _hashes(values: Array) -> Array:
    """Return what splitmix64 makes of the bits of numbers; −0 is 0."""
    found = (values + 0.0).view(np.uint64)
    found ^= found >> np.uint64(30)
    found *= _ODD[0]
    found ^= found >> np.uint64(27)
    found *= _ODD[1]
    found ^= found >> np.uint64(31)
    return found


def _least(hashes: Array) -> Array:
    """Return the `KEPT` least of the hashes that differ, ascending."""
    if len(hashes) > 16 * KEPT:
        # Of values that mostly differ these few are enough.
        few = np.unique(hashes[hashes < np.uint64((4 * KEPT << 64) // len(hashes))])
        if len(few) >= KEPT:
            return few[:KEPT]
    return np.unique(hashes)[:KEPT]


def _of(label: Array, prediction: Array) -> Different:
    return Different(len(label), Least.of(label), Least.of(prediction))


DIFFERENT = of_outputs("different", Different, _of, some=True)
