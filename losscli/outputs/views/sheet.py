"""The page of an evaluation for a browser: verdict, losses, numbers or classes, groups, worst samples."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.evaluate.report import Report
from losscli.common.text import exact_number
from losscli.outputs.drawing.elements import Card, Cards, Data, Element, Figure, Words
from losscli.outputs.views.charts import losses, numbers
from losscli.outputs.views.first_screen import verdict
from losscli.outputs.views.results import ends, inputs, percent_of, signed, subtitle
from losscli.outputs.views.tables import (
    costs,
    distribution,
    gates,
    samples_and_groups,
)


def sheet(report: Report) -> Iterator[Element]:
    """Yield what stands on the page."""
    yield from _head(report)
    yield Words("Losses", "part")
    yield costs(report)
    for result in report.results:
        found = None if report.page is None else report.page.spreads.get(result.loss)
        if found is not None:
            yield from _there(losses.spread(result, found), losses.concentration(result, found))
    yield distribution(report)
    page = report.page
    if page is not None and page.sample is not None:
        yield Words("Numbers", "part")
        yield from _there(numbers.labels_by_prediction(page.sample), numbers.residuals(page.sample))
    yield Words("Samples", "part")
    if any(result.slices for result in report.results):
        # Most runs ask for none.
        from losscli.outputs.views.charts.slices import forest

        yield from _there(*(forest(report, result) for result in report.results))
    yield from samples_and_groups(report)
    yield Words("What was read", "part")
    yield inputs(report)
    yield Words(subtitle(report))
    for note in report.notes:
        yield Words(Data(note), "note")
    yield signed(report.version, report.signature)


def _head(report: Report) -> Iterator[Element]:
    gated = gates(report)
    if gated is not None:
        yield Words(verdict(report), report.verdict or "")
    yield Cards(
        tuple(
            Card(
                Data(result.loss),
                exact_number(result.cost),
                f"{percent_of(report.level)} interval {ends(result.ci)}" if result.ci is not None else "",
            )
            for result in report.results
        )
    )
    if gated is not None:
        yield gated


def _there(*figures: Figure | None) -> Iterator[Figure]:
    return (figure for figure in figures if figure is not None)
