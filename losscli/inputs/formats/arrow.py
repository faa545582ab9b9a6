"""Arrow IPC: files, which Feather is too, and streams, also from a pipe; batch by batch."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import Any

from losscli.common.errors import LosscliError
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.file_rows import cuts_of_file
from losscli.inputs.file_source import FileSource
from losscli.inputs.format import BinaryFormat, without_package
from losscli.inputs.streams.opened import OpenedFile
from losscli.inputs.typed.arrow_footer import blocks_of, footer_of, rows_of

_WHAT = "an Arrow file"
_MAGIC, _OLD_FEATHER = b"ARROW1", b"FEA1"
_MESSAGE = b"\xff\xff\xff\xff"
"""What begins each message of a stream; the last one is of no bytes."""
_LONGEST_SCHEMA = 1 << 28
_MOST_BEFORE_FOOTER = 64
"""Between the last batch and the footer there is a mark of the end, and what aligns it."""


class ArrowSource(FileSource):
    """One Arrow IPC file or stream; see `Source`."""

    def __init__(self, file: OpenedFile) -> None:
        """Read its schema.

        Raises:
            LosscliError: for what is no whole Arrow file, or has columns that cannot be told apart.
        """
        super().__init__(file)
        try:
            import pyarrow as pa

            from losscli.inputs.typed.arrow_columns import ArrowColumns, damaged
        except ImportError:
            raise without_package(file.name, _WHAT, "pyarrow", "arrow") from None
        head = file.peek(len(_MAGIC))
        if head.startswith(_OLD_FEATHER):
            remedy = "Write it as version 2: pandas.DataFrame.to_feather does."
            raise LosscliError(file.name, "this is Feather of version 1", "version 2, or Parquet", remedy)
        self._is_stream = head != _MAGIC
        if not (self._is_stream or file.regular):
            needed, remedy = "a file, or a stream of Arrow", "Save it, and name the file."
            raise LosscliError(file.name, "an Arrow file from a pipe", needed, remedy)
        with damaged(file, _WHAT):
            if self._is_stream:
                self._tail = _Tail(file)
                self._stream = pa.ipc.open_stream(pa.PythonFile(self._tail, mode="r"))
                schema = self._stream.schema
            else:
                self._verify_one()
                schema = self._opened(None).schema
            self._held: list[Any] = []
            self._columns = ArrowColumns(file.name, schema, self._first)
        self.header = self._columns.header

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, with the columns that are wanted.

        Raises:
            LosscliError: for columns and cells that cannot be read, and for a file that is damaged, cut
                off, or changes while it is read.
        """
        from losscli.inputs.typed.arrow_columns import damaged

        rows = self._columns.rows_at_a_time(wants, block_rows)
        with damaged(self.file, _WHAT):
            batches = self._of_stream() if self._is_stream else self._of_file(self._columns.paths(wants))
            before = 0 if self.only is None else self.only.start
            for chunk in self._columns.chunks(batches, wants, rows, before):
                self.rows += len(chunk)
                yield chunk
        self.file.verify_unchanged()
        if self.only is not None and self.rows != len(self.only):
            raise self._other_rows(f"{self.rows} rows were read of {len(self.only)}")

    def _verify_one(self) -> None:
        """Raise LosscliError where the last batch does not end right before the footer.

        Of two files in one, the footer of the second says where batches begin: there are those of the first.
        """
        begin, footer = footer_of(self.file.bytes, self.file.size or 0)
        blocks = blocks_of(footer)
        if blocks and begin - max(block.end for block in blocks) > _MOST_BEFORE_FOOTER:
            found = "the batches of the footer do not end before it: these may be two files in one"
            raise LosscliError(self.name, found, "one file", "Write it once more.")

    def count(self) -> int | None:
        """Return how many rows there are; None for a stream, and where it is not said."""
        counts = self._counts()
        return None if counts is None else sum(counts)

    def _counts(self) -> list[int] | None:
        """Return how many rows each batch has."""
        if self._is_stream:
            return None
        file = self.file.bytes
        try:
            return rows_of(file, blocks_of(footer_of(file, self.file.size or 0)[1]))
        except OSError as error:
            raise self.file.failed(error) from None

    def _opened(self, fields: list[int] | None) -> Any:
        """Open a file, with all of its fields or some."""
        import pyarrow as pa

        options = pa.ipc.IpcReadOptions(included_fields=fields or [], use_threads=False)
        return pa.ipc.open_file(self.file.bytes, options=options)

    def _of_file(self, paths: Sequence[tuple[str, ...]]) -> Iterator[Any]:
        schema = self._opened(None).schema
        reader = self._opened(sorted({schema.get_field_index(path[0]) for path in paths}))
        if self.only is not None:
            yield from self._some_of(reader, self.only)
            return
        for place in range(reader.num_record_batches):
            self.file.verify_unchanged()
            yield reader.get_batch(place)

    def _some_of(self, reader: Any, wanted: range) -> Iterator[Any]:
        """Yield the batches that have some rows, without the others; the rows of a batch are what it says."""
        counts = self._counts() or []
        if len(counts) != reader.num_record_batches:
            raise self._other_rows(f"{len(counts)} batches of {reader.num_record_batches} say their rows")
        for place, (end, count) in enumerate(zip(accumulate(counts), counts, strict=True)):
            start, stop = (min(max(end - count, row), end) for row in (wanted.start, wanted.stop))
            if start == stop and (count or not wanted.start <= end <= wanted.stop):
                continue
            self.file.verify_unchanged()
            batch = reader.get_batch(place)
            if batch.num_rows != count:
                raise self._other_rows(f"a batch has {batch.num_rows} rows, and says {count}")
            yield batch.slice(start - (end - count), stop - start)

    def _other_rows(self, found: str) -> LosscliError:
        self.file.verify_unchanged()
        return LosscliError(self.name, found, "a whole file", "Write or copy it once more.")

    def _of_stream(self) -> Iterator[Any]:
        held, self._held = self._held, []
        yield from chain(held, self._stream)
        self._tail.verify_end()

    def _first(self, path: tuple[str, ...]) -> Iterator[Any]:
        """Yield the cells of a field, batch by batch; what is read of a stream is held."""
        from losscli.inputs.typed.arrow_columns import field_of

        if not self._is_stream:
            for batch in self._of_file([path]):
                yield field_of(batch, path)
            return
        for batch in self._held:
            yield field_of(batch, path)
        for batch in self._stream:
            self._held.append(batch)
            yield field_of(batch, path)


