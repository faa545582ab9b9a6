"""Rows of labels held, and found by id.

Integers that lie close together have a place each in one array; other ids go through a hash table,
compiled where that is there.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from losscli.common import compiled
from losscli.common.array import Array
from losscli.inputs.chunk import Chunk
from losscli.inputs.ids import ID, are_integers, as_text, canonical, integers, same_kind, words_of
from losscli.inputs.pairing import hash_table
from losscli.inputs.places import PlaceOf, on_no_line

_hash = compiled.load("losscli.inputs.pairing._hash")[0]
SPREAD = 4
"""Places in an array for each integer, at most: as much memory as a hash table and the ids take."""
_MOST_COMPILED = 2**31 - 2
"""Rows that the compiled table can number."""
_AT_A_TIME = 1 << 17
_ROOM = 1 << 20


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
        self._place: PlaceOf = on_no_line
        columns: dict[str, _Growing] = {}
        for chunk in chunks:
            if not len(chunk):
                continue
            if not columns:
                self._name, self._first = chunk.name, int(chunk.row[0])
                columns = {role: _Growing(column) for role, column in chunk.columns.items()}
            self._bad.update(chunk.bad)
            self._place = chunk.place
            for role, column in chunk.columns.items():
                columns[role].add(column)
        self._columns = {role: columns.pop(role).whole() for role in [*columns]}
        self._rows = len(self._columns[ID]) if self._columns else 0
        self._table = table_of(self._columns.pop(ID, np.zeros(0, dtype="S8")))
        self.again = self._table.again
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
        return Chunk(self._name, rows + self._first, {ID: ids, **columns}, self._bad, self._place)

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


class _Growing:
    """A column that is put together where it stands: joined from its parts, it would be held twice.

    Its memory is its own: it grows in place, and goes back to the system at once.
    """

    def __init__(self, part: Array) -> None:
        self._begin(part)

    def _begin(self, like: Array) -> None:
        self._like, self._rows = like[:0], 0
        self._memory = _memory(max(_ROOM, like.nbytes))

    def add(self, part: Array) -> None:
        if part.dtype != self._like.dtype:
            # Texts get the width of the widest, and integers among them are text.
            filled, part = same_kind(self.whole(), part)
            filled = filled.astype(np.result_type(filled, part))
            part = part.astype(filled.dtype)
            self._begin(filled)
            self.add(filled)
        size = part.nbytes // len(part)
        start, end = self._rows * size, (self._rows + len(part)) * size
        if end > len(self._memory):
            self._memory = _larger(self._memory, max(end, len(self._memory) * 3 // 2))
        self._memory[start:end] = np.ascontiguousarray(part).view(np.uint8).reshape(-1).data
        self._rows += len(part)

    def whole(self) -> Array:
        shape = (self._rows, *self._like.shape[1:])
        array: Array = np.ndarray(shape, self._like.dtype, buffer=self._memory)
        return array


def _memory(size: int) -> mmap.mmap:
    """Return memory of which nothing is taken before it is written to."""
    try:
        # Shared memory, which is the default, cannot be written to where it has grown.
        memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError:
        raise MemoryError from None
    if hasattr(mmap, "MADV_HUGEPAGE"):
        # Rows are looked up all over it.
        with suppress(OSError):
            memory.madvise(mmap.MADV_HUGEPAGE)
    return memory


def _larger(memory: mmap.mmap, size: int) -> mmap.mmap:
    try:
        memory.resize(size)
    except SystemError:
        # Not every system can.
        larger = _memory(size)
        larger[: len(memory)] = memory
        return larger
    except OSError:
        raise MemoryError from None
    return memory


def table_of(ids: Array) -> Table:
    """Return the table of ids: by place where they are integers close together."""
    numbers = canonical(ids)
    if numbers is not None and len(ids):
        low, high = int(numbers.min()), int(numbers.max())
        if high - low < SPREAD * len(ids):
            return Places(numbers, low, high)
    return Hashes(ids if numbers is None else numbers)


class Places:
    """The rows of integers between two bounds, each at its own place; their ids are not held."""

    def __init__(self, ids: Array, low: int, high: int) -> None:
        rows = len(ids)
        self._below = low - 1
        # Rows from 1 on; 0 is none, and so is what lies beside either end.
        self._row = np.zeros(high - low + 3, dtype=np.int32 if rows < np.iinfo(np.int32).max else np.int64)
        for end in range(rows, 0, -_AT_A_TIME):
            start = max(0, end - _AT_A_TIME)
            # Of several rows of an id the first one, written last, is kept.
            places = (ids[start:end] - self._below)[::-1]
            self._row[places] = np.arange(end, start, -1, dtype=self._row.dtype)
        again = [np.zeros(0, dtype=np.int64)]
        if np.count_nonzero(self._row) < rows:
            for start in range(0, rows, _AT_A_TIME):
                part = ids[start : start + _AT_A_TIME]
                row = np.arange(start + 1, start + 1 + len(part))
                again.append(part[self._row[part - self._below] != row])
        self.again: Array = np.unique(np.concatenate(again))

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
            for start in range(0, len(self._row), _AT_A_TIME):
                row = self._row[start : start + _AT_A_TIME]
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
        self._functions = hash_table if _hash is None or len(ids) > _MOST_COMPILED else _hash
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
