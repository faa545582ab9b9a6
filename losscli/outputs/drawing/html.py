"""Draws a page in HTML, for a notebook: a fragment that has no colours but the reader's own.

It inherits the colour of text and has no background, so that it reads on light and on dark; what colours
there are stand out from both. There is no script and no style sheet, which viewers of notebooks take away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from losscli.common.text import visible
from losscli.outputs.drawing.elements import (
    Column,
    Data,
    Element,
    Figure,
    Inputs,
    Item,
    Items,
    Kind,
    Ledger,
    Section,
    Strong,
    Text,
    Words,
    parts_of,
    rows_of,
)
from losscli.outputs.drawing.grid import decimally_aligned
from losscli.outputs.drawing.screen import drawn
from losscli.outputs.drawing.svg.write import svg

COLORS = {
    "pass": "#1f883d",
    "undecided": "#9a6700",
    **dict.fromkeys(("fail", "error"), "#d1242f"),
}
"""Of words, and no figures: each can be told from white and from black."""
_LONGEST = 200
_NOTE = "opacity:.7"
_PRE = "background:none;color:inherit;border:0;padding:0;line-height:1.2"
_STYLE = "border-collapse:separate;border-spacing:.5em 0;margin:.3em 0;font-variant-numeric:tabular-nums"
_LEFT, _RIGHT = "text-align:left", "text-align:right;white-space:pre"
_HEADINGS = {"part": "h3", "heading": "h4"}


def lines(elements: Iterable[Element], key: str = "l") -> Iterator[str]:
    """Yield each element as HTML that is whole by itself; ids begin with `key`."""
    for place, element in enumerate(elements):
        match element:
            case Figure():
                yield _figure(element, f"{key}-{place}")
            case Section():
                yield _section(element)
            case Ledger():
                yield _ledger(element)
            case Words():
                yield _words(element)
            case Items():
                yield f"<ul>{''.join(map(_item, element.items))}</ul>"
            case Inputs():
                read = "; ".join(
                    f"{_sentence((name,))} {_code(source.path)}, {rows_of(source.rows)}{_behind(told)}"
                    for name, source, told in element.named
                )
                yield f'<p style="{_NOTE}">Read: {read}.</p>'
            case _:
                # A picture, or a list beside names: lines of characters, as on a screen.
                yield f'<pre style="{_PRE}">{escape(drawn([element]).strip(chr(10)))}</pre>'


def _figure(figure: Figure, key: str) -> str:
    finding, subject = figure.finding, f": {_code(figure.subject)}" if figure.subject else ""
    title = f"<p><strong>{escape(figure.title)}{subject}</strong></p><p>{_sentence(finding)}</p>"
    return f"<div>{title}{svg(figure.chart, figure.title, ''.join(parts_of(finding)), key, sized=True)}</div>"


def _behind(told: Text) -> str:
    text = _sentence(told)
    return f", {text}" if text else ""


def _words(words: Words) -> str:
    text = _sentence(words.whole)
    if words.role in _HEADINGS:
        return f'<{_HEADINGS[words.role]} style="margin:.6em 0 .2em">{text}</{_HEADINGS[words.role]}>'
    style = _NOTE if words.role == "note" else _color(words.role)
    return f'<p style="{style}">{text}</p>' if style else f"<p>{text}</p>"


def _color(role: str) -> str:
    return f"color:{COLORS[role]};font-weight:bold" if role in COLORS else ""


def _item(item: Item) -> str:
    below = "".join(f"<li>{_sentence(text)}</li>" for text in item.below)
    return f"<li>{_sentence(item.text)}{f'<ul>{below}</ul>' if below else ''}</li>"


def _sentence(text: Text) -> str:
    return "".join(
        _code(part)
        if isinstance(part, Data)
        else f"<strong{_styled(_color(part))}>{escape(visible(part))}</strong>"
        if isinstance(part, Strong)
        else escape(visible(part))
        for part in parts_of(text)
    )


def _code(text: str) -> str:
    shown = visible(text[: _LONGEST + 1])
    cut = len(text) > _LONGEST or len(shown) > 4 * _LONGEST
    return f"<code>{escape(shown[:_LONGEST] + '…' if cut else shown)}</code>"


def _section(section: Section) -> str:
    subject = f": {_code(section.subject)}" if section.subject else ""
    caption = (
        f'<caption style="{_LEFT};font-weight:bold;color:inherit">{escape(section.title)}{subject}</caption>'
    )
    columns = [
        (_title(column), _cells(column, strong=at in section.strong))
        for at, column in enumerate(section.columns)
    ]
    headed = any(column.title for column in section.columns)
    return _table(caption, columns, headed=headed) + _notes(section.notes)


def _ledger(ledger: Ledger) -> str:
    columns = [
        (_title(column), _cells(column, strong=at in ledger.strong))
        for at, column in enumerate(ledger.columns)
    ]
    if any(ledger.behind):
        behind = [f'<td style="{_LEFT}">{_sentence(text)}</td>' for text in ledger.behind]
        columns.append((f'<th scope="col" style="{_LEFT}">{escape(ledger.title)}</th>', behind))
    headed = bool(ledger.title) or any(column.title for column in ledger.columns)
    return _table("", columns, headed=headed) + _notes(ledger.notes)


def _table(caption: str, columns: Sequence[tuple[str, Sequence[str]]], *, headed: bool) -> str:
    """Return a table of columns, each with its title and cells as they stand in HTML."""
    rows = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*(cells for _, cells in columns), strict=True))
    head = f"<thead><tr>{''.join(title for title, _ in columns)}</tr></thead>" if headed else ""
    return f'<table style="{_STYLE}">{caption}{head}<tbody>{rows}</tbody></table>'


def _notes(notes: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<p style="{_NOTE}">{f"{_code(about)}: " if about else ""}{escape(visible(note))}</p>'
        for about, note in notes
    )


def _title(column: Column) -> str:
    text = _code(column.title) if column.title_kind is Kind.DATA else escape(column.title)
    # A title without words would be read aloud as one.
    return f'<th scope="col"{_styled(_side(column))}>{text}</th>' if column.title else "<td></td>"


def _side(column: Column) -> str:
    return _RIGHT if column.kind in (Kind.NUMBER, Kind.FIGURE) else _LEFT


def _styled(style: str) -> str:
    return f' style="{style}"' if style else ""


def _cells(column: Column, *, strong: bool) -> Sequence[str]:
    """Return the cells of a column; numbers with their decimal points below each other."""
    match column.kind:
        case Kind.NUMBER:
            # A figure space is as wide as a digit; what stands for a point or an exponent may be narrower.
            aligned = decimally_aligned(column.cells)
            texts = [escape(cell).replace(" ", "\u2007") for cell in aligned]
        case Kind.FIGURE:
            texts = [escape(cell) for cell in column.cells]
        case Kind.DATA:
            texts = [_code(cell) for cell in column.cells]
        case Kind.WORD:
            texts = [escape(visible(cell)) for cell in column.cells]
    if strong:
        texts = [f"<strong>{text}</strong>" for text in texts]
    words = column.cells if column.kind is Kind.WORD else [""] * len(texts)
    styles = [";".join(filter(None, (_side(column), _color(word)))) for word in words]
    return [f"<td{_styled(style)}>{text}</td>" for style, text in zip(styles, texts, strict=True)]
