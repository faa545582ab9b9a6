"""Rows drawn at random, the same whatever their order, blocks and engine: those with the smallest keys.

The key of a row is a hash of its id, or of its number where it has none. The k rows with the smallest keys
are a uniform sample without replacement, and merge: a bottom-k sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from losscli.common.array import Array
from losscli.inputs.ids import integers, words_of

_STEP, _FIRST, _SECOND = (
    np.uint64(word) for word in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
_THIRTY, _TWENTY_SEVEN, _THIRTY_ONE = (np.uint64(shift) for shift in (30, 27, 31))
_LAST = np.uint64(2**64 - 1)
_BYTE, _ZERO, _NINE, _MINUS = (np.uint64(byte) for byte in (0xFF, 0x30, 0x39, 0x2D))
_AT_A_TIME = 16_384
_MOST_WAITING = 4096
"""Blocks, however small, of which rows wait to be put to the others."""


def keys_of(row: Array, ids: Array | None = None) -> Array:
    """Return a random key for each row, uint64 `(rows,)`: by its id, int64 or bytes, else by its number.

    An integer has one key, whether it is held as a number or, beside other ids, as text.
    """
    if ids is None or ids.dtype.kind != "S":
        return mixed(row if ids is None else ids)
    words = words_of(ids)
    found = np.full(len(ids), _STEP)
    for place in range(words.shape[1]):
        word = words[:, place]
        # What shorter texts are filled up with changes nothing: an array is as wide as its longest text.
        found = np.where(word == 0, found, mixed((found ^ word) + np.uint64(place)))
    # Few texts begin as integers do, and only these are worth a closer look.
    first = words[:, 0] & _BYTE
    near = np.flatnonzero(((first >= _ZERO) & (first <= _NINE)) | (first == _MINUS))
    if len(near):
        number, plain = integers(ids[near])
        found[near[plain]] = mixed(number[plain])
    return found


def mixed(number: Array) -> Array:
    """Return a random key of each number, uint64 `(rows,)`, no two of different numbers the same.

    The mixing is that of SplitMix64 (Steele, Lea and Flood, doi:10.1145/2714064.2660195).
    """
    found = number.astype(np.uint64)
    _mix(found, np.empty_like(found))
    return found


def _mix(z: Array, shifted: Array) -> None:
    """Make keys of numbers, in their place; `shifted` is as large, and what is in it is lost."""
    z *= _STEP
    z ^= np.right_shift(z, _THIRTY, out=shifted)
    z *= _FIRST
    z ^= np.right_shift(z, _TWENTY_SEVEN, out=shifted)
    z *= _SECOND
    z ^= np.right_shift(z, _THIRTY_ONE, out=shifted)


def _below(number: Array, ceiling: np.uint64) -> tuple[Array, Array]:
    """Return the places of the numbers whose keys are below the ceiling, and these keys.

    A few at a time, in memory that a processor holds near: all of them at once take thrice as long.
    """
    buffer, scratch = np.empty((2, min(len(number), _AT_A_TIME)), dtype=np.uint64)
    places, keys = [], []
    for start in range(0, len(number), _AT_A_TIME):
        some = number[start : start + _AT_A_TIME]
        z = buffer[: len(some)]
        z[:] = some
        _mix(z, scratch[: len(some)])
        near = np.flatnonzero(z < ceiling)
        places.append(near + start)
        keys.append(z[near])
    return np.concatenate(places), np.concatenate(keys)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The rows with the smallest keys, at most so many, with some columns: a commutative monoid.

    Attributes:
        most: how many are drawn; up to twice as many are held until `in_order`, so that it is not chosen
            among them too often.
        n: how many rows they are drawn from.
        key: their keys, uint64 `(held,)`.
        columns: arrays with an entry or a row for each of them, by name.
        ceiling: the key that a row has to be below to be among them beside these.
        more: keys and columns that are to be put to these, together: each by itself would copy all of them.
        waiting: how many rows that is.
    """

    most: int
    n: int = 0
    key: Array = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    columns: Mapping[str, Array] = field(default_factory=dict)
    ceiling: np.uint64 = _LAST
    more: tuple[tuple[Array, Mapping[str, Array]], ...] = ()
    waiting: int = 0

    def with_rows(self, row: Array, ids: Array | None, columns: Mapping[str, Array]) -> Drawn:
        """Return what is drawn of these rows and others, given what the keys of those are made of."""
        number = row if ids is None else ids
        if not len(number):
            return self
        if number.dtype.kind != "S":
            near, key = _below(number, self.ceiling)
        else:
            key = keys_of(row, ids)
            near = np.flatnonzero(key < self.ceiling)
            key = key[near]
        return self.with_keys(len(number), key, {name: column[near] for name, column in columns.items()})

    def with_keys(self, rows: int, key: Array, columns: Mapping[str, Array]) -> Drawn:
        """Return what is drawn of so many more rows, given those of them that may be among the drawn."""
        if not len(key):
            return replace(self, n=self.n + rows)
        more, waiting = (*self.more, (key, columns)), self.waiting + len(key)
        held = replace(self, n=self.n + rows, more=more, waiting=waiting)
        few = len(self.key) + waiting <= 2 * self.most and len(more) < _MOST_WAITING
        return held if few else held._together()._cut()

    def _together(self) -> Drawn:
        """Return the same with nothing that is still to be put to the others."""
        if not self.more:
            return self
        parts = [*([(self.key, self.columns)] if len(self.key) else []), *self.more]
        key = np.concatenate([one for one, _ in parts])
        columns = {name: np.concatenate([those[name] for _, those in parts]) for name in parts[0][1]}
        return Drawn(self.most, self.n, key, columns, self.ceiling)

    def _cut(self) -> Drawn:
        # One more than are wanted: whether there is one tells which rows have the last key.
        held = self.most + 1
        if len(self.key) <= held:
            return self
        places = np.argpartition(self.key, held - 1)[:held]
        key, columns = self.key[places], {name: column[places] for name, column in self.columns.items()}
        return Drawn(self.most, self.n, key, columns, np.uint64(key.max()))

    def merge(self, other: Drawn) -> Drawn:
        """Return what is drawn of the rows of both."""
        if not self.n or not other.n:
            return self if self.n else other
        whole = other._together()
        return self.with_keys(whole.n, whole.key, whole.columns)

    def in_order(self) -> Drawn:
        """Return the same in the order of their keys, which is that of no file.

        Rows of one id have one key. They are in the order of their columns; and where not all of them have
        room, none of them is among the drawn. Else both would depend on the order in which rows came.
        """
        kept = self._together()._cut()
        order = np.argsort(kept.key, kind="stable")
        key = kept.key[order]
        if (key[1:] == key[:-1]).any():
            order = np.lexsort((*(kept.columns[name] for name in sorted(kept.columns)), kept.key))
        if len(order) > self.most:
            order = order[kept.key[order] < key[-1]]
        columns = {name: column[order] for name, column in kept.columns.items()}
        return Drawn(kept.most, kept.n, kept.key[order], columns, kept.ceiling)
