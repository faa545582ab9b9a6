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
from losscli.inputs.texts import first_places, numbered

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
    number, count = np.zeros(len(cells[0]), dtype=np.int64), 1
    for column in cells:
        values, place = numbered(column)
        # Numbered anew each time, so that no product of many columns overflows.
        number, count = _without_gaps(number * len(values) + place, count * len(values))
    first = first_places(number, count)
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


def _without_gaps(number: Array, most: int) -> tuple[Array, int]:
    """Return numbers below `most` as numbers without gaps, alike where they were, and how many there are."""
    if most > len(number):
        used, number = np.unique(number, return_inverse=True)
        return number, len(used)
    used = np.bincount(number, minlength=most) > 0
    return (np.cumsum(used) - 1)[number], int(np.count_nonzero(used))


def _written(part: bytes) -> bytes:
    return b'"' + part.replace(b'"', b'""') + b'"' if _QUOTED.search(part) else part


def _read(part: str) -> str:
    return part[1:-1].replace('""', '"') if part[:1] == '"' else part
