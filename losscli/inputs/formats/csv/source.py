"""Delimited text, read row by row exactly or not at all: from a byte stream to chunks.

Bytes are cut into pieces of whole rows that lose their quotes (`pieces`, `quoting`). A piece proves
that each of its rows has as many fields as the header, and gives up the columns that are wanted
(`extract`): to the compiled scanner (`scanner`) where it was built, else found by NumPy (`fields`), numbers
through pandas' C parser or, of little text, cell by cell (`numbers`). Text stays the bytes that stand there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from losscli.common.addresses import is_address
from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.foreign import refuse_foreign
from losscli.inputs.formats.csv.dialect import sniff
from losscli.inputs.formats.csv.extract import Extractor
from losscli.inputs.formats.csv.pieces import HEAD_BYTES, Pieces
from losscli.inputs.formats.csv.tidy import tidied
from losscli.inputs.header import UNKNOWN, Header, TextFormat
from losscli.inputs.places import PlaceOf, Shard
from losscli.inputs.source import ShardRead, Stamp
from losscli.inputs.streams.compression import COMPRESSIONS
from losscli.inputs.streams.stream import ByteStream

PIECE_BYTES = 1 << 19
CELLS_AT_A_TIME = 1 << 20
"""Fields whose places are held at a time: 8 bytes each, and as many again inside the parser."""


class CsvSource:
    """One delimited file. Open it, look at `header`, then take its `chunks` once.

    Attributes:
        name: the input as messages call it.
        header: separator, column names, header.
    """

    files: tuple[Shard, ...] = ()
    separated = True
    format = "csv"

    def __init__(
        self,
        file: str | ByteStream,
        text_format: TextFormat = UNKNOWN,
        *,
        hashed: bool = False,
        header: Header | None = None,
    ) -> None:
        """Take the stream of a file, or open a path (`-` for standard input).

        Args:
            file: its path is what messages call it; the suffix says how it is compressed.
            text_format: what the caller knows about the text.
            hashed: whether its `fingerprint` will be asked for, where a path is opened.
            header: what its first lines say, where that is known.

        Raises:
            LosscliError: if it cannot be read, or is no text.
        """
        self._format = text_format
        encoding = text_format.encoding
        self._stream = ByteStream(file, encoding, hashed=hashed) if isinstance(file, str) else file
        self.name, self.path = self._stream.name, self._stream.file.path
        try:
            refuse_foreign(self._stream.head, self.name)
            self._pieces = Pieces(self._stream)
            head = self._pieces.head
            promised = by_suffix(self._stream.file.called)
            self.header: Header = header or sniff(
                self.name,
                head,
                delimiter=promised if text_format.delimiter is None else text_format.delimiter,
                decimal=text_format.decimal,
                header=text_format.header,
                comment=text_format.comment,
            )
        except BaseException:
            self._stream.close()
            raise
        self._pieces.lines.begin(head.count(b"\n", 0, self.header.skip))
        self._row_bytes = max(1.0, len(head) / max(1, head.count(b"\n")))

    @property
    def stamp(self) -> Stamp:
        """What changes when the file does."""
        return self._stream.file.stamp

    @property
    def rows(self) -> int:
        """The data rows handed out so far; all of them when the chunks have ended."""
        return self._pieces.rows

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return self.header.names

    @property
    def size(self) -> int | None:
        """The bytes of the file, None for a pipe."""
        return self._stream.size

    @property
    def consumed(self) -> int:
        """The bytes of the file read so far."""
        return self._stream.consumed

    def fingerprint(self) -> tuple[int, str] | None:
        """Return the size and the SHA-256 of the file after its chunks; None where it is not hashed."""
        return self._stream.fingerprint()

    def apart(self, rows: Array) -> tuple[Array, Array]:
        """Return that all rows are of one file."""
        return np.zeros(len(rows), dtype=np.int64), rows

    def shards(self) -> Iterator[ShardRead]:
        """Yield nothing: it is one input."""
        return iter(())

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    @property
    def at_hand(self) -> bool:
        """Whether the file was read to its end when it was opened."""
        return self._pieces.whole

    @property
    def can_be_cut(self) -> bool:
        """Whether the bytes of the file are those of its text, and can be read from any place."""
        return self._stream.plain and self.repeatable and not is_address(self.path)

    @property
    def repeatable(self) -> bool:
        """Whether `again` works: not for pipes."""
        return self._stream.repeatable

    def again(self, path: str | None = None) -> CsvSource:
        """Open the same file from its beginning. Raises LosscliError if it was changed."""
        source = CsvSource(self.path if path is None else path, self._format, hashed=self._stream.file.hashed)
        try:
            source._stream.verify_same(self._stream)
        except BaseException:
            source.close()
            raise
        return source

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows of the file in order, with the columns that are wanted.

        Raises:
            LosscliError: where a row has another width than the header, for text that is not
                UTF-8, for misplaced quotes, NUL bytes and lone carriage returns, and for files
                that are damaged or change while they are read.
        """
        rows_at_a_time = min(block_rows, max(1, CELLS_AT_A_TIME // len(self.names)))
        target = int(min(PIECE_BYTES, max(HEAD_BYTES, rows_at_a_time * self._row_bytes)))
        extractor = Extractor(self.name, self.header, self._format.decimal, wants)
        pieces = self._pieces.take(target, self.header.skip, ord(self.header.separator))
        pieces = tidied(pieces, self.header, self._pieces)
        return self._with_lines(extractor.chunks(pieces, rows_at_a_time, self._pieces.count))

    def _with_lines(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """Yield the chunks with the lines of their rows, and name the line with the row that is wrong."""
        try:
            for chunk in chunks:
                yield replace(chunk, place=self.place)
        except LosscliError as error:
            name, _, behind = error.where.partition(f"{self.name} row ")
            if not name and behind.isdecimal():
                error.where = self.place(int(behind)).told(self.name)
            raise

    @property
    def place(self) -> PlaceOf:
        """What returns the place of a row that was handed out; it outlives the source, and is small."""
        return self._pieces.lines.place


def by_suffix(path: str) -> str | None:
    """Return the separator that a file name promises, None where it promises none."""
    name = path.lower()
    for compression in COMPRESSIONS:
        name = name.removesuffix(compression)
    return "\t" if name.endswith((".tsv", ".tab")) else None
