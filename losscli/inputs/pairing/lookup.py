"""Rows of labels held, and found by id.

Integers that lie close together have a place each in one array; other ids go through a hash table,
compiled where that is there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.inputs.chunk import Chunk
from losscli.inputs.ids import ID, are_integers, as_text, canonical, concatenated, integers, words_of
from losscli.inputs.pairing import hash_table

try:
    from losscli.inputs.pairing import _hash
except ImportError:
    _hash = None  # type: ignore[assignment]  # where nothing could be compiled

SPREAD = 4
"""Places in an array for each integer, at most: as much memory as a hash table and the ids take."""
_PLACES_AT_A_TIME = 1 << 20


class Table(Protocol):
    """Rows by id; `again` are the ids, each once, that stand in more than one row: the first is found."""

    again: Array

    def find(self, ids: Array) -> Array:
        """Return the row (int64) of each id, −1 where there is none."""

    def ids(self, rows: NDArray[np.bool_]) -> Array:
        """Return the ids of those rows that can be found, in their order."""


class Held:
    """The labels that are left, found by id; their columns are held once, without ids and row numbers.

    Attributes:
        again: the ids, each once, that more than one of them has.
    """

    def __init__(self, chunks: Iterable[Chunk]) -> None:
        """Take consecutive rows."""
        self._name, self._first, self._bad = "", 0, dict[tuple[str, int], str]()
        ids, columns = list[Array](), dict[str, list[Array]]()
        for chunk in chunks:
            if not len(chunk):
                continue
            if not ids:
                self._name, self._first = chunk.name, int(chunk.row[0])
            self._bad.update(chunk.bad)
            for role, column in chunk.columns.items():
                (ids if role == ID else columns.setdefault(role, [])).append(column)
        self._rows = sum(map(len, ids))
        self._table = table_of(ids)
        self.again = self._table.again
        # One column after the other: what is put together is let go of.
        self._columns = {role: concatenated(columns.pop(role)) for role in [*columns]}
        self._asked = np.zeros(self._rows, dtype=np.bool_)
        self._twice: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return self._rows

    def find(self, ids: Array, *, distinct: bool) -> Array:
        """Return the row of each id, −1 where there is none, and note which are asked for.

        Args:
            ids: those of predictions.
            distinct: whether it is known that they differ from one another, and from all before.
        """
        rows = self._table.find(ids)
        found = rows if rows.min(initial=0) >= 0 else rows[rows >= 0]
        if not distinct:
            ordered = np.sort(found)
            twice = [found[self._asked[found]], ordered[1:][ordered[1:] == ordered[:-1]]]
            if any(map(len, twice)):
                self._twice = np.zeros(self._rows, dtype=np.bool_) if self._twice is None else self._twice
                self._twice[np.concatenate(twice)] = True
        self._asked[found] = True
        return rows

    def take(self, rows: Array, ids: Array) -> Chunk:
        """Return rows in the order asked for; `ids` are theirs."""
        columns = {role: column.take(rows, axis=0) for role, column in self._columns.items()}
        return Chunk(self._name, rows + self._first, {ID: ids, **columns}, self._bad)

    def left_over(self) -> Array:
        """Return the ids, in the order of the file, that no prediction asked for."""
        return self._table.ids(~self._asked)

    def asked_twice(self) -> Array:
        """Return the ids that more than one prediction asked for."""
        return self._table.ids(np.zeros(self._rows, np.bool_) if self._twice is None else self._twice)

    def among(self, others: Iterator[Array]) -> tuple[Array, Array]:
        """Return the ids that are among others too: those that were asked for, and those that were not."""
        both = np.zeros(self._rows, dtype=np.bool_)
        for ids in others:
            rows = self._table.find(ids)
            both[rows[rows >= 0]] = True
        return self._table.ids(both & self._asked), self._table.ids(both & ~self._asked)


def table_of(parts: list[Array]) -> Table:
    """Return the table of ids, whose parts are let go of."""
    for place, part in enumerate(parts):
        numbers = canonical(part)
        if numbers is None:
            break
        parts[place] = numbers
    if parts and all(map(are_integers, parts)):
        low, high = min(int(part.min()) for part in parts), max(int(part.max()) for part in parts)
        if high - low < SPREAD * sum(map(len, parts)):
            return Places(parts, low, high)
    ids = concatenated(parts) if parts else np.zeros(0, dtype="S8")
    parts.clear()
    return Hashes(ids)


class Places:
    """The rows of integers between two bounds, each at its own place."""

    def __init__(self, parts: list[Array], low: int, high: int) -> None:
        rows = sum(map(len, parts))
        self._below = low - 1
        # Rows from 1 on; 0 is none, and so is what lies beside either end.
        self._row = np.zeros(high - low + 3, dtype=np.int32 if rows < np.iinfo(np.int32).max else np.int64)
        end = rows
        for part in reversed(parts):
            # Of several rows of an id the first one, written last, is kept.
            places = (part - self._below)[::-1]
            self._row[places] = np.arange(end, end - len(part), -1, dtype=self._row.dtype)
            end -= len(part)
        again = [np.zeros(0, dtype=np.int64)]
        if np.count_nonzero(self._row) < rows:
            for part in parts:
                again.append(part[self._row[part - self._below] != np.arange(end + 1, end + 1 + len(part))])
                end += len(part)
        self.again: Array = np.unique(np.concatenate(again))
        parts.clear()

    def find(self, ids: Array) -> Array:
        """Return the row of each id, −1 where there is none."""
        values, found = (ids, None) if are_integers(ids) else integers(ids)
        rows = self._row.take(values - self._below, mode="clip").astype(np.int64)
        rows -= 1
        if found is not None:
            rows[~found] = -1
        return rows

    def ids(self, rows: NDArray[np.bool_]) -> Array:
        """Return the ids of some rows."""
        places, order = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=self._row.dtype)]
        if rows.any():
            for start in range(0, len(self._row), _PLACES_AT_A_TIME):
                row = self._row[start : start + _PLACES_AT_A_TIME]
                some = np.flatnonzero(row)
                some = some[rows[row[some] - 1]]
                places.append(some + start)
                order.append(row[some])
        found = np.concatenate(places)[np.argsort(np.concatenate(order))]
        return np.asarray(found + self._below)


class Hashes:
    """The rows of any ids."""

    def __init__(self, ids: Array) -> None:
        self._ids, self._words = ids, words_of(ids)
        self._seed = int.from_bytes(os.urandom(8), "little")
        self._functions = hash_table if _hash is None else _hash
        self._slots, again = self._functions.build(self._words, self._seed)
        self.again: Array = np.unique(ids[again])

    def find(self, ids: Array) -> Array:
        """Return the row of each id, −1 where there is none."""
        found: NDArray[np.bool_] | None = None
        if are_integers(self._ids):
            ids, found = integers(ids)
        words, width = words_of(as_text(ids) if found is None else ids), self._words.shape[1]
        if words.shape[1] > width:
            # Longer ids than any of the labels.
            found = (words[:, width:] == 0).all(axis=1)
        if words.shape[1] != width:
            fitted = np.zeros((len(words), width), dtype=np.uint64)
            fitted[:, : words.shape[1]] = words[:, :width]
            words = fitted
        rows: Array = self._functions.find(self._slots, self._words, words, self._seed)
        if found is not None:
            rows[~found] = -1
        return rows

    def ids(self, rows: NDArray[np.bool_]) -> Array:
        """Return the ids of some rows."""
        return np.asarray(self._ids[rows])
