"""A byte stream cut into pieces of whole rows, without quotes and with line feeds alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from losscli.common.errors import LosscliError
from losscli.inputs.formats.csv import quoting
from losscli.inputs.lines import Lines
from losscli.inputs.streams.stream import ByteStream

HEAD_BYTES = 1 << 16
MOST_ROW_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole rows without quotes, each ended by a line feed.

    Attributes:
        data: the rows; where they were copied nowhere, as the buffer that they were read into.
        stand_in: which bytes stand for a separator or a line feed in a field (see `quoting`).
    """

    data: bytes | bytearray
    stand_in: Mapping[int, int] = field(default_factory=dict)

    @property
    def text(self) -> bytes:
        """The rows, as what most of the world takes."""
        return bytes(self.data)

    def row_of_several_lines(self) -> int | None:
        """Return which row is the first that holds a line feed in a field, from 0; None where none does."""
        for byte, original in self.stand_in.items():
            place = self.data.find(byte) if original == quoting.LINE_FEED else -1
            if place >= 0:
                return self.data.count(b"\n", 0, place)
        return None

    def copied(self) -> Piece:
        """Return the same rows, whose `text` is at hand."""
        return Piece(self.text, self.stand_in)


class RowError(LosscliError):
    """A row that cannot be read: the `index`-th of its piece, from 0."""

    index = 0


