"""What every source is: an input with columns, whose rows are taken once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.header import Header


class Source(Protocol):
    """An input with columns, whose rows are taken once, in order."""

    name: str
    path: str
    header: Header
    separated: bool
    """Whether it is text with separators, of which a `TextFormat` says something."""

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

    def line(self, row: int) -> int | None:
        """Return the line on which a row that was handed out begins, from 1; None where nobody knows."""

    def again(self, path: str | None = None) -> Source:
        """Open the same input from its beginning; by another path to it, messages call it so."""

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, with the columns that are wanted."""

    def fingerprint(self) -> tuple[int, str] | None:
        """Return the size and the SHA-256 of what was read to its end; None where that was not asked for."""

    def close(self) -> None:
        """Let go of the input."""
