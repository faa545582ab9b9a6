"""The chart of a comparison: differences with their intervals, one below the other."""

from __future__ import annotations

import math
from collections.abc import Iterator

from losscli.analyses.compare.report import ComparisonFigures, LossComparison
from losscli.common.text import readable_number
from losscli.outputs.drawing.elements import Figure, Section, Text
from losscli.outputs.drawing.svg.marks import Axis, Chart, Intervals, Mark, Points, Role, Rule
from losscli.outputs.drawing.svg.places import LETTER, LONGEST_NAME, cut

MOST = 24
"""Rows that are shown; of groups the first."""
ROW, ENDS = 26.0, 14.0
WIDEST = LETTER * LONGEST_NAME
ROLES: dict[str, Role] = {"better": "third", "worse": "second", "undecided": "first", "identical": "first"}
SAID: dict[Role, str] = {"third": "better", "second": "worse", "first": "undecided"}


def forest(result: LossComparison, told: Text, numbers: Section, level: str) -> Figure | None:
    """Return the differences of a loss, and those of each group of a single comparison.

    Args:
        result: what is shown.
        told: what is to be seen, in words.
        numbers: the same as a table.
        level: that of the intervals, as a percentage.
    """
    rows = [(name, one) for name, one in _rows(result) if math.isfinite(one.difference)][:MOST]
    if not rows:
        return None
    places = [float(len(rows) - place) for place in range(len(rows))]
    ends = [0.0]
    for _, one in rows:
        ends += (one.difference, *(end for end in one.ci or () if math.isfinite(end)))
    room = 0.06 * (max(ends) - min(ends)) or 1.0
    low, high = min(ends) - room, max(ends) + room
    marks: list[Mark] = [Rule(0.0, "y", "muted")]
    legend: list[tuple[Role, str]] = []
    for role, word in SAID.items():
        those = [(at, one) for at, (_, one) in zip(places, rows, strict=True) if ROLES[one.verdict] == role]
        if those:
            marks += _of(role, those, low, high)
            legend.append((role, word))
    baseline = result.comparisons[0].baseline if len(result.comparisons) == 1 else "the baseline"
    chart = Chart(
        Axis(f"difference and its {level} interval; left of 0 is better", low, high),
        Axis(
            "",
            0.0,
            len(rows) + 1.0,
            ticks=tuple((at, cut(name, WIDEST)) for at, (name, _) in zip(places, rows, strict=True)),
            names=True,
        ),
        tuple(marks),
        (*legend, ("muted", f"as {baseline}" if len(baseline) < 30 else "no difference")),
        height=2.0 * ENDS + ROW * len(rows),
    )
    return Figure("Differences of the costs", told, chart, numbers, result.loss)


def _of(role: Role, rows: list[tuple[float, ComparisonFigures]], low: float, high: float) -> Iterator[Mark]:
    """Yield the marks of rows with one verdict."""
    titles = [f"{one.candidate} − {one.baseline}: {readable_number(one.difference)}" for _, one in rows]
    yield Points([one.difference for _, one in rows], [at for at, _ in rows], role, titles=titles)
    sure = [(at, one.ci) for at, one in rows if one.ci is not None]
    # An end without a bound goes beyond the chart.
    yield Intervals(
        [at for at, _ in sure],
        [max(ci[0], low - (high - low)) for _, ci in sure],
        [min(ci[1], high + (high - low)) for _, ci in sure],
        role,
        "x",
    )


def _rows(result: LossComparison) -> Iterator[tuple[str, ComparisonFigures]]:
    several = len({one.baseline for one in result.comparisons}) > 1
    for one in result.comparisons:
        yield (f"{one.candidate} − {one.baseline}" if several else one.candidate), one
    if len(result.comparisons) == 1:
        for group in result.groups:
            yield from ((group.group or "", one) for one in group.comparisons)
