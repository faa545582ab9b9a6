"""The chart of slices: their costs with intervals, beside the cost of all."""

from __future__ import annotations

import math

from losscli.analyses.evaluate.report import Report, Result
from losscli.analyses.slices.found import LEVEL, Slice
from losscli.common.text import readable_number
from losscli.outputs.drawing.elements import Data, Figure, Text
from losscli.outputs.drawing.svg.marks import Axis, Chart, Intervals, Mark, Points, Role, Rule
from losscli.outputs.views.results import percent_of
from losscli.outputs.views.slices import described, in_order, tested

_ROW = 26.0
_ROOM = 0.06


def forest(report: Report, result: Result) -> Figure | None:
    """Return the costs of the slices of a loss that were tested; None where there are none."""
    found = [one for one in in_order(result) if math.isfinite(one.cost)]
    numbers = tested(report, result)
    if not found or numbers is None or not math.isfinite(result.cost):
        return None
    y = {id(one): float(len(found) - place) for place, one in enumerate(found)}
    marks: list[Mark] = [Rule(result.cost, "y", "second")]
    legend: list[tuple[Role, str]] = []
    groups: tuple[tuple[Role, str, list[Slice]], ...] = (
        ("first", "weak", [one for one in found if one.weak]),
        ("third", "not confirmed", [one for one in found if not one.weak]),
    )
    for role, words, some in groups:
        if not some:
            continue
        sure = [(y[id(one)], *one.ci) for one in some if one.ci is not None]
        if sure:
            rows, low, high = zip(*sure, strict=True)
            marks.append(Intervals(rows, low, high, role, "x"))
        how = f", {percent_of(report.level or LEVEL)} interval" if sure and not legend else ""
        at = [y[id(one)] for one in some]
        marks.append(Points([one.cost for one in some], at, role, titles=[*map(_title, some)]))
        legend.append((role, f"{words}{how}"))
    legend.append(("second", f"cost of all {readable_number(result.cost)}"))
    ends = [end for one in found for end in (one.cost, *(one.ci or ()))] + [result.cost]
    margin = _ROOM * (max(ends) - min(ends)) or 1.0
    names = tuple((y[id(one)], described(one, "=")) for one in found)
    chart = Chart(
        Axis("cost", min(ends) - margin, max(ends) + margin),
        Axis("", 0.4, len(found) + 0.6, ticks=names, names=True),
        tuple(marks),
        tuple(legend),
        height=_ROW * len(found) + 12.0,
    )
    # The figure says what they are of.
    numbers = numbers._replace(title="", subject="", notes=tuple(("", note) for _, note in numbers.notes))
    weak = groups[0][2]
    weight = min(1.0, weak[0].effect / weak[0].rest) if weak and weak[0].rest > 0.0 else float(bool(weak))
    return Figure("Slices", _told(weak, len(found)), chart, numbers, result.loss, weight=weight)


def _title(one: Slice) -> str:
    return f"{described(one)}: {readable_number(one.cost)}, n {one.n}"


def _told(weak: list[Slice], count: int) -> Text:
    """Return in a sentence which slice is the weakest."""
    if not weak:
        return (
            f"None of the {count} slices that look weak in one half of the samples is so in the other."
            if count > 1
            else "The slice that looks weak in one half of the samples is not so in the other."
        )
    worst, more = weak[0], len(weak) - 1
    share = f" ({100.0 * worst.effect / worst.rest:+.3g} %)" if worst.rest > 0.0 else ""
    others = f"; {more} more {'is' if more == 1 else 'are'} weak" if more else ""
    costs = f"{readable_number(worst.cost)}, and {readable_number(worst.rest)} elsewhere{share}"
    return ("Where ", Data(described(worst)), f", the cost is {costs}{others}.")
