"""What a page on gradients holds, in which order and rounding: tables and Markdown draw the same."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from losscli.analyses.evaluate.figures import PERCENTILES
from losscli.analyses.gradient.report import GradientReport, GradientResult
from losscli.common.text import readable_number
from losscli.outputs.drawing.elements import Column, Element, Inputs, Kind, Picture, Section, Words
from losscli.outputs.views.evaluation import MOST_GROUPS, bars, readable, subtitle, values_column

MOST_COLUMNS = 50


def page(report: GradientReport) -> Iterator[Element]:
    """Yield what the page of a report is made of, from top to bottom."""
    yield Inputs.of(report.predictions, report.labels)
    yield Words(subtitle(report), "note", 0)
    yield figures(report)
    for result in report.results:
        if result.gradient.columns:
            yield columns(result)
        drawn = bars(result)
        if drawn:
            yield Picture(f"Sizes of the gradients: {result.loss}", drawn)
    for result in report.results:
        for section in (groups(result), hardest(result)):
            if section is not None:
                yield section
    yield Words(f"losscli {report.version}, signature ", "note", 0, report.signature, apart=True)


def figures(report: GradientReport) -> Section:
    """Return the figures of the gradients: a row per figure, a column per loss."""
    results = report.results
    rows = [row for row in _ROWS if row.always or any(row.differs(result) for result in results)]
    found = [
        Column(result.loss, Kind.NUMBER, [row.show(result) for row in rows], title_kind=Kind.DATA)
        for result in results
    ]
    names = Column("", Kind.WORD, [row.name for row in rows])
    title = "Gradient of the losses" if report.of == "loss" else "Gradient of the cost"
    return Section(title, (names, *found), notes=tuple(_notes(report)))


def _notes(report: GradientReport) -> Iterator[tuple[str, str]]:
    results = report.results
    if report.of == "loss":
        yield "", "Each is d loss / d prediction of one sample; a positive one pulls its prediction down."
    else:
        yield "", "Each is d cost / d prediction of one sample; a positive one pulls its prediction down."
    if any(result.gradient.columns for result in results):
        yield "", "The size of a gradient is its length over the columns."
    if not all(result.quantiles_exact for result in results):
        yield "", "Percentiles and shares come from a histogram: within 0.5 % of the exact ones."
    several = len(results) > 1
    for result in results:
        about = result.loss if several else ""
        if result.top_share is not None:
            who = "The sample that pulls hardest has"
            if result.top_count > 1:
                who = f"The {result.top_count} samples that pull hardest (1 %) have"
            yield about, f"{who} {_percent(result.top_share)} of the whole pull."
        if result.gradient.numerical:
            yield about, "The loss declares no gradient: these are difference quotients."
        elif result.kink:
            yield about, _kink(result.kink)


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    show: Callable[[GradientResult], str]
    always: bool = True
    differs: Callable[[GradientResult], bool] = lambda _: False


def _kink(kink: str) -> str:
    """Return as a sentence where a loss has no derivative, or what else its declaration says of its slope."""
    other = kink.removeprefix("none; ")
    return f"No derivative {kink}." if other == kink else f"{other[0].upper()}{other[1:]}."


def _percentile(q: float) -> Callable[[GradientResult], str]:
    return lambda result: readable(result.quantiles.get(q))


def _mean(result: GradientResult) -> str:
    mean = result.gradient.mean
    return "-" if isinstance(mean, tuple) else readable(mean)


_ROWS = (
    _Row("n", lambda result: str(result.n)),
    _Row("dropped", lambda result: str(result.dropped), False, lambda result: result.dropped > 0),
    _Row("ignored", lambda result: str(result.ignored), False, lambda result: result.ignored > 0),
    _Row("clipped", lambda result: str(result.clipped), False, lambda result: result.clipped > 0),
    _Row(
        "weight sum",
        lambda result: readable_number(result.weight_sum),
        False,
        lambda result: result.weight_sum != result.n,
    ),
    _Row("cost", lambda result: readable(result.cost)),
    _Row("mean", _mean, False, lambda result: not result.gradient.columns),
    _Row("norm", lambda result: readable(result.gradient.norm)),
    _Row("max abs", lambda result: readable(result.gradient.max_abs)),
    _Row("zeros", lambda result: str(result.gradient.zeros)),
    _Row(
        "infinite",
        lambda result: str(result.gradient.infinite),
        False,
        lambda result: result.gradient.infinite > 0,
    ),
    _Row("top 1 %", lambda result: _percent(result.top_share)),
    *(_Row(f"size {name}", _percentile(q)) for q, name in PERCENTILES.items()),
)


def columns(result: GradientResult) -> Section:
    """Return the mean of every column; of very many, of those that it is largest in."""
    means = result.gradient.mean if isinstance(result.gradient.mean, tuple) else ()
    places = list(range(len(means)))
    title = "Mean gradient by column"
    if len(places) > MOST_COLUMNS:
        title = f"The {MOST_COLUMNS} of {len(places)} columns with the largest mean gradient"
        places = heapq.nlargest(MOST_COLUMNS, places, key=lambda place: _size(means[place]))
    found = (
        Column("column", Kind.DATA, [result.gradient.columns[place] for place in places]),
        Column("mean", Kind.NUMBER, [readable(means[place]) for place in places]),
    )
    return Section(title, found, subject=result.loss)


def groups(result: GradientResult) -> Section | None:
    """Return a row per group, or None where the samples were not grouped.

    Of very many groups those with the largest norms are shown.
    """
    found = result.groups
    if not found:
        return None
    title = "Groups"
    if len(found) > MOST_GROUPS:
        title = f"The {MOST_GROUPS} of {len(found)} groups with the largest norm"
        found = tuple(heapq.nlargest(MOST_GROUPS, found, key=lambda group: _size(group.gradient.norm)))
    cells = [
        Column("group", Kind.DATA, [group.group or "" for group in found]),
        Column("n", Kind.NUMBER, [str(group.n) for group in found]),
        Column("cost", Kind.NUMBER, [readable(group.cost) for group in found]),
        Column("mean", Kind.NUMBER, [_mean(group) for group in found]),
        Column("norm", Kind.NUMBER, [readable(group.gradient.norm) for group in found]),
        Column("zeros", Kind.NUMBER, [str(group.gradient.zeros) for group in found]),
        Column("size p95", Kind.NUMBER, [readable(group.quantiles.get(0.95)) for group in found]),
        Column("max abs", Kind.NUMBER, [readable(group.gradient.max_abs) for group in found]),
        Column("top 1 %", Kind.NUMBER, [_percent(group.top_share) for group in found]),
    ]
    if result.gradient.columns:
        del cells[3]
    return Section(title, tuple(cells), subject=result.loss)


def hardest(result: GradientResult) -> Section | None:
    """Return the samples that pull hardest, or None where none was asked for."""
    samples = result.worst
    if not samples:
        return None
    found = [Column("row", Kind.NUMBER, [str(sample.row) for sample in samples])]
    if any(sample.id is not None for sample in samples):
        found.append(Column("id", Kind.DATA, [sample.id or "" for sample in samples]))
    found += [
        values_column("label", [sample.label for sample in samples]),
        values_column("prediction", [sample.prediction for sample in samples]),
        Column("error", Kind.NUMBER, [readable_number(sample.error) for sample in samples]),
        Column("loss", Kind.NUMBER, [readable_number(sample.loss) for sample in samples]),
        values_column("gradient", [sample.gradient for sample in samples]),
    ]
    title = f"The {len(samples)} samples that pull hardest"
    if len(samples) == result.n:
        title = "The sample" if result.n == 1 else f"All {result.n} samples"
    elif len(samples) == 1:
        title = "The sample that pulls hardest"
    return Section(title, tuple(found), subject=result.loss)


def _size(value: float) -> float:
    """Return the size of a figure, to sort by; one that is undefined comes first."""
    return math.inf if math.isnan(value) else abs(value)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{readable_number(100.0 * share, 3)} %"
