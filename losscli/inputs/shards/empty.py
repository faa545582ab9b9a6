"""A file among several that has no rows, nor says what its columns would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.file_source import FileSource
from losscli.inputs.header import Header
from losscli.inputs.streams.failures import NoRowsError
from losscli.inputs.streams.opened import OpenedFile

_AT_A_TIME = 1 << 16


class EmptySource(FileSource):
    """One such file; see `Source`.

    Attributes:
        why: what is raised where a file with rows is needed.
    """

    def __init__(self, file: OpenedFile, why: NoRowsError) -> None:
        """Take the opened file."""
        super().__init__(file)
        self.why, self.header = why, Header(",", (), present=False, skip=0)

    @property
    def format(self) -> str:
        """The name of its format."""
        return self.why.format

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:  # noqa: ARG002
        """Yield nothing: the bytes are read to know them."""
        while self.file.bytes.read(_AT_A_TIME):
            pass
        self.file.verify_unchanged()
        yield from ()
