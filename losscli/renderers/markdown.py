"""Markdown: tables for a pull request, a job summary or a page.

Text from outside stands in code: between backticks where it is tame, else in `<code>` with every
character that Markdown or HTML knows as an entity. In code, GitHub also leaves mentions, issue
numbers and `:names:` of emoji alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from losscli.renderers import Format
from losscli.renderers._page import (
    Column,
    Kind,
    Section,
    costs,
    distribution,
    gates,
    samples_and_groups,
    subtitle,
    verdict,
)
from losscli.report import Report
from losscli.text import visible

# Letters and figures of every script, what specs, paths and ids are made of, and comparisons: a `<`
# before a blank or an equals sign opens no tag.
_TAME = re.compile(r"(?! )(?:[\w.:=+/,;()@% -]|[<>](?=[= ]))+(?<! )")
_MARKUP = re.compile(r"[^\w\s.,/=+()%-]|_")


def code(text: str, *, cell: bool = True) -> str:
    """Return `text` from outside as code that nothing in it can end, nor the cell of a table."""
    shown = visible(text)
    if not shown:
        return ""
    if _TAME.fullmatch(shown.replace("|", ";") if not cell else shown):
        return f"`{shown}`"
    return f"<code>{_MARKUP.sub(lambda found: f'&#{ord(found.group())};', shown)}</code>"


def render(report: Report) -> str:
    """Return the page: costs, distribution, groups and worst samples, gates."""
    lines = chain(_opening(report), *map(_section, _sections(report)), _closing(report))
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


def _section(section: Section) -> Iterator[str]:
    yield f"### {section.title}{f': {code(section.subject)}' if section.subject else ''}"
    yield ""
    columns = section.columns
    yield _row([code(c.title) if c.title_kind is Kind.DATA else c.title for c in columns])
    yield _row(["---:" if column.kind is Kind.NUMBER else "---" for column in columns])
    yield from map(_row, zip(*map(_cells, columns), strict=True))
    yield ""
    for subject, note in section.notes:
        yield from (f"{code(subject)}: {visible(note)}" if subject else visible(note), "")


def _cells(column: Column) -> Sequence[str]:
    return [code(cell) for cell in column.cells] if column.kind is Kind.DATA else column.cells


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _closing(report: Report) -> Iterator[str]:
    yield f"losscli {report.version}, signature {code(report.signature, cell=False)}"


FORMAT = Format("markdown", "tables for a pull request or a page", render)
