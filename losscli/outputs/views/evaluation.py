"""What `evaluate` found, as it is shown: which tables there are, in which order and rounding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import ClassVar

from losscli.analyses.evaluate import document
from losscli.analyses.evaluate.figures import NUMBERS, PERCENTILES
from losscli.analyses.evaluate.report import Report
from losscli.common.text import exact_number
from losscli.outputs.drawing.elements import (
    Data,
    Element,
    Figure,
    Picture,
    Strong,
    Text,
    Words,
)
from losscli.outputs.view import COUNTS, INPUTS, View, named
from losscli.outputs.views.first_screen import SAMPLES, first_screen, verdict
from losscli.outputs.views.results import (
    bars,
    few,
    inputs,
    numbers,
    signed,
    subtitle,
    told_inputs,
)
from losscli.outputs.views.tables import costs, distribution, gates, samples_and_groups

SURE = {
    "level": "level",
    "ci_low": "ci/0",
    "ci_high": "ci/1",
    **named("skewness", "clusters", "n_effective"),
}
"""The columns of rows whose costs have intervals, behind the others."""


class EvaluationView(View):
    """What `evaluate` found."""

    of = Report
    documented: ClassVar[ModuleType] = document
    report: Report

    def __init__(
        self, report: Report, *, full: bool = False, samples: int | None = SAMPLES, command: str = ""
    ) -> None:
        """Show `full` figures, or what fits on a screen, with so many `samples` (None: all there are).

        `command` is the line that computes the same once more; empty where there is none.
        """
        super().__init__(report)
        self._full, self._samples, self._command = full, samples, command
        if report.level is not None:
            self.columns = {**EvaluationView.columns, **SURE}

    columns: Mapping[str, str] = (
        named("loss", "group", *COUNTS, *(name for name in NUMBERS if name != "standard_error"))
        | {name: f"quantiles/{q}" for q, name in PERCENTILES.items()}
        | named("quantiles_exact")
        | INPUTS
        # Behind the others, so that those stay where they were.
        | named("standard_error")
    )

    def page(self) -> Iterator[Element]:
        """Yield costs, how the losses are spread, and which samples cause them."""
        report = self.report
        if not self._full:
            yield from first_screen(report, self._samples)
            return
        yield inputs(report)
        yield Words(subtitle(report), "note", 0)
        yield costs(report)
        yield distribution(report)
        for result in report.results:
            yield Picture(result.loss, bars(result))
        yield from samples_and_groups(report)
        gated = gates(report)
        if gated is not None:
            yield gated
            yield Words(verdict(report), report.verdict or "", apart=True)
        yield signed(report.version, report.signature)

    def summary(self) -> Iterator[Element]:
        """Yield the same for a pull request: the verdict first, and no pictures."""
        report = self.report
        gated = gates(report)
        if gated is not None:
            word, _, rest = verdict(report).partition(":")
            yield Words((Strong(word), f":{rest}"))
        yield Words((*told_inputs(report), ": ", *subtitle(report), "."))
        yield costs(report)
        if gated is not None:
            yield gated
        yield distribution(report)
        yield from samples_and_groups(report)
        yield signed(report.version, report.signature)

    def sheet(self) -> Iterator[Element]:
        """Yield the page for a browser."""
        from losscli.outputs.views.sheets.evaluation import sheet

        return sheet(self.report, self._command)

    def heading(self) -> Text:
        """Return what was evaluated."""
        return ("Evaluation of ", Data(self.report.predictions.path))

    def pictures(self) -> Iterator[Figure]:
        """Yield how the losses are spread."""
        from losscli.outputs.views.charts.losses import spread
        from losscli.outputs.views.charts.sizes import of_losses

        report = self.report
        for result in report.results:
            found = None if report.page is None else report.page.spreads.get(result.loss)
            figure = of_losses(result) if found is None else spread(result, found)
            if figure is not None:
                yield figure

    def brief(self) -> str:
        """Return the costs, of how many samples they are, and the verdict."""
        report = self.report
        costs = (f"{result.loss} {exact_number(result.cost)}" for result in report.results)
        return ", ".join([*few(costs), numbers(report), *([report.verdict] if report.verdict else [])])

    def quiet(self) -> Iterator[str]:
        """Yield the costs, in the order in which the losses were asked for."""
        return (exact_number(result.cost) for result in self.report.results)
