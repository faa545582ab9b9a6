"""The samples with the largest losses, and what is to be shown of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from losscli.common.array import Array
from losscli.inputs.ids import concatenated


class Floor(NamedTuple):
    """What a sample has to beat to be among the k worst: a larger loss, or the same in an earlier row."""

    loss: float
    row: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Samples as arrays: losses float64 `(rows,)`, row int64 `(rows,)`, columns `(rows, …)` of any type."""

    losses: Array
    row: Array
    columns: Mapping[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.row)

    def take(self, places: Array) -> Rows:
        """Return the samples at the given places, in their order."""
        columns = {name: column[places] for name, column in self.columns.items()}
        return Rows(self.losses[places], self.row[places], columns)

    def joined(self, other: Rows) -> Rows:
        """Return the samples of both; text columns get the greater width, ids one kind."""
        if self.columns.keys() != other.columns.keys():
            msg = f"columns differ: {sorted(self.columns)} and {sorted(other.columns)}"
            raise ValueError(msg)
        return Rows(
            np.concatenate([self.losses, other.losses]),
            np.concatenate([self.row, other.row]),
            {name: concatenated([column, other.columns[name]]) for name, column in self.columns.items()},
        )

    def ordered(self, k: int | None) -> Rows:
        """Return the k first of all when sorted: larger losses first, of equal ones the earlier row."""
        return self.take(np.lexsort((self.row, -self.losses))[:k])


NO_ROWS = Rows(np.zeros(0), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Worst:
    """The k samples with the largest losses (all for k = None), in a fixed order: a commutative monoid.

    Larger losses come first, of equal losses the smaller row; rows are unique. What counts as a loss
    is the caller's: the size of a gradient will do. Where k is given there is one part, in order;
    else each of the parts is longer than the next, and reading puts them in order.
    """

    k: int | None
    parts: tuple[Rows, ...] = ()

    @staticmethod
    def empty(k: int | None) -> Worst:
        """Return the worst of no samples."""
        return Worst(k)

    @staticmethod
    def of(
        k: int | None, losses: Array, row: Array, *, floor: Floor | None = None, **columns: Array
    ) -> Worst:
        """Return the worst of one block; only they are copied.

        `losses`, float64 `(rows,)`, must not hold NaN; `row`, int64 `(rows,)`, and every column are
        aligned with them. Samples that do not beat the `floor` (see `Worst.floor`) are skipped.
        """
        if k is not None and k < 0:
            msg = f"k must be ≥ 0, not {k}"
            raise ValueError(msg)
        rows = Rows(losses, row, columns)
        if k is None:
            return Worst(None, (rows.take(np.arange(len(rows))),) if len(rows) else ())
        places = _passing(losses, row, floor)
        if k == 0 or (places is not None and not len(places)):
            return Worst(k)
        if places is not None:
            rows = rows.take(places)
        if len(rows) > k:
            rows = rows.take(_largest(rows.losses, rows.row, k))
        return Worst(k, (rows.ordered(k),) if len(rows) else ())

    def merge(self, other: Worst) -> Worst:
        """Return the worst of both. Raises ValueError if they keep different numbers or columns."""
        if self.k != other.k:
            msg = f"the worst {self.k} and the worst {other.k} do not merge"
            raise ValueError(msg)
        if not self.parts or not other.parts:
            return self if self.parts else other
        if self.k is None:
            return Worst(None, _carried(self.parts + other.parts))
        (mine,), (others,) = self.parts, other.parts
        for full, part, state in ((self, others, self), (other, mine, other)):
            floor = full.floor
            if floor is not None and not _beats(part, floor):
                return state
        return Worst(self.k, (mine.joined(others).ordered(self.k),))

    @property
    def floor(self) -> Floor | None:
        """What a further sample has to beat; None while fewer than k are kept."""
        if self.k is None or not self.parts or len(self.parts[0]) < self.k:
            return None
        return Floor(float(self.parts[0].losses[-1]), int(self.parts[0].row[-1]))

    def behind(self, rows: int) -> Worst:
        """Return the same samples as of rows that are behind so many others."""
        return Worst(self.k, tuple(replace(part, row=part.row + rows) for part in self.parts))

    def read(self) -> Rows:
        """Return the samples, the worst first. Without any, there are no columns either."""
        if not self.parts:
            return NO_ROWS
        if self.k is not None:
            return self.parts[0]
        rows = self.parts[-1]
        for part in self.parts[-2::-1]:
            rows = part.joined(rows)
        return rows.ordered(None)


def _beats(rows: Rows, floor: Floor) -> bool:
    """Whether the first of ordered rows beats the floor."""
    loss, row = float(rows.losses[0]), int(rows.row[0])
    return loss > floor.loss or (loss == floor.loss and row < floor.row)


def _passing(losses: Array, row: Array, floor: Floor | None) -> Array | None:
    """Return the places of samples that beat the floor; None for all."""
    if floor is None or floor.loss == -math.inf:
        return None
    if len(losses) and losses.max() < floor.loss:
        return np.zeros(0, dtype=np.intp)
    passing = losses > floor.loss
    if len(row) and row.min() < floor.row:
        passing |= (losses == floor.loss) & (row < floor.row)
    return np.flatnonzero(passing)


def _largest(losses: Array, row: Array, k: int) -> Array:
    """Return the places of the k largest losses, of equal ones those in the earliest rows."""
    least = np.partition(losses, len(losses) - k)[len(losses) - k]
    above = np.flatnonzero(losses > least)
    equal = np.flatnonzero(losses == least)
    missing = k - len(above)
    if len(equal) > missing:
        equal = equal[np.argpartition(row[equal], missing - 1)[:missing]]
    return np.concatenate([above, equal])


def _carried(parts: tuple[Rows, ...]) -> tuple[Rows, ...]:
    """Return the parts with lengths more than halving from each to the next, so that merging is cheap."""
    kept: list[Rows] = []
    for part in parts:
        kept.append(part)
        while len(kept) > 1 and len(kept[-2]) < 2 * len(kept[-1]):
            last = kept.pop()
            kept[-1] = kept[-1].joined(last)
    return tuple(kept)
