"""Some rows of a text as an input of its own: those between two places, under the header of the whole."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.formats.csv.source import CsvSource
from losscli.inputs.header import Header, TextFormat
from losscli.inputs.places import Place, PlaceOf
from losscli.inputs.streams.counter import Counter
from losscli.inputs.streams.opened import OpenedFile
from losscli.inputs.streams.stream import ByteStream
from losscli.inputs.stretch import Stretch

if TYPE_CHECKING:
    from losscli.inputs.streams.remote import RemoteFile


@dataclass(frozen=True, slots=True)
class Span(Stretch):
    """Whole rows of a plain text in UTF-8.

    Attributes:
        header: what is known of all of it.
        start, stop: the bytes between which the rows lie.
        before: how many rows are before them.
    """

    header: Header
    start: int
    stop: int
    before: int

    def open(self, text_format: TextFormat, /) -> SpanSource:
        """Open the file for these rows. Raises LosscliError if it cannot be read."""
        return SpanSource(self, text_format)


class SpanSource(CsvSource):
    """The rows of a span; their numbers are those in the file."""

    def __init__(self, span: Span, text_format: TextFormat) -> None:
        """Open the file. Raises LosscliError if it cannot be read."""
        self._span = span
        super().__init__(ByteStream(_OpenedSpan(span), text_format.encoding), text_format, header=span.header)

    @property
    def place(self) -> PlaceOf:
        """What returns the place of a row."""
        inside, before = super().place, self._span.before

        def place(row: int) -> Place:
            found = inside(row - before)
            return Place(row, None if found.line is None else found.line + before)

        return place

    def again(self, path: str | None = None) -> SpanSource:
        """Open the same rows from the first. Raises LosscliError if the file was changed."""
        source = SpanSource(replace(self._span, path=self.path if path is None else path), self._format)
        try:
            source._stream.verify_same(self._stream)
        except BaseException:
            source.close()
            raise
        return source

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, with the columns that are wanted."""
        before = self._span.before
        for chunk in super().chunks(wants, block_rows):
            bad = {(role, row + before): text for (role, row), text in chunk.bad.items()}
            yield replace(chunk, row=chunk.row + before, bad=bad, place=self.place)


class _OpenedSpan(OpenedFile):
    """A file of which the bytes above its first row are read, and those of the span."""

    def __init__(self, span: Span) -> None:
        super().__init__(span.path)
        head = span.header.skip
        self.bytes = Counter(_Parts(self._file, ((0, head), (span.start, span.stop))))
        self.size = head + span.stop - span.start


class _Parts(io.RawIOBase):
    """Some stretches of a file, one after the other."""

    def __init__(self, file: io.FileIO | RemoteFile, stretches: Sequence[tuple[int, int]]) -> None:
        self._file, self._left = file, [stretch for stretch in stretches if stretch[0] < stretch[1]]

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, none at the end."""
        if not self._left:
            return b""
        start, stop = self._left[0]
        self._file.seek(start)
        data = self._file.read(stop - start if size < 0 else min(size, stop - start))
        if len(data) < stop - start:
            self._left[0] = start + len(data), stop
        else:
            self._left.pop(0)
        # A file that has become shorter ends here; who reads it looks at its size.
        return data
