"""How a text is laid out: its separator, whether it has a header, and its column names."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from losscli.errors import LosscliError
from losscli.text import listed, parse_number, shorten

SEPARATORS = (",", "\t", ";", "|", " ")
NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe", " ": "space"}
_MOST_LINES = 100
_NUMBER_LIKE = re.compile(r"[+-]?(nan|inf|infinity)|n/?a|null|none|<na>|#n/a|", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """What the first lines of a text say about the rest.

    Attributes:
        separator: one ASCII character.
        names: the column names; `0`, `1`, … without a header.
        header: whether the first line holds them.
        skip: the bytes of the header line, with its line feed.
        unnamed: whether the first column of a header has no name (an index, so an id).
        guessed: whether it was found out that there is no header, and nobody said so.
    """

    separator: str
    names: tuple[str, ...]
    header: bool
    skip: int
    unnamed: bool = False
    guessed: bool = False


def sniff(name: str, head: bytes, *, delimiter: str | None, decimal: str, header: bool | None) -> Layout:
    """Find the layout of a text from its `head`: whole rows, line feeds only.

    Args:
        name: the input as messages call it.
        head: the first rows.
        delimiter: the separator, or None to find it.
        decimal: the decimal mark of numbers, for telling a header from numbers.
        header: whether there is a header, or None to find out.

    Raises:
        LosscliError: if nothing is there, or two readings are possible.
    """
    text = head.decode("utf-8", "replace")
    if not text.strip("\n"):
        raise LosscliError(name, "the file is empty", "at least one row")
    # A header may be marked as a comment, as NumPy marks it; the mark is no part of a name.
    mark = re.match(r"#[ \t]*", text)
    marked = mark.end() if mark else 0
    text = text[marked:]
    lines = text.split("\n")[: _MOST_LINES + 1]
    separator = delimiter or _find_separator(name, lines)
    first, size = _first_row(text, separator)
    guessed = header is None
    if header is None:
        header = not _all_numbers(first, decimal)
    if not header:
        return Layout(separator, tuple(str(place) for place in range(len(first))), False, 0, guessed=guessed)
    names = [cell.strip(" \t\ufeff") for cell in first]
    skip = marked + len(text[:size].encode("utf-8"))
    return Layout(separator, tuple(names), True, skip, unnamed=not names[0] and len(names) > 1)


def _first_row(text: str, separator: str) -> tuple[list[str], int]:
    """Return the cells of the first row, and how many characters it takes (quoted ends included)."""
    lines = text.splitlines(keepends=True) if "\r" in text else re.findall(r"[^\n]*\n|[^\n]+", text)
    taken = 0

    def feed() -> object:
        nonlocal taken
        for line in lines:
            taken += len(line)
            yield line

    csv.field_size_limit(1 << 30)
    return next(csv.reader(feed(), delimiter=separator, skipinitialspace=separator != " ")), taken  # type: ignore[arg-type]


def _reader(lines: list[str], separator: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=separator, skipinitialspace=separator != " ")


def _widths(lines: list[str], separator: str) -> list[int]:
    """Return the fields of each whole line; of a quoted line break, only the lines before it."""
    complete = lines[:-1] if len(lines) > 1 else lines
    while len(complete) > 1 and not complete[-1].strip():
        complete = complete[:-1]
    return [len(row) for row in _reader(complete, separator)]


def _find_separator(name: str, lines: list[str]) -> str:
    """Return the separator that cuts all the first lines into equally many fields, two or more.

    Raises:
        LosscliError: if two do so equally well.
    """
    csv.field_size_limit(1 << 30)
    widths = {separator: _widths(lines, separator) for separator in SEPARATORS}
    fitting = [
        separator for separator in SEPARATORS if widths[separator][0] > 1 and len(set(widths[separator])) == 1
    ]
    if len(fitting) > 1 and " " in fitting:
        # Blanks stand beside separators and inside names; where another separator fits, it is that.
        fitting.remove(" ")
    if len(fitting) > 1:
        numeric = {separator: _numeric_cells(lines, separator) for separator in fitting}
        best = max(numeric.values())
        fitting = [separator for separator in fitting if numeric[separator] == best]
    if len(fitting) > 1:
        found = " and ".join(NAMES[separator] for separator in fitting)
        raise LosscliError(
            name, f"both {found} could separate the columns", "one separator", "Name it: --delimiter."
        )
    if fitting:
        return fitting[0]
    # Rows of unequal width: the header says what the separator is, and reading says which row.
    # A blank is no evidence here: it stands in any sentence.
    widest = max((",", "\t", ";", "|"), key=lambda separator: widths[separator][0])
    return widest if widths[widest][0] > 1 else ","


def _numeric_cells(lines: list[str], separator: str) -> float:
    """Return the share of cells that are numbers, a measure of how well a separator reads."""
    rows = list(_reader(lines[:-1] or lines, separator))
    cells = [cell for row in rows for cell in row]
    return sum(parse_number(cell.strip()) is not None for cell in cells) / max(1, len(cells))


def _all_numbers(cells: list[str], decimal: str) -> bool:
    """Whether a first row is data: numbers, or marks of missing ones among numbers.

    An empty first cell before 0, 1, 2 … is the header of an index and numbered columns.
    """
    cells = [cell.strip(" \t\ufeff").replace(decimal, ".") for cell in cells]
    if len(cells) > 1 and not cells[0] and cells[1:] == [str(place) for place in range(len(cells) - 1)]:
        return False
    numbers = [parse_number(cell) is not None for cell in cells]
    if all(numbers):
        return True
    like = all(number or _NUMBER_LIKE.fullmatch(cell) for number, cell in zip(numbers, cells, strict=True))
    return like and (any(numbers) or any(_NUMBER_LIKE.fullmatch(cell) and cell for cell in cells))


def column_place(layout: Layout, name: str, column: str, option: str) -> int:
    """Return the position of the column called `column`.

    Raises:
        LosscliError: if there is none of that name, or several.
    """
    places = [place for place, found in enumerate(layout.names) if found == column]
    if not places:
        places = [place for place, found in enumerate(layout.names) if found.lower() == column.lower()]
    if len(places) == 1:
        return places[0]
    if places:
        raise LosscliError(
            name, f"{len(places)} columns are called {shorten(column)!r}", "one", "Rename the others."
        )
    raise LosscliError(
        name,
        f"there is no column {shorten(column)!r} ({option})",
        f"one of the columns found: {listed(layout.names)}",
    )
