"""Cells of parsed JSON to arrays, as strictly as text is read: a column holds one kind of values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from losscli.common.array import Array
from losscli.common.text import shorten
from losscli.inputs.chunk import MOST_BAD_CELLS, MOST_TEXT_BYTES, Want, shortened
from losscli.inputs.formats.jsonl.shape import NUMBER, TEXT, TRUTH, Misfit, kind_of, shown
from losscli.inputs.ids import ID, WORD

WIDEST = 1 << 53
"""The integers up to here are all float64."""
_ABOVE = {NUMBER: "a number", TEXT: "text", TRUTH: "true or false"}
Written = Callable[[int], str]
"""A number of a row as it stands there."""


class CellError(Exception):
    """A cell that cannot be read, of the row at `index`."""

    def __init__(self, index: int, misfit: Misfit) -> None:
        super().__init__(misfit.found)
        self.index, self.misfit = index, misfit


@dataclass(slots=True)
class Cells:
    """How the cells of one wanted column are read.

    Attributes:
        want: what it is wanted for.
        name: the column.
        kind: what its values are, known with the first that is not missing.
    """

    want: Want
    name: str
    kind: int | None = None

    @property
    def _is_id(self) -> bool:
        # Where several readers share a file, its role says nothing.
        return self.want.role == ID or self.want.integers

    @property
    def allowed(self) -> frozenset[int]:
        """What the values may be."""
        if self.want.text:
            return frozenset({NUMBER, TEXT}) if self._is_id else frozenset({NUMBER, TEXT, TRUTH})
        if self.want.role == "label" or self.want.switches:
            return frozenset({NUMBER, TRUTH})
        return frozenset({NUMBER})

    def _checked(self, cells: list[Any]) -> tuple[list[Any], CellError | None]:
        """Return the cells before the first that is not of the kind of these, and what is wrong with it."""
        kinds = {kind_of(cell) for cell in cells} - {None}
        if self.kind is None and kinds:
            self.kind = next(kind for cell in cells if (kind := kind_of(cell)) is not None)
        if kinds <= {self.kind} & self.allowed:
            return cells, None
        for index, cell in enumerate(cells):
            kind = kind_of(cell)
            if kind is not None and (kind != self.kind or kind not in self.allowed):
                return cells[:index], CellError(index, self._misfit(cell, kind))
        raise AssertionError

    def _misfit(self, cell: Any, kind: int) -> Misfit:
        if kind in self.allowed and self.kind is not None:
            return self._refuse(cell, f"{_ABOVE[self.kind]}, as in the rows before")
        needed, remedy = "a number", ""
        if self.want.text:
            needed = "text or an integer" if self._is_id else "text, a number, or true or false"
        elif kind == TEXT:
            remedy = "Write numbers without quotes, and null where there is none."
        elif kind == TRUTH:
            remedy = "Name another column, or write 1 and 0."
        if not remedy:
            remedy = f"Name another column: --{self.want.option} COLUMN."
        return self._refuse(cell, needed, remedy)

    def _refuse(self, cell: Any, needed: str, remedy: str = "") -> Misfit:
        return Misfit(f"the {self.want.option} ({shorten(self.name)}) is {shown(cell)}", needed, remedy)

    def numbers(self, cells: list[Any], written: Written) -> tuple[Array, dict[int, str]]:
        """Return cells as float64 `(rows,)`, and what stands in those that are no finite number.

        Raises:
            CellError: for a cell of another kind, and for an integer that float64 does not have.
        """
        cells, other = self._checked(cells)
        if int in set(map(type, cells)):
            self._refuse_inexact(cells)
        if other is not None:
            raise other
        found = np.array(cells, dtype=np.float64)
        wrong = np.flatnonzero(~np.isfinite(found))[:MOST_BAD_CELLS].tolist()
        return found, {index: "" if cells[index] is None else written(index) for index in wrong}

    def _refuse_inexact(self, cells: list[Any]) -> None:
        for index, cell in enumerate(cells):
            if isinstance(cell, int) and not -WIDEST <= cell <= WIDEST and not _is_exact(cell):
                misfit = self._refuse(cell, "a number that float64 holds exactly")
                misfit.found += ", which lies between two numbers of 64 bits"
                misfit.remedy = "If it is an id, name another column."
                raise CellError(index, misfit)

    def texts(self, cells: list[Any]) -> Array:
        """Return cells as UTF-8 bytes (dtype `S`), empty where missing; ids of integers may be int64.

        Raises:
            CellError: for a cell of another kind, and for text that no array holds.
        """
        cells, other = self._checked(cells)
        found = []
        for index, cell in enumerate(cells):
            if isinstance(cell, float) and self._is_id:
                needed = "text or an integer: 7 and 7.0 would be two ids"
                raise CellError(index, self._refuse(cell, needed, "Write it as an integer, or as text."))
            text = cell if isinstance(cell, str) else _text(cell)
            found.append(text.strip(" \t").encode())
        if self.want.abridged:
            found = [shortened(text) for text in found]
        for index, cell in enumerate(found):
            if len(cell) > MOST_TEXT_BYTES:
                what = f"the {self.want.option} is {len(cell)} bytes long"
                remedy = f"Name another column: --{self.want.option}."
                raise CellError(index, Misfit(what, f"at most {MOST_TEXT_BYTES}", remedy))
            if b"\0" in cell:
                # Arrays of bytes end at one: `a` and `a` with a NUL behind it would be the same id.
                what = f"the {self.want.option} ({shorten(self.name)}) holds a NUL character"
                raise CellError(index, Misfit(what, "text without them"))
        if other is not None:
            raise other
        width = max(map(len, found), default=1)
        return np.array(found, dtype=f"S{max(WORD, -(-width // WORD) * WORD)}")


def _is_exact(cell: int) -> bool:
    try:
        return int(float(cell)) == cell
    except OverflowError:
        return False


def _text(cell: Any) -> str:
    """Return a value that is no text as the text that a CSV of the same values has."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < WIDEST:
        # A class that met a missing value on its way became a float: 7.0 was 7.
        return str(int(cell))
    return str(cell)
