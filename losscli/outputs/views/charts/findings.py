"""The chart of doctor: what the inputs cost as they stand, and what they cost when mended."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from losscli.analyses.doctor.check import Finding
from losscli.common.text import readable_number
from losscli.outputs.drawing.elements import Column, Figure, Kind, Section
from losscli.outputs.drawing.svg.marks import Axis, Chart, Intervals, Points

ROW, ENDS = 30.0, 14.0
SPANS = 50.0
"""How many times the least cost the largest has to be for an axis of even ratios."""


def repairs(findings: Sequence[Finding]) -> Iterator[Figure]:
    """Yield a chart for each loss of which findings know both costs."""
    found: dict[str, list[tuple[str, float, float]]] = {}
    for one in findings:
        before, after = one.cost, one.cost_repaired
        if before is not None and after is not None and math.isfinite(before) and math.isfinite(after):
            found.setdefault(one.loss, []).append((one.check, before, after))
    for loss, rows in found.items():
        yield _repairs(loss, rows)


def _repairs(loss: str, rows: Sequence[tuple[str, float, float]]) -> Figure:
    names, before, after = (list(column) for column in zip(*rows, strict=True))
    places = [float(len(rows) - place) for place in range(len(rows))]
    least, most = min(*before, *after), max(*before, *after)
    log = least > 0.0 and most > SPANS * least
    low, high = (least / 1.3, most * 1.3) if log else (min(0.0, 1.06 * least), 1.06 * most or 1.0)
    chart = Chart(
        Axis("cost", low, high, log=log),
        Axis("", 0.0, len(rows) + 1.0, ticks=tuple(zip(places, names, strict=True)), names=True),
        (
            Intervals(places, after, before, "muted", "x"),
            Points(before, places, "second", titles=[*map(readable_number, before)]),
            Points(after, places, "third", titles=[*map(readable_number, after)]),
        ),
        (("second", "as it stands"), ("third", "mended")),
        height=2.0 * ENDS + ROW * len(rows),
    )
    name, first, last = min(rows, key=lambda row: row[2] - row[1])
    told = f"The repair of {name} takes the cost from {readable_number(first)} to {readable_number(last)}."
    costs = (("cost", before), ("cost when mended", after))
    columns = [Column(title, Kind.NUMBER, [*map(readable_number, cells)]) for title, cells in costs]
    numbers = Section("", (Column("check", Kind.WORD, names), *columns))
    return Figure("What repairs are worth", told, chart, numbers, loss)
