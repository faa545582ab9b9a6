"""The chart of a comparison that sets the losses of two models on the same samples against each other."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from losscli.analyses.page.against import CELLS, Against, against_of
from losscli.common.text import readable_number
from losscli.compute.statistics.paired_counts import PairedCounts
from losscli.outputs.drawing.elements import Column, Figure, Kind, Section
from losscli.outputs.drawing.svg.marks import Axis, Cells, Chart, Diagonal, Mark, Points
from losscli.outputs.drawing.svg.ticks import ticks_of
from losscli.outputs.views.results import percent

BASELINE, CANDIDATE = "loss of the baseline", "loss of the candidate"
ROOM = 0.03
"""Of the length of an axis, beyond the points at its ends."""
ROW = 56.0
"""How high a row of few values is."""
CLEAR = 0.1
"""How far from 0, of a log axis, the next tick is at least."""


def against(counts: PairedCounts, about: str) -> Figure | None:
    """Return the losses of two models against each other; None where they are alike on all samples."""
    found = against_of(counts)
    if found is None:
        return None
    chart, numbers = (_matrix(found), _pairs(found)) if found.values else (_plane(found), _rows(found))
    return Figure("Loss against loss", f"{told(found)} {_how(found)}", chart, numbers, about)


def told(found: Against) -> str:
    """Return in a sentence on how many samples which model is better."""
    higher, equal = (str(count) if count else "none" for count in (found.higher, found.equal))
    share = percent(found.lower / found.n).replace(" %", "\u00a0%")
    return (
        f"The candidate's loss is lower for {found.lower} of {found.n} samples ({share}), "
        f"higher for {higher}, and equal for {equal}."
    )


def _how(found: Against) -> str:
    """Return how the chart is to be read, and what is not in it."""
    if found.values:
        alike = {one.x: one.n for one in found.cells if one.x == one.y}
        if len(found.values) > 2:
            words = "The stronger its colour, the more samples a cell has"
            return f"{words}; below the diagonal the candidate's loss is lower."
        both = (f"{_value(value)} for {alike.get(at, 0)}" for at, value in enumerate(found.values))
        return f"Both are {' and '.join(both)}."
    words = (
        "Each point is a sample" if found.points else "The stronger its colour, the more samples a cell has"
    )
    below = (
        f" Losses below {readable_number(found.edges[0], 2)} are drawn at the edge." if found.below else ""
    )
    left_out = f" Not drawn: {found.infinite} with an infinite loss." if found.infinite else ""
    return f"{words}; below the line the candidate's loss is lower.{below}{left_out}"


def _value(value: float) -> str:
    return "∞" if math.isinf(value) else readable_number(value, 4)


def _tick(value: float) -> str:
    """Return a number of a log axis in few letters."""
    if 0.9e-4 < value < 1e6:
        return f"{value:g}"
    digits, _, power = f"{value:.0e}".partition("e")
    return f"{digits}e{int(power)}".replace("-", "\N{MINUS SIGN}")


def _matrix(found: Against) -> Chart:
    """Return how many samples have each pair of few losses."""
    x, y, n = zip(*found.cells, strict=True)
    end, largest = len(found.values) - 0.5, max(n)
    cells = Cells(
        [at - 0.5 for at in x],
        [at + 0.5 for at in x],
        [at - 0.5 for at in y],
        [at + 0.5 for at in y],
        [(count / largest) ** 0.5 for count in n],
        texts=[str(count) for count in n],
    )
    ticks = tuple((float(at), _value(value)) for at, value in enumerate(found.values))
    return Chart(
        Axis(BASELINE, -0.5, end, ticks=ticks, names=True),
        Axis(CANDIDATE, -0.5, end, ticks=ticks, names=True),
        (cells,),
        (("first", "the stronger, the more samples"),),
        height=ROW * len(found.values),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where losses stand on an axis.

    Attributes:
        low, high: the ends of the axis.
        edges: of cells.
        log: whether they have even ratios.
        zero: where losses of 0 are on a log axis: from, middle, to; empty where there are none.
    """

    low: float
    high: float
    edges: tuple[float, ...]
    log: bool
    zero: tuple[float, ...] = ()

    @staticmethod
    def of(found: Against) -> _Scale:
        """Return the scale that has room for all losses; points need some around them."""
        first, last = found.edges[0], found.edges[-1]
        if not found.log:
            room = ROOM * (last - first) if found.points else 0.0
            return _Scale(first - room, last + room, found.edges, log=False)
        # So wide is a cell; one is left free between 0 and the others.
        step = (math.log(last) - math.log(first)) / CELLS
        zero = tuple(first * math.exp(-cells * step) for cells in (3.0, 2.0, 1.0)) if found.zeros else ()
        low, high = (zero or (first,))[0], last
        if found.points:
            low, high = low * math.exp(-step), min(high * math.exp(step), sys.float_info.max)
        return _Scale(low, high, found.edges, log=True, zero=zero)

    def axis(self, title: str) -> Axis:
        """Return the axis, whose ticks tell 0 from small numbers."""
        if not self.log:
            return Axis(title, self.low, self.high)
        inner = Axis(f"{title}, log scale", self.edges[0], self.high, log=True)
        numbers = [(value, _tick(value)) for value, _ in ticks_of(inner, 6)]
        if self.zero:
            near = math.log(self.zero[1]) + CLEAR * (math.log(self.high) - math.log(self.low))
            numbers = [(self.zero[1], "0"), *(one for one in numbers if math.log(one[0]) > near)]
        return replace(inner, low=self.low, ticks=tuple(numbers))

    def place(self, loss: float) -> float:
        """Return where a point of a loss is drawn: what is beyond the edges, at them."""
        if self.zero and loss == 0.0:
            return self.zero[1]
        return min(max(loss, self.edges[0]), self.edges[-1])

    def cell(self, place: int) -> tuple[float, float]:
        """Return between which numbers the cell at a place is drawn."""
        return (self.zero[0], self.zero[2]) if place < 0 else (self.edges[place], self.edges[place + 1])


