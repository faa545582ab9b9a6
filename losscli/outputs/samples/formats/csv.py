"""CSV of samples, quoted as RFC 4180 says; text is made visible, and no formula to a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from losscli.common.text import spreadsheet_text
from losscli.outputs.samples.columns import Classes, Column, Vector, length, names, numbers, texts


def quoted(text: str) -> str:
    """Return `text` from outside as a cell.

    Control characters are escaped (JSON Lines keeps the exact text), so that no cell holds a line
    end and no line is anything but a sample.
    """
    shown = spreadsheet_text(text)
    if "," in shown or '"' in shown:
        return '"' + shown.replace('"', '""') + '"'
    return shown


def text(columns: Mapping[str, Column], *, first: bool) -> str:
    """Return the samples of one block as rows: see `losscli.outputs.samples.formats`."""
    rows = length(columns)
    header = ",".join(map(quoted, _header(columns))) + "\n" if first else ""
    if not rows:
        return header
    cells = [part for column in columns.values() for part in _cells(column, rows)]
    return header + "\n".join(map(",".join, zip(*cells, strict=True))) + "\n"


def _header(columns: Mapping[str, Column]) -> Iterator[str]:
    for name, column in columns.items():
        if isinstance(column, Vector):
            yield from (f"{name}_{part}" for part in column.names)
        else:
            yield name


def _cells(column: Column, rows: int) -> Iterator[list[str]]:
    if column is None:
        yield [""] * rows
    elif isinstance(column, Classes):
        yield names(column, "", quoted)
    elif isinstance(column, Vector):
        for at in range(len(column.names)):
            yield numbers(column.values[:, at], "", str)
    elif column.dtype.kind == "S":
        yield texts(column, "", quoted)
    else:
        yield numbers(column, "", str)
