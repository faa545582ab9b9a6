"""Curves for a terminal: a function drawn with braille dots, or with ASCII marks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array

_BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_ASCII = {0b00: " ", 0b01: "'", 0b10: ".", 0b11: ":"}


def draw_curve(
    x: Array,
    y: Array,
    *,
    width: int,
    height: int,
    ends: tuple[float, float] | None = None,
    ascii_only: bool = False,
) -> list[str]:
    """Return lines of text that show y against x, with axes and their ends labelled.

    Where y is not finite the curve has a gap; where it runs far beyond the bulk of its values it
    leaves the picture. A step is drawn as a vertical line.

    Args:
        x: ascending, finite, `(points,)`.
        y: `(points,)`.
        width: columns of text, labels included; 16 at least are used.
        height: lines of the picture; one more shows the ends of x. 3 at least are used.
        ends: the range of the x axis, where it is not that of x.
        ascii_only: use no character beyond ASCII.
    """
    left, right = ends or (float(x[0]), float(x[-1]))
    low, high = limits(y)
    labels = {0: f"{high:.3g}", max(height, 3) - 1: f"{low:.3g}"}
    rows = max(height, 3)
    zero = round(high / (high - low) * (rows - 1)) if low < 0.0 < high else None
    if zero is not None and zero not in labels:
        labels[zero] = "0"
    margin = max(map(len, labels.values())) + 2
    columns = max(width, 16) - margin

    u = (x - left) / ((right - left) or 1.0)
    # Far outside is as good as just outside, and makes no line of a million dots.
    beyond = np.clip(y, low - (high - low), high + (high - low))
    v = np.where(np.isfinite(y), (high - beyond) / (high - low), np.nan)
    dots = dots_of(u, v, columns, rows, (1, 2) if ascii_only else (2, 4))
    axis, line = ("|", "-") if ascii_only else ("│", "─")
    # The line that stands for y = 0, whether it runs through the picture or is its bottom or top.
    ground = zero if zero is not None else {low: rows - 1, high: 0}.get(0.0)
    lines = []
    for row in range(rows):
        cells = (cell_of(dots[row, :, column, :], ascii_only) for column in range(columns))
        blank = line if row == ground else " "
        picture = "".join(blank if cell == " " else cell for cell in cells)
        lines.append(f"{labels.get(row, ''):>{margin - 2}} {axis}{picture}".rstrip())
    lines.append(" " * margin + _ends(left, right, columns))
    return lines


def limits(y: Array) -> tuple[float, float]:
    """Return the range of y to show: all of it, unless a pole would flatten everything else."""
    finite = y[np.isfinite(y)]
    if finite.size == 0:
        return -1.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    tenth, ninetieth = np.quantile(finite, (0.1, 0.9)).tolist()
    spread = 3.0 * (ninetieth - tenth)
    if spread > 0.0:
        low, high = max(low, tenth - spread), min(high, ninetieth + spread)
    # A range that all but reaches 0 is easier to read if it does.
    if 0.0 < low < 0.02 * high:
        low = 0.0
    elif 0.02 * low < high < 0.0:
        high = 0.0
    if high > low:
        return low, high
    # Far from 0 a unit is lost in rounding.
    room = max(1.0, 0.5 * abs(low))
    return low - room, high + room


def dots_of(u: Array, v: Array, columns: int, rows: int, dots: tuple[int, int]) -> NDArray[np.bool_]:
    """Return which dots are set: `(rows, dots down a cell, columns, dots across a cell)`.

    `u` runs from 0 at the left edge to 1 at the right one, `v` from 0 at the top to 1 at the bottom;
    where it is NaN nothing is drawn.
    """
    across, down = dots
    wide, tall = columns * across, rows * down
    u, v = u * (wide - 1), v * (tall - 1)
    picture = np.zeros((tall, wide), dtype=np.bool_)
    for here in np.flatnonzero(np.isfinite(v)):
        before = here - 1 if here > 0 and np.isfinite(v[here - 1]) else here
        steps = int(max(abs(u[here] - u[before]), abs(v[here] - v[before]))) + 2
        column = np.rint(np.linspace(u[before], u[here], steps)).astype(np.int64)
        row = np.rint(np.linspace(v[before], v[here], steps)).astype(np.int64)
        inside = (row >= 0) & (row < tall)
        picture[row[inside], column[inside]] = True
    return picture.reshape(rows, down, columns, across)


def cell_of(dots: NDArray[np.bool_], ascii_only: bool) -> str:
    """Return the character that shows the dots of a cell `(down, across)`."""
    if not dots.any():
        return " "
    if ascii_only:
        return _ASCII[int(dots[0, 0]) | int(dots[1, 0]) << 1]
    return chr(_BRAILLE + sum(_DOTS[row][column] for row, column in np.argwhere(dots).tolist()))


def _ends(low: float, high: float, columns: int) -> str:
    """Return the line below the picture: the ends of x, and 0 where it lies well between them."""
    left, right = f"{low:.3g}", f"{high:.3g}"
    line = left + " " * max(1, columns - len(left) - len(right)) + right
    if low < 0.0 < high:
        place = round(-low / (high - low) * (columns - 1))
        if line[max(0, place - 1) : place + 2] == "   ":
            line = f"{line[:place]}0{line[place + 1 :]}"
    return line
