"""Lays columns of text out in lines, for a given width or for as wide as they need.

No cell is ever cut. Where a table is too wide, long text is folded; where that is not enough the
table is broken into bands, each beginning with the first column; and where not even one column
fits beside the first, its cells stand below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TypeAlias

from losscli.common.text import unlike_command

Measure: TypeAlias = Callable[[str], int]
"""How many cells of a terminal a text takes."""
Line: TypeAlias = list[tuple[str, str]]
"""A line as pieces of text, each with its role: `title`, `rule`, or the role of its column."""

GAP = 2
LEAST = 16
"""Text is not folded narrower than this as long as bands can help."""


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
        folded = _folded(columns, width)
        if folded is None:
            yield from _bands(columns, width, measure)
            return
        columns = folded
    yield from _table(columns, measure)


def _sized(strip: Strip, measure: Measure) -> _Sized:
    cells = decimally_aligned(strip.cells) if strip.number and strip.pointed else strip.cells
    natural = max(map(measure, cells), default=0)
    return _Sized(strip, cells, natural, max(natural, measure(strip.title)))


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
    for mark in (".", "e"):
        at = number.find(mark)
        if at >= 0:
            return number[:at], number[at:]
    return number, ""


def _total(columns: Sequence[_Sized]) -> int:
    return sum(column.width for column in columns) + GAP * (len(columns) - 1)


def _folded(columns: list[_Sized], width: int) -> list[_Sized] | None:
    """Return the columns with long text as narrow as it must be, or None if that is not enough."""
    for most in range(width, LEAST - 1, -1):
        tried = [column.at_most(most) for column in columns]
        if _total(tried) <= width:
            return tried
    return None


def _bands(columns: list[_Sized], width: int, measure: Measure) -> Iterator[Line]:
    first = columns[0].at_most(max(LEAST // 2, width // 3))
    room = width - first.width - GAP
    band: list[_Sized] = []
    begun = False
    for at, column in enumerate(columns[1:], 1):
        together = [first, column, *takewhile(lambda other: other.strip.joined, columns[at + 1 :])]
        alone = not column.strip.joined
        if band and alone and _total(together) <= width < _total([*together, *band]):
            yield from _separated(_table([first, *band], measure), begun)
            band, begun = [], True
        fitted = column.at_most(max(room, 1))
        if fitted.width > room:
            fitted = _unaligned(column, measure).at_most(max(room, 1))
        stacked = fitted.width > room
        if band and (stacked or _total([first, *band, fitted]) > width):
            yield from _separated(_table([first, *band], measure), begun)
            band, begun = [], True
        if stacked:
            yield from _separated(_stacked(replace(first, width=width), column, measure), begun)
            begun = True
        else:
            band.append(fitted)
    if band or len(columns) == 1:
        yield from _separated(_table([first, *band], measure), begun)


def _separated(lines: Iterator[Line], begun: bool) -> Iterator[Line]:
    if begun:
        yield []
    yield from lines


def _table(columns: Sequence[_Sized], measure: Measure) -> Iterator[Line]:
    titles = [fold(column.strip.title, column.width, measure) for column in columns]
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
        yield from _row(columns, pieces, roles, measure)


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
    blank = -1 if end == len(text) else text.rfind(" ", end // 2, end)
    return blank + 1 if blank >= 0 else end
