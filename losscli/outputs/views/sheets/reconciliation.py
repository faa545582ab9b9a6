"""The page of reconcile for a browser: the number reported, the number here, and what lies between."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from losscli.analyses.reconcile.report import Match, Reconciliation
from losscli.common.text import exact_number, listed, readable_number
from losscli.outputs.drawing.elements import (
    Card,
    Cards,
    Column,
    Command,
    Data,
    Element,
    Kind,
    Section,
    Words,
)
from losscli.outputs.views.results import inputs, paired, told_inputs
from losscli.outputs.views.sheets.parts import cited, noted, part, repeated

ROLES = {"found": "pass", "none": "fail"}
MOST = 20
"""Matches that are told one by one; the table has more."""
MOST_ROWS = 200


def sheet(report: Reconciliation, verdict: str, command: str = "") -> Iterator[Element]:
    """Yield what stands on the page.

    Args:
        report: what was found.
        verdict: says that in a sentence.
        command: the line that repeats it.
    """
    yield Words((*told_inputs(report), *paired(report), "."), "note")
    yield Words(verdict, ROLES.get(report.outcome, "undecided"))
    tried = (
        f"which give {report.different} numbers; {readable_number(report.accidental, 2)} of these are "
        f"expected to match {report.digits} digits by accident"
    )
    yield Cards(
        (
            Card("reported", report.observed, f"{report.digits} digits"),
            Card((Data(report.loss), " cost here"), exact_number(report.cost), f"{report.n} samples"),
            Card("conventions tried", str(report.tried), tried),
        )
    )
    yield from part("What gives the number", _matches(report))
    yield from part("How this was computed", _computed(report, command))


def _computed(report: Reconciliation, command: str) -> Iterator[Element]:
    yield inputs(report)
    yield Words((f"{report.n} sample{'' if report.n == 1 else 's'}", *paired(report)), "note")
    yield from noted(report.notes)
    yield from repeated(command)
    yield from cited(report)


def _matches(report: Reconciliation) -> Iterator[Element]:
    for one in report.matches[:MOST]:
        yield Words(listed(one.libraries) if len(one.libraries) > 1 else one.library, "heading")
        yield Words(". ".join(_told(one)) + ".")
        if one.calls:
            calls = (word for call in one.calls for word in (", ", Data(call)))
            yield Words((*calls,)[1:], "note")
        if one.command is not None:
            yield Words(Command(shlex.join(one.command)))
    rest = report.matches[MOST:MOST_ROWS]
    if rest:
        columns = (
            Column("library", Kind.WORD, [one.library for one in rest]),
            Column("number", Kind.NUMBER, [exact_number(one.value) for one in rest]),
            Column("with", Kind.WORD, [", ".join(filter(None, (*one.deviations, one.lie))) for one in rest]),
        )
        yield Section("More that give it", columns)


def _told(one: Match) -> Iterator[str]:
    yield f"It gives {exact_number(one.value)}"
    if one.deviations:
        yield f"It differs from its convention: {', '.join(one.deviations)}"
    if one.lie:
        yield f"{one.lie[:1].upper()}{one.lie[1:]}"
