"""JSON Lines of samples: an object per sample, strict JSON in ASCII, texts exactly as they were."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from losscli.common.json import encode
from losscli.common.text import encodable
from losscli.outputs.samples.columns import Classes, Column, Vector, length, names, numbers, texts


def quoted(text: str) -> str:
    """Return `text` from outside as a JSON string."""
    return encode(encodable(text))


def text(columns: Mapping[str, Column], *, first: bool) -> str:
    """Return the samples of one block as objects: see `losscli.outputs.samples.formats`."""
    del first
    rows = length(columns)
    # One template for the line, so that a row costs one call of a C function.
    members = ", ".join(f"{quoted(name)}: ".replace("%", "%%") + "%s" for name in columns)
    line = "{" + members + "}\n"
    values = [_values(name, column, rows) for name, column in columns.items()]
    return "".join(map(line.__mod__, zip(*values, strict=True)))


def _values(name: str, column: Column, rows: int) -> list[str]:
    if column is None:
        return ["null"] * rows
    if isinstance(column, Classes):
        return names(column, "null", quoted)
    if isinstance(column, Vector):
        parts = [numbers(column.values[:, at], "null", lambda _: "null") for at in range(len(column.names))]
        return [f"[{', '.join(row)}]" for row in zip(*parts, strict=True)]
    if column.dtype.kind == "S":
        return texts(column, '"', quoted)
    return numbers(column, "null", partial(_infinite, name))


def _infinite(name: str, text: str) -> str:
    # The value is followed by a member of its own, which the template knows nothing about.
    return f"null, {quoted(f'{name}_text')}: {quoted(text)}"
