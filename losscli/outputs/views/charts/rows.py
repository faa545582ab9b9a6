"""Charts of rows with names: numbers and their intervals beside a line, and bars from 0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from losscli.outputs.drawing.svg.marks import Axis, Cells, Chart, Intervals, Mark, Points, Role, Rule

MOST = 30
"""Rows that are drawn."""
HEIGHT = 22.0
"""Of a row, in units of the drawing."""
LARGEST = 1e300
"""Beyond it, sizes of intervals would overflow."""


class Row(NamedTuple):
    """A row: its name, its number, the interval of it, and who it is of."""

    name: str
    value: float
    ends: tuple[float, float] | None = None
    role: Role = "first"


def intervals(
    rows: Sequence[Row], title: str, rule: float, legend: tuple[tuple[Role, str], ...]
) -> Chart | None:
    """Return rows of points with their intervals, beside a line at `rule`; None where nothing is finite."""
    found = [one for one in rows if _finite(one.value)][:MOST]
    if not found or not _finite(rule):
        return None
    sure = [
        (at, one.ends) for at, one in _placed(found) if one.ends is not None and all(map(_finite, one.ends))
    ]
    span = _span([rule, *(one.value for one in found), *(end for _, ends in sure for end in ends)])
    marks: list[Mark] = [Rule(rule, "y", "second")]
    if sure:
        low, high = ([ends[side] for _, ends in sure] for side in (0, 1))
        marks.append(Intervals([at for at, _ in sure], low, high, along="x"))
    marks.append(Points([one.value for one in found], [at for at, _ in _placed(found)]))
    return _chart(found, title, span, marks, legend)


def bars(rows: Sequence[Row], title: str, legend: tuple[tuple[Role, str], ...] = ()) -> Chart | None:
    """Return rows of bars that begin at 0; None where nothing is finite."""
    found = [one for one in rows if _finite(one.value)][:MOST]
    if not found:
        return None
    low, high = (side([0.0, *(one.value for one in found)]) for side in (min, max))
    room = 0.02 * (high - low) or 1.0
    span = (low - room if low < 0.0 else 0.0, high + room if high > 0.0 or low == high else 0.0)
    marks: list[Mark] = []
    for role in dict.fromkeys(one.role for one in found):
        those = [(at, one) for at, one in _placed(found) if one.role == role]
        marks.append(
            Cells(
                [min(one.value, 0.0) for _, one in those],
                [max(one.value, 0.0) for _, one in those],
                [at - 0.32 for at, _ in those],
                [at + 0.32 for at, _ in those],
                [1.0] * len(those),
                role,
            )
        )
    if low < 0.0:
        marks.append(Rule(0.0, "y", "muted"))
    return _chart(found, title, span, marks, legend)


def _chart(
    found: Sequence[Row],
    title: str,
    span: tuple[float, float],
    marks: Sequence[Mark],
    legend: tuple[tuple[Role, str], ...],
) -> Chart:
    names = tuple((at, one.name) for at, one in _placed(found))
    down = Axis("", -0.6, len(found) - 0.4, ticks=names, names=True)
    height = max(HEIGHT * len(found) + 10.0, 44.0)
    return Chart(Axis(title, *span), down, tuple(marks), legend, height=height)


def _placed(found: Sequence[Row]) -> list[tuple[float, Row]]:
    """Return rows and their places from the top to the bottom."""
    return [(float(len(found) - 1 - place), one) for place, one in enumerate(found)]


def _finite(value: float) -> bool:
    return math.isfinite(value) and abs(value) < LARGEST


def _span(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
    return low - room, high + room
