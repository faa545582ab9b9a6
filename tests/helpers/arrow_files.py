"""Tables of Arrow in each of the files that hold them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def parquet(table: Any, path: Path, **options: Any) -> Path:
    """Write a Parquet file; `row_group_size=…` and what else `write_table` knows."""
    pq.write_table(table, path, write_page_checksum=True, **options)
    return path


def file(table: Any, path: Path, **options: Any) -> Path:
    """Write an Arrow IPC file, in batches of `row_group_size` rows."""
    rows = options.get("row_group_size")
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, rows)
    return path


def stream(table: Any, path: Path, **options: Any) -> Path:
    """Write an Arrow IPC stream, in batches of `row_group_size` rows."""
    rows = options.get("row_group_size")
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, rows)
    return path


WRITERS: dict[str, Callable[..., Path]] = {"parquet": parquet, "arrow": file, "arrows": stream}
