"""The page of doctor for a browser: the verdict, what was found, what mends it, what was looked at."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from losscli.analyses.doctor.check import LEVELS, Finding
from losscli.analyses.doctor.report import Examination
from losscli.common.text import exact_number, readable_number, visible
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
    rows_of,
)
from losscli.outputs.views.charts.repairs import repairs
from losscli.outputs.views.results import inputs, paired, told_inputs
from losscli.outputs.views.sheets.parts import cited, noted, part, repeated

MOST = 6
"""Findings that have a card; the others are below."""


def sheet(report: Examination, verdict: str, command: str = "") -> Iterator[Element]:
    """Yield what stands on the page.

    Args:
        report: what was found.
        verdict: says in a sentence that nothing was, where that is so.
        command: the line that repeats it.
    """
    yield Words((*told_inputs(report), "."), "note")
    role = "fail" if report.alarms else "undecided" if report.findings else "pass"
    yield Words("; ".join(_named(report.findings)) or verdict, role)
    cards = [_card(one) for one in report.findings[:MOST]]
    if report.cost is not None:
        cards.append(Card((Data(report.loss), " cost as it stands"), exact_number(report.cost)))
    cards.append(Card("samples", str(report.n), tuple(_counted(report))))
    yield Cards(tuple(cards))
    yield from part("Findings", findings(report.findings))
    yield from part("What was looked at", _looked_at(report))
    yield from part("How this was computed", _computed(report, command))


def _named(found: Sequence[Finding]) -> Iterator[str]:
    """Yield for each level how many findings it has, and which: `1 likely finding: softmax_twice`."""
    for level in LEVELS:
        those = [one.check for one in found if one.level == level]
        if those:
            what = level if level in ("hint", "note") else f"{level} finding"
            yield f"{len(those)} {what}{'s' if len(those) > 1 else ''}: {', '.join(those)}"


def _card(one: Finding) -> Card:
    title = (f"{one.level}: {one.check}",)
    told = rows_of(one.rows) if one.rows else ""
    if one.cost_repaired is None or one.cost_repaired == one.cost:
        return Card(
            title, readable_number(one.statistic, 4), f"threshold {readable_number(one.threshold, 4)}"
        )
    before = "refused" if one.cost is None else readable_number(one.cost, 4)
    return Card(title, f"{before} → {readable_number(one.cost_repaired, 4)}", (Data(one.loss), f"; {told}"))


def _counted(report: Examination) -> Iterator[str]:
    for place, word in enumerate(paired(report)):
        yield word if place else word.removeprefix(", ")


def findings(found: Sequence[Finding]) -> Iterator[Element | None]:
    """Yield what findings cost, and then each: what was found, what to do, and the command that does it."""
    losses = dict.fromkeys(one.loss for one in found)
    yield from (repairs([one for one in found if one.loss == loss]) for loss in losses)
    for one in found:
        yield Words(f"{one.check}: {one.level}", "heading")
        yield Words(visible(_sentence(one.message)))
        if one.remedy:
            yield Words(visible(_sentence(one.remedy)))
        if one.command is not None:
            yield Words(Command(shlex.join(one.command)))


def _sentence(text: str) -> str:
    """Return what stands behind a colon elsewhere as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:]}"


def _looked_at(report: Examination) -> Iterator[Element | None]:
    yield Words(f"These checks looked: {', '.join(report.checked) or 'none'}.")
    names: dict[str, list[str]] = {}
    for name, reason in report.not_applicable:
        names.setdefault(reason, []).append(name)
    if names:
        cells = [", ".join(those) for those in names.values()]
        yield Section("", (Column("does not apply", Kind.WORD, cells), Column("why", Kind.WORD, [*names])))


def _computed(report: Examination, command: str) -> Iterator[Element]:
    yield inputs(report)
    yield Words((f"{report.n} sample{'' if report.n == 1 else 's'}", *paired(report)), "note")
    yield from noted(report.notes)
    yield from repeated(command)
    yield from cited(report)
