"""JSON as an input with columns: the header is the first row, the rest are chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.file_source import FileSource
from losscli.inputs.formats.jsonl.documents import refuse_document, refuse_one_row
from losscli.inputs.formats.jsonl.parse import Parser
from losscli.inputs.formats.jsonl.pieces import PIECE_BYTES, Piece, Pieces
from losscli.inputs.formats.jsonl.rows import Reader
from losscli.inputs.formats.jsonl.shape import called, paths
from losscli.inputs.formats.jsonl.strict import decoded, parsed
from losscli.inputs.header import Header
from losscli.inputs.places import Place
from losscli.inputs.streams.failures import without_rows
from losscli.inputs.streams.stream import ByteStream


class JsonSource(FileSource):
    """One file of JSON. Open it, look at `header`, then take its `chunks` once.

    Attributes:
        name: the input as messages call it.
        header: the column names.
        rows: the rows handed out so far.
    """

    def __init__(self, stream: ByteStream, encoding: str | None = None) -> None:
        """Take the stream of a file, and read its first row; `encoding` is what the stream was given.

        Raises:
            LosscliError: if it cannot be read, or the first row is no object.
        """
        super().__init__(stream.file)
        self._stream, self._encoding = stream, encoding
        try:
            self._pieces = Pieces(stream)
            self._taken = self._pieces.take(PIECE_BYTES)
            self._ready, self._error = self._beginning()
            self._first = self._first_row()
        except BaseException:
            stream.close()
            raise
        self.at_hand = self._pieces.whole and self._error is None
        self._lines = _Lines()
        try:
            self._ways = tuple(paths(self._first))
        except RecursionError:
            raise self._refuse("the first row is nested too deeply", "") from None
        self.header = Header(",", tuple(map(called, self._ways)), present=True, skip=0)

    def _beginning(self) -> tuple[list[Piece], LosscliError | None]:
        """Return the first pieces: two rows, if there are as many, or the error that comes before them."""
        ready: list[Piece] = []
        while sum(piece.rows for piece in ready) < 2:
            try:
                piece = next(self._taken, None)
            except LosscliError as error:
                return ready, error
            if piece is None:
                break
            ready.append(piece)
        return ready, None

    def _first_row(self) -> Any:
        if not self._ready:
            if self._error is not None:
                raise self._error
            raise without_rows(self.name, self.format, "the array is empty", "Make the file again.")
        piece = self._ready[0]
        text, error = decoded(self.name, piece.first(1), 1)
        if error is not None:
            raise error
        try:
            first = parsed(self.name, piece, 1, 0, Parser(text), text[:-1])
        except LosscliError as wrong:
            begun = b"[" * self._pieces.array + b"".join(one.raw for one in self._ready)
            refuse_document(self.name, begun, None if self._error else self._pieces.rest, wrong)
            if not (wrong.remedy or text.lstrip().startswith(("{", "["))):
                wrong.remedy = "If it is text with separators: --input-format csv"
            raise
        if not first:
            raise LosscliError(f"{self.name} row 1", "the object is empty", "the keys that are columns")
        if self._error is None and sum(one.rows for one in self._ready) == 1:
            refuse_one_row(self.name, first)
        return first

    def again(self, path: str | None = None) -> JsonSource:
        """Open the same file from its beginning. Raises LosscliError if it was changed."""
        path = self.path if path is None else path
        stream = ByteStream(path, self._encoding, hashed=self._stream.file.hashed)
        source = JsonSource(stream, self._encoding)
        try:
            stream.verify_same(self._stream)
        except BaseException:
            source.close()
            raise
        return source

    def place(self, row: int) -> Place:
        """Return the place of a row that was handed out."""
        return Place(row, self._lines.of(row))

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows of the file in order, with the columns that are wanted.

        Raises:
            LosscliError: for the first row that is not strict JSON, or no object, or has a value that is not
                of the kind of those before it; and for files that are damaged or change while they are read.
        """
        reader = Reader(self.name, self._first, self._ways, wants, block_rows)
        for chunk in reader.chunks(self._all()):
            self.rows += len(chunk)
            if (types := reader.types()) != self.header.types:
                self.header = replace(self.header, types=types)
            yield replace(chunk, place=self.place)

    def _all(self) -> Iterator[Piece]:
        ready, self._ready = self._ready, []
        for piece in chain(ready, self._rest()):
            self._lines.see(piece)
            yield piece

    def _rest(self) -> Iterator[Piece]:
        if self._error is not None:
            raise self._error
        yield from self._taken

    def _refuse(self, found: str, needed: str) -> LosscliError:
        self._stream.close()
        return LosscliError(f"{self.name} row 1", found, needed)


class _Lines:
    """On which lines rows begin: known as long as each takes as many lines as the first."""

    def __init__(self) -> None:
        self._first, self._step = 1, 0
        self._rows = self._sure = 0

    def see(self, piece: Piece) -> None:
        """Take note of the next rows."""
        if self._sure == self._rows:
            lines = piece.lines()
            if not self._rows:
                self._first = int(lines[0])
            self._sure += self._even(lines)
        self._rows += piece.rows

    def _even(self, lines: Array) -> int:
        """Return how many of the next lines are as far apart as the first two rows are."""
        if self._rows < 2 <= self._rows + len(lines):
            self._step = int(lines[1 - self._rows]) - self._first
        expected = self._first + self._step * np.arange(self._rows, self._rows + len(lines))
        other = np.flatnonzero(lines != expected)
        return int(other[0]) if len(other) else len(lines)

    def of(self, row: int) -> int | None:
        """Return the line on which a row begins."""
        return self._first + self._step * (row - 1) if row <= self._sure else None
