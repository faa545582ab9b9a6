"""Columns of numbers, parsed by pandas' C parser, and refused where a cell is no finite number."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np

from losscli.common.array import Array
from losscli.common.text import parse_number

MISSING = (
    "",
    "NA",
    "N/A",
    "NaN",
    "nan",
    "NULL",
    "null",
    "None",
    "none",
    "<NA>",
    "#N/A",
    "n/a",
    "NAN",
    ".",
    "-",
    "?",
)
"""Cells that say that there is no value. They count as bad rows, whatever the policy."""
_SWITCHES = (b"True", b"TRUE", b"true", b"False", b"FALSE", b"false")
"""What pandas takes for ones and zeros, though nothing here asks for that."""
WORDS = {word.decode(): float(word.lower() == b"true") for word in _SWITCHES}
"""The numbers of words, where they are asked for."""
_LENIENT = (b"\x0b", b"\x0c")
_MARK = b"\xef\xbb\xbf"
"""What pandas reads over beside a number: vertical blanks, and a mark at the start of what it is given."""
SLOW_BYTES = 1 << 15
NOTHING: Mapping[int, int] = MappingProxyType({})


class Readable(Protocol):
    """What pandas can read bytes from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return more bytes, none at the end."""


class _Source:
    """What pandas reads bytes from. No io class, so that it adds no text layer of its own."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def read(self, size: int = -1) -> bytes:
        end = len(self._data) if size is None or size < 0 else self._place + size
        data = self._data[self._place : end]
        self._place += len(data)
        return data

    def __iter__(self) -> _Source:
        return self

    def __next__(self) -> bytes:
        raise StopIteration


def parse(
    data: bytes,
    separator: str,
    columns: tuple[int, ...],
    decimal: str,
    stand_in: Mapping[int, int] = NOTHING,
    switches: frozenset[int] = frozenset(),
) -> list[Array]:
    """Parse columns of `data`, rows without quotes and header, as float64.

    Cells that are no finite number come back as NaN or an infinity; every other value is the
    float64 nearest to the text, the same whatever stands in the cells around it. `stand_in` says
    which bytes stand for separators and line feeds inside cells (see `losscli.inputs.formats.csv.quoting`).
    In the columns of `switches`, True is 1 and False is 0.
    """
    mark = _mark(separator, decimal, stand_in)
    values = None
    if mark is not None and _is_strict(data, separator, mark):
        values = fast(_Source(_without_plus(data, separator, mark)), separator, columns, mark)
    if values is not None:
        strict = [found for found, column in zip(values, columns, strict=True) if column not in switches]
        if not may_be_switches(strict, data):
            return values
    middle = data.find(b"\n", len(data) // 2) + 1
    if len(data) <= SLOW_BYTES or not 0 < middle < len(data):
        texts = cells(data, separator, columns, stand_in)
        return [_by_cell(texts[column], decimal, switches=column in switches) for column in columns]
    # What is no number is somewhere; only the rows around it need to be read the slow way.
    halves = (
        parse(half, separator, columns, decimal, stand_in, switches)
        for half in (data[:middle], data[middle:])
    )
    return [np.concatenate(parts) for parts in zip(*halves, strict=True)]


def _mark(separator: str, decimal: str, stand_in: Mapping[int, int]) -> str | None:
    """Return the decimal mark as it stands in text whose quotes are gone, None if it cannot."""
    if decimal != separator:
        return decimal
    return next((chr(byte) for byte, original in stand_in.items() if chr(original) == separator), None)


def is_plain(data: bytes, separator: str, decimal: str) -> bool:
    """Whether pandas reads the numbers in `data` as they stand there, and nothing over beside them."""
    return _is_strict(data, separator, decimal) and not _has_plus_and_blank(data)


def _is_strict(data: bytes, separator: str, decimal: str) -> bool:
    if decimal == separator or data.startswith(_MARK):
        return False
    return not any(byte in data for byte in _LENIENT)


def _has_plus_and_blank(data: bytes) -> bool:
    """Whether there are blanks, and a plus that is not an exponent's: then one may stand beside the other.

    pandas reads a number with both by another path, up to two ulps off.
    """
    if b"+" not in data or not (b" " in data or b"\t" in data):
        return False
    return data.count(b"+") > data.count(b"e+") + data.count(b"E+")


def _without_plus(data: bytes, separator: str, mark: str) -> bytes:
    """Return `data` without the signs that begin a number and say nothing, where pandas may misread them."""
    if not _has_plus_and_blank(data):
        return data
    between, point = (re.escape(one.encode("latin-1")) for one in (separator, mark))
    return re.sub(rb"(?<![^ \t\n" + between + rb"])\+(?=[0-9]|" + point + rb")", b"", data)


def may_be_switches(values: list[Array], data: bytes) -> bool:
    """Whether a column of zeros and ones may have been one of True and False."""
    return any(map(_all_switches, values)) and any(word in data for word in _SWITCHES)


def all_finite(values: Array) -> bool:
    """Whether the sum is finite: then all values are, and one pass has shown it."""
    with np.errstate(over="ignore", invalid="ignore"):
        return math.isfinite(float(values.sum()))


def fast(source: Readable, separator: str, columns: tuple[int, ...], decimal: str) -> list[Array] | None:
    """Parse with pandas what a source reads; None where a cell is no number."""
    import pandas as pd

    try:
        frame = pd.read_csv(
            source,  # type: ignore[call-overload]
            sep=separator,
            header=None,
            usecols=sorted(set(columns)),
            dtype=np.float64,
            decimal=decimal,
            keep_default_na=False,
            na_values=list(MISSING),
            skip_blank_lines=False,
            quoting=3,
            engine="c",
            low_memory=False,
        )
    except ValueError:
        return None
    if not set(columns) <= set(frame.columns):
        # The first row is too short to have them.
        return None
    return [frame[column].to_numpy() for column in columns]


def cells(
    data: bytes, separator: str, columns: tuple[int, ...], stand_in: Mapping[int, int]
) -> dict[int, list[str]]:
    """Return columns of `data` as text, cell by cell."""
    rows = data.decode("utf-8", "replace").removesuffix("\n").split("\n")
    split = [row.split(separator) for row in rows]
    return {
        column: [row[column].translate(stand_in) if column < len(row) else "" for row in split]
        for column in columns
    }


def parse_cell(text: str, decimal: str = ".") -> float | None:
    """Return the finite number in a cell, or None. Blanks may stand around it, nothing else."""
    text = text.strip(" \t")
    if decimal != ".":
        if "." in text:
            return None
        text = text.replace(decimal, ".")
    # Python takes vertical tabs and other control characters for blanks.
    return parse_number(text) if text.isprintable() else None


def _all_switches(values: Array) -> bool:
    """Whether there is nothing but zeros, ones and missing values, as of a column of True and False."""
    return all(
        bool(((part == 0.0) | (part == 1.0) | np.isnan(part)).all()) for part in (values[:64], values[64:])
    )


def _by_cell(texts: list[str], decimal: str, *, switches: bool) -> Array:
    """Parse cell by cell: slower, and to the same bits, for text in which some cell is no number."""
    words = WORDS if switches else {}
    parsed = (words.get(text.strip(" \t"), parse_cell(text, decimal)) for text in texts)
    return np.fromiter(
        (np.nan if number is None else number for number in parsed), dtype=np.float64, count=len(texts)
    )


def parser_version() -> str:
    """Return the version of pandas."""
    import pandas as pd

    return pd.__version__
