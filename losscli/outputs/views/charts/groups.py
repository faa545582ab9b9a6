"""Charts of groups: the cost of each beside that of all, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from losscli.analyses.evaluate.report import Result
from losscli.common.text import readable_number
from losscli.outputs.drawing.elements import Data, Figure, Section
from losscli.outputs.drawing.svg.marks import Axis, Chart, Intervals, Mark, Points, Role, Rule
from losscli.outputs.views.results import group_name, percent_of

SURE = 3.0
"""Standard errors by which the highest of some costs has to be above that of all, to be no chance."""
MOST = 30
"""Groups that are drawn: those with the highest costs."""
ROW = 22.0
"""The height of one, in units of the drawing."""


def forest(result: Result, level: float | None, table: Section) -> Figure | None:
    """Return the costs of groups, the highest first; None where there are not two to compare."""
    ordered = sorted(result.groups, key=lambda one: (-one.cost, one.group or ""))
    found = [one for one in ordered if math.isfinite(one.cost)][:MOST]
    if len(found) < 2 or not math.isfinite(result.cost):
        return None
    sure = [(place, ends) for place, one in enumerate(found) if (ends := _ends(one)) is not None]
    edges = [result.cost, *(one.cost for one in found), *(end for _, ends in sure for end in ends)]
    low, high = min(edges), max(edges)
    room = 0.04 * (high - low)
    if not (math.isfinite(high - low + 2.0 * room) and math.isfinite(high + room) and high > low):
        return None
    rows = [len(found) - 1 - place for place in range(len(found))]
    marks: list[Mark] = [Rule(result.cost, "y", "second")]
    if sure:
        at = [float(rows[place]) for place, _ in sure]
        marks.append(Intervals(at, [ends[0] for _, ends in sure], [ends[1] for _, ends in sure], along="x"))
    marks.append(Points([one.cost for one in found], [float(row) for row in rows], titles=_titles(found)))
    how = ""
    if sure:
        how = f", {percent_of(level)} interval" if found[sure[0][0]].ci is not None else " ± standard error"
    legend: tuple[tuple[Role, str], ...] = (
        ("first", f"cost{how}"),
        ("second", f"all samples {readable_number(result.cost)}"),
    )
    names = tuple((float(row), group_name(one.group)) for row, one in zip(rows, found, strict=True))
    chart = Chart(
        Axis("cost", low - room, high + room),
        Axis("", -0.6, len(found) - 0.4, ticks=names, names=True),
        tuple(marks),
        legend,
        height=ROW * len(found) + 10.0,
    )
    told, weight = _finding(result, ordered), _weight(result, ordered[0])
    return Figure("Cost by group", told, chart, table, result.loss, weight=weight)


def _weight(result: Result, worst: Result) -> float:
    """Return by which share the highest cost is above that of all samples, if that is hardly by chance."""
    error, above = worst.standard_error, worst.cost - result.cost
    sure = error is not None and math.isfinite(error) and above > SURE * error
    return min(1.0, above / result.cost) if sure and result.cost > 0.0 else 0.0


def _ends(one: Result) -> tuple[float, float] | None:
    """Return the interval of a cost, or what is within its standard error."""
    ends = one.ci
    if ends is None and one.standard_error is not None:
        ends = one.cost - one.standard_error, one.cost + one.standard_error
    return ends if ends is not None and all(map(math.isfinite, ends)) else None


def _titles(found: Sequence[Result]) -> list[str]:
    return [f"{group_name(one.group)}: {readable_number(one.cost)}, n {one.n}" for one in found]


def _finding(result: Result, ordered: Sequence[Result]) -> tuple[str, ...]:
    worst, best = ordered[0], ordered[-1]
    share = worst.cost / result.cost if result.cost > 0.0 else math.nan
    beside = f", {readable_number(share, 3)} times that of all samples" if math.isfinite(share) else ""
    parts = (
        *(
            "The cost is highest in ",
            Data(group_name(worst.group)),
            f" ({readable_number(worst.cost)}, n {worst.n}",
        ),
        f"){beside}, and lowest in ",
        *(Data(group_name(best.group)), f" ({readable_number(best.cost)}, n {best.n})."),
    )
    beyond = f" The {MOST} of {len(ordered)} groups with the highest cost are drawn."
    return (*parts, beyond) if len(ordered) > MOST else parts
