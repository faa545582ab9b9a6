"""A run of pieces handed to the parser one by one, while each is still in the processor's cache.

A parser is slow to start, so that it is given many pieces; looking through megabytes again and
again is slow too, so that all that has to be looked for in a piece is looked for when the parser
asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import numpy as np

from losscli.common.array import Array
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.formats.csv import numbers
from losscli.inputs.formats.csv.fields import LINE_FEED, PADDING, Bytes, Fields
from losscli.inputs.formats.csv.numbers import all_finite
from losscli.inputs.formats.csv.pieces import Piece, RowError

Counted = Callable[[int], None]
RUN_BYTES = 1 << 21


class Demands(Protocol):
    """What is wanted of the pieces of one input, and what they have to keep to."""

    name: str
    separator: str
    decimal: str
    width: int
    text: tuple[Want, ...]
    numeric: tuple[int, ...]

    def check_encoding(self, text: bytes, rows_before: int) -> None:
        """Raise RowError for bytes that are not UTF-8."""

    def find(self, data: Bytes, piece: Piece, rows_before: int) -> Fields:
        """Locate the fields of a piece. Raises RowError for a row of another width."""

    def too_much(self, fields: Fields, rows_before: int) -> bool:
        """Whether text takes too much memory. Raises RowError if one row does."""

    def numbers_of(self, parsed: Mapping[int, Array]) -> dict[str, Array]:
        """Return the numbers of each role from those of each column."""


class Run:
    """Consecutive pieces, taken until there are enough, or one comes that is not plain.

    To pandas it is a file: `read` gives the text of the next piece.

    Attributes:
        pieces: those that were handed to the parser.
        rows: their rows.
        rejected: the piece that ended the run because it is not plain, or has a row that cannot be read;
            it was not parsed.
        error: what ended the run instead of a piece.
        ended: whether there are no more pieces.
    """

    def __init__(
        self,
        demands: Demands,
        source: Iterator[Piece],
        rows_before: int,
        most_rows: int,
        counted: Counted,
    ) -> None:
        self._demands, self._source, self._counted = demands, source, counted
        self._rows_before, self._most_rows = rows_before, most_rows
        self._bytes = self._separators = 0
        self._texts: dict[str, list[Array]] = {want.role: [] for want in demands.text}
        self.pieces: list[Piece] = []
        self.rows = 0
        self.rejected: Piece | None = None
        self.error: Exception | None = None
        self.ended = False

    def parse(self) -> Chunk | None:
        """Return the rows of the run; None if its pieces have to be taken one by one."""
        demands = self._demands
        if not demands.numeric:
            # Nothing to parse: take pieces as the parser would.
            while self.read():
                pass
            return self._chunk([]) if self.pieces else None
        values = numbers.fast(self, demands.separator, demands.numeric, demands.decimal)
        if values is None or any(len(column) != self.rows for column in values):
            return None
        if not all(map(all_finite, values)) or not self._as_wide_as_the_header():
            return None
        if any(numbers.may_be_switches(values, piece.text) for piece in self.pieces):
            return None
        return self._chunk(values)

    def read(self, _size: int = -1) -> bytes:
        """Return the text of the next piece, nothing where the run ends."""
        if self.ended or self.error or self.rejected or self._is_full():
            return b""
        try:
            piece = next(self._source, None)
            if piece is None:
                self.ended = True
                return b""
            self._take(piece)
        except RowError:
            # Taken by itself, it gives the rows before the bad one.
            self.rejected = piece
            return b""
        except Exception as error:
            self.error = error
            return b""
        return b"" if self.rejected is not None else piece.text

    def __iter__(self) -> Run:
        return self

    def __next__(self) -> bytes:
        raise StopIteration

    def _is_full(self) -> bool:
        return self.rows >= self._most_rows or self._bytes >= RUN_BYTES

    def _take(self, piece: Piece) -> None:
        """Look through a piece, and note what it proves."""
        demands = self._demands
        demands.check_encoding(piece.text, self._rows_before + self.rows)
        if piece.stand_in or not numbers.is_plain(piece.text, demands.separator, demands.decimal):
            self.rejected = piece
            return
        data = np.frombuffer(piece.text, dtype=np.uint8)
        if demands.text:
            fields = demands.find(data, piece, self._rows_before + self.rows)
            if demands.too_much(fields, self._rows_before + self.rows):
                self.rejected = piece
                return
            self._gather(piece, fields)
            rows = len(fields)
        else:
            rows = int(np.count_nonzero(data == LINE_FEED))
            self._separators += int(np.count_nonzero(data == ord(demands.separator)))
        self.pieces.append(piece)
        self.rows += rows
        self._bytes += len(piece.text)
        self._counted(rows)

    def _gather(self, piece: Piece, fields: Fields) -> None:
        padded = np.frombuffer(piece.text + PADDING, dtype=np.uint8)
        blanks = b" " in piece.text or b"\t" in piece.text
        for want in self._demands.text:
            self._texts[want.role].append(fields.text(want.columns[0], padded, {}, blanks=blanks))

    def _as_wide_as_the_header(self) -> bool:
        """Whether that is proved for all rows, without finding all of their fields.

        A last column in which every row has a number shows that no row is too short; then a count
        of the separators shows that none is too long.
        """
        demands = self._demands
        if demands.text:
            return True
        if demands.width - 1 not in demands.numeric:
            return False
        return self._separators == self.rows * (demands.width - 1)

    def _chunk(self, values: list[Array]) -> Chunk:
        demands = self._demands
        parsed = dict(zip(demands.numeric, values, strict=True))
        columns = {role: np.concatenate(texts) for role, texts in self._texts.items()}
        columns |= demands.numbers_of(parsed)
        row = np.arange(self._rows_before + 1, self._rows_before + 1 + self.rows, dtype=np.int64)
        return Chunk(demands.name, row, columns)
