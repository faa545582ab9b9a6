"""Where the batches of an Arrow file are, and how many rows each has: from its footer and their headers.

Both are flatbuffers. What is wrong with them is told by who reads the file; here it makes no answer.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

_BATCHES, _KIND, _HEADER, _LENGTH = 3, 1, 2, 0
"""Fields by their numbers: of a footer its batches; of a message what it is about; of a batch its rows."""
_BATCH = 3
"""The kind of a message that is a batch of records."""
_CONTINUED = b"\xff\xff\xff\xff"
_MAGIC_BYTES = 6
_LONGEST = 1 << 28


class _File(Protocol):
    def seek(self, place: int, whence: int = 0, /) -> int: ...
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Block:
    """Where a batch is: its place in the file, and the bytes of its header and of its cells."""

    place: int
    header: int
    cells: int

    @property
    def end(self) -> int:
        """The place behind it."""
        return self.place + self.header + self.cells


def footer_of(file: _File, size: int) -> tuple[int, bytes]:
    """Return where the footer of a file of some bytes begins, and what it is; nothing where there is none."""
    if size < 2 * _MAGIC_BYTES + 4:
        return 0, b""
    end = file.seek(-_MAGIC_BYTES - 4, io.SEEK_END)
    length = int.from_bytes(file.read(4), "little")
    if length > min(end, _LONGEST):
        return 0, b""
    file.seek(end - length)
    return end - length, file.read(length)


def blocks_of(footer: bytes) -> list[Block]:
    """Return where the batches of records are."""
    try:
        (table,) = struct.unpack_from("<I", footer)
        place = _field(footer, table, _BATCHES)
        if place is None:
            return []
        place += struct.unpack_from("<I", footer, place)[0]
        (count,) = struct.unpack_from("<I", footer, place)
        found = struct.iter_unpack("<qi4xq", footer[place + 4 : place + 4 + 24 * count])
        return [Block(*one) for one in islice(found, count)]
    except struct.error:
        return []


def rows_of(file: _File, blocks: Sequence[Block]) -> list[int] | None:
    """Return how many rows each batch says that it has; None where one says nothing."""
    found = []
    for block in blocks:
        file.seek(block.place)
        rows = _rows(file.read(block.header)) if 0 < block.header < _LONGEST else None
        if rows is None:
            return None
        found.append(rows)
    return found


def _rows(header: bytes) -> int | None:
    try:
        start = 8 if header.startswith(_CONTINUED) else 4
        table = start + struct.unpack_from("<I", header, start)[0]
        kind, batch = _field(header, table, _KIND), _field(header, table, _HEADER)
        if kind is None or batch is None or header[kind] != _BATCH:
            return None
        length = _field(header, batch + struct.unpack_from("<I", header, batch)[0], _LENGTH)
        # What is left out is its default.
        rows: int = 0 if length is None else struct.unpack_from("<q", header, length)[0]
    except (struct.error, IndexError):
        return None
    return rows if rows >= 0 else None


def _field(data: bytes, table: int, number: int) -> int | None:
    """Return where a field of a table is; None where it is left out. Raises struct.error outside the data."""
    (back,) = struct.unpack_from("<i", data, table)
    (length,) = struct.unpack_from("<H", data, table - back)
    entry = 4 + 2 * number
    if length < entry + 2:
        return None
    (place,) = struct.unpack_from("<H", data, table - back + entry)
    return table + place if place else None
