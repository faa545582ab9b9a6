"""JSON that holds rows otherwise than as an object each: what it is, and a command that writes the rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import PurePath
from shlex import quote
from typing import Any

from losscli.common.errors import LosscliError
from losscli.common.text import shorten
from losscli.inputs.formats.jsonl.pieces import MOST_ROW_BYTES
from losscli.inputs.usual_names import USUAL, plain

_NEEDED = "an object a row, on a line of its own or in an array"
_WHOLE = "Write each object on a line of its own."


def refuse_one_row(name: str, row: Mapping[str, Any]) -> None:
    """Raise LosscliError where the only row of an input is more likely an object that holds all rows."""
    found = _rows_in(row)
    if found is not None:
        what, code = found
        raise LosscliError(name, what, _NEEDED, _remedy(name, code))


def refuse_document(
    name: str, begun: bytes, rest: Callable[[int], bytes | None] | None, error: LosscliError
) -> None:
    """Raise LosscliError where a first row that is not whole begins a document over several lines.

    Args:
        name: the input as messages call it.
        begun: what was taken of it.
        rest: gives what was not taken, None if it is more than so many bytes.
        error: what is wrong with the first row.
    """
    behind = None if rest is None else rest(MOST_ROW_BYTES)
    if behind is None:
        return
    try:
        text = (begun + behind).decode("utf-8").strip()
        value, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return
    if isinstance(value, list):
        if value and not isinstance(value[0], dict):
            cells = (
                "dict(zip(['COLUMN', 'COLUMN'], row))" if isinstance(value[0], list) else "{'COLUMN': row}"
            )
            what = "arrays" if isinstance(value[0], list) else "values without a key"
            code = f"print(json.dumps({cells})) for row in data"
            error.found, error.needed = f"the rows are {what}", _NEEDED
            error.remedy = _remedy(name, code)
        return
    if not isinstance(value, dict):
        error.found, error.needed = "the rows are values without a key", _NEEDED
        error.remedy = "If it is text with separators: --input-format csv"
    elif not {"\n", "\r"} & {*text[:end]}:
        # It is a line by itself, and what is wrong is in it.
        return
    elif text[end:].lstrip()[:1] == "{":
        raise LosscliError(name, "objects over several lines each", _NEEDED, _WHOLE)
    elif not text[end:]:
        refuse_one_row(name, value)
        raise LosscliError(name, "one object over several lines", _NEEDED, _WHOLE)


def _rows_in(value: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return what an object holds that is several rows, and how Python prints them; None where it is one."""
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list) and all(isinstance(row, list) for row in data):
        return (
            "one object with names of columns and rows of values",
            "print(json.dumps(dict(zip(data['columns'], row)))) for row in data['data']",
        )
    sizes = {len(part) if isinstance(part, list | dict) else 0 for part in value.values()}
    if len(sizes) == 1 and sizes.pop() > 1:
        if all(isinstance(part, list) and not any(map(_nests, part)) for part in value.values()):
            return (
                "one object that holds columns",
                "print(json.dumps(dict(zip(data, row)))) for row in zip(*data.values(), strict=True)",
            )
        keys = {tuple(part) if isinstance(part, dict) else () for part in value.values()}
        if len(keys) == 1 and keys != {()}:
            return (
                "one object that holds columns, each with the same keys",
                "print(json.dumps({k: data[k][i] for k in data})) for i in next(iter(data.values()))",
            )
    if any(
        plain(key) in names and not _nests(part) for key, part in value.items() for names in USUAL.values()
    ):
        return None
    for key, part in value.items():
        if isinstance(part, list) and len(part) > 1 and all(isinstance(row, dict) for row in part):
            return (
                f"one object, with the rows under {shorten(key)}",
                f"print(json.dumps(row)) for row in data[{key!r}]",
            )
    return None


def _nests(value: Any) -> bool:
    return isinstance(value, list | dict)


def _remedy(name: str, code: str) -> str:
    path = PurePath(name)
    if not path.suffix:
        return "Write each row as an object on a line of its own."
    whole = f"import json; data = json.load(open({name!r})); [{code}]"
    shown = f'"{whole}"' if not set('"$`\\!') & set(whole) else quote(whole)
    target = path.with_suffix(".rows.jsonl" if path.suffix == ".jsonl" else ".jsonl")
    return f"Write the rows: python -c {shown} > {quote(str(target))}"
