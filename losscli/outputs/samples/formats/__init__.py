"""Every sample, streamed to a file: a writer a format, chosen by the file's suffix.

A writer is fed blocks of columns, a mapping of names to columns in the order in which they are
written; the names and kinds are the same in each block. `evaluation_columns` builds the mapping
that `evaluate --per-sample` promises. A column is one of

- a float64 or int64 array `(n,)`; NaN means that there is no value: an empty cell in CSV, null in
  JSON Lines. Infinities are written `inf` and `-inf`, in JSON as null with `"<name>_text": "inf"`;
- an array of UTF-8 bytes (dtype `S`, `(n,)`): ids;
- `Classes`: names by their codes;
- `Vector`: several numbers a row, `<name>_<column>` each in CSV, a list in JSON Lines;
- None: no sample has a value (ids of samples that are paired by position).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from pathlib import PurePath
from typing import Protocol, TextIO

from losscli.common.array import Array
from losscli.common.errors import UsageError
from losscli.common.text import shorten
from losscli.outputs.samples.columns import Classes, Column, Vector

__all__ = ["Classes", "Column", "Vector", "Writer", "evaluation_columns", "suffixes", "writer"]


class Writer(Protocol):
    """Writes blocks of samples to a text stream."""

    def write(self, columns: Mapping[str, Column]) -> None:
        """Write the samples of one block. The first block also writes the header, if there is one.

        The columns have the same length; a block without rows is welcome, since without one a file
        would have no header.
        """


def evaluation_columns(
    *,
    row: Array,
    id: Array | None,  # noqa: A002
    label: Array | Classes | Vector,
    prediction: Array | Classes | Vector,
    error: Array,
    losses: Mapping[str, Array],
) -> dict[str, Column]:
    """Return the columns of `evaluate`: row, id, label, prediction, error, loss.

    Several losses have a column `loss:<spec>` each. `error`, and each loss by its spec, are
    float64 `(n,)`, NaN where a sample does not count for the loss.
    """
    several = len(losses) > 1
    return {
        "row": row,
        "id": id,
        "label": label,
        "prediction": prediction,
        "error": error,
        **{f"loss:{spec}" if several else "loss": values for spec, values in losses.items()},
    }


@cache
def suffixes() -> tuple[str, ...]:
    """Return the suffixes of the formats there are, with their dots."""
    found = pkgutil.iter_modules(__path__)
    return tuple(f".{module.name}" for module in found if not module.name.startswith("_"))


def writer(path: str, stream: TextIO) -> Writer:
    """Return the writer for the suffix of `path`, which writes to `stream`; `-` stands for CSV.

    Open the stream as UTF-8 and with `newline=""`: lines end with a line feed everywhere.

    Raises:
        UsageError: for another suffix.
    """
    suffix = ".csv" if path == "-" else PurePath(path).suffix.lower()
    if suffix not in suffixes():
        needed = f"the suffix decides on the format: {' or '.join(suffixes())}"
        raise UsageError("--per-sample", f"{shorten(path)!r} has another suffix", needed)
    made: Writer = importlib.import_module(f"{__name__}.{suffix[1:]}").PerSample(stream)
    return made
