"""What sources of files have in common: everything but the header, and the chunks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np

from losscli.common.array import Array
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.format import FOLDER
from losscli.inputs.header import Header
from losscli.inputs.places import Place, Shard, on_no_line
from losscli.inputs.source import ShardRead, Stamp
from losscli.inputs.streams.opened import OpenedFile


class FileSource(ABC):
    """One file; see `Source`.

    Who derives from it sets `header` at the beginning, and `rows` with each chunk.

    Attributes:
        only: the rows to be handed out, counted from 0, where they are not all; known before the first chunk.
    """

    header: Header
    at_hand: bool = False
    files: tuple[Shard, ...] = ()
    separated = False
    only: range | None = None

    def __init__(self, file: OpenedFile) -> None:
        """Take an opened file; it is closed with the source, or where something is wrong with it."""
        self.file, self.name, self.path = file, file.name, file.path
        self.rows = 0

    @property
    def format(self) -> str:
        """The name of its format: that of the module which reads it."""
        return type(self).__module__.removeprefix(f"{FOLDER}.").partition(".")[0]

    @property
    def stamp(self) -> Stamp:
        """What changes when the file does."""
        return self.file.stamp

    @property
    def size(self) -> int | None:
        """The bytes of the file."""
        return self.file.size

    @property
    def consumed(self) -> int:
        """The bytes of the file read so far."""
        return self.file.bytes.count

    @property
    def repeatable(self) -> bool:
        """Whether `again` works."""
        return self.file.repeatable

    def place(self, row: int) -> Place:
        """Return the place of a row: there are no lines."""
        return on_no_line(row)

    def again(self, path: str | None = None) -> Self:
        """Open the same file from its beginning. Raises LosscliError if it was changed."""
        file = OpenedFile(self.path if path is None else path, hashed=self.file.hashed)
        try:
            file.verify_same(self.file)
            source = type(self)(file)
        except BaseException:
            file.close()
            raise
        source.only = self.only
        return source

    def count(self) -> int | None:
        """Return how many rows there are; None where `only` some of them cannot be read."""
        return None

    @abstractmethod
    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, `block_rows` at a time, with the columns that are wanted."""

    def fingerprint(self) -> tuple[int, str] | None:
        """Return the size and the SHA-256 of the file; None where it is not hashed."""
        return self.file.fingerprint()

    def apart(self, rows: Array) -> tuple[Array, Array]:
        """Return that all rows are of one file."""
        return np.zeros(len(rows), dtype=np.int64), rows

    def shards(self) -> Iterator[ShardRead]:
        """Yield nothing: it is one input."""
        return iter(())

    def close(self) -> None:
        """Close the file."""
        self.file.close()
