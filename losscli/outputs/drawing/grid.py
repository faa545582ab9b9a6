"""Lays columns of text out in lines, for a given width or for as wide as they need.

No cell is ever cut. Where a table is too wide, long text is folded; where that is not enough the
table is broken into bands, each beginning with the first column; and where not even one column
fits beside the first, its cells stand below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from losscli.common.text import unlike_command

Measure: TypeAlias = Callable[[str], int]
"""How many cells of a terminal a text takes."""
Line: TypeAlias = list[tuple[str, str]]
"""A line as pieces of text, each with its role: `title`, `rule`, or the role of its column."""

GAP = 2
LEAST = 16
"""Text is not folded narrower than this as long as bands can help."""
_BEFORE_POINT = re.compile(r"\D*\d+")
_BREAKS = tuple(map(re.compile, (r" ", r"[|+]", r"[:;/,](?!\d)", r"[=_&-](?!\d)")))
"""Behind what a text may be broken, the best first."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A column to lay out. Numbers are never folded; they are aligned at their points, or flush right."""

    title: str
    cells: Sequence[str]
    role: str
    number: bool = False
    pointed: bool = True
    joined: bool = False
    """Whether a band that holds the column before it should hold this one too."""


@dataclass(frozen=True, slots=True)
class _Sized:
    strip: Strip
    cells: Sequence[str]
    natural: int
    """What the widest cell takes."""
    width: int

    def at_most(self, width: int) -> _Sized:
        """Return the column folded to `width`; of a column of numbers, only the title."""
        least = self.natural if self.strip.number else 1
        return replace(self, width=max(least, min(self.width, width)))


def grid(strips: Sequence[Strip], width: int | None, measure: Measure) -> Iterator[Line]:
    """Yield the lines of a table, at most `width` wide, or as wide as it needs for None.

    Only a number that is wider than `width` by itself makes a line longer than that.
    """
    columns = [_sized(strip, measure) for strip in strips]
    if width is not None and _total(columns) > width:
        narrow = [_titled(column, measure) for column in columns]
        folded = _folded(columns, width) or _folded(narrow, width)
        if folded is None:
            yield from _bands(columns, narrow, width, measure)
            return
        columns = folded
    yield from _table(columns, measure)


def _sized(strip: Strip, measure: Measure) -> _Sized:
    cells = decimally_aligned(strip.cells) if strip.number and strip.pointed else strip.cells
    natural = max(map(measure, cells), default=0)
    return _Sized(strip, cells, natural, max(natural, measure(strip.title)))


def _titled(column: _Sized, measure: Measure) -> _Sized:
    """Return a column as narrow as its cells and the words of its title are."""
    return replace(column, width=max(column.natural, *map(measure, _words(column.strip.title))))


def _words(title: str) -> list[str]:
    return re.split(" (?!%)", title)


def _unaligned(column: _Sized, measure: Measure) -> _Sized:
    """Return a column of numbers flush right, which takes less room than decimal points in line."""
    natural = max(map(measure, column.strip.cells), default=0)
    return _Sized(column.strip, column.strip.cells, natural, max(natural, measure(column.strip.title)))


def decimally_aligned(cells: Sequence[str]) -> list[str]:
    """Return numbers padded to one length, their decimal points below each other."""
    split = [_split(cell) for cell in cells]
    before = max((len(head) for head, _ in split), default=0)
    after = max((len(tail) for _, tail in split), default=0)
    return [head.rjust(before) + tail.ljust(after) for head, tail in split]


def _split(number: str) -> tuple[str, str]:
    whole = _BEFORE_POINT.match(number)
    at = whole.end() if whole else len(number)
    return number[:at], number[at:]


def _total(columns: Sequence[_Sized]) -> int:
    return sum(column.width for column in columns) + GAP * (len(columns) - 1)


def _folded(columns: list[_Sized], width: int) -> list[_Sized] | None:
    """Return the columns with long text as narrow as it must be, or None if that is not enough."""
    for most in range(width, LEAST - 1, -1):
        tried = [column.at_most(most) for column in columns]
        if _total(tried) <= width:
            return tried
    return None


