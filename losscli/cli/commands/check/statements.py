"""On which line of a TOML file what stands: the parser of the standard library does not tell.

But a statement, and no part of one that ends with a line, is TOML by itself: what the parser takes
alone is a statement.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

_LONGEST_STATEMENT = 500


def lines_of_tables(text: str, path: Sequence[str]) -> dict[int, tuple[int, dict[str, int]]]:
    """Return the line of each table `[[path]]`, and of its keys, by the number of the table from 0.

    What is written in another way than as such a header with keys below has no entry.
    """
    found: dict[int, tuple[int, dict[str, int]]] = {}
    inside = False
    for line, statement in _statements(text):
        if statement.lstrip().startswith("["):
            value: Any = tomllib.loads(statement)
            for part in path:
                value = value.get(part) if isinstance(value, dict) else None
            inside = value == [{}]
            if inside:
                found[len(found)] = (line, {})
        elif inside:
            for key in tomllib.loads(statement):
                found[len(found) - 1][1][key] = line
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement and the line on which it begins, from 1; ends early at a very long one."""
    lines = text.replace("\r\n", "\n").split("\n")
    start = 0
    while start < len(lines):
        for end in range(start + 1, min(len(lines), start + _LONGEST_STATEMENT) + 1):
            statement = "\n".join(lines[start:end])
            try:
                tomllib.loads(statement)
            except (tomllib.TOMLDecodeError, RecursionError):
                continue
            yield start + 1, statement
            start = end
            break
        else:
            return
