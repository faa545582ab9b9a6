"""A run of pieces handed to the parser one by one, while each is still in the processor's cache.

A parser is slow to start, so that it is given many pieces; looking through megabytes again and
again is slow too, so that all that has to be looked for in a piece is looked for when the parser
asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from losscli.sources import numbers
from losscli.sources.chunk import Array, Chunk
from losscli.sources.fields import LINE_FEED, PADDING, Fields
from losscli.sources.numbers import all_finite
from losscli.sources.pieces import Piece

if TYPE_CHECKING:
    from losscli.sources.extract import Extractor

Counted = Callable[[int], None]
RUN_BYTES = 1 << 21


class Run:
    """Consecutive pieces, taken until there are enough, or one comes that is not plain.

    To pandas it is a file: `read` gives the text of the next piece.

    Attributes:
        pieces: those that were handed to the parser.
        rows: their rows.
        rejected: the piece that ended the run because it is not plain; it was not parsed.
        error: what ended the run instead of a piece.
        ended: whether there are no more pieces.
    """

    def __init__(
        self,
        extractor: Extractor,
        source: Iterator[Piece],
        rows_before: int,
        most_rows: int,
        counted: Counted,
    ) -> None:
        self._extractor, self._source, self._counted = extractor, source, counted
        self._rows_before, self._most_rows = rows_before, most_rows
        self._bytes = self._separators = 0
        self._texts: dict[str, list[Array]] = {want.role: [] for want in extractor.text}
        self.pieces: list[Piece] = []
        self.rows = 0
        self.rejected: Piece | None = None
        self.error: Exception | None = None
        self.ended = False

    def parse(self) -> Chunk | None:
        """Return the rows of the run; None if its pieces have to be taken one by one."""
        extractor = self._extractor
        if not extractor.numeric:
            # Nothing to parse: take pieces as the parser would.
            while self.read():
                pass
            return self._chunk([]) if self.pieces else None
        values = numbers.fast(self, extractor.separator, extractor.numeric, extractor.decimal)
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
        extractor = self._extractor
        extractor.check_encoding(piece.text, self._rows_before + self.rows)
        if piece.stand_in or not numbers.is_plain(piece.text, extractor.separator, extractor.decimal):
            self.rejected = piece
            return
        data = np.frombuffer(piece.text, dtype=np.uint8)
        if extractor.text:
            fields = extractor.find(data, piece, self._rows_before + self.rows)
            if extractor.too_much(fields, self._rows_before + self.rows):
                self.rejected = piece
                return
            self._gather(piece, fields)
            rows = len(fields)
        else:
            rows = int(np.count_nonzero(data == LINE_FEED))
            self._separators += int(np.count_nonzero(data == ord(extractor.separator)))
        self.pieces.append(piece)
        self.rows += rows
        self._bytes += len(piece.text)
        self._counted(rows)

    def _gather(self, piece: Piece, fields: Fields) -> None:
        padded = np.frombuffer(piece.text + PADDING, dtype=np.uint8)
        blanks = b" " in piece.text or b"\t" in piece.text
        for want in self._extractor.text:
            self._texts[want.role].append(fields.text(want.columns[0], padded, {}, blanks=blanks))

    def _as_wide_as_the_header(self) -> bool:
        """Whether that is proved for all rows, without finding all of their fields.

        A last column in which every row has a number shows that no row is too short; then a count
        of the separators shows that none is too long.
        """
        extractor = self._extractor
        if extractor.text:
            return True
        if extractor.width - 1 not in extractor.numeric:
            return False
        return self._separators == self.rows * (extractor.width - 1)

    def _chunk(self, values: list[Array]) -> Chunk:
        extractor = self._extractor
        parsed = dict(zip(extractor.numeric, values, strict=True))
        columns = {role: np.concatenate(texts) for role, texts in self._texts.items()}
        columns |= extractor.numbers_of(parsed)
        row = np.arange(self._rows_before + 1, self._rows_before + 1 + self.rows, dtype=np.int64)
        return Chunk(extractor.name, row, columns)
