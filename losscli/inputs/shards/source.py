"""The rows of several files, one file after the other, as those of one input."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import PurePath
from shlex import quote

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import listed, shorten
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.ids import WORD
from losscli.inputs.places import Place, PlaceOf, Shard
from losscli.inputs.shards.empty import EmptySource
from losscli.inputs.shards.find import together
from losscli.inputs.shards.kinds import Kinds, kinds_of
from losscli.inputs.source import ShardRead, Source, Stamp
from losscli.inputs.streams.opened import name_of

Open = Callable[[str], Source]


@dataclass(slots=True)
class _Read:
    """What is known of a shard that was opened."""

    stamp: Stamp
    before: int
    place: PlaceOf
    rows: int = 0
    bytes: int = 0
    fingerprint: tuple[int, str] | None = None


class ShardedSource:
    """A folder or a glob; see `Source`. Its rows are numbered from the first file to the last.

    All files have the columns of the first one, in any order, in the same format.

    Attributes:
        files: the shards in their order.
    """

    at_hand = False

    def __init__(self, path: str, files: Sequence[Shard], open_: Open) -> None:
        """Open the first file that has columns, which are those of all. Raises LosscliError as that does."""
        self.name, self.path = name_of(path), path
        self.files, self._open = tuple(files), open_
        self._keys = tuple(key for key, _ in self.files[0].keys)
        self._first: Source | None = self._with_columns()
        try:
            self._refuse_key_that_is_column(self._first)
            self.separated, self.format = self._first.separated, self._first.format
            self.header = replace(self._first.header, names=(*self._first.header.names, *self._keys))
            self.repeatable = self._first.repeatable
            self.size = self._first.size if len(self.files) == 1 else None
        except BaseException:
            self._first.close()
            raise
        self._read: list[_Read] = []
        self._kinds = Kinds()
        self._expected: list[Stamp] = []
        self._now: Source | None = None

    def _with_columns(self) -> Source:
        """Open files up to the first one that says what its columns are."""
        why = LosscliError(self.name, "all files are empty", "at least one row")
        for number, shard in enumerate(self.files):
            source = self._open(shard.path)
            if not isinstance(source, EmptySource):
                self._begin = number
                return source
            source.close()
            why = source.why if len(self.files) == 1 else why
        raise why

    @property
    def rows(self) -> int:
        """The rows handed out so far, of all files."""
        return self._read[-1].before + self._read[-1].rows if self._read else 0

    @property
    def consumed(self) -> int:
        """The bytes read so far, of all files."""
        now = self._now
        return sum(one.bytes for one in self._read) + (0 if now is None else now.consumed)

    @property
    def stamp(self) -> Stamp:
        """What changes when one of the files that were read does."""
        return tuple(one.stamp for one in self._read)

    def place(self, row: int) -> Place:
        """Return the file of a row that was handed out, and its place there."""
        number = bisect_left(self._read, row, key=lambda one: one.before) - 1
        shard, found = self.files[number], self._read[number]
        return replace(found.place(row - found.before), shard=shard.name, path=name_of(shard.path))

    def apart(self, rows: Array) -> tuple[Array, Array]:
        """Return of rows that were handed out the places of their files in `files`, and their rows there."""
        before = np.array([one.before for one in self._read], dtype=np.int64)
        number = np.searchsorted(before, rows, side="left") - 1
        return number, rows - before[number]

    def shards(self) -> Iterator[ShardRead]:
        """Yield the files that were read, how many rows each has, and its fingerprint if it was asked for."""
        for shard, one in zip(self.files, self._read, strict=False):
            yield shard, one.rows, one.fingerprint

    def again(self, path: str | None = None) -> ShardedSource:
        """Return the same files from the first row on; who reads a file that was changed gets an error."""
        source = ShardedSource(self.path if path is None else path, self.files, self._open)
        source._expected = [one.stamp for one in self._read]
        return source

    def fingerprint(self) -> tuple[int, str] | None:
        """Return the fingerprint of all files; None where that was not asked for."""
        found = [one.fingerprint for one in self._read]
        known = [one for one in found if one is not None]
        return together(zip(self.files, known, strict=True)) if known and len(known) == len(found) else None

    def close(self) -> None:
        """Close what is open."""
        for source in (self._first, self._now):
            if source is not None:
                source.close()

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows of all files in their order, with the columns that are wanted."""
        for _, chunks in self.runs(wants, block_rows):
            yield from chunks

    def runs(self, wants: Sequence[Want], block_rows: int) -> Iterator[tuple[Shard, Iterator[Chunk]]]:
        """Yield every file and its rows, to be taken before the next file is asked for.

        Raises:
            LosscliError: for a file with other columns or of another format than the first, and what its
                format refuses.
        """
        for number, shard in enumerate(self.files):
            if number == self._begin and self._first is not None:
                source, self._first = self._first, None
            else:
                source = self._open(shard.path)
            with closing(source):
                self._now = source
                self._refuse_other(shard, source)
                if self._expected[number : number + 1] not in ([], [source.stamp]):
                    raise LosscliError(
                        source.name,
                        "the file changed while it was being read",
                        "a file that does not change",
                        "Run again when it is complete.",
                    )
                read = _Read(source.stamp, self.rows, source.place)
                self._read.append(read)
                yield shard, self._chunks(shard, source, read, wants, block_rows)
                read.fingerprint, read.bytes = source.fingerprint(), source.consumed
                self._now = None
        told = {self.header.names.index(name): text for name, text in self._kinds.notes()}
        types = {self.header.names.index(name): kind for name, kind in self._kinds.first()}
        self.header = replace(self.header, told={**self.header.told, **told}, types=types)

    def _chunks(
        self, shard: Shard, source: Source, read: _Read, wants: Sequence[Want], block_rows: int
    ) -> Iterator[Chunk]:
        if isinstance(source, EmptySource):
            yield from source.chunks(wants, block_rows)
            return
        names, values, met = source.header.names, dict(shard.keys), source.header.types
        of_file: list[Want] = []
        of_folders: list[tuple[Want, bytes]] = []
        for want in wants:
            wanted = [self.header.names[column] for column in want.columns]
            if wanted[0] in values:
                of_folders.append((want, self._value(shard, want, values[wanted[0]])))
            else:
                of_file.append(replace(want, columns=tuple(names.index(name) for name in wanted)))
        for chunk in source.chunks(of_file, block_rows):
            columns = dict(chunk.columns)
            for want, value in of_folders:
                width = max(WORD, -(-len(value) // WORD) * WORD)
                columns[want.role] = np.full(len(chunk), value, dtype=f"S{width}")
            bad = {(role, row + read.before): text for (role, row), text in chunk.bad.items()}
            if len(chunk) and (not read.rows or source.header.types != met):
                # A file of JSON says what a column is with the first value of it that is not missing.
                met = source.header.types
                self._kinds.meet(shard.name, shard.path, kinds_of(source.header, of_file))
            read.rows += len(chunk)
            yield Chunk(self.name, chunk.row + read.before, columns, bad, self.place, len(self._read) - 1)

    def _value(self, shard: Shard, want: Want, value: str) -> bytes:
        if not want.text:
            raise LosscliError(
                f"{self.name}, {shard.name}",
                f"the {want.option} is {shorten(value)}, which folders say",
                "a column of the files, since keys of folders are text",
            )
        return value.encode("utf-8", "surrogateescape")

    def _refuse_key_that_is_column(self, source: Source) -> None:
        both = [key for key in self._keys if key in source.header.names]
        if both:
            raise LosscliError(
                source.name, f"{shorten(both[0])} is a column, and a key of its folders too", "one of them"
            )

    def _refuse_other(self, shard: Shard, source: Source) -> None:
        """Raise unless a file has the columns, the keys and the format of the first one."""
        first = self.files[self._begin]
        where = f"{name_of(first.path)} and {name_of(shard.path)}"
        if source.format != self.format:
            found = f"one is {self.format}, the other {source.format}"
            raise LosscliError(where, found, "one format for all files", self._one_file())
        if isinstance(source, EmptySource):
            if self.header.present and self.separated:
                raise source.why
            return
        names = (*source.header.names, *(key for key, _ in shard.keys))
        missing, more = ({*self.header.names} - {*names}), ({*names} - {*self.header.names})
        if missing or more or len(names) != len(self.header.names):
            found = "; ".join(
                f"only the {which} has {listed([shorten(name) for name in sorted(some)])}"
                for which, some in (("first", missing), ("second", more))
                if some
            )
            raise LosscliError(
                where, found or "a column is there twice", "the same columns in all files", self._one_file()
            )

    def _one_file(self) -> str:
        """Return the remedy for files that are not all of one kind: a glob of those like the first."""
        folder, slash, name = name_of(self.files[self._begin].path).rpartition("/")
        begins = re.match(r"[^\W\d_]*", name)
        glob = f"{folder}{slash}{begins[0] if begins else ''}*{PurePath(name).suffix}"
        return f"To read some of the files, name them by a glob in quotes. Did you mean {quote(glob)}?"
