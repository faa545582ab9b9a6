"""Where a row stands: in which file of an input, which row of it, and on which line.

Rows of an input are numbered from 1, of an input of several files (shards) from the first file to the last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shard:
    """One file of several.

    Attributes:
        path: as it is opened.
        name: its path below the folder, with `/`.
        keys: the columns that its folders say, `key=value/`, percent-decoded.
    """

    path: str
    name: str
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A data row as people count.

    Attributes:
        row: counted in its file, from 1.
        line: on which it begins; None where that is not certain.
        shard: the file, by its path below the folder; empty for an input of one file.
        path: the whole path of that file.
    """

    row: int
    line: int | None = None
    shard: str = ""
    path: str = ""

    def told(self, name: str) -> str:
        """Return what a message calls it: the file, `row 57`, and the line where it is another number."""
        return f"{self.path or name} {told(self.row, self.line)}"


PlaceOf = Callable[[int], Place]
"""The place of the row with a number."""


def on_no_line(row: int) -> Place:
    """Return the place of a row of one file without lines."""
    return Place(row)


def told(row: int, line: int | None) -> str:
    """Return what a message calls a row of a file: `row 57 (line 58)`, or `row 57` where they are one."""
    return f"row {row}" if line in (None, row) else f"row {row} (line {line})"
