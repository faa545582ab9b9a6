"""Counts of pairs of numbers in fixed bins, such as of the losses of two models on the same samples.

A bin is all floats whose first bits are the same, so that bins divide each power of two evenly. The finest
have 18 bits behind the leading one: their numbers agree to five digits. 0 and infinities have bins of their
own. When there are more than `MOST` pairs of bins, bits are left out until there are not, so memory is
bounded. As each bin is part of one of any coarser kind, neither the order of samples nor how they were cut
into blocks decides which bins there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from losscli.common.array import Array

MOST = 1 << 17
"""Pairs of bins that are kept."""
FINEST, COARSEST = 34, 63
"""Bits of a float that a bin leaves out. Of the coarsest there is one bin on either side of 0."""
INFINITE = (0x7FF00000 << 32 >> FINEST) + 1
"""The place of infinity among bins."""
_HALF = 1 << 30
"""Places of bins are smaller in size, so that two of them and a sign are one integer."""
_LARGEST = int(np.array([np.finfo(np.float64).max]).view(np.int64)[0])


def _none() -> Array:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class PairedCounts:
    """How many samples have which pair of numbers. A commutative monoid under `merge`.

    Attributes:
        level: how many bits of a float bins leave out.
        keys: pairs of bins and signs, ascending, int64 `(pairs,)`; see `x`, `y` and `sign`.
        counts: the samples of each, int64 `(pairs,)`.
    """

    level: int = FINEST
    keys: Array = field(default_factory=_none)
    counts: Array = field(default_factory=_none)

    @staticmethod
    def of(x: Array, y: Array, earlier: PairedCounts | None = None) -> PairedCounts:
        """Return the counts of samples, each once, given their numbers, float64 `(rows,)`, none of them NaN.

        `earlier` are some that these are to be merged with: finer bins than those have would be in vain.
        """
        level = FINEST if earlier is None else earlier.level
        signs = (y > x).astype(np.int64) - (y < x)
        keys = np.sort(_keys(places_of(x, level), places_of(y, level), signs))
        starts = _starts(keys)
        return _fitted(level, keys[starts], np.diff(starts, append=len(keys)))

    def merge(self, other: PairedCounts) -> PairedCounts:
        """Return the counts of both."""
        level = max(self.level, other.level)
        keys = np.concatenate([_coarse(one.keys, level - one.level) for one in (self, other)])
        return _fitted(level, *_summed(keys, np.concatenate([self.counts, other.counts])))

    @property
    def n(self) -> int:
        """How many samples there are."""
        return int(self.counts.sum())

    @property
    def x(self) -> Array:
        """The place of the first bin of each pair, in the order of their numbers, and 0 for the number 0."""
        return self.keys >> 33

    @property
    def y(self) -> Array:
        """That of the second."""
        return (self.keys >> 2 & (2 * _HALF - 1)) - _HALF

    @property
    def sign(self) -> Array:
        """Whether the second number is below the first one (−1), above it (1), or the same (0)."""
        return (self.keys & 3) - 1


def places_of(values: Array, level: int = FINEST) -> Array:
    """Return the place of the bin of each number, int64 `(rows,)`."""
    bits = np.abs(values).view(np.int64)
    size = np.where(bits > 0, (bits >> FINEST) + 1, 0)
    return _coarser(np.where(values < 0.0, -size, size), level - FINEST)


def _coarser(places: Array, steps: int) -> Array:
    """Return the places of bins among those that leave out so many bits more."""
    if not steps:
        return places
    size = np.abs(places)
    # 0 and infinity stay what they are: no other bin comes to have their places.
    fewer = np.where((size == 0) | (size == INFINITE), size, ((size - 1) >> steps) + 1)
    return np.where(places < 0, -fewer, fewer)


def ends_of(places: Array, level: int) -> tuple[Array, Array]:
    """Return the numbers between which bins are, float64 `(bins,)`; of 0 and infinity, both ends are that."""
    size = np.abs(places)
    alone = (size == 0) | (size == INFINITE)
    size = np.where(alone, 1, size)
    # The last finite bin ends at the largest number, not beyond it.
    near, far = (size - 1) << level, np.where(size > _LARGEST >> level, _LARGEST, size << level)
    itself = np.where(places == 0, 0.0, np.inf)
    low, high = (np.where(alone, itself, one.view(np.float64)) for one in (near, far))
    return np.where(places < 0, -high, low), np.where(places < 0, -low, high)


def _keys(x: Array, y: Array, signs: Array) -> Array:
    """Return pairs of bins and signs as integers that are ordered as these."""
    keys: Array = (x << 33) + (y + _HALF << 2) + (signs + 1)
    return keys


def _coarse(keys: Array, steps: int) -> Array:
    if not steps:
        return keys
    found = PairedCounts(keys=keys)
    return _keys(_coarser(found.x, steps), _coarser(found.y, steps), found.sign)


def _fitted(level: int, keys: Array, counts: Array) -> PairedCounts:
    """Return counts by keys, each there once, in the finest bins that are not too many."""
    if len(keys) <= MOST:
        return PairedCounts(level, keys, counts)
    # Coarser bins are never more, so that halving finds the finest that are few enough.
    low, high = level, COARSEST
    while high - low > 1:
        middle = (low + high) // 2
        few = len(_starts(np.sort(_coarse(keys, middle - level)))) <= MOST
        low, high = (low, middle) if few else (middle, high)
    return PairedCounts(high, *_summed(_coarse(keys, high - level), counts))


def _summed(keys: Array, counts: Array) -> tuple[Array, Array]:
    """Return each key once, ascending, with the sum of its counts."""
    if not len(keys):
        return keys, counts
    # Keys are mostly in ascending runs, which the stable sort makes use of.
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = _starts(keys)
    return keys[starts], np.add.reduceat(counts[order], starts)


def _starts(keys: Array) -> Array:
    """Return where runs of equal keys begin."""
    return np.flatnonzero(np.concatenate([np.ones(min(1, len(keys)), np.bool_), keys[1:] != keys[:-1]]))
