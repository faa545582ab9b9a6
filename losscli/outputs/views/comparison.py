"""What `compare` found, as it is shown: which model is better, by how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import ClassVar

from losscli.analyses.compare import document
from losscli.analyses.compare.report import CompareReport, LossComparison
from losscli.outputs.drawing.elements import Column, Data, Element, Figure, Kind, Ledger, Section, Text, Words
from losscli.outputs.view import View, named
from losscli.outputs.views.compared import (
    costs,
    counted,
    differences,
    groups,
    moved,
    notes,
    read,
    verdicts,
)
from losscli.outputs.views.first_screen import judged
from losscli.outputs.views.results import few, signed
from losscli.outputs.views.tables import gates as gates_section

MOVED = 1
"""So many samples are shown of each direction, unless somebody asks for more."""


class ComparisonView(View):
    """What `compare` found."""

    of = CompareReport
    documented: ClassVar[ModuleType] = document
    report: CompareReport

    def __init__(
        self,
        report: CompareReport,
        *,
        full: bool = False,
        samples: int | None = None,
        asked: bool = False,
        command: str = "",
    ) -> None:
        """Show `full` figures, or what fits on a screen.

        Args:
            report: what was found.
            full: whether to show all figures.
            samples: how many that moved a difference the most, either way, if somebody `asked`; None for all.
            asked: else it is all of them with `full`, and a few of a single comparison.
            command: the line that computes the same once more; empty where there is none.
        """
        super().__init__(report)
        several = len(report.results) > 1 or any(len(one.comparisons) > 1 for one in report.results)
        self._full, self._alone, self._command = full, not several, command
        self._most = samples if asked else None if full else 0 if several else MOVED

    columns: Mapping[str, str] = (
        named("loss", "group", "candidate", "baseline", "n", "dropped", "ignored")
        | named("candidate_cost", "baseline_cost", "difference")
        | {"ci_low": "ci/0", "ci_high": "ci/1", "relative": "relative"}
        | {"relative_ci_low": "relative_ci/0", "relative_ci_high": "relative_ci/1"}
        | named("better", "worse", "equal", "win_rate", "dz", within="effect")
        | named("p", "p_adjusted", "verdict", "approximation")
        | named("std", "standard_error", "t", "df", "skewness", "correlation", "n_effective", "clusters")
        | {"equivalence": "equivalence/verdict", "margin": "equivalence/margin"}
        | {"check": "check/method", "p_check": "check/p"}
        | named("level", "interval", "adjust", "alignment", "signature", "losscli")
    )

    def page(self) -> Iterator[Element]:
        """Yield which model is better, the costs, the differences, and which groups and samples make them."""
        report = self.report
        yield read(report)
        yield from verdicts(report)
        yield from judged(report)
        yield from self._tables(titled=self._full)
        if self._full:
            section = gates_section(report)
            if section is not None:
                yield section
            yield signed(report.version, report.signature)
            return
        more = "More: --full, --top N, --format json."
        yield Words(more, "note", 0, apart=True, tail=("Signature ", Data(report.signature)))

    def summary(self) -> Iterator[Element]:
        """Yield the same for a pull request: the verdicts first, and all there is to know."""
        yield from verdicts(self.report)
        yield read(self.report)
        section = gates_section(self.report)
        if section is not None:
            yield section
        yield from ComparisonView(self.report, full=True)._tables(titled=True)
        yield signed(self.report.version, self.report.signature)

    def sheet(self) -> Iterator[Element]:
        """Yield the page for a browser."""
        from losscli.outputs.views.sheets.comparison import sheet

        return sheet(self.report, self._command)

    def heading(self) -> Text:
        """Return which model others were compared with."""
        candidates = [one.name for one in self.report.models[1:]]
        who = Data(candidates[0]) if len(candidates) == 1 else f"{len(candidates)} models"
        return ("Comparison of ", who, " with ", Data(self.report.models[0].name))

    def _tables(self, *, titled: bool) -> Iterator[Element]:
        report, full = self.report, self._full
        for result in report.results:
            told, subject = counted(result), result.loss
            yield _table(costs(report, result), "Costs", subject, titled=titled, told=told)
            yield _table(differences(report, result, full=full), "Differences", subject, titled=titled)
            yield from (Words(note, "note") for note in notes(report, result, full=full))
        for result in report.results:
            for number, one in enumerate(result.comparisons):
                about = result.loss if _alone(result) else f"{result.loss}, {one.candidate} − {one.baseline}"
                if result.groups:
                    yield groups(report, result, number, about, full=full)
                plain = not titled and self._alone
                columns = moved(one, self._most, plain=plain)
                if columns:
                    title = "Samples that moved the difference most"
                    yield Ledger(columns) if plain else Section(title, columns, subject=about)

    def pictures(self) -> Iterator[Figure]:
        """Yield the differences of each loss with their intervals."""
        from losscli.outputs.views.charts.comparison import differences as drawn

        for result in self.report.results:
            figure = drawn(self.report, result, Section("", differences(self.report, result, full=False)))
            if figure is not None:
                yield figure

    def brief(self) -> str:
        """Return the verdicts."""
        told = (
            f"{result.loss}: {one.candidate} {one.verdict}"
            for result in self.report.results
            for one in result.comparisons
        )
        return ", ".join(few(told))

    def quiet(self) -> Iterator[str]:
        """Yield the verdict of each comparison, a line each."""
        return (one.verdict for result in self.report.results for one in result.comparisons)


def _table(columns: tuple[Column, ...], title: str, loss: str, *, titled: bool, told: str = "") -> Element:
    """Return a table, with a title or with the loss above its first column; `told` stands beside or below."""
    strong = (0, 1)
    if titled:
        return Section(title, columns, loss, (("", f"{told}."),) if told else (), strong)
    first = columns[0] if columns[0].title else columns[0]._replace(title=loss, title_kind=Kind.DATA)
    behind = (told, *("" for _ in columns[0].cells[1:])) if told else ()
    return Ledger((first, *columns[1:]), behind, strong=strong)


def _alone(result: LossComparison) -> bool:
    return len(result.comparisons) == 1
