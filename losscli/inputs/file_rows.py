"""Rows of a file that can be read from any of them: Parquet, Arrow, NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from losscli.common.addresses import is_address
from losscli.inputs.file_source import FileSource
from losscli.inputs.header import TextFormat
from losscli.inputs.streams.opened import OpenedFile
from losscli.inputs.stretch import Stretch


@dataclass(frozen=True, slots=True)
class FileRows(Stretch):
    """Rows of a file that can be read from any of them.

    Attributes:
        kind: opens all of it.
        start, stop: how many rows are before the first and up to the last.
    """

    kind: Callable[[OpenedFile], FileSource]
    start: int
    stop: int

    def open(self, _text_format: TextFormat, /) -> FileSource:
        """Open the file for these rows. Raises LosscliError if it cannot be read."""
        file = OpenedFile(self.path)
        try:
            source = self.kind(file)
        except BaseException:
            file.close()
            raise
        source.only = range(self.start, self.stop)
        return source


@dataclass(frozen=True, slots=True)
class FileCuts:
    """Where a file can be cut that can be read from any row; see `Cuts`."""

    kind: Callable[[OpenedFile], FileSource]
    path: str
    rows: int

    def stretches(self, marks: Sequence[int]) -> Sequence[FileRows]:
        """Return what is before, between and behind some rows."""
        ends = pairwise((0, *marks, self.rows))
        return [FileRows(self.path, self.kind, start, stop) for start, stop in ends]


def cuts_of_file(source: FileSource) -> FileCuts | None:
    """Return where a file can be cut; None where it cannot be read from any row."""
    if not source.repeatable or is_address(source.path):
        return None
    rows = source.count()
    return None if rows is None else FileCuts(type(source), source.path, rows)
