"""Parquet: the columns that are wanted, some rows at a time, every page held against its checksum."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, groupby, islice
from typing import Any

from losscli.common.errors import LosscliError
from losscli.inputs.chunk import TEXT_BYTES, Chunk, Want
from losscli.inputs.file_rows import cuts_of_file
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

            from losscli.inputs.typed.arrow_columns import ArrowColumns, damaged
        except ImportError:
            raise without_package(file.name, _WHAT, "pyarrow", "arrow") from None
        if not file.regular:
            # Where pages begin stands at its end.
            raise LosscliError(file.name, "Parquet from a pipe", "a file", "Save it, and name the file.")
        if file.peek(len(_ENCRYPTED)) == _ENCRYPTED:
            raise self._encrypted()
        with damaged(file, _WHAT):
            self._parquet = pq.ParquetFile(
                file.bytes,
                pre_buffer=False,
                buffer_size=_BUFFER_BYTES,
                page_checksum_verification=True,
            )
            self._verify_one()
            self._columns = ArrowColumns(file.name, self._parquet.schema_arrow, self._first)
        self.header = self._columns.header

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, with the columns that are wanted.

        Raises:
            LosscliError: for columns and cells that cannot be read, and for a file that is damaged, or
                changes while it is read.
        """
        from losscli.inputs.typed.arrow_columns import damaged

        rows = self._columns.rows_at_a_time(wants, min(block_rows, self._text_rows(wants)))
        names = [".".join(path) for path in self._columns.paths(wants)]
        with damaged(self.file, _WHAT):
            before = 0 if self.only is None else self.only.start
            for chunk in self._columns.chunks(self._batches(names, rows), wants, rows, before):
                self.rows += len(chunk)
                yield chunk
        self.file.verify_unchanged()
        if self.only is None:
            self._verify_count(self.rows, self._parquet.metadata.num_rows)

    def count(self) -> int | None:
        """Return how many rows there are; None where row groups say otherwise."""
        rows: int = self._parquet.metadata.num_rows
        return rows if rows == sum(self._counts()) else None

    def _counts(self) -> list[int]:
        """Return how many rows each row group has."""
        metadata = self._parquet.metadata
        return [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)]

    def _verify_count(self, rows: int, expected: int) -> None:
        if rows != expected:
            found = f"{rows} rows were read of {expected}"
            raise LosscliError(self.name, found, "a whole file", "Write or copy it once more.")

    def _verify_one(self) -> None:
        """Raise LosscliError where a file ends and another begins between the last page and the footer.

        The footer of the second says where pages begin, and there are those of the first.
        """
        metadata, file = self._parquet.metadata, self.file.bytes
        end = file.seek(-2 * len(_MAGIC), io.SEEK_END)
        if int.from_bytes(file.read(4), "little") != metadata.serialized_size:
            # A footer that is signed: columns are encrypted, and to ask for them would abort the process.
            raise self._encrypted()
        groups = map(metadata.row_group, reversed(range(metadata.num_row_groups)))
        # One without rows may have no pages.
        last = (group for group in groups if group.num_rows)
        columns = (group.column(place) for group in islice(last, 1) for place in range(group.num_columns))
        ends = (
            min(place for place in (one.dictionary_page_offset, one.data_page_offset) if place)
            + one.total_compressed_size
            for one in columns
        )
        # Indexes and filters may stand there.
        start, stop = max(ends, default=len(_MAGIC)), end - metadata.serialized_size
        file.seek(start)
        before = b""
        while start < stop and (read := file.read(min(_BUFFER_BYTES, stop - start))):
            if _MAGIC + _MAGIC in before + read:
                found = "two Parquet files in one"
                raise LosscliError(self.name, found, "a single one", "Name each, or write them as one.")
            before, start = (before + read)[-2 * len(_MAGIC) + 1 :], start + len(read)

    def _encrypted(self) -> LosscliError:
        found = f"{_WHAT} that is encrypted"
        return LosscliError(self.name, found, "plain data", "Write it without encryption.")

    def _batches(self, names: list[str], rows: int) -> Iterator[Any]:
        if self.only is None:
            yield from self._of_groups(None, names, rows)
            return
        for groups, skipped, wanted, there in _runs(self._counts(), self.only):
            # Each row group that is read to its end is held against what it says, so that no rows of others
            # can be taken for its own.
            place, last = 0, skipped + wanted
            for batch in self._of_groups(groups, names, rows):
                start, stop = max(place, skipped), min(place + batch.num_rows, last)
                if start < stop:
                    yield batch.slice(start - place, stop - start)
                place += batch.num_rows
                if place >= last and last < there:
                    break
            self._verify_count(place if last == there else min(place, last), last)

    def _of_groups(self, groups: list[int] | None, names: list[str], rows: int) -> Iterator[Any]:
        for batch in self._parquet.iter_batches(rows, row_groups=groups, columns=names, use_threads=False):
            self.file.verify_unchanged()
            yield batch

    def _first(self, path: tuple[str, ...]) -> Iterator[Any]:
        """Yield the cells of a field, some at a time."""
        from losscli.inputs.typed.arrow_columns import field_of

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


def _runs(counts: Sequence[int], wanted: range) -> Iterator[tuple[list[int], int, int, int]]:
    """Yield the row groups that have the rows that are wanted: together where they are wanted whole.

    Beside them, how many of their rows are skipped, how many are wanted, and how many there are.
    """
    found = []
    for group, (end, count) in enumerate(zip(accumulate(counts), counts, strict=True)):
        start, stop = (min(max(end - count, row), end) for row in (wanted.start, wanted.stop))
        if start < stop:
            found.append(([group], start - (end - count), stop - start, count))
    for whole, run in groupby(found, key=lambda one: one[2] == one[3]):
        if whole:
            groups, _, rows, _ = zip(*run, strict=True)
            yield [*chain(*groups)], 0, sum(rows), sum(rows)
        else:
            yield from run


FORMAT = BinaryFormat(
    what=_WHAT,
    suffixes=(".parquet", ".pq"),
    begins=lambda head, _path: head.startswith((_MAGIC, _ENCRYPTED)),
    open=ParquetSource,
    cut=cuts_of_file,
)
