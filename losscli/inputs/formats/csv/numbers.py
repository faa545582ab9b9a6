"""Columns of numbers, parsed by pandas' C parser, and refused where a cell is no finite number.

Little text is parsed cell by cell instead, to the same bits: pandas takes longer to be imported.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
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
SMALL_BYTES = 1 << 20
"""Text of an input for which pandas is not imported: that takes 0.3 s, and a megabyte cell by cell 0.03 s."""
_PLAIN = b"0123456789.eE+- \t"
"""Of these alone Python makes the numbers that `parse_cell` makes, and no others."""
NOTHING: Mapping[int, int] = MappingProxyType({})


class Readable(Protocol):
    """What pandas can read bytes from; `total` is the text of the input up to here."""

    @property
    def total(self) -> int:
        """Return how many bytes of the input have been read, whoever parsed them."""

    def read(self, size: int = -1, /) -> bytes:
        """Return more bytes, none at the end."""


class _Source:
    """What pandas reads bytes from. No io class, so that it adds no text layer of its own."""

    def __init__(self, data: bytes, total: int = 0, rest: Readable | None = None) -> None:
        self._data, self._place = data, 0
        self._rest, self.total = rest, total

    def read(self, size: int = -1) -> bytes:
        end = len(self._data) if size is None or size < 0 else self._place + size
        data = self._data[self._place : end]
        self._place += len(data)
        return self._rest.read() if self._rest is not None and not data else data

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
    total: int = 0,
) -> list[Array]:
    """Parse columns of `data`, rows without quotes and header, as float64.

    Cells that are no finite number come back as NaN or an infinity; every other value is the
    float64 nearest to the text, the same whatever stands in the cells around it. `stand_in` says
    which bytes stand for separators and line feeds inside cells (see `losscli.inputs.formats.csv.quoting`).
    In the columns of `switches`, True is 1 and False is 0. `total` is the text of the input up to here,
    in bytes.
    """
    mark = _mark(separator, decimal, stand_in)
    values = None
    by_cell = is_small(total)
    if not by_cell and mark is not None and _is_strict(data, separator, mark):
        values = _by_pandas(_Source(_without_plus(data, separator, mark)), separator, columns, mark)
    if values is not None:
        strict = [found for found, column in zip(values, columns, strict=True) if column not in switches]
        if not may_be_switches(strict, data):
            return values
    middle = data.find(b"\n", len(data) // 2) + 1
    if by_cell or len(data) <= SLOW_BYTES or not 0 < middle < len(data):
        return _by_cell(data, separator, columns, decimal, stand_in, switches)
    # What is no number is somewhere; only the rows around it need to be read the slow way.
    halves = (
        parse(half, separator, columns, decimal, stand_in, switches, total)
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


def is_small(total: int) -> bool:
    """Whether an input of which `total` bytes have been read needs no pandas, and nobody has imported it."""
    return total < SMALL_BYTES and "pandas" not in sys.modules


def fast(source: Readable, separator: str, columns: tuple[int, ...], decimal: str) -> list[Array] | None:
    """Parse the plain text of a source; None, or values that are not finite, where a cell is no number."""
    parts: list[bytes] = []
    while is_small(source.total):
        parts.append(source.read())
        if not parts[-1]:
            data = b"".join(parts)
            return _by_cell(data, separator, columns, decimal) if data else None
    if parts:
        source = _Source(b"".join(parts), source.total, source)
    return _by_pandas(source, separator, columns, decimal)


def _by_pandas(
    source: Readable, separator: str, columns: tuple[int, ...], decimal: str
) -> list[Array] | None:
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
    split = [row.split(separator, max(columns) + 1) for row in rows]
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


def _by_cell(
    data: bytes,
    separator: str,
    columns: tuple[int, ...],
    decimal: str,
    stand_in: Mapping[int, int] = NOTHING,
    switches: frozenset[int] = frozenset(),
) -> list[Array]:
    """Parse cell by cell, to the same bits: for little text, and for text in which some cell is no number."""
    texts = cells(data, separator, columns, stand_in)
    return [_numbers(texts[column], decimal, switches=column in switches) for column in columns]


def _numbers(texts: list[str], decimal: str, *, switches: bool) -> Array:
    if decimal == "." and not "".join(texts).encode().translate(None, _PLAIN):
        with suppress(ValueError):
            values = np.fromiter(map(float, texts), dtype=np.float64, count=len(texts))
            # Not inf, which takes other letters, but numbers that are too large.
            values[np.isinf(values)] = np.nan
            return values
    words = WORDS if switches else {}
    parsed = (words.get(text.strip(" \t"), parse_cell(text, decimal)) for text in texts)
    return np.fromiter(
        (np.nan if number is None else number for number in parsed), dtype=np.float64, count=len(texts)
    )


def parser_version() -> str:
    """Return the version of pandas, which need not be imported for that."""
    from importlib.metadata import version

    return version("pandas")
