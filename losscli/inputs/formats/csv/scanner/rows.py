"""Chunks filled by the compiled scanner: each of as many rows as were asked for, wherever pieces end."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from losscli.common.array import Array, room
from losscli.inputs.chunk import (
    ABRIDGED_BYTES,
    MOST_BAD_CELLS,
    MOST_TEXT_BYTES,
    TEXT_BYTES,
    Chunk,
    Want,
    shortened,
)
from losscli.inputs.formats.csv import scanner
from losscli.inputs.formats.csv.numbers import WORDS, parse_cell

ROWS = 1 << 17
CELLS = 1 << 21
"""Rows and cells of a chunk, at most: a few megabytes, and little that is left to Python between them."""
_ODD_CELLS = 4096
"""So many cells that the scanner leaves to others are taken from it at a time."""
_WORD = 8
_USUAL_BYTES = 64
"""A longer text makes its own chunk wide; the next one begins as narrow as the first did."""
_NUMBER, _INTEGER, _TEXT, _ABRIDGED = range(4)
_END, _FULL, _ODD, _RAGGED, _LONGER, _NO_INTEGER = range(6)


@dataclass(slots=True)
class _Target:
    """Where one column of a want goes.

    Attributes:
        want: the want.
        place: which of the columns of its want it is.
        kind: how it is read.
        width: of text, the bytes of a cell.
        array: what it is written to, `(rows,)`.
    """

    want: Want
    place: int
    kind: int
    width: int = _WORD
    array: Array = field(default_factory=lambda: np.empty(0))

    @property
    def column(self) -> int:
        """Its place in the file."""
        return self.want.columns[self.place]

    def bound(self) -> tuple[int, int, Array, int, int]:
        """Return what `Scanner.bind` asks of a column."""
        # The last byte stays free where texts are abridged: one as long as this is.
        width = self.width - (self.kind == _ABRIDGED)
        return self.column, self.kind, self.array.view(np.uint8), self.array.itemsize, width


def is_in_use(separator: str, decimal: str) -> bool:
    """Whether the scanner is there, and reads text that is written so."""
    return scanner.scan is not None and decimal == "." and not (separator.isalnum() or separator in "+-._")


class Rows:
    """The rows that the scanner has filled, and those that it will.

    Attributes:
        total: all rows so far, those of earlier chunks included.
    """

    def __init__(self, name: str, make: Callable[[int], Any], wants: Sequence[Want], most_rows: int) -> None:
        """Begin with no rows.

        Args:
            name: the input as messages call it.
            make: makes the scanner, given how many odd cells it is to hand back at a time.
            wants: what is read of the fields of a row.
            most_rows: the rows of a chunk.
        """
        self._name, self._wants = name, wants
        targets = [_Target(want, place, _kind(want)) for want in wants for place in range(len(want.columns))]
        # A power of two, as in the other input: then rows are not cut once more to be paired.
        self._most_rows = min(most_rows, ROWS, 1 << (CELLS // max(1, len(targets))).bit_length() - 1)
        self._targets = sorted(targets, key=lambda target: target.column)
        self._scanner = make(max(_ODD_CELLS, len(targets)))
        self.total = self._first = 0
        self._capacity = 0
        self._several: dict[str, Array] = {}
        self._bad: dict[tuple[str, int], str] = {}

    @property
    def full(self) -> bool:
        """Whether there is no room for another row."""
        return 0 < self._capacity == self._filled

    @property
    def _filled(self) -> int:
        return self.total - self._first

    def skip(self, rows: int) -> None:
        """Take note of rows that somebody else read, behind all that were filled."""
        assert not self._filled
        self.total += rows
        self._first += rows

    def take(self, text: bytes | bytearray, place: int) -> int:
        """Fill rows with what stands in `text` from a place on; return the place behind them.

        It is the end of the text, or there are as many rows as there is room for, or a row begins there
        that the scanner does not read: one of another width, or with a text that is too long.
        """
        if not self._capacity:
            for target in self._targets:
                if target.width > _USUAL_BYTES:
                    target.kind, target.width = _TEXT, _WORD
            self._begin()
        while True:
            stop = self._scanner.scan(text, place)
            place = self._scanner.place
            self.total = self._first + self._scanner.row
            self._look_at(text)
            if stop == _ODD or (stop in (_LONGER, _NO_INTEGER) and self._widened(stop)):
                continue
            return place

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows that were filled as a chunk, if there are any, and begin anew."""
        rows = self._filled
        if not rows:
            return
        alone = {target.want.role: target.array for target in self._targets}
        columns = {want.role: self._several.get(want.role, alone[want.role])[:rows] for want in self._wants}
        row = np.arange(self._first + 1, self.total + 1, dtype=np.int64)
        chunk = Chunk(self._name, row, columns, self._bad)
        self._first, self._capacity, self._bad = self.total, 0, {}
        yield chunk

    def _begin(self) -> None:
        widest = max((target.width for target in self._targets if target.kind >= _TEXT), default=1)
        self._capacity = max(1, min(self._most_rows, TEXT_BYTES // widest))
        self._several = {
            want.role: room(self._capacity, len(want.columns))
            for want in self._wants
            if not want.text and len(want.columns) > 1
        }
        for target in self._targets:
            several = self._several.get(target.want.role)
            target.array = self._room(target) if several is None else several[:, target.place]
        self._bind()

    def _room(self, target: _Target) -> Array:
        if target.kind == _NUMBER:
            return np.empty(self._capacity)
        if target.kind == _INTEGER:
            return np.empty(self._capacity, dtype=np.int64)
        return np.zeros(self._capacity, dtype=f"S{target.width}")

    def _bind(self) -> None:
        self._scanner.bind([target.bound() for target in self._targets], self._capacity, self._filled)

    def _widened(self, stop: int) -> bool:
        """Make room for what did not fit into a column; tell whether there is, in this chunk."""
        target = self._targets[self._scanner.at]
        if stop == _NO_INTEGER:
            kind, width = _TEXT, 3 * _WORD
        else:
            kind, width = _TEXT, -(-self._scanner.needed // _WORD) * _WORD
        if target.want.abridged and width >= ABRIDGED_BYTES:
            kind, width = _ABRIDGED, ABRIDGED_BYTES
        elif width > MOST_TEXT_BYTES:
            return False
        target.kind, target.width = kind, width
        if width * self._capacity > TEXT_BYTES:
            if self._filled:
                # What is filled is handed out first; the next chunk begins with this row.
                self._capacity = self._filled
                return False
            self._begin()
            return True
        filled = target.array[: self._filled]
        target.array = self._room(target)
        # Integers become the text that they were.
        target.array[: self._filled] = filled.astype(target.array.dtype)
        self._bind()
        return True

    def _look_at(self, text: bytes | bytearray) -> None:
        """Read the cells that the scanner left to others, as single cells are read everywhere."""
        noted = [0] * len(self._targets)
        known: dict[tuple[bytes, bool], float] = {}
        for index, row, start, length in sorted(self._scanner.odd(), key=self._order):
            target = self._targets[index]
            cell = bytes(text[start : start + length])
            if target.kind == _ABRIDGED:
                target.array[row] = shortened(cell.strip(b" \t"))
                continue
            key = cell, target.want.switches
            number = known.get(key)
            if number is None:
                number = known[key] = _number(cell, switches=target.want.switches)
            target.array[row] = number
            if not math.isfinite(number) and noted[index] < MOST_BAD_CELLS:
                noted[index] += 1
                place = target.want.role, self._first + 1 + row
                self._bad.setdefault(place, cell.decode("utf-8", "replace"))

    def _order(self, odd: tuple[int, int, int, int]) -> tuple[int, int]:
        """Of several bad cells in a row, the first one in the order of the want is told."""
        return odd[1], self._targets[odd[0]].place


def separated_by(separator: str, columns: int) -> Callable[[int], Any]:
    """Return what makes the scanner of rows of so many fields."""
    assert scanner.scan is not None
    return partial(scanner.scan.Scanner, ord(separator), columns)


def _kind(want: Want) -> int:
    return _NUMBER if not want.text else _INTEGER if want.integers else _TEXT


def _number(cell: bytes, *, switches: bool) -> float:
    text = cell.decode("utf-8", "replace")
    word = WORDS.get(text.strip(" \t")) if switches else None
    found = parse_cell(text) if word is None else word
    return float("nan") if found is None else found
