"""Cells that have a type already, as NumPy arrays: read as strictly as text is.

Numbers widen to float64 exactly, or are refused. Ids, classes and groups are the text that a CSV of the same
values has. A missing value (null) is an empty cell, a NaN is a bad one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import shorten
from losscli.inputs.chunk import MOST_BAD_CELLS, MOST_TEXT_BYTES, Want, shortened
from losscli.inputs.ids import ID, MOST_DIGITS, WORD, as_text

Nulls = NDArray[np.bool_] | None
_WIDEST = 1 << 53
"""The integers up to here are all float64."""
_MOST, _MOST_INT64 = 10**MOST_DIGITS, 2**63 - 1


class RowError(LosscliError):
    """The cell of one row cannot be read; `row` counts from 1."""

    row = 0


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

    def refuse_row(self, row: int, what: str, needed: str, remedy: str = "") -> RowError:
        """Return the error for the cell of a row, counted from 1."""
        error = RowError(f"{self.name} row {row}", f"{self._subject} {what}", needed, remedy)
        error.row = row
        return error

    @property
    def _subject(self) -> str:
        column, option = shorten(self.column), self.want.option
        return f"the column {column}" if option in ("shared", "show") else f"the {option} ({column})"

    @property
    def _is_id(self) -> bool:
        # Where several readers share a file, roles have names of their own.
        return self.want.role == ID or (self.want.integers and not self.want.abridged)

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
        finite = np.isfinite(found)
        wrong = [] if finite.all() else np.flatnonzero(~finite)[:MOST_BAD_CELLS].tolist()
        missing = np.zeros(len(found), dtype=np.bool_) if nulls is None else nulls
        return found, {place: "" if missing[place] else str(found[place]) for place in wrong}

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
        if kind == "f" and self._is_id:
            needed = "integers or text: 7 and 7.0 would be two ids"
            raise self.refuse(f"is of the type {values.dtype}", needed, "Write it as int64 or as text.")
        if kind == "f":
            wide = values.astype(np.float64)
            if nulls is not None:
                wide[nulls] = 0.0
            # A class that met a missing value on its way became a float: 7.0 was 7.
            if not (np.abs(wide) < _WIDEST).all() or (np.trunc(wide) != wide).any():
                listed = [*map(_float_text, values if size < WORD else wide.tolist())]
                return self.encoded(listed, first_row, nulls)
            values = wide.astype(np.int64)
        if kind == "b":
            found = np.where(values, b"True", b"False").astype(f"S{WORD}")
        else:
            low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
            if low > -_MOST and high < _MOST and nulls is None and self.want.integers:
                return values.astype(np.int64)
            fits = low >= -_MOST_INT64 and high <= _MOST_INT64
            found = as_text(values.astype(np.int64)) if fits else values.astype(f"S{3 * WORD}")
        if nulls is not None:
            found[nulls] = b""
        return found

    def encoded(self, texts: Sequence[bytes], first_row: int, nulls: Nulls = None) -> Array:
        """Return texts as an array of bytes, without the blanks around them; long ones abridged if wanted.

        Those where nulls are become empty.

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
        found = np.array(cells, dtype=f"S{max(WORD, -(-width // WORD) * WORD)}")
        if nulls is not None:
            found[nulls] = b""
        return found


def _float_text(cell: float | np.floating[Any]) -> bytes:
    """Return the shortest text of a number in its own type: 0.1 is 0.1 in float32 too."""
    if cell != cell:
        return b"nan"
    whole = float(cell).is_integer() and abs(float(cell)) < _WIDEST
    return (str(int(cell)) if whole else str(cell)).encode()
