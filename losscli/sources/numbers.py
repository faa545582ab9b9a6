"""Columns of numbers, parsed by pandas' C parser, and refused where a cell is no finite number."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from losscli.text import parse_number

Array = NDArray[Any]

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


def parse(data: bytes, separator: str, columns: tuple[int, ...], decimal: str) -> list[Array]:
    """Parse columns of `data`, rows without quotes and header, as float64.

    Cells that are no finite number come back as NaN or an infinity; every other value is the
    float64 nearest to the text, the same whatever stands in the cells around it.
    """
    import pandas as pd

    try:
        frame = pd.read_csv(
            _Source(data),  # type: ignore[call-overload]
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
        texts = cells(data, separator, columns)
        return [_by_cell(texts[column], decimal) for column in columns]
    values: list[Array] = [frame[column].to_numpy() for column in columns]
    if any(map(_all_switches, values)) and any(word in data for word in _SWITCHES):
        # pandas takes a column of True and False for ones and zeros; nothing here asked for that.
        texts = cells(data, separator, columns)
        return [_by_cell(texts[column], decimal) for column in columns]
    return values


def cells(data: bytes, separator: str, columns: tuple[int, ...]) -> dict[int, list[str]]:
    """Return columns of `data` as text, cell by cell: for messages, and where parsing failed."""
    rows = data.decode("utf-8", "replace").removesuffix("\n").split("\n")
    split = [row.split(separator) for row in rows]
    return {column: [row[column] if column < len(row) else "" for row in split] for column in columns}


def _all_switches(values: Array) -> bool:
    if not len(values) or float(values[0]) not in (0.0, 1.0):
        return False
    return bool(((values == 0.0) | (values == 1.0) | np.isnan(values)).all())


def _by_cell(texts: list[str], decimal: str) -> Array:
    """Parse cell by cell: slower, and to the same bits, for text in which some cell is no number."""

    def parsed(text: str) -> float:
        text = text.strip(" \t")
        if decimal != ".":
            text = "x" if "." in text else text.replace(decimal, ".")
        number = parse_number(text)
        return np.nan if number is None else number

    return np.fromiter(map(parsed, texts), dtype=np.float64, count=len(texts))
