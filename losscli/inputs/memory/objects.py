"""Data in memory as sources: which of them reads what. Nothing of theirs is imported but what is there."""

from __future__ import annotations

from typing import Any

from losscli.common.errors import LosscliError
from losscli.inputs.memory.source import MemorySource
from losscli.inputs.memory.tables import is_dask, is_pandas


def source_of(data: Any, name: str) -> MemorySource:
    """Return the source of a frame, a table, an array, a tensor, or a mapping of names to columns.

    Raises:
        LosscliError: for what is no table, and for a query that was not run.
    """
    kind = type(data)
    if kind.__name__ == "LazyFrame" and hasattr(data, "collect"):
        found = f"a {kind.__name__}, which is a query that was not run"
        raise LosscliError(name, found, "its result", "Run it: frame.collect()")
    if is_dask(data):
        from losscli.inputs.memory.dask import DaskSource

        return DaskSource(data, name)
    if is_pandas(data) or not (hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")):
        return MemorySource(data, name)
    try:
        from losscli.inputs.memory.arrow import ArrowObject
    except ImportError:
        return _without_arrow(data, name)
    return ArrowObject(data, name)


def _without_arrow(data: Any, name: str) -> MemorySource:
    """Return the source of a frame that says by itself that no cell is missing."""
    columns = data.get_columns() if hasattr(data, "get_columns") else [data]
    if all(hasattr(column, "null_count") and column.null_count() == 0 for column in columns):
        return MemorySource(data, name)
    found = f"a {type(data).__name__} needs the package pyarrow, which is not installed"
    raise LosscliError(name, found, "", "Install it: pip install 'losscli[arrow]'")