def _plane(found: Against) -> Chart:
    """Return the samples between two axes, on which losses are numbers."""
    scale = _Scale.of(found)
    mark: Mark
    if found.points:
        x, y = zip(*found.points, strict=True)
        mark = Points([*map(scale.place, x)], [*map(scale.place, y)], small=True)
    else:
        mark = _cells(found, scale)
    return Chart(
        scale.axis(BASELINE),
        scale.axis(CANDIDATE),
        (mark, Diagonal("second")),
        (("first", "samples"), ("second", "the same loss")),
        square=True,
    )


def _cells(found: Against, scale: _Scale) -> Cells:
    x, y, n = zip(*found.cells, strict=True)
    of_x, of_y = ([scale.cell(at) for at in places] for places in (x, y))
    largest = max(n)
    return Cells(
        [low for low, _ in of_x],
        [high for _, high in of_x],
        [low for low, _ in of_y],
        [high for _, high in of_y],
        # Its root, so that few samples are seen beside many.
        [(count / largest) ** 0.5 for count in n],
    )


def _pairs(found: Against) -> Section:
    """Return how many samples have each pair of few losses."""
    cells = sorted(found.cells)
    columns = (
        Column(BASELINE, Kind.NUMBER, [_value(found.values[one.x]) for one in cells]),
        Column(CANDIDATE, Kind.NUMBER, [_value(found.values[one.y]) for one in cells]),
        Column("samples", Kind.NUMBER, [str(one.n) for one in cells]),
    )
    return Section("", columns)


def _rows(found: Against) -> Section:
    """Return who is better where the baseline's loss is small, and where it is large."""
    rows = found.by_baseline

    def counts(name: str) -> Sequence[str]:
        return [str(getattr(one, name)) for one in rows]

    columns = (
        Column(f"{BASELINE} from", Kind.NUMBER, [_value(one.low) for one in rows]),
        Column("to", Kind.NUMBER, [_value(one.high) for one in rows]),
        Column("samples", Kind.NUMBER, counts("n")),
        Column("candidate's lower", Kind.NUMBER, counts("lower")),
        Column("higher", Kind.NUMBER, counts("higher")),
        Column("equal", Kind.NUMBER, counts("equal")),
    )
    return Section("", tuple(columns))
