"""What every source is: an input with columns, whose rows are taken once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from losscli.common.array import Array
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.header import Header
from losscli.inputs.places import Place, Shard

ShardRead = tuple[Shard, int, tuple[int, str] | None]
"""A file of several, the rows that were read of it, and its size and SHA-256 where that was asked for."""
Stamp = tuple[object, ...]
"""What changes when a file does."""


class Source(Protocol):
    """An input with columns, whose rows are taken once, in order."""

    name: str
    path: str
    separated: bool
    """Whether it is text with separators, of which a `TextFormat` says something."""
    files: tuple[Shard, ...]
    """Its files where it is a folder or a glob, else none."""

    @property
    def header(self) -> Header:
        """What it says of its columns; of several files all once they were read."""

    @property
    def format(self) -> str:
        """What it is: the name of its format, or `memory`."""

    @property
    def stamp(self) -> Stamp:
        """What changes when the file does; empty in memory."""

    @property
    def rows(self) -> int:
        """The rows handed out so far."""

    @property
    def size(self) -> int | None:
        """The bytes there are to read, None where that is unknown."""

    @property
    def consumed(self) -> int:
        """The bytes read so far."""

    @property
    def at_hand(self) -> bool:
        """Whether nothing has to be waited for: all is in memory, and little."""

    @property
    def repeatable(self) -> bool:
        """Whether `again` works."""

    def place(self, row: int) -> Place:
        """Return the place of a row that was handed out."""

    def again(self, path: str | None = None) -> Source:
        """Open the same input from its beginning; by another path to it, messages call it so."""

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, with the columns that are wanted."""

    def fingerprint(self) -> tuple[int, str] | None:
        """Return the size and the SHA-256 of what was read to its end; None where that was not asked for."""

    def apart(self, rows: Array) -> tuple[Array, Array]:
        """Return of rows that were handed out the places of their files in `files`, and their rows there."""

    def shards(self) -> Iterator[ShardRead]:
        """Yield what was read of each of its files."""

    def close(self) -> None:
        """Let go of the input."""
