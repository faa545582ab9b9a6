"""Draws a page in Markdown: tables for a pull request, a job summary or a page.

Text from outside stands in code: between backticks where it is tame, else in `<code>` with every
character that Markdown or HTML knows as an entity. In code, GitHub also leaves mentions, issue
numbers and `:names:` of emoji alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from losscli.common.text import visible
from losscli.outputs.drawing.elements import (
    Art,
    Column,
    Data,
    Element,
    Entries,
    Inputs,
    Items,
    Kind,
    Picture,
    Pieces,
    Section,
    Strong,
    Text,
    Words,
    parts_of,
    rows_of,
)

# Letters and figures of every script, what specs, paths and ids are made of, and comparisons: a `<`
# before a blank or an equals sign opens no tag.
_TAME = re.compile(r"(?! )(?:[\w.:=+/,;()@% -]|[<>](?=[= ]))+(?<! )")
_MARKUP = re.compile(r"[^\w\s.,/=+()%-]|_")
_LEVELS = {"part": "## ", "heading": "### "}


def code(text: str, *, cell: bool = True) -> str:
    """Return `text` from outside as code that nothing in it can end, nor the cell of a table."""
    shown = visible(text)
    if not shown:
        return ""
    if _TAME.fullmatch(shown.replace("|", ";") if not cell else shown):
        return f"`{shown}`"
    return f"<code>{_MARKUP.sub(lambda found: f'&#{ord(found.group())};', shown)}</code>"


def lines(elements: Iterable[Element]) -> Iterator[str]:
    """Yield a page, a blank line behind each of its elements."""
    for element in elements:
        match element:
            case Section():
                yield from section_lines(element)
            case Words():
                level = _LEVELS.get(element.role, "")
                yield from (level + _sentence(element.whole, cell=bool(level)), "")
            case Items():
                yield from _items(element)
            case Entries():
                yield from _entries(element)
            case Inputs():
                yield from (f"Read: {'; '.join(_inputs(element))}.", "")
            case Picture():
                yield from section_lines(_counted(element))
            case Art():
                yield from ("```text", *([visible(element.title)] if element.title else []))
                yield from (*map(_line, element.draw(None, False)), "```", "")


def _line(line: str | Pieces) -> str:
    return line if isinstance(line, str) else "".join(text for text, _ in line).rstrip()


def _inputs(inputs: Inputs) -> Iterator[str]:
    for name, source, columns in inputs.named:
        told = _sentence(columns)
        yield f"{_sentence((name,))} {code(source.path)}, {rows_of(source.rows)}{', ' if told else ''}{told}"


def _sentence(text: Text, *, cell: bool = False) -> str:
    return "".join(
        code(part, cell=cell)
        if isinstance(part, Data)
        else f"**{part}**"
        if isinstance(part, Strong)
        else part
        for part in parts_of(text)
    )


def _items(items: Items) -> Iterator[str]:
    for item in items.items:
        yield f"- {_sentence(item.text)}"
        yield from (f"  - {_sentence(below)}" for below in item.below)
    if items.items:
        yield ""


def _entries(entries: Entries) -> Iterator[str]:
    """Yield names and what is told of them as a table; formulas hold no markup."""
    yield from (_row(["", ""]), _row(["---", "---"]))
    for entry in entries.entries:
        told = "; ".join(visible(text) for text, _ in entry.told)
        yield _row([code(entry.name), re.sub(r"[][\\`*_<>|~$&#!@]", r"\\\g<0>", told)])
    yield ""


def _counted(picture: Picture) -> Section:
    """Return a histogram as a table: Markdown draws no bars."""
    columns = (
        Column("from", Kind.NUMBER, [bar.low for bar in picture.bars]),
        Column("to", Kind.NUMBER, [bar.high for bar in picture.bars]),
        Column("samples", Kind.NUMBER, [str(bar.count) for bar in picture.bars]),
    )
    return Section("Histogram", columns, subject=picture.title)


def section_lines(section: Section) -> Iterator[str]:
    """Yield a titled table, its notes, and a blank line behind each."""
    yield f"### {section.title}{f': {code(section.subject)}' if section.subject else ''}"
    yield ""
    columns = section.columns
    yield _row([code(c.title) if c.title_kind is Kind.DATA else c.title for c in columns])
    yield _row(["---:" if column.kind in (Kind.NUMBER, Kind.FIGURE) else "---" for column in columns])
    yield from map(_row, zip(*map(_cells, columns), strict=True))
    yield ""
    for subject, note in section.notes:
        yield from (f"{code(subject)}: {visible(note)}" if subject else visible(note), "")


def _cells(column: Column) -> Sequence[str]:
    return [code(cell) for cell in column.cells] if column.kind is Kind.DATA else column.cells


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
