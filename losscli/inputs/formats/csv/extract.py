"""Pieces of text to chunks: every row proves its width, and gives up the columns that are wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from losscli.common.array import Array
from losscli.common.text import shorten
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.formats.csv import numbers
from losscli.inputs.formats.csv.dialect import Layout
from losscli.inputs.formats.csv.fields import LINE_FEED, PADDING, Bytes, Fields, WidthError
from losscli.inputs.formats.csv.numbers import all_finite
from losscli.inputs.formats.csv.pieces import Piece, RowError
from losscli.inputs.formats.csv.run import Counted, Run

MOST_BAD_CELLS = 1000
MOST_TEXT_BYTES = 1 << 12
"""The longest id, group or class name: each row of an array of text takes as much as its longest."""
TEXT_BYTES = 1 << 24
"""The most that one array of text may take."""


class Extractor:
    """Takes the columns that are wanted out of the pieces of one input.

    Attributes:
        name: the input as messages call it.
        separator, decimal: how its text is written.
        width: the columns of the file.
        text, numeric: the roles that are read as text, the columns that are read as numbers.
    """

    def __init__(self, name: str, layout: Layout, decimal: str, wants: Sequence[Want]) -> None:
        self.name, self.decimal = name, decimal
        self.separator, self.width = layout.separator, len(layout.names)
        self.text = tuple(want for want in wants if want.text)
        self.numeric = tuple(column for want in wants if not want.text for column in want.columns)
        self._layout, self._wants = layout, wants

    def chunks(self, pieces: Iterator[Piece], most_rows: int, counted: Counted) -> Iterator[Chunk]:
        """Yield the rows of all pieces, about `most_rows` at a time.

        Pieces are small enough to stay in the cache, and handed to the parser in runs of many: what
        is looked for in a piece is looked for right before it is parsed. Where a run is not as plain
        as it seemed, its pieces are taken one by one.

        Args:
            pieces: whole rows.
            most_rows: a bound on rows, and so on memory; it changes nothing of what they hold.
            counted: is told the rows of each piece before the next one is asked for.

        Raises:
            LosscliError: for a row of another width than the header, for bytes that are not UTF-8,
                for text that is too long to compare, and whatever the pieces raise.
        """
        rows = 0
        while True:
            run = Run(self, pieces, rows, most_rows, counted)
            chunk = run.parse()
            if chunk is not None:
                yield chunk
            else:
                before = rows
                for piece in run.pieces:
                    for part in self._chunks(piece, before):
                        before += len(part)
                        yield part
            rows += run.rows
            if run.error is not None:
                raise run.error
            if run.rejected is not None:
                for part in self._chunks(run.rejected, rows):
                    rows += len(part)
                    counted(len(part))
                    yield part
            elif run.ended:
                return

    def _chunks(self, piece: Piece, rows_before: int) -> Iterator[Chunk]:
        """Yield the rows of a piece; of one with a row that cannot be read, those before it.

        Something else may be wrong with those, and the first bad row is the one to be told of.
        """
        try:
            self.check_encoding(piece.text, rows_before)
            yield from self._chunks_of(piece, rows_before)
        except RowError as error:
            rows, error.index = error.index, 0
            if rows:
                ends = np.flatnonzero(np.frombuffer(piece.text, dtype=np.uint8) == LINE_FEED)
                before = Piece(piece.text[: int(ends[rows - 1]) + 1], piece.stand_in)
                yield from self._chunks(before, rows_before)
            raise

    def _chunks_of(self, piece: Piece, rows_before: int) -> Iterator[Chunk]:
        data = np.frombuffer(piece.text, dtype=np.uint8)
        fields = self.find(data, piece, rows_before) if self.text else None
        if fields is not None and self.too_much(fields, rows_before):
            middle = int(fields.ends[len(fields) // 2 - 1, -1]) + 1
            yield from self._chunks(Piece(piece.text[:middle], piece.stand_in), rows_before)
            yield from self._chunks(
                Piece(piece.text[middle:], piece.stand_in), rows_before + len(fields) // 2
            )
            return
        parsed = self._parsed(piece)
        if fields is None and not self._widths_agree(data, parsed):
            fields = self.find(data, piece, rows_before)
        rows = len(fields) if fields is not None else len(parsed[self.width - 1])
        columns = self._columns(piece, parsed, fields)
        bad = self._bad(piece, parsed, fields, rows_before)
        row = np.arange(rows_before + 1, rows_before + 1 + rows, dtype=np.int64)
        yield Chunk(self.name, row, columns, bad)

    def _parsed(self, piece: Piece) -> Mapping[int, Array]:
        if not self.numeric:
            return {}
        values = numbers.parse(piece.text, self.separator, self.numeric, self.decimal, piece.stand_in)
        return dict(zip(self.numeric, values, strict=True))

    def _columns(self, piece: Piece, parsed: Mapping[int, Array], fields: Fields | None) -> dict[str, Array]:
        columns: dict[str, Array] = {}
        if fields is not None and self.text:
            blanks = b" " in piece.text or b"\t" in piece.text
            padded = np.frombuffer(piece.text + PADDING, dtype=np.uint8)
            for want in self.text:
                columns[want.role] = fields.text(want.columns[0], padded, piece.stand_in, blanks=blanks)
        return columns | self.numbers_of(parsed)

    def numbers_of(self, parsed: Mapping[int, Array]) -> dict[str, Array]:
        """Return the numbers of each role from those of each column."""
        columns: dict[str, Array] = {}
        for want in self._wants:
            if not want.text:
                found = [parsed[column] for column in want.columns]
                columns[want.role] = found[0] if len(found) == 1 else np.column_stack(found)
        return columns

    def _bad(
        self, piece: Piece, parsed: Mapping[int, Array], fields: Fields | None, rows_before: int
    ) -> dict[tuple[str, int], str]:
        """Return what stands in the cells that are no finite number, for messages."""
        bad: dict[tuple[str, int], str] = {}
        for want in self._wants:
            for column in () if want.text else want.columns:
                if all_finite(parsed[column]):
                    continue
                found = np.flatnonzero(~np.isfinite(parsed[column]))[:MOST_BAD_CELLS].tolist()
                if found and fields is None:
                    fields = self.find(np.frombuffer(piece.text, dtype=np.uint8), piece, rows_before)
                for index in found:
                    assert fields is not None
                    cell = fields.cell(index, column).decode("utf-8", "replace").translate(piece.stand_in)
                    bad.setdefault((want.role, rows_before + 1 + index), cell)
        return bad

    def too_much(self, fields: Fields, rows_before: int) -> bool:
        """Whether a column of text takes too much memory. Raises RowError if one row does."""
        longest = 0
        for want in self.text:
            lengths = fields.lengths(want.columns[0])
            index = int(lengths.argmax())
            longest = max(longest, int(lengths[index]))
            if longest > MOST_TEXT_BYTES:
                raise self._row_error(
                    rows_before,
                    index,
                    f"the {want.role} is {longest} bytes long",
                    f"at most {MOST_TEXT_BYTES}",
                    f"Name another column: --{want.role}.",
                )
        return len(fields) > 1 and longest * len(fields) > TEXT_BYTES

    def check_encoding(self, text: bytes, rows_before: int) -> None:
        """Raise RowError for bytes that are not UTF-8."""
        if text.isascii():
            return
        try:
            text.decode("utf-8")
        except UnicodeDecodeError as error:
            shown = text[error.start : error.start + 4].split(b"\n")[0]
            raise self._row_error(
                rows_before,
                text.count(b"\n", 0, error.start),
                f"the bytes are not UTF-8 ({shown!r})",
                "text in UTF-8",
                "Name the encoding, for example --encoding latin-1.",
            ) from None

    def _widths_agree(self, data: Bytes, parsed: Mapping[int, Array]) -> bool:
        """Whether all rows are as wide as the header, as far as that shows without finding all fields.

        Reading the last column as numbers shows rows that are too short: they miss that number.
        Then a count of the separators shows the ones that are too long.
        """
        last = parsed.get(self.width - 1)
        if last is None:
            return False
        if int(np.count_nonzero(data == ord(self.separator))) != len(last) * (self.width - 1):
            return False
        return all_finite(last) or not np.isnan(last).any()

    def find(self, data: Bytes, piece: Piece, rows_before: int) -> Fields:
        """Locate the fields of a piece. Raises RowError for a row of another width."""
        try:
            return Fields.find(data, ord(self.separator), self.width)
        except WidthError as error:
            line = piece.text.split(b"\n", error.index + 1)[error.index].decode("utf-8", "replace")
            found = f"{error.fields} field{'s' if error.fields > 1 else ''}"
            raise self._row_error(
                rows_before,
                error.index,
                f"{found} ({shorten(line.translate(piece.stand_in))})" if line else "a blank line",
                f"{self.width} as in the {'header' if self._layout.header else 'first row'}",
                "Quote cells that hold a separator, or name another one: --delimiter.",
            ) from None

    def _row_error(self, rows_before: int, index: int, found: str, needed: str, remedy: str) -> RowError:
        error = RowError(f"{self.name} row {rows_before + 1 + index}", found, needed, remedy)
        error.index = index
        return error
