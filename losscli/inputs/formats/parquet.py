"""Parquet: the columns that are wanted, some rows at a time, every page held against its checksum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from losscli.common.errors import LosscliError
from losscli.inputs.chunk import TEXT_BYTES, Chunk, Want
from losscli.inputs.file_source import FileSource
from losscli.inputs.format import BinaryFormat, without_package
from losscli.inputs.streams.opened import OpenedFile

_WHAT = "a Parquet file"
_BUFFER_BYTES = 1 << 20
"""Pages are read through a buffer; without one, the columns of a whole row group would be in memory."""
_FEW_ROWS = 1 << 10
_MAGIC, _ENCRYPTED = b"PAR1", b"PARE"


class ParquetSource(FileSource):
    """One Parquet file; see `Source`."""

    def __init__(self, file: OpenedFile) -> None:
        """Read its schema.

        Raises:
            LosscliError: for what is no whole Parquet file, or has columns that cannot be told apart.
        """
        super().__init__(file)
        try:
            import pyarrow.parquet as pq

            from losscli.inputs.arrow_columns import ArrowColumns, damaged
        except ImportError:
            raise without_package(file.name, _WHAT, "pyarrow", "arrow") from None
        if not file.regular:
            needed, remedy = "a file: the end of it is read first", "Save it, and name the file."
            raise LosscliError(file.name, "Parquet from a pipe", needed, remedy)
        if file.peek(len(_ENCRYPTED)) == _ENCRYPTED:
            raise LosscliError(
                file.name, f"{_WHAT} that is encrypted", "one that is not", "Write it without encryption."
            )
        with damaged(file, _WHAT):
            self._parquet = pq.ParquetFile(
                file.bytes,
                pre_buffer=False,
                buffer_size=_BUFFER_BYTES,
                page_checksum_verification=True,
            )
            self._columns = ArrowColumns(file.name, self._parquet.schema_arrow, self._first)
        self.header = self._columns.header

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, with the columns that are wanted.

        Raises:
            LosscliError: for columns and cells that cannot be read, and for a file that is damaged, or
                changes while it is read.
        """
        from losscli.inputs.arrow_columns import damaged

        rows = self._columns.rows_at_a_time(wants, min(block_rows, self._text_rows(wants)))
        names = [".".join(path) for path in self._columns.paths(wants)]
        with damaged(self.file, _WHAT):
            for chunk in self._columns.chunks(self._batches(names, rows), wants, rows):
                self.rows += len(chunk)
                yield chunk
        self.file.verify_unchanged()
        if self.rows != self._parquet.metadata.num_rows:
            found = f"{self.rows} rows were read of {self._parquet.metadata.num_rows}"
            raise LosscliError(self.name, found, "a whole file", "Write or copy it once more.")

    def _batches(self, names: list[str], rows: int) -> Iterator[Any]:
        for batch in self._parquet.iter_batches(rows, columns=names, use_threads=False):
            self.file.verify_unchanged()
            yield batch

    def _first(self, path: tuple[str, ...]) -> Iterator[Any]:
        """Yield the cells of a field, some at a time."""
        from losscli.inputs.arrow_columns import field_of

        for batch in self._parquet.iter_batches(_FEW_ROWS, columns=[".".join(path)], use_threads=False):
            yield field_of(batch, path)

    def _text_rows(self, wants: Sequence[Want]) -> int:
        """Return so many rows that the text that is wanted of them takes little memory on the average."""
        names = {".".join(path) for path in self._columns.paths([want for want in wants if want.text])}
        metadata, most = self._parquet.metadata, TEXT_BYTES
        for group in range(metadata.num_row_groups if names else 0):
            one = metadata.row_group(group)
            for place in range(one.num_columns):
                column = one.column(place)
                if column.path_in_schema in names and one.num_rows:
                    average = column.total_uncompressed_size / one.num_rows
                    most = min(most, int(TEXT_BYTES // max(1.0, average)))
        return max(1, most)


FORMAT = BinaryFormat(
    what=_WHAT,
    suffixes=(".parquet", ".pq"),
    begins=lambda head, _path: head.startswith((_MAGIC, _ENCRYPTED)),
    open=ParquetSource,
)
