"""What doctor found, as it is shown."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from types import ModuleType
from typing import ClassVar

from losscli.analyses.doctor import document
from losscli.analyses.doctor.check import LEVELS, Finding
from losscli.analyses.doctor.checks import train_overlap
from losscli.analyses.doctor.report import Examination
from losscli.common.text import exact_number
from losscli.outputs.drawing.elements import Command, Data, Element, Figure, Strong, Text, Words
from losscli.outputs.view import INPUTS, View, named
from losscli.outputs.views.results import inputs, paired, readable, signed

MOST = 3
"""Findings that are shown in full where there is little room."""


class ExaminationView(View):
    """What doctor found."""

    of = Examination
    documented: ClassVar[ModuleType] = document
    report: Examination
    columns = (
        named("check", "level", "statistic", "threshold", "rows", "loss", "cost", "cost_repaired")
        | named("message", "remedy", "n")
        | INPUTS
    )

    def __init__(self, report: Examination, *, full: bool = False, command: str = "") -> None:
        """Show the findings; in full also what was looked at. `command` is the line that repeats it."""
        super().__init__(report)
        self._full, self._command = full, command

    def page(self) -> Iterator[Element]:
        """Yield the verdict and the findings; in full also what was looked at."""
        return self._page(full=self._full)

    def summary(self) -> Iterator[Element]:
        """Yield all."""
        return self._page(full=True)

    def sheet(self) -> Iterator[Element]:
        """Yield the page for a browser."""
        from losscli.outputs.views.sheets.examination import sheet

        return sheet(self.report, _verdict(self.report), self._command)

    def heading(self) -> Text:
        """Return what was examined."""
        return ("Examination of ", Data(self.report.predictions.path))

    def _page(self, *, full: bool) -> Iterator[Element]:
        report = self.report
        cost = () if report.cost is None else (f", {exact_number(report.cost)}",)
        yield inputs(report)
        yield Words(
            (f"{report.n} sample{'' if report.n == 1 else 's'}, ", Data(report.loss), *cost, *paired(report)),
            "note",
            0,
        )
        shown = report.findings if full else report.findings[:MOST]
        yield Words(_verdict(report), "strong", 0, apart=True)
        for one in shown:
            yield from _told(one)
        if len(shown) < len(report.findings):
            yield Words(f"{len(report.findings) - len(shown)} more: --full", "note", 0, apart=True)
        yield from _looked_at(report) if full else _in_vain(report)
        yield signed(report.version, report.signature)

    def pictures(self) -> Iterator[Figure]:
        """Yield the cost as it stands and when mended, of each repair that was tried."""
        from losscli.outputs.views.charts.repairs import repairs

        found = self.report.findings
        for loss in dict.fromkeys(one.loss for one in found):
            figure = repairs([one for one in found if one.loss == loss])
            if figure is not None:
                yield figure

    def brief(self) -> str:
        """Return how many findings there are, and the first."""
        first = f": {self.report.findings[0].check}" if self.report.findings else ""
        return f"{_count(self.report.findings)}{first}"

    def quiet(self) -> Iterator[str]:
        """Yield the name of the check and the level of each finding."""
        return (f"{one.check} {one.level}" for one in self.report.findings)


def _count(findings: tuple[Finding, ...]) -> str:
    if not findings:
        return "nothing found"
    counts = {level: sum(one.level == level for one in findings) for level in LEVELS}
    return ", ".join(
        f"{count} {level}{'s' if count > 1 and level in ('hint', 'note') else ''}"
        for level, count in counts.items()
        if count
    )


def _verdict(report: Examination) -> str:
    if not report.findings:
        return (
            f"Nothing found: {len(report.checked)} checks looked, {len(report.not_applicable)} do not apply."
        )
    return f"Found: {_count(report.findings)}."


def _told(one: Finding) -> Iterator[Element]:
    text: Text = (Strong(f"{one.level}, {one.check}"), ": ", Data(one.message))
    yield Words(text, "bad" if one.is_alarm else "", 0, apart=True)
    if one.cost_repaired is not None and one.cost is not None:
        yield Words(
            (Data(one.loss), f": {readable(one.cost)} as it stands, {readable(one.cost_repaired)} mended."),
            "",
            2,
        )
    elif one.cost_repaired is not None:
        yield Words((Data(one.loss), f": refused as it stands, {readable(one.cost_repaired)} mended."), "", 2)
    if one.remedy:
        yield Words(Data(one.remedy), "", 2)
    if one.command is not None:
        yield Words(Command(shlex.join(one.command)), "", 2)


def _in_vain(report: Examination) -> Iterator[Element]:
    """Yield why the training data that were given are of no use."""
    # Of inputs that are refused nothing else was looked for.
    for name, reason in () if report.cost is None else report.not_applicable:
        if name == train_overlap.CHECK.name and reason != train_overlap.NOT_GIVEN:
            yield Words(f"Not looked for, {name}: {reason}.", "note", 0, apart=True)


def _looked_at(report: Examination) -> Iterator[Element]:
    yield Words(f"Checked: {', '.join(report.checked) or 'nothing'}.", "note", 0, apart=True)
    reasons: dict[str, list[str]] = {}
    for name, reason in report.not_applicable:
        reasons.setdefault(reason, []).append(name)
    for reason, names in reasons.items():
        yield Words(f"Not applicable ({reason}): {', '.join(names)}.", "note", 0)
