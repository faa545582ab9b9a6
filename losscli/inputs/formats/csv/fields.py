"""Fields of rows of text, found and gathered without a loop over rows.

`Fields.find` locates every field of a text whose rows all have the same number of them;
`Fields.text` gathers one column as bytes, exactly as they stand, which is how ids and class
names are compared: `007` is not `7`, and integers of any length stay what they are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array

Bytes = NDArray[np.uint8]

LINE_FEED, SPACE, TAB = 10, 32, 9
WORD = 8
PADDING = b"\0" * WORD
_MASKS = np.array([(1 << (8 * count)) - 1 for count in range(WORD)] + [2**64 - 1], dtype=np.uint64)


class WidthError(ValueError):
    """A row has another number of fields than the rest: its index from 0, and its fields."""

    def __init__(self, index: int, fields: int) -> None:
        self.index, self.fields = index, fields
        super().__init__(f"row {index} has {fields} fields")


class Fields:
    """Where the fields of a text are.

    `ends` is int64 `(rows, columns)`: the places of the separators and, last, of the line feeds.
    """

    def __init__(self, data: Bytes, ends: Array) -> None:
        self._data, self.ends = data, ends

    @classmethod
    def find(cls, data: Bytes, separator: int, columns: int) -> Fields:
        """Locate the fields of `data`, whole rows that each end with a line feed.

        Raises:
            WidthError: for the first row that does not have `columns` fields.
        """
        edge = data == LINE_FEED
        rows = int(np.count_nonzero(edge))
        edge |= data == separator
        places = np.flatnonzero(edge)
        # All rows have the right width if the number of ends is right, and every last end of a
        # row is a line feed: as many line feeds as rows leave none for the other places.
        if len(places) == rows * columns:
            ends = places.reshape(rows, columns)
            if (data[ends[:, -1]] == LINE_FEED).all():
                return cls(data, ends)
        widths = np.diff(np.flatnonzero(data[places] == LINE_FEED), prepend=-1)
        index = int((widths != columns).argmax())
        raise WidthError(index, int(widths[index]))

    def __len__(self) -> int:
        return len(self.ends)

    def _bounds(self, column: int) -> tuple[Array, Array]:
        end = self.ends[:, column]
        if column:
            return self.ends[:, column - 1] + 1, end
        start = np.empty(len(self.ends), dtype=np.int64)
        if len(start):
            start[0] = 0
            np.add(self.ends[:-1, -1], 1, out=start[1:])
        return start, end

    def cell(self, row: int, column: int) -> bytes:
        """Return one field as it stands."""
        before = self.ends[row, column - 1] if column else self.ends[row - 1, -1] if row else -1
        return self._data[before + 1 : self.ends[row, column]].tobytes()

    def lengths(self, column: int) -> Array:
        """Return the bytes of each field of a column, blanks and all."""
        start, end = self._bounds(column)
        return end - start

    def trimmed_lengths(self, column: int) -> Array:
        """Return the same without the blanks around each field."""
        start, end = self._trimmed(*self._bounds(column))
        return end - start

    def text(
        self,
        column: int,
        padded: Bytes,
        stand_in: Mapping[int, int],
        *,
        blanks: bool,
        most: int | None = None,
    ) -> Array:
        """Gather a column as bytes (dtype `S`), without the blanks around it.

        Args:
            column: which field of each row.
            padded: the text, with at least `PADDING` behind it.
            stand_in: bytes to be put back (see `losscli.inputs.formats.csv.quoting`).
            blanks: whether the text has any space or tab, so that there is something to trim.
            most: the bytes of a field that are kept, from its beginning; None for all.
        """
        start, end = self._bounds(column)
        if blanks:
            start, end = self._trimmed(start, end)
        length = end - start if most is None else np.minimum(end - start, most)
        words = max(1, -(-int(length.max(initial=0)) // WORD))
        window = np.ndarray((len(padded) - WORD + 1,), np.uint64, buffer=padded, strides=(1,))
        gathered = np.empty((len(start), words), dtype=np.uint64)
        for word in range(words):
            place = start if word == 0 else np.minimum(start + WORD * word, len(window) - 1)
            taken = length if words == 1 else np.clip(length - WORD * word, 0, WORD)
            np.bitwise_and(window[place], _MASKS[taken], out=gathered[:, word])
        for byte, original in stand_in.items():
            view = gathered.view(np.uint8)
            view[view == byte] = original
        return gathered.view(f"S{WORD * words}").reshape(-1)

    def _trimmed(self, start: Array, end: Array) -> tuple[Array, Array]:
        start, end = start.copy(), end.copy()
        while (left := (start < end) & _is_blank(self._data[start])).any():
            start += left
        while (right := (start < end) & _is_blank(self._data[end - 1])).any():
            end -= right
        return start, end


def _is_blank(data: Bytes) -> NDArray[np.bool_]:
    return np.asarray((data == SPACE) | (data == TAB))
