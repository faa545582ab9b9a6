"""A byte stream cut into pieces of whole rows: the lines of JSON Lines, the elements of an array."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import shorten
from losscli.inputs.places import told
from losscli.inputs.streams.failures import without_rows
from losscli.inputs.streams.stream import ByteStream

HEAD_BYTES = 1 << 16
PIECE_BYTES = 1 << 19
MOST_ROW_BYTES = 1 << 24
SPACE = b" \t\r\n"
"""What may stand between the parts of JSON."""
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_RETURNS = bytes.maketrans(b"\n", b"\r")
_FEED, _QUOTE, _COMMA, _OPENING, _CLOSING = b'\n",{}'
_CASE = 0x20
"""Brackets and braces differ in this bit alone."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole rows.

    Attributes:
        text: the rows, each ended by a line feed; inside of a row there is none.
        raw: the bytes of the file that they are, one for one; the same where each row is a line there.
        line: the line of the file on which they begin.
        rows: how many there are.
    """

    text: bytes
    raw: bytes
    line: int
    rows: int

    def cut(self, start: int, end: int) -> Piece:
        """Return the rows between two places."""
        line = self.line + self.raw.count(b"\n", 0, start)
        text = self.text[start:end]
        raw = text if self.raw is self.text else self.raw[start:end]
        return Piece(text, raw, line, text.count(b"\n"))

    def first(self, rows: int) -> Piece:
        """Return the first rows."""
        end = 0
        for _ in range(rows):
            end = self.text.index(b"\n", end) + 1
        return self.cut(0, end)

    def lines(self) -> Array:
        """Return the int64 line on which each row begins."""
        if self.raw is self.text:
            return np.arange(self.line, self.line + self.rows)
        if b"\n" not in self.raw:
            return np.full(self.rows, self.line)
        text, raw = (np.frombuffer(data, dtype=np.uint8) for data in (self.text, self.raw))
        starts = np.concatenate([[0], np.flatnonzero(text == _FEED)[:-1] + 1])
        # A row begins with its first letter, and not with the blanks before it.
        letters = np.flatnonzero(text > ord(" "))
        first = letters.take(np.searchsorted(letters, starts), mode="clip") if len(letters) else starts
        return np.asarray(self.line + np.searchsorted(np.flatnonzero(raw == _FEED), first))


class Pieces:
    """The rows of a stream, to be taken once.

    Attributes:
        array: whether they are the elements of an array.
        whole: whether the stream was read to its end.
        rows: the rows of the pieces that were taken.
    """

    def __init__(self, stream: ByteStream) -> None:
        """Read the beginning. Raises LosscliError where there is none."""
        self._stream, self.name = stream, stream.name
        self.whole = False
        self.rows = 0
        self._line = 1
        self._buffer = b""
        while not self._buffer.strip(SPACE) and not self.whole:
            self._fill(HEAD_BYTES)
            if not self._buffer.strip(SPACE):
                self._pass(len(self._buffer))
        if not self._buffer:
            raise without_rows(self.name, "jsonl", "the file is empty", "Make the file again.")
        self._pass(len(self._buffer) - len(self._buffer.lstrip(SPACE)))
        self.array = self._buffer.startswith(b"[")

    def take(self, target: int) -> Iterator[Piece]:
        """Yield whole rows: `target` bytes of them, or fewer; of the first piece less.

        Raises:
            LosscliError: for rows without an end, for an array that has none, or something behind it,
                and for files that are damaged or change while they are read.
        """
        return self._elements(target) if self.array else self._lines(target)

    def rest(self, most: int) -> bytes | None:
        """Return all that was not taken, None if it is too much: for messages."""
        self._fill(most)
        return self._buffer if self.whole else None

    def _lines(self, target: int) -> Iterator[Piece]:
        needed = HEAD_BYTES
        while True:
            self._fill(needed)
            # Blank lines at the very end are no rows.
            text = self._buffer.rstrip(SPACE)
            if self.whole and text:
                self._buffer = text + b"\n"
                yield self._piece(self._buffer, self._buffer)
                return
            if self.whole:
                return
            end = self._buffer.find(b"\n", len(text)) + 1 if text else 0
            end = end or self._buffer.rfind(b"\n", 0, len(text)) + 1
            if end:
                text = self._buffer[:end]
                yield self._piece(text, text)
                needed = target
            elif not text:
                # Whether blank lines are at the end does not depend on how many they are.
                self._buffer = b"\n" * (b"\n" in self._buffer)
                needed = target + 1
            else:
                needed = self._longer()

    def _elements(self, target: int) -> Iterator[Piece]:
        self._pass(1)
        needed, begun = HEAD_BYTES, False
        while True:
            self._fill(needed)
            commas, end = _cut(self._buffer)
            if end is None and not len(commas):
                if self.whole:
                    raise self._refuse("the array has no end", "a ] behind the last row")
                needed = self._longer()
                continue
            last = int(commas[-1]) + 1 if len(commas) else 0
            size = last
            if end is not None and self._buffer[last:end].strip(SPACE):
                size = end + 1
            if size:
                raw = bytearray(self._buffer[:size].translate(_RETURNS))
                text = np.frombuffer(raw, dtype=np.uint8)
                text[commas] = text[size - 1] = _FEED
                closing = self._buffer[size - 1 : size]
                yield self._piece(bytes(raw), self._buffer[:size])
                begun = True
            if end is not None:
                if size <= end:
                    # Nothing stands before the end: no row, or not the one that a comma promises.
                    if begun:
                        raise self._refuse("a comma, and no row behind it", "a row behind each comma")
                    closing = self._buffer[end : end + 1]
                    self._pass(end + 1)
                self._end(closing)
                return
            needed = target

    def _end(self, closing: bytes) -> None:
        """Take what stands behind the array."""
        if closing != b"]":
            raise self._refuse(f"the array is closed by {closing.decode()}", "a ]", "")
        while not self._buffer.strip(SPACE):
            self._pass(len(self._buffer))
            if self.whole:
                return
            self._fill(HEAD_BYTES)
        shown = shorten(self._buffer.lstrip(SPACE)[:80].decode("utf-8", "replace"), 20)
        raise self._refuse(
            f"{shown} stands behind the end of the array",
            "one array",
            "If each line is an array of its own, write an object with keys on each.",
        )

    def _piece(self, text: bytes, raw: bytes) -> Piece:
        piece = Piece(text, raw, self._line, text.count(b"\n"))
        self.rows += piece.rows
        self._pass(len(raw), piece.rows if raw is text else None)
        return piece

    def _pass(self, size: int, lines: int | None = None) -> None:
        self._line += self._buffer.count(b"\n", 0, size) if lines is None else lines
        self._buffer = self._buffer[size:]

    def _fill(self, needed: int) -> None:
        """Read until there are `needed` bytes, or no more."""
        parts, size = [self._buffer], len(self._buffer)
        while size < needed and not self.whole:
            more = self._stream.read(needed - size)
            self.whole = not more
            parts.append(more)
            size += len(more)
        if len(parts) > 1:
            self._buffer = b"".join(parts)

    def _longer(self) -> int:
        """Return how many bytes are needed where these hold no whole row."""
        if len(self._buffer) > MOST_ROW_BYTES:
            raise LosscliError(
                f"{self.name} row {self.rows + 1}",
                f"the row is longer than {MOST_ROW_BYTES >> 20} MiB",
                "an object a row, on a line of its own or in an array",
                "If one object holds all rows, write each of them on a line.",
            )
        # Doubling keeps the work linear where a row has no end.
        return 2 * max(HEAD_BYTES, len(self._buffer))

    def _refuse(self, found: str, needed: str, remedy: str = "Is the file cut short?") -> LosscliError:
        blanks = len(self._buffer) - len(self._buffer.lstrip(SPACE))
        line = self._line + self._buffer.count(b"\n", 0, blanks)
        return LosscliError(f"{self.name} {told(self.rows + 1, line)}", found, needed, remedy)


def _cut(data: bytes) -> tuple[Array, int | None]:
    """Return the commas between the elements of an array, and where it ends, None where it does not here.

    `data` begins inside of the array. What is not JSON may be cut wrongly: then a row is not JSON either.
    """
    if b"\\" in data:
        # Of the same length, so that places stay what they are.
        data = _ESCAPE.sub(b"__", data)
    text = np.frombuffer(data, dtype=np.uint8)
    kind = text | _CASE
    step = (kind == _OPENING).view(np.int8) - (kind == _CLOSING).view(np.int8)
    marks = (step != 0) | (text == _COMMA)
    marks &= np.cumsum(text == _QUOTE, dtype=np.uint8) & 1 == 0
    places = np.flatnonzero(marks)
    depth = np.cumsum(step[places], dtype=np.int64)
    ends = np.flatnonzero(depth < 0)
    if len(ends):
        places, depth = places[: ends[0] + 1], depth[: ends[0] + 1]
    return places[(depth == 0) & (text[places] == _COMMA)], int(places[-1]) if len(ends) else None