class Pieces:
    """The rows of a stream. Look at `head`, then take the pieces once.

    Attributes:
        head: whole rows from the beginning, quotes and all; enough to find out the layout.
        whole: whether these are all there are.
        rows: the data rows before the next piece; whoever counts the rows keeps it.
        lines: on which lines they begin.
    """

    def __init__(self, stream: ByteStream) -> None:
        """Read the head. Raises LosscliError for NUL bytes, mixed line ends and endless rows."""
        self._stream, self.name = stream, stream.name
        self.rows = 0
        self.lines = Lines()
        self._carry = b""
        self._mac = False
        self._ended = False
        self._pending = self._read_head()
        self.whole = self._ended
        whole = len(self._pending) if self._ended else _end_of_rows(self._pending)
        self.head = self._pending[:whole]

    def take(self, target: int, skip: int, separator: int) -> Iterator[Piece]:
        """Yield whole rows, about `target` bytes at a time, without the blank lines at the very end.

        Args:
            target: bytes; where pieces end changes nothing of what they hold together.
            skip: how many bytes at the beginning are no data.
            separator: the byte between fields.

        Raises:
            LosscliError: for misplaced and unclosed quotes, NUL bytes, lone carriage returns, and
                files that are damaged or change while they are read.
        """
        buffer, self._pending = bytearray(self._pending[skip:]), b""
        needed, blanks = target, 0
        while True:
            if len(buffer) < needed and not self._ended:
                buffer += self._line_feeds(self._read_until(b"", needed - len(buffer)))
            try:
                piece, behind, buffer = self._cut(buffer, separator)
            except LosscliError:
                if not blanks:
                    raise
                yield from _blank_lines(blanks, target)
                blanks = 0
                continue
            if piece is not None:
                # Only now it is certain that the blank lines before this piece are not at the end.
                yield from _blank_lines(blanks, target)
                if (inside := piece.row_of_several_lines()) is not None:
                    self.lines.several(self.rows + 1 + inside)
                yield piece
                needed, blanks = target, behind
            elif behind:
                blanks += behind
            elif not self._ended:
                if len(buffer) > MOST_ROW_BYTES:
                    raise self._too_long()
                # Doubling keeps the work linear where a row or a quoted field has no end.
                needed = 2 * max(needed, len(buffer))
            if self._ended and not buffer:
                return

    def count(self, rows: int) -> None:
        """Take note of rows that were handed out; messages about what follows number it from there."""
        self.rows += rows

    def _read_head(self) -> bytes:
        """Return the first bytes. Their number does not depend on how a pipe hands them out."""
        raw, needed = b"", HEAD_BYTES
        while True:
            raw = self._read_until(raw, needed)
            # A carriage return at the end may be half of a line end.
            body = raw.removesuffix(b"\r")
            if self._ended or _end_of_rows(body) or _end_of_rows(body.replace(b"\r", b"\n")):
                break
            if len(raw) > MOST_ROW_BYTES:
                raise self._too_long()
            needed = 2 * len(raw)
        self._mac = b"\r" in raw and b"\n" not in raw
        return self._line_feeds(raw)

    def _read_until(self, data: bytes, needed: int) -> bytes:
        """Return `data` and what follows it, `needed` bytes or more, less only at the end."""
        parts, size = [data] if data else [], len(data)
        while size < needed:
            more = self._stream.read(needed - size)
            if not more:
                self._ended = True
                break
            parts.append(more)
            size += len(more)
        # Usually one read gives all; then nothing is copied.
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _line_feeds(self, data: bytes) -> bytes:
        """Return `data` with line feeds for all line ends. A carriage return at the end waits."""
        if b"\0" in data:
            # The half of a UTF-16 letter that is 0 comes second in little endian.
            likely, other = ("le", "be") if data.index(b"\0") % 2 else ("be", "le")
            raise LosscliError(
                f"{self.name}, near row {self.rows + 1}",
                "a NUL byte",
                "text",
                f"If this is UTF-16: --encoding utf-16-{likely}, or --encoding utf-16-{other}",
            )
        if self._mac:
            if b"\n" in data:
                raise self._mixed_ends()
            return data.replace(b"\r", b"\n")
        if b"\r" not in data and not self._carry:
            return data
        data, self._carry = self._carry + data, b""
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
            "a carriage return inside a line, or two kinds of line ends",
            "one kind of line end",
            "Convert the line ends first.",
        )

    def _cut(self, buffer: bytearray, separator: int) -> tuple[Piece | None, int, bytearray]:
        """Split off the whole rows, those before a misplaced quote, and then the blank lines behind them.

        Where there are no quotes, nothing is copied but what is left: the buffer itself becomes the rows.

        Returns:
            The rows, None if there are none; the number of blank lines; and what is left.
        """
        if self._ended:
            del buffer[len(buffer.rstrip(b"\n")) :]
            if not buffer:
                return None, 0, buffer
            buffer += b"\n"
        if b'"' in buffer:
            return self._cut_quoted(bytes(buffer), separator)
        end = buffer.rfind(b"\n") + 1
        rest = buffer[end:]
        rows = _without_blank_lines(buffer, end)
        if not rows:
            return None, end, rest
        del buffer[rows + 1 :]
        return Piece(buffer), end - rows - 1, rest

    def _cut_quoted(self, buffer: bytes, separator: int) -> tuple[Piece | None, int, bytearray]:
        data = np.frombuffer(buffer, dtype=np.uint8)
        quotes = quoting.find_quotes(data)
        place = quoting.misplaced(data, quotes, separator)
        # The last byte of an unfinished piece is judged together with what follows it.
        if place is not None and (self._ended or place < len(data) - 1):
            end = quoting.last_row_end(data[:place], quotes.up_to(place))
            if not end:
                raise quoting.refusal(self.name, self.rows + 1, data, quotes, place)
        else:
            end = quoting.last_row_end(data, quotes)
        if self._ended and not end:
            raise LosscliError(
                f"{self.name} row {self.rows + 1}",
                "a quote is opened and never closed",
                "quotes in pairs",
                "Is the file cut short?",
            )
        rest = bytearray(buffer[end:])
        rows = _without_blank_lines(buffer, end)
        if not rows:
            return None, end, rest
        try:
            text, stand_in = quoting.unquote(data[: rows + 1], quotes.up_to(rows + 1), separator)
        except ValueError as error:
            raise LosscliError(self.name, str(error), "text") from None
        return Piece(text.tobytes(), stand_in), end - rows - 1, rest

    def _too_long(self) -> LosscliError:
        return LosscliError(
            f"{self.name} row {self.rows + 1}",
            f"the row is longer than {MOST_ROW_BYTES >> 20} MiB",
            "rows that end with a line feed",
            "Is this a CSV file? Is a quote left open?",
        )


def _without_blank_lines(buffer: bytes | bytearray, end: int) -> int:
    """Return the place of the line feed that ends the last row before `end` that is no blank line."""
    # To look for blank lines at the end takes a copy, and there hardly ever are any.
    blank = end < 2 or buffer[end - 2] == quoting.LINE_FEED
    return len(buffer[:end].rstrip(b"\n")) if blank else end - 1


def _blank_lines(count: int, most: int) -> Iterator[Piece]:
    for start in range(0, count, most):
        yield Piece(b"\n" * min(most, count - start))


def _end_of_rows(data: bytes) -> int:
    """Return how many bytes whole rows take, 0 if not even the first row is whole."""
    if b'"' not in data:
        return data.rfind(b"\n") + 1
    text = np.frombuffer(data, dtype=np.uint8)
    return quoting.last_row_end(text, quoting.find_quotes(text))
