"""The page of an evaluation for a browser: verdict, losses, numbers or classes, groups, worst samples."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from losscli.analyses.evaluate.report import Report, Result
from losscli.analyses.page.spread import Spread
from losscli.common.text import exact_number
from losscli.outputs.drawing.elements import (
    Card,
    Cards,
    Column,
    Data,
    Element,
    Figure,
    Kind,
    Section,
    Text,
    Words,
)
from losscli.outputs.views.charts import classes, cost, groups, losses, numbers, probabilities
from losscli.outputs.views.first_screen import before_finish, verdict
from losscli.outputs.views.results import (
    ends,
    inputs,
    paired,
    percent_of,
    plus_minus,
    subtitle,
    told_inputs,
)
from losscli.outputs.views.results import groups as table_of_groups
from losscli.outputs.views.sheets.parts import cited, noted, part, repeated
from losscli.outputs.views.tables import FIGURES, OF_GROUPS, costs, distribution, worst
from losscli.outputs.views.tables import gates as table_of_gates

MOST = 3
"""Losses that have charts; the others are in the tables."""
RULERS = 8
"""Gates that have one, those that did not pass first."""


def sheet(report: Report, command: str = "") -> Iterator[Element]:
    """Yield what stands on the page; `command` is the line that repeats it."""
    yield from _head(report)
    yield from _gates(report)
    yield from part("Findings", _findings(report))
    yield from part("Losses", _losses(report))
    yield from part(*_predictions(report))
    yield from part("Groups", _groups(report))
    yield from part("Slices", _slices(report))
    yield from part("Worst samples", map(worst, report.results))
    yield from part("How this was computed", _read(report, command))


def _head(report: Report) -> Iterator[Element]:
    yield Words((*told_inputs(report), "."), "note")
    if report.gates:
        yield Words(verdict(report), report.verdict or "")
    counts = {result.n for result in report.results}
    several = len(counts) > 1
    cards = [
        Card(_called(report, result), exact_number(result.cost), _sure(report, result, several))
        for result in report.results[:MOST]
    ]
    if not several:
        n = counts.pop()
        cards.append(Card("samples", str(n), _counted(report)))
    yield Cards(tuple(cards))


def _called(report: Report, result: Result) -> Text:
    return (Data(result.loss), ", summed" if report.reduction == "sum" else " cost")


def _sure(report: Report, result: Result, several: bool) -> str:
    parts = []
    if result.ci is not None:
        parts.append(f"{percent_of(report.level)} interval {ends(result.ci)}")
    elif result.standard_error is not None:
        parts.append(f"{plus_minus(result.standard_error)} (standard error)")
    if result.baseline is not None:
        parts.append(f"baseline {exact_number(result.baseline)}")
    if several:
        parts += [f"n {result.n}", _left_out(result)]
    return "; ".join(filter(None, parts))


def _counted(report: Report) -> Text:
    """Return which rows the samples are."""
    how = [*paired(report)]
    how[:1] = [part.removeprefix(", ") for part in how[:1]]
    left_out = _left_out(report.results[0])
    return tuple(filter(None, (left_out, "; " if left_out and how else "", *how)))


def _left_out(result: Result) -> str:
    counts = {name: getattr(result, name) for name in ("dropped", "ignored", "clipped")}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _gates(report: Report) -> Iterator[Element]:
    table = table_of_gates(report)
    if table is None:
        return
    order = sorted(report.gates, key=lambda gate: ("fail", "undecided", "pass").index(gate.verdict))
    yield Words("Gates", "part")
    # Most evaluations have no gates, and what judges them is not read then.
    from losscli.outputs.views.charts import gates

    rulers = [one for gate in order[:RULERS] if (one := gates.ruler(gate, report)) is not None]
    yield from rulers
    if len(order) > 1 or not rulers:
        yield table._replace(title="All gates" if len(order) > 1 else "")


def _findings(report: Report) -> Iterator[Element | None]:
    """Yield what doctor found, or that it found nothing; nothing where nobody asked it."""
    if report.findings is not None:
        from losscli.outputs.views.sheets.examination import findings

        yield from findings(report.findings)
        if not report.findings:
            yield Words("Doctor looked at the inputs and found nothing.")


def _losses(report: Report) -> Iterator[Element | None]:
    if len(report.results) > 1:
        yield costs(report)
    drawn: list[Spread] = []
    for result in report.results[:MOST]:
        found = None if report.page is None else report.page.spreads.get(result.loss)
        # The losses of rmse are those of mse.
        if found is not None and found not in drawn:
            drawn.append(found)
            weighted = report.page is not None and report.page.weighted
            yield losses.spread(result, found, weighted=weighted)
            yield losses.concentration(result, found, weighted=weighted)
    yield _spread(report)


def _spread(report: Report) -> Section:
    """Return the figures of the losses; of one loss in a row.

    Those of several are of many kinds in a column, so that decimal points have no reason to meet.
    """
    table, results = distribution(report), report.results
    if len(results) > 1:
        names, *rest = table.columns
        return table._replace(columns=(names, *(one._replace(kind=Kind.FIGURE) for one in rest)))
    names = Column("loss", Kind.DATA, [result.loss for result in results])
    shown = [one for one in FIGURES if any(map(one.tells, results))]
    return table._replace(columns=(names, *(one.column(results) for one in shown)))


def _predictions(report: Report) -> tuple[str, Iterator[Element | None]]:
    """Return what there is to see of labels and predictions, and what it is called."""
    page = report.page
    if page is None:
        return "", iter(())
    titles = {"numbers": "Numbers", "probability": "Probabilities", "class_names": "Classes"}
    return titles.get(page.kind, "Classes and their probabilities"), _seen(report)


def _seen(report: Report) -> Iterator[Element | None]:
    page = report.page
    assert page is not None
    if page.sample is not None:
        yield numbers.labels_by_prediction(page.sample)
        yield numbers.bias(page.sample)
        yield numbers.residuals(page.sample)
        yield numbers.errors(page.sample)
    if page.calibrated is not None:
        yield probabilities.calibration(page.calibrated, of_classes=page.kind == "classes")
        if page.kind == "probability":
            yield probabilities.by_label(page.calibrated)
            yield probabilities.at_half(page.calibrated)
    if page.of_label is not None:
        yield probabilities.of_true_class(page.of_label)
    yield from (cost.parts(result, page) for result in report.results[:MOST])
    if page.confusion is not None:
        yield from classes.confused(page.confusion, page.classes)
    elif page.classes_left_out:
        yield Words(f"There are {len(page.classes)} classes, too many to count which is taken for which.")


def _slices(report: Report) -> Iterator[Element | None]:
    """Yield the slices of each loss that were tested; nothing where nobody asked for them."""
    if any(result.slices is not None for result in report.results):
        from losscli.outputs.views.charts.slices import forest
        from losscli.outputs.views.slices import what_of
        from losscli.outputs.views.tables import slices

        for result in report.results:
            drawn = forest(report, result)
            yield from (drawn,) if drawn is not None else slices(report, result)
        yield from what_of(report)


def _groups(report: Report) -> Iterator[Figure | Section | None]:
    for result in report.results[:MOST]:
        table = table_of_groups(result, OF_GROUPS, "highest cost", attrgetter("cost"))
        if table is not None:
            table = table._replace(notes=tuple(before_finish([result])))
            yield groups.forest(result, report.level, table._replace(title="", subject="")) or table


def _read(report: Report, command: str) -> Iterator[Element]:
    yield inputs(report)
    yield Words(subtitle(report), "note")
    yield from noted(_notes(report))
    yield from repeated(command)
    yield from cited(report)


def _notes(report: Report) -> Iterator[str]:
    """Yield the notes that are not told elsewhere on the page."""
    there: set[str] = set()
    if report.findings:
        from losscli.analyses.doctor.report import as_notes

        there.update(as_notes(report.findings))
    if any(result.slices is not None for result in report.results):
        from losscli.outputs.views.slices import told_here

        there.update(told_here(report))
    return (note for note in report.notes if note not in there)
