"""Gates as rulers: what was found and how sure it is, beside the threshold and what passes it."""

from __future__ import annotations

import math

from losscli.analyses.evaluate.report import GateOutcome, Report
from losscli.common.text import readable_number
from losscli.outputs.drawing.elements import Figure, Section
from losscli.outputs.drawing.svg.marks import Axis, Chart, Intervals, Mark, Points, Role, Rule, Zone
from losscli.outputs.views.results import percent_of
from losscli.outputs.views.tables import gate_columns
from losscli.verdicts.gates.judge import why

ROOM = 0.12
"""How much further an axis goes than what is on it, of its length."""


def ruler(gate: GateOutcome, report: Report) -> Figure | None:
    """Return a gate as a chart; None where there is no finite figure to show."""
    relative = gate.sound is not None and gate.baseline is not None
    value = gate.estimate if relative else gate.value
    threshold = 0.0 if relative else gate.threshold
    if value is None or not (math.isfinite(value) and math.isfinite(threshold)):
        return None
    ends, called = _ends(gate, report)
    low, high = _span([value, threshold, *ends])
    if not (math.isfinite(high - low) and high > low):
        return None
    passes = (low, threshold) if gate.operator[0] == "<" else (threshold, high)
    marks: list[Mark] = [Zone(*passes, "third"), Rule(threshold, "y", "second")]
    if ends:
        marks.append(Intervals([0.5], [max(ends[0], low)], [min(ends[1], high)], along="x"))
    marks.append(Points([value], [0.5]))
    legend: tuple[tuple[Role, str], ...] = (
        ("first", f"{'distance' if relative else 'value'} {readable_number(value)}{called}"),
        ("second", f"threshold {readable_number(gate.threshold)}"),
        ("third", "passes"),
    )
    title = "distance from the threshold" if relative else ""
    chart = Chart(Axis(title, low, high), Axis("", 0.0, 1.0, ticks=()), tuple(marks), legend, height=40.0)
    return Figure(
        "Gate",
        f"{gate.verdict}: {why(gate)}",
        chart,
        Section("", tuple(gate_columns([gate]))),
        gate.gate,
        gate.verdict,
    )


def _ends(gate: GateOutcome, report: Report) -> tuple[tuple[float, ...], str]:
    """Return the finite ends of what the gate's figure may be, and what they are called."""
    if gate.sound is not None:
        if gate.bounds is None:
            return (), ""
        low, high = gate.bounds
        if math.isnan(low) or math.isnan(high):
            return (), ""
        return (low, high), f", bounds of {percent_of(gate.sound.confidence)} confidence"
    if gate.figure != "cost":
        return (), ""
    for result in report.results:
        for one in (result, *result.groups):
            if one.loss == gate.loss and one.group == gate.group and one.ci is not None:
                return (
                    one.ci if all(map(math.isfinite, one.ci)) else ()
                ), f", {percent_of(report.level)} interval"
    return (), ""


def _span(values: list[float]) -> tuple[float, float]:
    """Return the ends of an axis that has these numbers, and room beside them; infinite ones beyond it."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite), max(finite)
    room = ROOM * (high - low) or 0.1 * abs(high) or 1.0
    return low - room, high + room
