"""The page of doctor for a browser: the verdict, what was found, what mends it, what was looked at."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from losscli.analyses.doctor.check import Finding
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
from losscli.outputs.views.results import paired, signed, told_inputs
from losscli.outputs.views.sheets.parts import part

MOST = 6
"""Findings that have a card; the others are below."""


def sheet(report: Examination, verdict: str) -> Iterator[Element]:
    """Yield what stands on the page; `verdict` says in a sentence what was found."""
    yield Words((*told_inputs(report), "."), "note")
    role = "fail" if report.alarms else "undecided" if report.findings else "pass"
    yield Words(verdict, role)
    cards = [_card(one) for one in report.findings[:MOST]]
    if report.cost is not None:
        cards.append(Card((Data(report.loss), " cost as it stands"), exact_number(report.cost)))
    cards.append(Card("samples", str(report.n), tuple(_counted(report))))
    yield Cards(tuple(cards))
    yield from part("Findings", _findings(report))
    yield from part("What was looked at", _looked_at(report))
    yield signed(report.version, report.signature)


def _card(one: Finding) -> Card:
    title = (f"{one.level}: {one.check}",)
    told = rows_of(one.rows) if one.rows else ""
    if one.cost_repaired is None:
        return Card(
            title, readable_number(one.statistic, 4), f"threshold {readable_number(one.threshold, 4)}"
        )
    before = "refused" if one.cost is None else readable_number(one.cost, 4)
    return Card(title, f"{before} → {readable_number(one.cost_repaired, 4)}", (Data(one.loss), f"; {told}"))


def _counted(report: Examination) -> Iterator[str]:
    for place, word in enumerate(paired(report)):
        yield word if place else word.removeprefix(", ")


def _findings(report: Examination) -> Iterator[Element | None]:
    losses = dict.fromkeys(one.loss for one in report.findings)
    yield from (repairs([one for one in report.findings if one.loss == loss]) for loss in losses)
    for one in report.findings:
        yield Words(f"{one.check}: {one.level}", "heading")
        yield Words(visible(one.message))
        if one.remedy:
            yield Words(visible(one.remedy))
        if one.command is not None:
            yield Words(Command(shlex.join(one.command)))


def _looked_at(report: Examination) -> Iterator[Element | None]:
    yield Words(f"These checks looked: {', '.join(report.checked) or 'none'}.")
    names: dict[str, list[str]] = {}
    for name, reason in report.not_applicable:
        names.setdefault(reason, []).append(name)
    if names:
        cells = [", ".join(those) for those in names.values()]
        yield Section("", (Column("does not apply", Kind.WORD, cells), Column("why", Kind.WORD, [*names])))
