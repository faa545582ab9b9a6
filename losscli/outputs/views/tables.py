"""Tables of an evaluation that several pages show: costs, distribution, gates, groups, worst samples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from losscli.analyses.evaluate.figures import PERCENTILES
from losscli.analyses.evaluate.report import GateOutcome, Report, Result
from losscli.common.text import exact_number, readable_number
from losscli.outputs.drawing.elements import (
    Column,
    Kind,
    Section,
    Words,
)
from losscli.outputs.views.first_screen import before_finish
from losscli.outputs.views.results import (
    COUNTED,
    Figure,
    ends,
    figure,
    figures,
    groups,
    known,
    percent_of,
    quantile,
    readable,
    samples,
)

if TYPE_CHECKING:
    from losscli.analyses.compare.report import CompareReport


def costs(report: Report) -> Section:
    """Return the cost of every loss in full precision, and how each came about."""
    results = report.results
    columns = [
        Column("loss", Kind.DATA, [result.loss for result in results]),
        Column("cost", Kind.NUMBER, [exact_number(result.cost) for result in results]),
    ]
    if any(result.standard_error is not None for result in results):
        errors = [readable(result.standard_error) for result in results]
        columns.append(Column("standard error", Kind.NUMBER, errors))
    if any(result.ci is not None for result in results):
        intervals = [ends(result.ci) or "-" for result in results]
        columns.append(Column(f"{percent_of(report.level)} interval", Kind.NUMBER, intervals))
    return Section("Cost", tuple(columns), notes=tuple(_reductions(report)), strong=(1,))


def _reductions(report: Report) -> Iterator[tuple[str, str]]:
    weighted = any(result.weight_sum != result.n for result in report.results)
    if report.reduction == "sum":
        yield "", f"The cost is the {'weighted ' if weighted else ''}sum of the losses."
        return
    mean = "the weighted mean of the losses" if weighted else "the mean of the losses"
    if any(result.finish for result in report.results):
        for result in report.results:
            # A finish is a formula of the mean, such as √(mean).
            yield result.loss, re.sub(r"\bmean\b", mean, result.finish or "mean")
    else:
        yield "", f"The cost is {mean}."


def distribution(report: Report) -> Section:
    """Return the figures of the losses: a row per figure, a column per loss."""
    exact = all(result.quantiles_exact for result in report.results)
    notes = [*before_finish(report.results)]
    if not exact:
        notes.append(("", "Percentiles come from a histogram; they are within 0.5 % of the exact values."))
    return figures("Distribution of the losses", report.results, FIGURES, notes)


FIGURES = (
    *COUNTED,
    *map(figure, ("mean", "std", "min")),
    *(quantile(q, name) for q, name in PERCENTILES.items()),
    figure("max"),
    known("skewness"),
    known("clusters"),
    known("effective n", "n_effective"),
)
_INTERVAL = Figure("interval", lambda result: ends(result.ci) or "-", lambda result: result.ci is not None)
_BY_NAME = {one.name: one for one in (*FIGURES, figure("cost"))}
OF_GROUPS = [
    *(_BY_NAME[name] for name in ("n", "cost")),
    _INTERVAL,
    *(_BY_NAME[name] for name in ("std", "p50", "p95", "max", "dropped", "ignored", "clipped")),
]


def worst(result: Result) -> Section | None:
    """Return the worst samples of one loss, or None where none was asked for."""
    shown = len(result.worst)
    title = f"All {shown} samples" if shown == result.n else f"The {shown} worst samples"
    return samples(result, "The worst sample" if shown == 1 else title)


def gates(report: Report | CompareReport) -> Section | None:
    """Return a row per gate, or None where no gate was given."""
    return Section("Gates", tuple(gate_columns(report.gates))) if report.gates else None


def gate_columns(gates: Sequence[GateOutcome], *, baseline: bool = True) -> Iterator[Column]:
    """Yield what gates came to; of baselines and reasons where there are some."""
    yield Column("verdict", Kind.WORD, [gate.verdict for gate in gates])
    yield Column("gate", Kind.DATA, [gate.gate for gate in gates])
    yield Column("value", Kind.NUMBER, [readable(gate.value) for gate in gates])
    if baseline and any(gate.baseline is not None for gate in gates):
        yield Column("baseline", Kind.NUMBER, [readable(gate.baseline) for gate in gates])
    yield Column("threshold", Kind.NUMBER, [readable_number(gate.threshold) for gate in gates])
    yield Column("margin", Kind.NUMBER, [readable(gate.margin) for gate in gates])
    if any(gate.sound is not None for gate in gates):
        yield from _sound(gates)
    if any(gate.reason for gate in gates):
        yield Column("reason", Kind.DATA, [gate.reason for gate in gates])


def _sound(gates: Sequence[GateOutcome]) -> Iterator[Column]:
    """Yield what gates with a confidence were judged by, of those beside a baseline the distance from it."""
    sounds = [gate.sound for gate in gates]
    ends = [one.bounds if one is not None else None for one in sounds]
    yield Column("estimate", Kind.NUMBER, [readable(one and one.estimate) for one in sounds])
    yield Column("lower bound", Kind.NUMBER, [readable(one and one[0]) for one in ends])
    yield Column("upper bound", Kind.NUMBER, [readable(one and one[1]) for one in ends])
    if any(one is not None and one.rows_needed is not None for one in sounds):
        rows = [one and one.rows_needed for one in sounds]
        yield Column("rows needed", Kind.NUMBER, [readable(count) for count in rows])


def samples_and_groups(report: Report) -> Iterator[Section | Words]:
    """Yield the groups of every loss, its slices, then its worst samples."""
    for result in report.results:
        grouped = groups(result, OF_GROUPS, "highest cost", attrgetter("cost"))
        if grouped is not None:
            grouped = grouped._replace(notes=tuple(before_finish([result])))
        for section in (grouped, *slices(report, result), worst(result)):
            if section is not None:
                yield section


def slices(report: Report, result: Result) -> Iterator[Section | Words | None]:
    """Yield the slices of a loss that were tested; nothing where nobody asked.

    That there is none is said once: with the first loss that has none.
    """
    if result.slices is not None:
        # Most runs ask for none.
        from losscli.outputs.views.slices import tested, without

        found = tested(report, result)
        first = next((one for one in report.results if one.slices == ()), None)
        yield without(report) if result is first else found
