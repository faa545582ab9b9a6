"""Delimited text, read row by row exactly or not at all: from a byte stream to chunks.

Bytes are cut into pieces of whole rows. A piece loses its quotes (`quoting`), proves that each of
its rows has as many fields as the header (`fields`), and gives up the columns that are wanted,
numbers through pandas' C parser (`numbers`), text as the bytes that stand there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from losscli.errors import LosscliError
from losscli.sources import numbers, quoting
from losscli.sources.chunk import Array, Chunk, Want
from losscli.sources.dialect import Layout, sniff
from losscli.sources.fields import PADDING, Bytes, Fields, WidthError
from losscli.sources.stream import COMPRESSIONS, ByteStream
from losscli.text import shorten

HEAD_BYTES = 1 << 16
PIECE_BYTES = 1 << 23
MOST_ROW_BYTES = 1 << 26
CELLS_AT_A_TIME = 1 << 20
"""Fields whose places are held at a time: 8 bytes each, and as many again inside the parser."""
MOST_BAD_CELLS = 1000


@dataclass(frozen=True, slots=True)
class TextFormat:
    """What the caller knows about a text; None where losscli is to find out."""

    delimiter: str | None = None
    decimal: str = "."
    encoding: str | None = None
    header: bool | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """Whole rows without quotes, each ended by a line feed."""

    text: bytes
    stand_in: Mapping[int, int] = field(default_factory=dict)


class CsvSource:
    """One delimited file. Open it, look at `layout`, then take its `chunks` once.

    Attributes:
        name: the input as messages call it.
        layout: separator, column names, header.
        rows: the data rows handed out so far; all of them when the chunks have ended.
    """

    def __init__(self, path: str, text_format: TextFormat = TextFormat()) -> None:
        """Open `path` (`-` for standard input). Raises LosscliError if it cannot be read."""
        self._format = text_format
        self._stream = ByteStream(path, text_format.encoding)
        self.name = self._stream.name
        self.path = path
        self.rows = 0
        self._carry = b""
        self._mac = False
        self._ended = False
        try:
            self._pending = self._read_head()
            head = self._pending if self._ended else self._pending[: self._pending.rfind(b"\n") + 1]
            self.layout: Layout = sniff(
                self.name,
                head,
                delimiter=_by_suffix(path) if text_format.delimiter is None else text_format.delimiter,
                decimal=text_format.decimal,
                header=text_format.header,
            )
        except BaseException:
            self._stream.close()
            raise
        self._pending = self._pending[self.layout.skip :]
        self._separator = ord(self.layout.separator)
        self._row_bytes = max(1.0, len(head) / max(1, head.count(b"\n")))

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return self.layout.names

    @property
    def size(self) -> int | None:
        """The bytes of the file, None for a pipe."""
        return self._stream.size

    @property
    def consumed(self) -> int:
        """The bytes of the file read so far."""
        return self._stream.consumed

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows of the file in order, with the columns that are wanted.

        Raises:
            LosscliError: where a row has another width than the header, for text that is not
                UTF-8, for misplaced quotes, NUL bytes and lone carriage returns, and for files
                that are damaged or change while they are read.
        """
        rows_at_a_time = min(block_rows, max(1, CELLS_AT_A_TIME // len(self.names)))
        target = int(min(PIECE_BYTES, max(HEAD_BYTES, rows_at_a_time * self._row_bytes)))
        for piece in self._pieces(target):
            chunk = self._chunk(piece, wants)
            self.rows += len(chunk)
            yield chunk

    # Bytes to pieces of whole rows

    def _read_head(self) -> bytes:
        """Return the first bytes. Their number does not depend on how a pipe hands them out."""
        parts: list[bytes] = []
        while sum(map(len, parts)) < HEAD_BYTES or not any(b"\n" in part for part in parts):
            data = self._stream.read(HEAD_BYTES)
            if not data:
                self._ended = True
                break
            parts.append(data)
            if sum(map(len, parts)) > MOST_ROW_BYTES:
                break
        head = b"".join(parts)
        self._mac = b"\r" in head and b"\n" not in head
        return self._line_feeds(head)

    def _line_feeds(self, data: bytes) -> bytes:
        """Return `data` with line feeds for all line ends. A carriage return at the end waits."""
        if b"\0" in data:
            row = self.rows + 1
            raise LosscliError(
                f"{self.name}, near row {row}",
                "a NUL byte",
                "text",
                "If this is UTF-16: --encoding utf-16-le (or utf-16-be).",
            )
        if b"\r" not in data and not self._carry:
            return data
        data = self._carry + data
        self._carry = b""
        if self._mac:
            if b"\n" in data:
                raise self._mixed_ends()
            return data.replace(b"\r", b"\n")
        if data.endswith(b"\r") and not self._ended:
            data, self._carry = data[:-1], b"\r"
        data = data.replace(b"\r\n", b"\n")
        if self._ended:
            data = data.removesuffix(b"\r")
        if b"\r" in data:
            raise self._mixed_ends()
        return data

    def _mixed_ends(self) -> LosscliError:
        return LosscliError(
            f"{self.name}, near row {self.rows + 1}",
            "a carriage return that ends no line (or line ends of two kinds)",
            "one kind of line end",
            "Convert the line ends first.",
        )

    def _pieces(self, target: int) -> Iterator[_Piece]:
        """Yield whole rows, about `target` bytes at a time, without the blank lines at the very end."""
        buffer = self._pending
        self._pending = b""
        while True:
            if len(buffer) >= target or self._ended:
                cut = self._cut(buffer)
                if cut is not None:
                    piece, buffer = cut
                    yield piece
                elif len(buffer) > MOST_ROW_BYTES:
                    raise self._too_long()
            if self._ended:
                return
            data = self._stream.read(max(target - len(buffer), HEAD_BYTES))
            self._ended = not data
            buffer = buffer + self._line_feeds(data)

    def _cut(self, buffer: bytes) -> tuple[_Piece, bytes] | None:
        """Split off the whole rows, except blank lines at the end: only more data tells if they count."""
        if self._ended:
            buffer = buffer.rstrip(b"\n")
            if not buffer:
                return None
            buffer += b"\n"
        data = np.frombuffer(buffer, dtype=np.uint8)
        quotes = quoting.find_quotes(data) if b'"' in buffer else None
        if quotes is None:
            end = buffer.rfind(b"\n") + 1
        else:
            self._check_quotes(data, quotes)
            end = quoting.last_row_end(data, quotes)
        while end > 1 and buffer[end - 2] == quoting.LINE_FEED:
            end -= 1
        if self._ended and end < len(buffer):
            row = self.rows + buffer.count(b"\n", 0, end)
            raise LosscliError(
                f"{self.name}, after row {row}",
                "a quote is opened and never closed",
                "quotes in pairs",
                "Is the file cut short?",
            )
        if end < 1 or buffer[:end] == b"\n":
            return None
        rest = buffer[end:]
        if quotes is None:
            return _Piece(buffer[:end]), rest
        kept = quoting.Quotes(quotes.opening[:end], quotes.closing[:end], quotes.inside[:end])
        try:
            text, stand_in = quoting.unquote(data[:end], kept, self._separator)
        except ValueError as error:
            raise LosscliError(self.name, str(error), "text") from None
        return _Piece(text.tobytes(), stand_in), rest

    def _check_quotes(self, data: Bytes, quotes: quoting.Quotes) -> None:
        place = quoting.misplaced(data, quotes, self._separator)
        if place is None or (not self._ended and place == len(data) - 1):
            # The last byte of an unfinished piece is judged together with what follows it.
            return
        ends = (data[:place] == quoting.LINE_FEED) & ~quotes.inside[:place]
        start = int(np.flatnonzero(ends)[-1]) + 1 if ends.any() else 0
        text = data[start : place + 20].tobytes().decode("utf-8", "replace").split("\n")[0]
        raise LosscliError(
            f"{self.name} row {self.rows + 1 + int(ends.sum())}",
            f"a quote amid a field: {shorten(text)}",
            'fields quoted whole, quotes in them doubled ("")',
        )

    def _too_long(self) -> LosscliError:
        return LosscliError(
            f"{self.name} row {self.rows + 1}",
            f"the row is longer than {MOST_ROW_BYTES >> 20} MiB",
            "rows ended by line feeds",
            "Is this a CSV file? Is a quote left open?",
        )

    # Pieces to chunks

    def _chunk(self, piece: _Piece, wants: Sequence[Want]) -> Chunk:
        text = piece.text
        blanks = b" " in text or b"\t" in text
        self._check_encoding(text)
        data = np.frombuffer(text, dtype=np.uint8)
        fields: Fields | None = None
        numeric = tuple(column for want in wants if not want.text for column in want.columns)
        width = len(self.names)
        # Reading the last column as numbers shows rows that are too short: they miss that number.
        # Then a count of the separators shows the ones that are too long.
        if len(numeric) != sum(len(want.columns) for want in wants) or width - 1 not in numeric:
            fields = self._find(data, width)
        values = numbers.parse(text, self.layout.separator, numeric, self._format.decimal) if numeric else []
        if fields is None and not self._widths_agree(data, values[numeric.index(width - 1)], width):
            fields = self._find(data, width)
        rows = len(fields) if fields is not None else len(values[0])
        row = np.arange(self.rows + 1, self.rows + 1 + rows, dtype=np.int64)
        columns: dict[str, Array] = {}
        bad: dict[tuple[str, int], str] = {}
        parsed = dict(zip(numeric, values, strict=True))
        padded = np.frombuffer(text + PADDING, dtype=np.uint8) if fields is not None else data
        for want in wants:
            if want.text:
                assert fields is not None
                columns[want.role] = fields.text(want.columns[0], padded, piece.stand_in, blanks=blanks)
                continue
            columns[want.role] = (
                parsed[want.columns[0]]
                if len(want.columns) == 1
                else np.column_stack([parsed[column] for column in want.columns])
            )
            self._note_bad(want, parsed, piece, bad)
        return Chunk(self.name, row, columns, bad)

    def _check_encoding(self, text: bytes) -> None:
        if text.isascii():
            return
        try:
            text.decode("utf-8")
        except UnicodeDecodeError as error:
            row = self.rows + 1 + text.count(b"\n", 0, error.start)
            raise LosscliError(
                f"{self.name} row {row}",
                f"the bytes are not UTF-8 ({text[error.start : error.start + 4]!r})",
                "text in UTF-8",
                "Name the encoding, for example --encoding latin-1.",
            ) from None

    def _widths_agree(self, data: Bytes, last: Array, width: int) -> bool:
        separators = int(np.count_nonzero(data == self._separator)) if width > 1 else 0
        with np.errstate(over="ignore", invalid="ignore"):
            complete = math.isfinite(float(last.sum()))
        return separators == len(last) * (width - 1) and (complete or not np.isnan(last).any())

    def _find(self, data: Bytes, width: int) -> Fields:
        try:
            return Fields.find(data, self._separator, width)
        except WidthError as error:
            row = self.rows + 1 + error.index
            line = data.tobytes().split(b"\n", error.index + 1)[error.index].decode("utf-8", "replace")
            found = f"{error.fields} field{'s' if error.fields > 1 else ''}"
            raise LosscliError(
                f"{self.name} row {row}",
                f"{found if line else 'a blank line'}{f' ({shorten(line)})' if line else ''}",
                f"{width} as in the {'header' if self.layout.header else 'first row'}",
                "Quote cells that hold a separator, or name another one: --delimiter.",
            ) from None

    def _note_bad(
        self, want: Want, parsed: Mapping[int, Array], piece: _Piece, bad: dict[tuple[str, int], str]
    ) -> None:
        """Keep what stands in the cells of a role that are no finite number, for messages."""
        for column in want.columns:
            values = parsed[column]
            with np.errstate(over="ignore", invalid="ignore"):
                if math.isfinite(float(values.sum())):
                    continue
            found = np.flatnonzero(~np.isfinite(values))[:MOST_BAD_CELLS]
            if len(found):
                texts = numbers.cells(piece.text, self.layout.separator, (column,))[column]
                for index in found.tolist():
                    shown = texts[index].translate(piece.stand_in)
                    bad.setdefault((want.role, self.rows + 1 + index), shown)


def _by_suffix(path: str) -> str | None:
    """Return the separator that a file name promises, None where it promises none."""
    name = path.lower()
    for compression in COMPRESSIONS:
        name = name.removesuffix(compression)
    return "\t" if name.endswith((".tsv", ".tab")) else None