def _bands(
    columns: Sequence[_Sized], narrow: Sequence[_Sized], width: int, measure: Measure
) -> Iterator[Line]:
    """Yield the table in bands, its titles folded as in `narrow` where that makes them fewer."""
    named = columns[0].width <= width // 2
    first = columns[0] if named else columns[0].at_most(max(LEAST // 2, width // 3))
    room = max(width - first.width - GAP, 1)
    rest, titled = (_fitted(those[1:], room, measure) for those in (columns, narrow))
    needed = len(_grouped(rest, room))
    if (fewer := len(_grouped(titled, room))) < needed:
        needed, rest = fewer, titled
    # Of so many bands the narrowest, so that no column is left alone.
    least = next(most for most in range(1, room + 1) if len(_grouped(rest, most)) == needed)
    for place, band in enumerate(_grouped(rest, least)):
        if len(band) == 1 and band[0].width > width - first.width - GAP:
            lines = _stacked(replace(first, width=width), band[0], measure)
        else:
            lines = _table([first, *band], measure)
        yield from _separated(lines, place > 0)


def _fitted(columns: Sequence[_Sized], room: int, measure: Measure) -> list[_Sized]:
    """Return columns no wider than there is room, where that can be."""
    fitted = [column.at_most(room) for column in columns]
    return [
        _unaligned(column, measure).at_most(room) if one.width > room else one
        for one, column in zip(fitted, columns, strict=True)
    ]


def _grouped(columns: Sequence[_Sized], most: int) -> list[list[_Sized]]:
    """Return columns in bands of at most a width; a wider column is alone, joined ones stay together."""
    bands: list[list[_Sized]] = []
    for unit in _units(columns, most):
        if bands and _total([*bands[-1], *unit]) <= most:
            bands[-1] += unit
        else:
            bands.append([*unit])
    return bands or [[]]


def _units(columns: Sequence[_Sized], most: int) -> Iterator[list[_Sized]]:
    """Yield columns with those that are joined to them, as far as they fit."""
    unit: list[_Sized] = []
    for column in columns:
        if unit and not (column.strip.joined and _total([*unit, column]) <= most):
            yield unit
            unit = []
        unit.append(column)
    if unit:
        yield unit


def _separated(lines: Iterator[Line], begun: bool) -> Iterator[Line]:
    if begun:
        yield []
    yield from lines


def _table(columns: Sequence[_Sized], measure: Measure) -> Iterator[Line]:
    titles = [_title(column, measure) for column in columns]
    if any(column.strip.title for column in columns):
        yield from _row(columns, titles, ["title"] * len(columns), measure)
        rules = [["─" * column.width] for column in columns]
        yield from _row(columns, rules, ["rule"] * len(columns), measure)
    roles = [column.strip.role for column in columns]
    folding = [column.natural > column.width for column in columns]
    for cells in zip(*(column.cells for column in columns), strict=True):
        pieces = [
            fold(cell, column.width, measure) if folds else [cell]
            for cell, column, folds in zip(cells, columns, folding, strict=True)
        ]
        if any(text for piece in pieces for text in piece):
            yield from _row(columns, pieces, roles, measure)


def _title(column: _Sized, measure: Measure) -> list[str]:
    """Return the title of a column in lines, broken at blanks where its words are no wider than it."""
    words = _words(column.strip.title)
    if measure(column.strip.title) <= column.width or max(map(measure, words)) > column.width:
        return fold(column.strip.title, column.width, measure)
    lines = [words[0]]
    for word in words[1:]:
        if measure(f"{lines[-1]} {word}") <= column.width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _row(
    columns: Sequence[_Sized], pieces: Sequence[Sequence[str]], roles: Sequence[str], measure: Measure
) -> Iterator[Line]:
    """Yield the lines of one row: as many as its most folded cell takes."""
    last = len(columns) - 1
    for level in range(max(map(len, pieces))):
        line: Line = []
        for at, column in enumerate(columns):
            text = pieces[at][level] if level < len(pieces[at]) else ""
            pad = " " * (column.width - measure(text))
            padded = pad + text if column.strip.number else text + pad
            line.append((padded if at == last else padded + " " * GAP, roles[at]))
        yield line


def _stacked(first: _Sized, column: _Sized, measure: Measure) -> Iterator[Line]:
    titles = ", ".join(title for title in (first.strip.title, column.strip.title) if title)
    for piece in fold(titles, first.width, measure):
        yield [(piece, "title")]
    for head, cell in zip(first.cells, column.cells, strict=True):
        for piece in fold(head, first.width, measure):
            yield [(piece, first.strip.role)]
        yield [(" " * GAP + cell.strip(), column.strip.role)]


def fold(text: str, width: int, measure: Measure) -> list[str]:
    """Return `text` in pieces at most `width` wide; none begins like a command to a CI runner."""
    if measure(text) <= width:
        return [text]
    pieces = []
    while text:
        end = _end(text, width, measure)
        pieces.append(text[:end])
        text = unlike_command(text[end:])
    return pieces


def _end(text: str, width: int, measure: Measure) -> int:
    end = min(len(text), max(width, 1))
    while end > 1 and measure(text[:end]) > width:
        end -= 1
    for mark in _BREAKS if end < len(text) else ():
        places = [found.end() for found in mark.finditer(text, end // 2) if found.end() <= end]
        if places:
            return places[-1]
    return end
