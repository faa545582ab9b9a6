"""The chart of a fit: the cost by epoch, a line for each run, and what each is worth on held-out samples."""

from __future__ import annotations

import numpy as np

from losscli.analyses.fit.report import FitReport, Run, called
from losscli.common.array import Array
from losscli.common.text import readable_number
from losscli.outputs.drawing.chart import Curve, Scale, ends_of, scale_of
from losscli.outputs.drawing.elements import Column, Figure, Kind, Section
from losscli.outputs.drawing.svg.marks import Axis, Chart, Line, Mark, Points, Role, Rule
from losscli.outputs.drawing.svg.ticks import short

ROLES: tuple[Role, ...] = ("first", "second", "third", "fourth")
"""Of the runs of a chart: as many as can be told apart."""
MOST_ROWS = 12
"""Epochs of the table: those at even ratios."""


def epochs(report: FitReport) -> Figure | None:
    """Return the cost by epoch of the runs with the lowest costs; None where no cost is finite."""
    order = sorted(report.runs, key=lambda run: (not run.after < np.inf, run.after))
    best = {id(run) for run in order[: len(ROLES)]}
    shown = [run for run in report.runs if id(run) in best]
    curves = {called(run, report.runs): _curve(report, run) for run in shown}
    curves = {name: one for name, one in curves.items() if np.isfinite(one.y).any()}
    if not curves:
        return None
    scale, ends = scale_of([*curves.values()], report.least), ends_of([*curves.values()])
    marks: list[Mark] = []
    legend: list[tuple[Role, str]] = []
    for role, (name, one) in zip(ROLES, curves.items(), strict=False):
        finite = np.isfinite(one.y)
        marks.append(Line(one.x[finite].tolist(), _places(scale, one.y[finite]).tolist(), role))
        legend.append((role, name))
    held = [(role, run) for role, run in zip(ROLES, shown, strict=False) if run.held_out is not None]
    low, high = _ends(scale)
    there = False
    for role, run in held:
        assert run.held_out is not None
        at = float(_places(scale, np.array([run.held_out.after]))[0])
        if low <= at <= high:
            there = True
            title = f"{called(run, report.runs)}, held out: {readable_number(run.held_out.after)}"
            marks.append(Points([float(len(run.curve))], [at], role, titles=[title]))
    if report.model != "constant":
        before = float(_places(scale, np.array([report.before]))[0])
        if low <= before <= high:
            marks.append(Rule(before, "x", "muted"))
            legend.append(("muted", "before the fit"))
    cost = "lowest cost so far" if report.decay == "halving" else "cost"
    chart = Chart(
        # A mark at the last epoch is not to be cut in half.
        Axis("epoch", ends[0], ends[1] + 0.02 * (ends[1] - ends[0])),
        Axis(scale.label(cost), low, high, log=scale.lowest is not None, ticks=_ticks(scale)),
        tuple(marks),
        tuple(legend),
    )
    return Figure("Cost by epoch", _told(report, shown, marked=there), chart, _numbers(curves), report.loss)


def _curve(report: FitReport, run: Run) -> Curve:
    """Return where a run stood after each epoch; one without progress was undone where rates are halved."""
    first = [] if report.model == "constant" else [report.before]
    y = np.array([*first, *run.curve])
    if report.decay == "halving":
        y = np.fmin.accumulate(y)
    return Curve(called(run, report.runs), np.arange(len(y)) + (0.0 if first else 1.0), y)


def _ends(scale: Scale) -> tuple[float, float]:
    if scale.lowest is not None:
        # The lowest line is not to lie on the axis.
        return 10.0**scale.low / 1.5, 10.0**scale.high
    room = 0.04 * (scale.high - scale.low)
    return scale.low - room, scale.high + room


def _ticks(scale: Scale) -> tuple[tuple[float, str], ...] | None:
    if scale.lowest is None:
        return None
    powers = range(round(scale.low), round(scale.high) + 1)
    return tuple(
        (10.0**power, f"{'≤ ' if power == powers[0] else ''}{short(10.0**power, 1)}") for power in powers
    )


def _places(scale: Scale, y: Array) -> Array:
    """Return costs as the axis has them: of a log axis their distance from the lowest one."""
    return y if scale.lowest is None else np.maximum(y - scale.lowest, 10.0**scale.low)


def _told(report: FitReport, shown: list[Run], *, marked: bool) -> str:
    best = report.best
    told = f"{called(best, report.runs)} takes the cost from {readable_number(report.before)} to "
    told += readable_number(best.after)
    if report.model == "constant":
        told = f"The best constant, found by {called(best, report.runs)}, costs {readable_number(best.after)}"
    if best.held_out is not None:
        held = best.held_out
        told += f"; on held-out samples from {readable_number(held.before)} to {readable_number(held.after)}"
        told += f", the mean over {held.folds} folds"
        told += ", where the marks are" if marked else ""
    if len(shown) < len(report.runs):
        told += f". The {len(shown)} of {len(report.runs)} runs with the lowest costs are shown"
    return f"{told}."


def _numbers(curves: dict[str, Curve]) -> Section:
    """Return the costs at some epochs."""
    longest = max(curves.values(), key=lambda one: len(one.x))
    places = np.unique(np.geomspace(1, len(longest.x), MOST_ROWS).round().astype(int) - 1)
    columns = [Column("epoch", Kind.NUMBER, [str(int(longest.x[place])) for place in places])]
    for name, one in curves.items():
        cells = [readable_number(float(one.y[place])) if place < len(one.y) else "" for place in places]
        columns.append(Column(name, Kind.NUMBER, cells))
    return Section("", tuple(columns))
