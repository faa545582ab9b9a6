"""What may be the number that somebody else reported, as it is shown."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from types import ModuleType
from typing import ClassVar

from losscli.analyses.reconcile import document
from losscli.analyses.reconcile.report import Match, Reconciliation
from losscli.common.text import exact_number, listed, readable_number
from losscli.outputs.drawing.elements import Command, Data, Element, Strong, Text, Words
from losscli.outputs.view import INPUTS, View, named
from losscli.outputs.views.results import inputs, paired, signed

MOST = 4
"""Matches that are shown where there is little room."""


class ReconciliationView(View):
    """What was found."""

    of = Reconciliation
    documented: ClassVar[ModuleType] = document
    report: Reconciliation
    columns = (
        named("library", "libraries", "calls", "deviations", "lie", "value", "command")
        | named("observed", "loss", "n", "cost", "outcome", "tried", "accidental")
        | INPUTS
    )

    def __init__(self, report: Reconciliation, *, full: bool = False, command: str = "") -> None:
        """Show the first matches, or all; `command` is the line that repeats it."""
        super().__init__(report)
        self._full, self._command = full, command

    def page(self) -> Iterator[Element]:
        """Yield the verdict and what gives the number."""
        return self._page(MOST if not self._full else None)

    def summary(self) -> Iterator[Element]:
        """Yield all."""
        return self._page(None)

    def sheet(self) -> Iterator[Element]:
        """Yield the page for a browser."""
        from losscli.outputs.views.sheets.reconciliation import sheet

        told = _verdict(self.report)
        if self.report.outcome == "found":
            told = f"{told} {_named(self.report.matches[0])}."
        return sheet(self.report, f"{told[:-1]}." if told.endswith(":") else told, self._command)

    def heading(self) -> Text:
        """Return which number it is about."""
        return f"Where {self.report.observed} comes from"

    def _page(self, most: int | None) -> Iterator[Element]:
        report = self.report
        yield inputs(report, behind=paired(report))
        yield Words(
            (Data(report.loss), f" is {exact_number(report.cost)} here; reported was {report.observed}."),
            "",
            0,
            apart=True,
        )
        yield Words(_verdict(report), "strong", 0)
        for one in report.matches[:most]:
            yield from _told(one)
        left = len(report.matches) - len(report.matches[:most])
        if left:
            yield Words(f"{left} more: --full", "note", 0, apart=True)
        yield Words(
            f"{report.tried} conventions were tried, which give {report.different} numbers; "
            f"{readable_number(report.accidental, 2)} of these are expected to match {report.digits} digits "
            "by accident.",
            "note",
            0,
            apart=True,
        )
        yield signed(report.version, report.signature)

    def brief(self) -> str:
        """Return the number, and what gives it."""
        first = f": {_named(self.report.matches[0])}" if self.report.matches else ""
        return f"{self.report.observed} {self.report.outcome}{first}"

    def quiet(self) -> Iterator[str]:
        """Yield what gives the number, a line each."""
        return (_named(one) for one in self.report.matches)


def _named(one: Match) -> str:
    name = "+".join((one.library, *one.deviations))
    return f"{name}, {one.lie}" if one.lie else name


def _verdict(report: Reconciliation) -> str:
    if report.outcome == "none":
        return "Nothing that was tried gives it."
    if report.outcome == "found":
        return "Found:"
    if report.accidental >= 0.05:
        return "More digits are needed: with so few, several numbers are likely to match by accident."
    return "These give it, and none is nearer to common use than the others:"


def _told(one: Match) -> Iterator[Element]:
    who = listed(one.libraries) if len(one.libraries) > 1 else one.library
    text: Text = (Strong(who), f": {exact_number(one.value)}")
    if one.deviations:
        text = (*text, f", with {', '.join(one.deviations)}")
    if one.lie:
        text = (*text, f"; {one.lie}")
    yield Words(text, "", 0, apart=True)
    if one.calls:
        yield Words(Data(", ".join(one.calls)), "note", 2)
    if one.command is not None:
        yield Words(Command(shlex.join(one.command)), "", 2)
