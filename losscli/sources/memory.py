"""Data frames and arrays as inputs: the same chunks as from a file, the same refusals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from losscli.errors import LosscliError
from losscli.sources.chunk import Array, Chunk, Want
from losscli.sources.csv import MOST_BAD_CELLS
from losscli.sources.dialect import Layout


class MemorySource:
    """A pandas DataFrame, a Series, or anything that NumPy makes an array of.

    A frame's columns go by their names, and an index that has a name is one of them; other
    indices say nothing. A one-dimensional array is one column, a two-dimensional one has its
    columns numbered from 0, as a file without a header does.

    Attributes:
        name: the input as messages call it.
        layout: the column names.
        rows: the rows handed out so far.
    """

    def __init__(self, data: Any, name: str) -> None:
        """Take `data`. Raises LosscliError for what is no table of rows."""
        self.name = self.path = name
        self.rows = 0
        self.size: int | None = None
        self.consumed = 0
        self._columns, names, header = _columns(data, name)
        self.layout = Layout(",", tuple(names), header, 0)
        self._length = len(self._columns[0]) if self._columns else 0

    def close(self) -> None:
        """Do nothing: the data belong to the caller."""

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, `block_rows` at a time, with the columns that are wanted."""
        for start in range(0, self._length, block_rows):
            stop = min(start + block_rows, self._length)
            row = np.arange(start + 1, stop + 1, dtype=np.int64)
            columns: dict[str, Array] = {}
            bad: dict[tuple[str, int], str] = {}
            for want in wants:
                cells = [self._columns[column][start:stop] for column in want.columns]
                if want.text:
                    columns[want.role] = _text(cells[0])
                    continue
                numbers = [self._numbers(column) for column in cells]
                for found, values in zip(cells, numbers, strict=True):
                    for place in np.flatnonzero(~np.isfinite(values))[:MOST_BAD_CELLS].tolist():
                        bad.setdefault((want.role, start + 1 + place), str(found[place]))
                columns[want.role] = numbers[0] if len(numbers) == 1 else np.column_stack(numbers)
            self.rows = stop
            yield Chunk(self.name, row, columns, bad)

    def _numbers(self, cells: Array) -> Array:
        if cells.dtype.kind == "c":
            raise LosscliError(self.name, "the numbers are complex", "real numbers")
        if cells.dtype.kind in "biuf":
            return cells.astype(np.float64)
        return np.fromiter(map(_number, cells.tolist()), dtype=np.float64, count=len(cells))


def _columns(data: Any, name: str) -> tuple[list[Array], list[str], bool]:
    """Return the columns as arrays, their names, and whether the data named them."""
    if hasattr(data, "to_frame") and hasattr(data, "index"):
        data = data.to_frame(name=data.name if data.name is not None else "0")
    if hasattr(data, "columns") and hasattr(data, "reset_index"):
        if any(level is not None for level in data.index.names):
            data = data.reset_index()
        names = [str(column) for column in data.columns]
        return [data.iloc[:, place].to_numpy() for place in range(len(names))], names, True
    array = np.asarray(
        np.ma.filled(data.astype(float), np.nan) if isinstance(data, np.ma.MaskedArray) else data
    )
    if array.ndim not in (1, 2):
        raise LosscliError(
            name, f"an array of {array.ndim} dimensions", "one or two: rows, or rows and columns"
        )
    columns = [array] if array.ndim == 1 else [array[:, place] for place in range(array.shape[1])]
    if not columns:
        raise LosscliError(name, "an array without columns", "at least one")
    return columns, [str(place) for place in range(len(columns))], False


def _number(cell: Any) -> float:
    """Return the number in a cell of an object column, NaN for what is none."""
    if isinstance(cell, (bool, str, bytes)) or cell is None:
        return np.nan
    try:
        return float(cell)
    except (TypeError, ValueError):
        return np.nan


def _text(cells: Array) -> Array:
    """Return cells as UTF-8 bytes; missing ones as empty."""
    kind = cells.dtype.kind
    if kind in "iub":
        return np.char.encode(cells.astype(np.str_), "utf-8")
    if kind == "f":
        return _encoded([_float_text(cell) for cell in cells.tolist()])
    return _encoded([_cell_text(cell) for cell in cells.tolist()])


def _float_text(cell: float) -> str:
    if cell != cell:
        return ""
    # A column of integers that met a missing value became floats: 7.0 was 7.
    return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)


def _cell_text(cell: Any) -> str:
    if cell is None or cell != cell or str(cell) == "<NA>":
        return ""
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "surrogateescape")
    return _float_text(cell) if isinstance(cell, float) else str(cell)


def _encoded(texts: list[str]) -> Array:
    encoded = [text.strip(" \t").encode("utf-8", "surrogateescape") for text in texts]
    width = max(map(len, encoded), default=1)
    return np.array(encoded, dtype=f"S{max(8, -(-width // 8) * 8)}")
