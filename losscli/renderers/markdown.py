"""Markdown: the tables for a pull request, a job summary or a page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from losscli.renderers import Format
from losscli.renderers._elements import Section
from losscli.renderers._markdown import code, section_lines
from losscli.renderers._page import costs, distribution, gates, samples_and_groups, subtitle, verdict
from losscli.report import Report


def render(report: Report) -> str:
    """Return the page: costs, distribution, groups and worst samples, gates."""
    lines = chain(_opening(report), *map(section_lines, _sections(report)), _closing(report))
    return "\n".join(lines) + "\n"


def _opening(report: Report) -> Iterator[str]:
    predictions, labels = code(report.predictions.path), code(report.labels.path)
    against = "" if report.predictions.path == report.labels.path else f" against {labels}"
    if report.gates:
        word, _, rest = verdict(report).partition(":")
        yield from (f"**{word}**:{rest}", "")
    yield from (f"Predictions {predictions}{against}: {subtitle(report)}.", "")


def _sections(report: Report) -> Iterator[Section]:
    yield costs(report)
    gated = gates(report)
    if gated is not None:
        yield gated
    yield distribution(report)
    yield from samples_and_groups(report)


def _closing(report: Report) -> Iterator[str]:
    yield f"losscli {report.version}, signature {code(report.signature, cell=False)}"


FORMAT = Format("markdown", "tables for a pull request or a page", render)
