"""Pieces of text to chunks: every row proves its width, and gives up the columns that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from losscli.common.array import Array, side_by_side
from losscli.common.text import shorten
from losscli.inputs.chunk import (
    ABRIDGED_BYTES,
    MOST_BAD_CELLS,
    MOST_TEXT_BYTES,
    TEXT_BYTES,
    Chunk,
    Want,
    shortened,
)
from losscli.inputs.formats.csv import numbers
from losscli.inputs.formats.csv.fields import LINE_FEED, PADDING, Bytes, Fields, WidthError
from losscli.inputs.formats.csv.numbers import all_finite
from losscli.inputs.formats.csv.pieces import Piece, RowError
from losscli.inputs.formats.csv.scanner.rows import Rows, is_in_use, separated_by
from losscli.inputs.header import Header

Counted = Callable[[int], None]
RUN_BYTES = 1 << 21


class Extractor:
    """Takes the columns that are wanted out of the pieces of one input.

    Attributes:
        name: the input as messages call it.
        separator, decimal: how its text is written.
        width: the columns of the file.
        text, numeric: the roles that are read as text, the columns that are read as numbers.
        switches: the columns of numbers in which True is 1 and False is 0.
        total: the bytes of text that were looked at so far.
    """

    def __init__(self, name: str, header: Header, decimal: str, wants: Sequence[Want]) -> None:
        self.name, self.decimal = name, decimal
        self.separator, self.width = header.separator, len(header.names)
        self.text = tuple(want for want in wants if want.text)
        self.numeric = tuple(column for want in wants if not want.text for column in want.columns)
        self.switches = frozenset(column for want in wants if want.switches for column in want.columns)
        self._header, self._wants = header, wants
        self.total = 0
        self._repeated = header.line + b"\n" if header.line else b""
        self._letters = tuple(bytes([byte]) for byte in {*header.line} if bytes([byte]).isalpha())

    def chunks(self, pieces: Iterator[Piece], most_rows: int, counted: Counted) -> Iterator[Chunk]:
        """Yield the rows of all pieces, at most about `most_rows` at a time.

        Args:
            pieces: whole rows.
            most_rows: a bound on rows, and so on memory; it changes nothing of what they hold.
            counted: is told the rows of each piece before the next one is asked for.

        Raises:
            LosscliError: for a row of another width than the header, for bytes that are not UTF-8,
                for text that is too long to compare, and whatever the pieces raise.
        """
        if is_in_use(self.separator, self.decimal):
            return self._scanned(pieces, most_rows, counted)
        return self._fed(pieces, most_rows, counted)

    def _scanned(self, pieces: Iterator[Piece], most_rows: int, counted: Counted) -> Iterator[Chunk]:
        """Yield the rows that the compiled scanner reads; what it does not read is taken as `_chunks` does.

        That is a piece with separators inside of cells, and a row that cannot be read or whose text is
        longer than is held.
        """
        rows = Rows(self.name, separated_by(self.separator, self.width), self._wants, most_rows)
        while True:
            try:
                piece = next(pieces, None)
            except Exception:
                yield from rows.chunks()
                raise
            if piece is None:
                yield from rows.chunks()
                return
            place = 0
            while self._is_plain(piece, place, rows.total):
                before = rows.total
                place = rows.take(piece.data, place)
                counted(rows.total - before)
                if rows.full:
                    yield from rows.chunks()
                else:
                    break
            if place < len(piece.data):
                self.total += len(piece.data) - place
                yield from rows.chunks()
                for part in self._chunks(Piece(bytes(piece.data[place:]), piece.stand_in), rows.total):
                    rows.skip(len(part))
                    counted(len(part))
                    yield part

    def _is_plain(self, piece: Piece, place: int, rows_before: int) -> bool:
        """Whether there is more of a piece than its first `place` bytes, which the scanner may read."""
        if place or piece.stand_in:
            return place < len(piece.data) and not piece.stand_in
        try:
            self.check_encoding(piece.data, rows_before)
        except RowError:
            return False
        return True

    def _fed(self, pieces: Iterator[Piece], most_rows: int, counted: Counted) -> Iterator[Chunk]:
        """Yield the rows that pandas' parser reads.

        Pieces are small enough to stay in the cache, and handed to the parser in runs of many: what
        is looked for in a piece is looked for right before it is parsed. Where a run is not as plain
        as it seemed, its pieces are taken one by one.
        """
        rows = 0
        while True:
            feed = Feed(self, pieces, rows, most_rows, counted)
            chunk = feed.parse()
            if chunk is not None:
                yield chunk
            else:
                before = rows
                for piece in feed.pieces:
                    for part in self._chunks(piece, before):
                        before += len(part)
                        yield part
            rows += feed.rows
            if feed.error is not None:
                raise feed.error
            if feed.rejected is not None:
                for part in self._chunks(feed.rejected, rows):
                    rows += len(part)
                    counted(len(part))
                    yield part
            elif feed.ended:
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
        fields = self.find(data, piece, rows_before) if self.text or self.surplus(data) > 0 else None
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
        values = numbers.parse(
            piece.text, self.separator, self.numeric, self.decimal, piece.stand_in, self.switches, self.total
        )
        return dict(zip(self.numeric, values, strict=True))

    def _columns(self, piece: Piece, parsed: Mapping[int, Array], fields: Fields | None) -> dict[str, Array]:
        columns: dict[str, Array] = {}
        if fields is not None and self.text:
            blanks = b" " in piece.text or b"\t" in piece.text
            padded = np.frombuffer(piece.text + PADDING, dtype=np.uint8)
            for want in self.text:
                columns[want.role] = self.text_of(want, fields, padded, piece.stand_in, blanks=blanks)
        return columns | self.numbers_of(parsed)

    def text_of(
        self, want: Want, fields: Fields, padded: Bytes, stand_in: Mapping[int, int], *, blanks: bool
    ) -> Array:
        """Return a column of text, bytes without the blanks around them."""
        column = want.columns[0]
        text = fields.text(
            column, padded, stand_in, blanks=blanks, most=ABRIDGED_BYTES if want.abridged else None
        )
        if want.abridged and text.dtype.itemsize == ABRIDGED_BYTES:
            # Few rows are so long, or there are few rows.
            for row in np.flatnonzero(fields.lengths(column) >= ABRIDGED_BYTES).tolist():
                text[row] = shortened(fields.cell(row, column).strip(b" \t").translate(_table(stand_in)))
        return text

    def numbers_of(self, parsed: Mapping[int, Array]) -> dict[str, Array]:
        """Return the numbers of each role from those of each column."""
        columns: dict[str, Array] = {}
        for want in self._wants:
            if not want.text:
                found = [parsed[column] for column in want.columns]
                columns[want.role] = found[0] if len(found) == 1 else side_by_side(found)
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
            if want.abridged:
                longest = max(longest, ABRIDGED_BYTES)
                continue
            lengths = fields.lengths(want.columns[0])
            if lengths.max() > MOST_TEXT_BYTES:
                lengths = fields.trimmed_lengths(want.columns[0])
            index = int(lengths.argmax())
            longest = max(longest, int(lengths[index]))
            if longest > MOST_TEXT_BYTES:
                raise self._row_error(
                    rows_before,
                    index,
                    f"the {want.option} is {longest} bytes long",
                    f"at most {MOST_TEXT_BYTES}",
                    f"Name another column: --{want.option} COLUMN",
                )
        return len(fields) > 1 and longest * len(fields) > TEXT_BYTES

    def check_encoding(self, text: bytes | bytearray, rows_before: int) -> None:
        """Raise RowError for bytes that are not UTF-8, and for a row that is the header once more."""
        # To look for one byte is ten times as fast: nearly always a letter of the header is nowhere.
        if self._repeated and all(letter in text for letter in self._letters) and self._repeated in text:
            self._refuse_header(text, rows_before)
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
                "Name the encoding, for example: --encoding latin-1",
            ) from None

    def _refuse_header(self, text: bytes | bytearray, rows_before: int) -> None:
        for index, line in enumerate(bytes(text).split(b"\n")):
            if line.removeprefix(b"\xef\xbb\xbf") + b"\n" == self._repeated:
                raise self._row_error(
                    rows_before,
                    index,
                    f"the header again ({shorten(line.decode('utf-8', 'replace'))})",
                    "one header, above all rows",
                    "If files were joined, remove the header of all but the first. If the first "
                    "line is a sample too: --no-header",
                )

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

    def surplus(self, data: Bytes) -> int:
        """Return how many separators whole rows have beyond those between the columns of the file.

        Where there are more, a row is too wide, and a parser would take memory for all of its fields.
        """
        rows = int(np.count_nonzero(data == LINE_FEED))
        return int(np.count_nonzero(data == ord(self.separator))) - rows * (self.width - 1)

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
                f"{self.width} as in the {'header' if self._header.present else 'first row'}",
                "Quote the cells that contain a separator, or name another one: --delimiter",
            ) from None

    def _row_error(self, rows_before: int, index: int, found: str, needed: str, remedy: str) -> RowError:
        error = RowError(f"{self.name} row {rows_before + 1 + index}", found, needed, remedy)
        error.index = index
        return error


def _table(stand_in: Mapping[int, int]) -> bytes:
    return bytes(stand_in.get(byte, byte) for byte in range(256))


class Feed:
    """Consecutive pieces for the parser, taken until there are enough, or one comes that is not plain.

    To pandas it is a file: `read` gives the text of the next piece, while it is in the processor's
    cache. A parser is slow to start, so that it is given many pieces; looking through megabytes again
    and again is slow too, so that all that has to be looked for in a piece is looked for then.

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
        extractor: Extractor,
        source: Iterator[Piece],
        rows_before: int,
        most_rows: int,
        counted: Counted,
    ) -> None:
        self._extractor, self._source, self._counted = extractor, source, counted
        self._rows_before, self._most_rows = rows_before, most_rows
        self._bytes = self._surplus = 0
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
        strict = [
            found
            for found, column in zip(values, extractor.numeric, strict=True)
            if column not in extractor.switches
        ]
        if any(numbers.may_be_switches(strict, piece.text) for piece in self.pieces):
            return None
        return self._chunk(values)

    @property
    def total(self) -> int:
        """The bytes of text of the input up to here."""
        return self._extractor.total

    def read(self, _size: int = -1) -> bytes:
        """Return the text of the next piece, nothing where the run ends."""
        if self.ended or self.error or self.rejected or self._is_full():
            return b""
        try:
            piece = next(self._source, None)
            if piece is None:
                self.ended = True
                return b""
            piece = piece.copied()
            self._take(piece)
        except RowError:
            # Taken by itself, it gives the rows before the bad one.
            self.rejected = piece
            return b""
        except Exception as error:
            self.error = error
            return b""
        return b"" if self.rejected is not None else piece.text

    def __iter__(self) -> Feed:
        return self

    def __next__(self) -> bytes:
        raise StopIteration

    def _is_full(self) -> bool:
        return self.rows >= self._most_rows or self._bytes >= RUN_BYTES

    def _take(self, piece: Piece) -> None:
        """Look through a piece, and note what it proves."""
        extractor = self._extractor
        extractor.total += len(piece.text)
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
            surplus = extractor.surplus(data)
            if surplus > 0:
                self.rejected = piece
                return
            self._surplus += surplus
            rows = int(np.count_nonzero(data == LINE_FEED))
        self.pieces.append(piece)
        self.rows += rows
        self._bytes += len(piece.text)
        self._counted(rows)

    def _gather(self, piece: Piece, fields: Fields) -> None:
        padded = np.frombuffer(piece.text + PADDING, dtype=np.uint8)
        blanks = b" " in piece.text or b"\t" in piece.text
        for want in self._extractor.text:
            self._texts[want.role].append(self._extractor.text_of(want, fields, padded, {}, blanks=blanks))

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
        return self._surplus == 0

    def _chunk(self, values: list[Array]) -> Chunk:
        extractor = self._extractor
        parsed = dict(zip(extractor.numeric, values, strict=True))
        columns = {role: np.concatenate(texts) for role, texts in self._texts.items()}
        columns |= extractor.numbers_of(parsed)
        row = np.arange(self._rows_before + 1, self._rows_before + 1 + self.rows, dtype=np.int64)
        return Chunk(extractor.name, row, columns)
