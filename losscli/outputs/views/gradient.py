"""What `gradient` found, as it is shown: which tables there are, in which order and rounding."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from types import ModuleType
from typing import ClassVar

from losscli.analyses.evaluate.figures import PERCENTILES
from losscli.analyses.gradient import document
from losscli.analyses.gradient.report import GradientReport, GradientResult, GradientSample
from losscli.common.json import Json
from losscli.common.text import exact_number
from losscli.outputs.drawing import elements as drawing
from losscli.outputs.drawing.elements import (
    Card,
    Cards,
    Column,
    Data,
    Element,
    Kind,
    Picture,
    Section,
    Text,
    Words,
)
from losscli.outputs.view import COUNTS, INPUTS, View, named
from losscli.outputs.views.results import (
    COUNTED,
    Figure,
    bars,
    count,
    few,
    figure,
    figures,
    groups,
    groups_of_all,
    inputs,
    numbers,
    percent,
    quantile,
    readable,
    samples,
    shown_groups,
    signed,
    subtitle,
    told_inputs,
)

MOST_COLUMNS, FEW_COLUMNS = 50, 8
"""How many columns are named, in full and else."""
MOST_BARS, FEW_BARS = 10, 6
FEW_SAMPLES = 5
FEW_CARDS = 3
"""Losses whose norms are in the head of a page."""


class GradientView(View):
    """What `gradient` found."""

    of = GradientReport
    documented: ClassVar[ModuleType] = document
    report: GradientReport
    full: bool
    top: int | None
    columns = (
        named("loss", "group", "of", "column", *COUNTS, "weight_sum", "cost")
        | named("mean", "norm", "max_abs", "zeros", "infinite", "numerical", within="gradient")
        | named("top_share")
        | {name: f"quantiles/{q}" for q, name in PERCENTILES.items()}
        | named("quantiles_exact")
        | INPUTS
        | named("standard_error")
    )

    def __init__(
        self, report: GradientReport, *, full: bool = False, top: int | None = FEW_SAMPLES, command: str = ""
    ) -> None:
        """Show a report, in full or the `top` samples of it; None for all that it has.

        `command` is the line that repeats it.
        """
        super().__init__(report)
        self.full, self.top, self._command = full, None if full else top, command

    def page(self) -> Iterator[Element]:
        """Yield figures, how large the gradients are, and which samples have the largest."""
        return self._page(full=self.full, top=self.top)

    def summary(self) -> Iterator[Element]:
        """Yield the same with all that is known: a page of a pull request has room for it."""
        return self._page(full=True, top=None)

    def sheet(self) -> Iterator[Element]:
        """Yield how large gradients are, also of groups and columns, and which samples have the largest."""
        from losscli.outputs.views.sheets.parts import cited, noted, part, repeated

        report = self.report
        yield Words((*told_inputs(report), "."), "note")
        yield Cards(
            tuple(
                Card((Data(one.loss), " norm"), exact_number(one.gradient.norm))
                for one in report.results[:FEW_CARDS]
            )
        )
        several = [columns(one) for one in report.results if one.gradient.columns]
        yield from part("Gradients", [*self.pictures(), self._figures(), *several])
        yield from part("Groups", [groups(one, OF_GROUPS, LARGEST, _norm) for one in report.results])
        yield from part("Largest gradients", map(hardest, report.results))
        computed = [
            *(inputs(report), Words(subtitle(report), "note"), *noted(report.notes)),
            *(*repeated(self._command), *cited(report)),
        ]
        yield from part("How this was computed", computed)

    def heading(self) -> Text:
        """Return whose gradients these are."""
        return ("Gradients of ", Data(self.report.predictions.path))

    def _figures(self) -> Section:
        report = self.report
        whose = "each sample's loss" if report.of == "loss" else "the cost"
        title = f"Gradient of {whose}: d {report.of} / d prediction"
        return figures(title, report.results, FIGURES, _notes(report))

    def _page(self, *, full: bool, top: int | None) -> Iterator[Element]:
        report = self.report
        yield inputs(report)
        yield Words(subtitle(report), "note", 0)
        yield self._figures()
        for result in report.results:
            if result.gradient.columns:
                yield columns(result, MOST_COLUMNS if full else FEW_COLUMNS)
            drawn = bars(result, MOST_BARS if full else FEW_BARS)
            # One bar of all samples shows nothing that is not said.
            if drawn and result.same_size is None:
                yield Picture(f"Sizes of the gradients: {result.loss}", drawn)
        if not full:
            yield from _groups_in_short(report.results)
        for result in report.results:
            grouped = groups(result, OF_GROUPS, LARGEST, _norm) if full else None
            for section in (grouped, hardest(result, top)):
                if section is not None:
                    yield section
        signature = signed(report.version, report.signature)
        if not full:
            yield Words("More: --full, --top N, --per-sample FILE, --format json", "note", 0, apart=True)
        yield signature if full else signature._replace(apart=False)

    def pictures(self) -> Iterator[drawing.Figure]:
        """Yield how large the gradients are."""
        from losscli.outputs.views.charts.sizes import of_gradients

        found = map(of_gradients, self.report.results)
        return (figure for figure in found if figure is not None)

    def cell(self) -> Iterator[Element]:
        """Yield the page with these pictures for those of a screen."""
        yield from (one for one in self.page() if not isinstance(one, Picture))
        yield from self.pictures()

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

    def brief(self) -> str:
        """Return the norms, whose derivatives they are of, and of how many samples."""
        norms = (f"{one.loss} norm {exact_number(one.gradient.norm)}" for one in self.report.results)
        return ", ".join([*few(norms), f"of the {self.report.of}", numbers(self.report)])

    def quiet(self) -> Iterator[str]:
        """Yield the norms, in the order in which the losses were asked for."""
        return (exact_number(result.gradient.norm) for result in self.report.results)


def _notes(report: GradientReport) -> Iterator[tuple[str, str]]:
    results = report.results
    yield "", "Where a gradient is positive, a lower prediction costs less."
    size = "length" if any(one.gradient.columns for one in results) else "absolute value"
    over = " over its columns" if size == "length" else ""
    yield "", f"size: the {size} of a gradient{over}; p90: nine in ten are no larger."
    if any(result.top_share is not None and result.same_size is None for result in results):
        yield "", _top({result.top_count for result in results})
    if not all(result.quantiles_exact for result in results):
        yield "", "Percentiles and shares come from a histogram; they are within 0.5 % of the exact values."
    for result in results:
        about = result.loss if len(results) > 1 else ""
        if result.same_size is not None:
            yield about, _alike(result.n, result.same_size)
        if result.gradient.numerical:
            yield (
                about,
                "The loss declares no gradient: it was computed from finite differences.",
            )
        elif result.kink:
            yield about, _kink(result.kink)


def _top(counts: set[int]) -> str:
    """Return in a sentence what the share of the largest gradients is."""
    who = "the largest gradient in each hundred"
    if len(counts) == 1:
        (count,) = counts
        who = "the largest gradient" if count == 1 else f"the {count} largest gradients"
    return f"top 1 %: the share of {who} in the sum of all sizes."


def _alike(n: int, size: float) -> str:
    """Return in a sentence that no sample matters more than another."""
    who = "Both gradients" if n == 2 else f"All {n} gradients"
    if size == 0.0:
        return f"{who} are 0: a small change in a prediction does not change its loss."
    return f"{who} have the same size, {readable(size)}: no sample counts more than another."


def _kink(kink: str) -> str:
    """Return as a sentence where a loss has no derivative, or what else its declaration says of its slope."""
    other = kink.removeprefix("none; ")
    return f"The loss has no derivative {kink}." if other == kink else f"{other[0].upper()}{other[1:]}."


FIGURES = (
    *COUNTED,
    figure("cost"),
    Figure("mean", lambda result: readable(result.gradient.mean), lambda result: not result.gradient.columns),
    figure("norm", "gradient.norm"),
    count("zeros", "gradient.zeros", always=True),
    count("infinite", "gradient.infinite"),
    *(quantile(q, f"size {name}") for q, name in PERCENTILES.items()),
    Figure("max abs", lambda result: readable(result.gradient.max_abs)),
    Figure("top 1 %", lambda result: percent(result.top_share)),
)
_BY_NAME = {one.name: one for one in FIGURES}
OF_GROUPS = [
    _BY_NAME[name] for name in ("n", "cost", "mean", "norm", "zeros", "size p95", "max abs", "top 1 %")
]
IN_SHORT = 4
"""So many of them are shown where there is less room: no more than fit on a narrow screen."""


LARGEST = "largest norm"


def _norm(group: GradientResult) -> float:
    return _size(group.gradient.norm)


def _groups_in_short(results: Sequence[GradientResult]) -> Iterator[Section]:
    """Yield one table for all losses, a line a group: some figures of one loss, the norms of several."""
    if len(results) == 1:
        found = groups(results[0], OF_GROUPS[:IN_SHORT], LARGEST, _norm)
        if found is not None:
            yield found
    elif results[0].groups:
        title, those = shown_groups(results[0].groups, LARGEST, _norm)
        norms = tuple(groups_of_all(those, results, attrgetter("gradient.norm")))
        yield Section(title, norms, notes=(("", "Shown is the norm of the gradients for each loss."),))


def columns(result: GradientResult, most: int = MOST_COLUMNS) -> Section:
    """Return the mean of every column; of very many, of those that it is largest in."""
    means = result.gradient.mean if isinstance(result.gradient.mean, tuple) else ()
    places = list(range(len(means)))
    title = "Mean gradient by column"
    if len(places) > most:
        title = f"The {most} of {len(places)} columns with the largest mean gradient"
        places = heapq.nlargest(most, places, key=lambda place: _size(means[place]))
    found = (
        Column("column", Kind.DATA, [result.gradient.columns[place] for place in places]),
        Column("mean", Kind.NUMBER, [readable(means[place]) for place in places]),
    )
    return Section(title, found, subject=result.loss)


def hardest(result: GradientResult, top: int | None = None) -> Section | None:
    """Return the samples with the largest gradients, `top` at most, or None where there is no such thing.

    None has the largest where all are of one size, and one whose gradient is 0 is not among the largest;
    where a report has every sample, all are shown.
    """
    found, everyone = result.worst[:top], len(result.worst) == result.n
    if everyone and len(found) == result.n:
        return samples(result, "The sample" if result.n == 1 else f"All {result.n} samples", "gradient")
    shown = [sample for sample in found if _length(sample) != 0.0]
    if result.same_size is not None or not shown:
        return None
    title = f"The {len(shown)} largest gradients" if len(shown) > 1 else "The largest gradient"
    section = samples(replace(result, worst=tuple(shown)), title, "gradient")
    note = _beside(result, shown, len(found))
    return section._replace(notes=(("", note),)) if section is not None and note else section


def _beside(result: GradientResult, shown: Sequence[GradientSample], asked: int) -> str:
    """Return in a sentence what is told of samples that are not shown, and might as well be."""
    if len(shown) < asked:
        rest = result.n - len(shown)
        return (
            f"The gradient of the other {rest} samples is 0."
            if rest > 1
            else "The gradient of the other sample is 0."
        )
    last = _length(shown[-1])
    more = sum(_length(sample) == last for sample in result.worst[asked:])
    if _length(result.worst[-1]) == last:
        more = -1 if result.as_large is None else more + result.as_large
    if more < 0:
        return "More samples may have a gradient as large as the last one here."
    if not more:
        return ""
    alike = sum(_length(sample) == last for sample in shown)
    where = f"the last {alike} here" if alike > 1 else "the last one here"
    if alike == len(shown):
        where = "these" if alike > 1 else "this one"
    return f"{more} more gradient{' is' if more == 1 else 's are'} as large as {where}."


def _length(sample: GradientSample) -> float:
    """Return the size of the gradient of a sample."""
    return math.hypot(*sample.gradient) if isinstance(sample.gradient, tuple) else abs(sample.gradient)


def _size(value: float) -> float:
    """Return the size of a figure, to sort by; one that is undefined comes first."""
    return math.inf if math.isnan(value) else abs(value)
