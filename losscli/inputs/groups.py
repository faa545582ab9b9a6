"""Groups of several columns: every combination of their values that occurs is one, called `a=x, b=y`.

Columns and values that hold a comma, an equals sign or a double quote stand in double quotes, those in
them doubled: no two combinations share a name, and a name reads back as what it combines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import numpy as np

from losscli.common.array import Array
from losscli.common.text import visible

GROUP = "group"
PLAIN_NAME = re.compile(r'[^\[\]"\\]+(?:(?<==)"(?:[^"]|"")*"[^\[\]"\\]*)*')
"""The name of a group that stands in a gate as it is."""
_QUOTED = re.compile(b'[=,"]')
_PART = re.compile(r'("(?:[^"]|"")*"|[^=,"]*)=("(?:[^"]|"")*"|[^=,"]*)(?:, |\Z)', re.DOTALL)


def group_roles(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the roles that columns of groups play in chunks; a single one is the group."""
    return (GROUP, *(f"{GROUP} {place}" for place in range(2, len(columns) + 1)))[: len(columns)]


def combined(columns: Sequence[str], cells: Sequence[Array]) -> Array:
    """Return the name of the group of each row, UTF-8 bytes (dtype `S`) `(rows,)`.

    Args:
        columns: what the columns are called.
        cells: the cells of each, UTF-8 bytes (dtype `S`) `(rows,)`. Those of a single one are the names.
    """
    if len(cells) == 1:
        return cells[0]
    number = np.zeros(len(cells[0]), dtype=np.int64)
    for column in cells:
        values, place = np.unique(_words(column), return_inverse=True)
        # Numbered anew each time, so that no product of many columns overflows.
        _, first, number = np.unique(number * len(values) + place, return_index=True, return_inverse=True)
    heads = [_written(column.encode("utf-8", "surrogatepass")) + b"=" for column in columns]
    names = [
        b", ".join(head + _written(value) for head, value in zip(heads, values, strict=True))
        for values in zip(*(column[first].tolist() for column in cells), strict=True)
    ]
    width = max(map(len, names), default=1)
    return np.array(names, dtype=f"S{-(-width // 8) * 8}")[number]


def members(columns: Sequence[str], name: str) -> tuple[tuple[str, str], ...]:
    """Return the column and the value of each part of a group's name; of a single column it is the value."""
    if len(columns) == 1:
        return ((columns[0], name),)
    return tuple((_read(column), _read(value)) for column, value in _PART.findall(name))


def quoted_name(name: str) -> str:
    """Return the name of a group as gates have it in their brackets: as it is, or as a JSON string."""
    if visible(name) == name and name.strip() == name and PLAIN_NAME.fullmatch(name):
        return name
    return json.dumps(name, ensure_ascii=visible(name) != name)


def _words(column: Array) -> Array:
    """Return short texts as integers that are equal where they are: several times as fast to sort."""
    return column.view(np.uint64) if column.dtype.itemsize == 8 and column.flags.c_contiguous else column


def _written(part: bytes) -> bytes:
    return b'"' + part.replace(b'"', b'""') + b'"' if _QUOTED.search(part) else part


def _read(part: str) -> str:
    return part[1:-1].replace('""', '"') if part[:1] == '"' else part