class _Tail(io.RawIOBase):
    """Passes on what is read of a file, and keeps the last bytes of it."""

    def __init__(self, file: OpenedFile) -> None:
        self._opened, self._last = file, b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return as many bytes as are asked for, fewer only at the end."""
        parts, missing = [], size
        while missing and (data := self._opened.bytes.read(missing)):
            parts.append(data)
            missing -= len(data) if size >= 0 else 0
        found = b"".join(parts)
        self._last = (self._last + found[-8:])[-8:]
        return found

    def verify_end(self) -> None:
        """Raise LosscliError unless the stream said that it ends, and nothing follows."""
        self._opened.verify_unchanged()
        if self._last != _MESSAGE + bytes(4):
            found, needed = "the stream breaks off: there is no mark at its end", "a whole stream"
            raise LosscliError(self._opened.name, found, needed, "Write or copy it once more.")
        if self.read(1):
            found = "there are bytes behind the end of the stream"
            remedy = "Where streams were joined, write them as one."
            raise LosscliError(self._opened.name, found, "one stream", remedy)


def _begins(head: bytes, _path: str) -> bool:
    """Whether these are the first bytes of a file, or of the schema of a stream."""
    if head.startswith((_MAGIC, _OLD_FEATHER)):
        return True
    size = int.from_bytes(head[4:8], "little")
    return head.startswith(_MESSAGE) and size % 8 == 0 and 0 < size < _LONGEST_SCHEMA


FORMAT = BinaryFormat(
    what=_WHAT,
    suffixes=(".arrow", ".arrows", ".feather", ".ipc"),
    begins=_begins,
    open=ArrowSource,
    cut=cuts_of_file,
)
