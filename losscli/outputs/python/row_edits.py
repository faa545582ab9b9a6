"""The arguments of a Python function that leave rows out or shift labels, and what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from numbers import Integral
from typing import Any

from losscli.common.errors import UsageError
from losscli.inputs.arguments import Inputs
from losscli.inputs.edits import ROWS, SHIFT, are_rows, is_shift, range_of


def row_edits_of(asked: Inputs) -> dict[str, Any]:
    """Return the fields of `Edits` that arguments are, of which `wrong_row_edits` yields nothing."""
    shift, path = asked["shift_labels"], asked["exclude_ids"]
    return {
        "shift_labels": None if shift is None else int(shift),
        "skip_rows": tuple(one for one in map(_range, _several(asked["skip_rows"])) if one is not None),
        "exclude_ids": None if path is None else os.fspath(path),
    }


def wrong_row_edits(asked: Inputs) -> Iterator[UsageError]:
    """Yield what is wrong with the arguments that concern rows."""
    shift: Any = asked["shift_labels"]
    if shift is not None and not (_is_integer(shift) and is_shift(int(shift))):
        yield UsageError("shift_labels", _told(shift), SHIFT)
    for one in _several(asked["skip_rows"]):
        if _range(one) is None:
            yield UsageError("skip_rows", _told(one), f"{ROWS} or (60, 64)")
    path: Any = asked["exclude_ids"]
    if path is not None and not (isinstance(path, (str, os.PathLike)) and isinstance(os.fspath(path), str)):
        yield UsageError("exclude_ids", f"a {type(path).__name__}", "the path of a file")


def _several(rows: Any) -> list[Any]:
    """Return what one argument says, one or several: a pair of numbers is one."""
    if rows is None:
        return []
    is_pair = isinstance(rows, tuple) and len(rows) == 2 and all(map(_is_integer, rows))
    return [*rows] if isinstance(rows, (list, tuple)) and not is_pair else [rows]


def _range(rows: Any) -> tuple[int, int] | None:
    if isinstance(rows, str):
        return range_of(rows)
    ends = rows if isinstance(rows, (tuple, list)) else (rows, rows)
    if len(ends) != 2 or not all(map(_is_integer, ends)):
        return None
    first, last = map(int, ends)
    return (first, last) if are_rows(first, last) else None


def _is_integer(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _told(value: Any) -> str:
    return repr(value) if isinstance(value, (int, float, str, tuple)) else f"a {type(value).__name__}"
