"""What `gradient` found, as it is shown: which tables there are, in which order and rounding."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import ClassVar

from losscli.analyses.evaluate.figures import PERCENTILES
from losscli.analyses.gradient import document
from losscli.analyses.gradient.report import GradientReport, GradientResult
from losscli.common.json import Json
from losscli.common.text import exact_number
from losscli.outputs.drawing.elements import Column, Element, Kind, Picture, Section, Words
from losscli.outputs.view import COUNTS, INPUTS, View, named
from losscli.outputs.views.results import (
    COUNTED,
    Figure,
    bars,
    count,
    figure,
    figures,
    groups,
    inputs,
    percent,
    quantile,
    readable,
    samples,
    signed,
    subtitle,
)

MOST_COLUMNS = 50


class GradientView(View):
    """What `gradient` found."""

    of = GradientReport
    documented: ClassVar[ModuleType] = document
    report: GradientReport
    columns = (
        named("loss", "group", "of", "column", *COUNTS, "weight_sum", "cost")
        | named("mean", "norm", "max_abs", "zeros", "infinite", "numerical", within="gradient")
        | named("top_share")
        | {name: f"quantiles/{q}" for q, name in PERCENTILES.items()}
        | named("quantiles_exact")
        | INPUTS
        | named("standard_error")
    )

    def page(self) -> Iterator[Element]:
        """Yield figures, what has how much of the pull, and which samples pull hardest."""
        report = self.report
        yield inputs(report)
        yield Words(subtitle(report), "note", 0)
        title = "Gradient of the losses" if report.of == "loss" else "Gradient of the cost"
        yield figures(title, report.results, FIGURES, _notes(report))
        for result in report.results:
            if result.gradient.columns:
                yield columns(result)
            drawn = bars(result)
            if drawn:
                yield Picture(f"Sizes of the gradients: {result.loss}", drawn)
        for result in report.results:
            largest = groups(result, OF_GROUPS, "largest norm", lambda group: _size(group.gradient.norm))
            for section in (largest, hardest(result)):
                if section is not None:
                    yield section
        yield signed(report.version, report.signature)

    def rows(self) -> Iterator[Mapping[str, Json]]:
        """Yield a row per loss and group; behind it one for each of several columns, with its mean alone."""
        parts = (part for result in self.report.results for part in (result, *result.groups))
        for part, row in zip(parts, super().rows(), strict=True):
            mean = part.gradient.mean
            if not isinstance(mean, tuple):
                yield row
                continue
            yield {**row, "mean": None}
            about = {name: row[name] for name in ("loss", "group", "of", *INPUTS)}
            for name, value in zip(part.gradient.columns, mean, strict=True):
                yield {**about, "column": name, "mean": value}

    def quiet(self) -> Iterator[str]:
        """Yield the norms, in the order in which the losses were asked for."""
        return (exact_number(result.gradient.norm) for result in self.report.results)


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
            yield about, f"{who} {percent(result.top_share)} of the whole pull."
        if result.gradient.numerical:
            yield about, "The loss declares no gradient: these are difference quotients."
        elif result.kink:
            yield about, _kink(result.kink)


def _kink(kink: str) -> str:
    """Return as a sentence where a loss has no derivative, or what else its declaration says of its slope."""
    other = kink.removeprefix("none; ")
    return f"No derivative {kink}." if other == kink else f"{other[0].upper()}{other[1:]}."


FIGURES = (
    *COUNTED,
    figure("cost"),
    Figure("mean", lambda result: readable(result.gradient.mean), lambda result: not result.gradient.columns),
    figure("norm", "gradient.norm"),
    figure("max abs", "gradient.max_abs"),
    count("zeros", "gradient.zeros", always=True),
    count("infinite", "gradient.infinite"),
    Figure("top 1 %", lambda result: percent(result.top_share)),
    *(quantile(q, f"size {name}") for q, name in PERCENTILES.items()),
)
_BY_NAME = {one.name: one for one in FIGURES}
OF_GROUPS = [
    _BY_NAME[name] for name in ("n", "cost", "mean", "norm", "zeros", "size p95", "max abs", "top 1 %")
]


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


def hardest(result: GradientResult) -> Section | None:
    """Return the samples that pull hardest, or None where none was asked for."""
    shown = len(result.worst)
    title = f"The {shown} samples that pull hardest" if shown > 1 else "The sample that pulls hardest"
    if shown == result.n:
        title = "The sample" if shown == 1 else f"All {shown} samples"
    return samples(result, title, "gradient")


def _size(value: float) -> float:
    """Return the size of a figure, to sort by; one that is undefined comes first."""
    return math.inf if math.isnan(value) else abs(value)
