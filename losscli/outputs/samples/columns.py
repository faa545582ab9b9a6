"""Columns of samples turned into columns of text, with as little work a row as Python allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from losscli.common.array import Array


@dataclass(frozen=True, slots=True)
class Classes:
    """A class a row: `codes` int64 `(n,)`, positions in `names`, or −1 for no class."""

    codes: Array
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vector:
    """Several numbers a row: `values` float64 `(n, columns)`, and the names of the columns."""

    values: Array
    names: tuple[str, ...]


Column: TypeAlias = Array | Classes | Vector | None

# Bytes that mean nothing to CSV, JSON, spreadsheets, terminals and CI runners, wherever they stand
# (0 only pads); a hyphen is one of them except at the beginning.
_TAME = np.zeros(256, dtype=np.bool_)
_TAME[np.frombuffer(b"\0 ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-", np.uint8)] = (
    True
)


def length(columns: Mapping[str, Column]) -> int:
    """Return the number of rows of a block; some column can tell."""
    column = next(column for column in columns.values() if column is not None)
    if isinstance(column, Classes):
        return len(column.codes)
    return len(column.values if isinstance(column, Vector) else column)


def numbers(values: Array, missing: str, infinite: Callable[[str], str]) -> list[str]:
    """Return numbers `(n,)` in full precision; `missing` for NaN, `infinite("inf")` for inf."""
    texts = list(map(repr, values.tolist()))
    if values.dtype.kind == "f":
        for at in np.flatnonzero(~np.isfinite(values)).tolist():
            texts[at] = missing if texts[at] == "nan" else infinite(texts[at])
    return texts


def texts(values: Array, quote: str, escaped: Callable[[str], str]) -> list[str]:
    """Return UTF-8 bytes `(n,)` as text: tame ones between `quote`, the others as `escaped` has them."""
    if not len(values):
        return []
    raw = np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1)
    wild = ~_TAME[raw].all(axis=1) | (raw[:, 0] == ord("-"))
    # A NUL only pads where nothing follows it.
    wild |= ((raw[:, :-1] == 0) & (raw[:, 1:] != 0)).any(axis=1)
    cells: list[bytes] = values.tolist()
    places = np.flatnonzero(wild).tolist()
    found = [escaped(cells[at].decode("utf-8", "backslashreplace")) for at in places]
    for at in places:
        cells[at] = b""
    # One decoding of all cells is ten times as fast as one a cell; no tame cell holds a line feed.
    joined = f"{quote}\n{quote}".encode().join(cells).decode("ascii")
    result = f"{quote}{joined}{quote}".split("\n")
    for at, text in zip(places, found, strict=True):
        result[at] = text
    return result


def names(column: Classes, missing: str, escaped: Callable[[str], str]) -> list[str]:
    """Return the class names of the rows, `missing` for none; each name is escaped once."""
    # The last entry is the one that the code −1 picks.
    table = np.array([*map(escaped, column.names), missing], dtype=object)
    chosen: list[str] = table[column.codes].tolist()
    return chosen
