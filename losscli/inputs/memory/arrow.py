"""Tables and columns in memory that others hand over as Arrow: pyarrow's own, polars' and DuckDB's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import Any

import pyarrow as pa

from losscli.common.errors import LosscliError
from losscli.common.text import shorten
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.memory.source import FEW_CELLS, MemorySource
from losscli.inputs.typed.arrow_columns import ArrowColumns, field_of


class ArrowObject(MemorySource):
    """A table, or one column, batch by batch; see `Source`. What can be read once is read once."""

    def __init__(self, data: Any, name: str) -> None:
        """Take `data`. Raises LosscliError for what is no table."""
        self.name = self.path = name
        self.rows, self.size, self.consumed = 0, None, 0
        with _told(name):
            self._table, self._stream, present = _opened(data)
            self.repeatable = self._table is not None
            self._held: list[pa.RecordBatch] = []
            schema = (self._stream if self._table is None else self._table).schema
            self._arrow = ArrowColumns(name, schema, self._first)
        self.header = replace(self._arrow.header, present=present)

    @property
    def at_hand(self) -> bool:
        """Whether all is in memory, and little."""
        return self._table is not None and self._table.num_rows * self._table.num_columns <= FEW_CELLS

    def chunks(self, wants: Sequence[Want], block_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, with the columns that are wanted.

        Raises:
            LosscliError: for columns and cells that cannot be read, and what goes wrong with a query.
        """
        with _told(self.name):
            rows = self._arrow.rows_at_a_time(wants, block_rows)
            for chunk in self._arrow.chunks(self._batches(), wants, rows):
                self.rows += len(chunk)
                yield chunk

    def _batches(self) -> Iterator[pa.RecordBatch]:
        if self._table is not None:
            return iter(self._table.to_batches())
        held, self._held = self._held, []
        return chain(held, self._stream)

    def _first(self, path: tuple[str, ...]) -> Iterator[pa.Array]:
        """Yield the cells of a field, batch by batch; what is read of a stream is held."""
        if self._table is not None:
            for batch in self._table.to_batches():
                yield field_of(batch, path)
            return
        for batch in self._held:
            yield field_of(batch, path)
        for batch in self._stream:
            self._held.append(batch)
            yield field_of(batch, path)


def _opened(data: Any) -> tuple[Any, Any, bool]:
    """Return data as a table, or as a stream that can be read once, and whether the columns have names."""
    if isinstance(data, pa.RecordBatchReader):
        return None, data, True
    if isinstance(data, (pa.ChunkedArray, pa.Array)):
        return pa.table({"0": data}), None, False
    if isinstance(data, (pa.Table, pa.RecordBatch)) or hasattr(data, "get_columns"):
        return pa.table(data), None, True
    if hasattr(data, "to_frame") and hasattr(data, "null_count"):
        # A column of polars.
        return pa.table({"0": pa.chunked_array(data)}), None, False
    if hasattr(data, "__arrow_c_stream__"):
        return None, pa.RecordBatchReader.from_stream(data), True
    return pa.table(pa.record_batch(data)), None, True


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Raise as LosscliError what goes wrong with data of others."""
    try:
        yield
    except LosscliError:
        raise
    except Exception as error:
        # It is code of others that gives the rows: a query may fail in any way of its own.
        if not isinstance(error, (pa.ArrowException, OSError)) and type(error).__module__ == "builtins":
            raise
        said = shorten(" ".join(str(error).split()), 200)
        raise LosscliError(name, f"it cannot be read as a table: {said}", "rows of columns") from None
