"""A chunk: consecutive rows of one input, the columns that somebody asked for as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array, taken
from losscli.inputs.ids import concatenated
from losscli.inputs.places import PlaceOf, on_no_line

ABRIDGED_BYTES = 1 << 8
"""From here on a text that is only compared is kept by its beginning and its digest."""


MOST_TEXT_BYTES = 1 << 12
"""The longest id, group or class name: each row of an array of text takes as much as its longest."""
TEXT_BYTES = 1 << 24
"""The most that one array of text may take."""
MOST_BAD_CELLS = 1000
"""So many cells that are no finite number are kept as they stand, of each piece of an input."""


def shortened(text: bytes) -> bytes:
    """Return a text that is shorter than `ABRIDGED_BYTES` as it is, another abridged to less."""
    if len(text) < ABRIDGED_BYTES:
        return text
    from hashlib import sha256

    return text[: ABRIDGED_BYTES // 2] + b"#" + sha256(text).hexdigest().encode()


@dataclass(frozen=True, slots=True)
class Want:
    """Columns that play one role: read as numbers, or as text.

    Attributes:
        role: `prediction`, `label`, `weight`, `cluster`, `id` or `group`;
            of several groups `group 2` and so on.
        columns: positions in the file. Several make a `(rows, columns)` array.
        text: whether the cells are compared as text, never as numbers.
        switches: whether True and False are 1 and 0, in any of their spellings.
        abridged: whether a long text may be cut, and end in a digest of the whole: enough to compare.
        integers: whether text may be int64 where all of it is, so that each integer has one text.
    """

    role: str
    columns: tuple[int, ...]
    text: bool = False
    switches: bool = False
    abridged: bool = False
    integers: bool = False

    @property
    def option(self) -> str:
        """The option that names such a column."""
        return self.role.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one input.

    Attributes:
        name: the input as messages call it.
        row: int64, the data rows in the file, from 1.
        columns: per role a float64 array, NaN (or an infinity) where a cell is no finite number,
            or an array of UTF-8 bytes (dtype `S`), empty where the cell is; ids may be integers (see `ids`).
        bad: what stands in the cells that are no finite number: (role, row) -> text.
    """

    name: str
    row: Array
    columns: Mapping[str, Array]
    bad: Mapping[tuple[str, int], str] = field(default_factory=dict)
    place: PlaceOf = field(default=on_no_line, compare=False)
    """The place of a row."""
    shard: int = 0
    """The file that the rows are of, counted from 0, where an input has several."""

    def told(self, row: int) -> str:
        """Return what a message calls a row: the input, the row, and its line where they differ."""
        return self.place(row).told(self.name)

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: slice | NDArray[np.int64]) -> Chunk:
        """Return the rows that a slice or positions choose, in that order."""
        columns = {role: taken(column, rows) for role, column in self.columns.items()}
        return Chunk(self.name, self.row[rows], columns, self.bad, self.place, self.shard)

    def followed_by(self, other: Chunk) -> Chunk:
        """Return these rows, and those of another chunk behind them."""
        return concatenate([self, other])


def concatenate(chunks: list[Chunk]) -> Chunk:
    """Return the rows of all chunks as one; texts of different widths get the widest."""
    if len(chunks) == 1:
        return chunks[0]
    roles = chunks[0].columns
    bad = {place: text for chunk in chunks for place, text in chunk.bad.items()}
    return Chunk(
        chunks[0].name,
        np.concatenate([chunk.row for chunk in chunks]),
        {role: concatenated([chunk.columns[role] for chunk in chunks]) for role in roles},
        bad,
        chunks[0].place,
        chunks[0].shard,
    )
