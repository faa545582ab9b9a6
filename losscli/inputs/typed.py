"""Cells that have a type already, as NumPy arrays: read as strictly as text is.

Numbers widen to float64 exactly, or are refused. Ids, classes and groups are the text that a CSV of the same
values has. A missing value (null) is an empty cell, a NaN is a bad one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.inputs.chunk import MOST_BAD_CELLS, MOST_TEXT_BYTES, Want, shortened
from losscli.inputs.ids import ID, MOST_DIGITS, WORD, as_text

Nulls = NDArray[np.bool_] | None
_WIDEST = 1 << 53
"""The integers up to here are all float64."""


class TypedColumn:
    """How cells of one column are read; errors name the input, the row, and the column's role.

    Attributes:
        name: the input as messages call it.
        column: the column as messages call it.
        want: what it is wanted for.
    """

    def __init__(self, name: str, column: str, want: Want) -> None:
        self.name, self.column, self.want = name, column, want

    def refuse(self, what: str, needed: str, remedy: str = "") -> LosscliError:
        """Return the error for a column of a type that cannot be read."""
        return LosscliError(self.name, f"{self._subject} {what}", needed, remedy)

    def refuse_row(self, row: int, what: str, needed: str, remedy: str = "") -> LosscliError:
        """Return the error for the cell of a row, counted from 1."""
        return LosscliError(f"{self.name} row {row}", f"{self._subject} {what}", needed, remedy)

    @property
    def _subject(self) -> str:
        return f"the {self.want.option} ({self.column})"

    def numbers(self, values: Array, nulls: Nulls, first_row: int) -> tuple[Array, dict[int, str]]:
        """Return cells as float64 `(rows,)`, and what stands in those that are no finite number.

        Args:
            values: of bool, an integer or a floating-point type; what stands where nulls are does not matter.
            nulls: the mask of cells that are missing; None where none is.
            first_row: the row of the first cell, from 1.

        Raises:
            LosscliError: for booleans as predictions, and integers that float64 does not have.
        """
        kind = values.dtype.kind
        if kind == "b" and self.want.role != "label" and not self.want.switches:
            raise self.refuse("holds true and false", "numbers", "Name another column, or write 1 and 0.")
        if kind in "iu" and values.dtype.itemsize == 8:
            self._refuse_inexact(values, nulls, first_row)
        found = values.astype(np.float64)
        if nulls is not None:
            found[nulls] = np.nan
        wrong = np.flatnonzero(~np.isfinite(found))[:MOST_BAD_CELLS].tolist()
        missing = set() if nulls is None else {*np.flatnonzero(nulls).tolist()}
        return found, {place: "" if place in missing else str(found[place]) for place in wrong}

    def _refuse_inexact(self, values: Array, nulls: Nulls, first_row: int) -> None:
        beyond = values > _WIDEST
        if values.dtype.kind == "i":
            beyond |= values < -_WIDEST
        if nulls is not None:
            beyond &= ~nulls
        for place in np.flatnonzero(beyond).tolist():
            number = int(values[place])
            if int(float(number)) != number:
                raise self.refuse_row(
                    first_row + place,
                    f"is {number}, which lies between two numbers of 64 bits",
                    "a number that float64 holds exactly",
                    "If it is an id, name another column.",
                )

    def texts(self, values: Array, nulls: Nulls, first_row: int) -> Array:
        """Return cells as UTF-8 bytes (dtype `S`), empty where missing; ids of integers may be int64.

        Args:
            values: of bool, an integer or a floating-point type.
            nulls: as in `numbers`.
            first_row: as in `numbers`.

        Raises:
            LosscliError: for ids of a floating-point type.
        """
        kind, size = values.dtype.kind, values.dtype.itemsize
        if kind == "f":
            if self.want.role == ID:
                needed = "integers or text: 7 and 7.0 would be two ids"
                raise self.refuse(f"is of the type {values.dtype}", needed, "Write it as int64 or as text.")
            listed = [_float_text(cell) for cell in values.astype(np.float64).tolist()]
        elif kind == "b" or (kind == "u" and size == 8):
            listed = [str(cell) for cell in values.tolist()]
        else:
            integers = values.astype(np.int64)
            short = not len(integers) or (
                integers.max() < 10**MOST_DIGITS and integers.min() > -(10**MOST_DIGITS)
            )
            if nulls is None and short:
                return integers if self.want.integers else as_text(integers)
            listed = [str(cell) for cell in integers.tolist()]
        if nulls is not None:
            for place in np.flatnonzero(nulls).tolist():
                listed[place] = ""
        return self.encoded([text.encode() for text in listed], first_row)

    def encoded(self, texts: Sequence[bytes], first_row: int) -> Array:
        """Return texts as an array of bytes, without the blanks around them; long ones abridged if wanted.

        Raises:
            LosscliError: for text with a NUL character, and for text that is too long to compare.
        """
        cells = [text.strip(b" \t") for text in texts]
        if self.want.abridged:
            cells = [shortened(text) for text in cells]
        for place, text in enumerate(cells):
            if len(text) > MOST_TEXT_BYTES:
                needed, remedy = f"at most {MOST_TEXT_BYTES}", f"Name another column: --{self.want.option}."
                raise self.refuse_row(first_row + place, f"is {len(text)} bytes long", needed, remedy)
            if b"\0" in text:
                # Arrays of bytes end at one: `a` and `a` with a NUL behind it would be the same id.
                raise self.refuse_row(first_row + place, "holds a NUL character", "text without them")
        width = max(map(len, cells), default=1)
        return np.array(cells, dtype=f"S{max(WORD, -(-width // WORD) * WORD)}")


def _float_text(cell: float) -> str:
    if cell != cell:
        return "nan"
    # A class that met a missing value on its way became a float: 7.0 was 7.
    return str(int(cell)) if cell.is_integer() and abs(cell) < _WIDEST else repr(cell)
