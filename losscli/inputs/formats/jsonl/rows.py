"""The rows of one input as chunks: taken by the compiled scanner, where it was built, or parsed strictly."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.formats.csv.scanner.rows import Rows
from losscli.inputs.formats.jsonl import scanner
from losscli.inputs.formats.jsonl.pieces import Piece
from losscli.inputs.formats.jsonl.shape import TYPES, Path
from losscli.inputs.formats.jsonl.strict import RowError, Strict
from losscli.inputs.formats.jsonl.template import template

MOST_ROWS = 1 << 12
"""Rows that are objects of Python at a time, at most."""
Chunks = Generator[Chunk, None, int]
"""Yields chunks; returns the place of the row behind them."""


class Reader:
    """Takes the columns that are wanted out of the pieces of one input.

    Attributes:
        rows: the rows that were handed out.
    """

    def __init__(
        self, name: str, first: Any, ways: Sequence[Path], wants: Sequence[Want], most_rows: int
    ) -> None:
        """Begin; see `Strict`. `most_rows` bounds the rows of a chunk, and changes nothing in them."""
        self.rows = 0
        self._name, self._wants, self._most_rows = name, wants, most_rows
        self._strict = Strict(name, first, ways, wants)
        self._scanned: Rows | None = None
        self._strictly = 1

    def types(self) -> dict[int, str]:
        """Return of the columns that are wanted what their values are, as far as that is known."""
        found = (
            (column, cells.kind)
            for want in self._wants
            for column, cells in zip(want.columns, self._strict.cells[want.role], strict=True)
        )
        return {column: TYPES[kind] for column, kind in found if kind in TYPES}

    def chunks(self, pieces: Iterator[Piece]) -> Iterator[Chunk]:
        """Yield the rows of all pieces.

        Raises:
            LosscliError: for the first row that cannot be read, behind those before it, and whatever the
                pieces raise.
        """
        while True:
            try:
                piece = next(pieces, None)
            except Exception:
                yield from self._flushed()
                raise
            if piece is None:
                yield from self._flushed()
                return
            place, text = 0, _is_text(piece.text)
            while place < len(piece.text):
                if text:
                    place = yield from self._scan(piece, place)
                else:
                    self._strictly = MOST_ROWS
                if place < len(piece.text):
                    yield from self._flushed()
                    place = yield from self._parse(piece, place)

    def _scan(self, piece: Piece, place: int) -> Chunks:
        """Take rows up to the first one that is not for the scanner."""
        rows = self._scanned = self._scanned or self._scanner()
        if rows is None:
            self._strictly = MOST_ROWS if scanner.scan is None else 1
            return place
        before = rows.total
        while place < len(piece.text):
            place = rows.take(piece.text, place)
            if not rows.full:
                break
            yield from self._flushed()
        # Rows that are not for the scanner rarely come alone.
        alone = rows.total - before >= self._strictly
        self._strictly = 1 if alone else min(MOST_ROWS, 2 * self._strictly)
        return place

    def _scanner(self) -> Rows | None:
        """Return what the scanner fills, once it is known what the values of all columns are."""
        places = self._strict.places
        kinds: list[int | None] = [None] * len(places)
        for want in self._wants:
            for column, cells in zip(want.columns, self._strict.cells[want.role], strict=True):
                kinds[places.index(column)] = cells.kind
        known = [kind for kind in kinds if kind is not None]
        if scanner.scan is None or len(known) < len(kinds):
            return None
        nodes, keys = template(self._strict.tree, known)
        make = partial(scanner.scan.Scanner, nodes, keys, len(known))
        wants = [replace(want, columns=tuple(map(places.index, want.columns))) for want in self._wants]
        rows = Rows(self._name, make, wants, self._most_rows)
        rows.skip(self.rows)
        return rows

    def _flushed(self) -> Iterator[Chunk]:
        """Yield the rows that the scanner took."""
        for chunk in () if self._scanned is None else self._scanned.chunks():
            self.rows += len(chunk)
            yield chunk

    def _parse(self, piece: Piece, place: int) -> Chunks:
        """Parse some rows."""
        end = place
        for _ in range(min(self._strictly, self._most_rows)):
            end = piece.text.find(b"\n", end) + 1 or len(piece.text)
        part = piece.cut(place, end)
        try:
            yield self._handed(self._strict.chunk(part, self.rows + 1))
        except RowError as error:
            if error.index:
                yield self._handed(self._strict.chunk(part.first(error.index), self.rows + 1))
            raise
        return end

    def _handed(self, chunk: Chunk) -> Chunk:
        self.rows += len(chunk)
        if self._scanned is not None:
            self._scanned.skip(len(chunk))
        return chunk


def _is_text(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
