"""The losses in ascending order, as far as they are known: their ranks, and how many are below a number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from losscli.analyses.evaluate.figures import quantile_bounds
from losscli.common.array import Array
from losscli.compute.statistics.distribution import Distribution, Ordered


@dataclass(frozen=True)
class Ranked:
    """A distribution by ranks; beyond a million losses each is known to be in a bin of a histogram."""

    losses: Distribution

    @property
    def n(self) -> int:
        """How many losses there are."""
        return self.losses.n

    @property
    def values(self) -> Array | None:
        """The losses in ascending order, float64 `(n,)`; None where they are not kept."""
        return self._ordered.values if self._ordered.ends is None else None

    def at(self, rank: int) -> tuple[float, float]:
        """Return between which numbers the loss of a rank from 1 to n is."""
        ordered = self._ordered
        if ordered.ends is None:
            value = float(ordered.values[rank - 1])
            return value, value
        return self._bin(int(np.searchsorted(ordered.ends, rank - 1, side="right")))

    def surely_below(self, threshold: float, *, equal: bool) -> int:
        """Return how many losses are below a threshold at least; with `equal`, or at it."""
        return self._below(threshold, 1, equal=equal)

    def maybe_below(self, threshold: float, *, equal: bool) -> int:
        """Return how many losses are below a threshold at most; with `equal`, or at it."""
        return self._below(threshold, 0, equal=equal)

    def _below(self, threshold: float, end: int, *, equal: bool) -> int:
        ordered = self._ordered
        if ordered.ends is None:
            return int(np.searchsorted(ordered.values, threshold, side="right" if equal else "left"))
        search = bisect_right if equal else bisect_left
        bins = search(range(len(ordered.values)), threshold, key=lambda place: self._bin(place)[end])
        return int(ordered.ends[bins - 1]) if bins else 0

    def _bin(self, place: int) -> tuple[float, float]:
        values = self._ordered.values
        return quantile_bounds(float(values[place]), float(values[0]), float(values[-1]))

    @cached_property
    def _ordered(self) -> Ordered:
        return self.losses.ordered()
