"""Lines above the header: comments, of which the last may be the header itself."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass

from losscli.common.errors import LosscliError
from losscli.common.text import parse_number, shorten
from losscli.inputs.usual_names import ID_NAMES, LABEL_NAMES, PREDICTION_NAMES

_USUAL = frozenset((*PREDICTION_NAMES, *LABEL_NAMES, *ID_NAMES))


@dataclass(frozen=True, slots=True)
class Preamble:
    """What stands above the rows that are read.

    Attributes:
        size: the bytes of the lines to skip.
        comments: how many of them are comments.
        marked: whether the line behind them is a header that is marked as a comment.
    """

    size: int = 0
    comments: int = 0
    marked: bool = False


def preamble(
    name: str, head: bytes, mark: str, *, header: bool | None, separator: Callable[[list[str]], str]
) -> Preamble:
    """Find the comments above the header of a text.

    Args:
        name: the input as messages call it.
        head: its first rows.
        mark: the character that comments begin with.
        header: whether there is a header, None if nobody said so.
        separator: finds the separator of lines.

    Raises:
        LosscliError: where all lines seem to be comments, and where two lines could be the header.
    """
    lines = head.split(b"\n")
    begin = mark.encode()
    marked = [place for place in range(len(lines)) if lines[place].startswith(begin)]
    first = next((place for place, line in enumerate(lines) if line and not line.startswith(begin)), None)
    comments = [place for place in marked if first is None or place < first]
    if not comments or comments[0] != 0:
        return Preamble()
    if first is None:
        if len(comments) > 1 or header is False:
            raise LosscliError(
                name,
                f"all of the first lines begin with {mark}, as comments do",
                "a header or rows",
                "If they are rows, choose another comment character: --comment %",
            )
        return Preamble(marked=True)
    before = sum(len(line) + 1 for line in lines[: comments[-1]])
    text = [line.decode("utf-8", "replace") for line in (lines[comments[-1]], *lines[first : first + 101])]
    text[0] = text[0].removeprefix(mark).strip(" \t")
    if _is_header(name, text, separator, header=header):
        if header is False:
            return Preamble()
        return Preamble(before, len(comments) - 1, marked=True)
    return Preamble(sum(len(line) + 1 for line in lines[:first]), len(comments))


def _is_header(
    name: str, lines: list[str], separator: Callable[[list[str]], str], *, header: bool | None
) -> bool:
    """Whether the first line is a row like those that follow, and so their header, or the first of them."""
    try:
        # A comment has any words: the rows say what separates them.
        delimiter = separator(lines[1:])
    except LosscliError:
        try:
            delimiter = separator(lines)
        except LosscliError:
            return False
    rows = [
        [cell for cell in row if cell or delimiter != " "] for row in csv.reader(lines, delimiter=delimiter)
    ]
    rows = [row for row in rows if row]
    comment, first, following = rows[0], rows[1], rows[2] if len(rows) > 2 else []
    if len(comment) != len(first):
        return False
    if header is False:
        return len(comment) > 1 and _numbers(comment)
    if _numbers(first) or not following:
        return _numbers(first)
    if _numbers(following):
        return False
    usual = [any(cell.strip(" #\t").lower() in _USUAL for cell in row) for row in (comment, first)]
    if usual[0] == usual[1]:
        raise LosscliError(
            f"{name}, first lines",
            f"the comment {shorten(lines[0])!r} and the line after it could both be the header",
            "one of them",
            "Delete the comment, or only its mark if it is the header.",
        )
    return usual[0]


def _numbers(cells: list[str]) -> bool:
    return any(parse_number(cell.strip().replace(",", ".")) is not None for cell in cells)
