"""Slices that look weak in one half of the samples: every value of every column, and every two of them.

The score is that of SliceLine (S. Sagadeeva, M. Boehm, SIGMOD 2021, doi:10.1145/3448016.3457323): how much
worse a slice is than the mean, less what its being small costs. What chance makes of so many slices is kept
out before: a slice has to be clearly worse than the rest, and one of two columns clearly worse than the
rest of each of its two parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from losscli.analyses.slices.candidates import Candidate
from losscli.analyses.slices.sums import Samples, Sums, difference
from losscli.common.array import Array

ALPHA = 0.95
"""How much being worse weighs in the score, beside being large."""
CLEARLY = 2.0
"""So many standard errors worse a slice has to look."""
MOST = 20
"""So many slices are tested."""
LEAST, LEAST_SHARE, LEAST_OF_HALF = 50, 100, 20
"""Samples that a slice has at least, and so many others: 50 and a hundredth of all; 20 of each half."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A slice and its score.

    Attributes:
        score: the larger, the weaker it looks.
        parts: pairs of a column, by its place, and a value, by its code.
        n: its samples in both halves.
    """

    score: float
    parts: tuple[tuple[int, int], ...]
    n: int


def scored(columns: Sequence[Candidate], first: Samples, second: Samples) -> list[Scored]:
    """Return the slices with the highest scores that look weak in the first half, the highest first."""
    search = _Search(columns, first, second)
    places = range(len(columns))
    several = (*combinations(places, 1), *combinations(places, 2))
    found = [one for some in several for one in search.of(some)]
    return sorted(found, key=lambda one: -one.score)[:MOST]


class _Search:
    def __init__(self, columns: Sequence[Candidate], first: Samples, second: Samples) -> None:
        self._first = first
        self._halves = len(first), len(second)
        self._rows = len(first) + len(second)
        self._least = max(LEAST, -(-self._rows // LEAST_SHARE))
        self._sizes = [len(one.values) for one in columns]
        self._codes = [(one.code[first.place], one.code[second.place]) for one in columns]
        self._total = first.total()
        self._variance, self._mean = self._total.variance, self._total.mean
        self._alone = [first.by(code, size) for (code, _), size in zip(self._codes, self._sizes, strict=True)]

    def of(self, places: tuple[int, ...]) -> Iterator[Scored]:
        """Yield the slices of a value of one column, or of values of two, that look weak."""
        shape = tuple(self._sizes[place] for place in places)
        cells = math.prod(shape)
        halves = zip(*(self._codes[place] for place in places), strict=True)
        codes = [np.ravel_multi_index(half, shape) for half in halves]
        rows = [np.bincount(code, minlength=cells) for code in codes]
        enough = self._enough(*rows)
        if not enough.any():
            return
        # Most values of two columns are rare: what is too small is looked at no further.
        (kept,) = np.nonzero(enough)
        values = np.unravel_index(kept, shape)
        alone = len(places) == 1
        sums = (self._alone[places[0]] if alone else self._first.by(codes[0], cells)).take(kept)
        looks = self._worse(sums, self._total)
        for place, value in () if alone else zip(places, values, strict=True):
            looks &= self._worse(sums, self._alone[place].take(value))
        scores = self._scores(sums)
        for one in np.flatnonzero(looks).tolist():
            parts = tuple((place, int(value[one])) for place, value in zip(places, values, strict=True))
            yield Scored(float(scores[one]), parts, int(rows[0][kept[one]] + rows[1][kept[one]]))

    def _enough(self, mine: Array, other: Array) -> Array:
        """Return the mask of slices that are large enough, and leave enough samples beside them."""
        both = mine + other
        enough = (both >= self._least) & (self._rows - both >= self._least)
        for rows, half in zip((mine, other), self._halves, strict=True):
            enough &= (rows >= LEAST_OF_HALF) & (half - rows >= LEAST_OF_HALF)
        return np.asarray(enough)

    def _worse(self, sums: Sums, whole: Sums) -> Array:
        """Return the mask of slices that are clearly worse than the rest of something larger."""
        found = difference(sums, whole - sums, self._variance)
        with np.errstate(all="ignore"):
            return np.asarray(found.value > CLEARLY * found.error)

    def _scores(self, sums: Sums) -> Array:
        """Return the score of each slice: losses may be negative, and are measured by their mean size."""
        share = sums.rows / self._halves[0]
        with np.errstate(all="ignore"):
            worse = (sums.mean - self._mean) / self._first.size
        return np.asarray(ALPHA * worse - (1.0 - ALPHA) * (1.0 / share - 1.0))
