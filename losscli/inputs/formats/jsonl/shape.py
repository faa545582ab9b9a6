"""The columns of rows of JSON: the values of the first row, and how others like them are taken out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from losscli.common.text import shorten
from losscli.inputs.chunk import Want

MOST_ELEMENTS = 1 << 14
"""An array of more elements is one column, which nothing can read."""
Path = tuple[str | int, ...]
SKIPPED, NUMBER, TEXT, TRUTH, OBJECT, ARRAY = range(6)
"""What a value is; the first is one that nobody wants."""
_KINDS = {int: NUMBER, float: NUMBER, str: TEXT, bool: TRUTH, dict: OBJECT, list: ARRAY}
TYPES = {NUMBER: "number", TEXT: "string", TRUTH: "bool"}
"""What JSON calls values of a column."""
_WORDS = {NUMBER: "a number", TEXT: "text", TRUTH: "true or false", OBJECT: "an object", ARRAY: "an array"}


class Misfit(Exception):  # noqa: N818  # as `parse.Fault`
    """A value that is not what the rows before it have there: in words, and what is needed."""

    def __init__(self, found: str, needed: str, remedy: str = "") -> None:
        super().__init__(found)
        self.found, self.needed, self.remedy = found, needed, remedy


def kind_of(value: Any) -> int | None:
    """Return what a value is, None where it is missing."""
    return _KINDS.get(type(value))


def shown(value: Any) -> str:
    """Return a value as a message calls it."""
    if isinstance(value, str):
        return f"the text {shorten(json.dumps(value, ensure_ascii=False), 40)}"
    if isinstance(value, dict | list):
        return _WORDS[_KINDS[type(value)]]
    return shorten(json.dumps(value), 40)


def called(path: Path) -> str:
    """Return the name of a column."""
    return ".".join(map(str, path))


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the ways to the columns of a row: to each value that holds no others, in their order."""
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from paths(part, (*path, key))
    elif isinstance(value, list) and 0 < len(value) <= MOST_ELEMENTS:
        for place, part in enumerate(value):
            yield from paths(part, (*path, place))
    else:
        yield path


@dataclass(slots=True)
class Node:
    """A value of the first row that is wanted, or holds others that are.

    Attributes:
        path: the way to it.
        value: what it is in the first row.
        parts: those of its parts that are wanted.
        column: which of the wanted columns it is, where it is one.
        closed: whether all that it holds is read together, as classes are: then other keys than those
            of the first row are refused.
    """

    path: Path
    value: Any
    parts: dict[str | int, Node] = field(default_factory=dict)
    column: int | None = None
    closed: bool = False

    def take(self, value: Any, cells: list[list[Any]]) -> None:
        """Append what is wanted of a value to the cells of each column. Raises Misfit."""
        if self.column is not None:
            cells[self.column].append(value)
        elif value is None:
            for part in self.parts.values():
                part.take(None, cells)
        elif type(value) is not type(self.value):
            raise Misfit(
                f"{shorten(called(self.path))} is {shown(value)}",
                f"{_WORDS[_KINDS[type(self.value)]]}, as in the first row",
            )
        elif isinstance(value, dict):
            if self.closed and not value.keys() <= self.value.keys():
                other = next(key for key in value if key not in self.value)
                raise Misfit(
                    f"{shorten(called((*self.path, other)))} is not in the first row",
                    f"the keys of {shorten(called(self.path))} in the first row, and no other",
                    "Begin with a row that has all of them, null where there is no value.",
                )
            for key, part in self.parts.items():
                part.take(value.get(key), cells)
        else:
            if len(value) != len(self.value):
                raise Misfit(
                    f"{shorten(called(self.path))} has {_counted(len(value))}",
                    f"{_counted(len(self.value))}, as in the first row",
                )
            for place, part in self.parts.items():
                part.take(value[int(place)], cells)


def tree(row: Any, ways: Sequence[Path], wants: Sequence[Want]) -> tuple[Node, list[int]]:
    """Return the first row as the tree of what is wanted of it, and which columns its cells are, ascending.

    Args:
        row: the first row.
        ways: the ways to all columns.
        wants: what is wanted of these.
    """
    columns = sorted({column for want in wants for column in want.columns})
    top = Node((), row)
    for index, column in enumerate(columns):
        node = top
        for step in ways[column]:
            if step not in node.parts:
                node.parts[step] = Node((*node.path, step), node.value[step])
            node = node.parts[step]
        node.column = index
    for want in wants:
        if len(want.columns) > 1:
            together = {ways[column] for column in want.columns}
            for path in {way[:-1] for way in together} - {()}:
                parent = _at(top, path)
                members = parent.value if isinstance(parent.value, dict) else {}
                parent.closed = all((*path, key) in together for key in members)
    return top, columns


def _at(node: Node, path: Path) -> Node:
    for step in path:
        node = node.parts[step]
    return node


def _counted(size: int) -> str:
    return f"{size} element{'s' if size != 1 else ''}"
