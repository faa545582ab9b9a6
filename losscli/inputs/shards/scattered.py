"""Rows of several files, dealt out by their ids: those of one share are an input, in the order of the files.

Who reads a file deals out its rows (`dealt`); who has the rows of one share from all files reads them as
a source (`ScatteredSource`). Equal ids are in one share, whichever file they are in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from losscli.common.array import Array
from losscli.inputs.chunk import Chunk, Want, concatenate
from losscli.inputs.header import Header
from losscli.inputs.ids import ID, as_text
from losscli.inputs.pairing.distinct import hashed
from losscli.inputs.places import Place, PlaceOf, Shard
from losscli.inputs.source import ShardRead, Stamp
from losscli.inputs.streams.opened import name_of

_ROW_BITS = 40
"""Bits of the number of a row in its file; the number of the file stands above them."""
_ROW = (1 << _ROW_BITS) - 1


@dataclass(frozen=True, slots=True)
class EvenLines:
    """On which lines the rows of a file begin: as far apart as the first two, up to a row.

    Attributes:
        first: the line of row 1.
        step: how many lines a row takes.
        sure: the last row of which the line is certain.
    """

    first: int = 0
    step: int = 0
    sure: int = 0

    @staticmethod
    def of(place: PlaceOf, before: int, rows: int) -> EvenLines:
        """Return the lines of some rows that were handed out, those behind `before`; see `Source.place`."""

        def is_unknown(row: int) -> bool:
            return place(row).line is None

        sure = before + bisect_left(range(before + 1, before + rows + 1), True, key=is_unknown)
        line, after = (place(before + number).line if before + number <= sure else None for number in (1, 2))
        if line is None:
            return EvenLines()
        step = 1 if after is None else after - line
        return EvenLines(line - step * before, step, sure)

    def line(self, row: int) -> int | None:
        """Return the line of a row."""
        return self.first + self.step * (row - 1) if row <= self.sure else None


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one file, of one share.

    Attributes:
        labels: whether they are of the labels.
        shard: the number of their file.
        lines: of all rows of the file.
        row: int64 `(rows,)`, their numbers in the file.
        columns: as those of a chunk.
    """

    labels: bool
    shard: int
    lines: EvenLines
    row: Array
    columns: Mapping[str, Array]


def dealt(chunks: Iterator[Chunk], shares: int) -> dict[int, Chunk]:
    """Return the rows of a file by the share that their ids belong to, in their order."""
    found: dict[int, list[Chunk]] = {}
    for chunk in chunks:
        share = _share(chunk.columns[ID], shares)
        # Of integers of two bytes the stable sort is the quick one.
        order = np.argsort(share.astype(np.uint16) if shares <= 1 << 16 else share, kind="stable")
        counts = np.bincount(share, minlength=shares)
        ends = np.cumsum(counts)
        for number in np.flatnonzero(counts).tolist():
            rows = order[ends[number] - counts[number] : ends[number]]
            found.setdefault(number, []).append(chunk.take(rows))
    return {number: concatenate(some) for number, some in found.items()}


def _share(ids: Array, shares: int) -> Array:
    """Return the share of each id, int64, by the hash of its text."""
    mixed = hashed(as_text(ids))
    # Of a product of short texts that begin alike, only the upper bits differ.
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    mixed ^= mixed >> np.uint64(32)
    return np.asarray((mixed % np.uint64(shares)).astype(np.int64))


@dataclass(frozen=True, slots=True)
class Described:
    """What is known of an input without its rows: fields as those of a source."""

    name: str
    path: str
    files: tuple[Shard, ...]
    header: Header
    separated: bool
    format: str


class ScatteredSource:
    """The rows of one share of an input; see `Source`. Their numbers say their files too."""

    at_hand = True
    repeatable = False
    size: int | None = None
    consumed = 0
    stamp: Stamp = ()

    def __init__(self, said: Described, pieces: Sequence[Piece]) -> None:
        """Take what is known of the input, and the rows."""
        self.name, self.path, self.files, self.header = said.name, said.path, said.files, said.header
        self.separated, self.format = said.separated, said.format
        self._pieces = sorted(pieces, key=lambda piece: (piece.shard, int(piece.row[0])))
        # Of stretches of one file, the last one knows most.
        self._lines = {
            piece.shard: piece.lines for piece in sorted(pieces, key=lambda piece: piece.lines.sure)
        }
        self.rows = 0

    def place(self, row: int) -> Place:
        """Return the file of a row, and its place there."""
        number, inside = row >> _ROW_BITS, row & _ROW
        line = self._lines[number].line(inside)
        if not self.files:
            return Place(inside, line)
        shard = self.files[number]
        return Place(inside, line, shard.name, name_of(shard.path))

    def apart(self, rows: Array) -> tuple[Array, Array]:
        """Return the numbers of the files of rows, and the rows there."""
        return rows >> _ROW_BITS, rows & _ROW

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in the order of the files."""
        roles = [want.role for want in wants]
        parts = [
            Chunk(
                self.name,
                piece.row + (piece.shard << _ROW_BITS),
                {role: piece.columns[role] for role in roles},
                place=self.place,
            )
            for piece in self._pieces
        ]
        if parts:
            whole = concatenate(parts)
            for start in range(0, len(whole), block_rows):
                chunk = whole.take(slice(start, start + block_rows))
                self.rows += len(chunk)
                yield chunk

    def again(self, path: str | None = None) -> ScatteredSource:
        """Refuse to read the rows again: they were handed over."""
        raise NotImplementedError

    def fingerprint(self) -> tuple[int, str] | None:
        """Return nothing: whoever has the files knows them."""
        return None

    def shards(self) -> Iterator[ShardRead]:
        """Yield nothing, as `fingerprint`."""
        return iter(())

    def close(self) -> None:
        """Let go of the rows."""
        self._pieces = []
