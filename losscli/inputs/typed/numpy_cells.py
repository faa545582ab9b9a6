"""Cells of NumPy arrays of any type as chunks have them: the words and the strictness of `TypedColumn`."""

from __future__ import annotations

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.inputs.chunk import ABRIDGED_BYTES, MOST_TEXT_BYTES
from losscli.inputs.ids import WORD, as_text
from losscli.inputs.typed.column import TypedColumn

_NUMBERS, _TIMES, _TEXT = "biuf", "Mm", "US"
_DAYS = ("Y", "M", "W", "D")
_BLANKS = b" \t"


def numbers(cells: Array, column: TypedColumn, first_row: int) -> tuple[Array, dict[int, str]]:
    """Return cells `(rows,)` as float64, and what stands in those that are no finite number.

    Raises:
        LosscliError: for cells of another type than numbers, and numbers that float64 does not have.
    """
    kind = cells.dtype.kind
    if kind in _NUMBERS:
        return column.numbers(_as_float64(_native(cells), column, first_row), None, first_row)
    if kind in _TEXT:
        raise column.refuse("holds text", "a column of numbers", "Write it with a type of numbers.")
    raise _refused(cells, column, "a column of numbers")


def texts(cells: Array, column: TypedColumn, first_row: int) -> Array:
    """Return cells `(rows,)` as UTF-8 bytes (dtype `S`), empty where there is no time; ids may be int64.

    Raises:
        LosscliError: for cells that have no text, and for text that cannot be held.
    """
    kind = cells.dtype.kind
    if kind in _NUMBERS:
        return column.texts(_as_float64(_native(cells), column, first_row), None, first_row)
    if kind in _TEXT:
        return _strings(np.ascontiguousarray(_native(cells)), column, first_row)
    if kind in _TIMES and column.want.option not in ("label", "prediction"):
        return _times(_native(cells))
    raise _refused(cells, column, "numbers, or names of classes; dates and times are ids and groups")


def _refused(cells: Array, column: TypedColumn, needed: str) -> LosscliError:
    if cells.dtype.kind in _TIMES:
        return column.refuse("holds dates or times", needed, "Name another column.")
    if cells.dtype.kind == "c":
        return column.refuse("is complex", "real numbers", "Save one part of it: array.real")
    return column.refuse(f"is of the type {cells.dtype}", "numbers or text", "Name another column.")


def _native(cells: Array) -> Array:
    return cells.astype(cells.dtype.newbyteorder("="), copy=False)


def _as_float64(cells: Array, column: TypedColumn, first_row: int) -> Array:
    """Return numbers; those of a type wider than float64 as such, where they are numbers of it too."""
    if cells.dtype.kind != "f" or cells.dtype.itemsize <= WORD:
        return cells
    with np.errstate(over="ignore", under="ignore"):
        found = cells.astype(np.float64)
    # A number beyond the range is an infinity, which is another one.
    other = np.flatnonzero((found != cells) & ~np.isnan(cells))
    if len(other):
        raise column.refuse_row(
            first_row + int(other[0]),
            # In a format string it would be rounded.
            "is " + str(cells[other[0]]) + ", which lies between two numbers of 64 bits",
            "a number that float64 holds exactly",
            "Save it rounded: array.astype('float64')",
        )
    return found


def _times(cells: Array) -> Array:
    """Return days as `2026-11-27`, and what else is counted with its unit."""
    unit, count = np.datetime_data(cells.dtype)
    missing = np.isnat(cells)
    if cells.dtype.kind == "M" and unit in _DAYS:
        found = np.datetime_as_string(cells).astype("S")
    else:
        integers = np.where(missing, 0, cells.view(np.int64))
        found = np.strings.add(as_text(integers), f"[{count if count > 1 else ''}{unit}]".encode())
    found = found.astype(f"S{-(-max(1, found.dtype.itemsize) // WORD) * WORD}")
    found[missing] = b""
    return found


def _strings(cells: Array, column: TypedColumn, first_row: int) -> Array:
    """Return texts as bytes: all of them at once where they are plain."""
    wide = cells.dtype.kind == "U"
    units = cells.view(np.uint32 if wide else np.uint8).reshape(len(cells), -1)
    most = ABRIDGED_BYTES - 1 if column.want.abridged else MOST_TEXT_BYTES
    inner = (units[:, :-1] == 0) & (units[:, 1:] != 0)
    if units.shape[1] <= most and units.max(initial=0) < 128 and not inner.any():
        ascii_ = np.ascontiguousarray(units.astype(np.uint8)).view(f"S{units.shape[1]}")[:, 0]
        found = np.strings.strip(ascii_, _BLANKS)
        return found.astype(f"S{-(-max(1, found.dtype.itemsize) // WORD) * WORD}")
    listed = []
    for place, text in enumerate(cells.tolist()):
        try:
            listed.append(text.encode() if wide else text.decode().encode())
        except UnicodeError:
            raise column.refuse_row(
                first_row + place, f"holds bytes that are no UTF-8 ({text!r})", "text", "Save it as text."
            ) from None
    return column.encoded(listed, first_row)
