"""Every sample, streamed to a file: a format a file, chosen by the suffix.

A format is a function `text` that makes text of the samples of a block: of columns by their names, in the
order in which they are written; names and kinds are the same in each block. A column is one of

- a float64 or int64 array `(n,)`; NaN means that there is no value: an empty cell in CSV, null in
  JSON Lines. Infinities are written `inf` and `-inf`, in JSON as null with `"<name>_text": "inf"`;
- an array of UTF-8 bytes (dtype `S`, `(n,)`): ids;
- `Classes`: names by their codes;
- `Vector`: several numbers a row, `<name>_<column>` each in CSV, a list in JSON Lines;
- None: no sample has a value (ids of samples that are paired by position).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Protocol

from losscli.common import found
from losscli.common.errors import UsageError
from losscli.common.text import shorten
from losscli.outputs.samples.columns import Column


class Text(Protocol):
    """Makes text of the samples of one block."""

    def __call__(self, columns: Mapping[str, Column], *, first: bool) -> str:
        """Return the samples as lines; in those of the `first` block stands the header, if there is one.

        The columns have the same length. A block without rows is welcome, since without one a file would
        have no header.
        """


def suffixes() -> tuple[str, ...]:
    """Return the suffixes of the formats there are, with their dots."""
    return tuple(f".{name}" for name in found.names(__name__))


def suffix_in(folder: str) -> str:
    """Return the suffix of the files in a folder: its own where a format has it, else that of CSV."""
    suffix = PurePath(folder).suffix.lower()
    return suffix if suffix in suffixes() else ".csv"


def load(path: str) -> Text:
    """Return the format for the suffix of `path`; `-` stands for CSV.

    Raises:
        UsageError: for another suffix.
    """
    suffix = ".csv" if path == "-" else PurePath(path).suffix.lower()
    if suffix not in suffixes():
        needed = f"the suffix {' or '.join(suffixes())}, which sets the format"
        raise UsageError("--per-sample", f"{shorten(path)!r} has an unknown suffix", needed)
    text: Text = found.load(__name__, suffix[1:], "text")
    return text
