"""One array in a file, as a source: some rows at a time, read in the order in which they lie there.

The file is read, not mapped into memory: a mapped file that another process cuts short ends the reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from losscli.common.array import Array, side_by_side
from losscli.common.errors import LosscliError
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.file_source import FileSource
from losscli.inputs.formats.npy.columns import columns_of
from losscli.inputs.formats.npy.header import read_header
from losscli.inputs.streams.opened import OpenedFile
from losscli.inputs.typed.column import RowError, TypedColumn
from losscli.inputs.typed.numpy_cells import numbers, texts

BYTES_AT_A_TIME = 1 << 23
_TRUNCATED = "Save or copy it again."


class NpySource(FileSource):
    """One array; see `Source`. Of `(rows,)` there is one column, of `(rows, columns)` they are numbered."""

    def __init__(self, file: OpenedFile) -> None:
        """Read the header.

        Raises:
            LosscliError: for what is no whole array, and for one that is no table.
        """
        super().__init__(file)
        self._begin()
        self._array = read_header(self._read, self.name)
        self._columns, self.header = columns_of(self._array, self.name)
        self._length = self._array.shape[0]
        # What has one row or one column lies the same way in both orders.
        self._by_column = self._array.fortran and len(self._array.shape) == 2 and 1 not in self._array.shape
        self._verify_size()

    def _begin(self) -> None:
        """Get ready to read the header."""

    def _read_some(self, size: int) -> bytes:
        """Return at most `size` of the next bytes, none at the end."""
        try:
            return self.file.bytes.read(size)
        except OSError as error:
            raise self.file.failed(error) from None

    def _left(self) -> int | None:
        """Return how many bytes there are behind the header; None where that is not known yet."""
        size = self.file.size
        return None if size is None else size - self.file.bytes.tell()

    def _verify_size(self) -> None:
        """Raise LosscliError unless the file ends where the array does, as far as that is known."""
        left = self._left()
        if left is not None and left < self._array.bytes:
            raise self._cut_short(left)
        if left is not None and left > self._array.bytes:
            raise self._longer(f"{left - self._array.bytes} bytes")
        if self._by_column and not self.file.regular:
            raise LosscliError(
                self.name,
                "an array in Fortran order from a pipe",
                "an array in C order, or a file",
                "Save it in C order: numpy.ascontiguousarray(array)",
            )

    def _cut_short(self, left: int) -> LosscliError:
        self.file.verify_unchanged()
        found = f"the array is cut short: {left} bytes of {self._array.bytes}"
        return LosscliError(self.name, found, "a complete file", _TRUNCATED)

    def _longer(self, how_much: str) -> LosscliError:
        self.file.verify_unchanged()
        found = f"there are {how_much} behind the array"
        return LosscliError(self.name, found, "one array in a file", "Save each array in a file of its own.")

    def _read(self, size: int) -> bytes:
        """Return `size` of the next bytes, fewer only at the end."""
        parts, missing = [], size
        while missing and (data := self._read_some(missing)):
            parts.append(data)
            missing -= len(data)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, with the columns that are wanted.

        Raises:
            LosscliError: for cells that cannot be read, and for a file that ends too early, too late, or
                is changed while it is read.
        """
        width = self._array.dtype.itemsize * (1 if self._by_column else max(1, *self._array.shape[1:], 1))
        most = max(1, min(block_rows, BYTES_AT_A_TIME // width))
        wanted = range(self._length) if self.only is None else self.only
        self._ready(wanted.start)
        for start in range(wanted.start, wanted.stop, most):
            rows = min(most, wanted.stop - start)
            cells = self._cells(wants, start, rows)
            yield from self._in_order(cells, wants, start, rows)
        if not self._by_column and wanted.stop == self._length and self._read_some(1):
            raise self._longer("bytes")
        self.file.verify_unchanged()

    def count(self) -> int | None:
        """Return how many rows there are."""
        return self._length

    def _ready(self, first: int) -> None:
        """Get ready to read the cells from a row on, counted from 0."""
        self._start = self.file.bytes.tell() if self._by_column or first else 0
        if first and not self._by_column:
            self._seek(self._start + first * (self._array.bytes // self._length))

    def _cells(self, wants: Sequence[Want], start: int, rows: int) -> Mapping[int, Array]:
        """Return the columns that are wanted, by their places."""
        places = dict.fromkeys(place for want in wants for place in want.columns)
        if self._by_column:
            return {place: self._column(place, start, rows) for place in places}
        shape = (rows, *self._array.shape[1:])
        size = rows * (self._array.bytes // self._length)
        data = self._read(size)
        if len(data) < size:
            raise self._cut_short(start * (self._array.bytes // self._length) + len(data))
        cells: Array = np.frombuffer(data, dtype=self._array.dtype).reshape(shape)
        return {place: self._columns[place].of(cells) for place in places}

    def _column(self, place: int, start: int, rows: int) -> Array:
        """Return some cells of a column of an array in Fortran order."""
        size = self._array.dtype.itemsize
        self._seek(self._start + (place * self._length + start) * size)
        data = self._read(rows * size)
        if len(data) < rows * size:
            raise self._cut_short((place * self._length + start) * size + len(data))
        return np.frombuffer(data, dtype=self._array.dtype)

    def _seek(self, place: int) -> None:
        try:
            self.file.bytes.seek(place)
        except OSError as error:
            raise self.file.failed(error) from None

    def _in_order(
        self, cells: Mapping[int, Array], wants: Sequence[Want], start: int, rows: int
    ) -> Iterator[Chunk]:
        """Yield the chunk; of one with a cell that cannot be read, the rows before it.

        Something else may be wrong with those, and the first bad row is the one to be told of.
        """
        try:
            chunk = self._chunk(cells, wants, start, rows)
        except RowError as error:
            good = error.row - start - 1
            if good > 0:
                part = {place: column[:good] for place, column in cells.items()}
                yield from self._in_order(part, wants, start, good)
            raise
        self.rows += rows
        yield chunk

    def _chunk(self, cells: Mapping[int, Array], wants: Sequence[Want], start: int, rows: int) -> Chunk:
        columns: dict[str, Array] = {}
        bad: dict[tuple[str, int], str] = {}
        for want in wants:
            typed = [TypedColumn(self.name, self._columns[place].name, want) for place in want.columns]
            if want.text:
                columns[want.role] = texts(cells[want.columns[0]], typed[0], start + 1)
                continue
            found = []
            for place, column in zip(want.columns, typed, strict=True):
                values, wrong = numbers(cells[place], column, start + 1)
                found.append(values)
                for index, said in wrong.items():
                    bad.setdefault((want.role, start + 1 + index), said)
            columns[want.role] = found[0] if len(found) == 1 else side_by_side(found)
        return Chunk(self.name, np.arange(start + 1, start + 1 + rows, dtype=np.int64), columns, bad)
