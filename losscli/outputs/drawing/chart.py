"""Charts for a terminal: lines with shared axes, told apart by their marks and not by colour alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.text import readable_number
from losscli.outputs.drawing.curve import cell_of, dots_of
from losscli.outputs.drawing.elements import Pieces

MARKS, ASCII_MARKS = "●○■□▲△◆◇", "ox*#@%&$"
MOST_LINES = len(MARKS)
"""How many lines can be told apart."""
WIDE = 100.0
"""How many times the least difference the largest has to be for a log axis."""
MOST_DECADES = 9
BEYOND, LINEAR = 100.0, 10.0
"""How many times as far from the lowest value as the start a log and a linear axis reach at most."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a chart: its name, which is our own, and its points: x ascending and finite."""

    name: str
    x: Array
    y: Array


@dataclass(frozen=True, slots=True)
class Scale:
    """The y axis of a chart.

    Attributes:
        low, high: its ends; of a log axis the powers of ten there.
        lowest: the value that a log axis shows the distance from; None for a linear axis.
    """

    low: float
    high: float
    lowest: float | None = None

    def label(self, what: str) -> str:
        """Return what stands at the axis."""
        if self.lowest is None:
            return what
        sign = "+" if self.lowest < 0.0 else "−"
        return f"{what} {sign} {readable_number(abs(self.lowest))}, on a log scale"

    def places(self, y: Array) -> Array:
        """Return where values are: 0 at the top, 1 at the bottom; NaN where one is not finite."""
        shown = y
        if self.lowest is not None:
            shown = np.log10(np.maximum(y - self.lowest, 10.0**self.low))
        span = self.high - self.low
        # Far outside is as good as just outside, and makes no line of a million dots.
        beyond = np.clip(shown, self.low - span, self.high + span)
        return np.where(np.isfinite(y), (self.high - beyond) / span, np.nan)

    def rows(self, about: int) -> int:
        """Return a number of rows near `about` that has a row for each power of ten."""
        if self.lowest is None:
            return about
        return self._decades * max(1, round((about - 1) / self._decades)) + 1

    def ticks(self, rows: int) -> dict[int, str]:
        """Return the labels of some of the rows; no two of them are the same."""
        if self.lowest is None:
            at = [0, (rows - 1) // 2, rows - 1] if rows % 2 else [0, rows - 1]
            step = (self.high - self.low) / (rows - 1)
            return dict(zip(at, decimals([self.high - row * step for row in at]), strict=True))
        each, low = (rows - 1) // self._decades, round(self.low)
        # A line between two labels makes them easier to tell apart.
        powers = range(self._decades, -1, -1 if each > 1 else -2)
        found = {(self._decades - above) * each: f"1e{low + above:+03d}" for above in powers}
        return found | {rows - 1: f"≤ 1e{low:+03d}"}

    @property
    def _decades(self) -> int:
        return round(self.high - self.low)


def scale_of(curves: Sequence[Curve], least: float = 0.0) -> Scale:
    """Return the axis that suits all curves.

    It is linear, unless most of the points would then lie on its lowest line, though they are far from
    alike: then it shows the distance from the lowest value on a log scale.

    Args:
        curves: at least one value is finite.
        least: the difference that counts for nothing.
    """
    values = np.concatenate([curve.y for curve in curves])
    values = values[np.isfinite(values)]
    start = max(float(curve.y[np.isfinite(curve.y)][0]) for curve in curves if np.isfinite(curve.y).any())
    low, high = float(values.min()), float(values.max())
    first, gaps = start - low, values - low
    # What rises far above the start leaves the picture.
    top = min(high - low, BEYOND * first) if first > 0.0 else high - low
    floor = max(least, float(gaps[gaps > 0.0].min(initial=math.inf)))
    if 0.0 < floor < math.inf and top > WIDE * floor and float(np.median(gaps)) < 0.1 * top:
        last = math.ceil(math.log10(top))
        return Scale(max(math.floor(math.log10(floor)), last - MOST_DECADES), last, low)
    high = low + (min(high - low, LINEAR * first) if first > 0.0 else high - low)
    if high - low > 1e-14 * max(abs(high), abs(low)):
        return Scale(low, high)
    room = (abs(low) or 1.0) * 1e-3
    return Scale(low - room if low else low, low + room)


def decimals(values: Sequence[float]) -> list[str]:
    """Return numbers in as many digits as tell each from the next by two of them."""
    step = min(abs(one - other) for one, other in pairwise(values))
    top = max(map(abs, values))
    digits = 1 - math.floor(math.log10(step) + 1e-9) if step > 0.0 else 6
    if 1e-4 <= top < 1e7:
        return [f"{value:.{max(0, digits)}f}" for value in values]
    behind = digits + math.floor(math.log10(top)) if top > 0.0 else 2
    return [f"{value:.{min(17, max(1, behind))}e}" for value in values]


def draw_chart(
    curves: Sequence[Curve],
    scale: Scale,
    *,
    width: int,
    height: int,
    x: str,
    ends: tuple[float, float] | None = None,
    ascii_only: bool = False,
) -> Iterator[Pieces]:
    """Yield the lines of a chart, the names of the marks first where there are several curves.

    One curve is drawn in dots. Of several each has its mark; where some share a place their marks take turns.

    Args:
        curves: `MOST_LINES` at most.
        scale: the y axis.
        width: columns of text, labels included; 16 at least are used.
        height: lines of the picture, about; one more shows the ends of x, and what it is.
        x: what the x axis is, in a word of ours.
        ends: those of the x axis, where they are not those of the curves.
        ascii_only: use no character beyond ASCII.
    """
    height = scale.rows(height)
    ticks = {
        row: text.replace("≤", "<=") if ascii_only else text for row, text in scale.ticks(height).items()
    }
    margin = max(map(len, ticks.values())) + 2
    columns = max(width, 16) - margin
    left, right = ends or ends_of(curves)
    span = (right - left) or 1.0
    places = [((curve.x - left) / span, scale.places(curve.y)) for curve in curves]
    if len(curves) == 1:
        dots = dots_of(*places[0], columns, height, (1, 2) if ascii_only else (2, 4))
        rows = [
            [(cell_of(dots[row, :, at, :], ascii_only), 0) for at in range(columns)] for row in range(height)
        ]
    else:
        marks = ASCII_MARKS if ascii_only else MARKS
        yield from _legend([curve.name for curve in curves], marks, max(width, 16))
        rows = _marked(
            np.stack([dots_of(*one, columns, height, (1, 1))[:, 0, :, 0] for one in places]), marks
        )
    for row, cells in enumerate(rows):
        yield [(f"{ticks.get(row, ''):>{margin - 2}} {'|' if ascii_only else '│'}", ""), *_runs(cells)]
    yield [(" " * margin + _below(f"{left:.0f}", x, f"{right:.0f}", columns), "")]


def ends_of(curves: Sequence[Curve]) -> tuple[float, float]:
    """Return the least and the largest x of all curves."""
    return min(float(curve.x[0]) for curve in curves), max(float(curve.x[-1]) for curve in curves)


def _below(left: str, x: str, right: str, columns: int) -> str:
    """Return the line below the picture: the ends of x, and what it is where that has room."""
    room = max(1, columns - len(left) - len(right))
    return left + (f"{x:^{room}}" if len(x) + 2 <= room else " " * room) + right


def _marked(touched: NDArray[np.bool_], marks: str) -> list[list[tuple[str, int]]]:
    """Return the cells of each row, `touched` by curves `(curves, rows, columns)`, each with whose it is."""
    _, rows, columns = touched.shape
    found = []
    for row in range(rows):
        cells = []
        for at in range(columns):
            there = np.flatnonzero(touched[:, row, at])
            which = int(there[at % len(there)]) if len(there) else 0
            cells.append((marks[which] if len(there) else " ", which))
        found.append(cells)
    return found


def _runs(cells: Sequence[tuple[str, int]]) -> Iterator[tuple[str, str]]:
    """Yield neighbours of one curve as one piece."""
    text, whose = "", 0
    for cell, which in cells:
        if cell != " " and which != whose:
            yield text, f"line {whose}"
            text, whose = "", which
        text += cell
    yield text.rstrip(), f"line {whose}"


def _legend(names: Sequence[str], marks: str, width: int) -> Iterator[Pieces]:
    """Yield the marks with their names, in as many lines as they need."""
    line: list[tuple[str, str]] = []
    for at, name in enumerate(names):
        entry = [(marks[at], f"line {at}"), (f" {name}", "")]
        taken = sum(len(text) for text, _ in line)
        if line and taken + 3 + len(name) + 2 > width:
            yield line
            line = []
        line += [("   ", ""), *entry] if line else entry
    yield line
