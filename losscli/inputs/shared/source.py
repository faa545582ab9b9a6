"""A file that several readers take rows of: read once, and held as long as one still needs it.

It is parsed with the columns that all of its readers want together. Its chunks are held until the
last reader is done, unless they grow beyond a bound: then they are let go, and the other readers
read the file for themselves.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from losscli.common.array import Array
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.header import Header
from losscli.inputs.places import Place, PlaceOf, Shard
from losscli.inputs.source import ShardRead, Source, Stamp
from losscli.inputs.streams.opened import name_of

HELD_BYTES = 1 << 30
"""The most that the chunks of all inputs together may take while they are held."""

Columns = tuple[tuple[int, ...], bool, bool, bool, bool]
"""Columns as they are held: their places, and whether they are text, switches, abridged, or integers."""


class LetGo(Exception):  # noqa: N818  # no error: whoever meets it reads for itself
    """The chunks that were asked for are no longer held."""


class Held:
    """How many bytes of chunks are held, by all inputs together."""

    def __init__(self) -> None:
        self._bytes, self._lock = 0, threading.Lock()

    @property
    def bytes(self) -> int:
        """The bytes held now."""
        return self._bytes

    def fits(self, size: int) -> bool:
        """Take note of `size` more bytes, unless they are too many."""
        with self._lock:
            if self._bytes + size > HELD_BYTES:
                return False
            self._bytes += size
            return True

    def release(self, size: int) -> None:
        """Take note that so many are no longer held."""
        with self._lock:
            self._bytes -= size


class SharedSource:
    """A file whose rows are read once, and taken by several readers, each with wants of its own.

    Attributes:
        source: the file.
        uses: how many readers still need it. For a single one nothing is held.
        error: what ended reading, once it was met.
    """

    def __init__(self, source: Source, block_rows: int, uses: int, held: Held) -> None:
        self.source, self.uses = source, uses
        self.error: Exception | None = None
        self._block_rows, self._budget = block_rows, held
        self._wanted: dict[Columns, Want] = {}
        self._chunks: Iterator[Chunk] | None = None
        self._held: list[Chunk] = []
        self._bytes = 0
        self._ended = False
        self._owner: object | None = None
        self._lock = threading.Lock()

    @property
    def let_go(self) -> bool:
        """Whether what was read is not held, so that further readers have to read for themselves."""
        return self._owner is not None

    def expect(self, wants: Sequence[Want]) -> None:
        """Take note of columns that a reader will want. Too late once reading has begun."""
        with self._lock:
            if self._chunks is None:
                for want in wants:
                    # To each reader the columns may be something else. A message that names their role
                    # is right where there is one reader; others read alone to get theirs.
                    role = want.role if self.uses == 1 else str(_columns(want))
                    self._wanted.setdefault(_columns(want), replace(want, role=role))

    def covers(self, wants: Sequence[Want]) -> bool:
        """Whether all that is wanted is among what is read."""
        return all(_columns(want) in self._wanted for want in wants)

    def take(self, place: int, reader: object) -> Chunk | None:
        """Return the chunk at a place, read now if nobody did before; None behind the last one.

        Raises:
            LetGo: if it is not held, or will not be.
            LosscliError: for what is wrong with the file, to every reader.
        """
        with self._lock:
            if self._chunks is None:
                self._chunks = self.source.chunks(tuple(self._wanted.values()), self._block_rows)
                self._owner = reader if self.uses == 1 else None
            if self._owner not in (None, reader):
                raise LetGo
            if place < len(self._held):
                return self._held[place]
            if self._ended:
                if self.error is not None:
                    raise self.error
                return None
            try:
                chunk = next(self._chunks, None)
            except Exception as error:
                self.error, self._ended = error, True
                raise
            if chunk is None:
                self._ended = True
            elif self._owner is None:
                self._hold(chunk, reader)
            return chunk

    def chosen(self, chunk: Chunk, wants: Sequence[Want], name: str) -> Chunk:
        """Return what a reader wants of a chunk, by the roles that it gives to the columns."""
        roles = {want.role: self._wanted[_columns(want)].role for want in wants}
        columns = {role: chunk.columns[held] for role, held in roles.items()}
        bad = {
            (role, row): text
            for role, held in roles.items()
            for (other, row), text in chunk.bad.items()
            if other == held
        }
        return Chunk(name, chunk.row, columns, bad, chunk.place, chunk.shard)

    def close(self) -> None:
        """Let go of the file and of all that is held."""
        self._forget()
        self.source.close()

    def _hold(self, chunk: Chunk, reader: object) -> None:
        size = chunk.row.nbytes + sum(column.nbytes for column in chunk.columns.values())
        if self._budget.fits(size):
            self._bytes += size
            self._held.append(chunk)
            return
        self._forget()
        self._owner = reader

    def _forget(self) -> None:
        self._budget.release(self._bytes)
        self._held, self._bytes = [], 0


class View:
    """A shared source as one of its readers sees it: a source by itself, under the path it was given.

    Attributes:
        shared: what it is a view of.
        wants: what was taken of it.
        read_again: whether the rows were no longer held, so that the file was read once more.
    """

    def __init__(self, shared: SharedSource, path: str, name: str) -> None:
        self.shared, self.path, self.name = shared, path, name
        self.separated: bool = shared.source.separated
        self.format: str = shared.source.format
        self.files: tuple[Shard, ...] = shared.source.files
        self.wants: tuple[Want, ...] = ()
        self.rows = 0
        self.read_again = False
        self._place: PlaceOf = shared.source.place
        self._fingerprint: tuple[int, str] | None = None

    @property
    def header(self) -> Header:
        """Separator, column names, header."""
        return self.shared.source.header

    @property
    def stamp(self) -> Stamp:
        """What changes when the file does."""
        return self.shared.source.stamp

    @property
    def size(self) -> int | None:
        """The bytes of the file, None for a pipe."""
        return self.shared.source.size

    @property
    def consumed(self) -> int:
        """The bytes of the file read so far, by whichever reader."""
        return self.shared.source.consumed

    @property
    def at_hand(self) -> bool:
        """Whether nothing has to be waited for."""
        return self.shared.source.at_hand

    @property
    def repeatable(self) -> bool:
        """Whether `again` works."""
        return self.shared.source.repeatable

    def place(self, row: int) -> Place:
        """Return the place of a row that this reader was given."""
        return self._place(row)

    @property
    def error(self) -> Exception | None:
        """What ended reading the file, whoever read it."""
        return self.shared.error

    def expect(self, wants: Sequence[Want]) -> None:
        """Take note of what will be wanted, so that it is read together with what others want."""
        self.shared.expect(wants)

    def again(self, path: str | None = None) -> View:
        """Return the same rows from the first one on: those that are held, else read again."""
        if path is None:
            return View(self.shared, self.path, self.name)
        return View(self.shared, path, name_of(path))

    def fingerprint(self) -> tuple[int, str] | None:
        """Return the size and the SHA-256 of the file after its chunks; None where it is not hashed."""
        return self._fingerprint or self.shared.source.fingerprint()

    def apart(self, rows: Array) -> tuple[Array, Array]:
        """Return of rows that were handed out the places of their files in `files`, and their rows there."""
        return self.shared.source.apart(rows)

    def shards(self) -> Iterator[ShardRead]:
        """Yield what was read of each file of several."""
        return self.shared.source.shards()

    def alone(self) -> Source:
        """Open the same file for this reader alone. Raises LosscliError if it was changed."""
        return self.shared.source.again(self.path)

    def close(self) -> None:
        """Do nothing: others may still need what is held."""

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, with the columns that are wanted."""
        shared, self.wants = self.shared, tuple(wants)
        shared.expect(wants)
        if shared.covers(wants):
            place = 0
            try:
                while (chunk := shared.take(place, self)) is not None:
                    self.rows += len(chunk)
                    place += 1
                    yield shared.chosen(chunk, wants, self.name)
                return
            except LetGo:
                self.read_again = True
        done, passed = self.rows, 0
        with closing(self.alone()) as source:
            # How far others are in the file says nothing of the rows that are read here.
            self._place = source.place
            for chunk in source.chunks(wants, block_rows):
                fresh = max(0, min(len(chunk), passed + len(chunk) - done))
                passed += len(chunk)
                if fresh:
                    self.rows += fresh
                    yield chunk.take(slice(len(chunk) - fresh, None)) if fresh < len(chunk) else chunk
            self._fingerprint = source.fingerprint()


def _columns(want: Want) -> Columns:
    return want.columns, want.text, want.switches, want.abridged, want.integers
