"""The page of a comparison for a browser: who is better, by how much, where, and on which samples."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from losscli.analyses.compare.report import CompareReport, LossComparison, ModelFigures
from losscli.common.text import exact_number
from losscli.outputs.drawing.elements import Card, Cards, Data, Element, Section, Text, Words
from losscli.outputs.views.charts import comparison as charts
from losscli.outputs.views.compared import (
    by_cost,
    costs,
    counted,
    differences,
    groups,
    moved,
    notes,
    read,
    verdicts,
)
from losscli.outputs.views.first_screen import verdict
from losscli.outputs.views.results import ends, group_name, percent_of, plus_minus, signed
from losscli.outputs.views.sheets.parts import part, repeated
from losscli.outputs.views.tables import gates

MOST = 3
"""Losses and comparisons that have charts, and verdicts in the head; the others are in tables."""
MOST_TABLES = 10
"""Comparisons of which groups and samples are shown."""
SAMPLES = 10
"""Samples of a comparison that are shown of each direction."""


def sheet(report: CompareReport, command: str = "") -> Iterator[Element]:
    """Yield what stands on the page; `command` is the line that repeats it."""
    yield read(report)
    if report.gates:
        yield Words(verdict(report), report.verdict or "")
    told = [*verdicts(report)]
    yield from told[:MOST]
    if len(told) > MOST:
        more = len(told) - MOST
        what = "verdict of 1 more comparison is" if more == 1 else f"verdicts of {more} more comparisons are"
        yield Words(f"The {what} below.", "note")
    yield Cards(tuple(_cards(report)))
    yield from part("Gates", _gates(report))
    for result in report.results:
        title: Text = "Differences and costs"
        if len(report.results) > 1:
            title = (f"{title}: ", Data(result.loss))
        yield from part(title, _models(report, result, drawn=result in report.results[:MOST]))
    yield from part("Sample by sample", _against(report))
    yield from part("Groups", _groups(report))
    yield from part("Samples that moved the difference most", _moved(report))
    yield from part("How this was computed", _computed(report, command))


def _gates(report: CompareReport) -> Iterator[Element]:
    table = gates(report)
    if table is not None:
        yield table._replace(title="")


def _cards(report: CompareReport) -> Iterator[Card]:
    """Yield the costs of the baseline and of the best model, and of how many samples they are."""
    for result in report.results[:MOST]:
        base = next(one for one in result.models if one.name == report.models[0].name)
        others = sorted((one for one in result.models if one is not base), key=by_cost)
        yield _card(report, result, base, "baseline")
        yield _card(report, result, others[0], "lowest of the candidates" if len(others) > 1 else "candidate")
    result = report.results[0]
    yield Card("samples", str(result.n), counted(result).partition(", ")[2])


def _card(report: CompareReport, result: LossComparison, model: ModelFigures, what: str) -> Card:
    if model.ci is not None:
        what += f"; {percent_of(report.level)} interval {ends(model.ci)}"
    elif model.standard_error is not None:
        what += f"; {plus_minus(model.standard_error)} (standard error)"
    return Card((Data(result.loss), " cost of ", Data(model.name)), exact_number(model.cost), what)


def _models(report: CompareReport, result: LossComparison, *, drawn: bool) -> Iterator[Element]:
    those = (
        ("Differences", Section("", differences(report, result, full=True)), charts.differences),
        ("Costs", Section("", costs(report, result)), charts.costs),
    )
    for title, table, draw in those:
        yield (draw(report, result, table) if drawn else None) or table._replace(title=title)
    yield from (Words(note, "note") for note in notes(report, result, full=True))


def _about(report: CompareReport) -> Iterator[tuple[LossComparison, int, str]]:
    """Yield each comparison: its loss, its place among those of the loss, and what it is called."""
    for result in report.results:
        for number, one in enumerate(result.comparisons):
            yield result, number, f"{result.loss}, {one.candidate} − {one.baseline}"


def _against(report: CompareReport) -> Iterator[Element]:
    for result, number, about in islice(_about(report), MOST):
        counts = result.comparisons[number].against
        if counts is not None:
            from losscli.outputs.views.charts.against import against

            drawn = against(counts, about)
            if drawn is not None:
                yield drawn


def _groups(report: CompareReport) -> Iterator[Element]:
    for place, (result, number, about) in enumerate(islice(_about(report), MOST_TABLES)):
        if not result.groups:
            continue
        one = result.comparisons[number]
        table = groups(report, result, number, about, full=True)
        found = [(group_name(group.group), group.n, group.comparisons[number]) for group in result.groups]
        plain = table._replace(title="", subject="")
        drawn = [
            charts.groups(report, found, about, one.difference, plain),
            charts.shares(
                [(group_name(name), share) for name, share in (one.shares or {}).items()], about, plain
            ),
        ]
        shown: list[Element] = [chart for chart in drawn if chart is not None and place < MOST]
        yield from shown or [table]


def _moved(report: CompareReport) -> Iterator[Element]:
    for result, number, about in islice(_about(report), MOST_TABLES):
        columns = moved(result.comparisons[number], SAMPLES)
        if columns:
            yield Section("Samples", columns, subject=about)


def _computed(report: CompareReport, command: str) -> Iterator[Element]:
    for note in report.notes:
        yield Words(Data(note), "note")
    yield from repeated(command)
    yield Words("To cite it, give the version and the signature, which says how the figures are defined:")
    yield signed(report.version, report.signature)
