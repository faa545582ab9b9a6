"""Where things stand in a drawing: margins measured for the words in them, numbers turned into places."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise, takewhile
from unicodedata import east_asian_width

from losscli.common.text import visible
from losscli.outputs.drawing.svg.marks import HEIGHT, WIDTH, Axis, Chart
from losscli.outputs.drawing.svg.ticks import ticks_of

LETTER = 6.9
"""About the width of a letter; of wide scripts one is as wide as two."""
WIDE = frozenset("mwMW@%…—")
"""Letters that are wider than others: some fonts make them as wide as nearly two."""
DIGIT = 1.12
"""About as many letters a digit is wide: a name of nothing else would not fit otherwise."""
LONGEST = 22
"""Letters of a tick, at most: below the plot, and left of a square one, which needs the room itself."""
LONGEST_NAME = 30
"""Those of the name of a row, left of the plot."""
LINE = 20.0
SQUARE = 350.0
"""The side of a square plot, at most."""
Ticks = tuple[tuple[float, str], ...]


def room(text: str) -> float:
    """Return about how wide a text is."""
    return LETTER * sum(map(_letters, visible(text)))


def _letters(letter: str) -> float:
    """Return as how many letters one counts."""
    if east_asian_width(letter) in "WF":
        return 2.0
    if letter in WIDE:
        return 1.75
    return 1.3 if letter.isupper() else DIGIT if letter.isdigit() else 1.0


def cut(text: str, most: float) -> str:
    """Return a text made visible, and cut with an ellipsis where it is wider than `most`."""
    shown = visible(text)
    while room(shown) > most:
        shown = f"{shown[:-2]}…"
    return shown


def abridged(text: str, most: float) -> str:
    """Return a text made visible, without its middle where it is wider than `most`.

    Names that begin alike, such as those of groups by several columns, are told apart by their ends.
    """
    shown = visible(text)
    if room(shown) <= most:
        return shown
    left = most - room("…")
    head = _fitting(shown, 0.6 * left)
    tail = _fitting(shown[::-1], left - room(head))[::-1]
    return f"{head}…{tail}"


def _fitting(text: str, most: float) -> str:
    """Return as many letters as have room, from the first on."""
    widths = accumulate(map(room, text))
    return text[: sum(1 for _ in takewhile(lambda width: width <= most, widths))]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the plot of a chart stands.

    Attributes:
        chart: what is drawn.
        left, top, width, height: the plot, in units of the drawing.
        whole: the height of the drawing.
        x_ticks, y_ticks: those that have room, their texts as they have it.
        turned: whether those of x are written from the bottom to the top.
        legend: where the entries of the legend begin.
    """

    chart: Chart
    left: float
    top: float
    width: float
    height: float
    whole: float
    x_ticks: Ticks
    y_ticks: Ticks
    turned: bool
    legend: tuple[tuple[float, float], ...]

    def x(self, value: float) -> float:
        """Return the place of a number along x."""
        return self.left + self.width * _share(self.chart.x, value)

    def y(self, value: float) -> float:
        """Return the place of a number along y."""
        return self.top + self.height * (1.0 - _share(self.chart.y, value))


def _share(axis: Axis, value: float) -> float:
    """Return how far a number is along its axis, from 0 to 1; what is beyond its ends stays near them."""
    low, high = axis.low, axis.high
    if axis.log:
        low, high, value = math.log(low), math.log(high), math.log(max(value, axis.low * 1e-3))
    if not high > low:
        return 0.5
    return min(max((value - low) / (high - low), -0.05), 1.05)


def framed(chart: Chart) -> Frame:
    """Return where the plot of a chart stands."""
    inner = SQUARE if chart.square else chart.height if chart.height is not None else HEIGHT - 80.0
    longest = LONGEST_NAME if chart.y.names and not chart.square else LONGEST
    down = _shown(ticks_of(chart.y, max(2, int(inner / 36.0))), longest)
    y_ticks = _apart(down, chart.y, inner, _tall)
    widest = max((room(text) for _, text in y_ticks), default=0.0)
    most = 7 if chart.x.ticks is None else len(chart.x.ticks)
    every = _shown(ticks_of(chart.x, most), LONGEST)
    # Texts of numbers are as wide at the ends as in the middle; names are within their own part.
    half = 0.0 if chart.x.names else max((room(text) for _, text in every), default=0.0) / 2.0
    left = max(34.0, widest + 14.0, half)
    rows, legend = _legend(chart)
    top = (30.0 if chart.y.title else 12.0) + LINE * rows
    width = WIDTH - left - max(22.0, half)
    if chart.square:
        inner = min(width, SQUARE)
        width = inner
        y_ticks = _apart(down, chart.y, inner, _tall)
    x_ticks = _apart(every, chart.x, width, _wide)
    turned = chart.x.names and len(x_ticks) < len(every)
    if turned:
        x_ticks = _apart(every, chart.x, width, _tall)
    below = max((room(text) for _, text in x_ticks), default=0.0) + 12.0 if turned else 26.0
    whole = top + inner + below + (20.0 if chart.x.title else 0.0)
    return Frame(chart, left, top, width, inner, whole, x_ticks, y_ticks, turned, legend)


def _shown(ticks: Ticks, longest: int) -> Ticks:
    """Return ticks whose texts have at most so many letters."""
    return tuple((value, abridged(text, LETTER * longest)) for value, text in ticks)


def _tall(_text: str) -> float:
    return 13.0


def _wide(text: str) -> float:
    return room(text) + 10.0


def _apart(ticks: Ticks, axis: Axis, length: float, size: Callable[[str], float]) -> Ticks:
    """Return the ticks whose texts do not meet; those beyond the ends are left out."""
    inside = [one for one in ticks if -1e-9 <= _share(axis, one[0]) <= 1.0 + 1e-9]
    for step in range(1, max(2, len(inside) + 1)):
        chosen = inside[::step]
        places = [(length * _share(axis, value), size(text) / 2.0) for value, text in chosen]
        if all(_clear(one, other) for one, other in pairwise(places)):
            return tuple(chosen)
    return tuple(inside[:1])


def _clear(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(other[0] - one[0]) >= one[1] + other[1]


def _legend(chart: Chart) -> tuple[int, tuple[tuple[float, float], ...]]:
    """Return how many lines the legend has, and where its entries begin."""
    places = tuple(_entries(chart))
    rows = 1 + int((places[-1][1] - 14.0) / LINE) if places else 0
    return rows, places


def _entries(chart: Chart) -> Iterator[tuple[float, float]]:
    left, top = 4.0, 14.0
    for _, words in chart.legend:
        needed = 30.0 + room(words) + 18.0
        if left > 4.0 and left + needed > WIDTH:
            left, top = 4.0, top + LINE
        yield left, top
        left += needed
