"""Charts of how large losses or gradients are, of the bins that every report keeps."""

from __future__ import annotations

import math
from collections.abc import Sequence

from losscli.analyses.evaluate.report import Result
from losscli.analyses.gradient.report import GradientResult
from losscli.analyses.report import Picture
from losscli.common.text import readable_number
from losscli.outputs.drawing.elements import Column, Figure, Kind, Section
from losscli.outputs.drawing.svg.marks import Axis, Bars, Chart, Mark, Role, Rule
from losscli.outputs.drawing.svg.ticks import ticks_of
from losscli.outputs.views.results import percent

ROOM = 1.08
"""How much higher an axis is than the highest bar."""
GAP = 0.5
"""How far the bar of what is beyond all others stands from them, of the width of one."""
TICKS = 3
"""Beside that of this bar: so few that all have room."""
_ROLES: tuple[Role, ...] = ("second", "third")


def of_losses(result: Result) -> Figure | None:
    """Return how the losses are spread; None where they are all of one size."""
    median = result.quantiles.get(0.5)
    told = "" if median is None else f"Half of the losses are at most {readable_number(median)}."
    lines = (("mean", result.mean), ("median", median))
    return _histogram("How the losses are spread", told, "loss", result.picture, lines, result.loss)


def of_gradients(result: GradientResult) -> Figure | None:
    """Return how large the gradients are; None where they are all of one size."""
    median, most = result.quantiles.get(0.5), result.quantiles.get(0.9)
    parts = [] if median is None else [f"half of the gradients are no larger than {readable_number(median)}"]
    if result.top_share is not None and result.same_size is None:
        parts.append(f"the largest 1 % have {percent(result.top_share)} of the sum of all sizes")
    told = "; ".join(parts)
    told = f"{told[:1].upper()}{told[1:]}." if told else ""
    lines = (("median", median), ("p90", most))
    title = "How large the gradients are"
    return _histogram(title, told, "size of the gradient", result.picture, lines, result.loss)


def _histogram(
    title: str,
    told: str,
    axis: str,
    picture: Picture | None,
    lines: Sequence[tuple[str, float | None]],
    subject: str,
) -> Figure | None:
    if picture is None or not any(picture.counts) or not all(map(math.isfinite, picture.edges)):
        return None
    edges, counts = picture.edges, picture.counts
    if not edges[-1] > edges[0]:
        return None
    cells = [[readable_number(edge) for edge in some] for some in (edges[:-1], edges[1:])]
    said = [f"{one} to {other}: {count}" for one, other, count in zip(*cells, counts, strict=True)]
    # Where the last bin reaches far, its bar would be taken for as many samples all along it.
    beyond = _beyond(edges)
    regular = len(counts) - (beyond is not None)
    end, ticks = edges[regular], None
    marks: list[Mark] = [
        Bars(edges[:regular], edges[1 : regular + 1], counts[:regular], titles=said[:regular])
    ]
    legend: list[tuple[Role, str]] = [("first", "samples")]
    for role, (name, value) in zip(_ROLES, lines, strict=True):
        if value is not None and edges[0] <= value <= end:
            marks.append(Rule(value, "y", role))
            legend.append((role, f"{name} {readable_number(value)}"))
    if beyond is not None:
        left, right = beyond
        marks.append(Bars([left], [right], counts[-1:], "muted", titles=said[-1:]))
        legend.append(("muted", f"all of {cells[0][-1]} to {cells[1][-1]}"))
        ticks = (*ticks_of(Axis(axis, edges[0], end), TICKS), (0.5 * (left + right), "above"))
    chart = Chart(
        Axis(axis, edges[0], end if beyond is None else beyond[1], ticks=ticks),
        Axis("samples", 0.0, max(counts) * ROOM),
        tuple(marks),
        tuple(legend),
    )
    numbers = Section(
        "",
        tuple(
            Column(name, Kind.NUMBER, found)
            for name, found in (
                (f"{axis} from", cells[0]),
                ("to", cells[1]),
                ("samples", [*map(str, counts)]),
            )
        ),
    )
    return Figure(title, told, chart, numbers, subject)


def _beyond(edges: Sequence[float]) -> tuple[float, float] | None:
    """Return where the bar of all that is beyond the other bins stands; None if the last is one of them."""
    if len(edges) < 3:
        return None
    width = edges[-2] - edges[-3]
    if edges[-1] - edges[-2] <= 1.5 * width:
        return None
    return edges[-2] + GAP * width, edges[-2] + (1.0 + GAP) * width
