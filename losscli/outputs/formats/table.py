"""Tables for a terminal: the costs, how the losses are spread, and which samples cause them."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from losscli.analyses.report import Report
from losscli.outputs.drawing import screen
from losscli.outputs.drawing.elements import Element, Inputs, Picture, Words
from losscli.outputs.formats import Format
from losscli.outputs.views.evaluation import (
    bars,
    costs,
    distribution,
    gates,
    samples_and_groups,
    subtitle,
    verdict,
)


def page(report: Report) -> Iterator[Element]:
    """Yield what the tables of a report are, from top to bottom."""
    yield Inputs.of(report.predictions, report.labels)
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
    yield Words(f"losscli {report.version}, signature ", "note", 0, report.signature, apart=True)


def draw(report: Report, console: Console, *, ascii_only: bool = False, width: int | None = None) -> None:
    """Draw the report: see `losscli.outputs.drawing.screen.draw`."""
    screen.draw(page(report), console, ascii_only=ascii_only, width=width)


def render(report: Report) -> str:
    """Return the tables as text without colours, as wide as they need to be."""
    return screen.as_text(page(report))


FORMAT = Format("table", "tables for a person", render)
