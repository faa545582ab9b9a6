"""Frames and arrays of Dask: partition by partition, each computed when its rows are wanted."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np

from losscli.common.errors import LosscliError
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.memory.source import MemorySource
from losscli.inputs.memory.tables import Counted


class DaskSource(MemorySource):
    """A frame, a series or an array of Dask; see `Source`. One partition is in memory at a time."""

    at_hand = False

    def __init__(self, data: Any, name: str) -> None:
        """Take `data`, and compute its first partition. Raises LosscliError for what is no table of rows."""
        self.name = self.path = name
        self.rows, self.size, self.consumed = 0, None, 0
        self._counted = isinstance(data, Counted)
        self._data = data.data if isinstance(data, Counted) else data
        if hasattr(self._data, "numblocks") and self._data.ndim not in (1, 2):
            found = f"an array of {self._data.ndim} dimensions"
            raise LosscliError(name, found, "one or two: rows, or rows and columns")
        self._held: MemorySource | None = self._partition(0)
        self.header = self._held.header

    def again(self, path: str | None = None) -> DaskSource:
        """Return the same data from the first row on, computed once more."""
        del path
        source = copy.copy(self)
        source.rows, source._held = 0, None
        return source

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, with the columns that are wanted.

        Raises:
            LosscliError: for cells that cannot be read, for partitions with other columns than the first,
                and for an index that does not count the rows where it has to.
        """
        held, self._held = self._held, None
        first = self._partition(0) if held is None else held
        others = (self._partition(number) for number in range(1, self._partitions))
        for number, part in enumerate(chain((first,), others)):
            if part.header.names != self.header.names:
                found = f"the partitions 0 and {number} have other columns"
                raise LosscliError(self.name, found, "the same columns in all partitions")
            before = self.rows
            for chunk in part.chunks(wants, block_rows):
                bad = {(role, row + before): text for (role, row), text in chunk.bad.items()}
                self.rows += len(chunk)
                yield Chunk(self.name, chunk.row + before, chunk.columns, bad)

    @property
    def _partitions(self) -> int:
        return int(self._data.numblocks[0] if hasattr(self._data, "numblocks") else self._data.npartitions)

    def _partition(self, number: int) -> MemorySource:
        frame = not hasattr(self._data, "numblocks")
        part = (self._data.get_partition(number) if frame else self._data.blocks[number]).compute()
        if frame and self._counted:
            self._refuse_other_index(part.index)
        return MemorySource(part, self.name)

    def _refuse_other_index(self, index: Any) -> None:
        """Refuse an index that says which rows these are, and not how many are before them."""
        values = np.asarray(index)
        counts = values.dtype.kind in "iu" and any(
            np.array_equal(values, np.arange(start, start + len(values))) for start in (0, self.rows)
        )
        if not counts:
            raise LosscliError(
                self.name,
                "the index does not count the rows, and rows are paired by position",
                "an index that counts them, or an id in both inputs",
                'If row N is the same sample in both: align="position"; if the index is the id: id="NAME"',
            )
