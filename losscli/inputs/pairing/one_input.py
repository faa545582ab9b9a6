"""Two files that may be parts of one input: the shell put them there for a glob without quotes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import PurePath
from shlex import quote
from typing import Any

from losscli.common.errors import LosscliError
from losscli.inputs.columns.needs import Roles
from losscli.inputs.pairing.align import Names, Pair
from losscli.inputs.source import Source

_DIGITS = re.compile(r"\d+")


def glob_of(left: Source, right: Source, roles: Roles) -> str:
    """Return the glob that two files are, if their names differ in numbers alone and each has both columns.

    Else return nothing.
    """
    paths = [one.path for one in (left, right)]
    if right is left or left.files or right.files or paths[0] == paths[1]:
        return ""
    if not all(isinstance(path, str) and os.path.lexists(path) for path in paths):
        return ""
    ours, theirs = (_columns(roles, role) for role in ("prediction", "label"))
    if not (ours <= {*right.header.names} and theirs <= {*left.header.names} and ours.isdisjoint(theirs)):
        return ""
    names = [PurePath(path) for path in paths]
    parts = [_DIGITS.split(name.name) for name in names]
    if names[0].parent != names[1].parent or parts[0] != parts[1] or not left.header.present:
        return ""
    numbers = zip(*(_DIGITS.findall(name.name) for name in names), strict=True)
    marks = ["*" if one != other else one for one, other in numbers]
    pattern = parts[0][0] + "".join(map("".join, zip(marks, parts[0][1:], strict=True)))
    return quote(str(names[0].with_name(pattern)))


def advised(pairs: Iterator[Pair], names: Names, glob: str) -> Iterator[Pair]:
    """Yield pairs; where the rows of both files cannot be paired, say that they may be parts of one input."""
    try:
        yield from pairs
    except LosscliError as error:
        if glob and error.where == f"{names.predictions} and {names.labels}":
            advice = f"If they are parts of one input, name it by a glob in quotes: {glob}"
            error.remedy = f"{advice}. {error.remedy}" if error.remedy else advice
        raise


def note(left: Source, glob: str) -> Iterator[str]:
    """Yield a note where rows of two files were paired that may be parts of one input."""
    if glob:
        yield (
            f"each file has predictions and labels, and the predictions are those of {left.name} alone; "
            f"if they are parts of one input, name it by a glob in quotes: {glob}"
        )


def _columns(roles: Roles, role: str) -> set[Any]:
    found = roles.columns[role]
    return {found} if isinstance(found, str) else {*found}
