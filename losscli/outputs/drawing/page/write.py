"""Writes a page for a browser: elements in sections, charts as SVG, nothing loaded and nothing run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal

from losscli.common.text import visible
from losscli.outputs.drawing.elements import (
    Cards,
    Column,
    Command,
    Data,
    Element,
    Entries,
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
from losscli.outputs.drawing.markup import Markup, markup, tag, together
from losscli.outputs.drawing.page.style import style
from losscli.outputs.drawing.screen import drawn
from losscli.outputs.drawing.svg.write import svg

LONGEST = 200
"""Letters of a text from outside that are shown."""
DIGIT, PUNCTUATION = "\u2007", "\u2008"
SENTENCE = 40
"""Letters of a cell that keeps its column from being narrow: rows of many short lines are no rows."""
FIRST, WEIGHTY = 4, 0.1
"""Charts that are named at the top, at most, and the weight that they have at least."""
LINKED = 3
"""Parts of a page to which there are links at its top, or more."""
VERDICTS = ("pass", "fail", "undecided", "error")


def page(title: str, elements: Iterable[Element], signature: str = "", heading: Text = "") -> str:
    """Return a whole document.

    Args:
        title: what it is about.
        elements: what stands on it. Words of the role `part` begin a section; those before are its head.
        signature: what it was computed of; ids are made of it, so that pages put together do not clash.
        heading: what stands above all; nothing for the title.
    """
    policy = f"default-src 'none'; style-src 'sha256-{_digest(style())}'; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        Markup(f"<style>{style()}</style>"),
    )
    key = hashlib.sha256(signature.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    writer = Writer(f"l{key}")
    first, *parts = _parts(elements)
    begins = tag("h1", sentence(heading or title))
    keys = [writer.next_key() for _ in parts]
    titles = [words.whole for words, _ in parts if words is not None]
    if parts:
        above = tag("header", begins, *writer.lines(first[1]))
        found = [writer.section(key, *one) for key, one in zip(keys, parts, strict=True)]
        found[:0] = writer.look_first()
    else:
        # What has no parts is the page, and not what stands above it.
        above, found = tag("header", begins), [*Writer(writer.next_key(), "h2").lines(first[1])]
    body = tag("body", above, *([_links(titles, keys)] if len(titles) >= LINKED else []), tag("main", *found))
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _links(titles: Sequence[Text], keys: Sequence[str]) -> Markup:
    """Return links to the parts of a page, which is longer than a screen."""
    found = zip(titles, keys, strict=True)
    links = (tag("li", tag("a", sentence(title), href=f"#{key}")) for title, key in found)
    return tag("nav", tag("ul", *links), aria_label="Parts of this page")


def fragment(elements: Iterable[Element], signature: str, most: int) -> tuple[str, bool]:
    """Return elements for a page of somebody else, at most so many bytes of them, and whether that is all."""
    key = hashlib.sha256(signature.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    writer, found, size = Writer(f"l{key}"), "", 0
    for element in elements:
        text = together(writer.lines([element]))
        size += len(text.encode())
        if size > most:
            return found, False
        found += text
    return found, True


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _parts(elements: Iterable[Element]) -> list[tuple[Words | None, list[Element]]]:
    found: list[tuple[Words | None, list[Element]]] = [(None, [])]
    for element in elements:
        if isinstance(element, Words) and element.role == "part":
            found.append((element, []))
        else:
            found[-1][1].append(element)
    return found


class Writer:
    """Writes elements; it counts the charts and sections of a page, which have ids.

    Titles are those below the title of a section; where there are no sections, those below that of the page.
    """

    def __init__(self, key: str, level: Literal["h2", "h3"] = "h3") -> None:
        self._key, self._count, self._level = key, 0, level
        self._weighty: list[tuple[str, Figure]] = []

    def next_key(self) -> str:
        """Return an id that nothing else on the page has."""
        self._count += 1
        return f"{self._key}-{self._count}"

    def section(self, key: str, words: Words | None, elements: Iterable[Element]) -> Markup:
        """Return a section with its title, which has this id."""
        title = tag("h2", sentence(words.whole), id=key) if words is not None else Markup("")
        return tag("section", title, *self.lines(elements), aria_labelledby=key)

    def look_first(self) -> list[Markup]:
        """Return a section with what is worth a look first of the figures that were written, if any is."""
        ordered = sorted(self._weighty, key=lambda one: (-one[1].weight, one[0]))
        # Of a chart that there is for several losses the one that matters most.
        first = {figure.title: (key, figure) for key, figure in reversed(ordered)}
        chosen = [one for one in ordered if first[one[1].title] == one][:FIRST]
        if not chosen:
            return []
        items = (
            tag("li", tag("a", figure.title, href=f"#{key}"), ": ", sentence(figure.finding))
            for key, figure in chosen
        )
        key = self.next_key()
        title = tag("h2", "What to look at first", id=key)
        return [tag("section", title, tag("ul", *items), aria_labelledby=key)]

    def lines(self, elements: Iterable[Element]) -> Iterator[Markup]:
        """Yield each element; figures that follow one another stand side by side where there is room.

        So do tables.
        """
        for kind, found in groupby(elements, _kind):
            those = [*found]
            if kind is Figure:
                yield tag(
                    "div", *(self._figure(one) for one in those if isinstance(one, Figure)), class_="figures"
                )
            elif kind is Section and len(those) > 1:
                yield tag("div", *(tag("div", one) for one in self._lines(those)), class_="tables")
            else:
                yield from self._lines(those)

    def _lines(self, elements: Iterable[Element]) -> Iterator[Markup]:
        for element in elements:
            match element:
                case Cards():
                    yield _cards(element)
                case Section():
                    yield _table_of(element)
                case Ledger():
                    yield _ledger(element)
                case Words():
                    yield self._words(element)
                case Items():
                    yield tag("ul", *map(_item, element.items))
                case Inputs():
                    yield _read(element)
                case Entries():
                    yield _entries(element)
                case _:
                    # Lines of characters, as on a screen.
                    yield _lines_of(drawn([element]).strip("\n"))

    def _heading(self, text: Text) -> Markup:
        return tag(self._level, sentence(text), class_="small" if self._level == "h2" else None)

    def _words(self, words: Words) -> Markup:
        if words.role == "heading":
            return self._heading(words.whole)
        role = f"verdict {words.role}" if words.role in VERDICTS else words.role
        return tag("p", sentence(words.whole), class_=role or None)

    def _figure(self, figure: Figure) -> Markup:
        key, words = self.next_key(), "".join(parts_of(figure.finding))
        role = figure.role if figure.role in VERDICTS else None
        title = self._heading((figure.title, *((": ", Data(figure.subject)) if figure.subject else ())))
        place = f"{key}-f"
        if figure.weight >= WEIGHTY:
            self._weighty.append((place, figure))
        return tag(
            "figure",
            tag("figcaption", title, tag("p", sentence(figure.finding), class_=role)),
            svg(figure.chart, figure.title, words, key),
            tag("details", tag("summary", "The numbers of this chart"), _table_of(figure.numbers)),
            id=place if figure.weight >= WEIGHTY else None,
        )


def _lines_of(text: str) -> Markup:
    """Return lines of characters: what ends a line is made visible elsewhere, and ends it here."""
    return tag("pre", Markup("\n".join(map(markup, text.split("\n")))), tabindex="0")


def _kind(element: Element) -> type | None:
    """Return of which kind those are that it stands beside; None where it stands beside nothing."""
    return next((kind for kind in (Figure, Section) if isinstance(element, kind)), None)


def sentence(text: Text) -> Markup:
    """Return a sentence, text from outside in it as code."""
    return together(
        code(part) if isinstance(part, Data) else tag("strong", part) if isinstance(part, Strong) else part
        for part in parts_of(text)
    )


def code(text: str) -> Markup:
    """Return text from outside, cut where it is very long; what is to be pasted is not."""
    if isinstance(text, Command):
        return tag("code", text, class_="command", tabindex="0")
    shown = visible(text[: LONGEST + 1])
    cut = len(text) > LONGEST or len(shown) > 4 * LONGEST
    return tag("code", shown[:LONGEST] + "…" if cut else shown)


def _cards(cards: Cards) -> Markup:
    return tag(
        "ul",
        *(
            tag(
                "li",
                tag("span", sentence(card.title), class_="what"),
                tag("span", card.figure, class_="figure"),
                *([tag("span", sentence(card.told), class_="told")] if card.told else []),
            )
            for card in cards.cards
        ),
        class_="cards",
    )


def _item(item: Item) -> Markup:
    below = [tag("ul", *(tag("li", sentence(text)) for text in item.below))] if item.below else []
    return tag("li", sentence(item.text), *below)


def _read(element: Inputs) -> Markup:
    read = [
        together(
            (
                sentence((name,)),
                " ",
                code(source.path),
                f", {rows_of(source.rows)}",
                *([", ", sentence(told)] if told else []),
            )
        )
        for name, source, told in element.named
    ]
    return tag("ul", *(tag("li", one) for one in read), class_="note")


def _entries(element: Entries) -> Markup:
    return tag(
        "ul",
        *(
            tag("li", tag("strong", entry.name), ": ", *(tag("span", text, " ") for text, _ in entry.told))
            for entry in element.entries
        ),
    )


def _table_of(section: Section) -> Markup:
    title: Text = (section.title, *((": ", Data(section.subject)) if section.subject else ()))
    columns = [
        (_title(column), cells(column, strong=at in section.strong, first=at == 0))
        for at, column in enumerate(section.columns)
    ]
    headed = any(column.title for column in section.columns)
    return together((_table(title, columns, headed=headed), *_notes(section.notes)))


def _ledger(ledger: Ledger) -> Markup:
    columns = [
        (_title(column), cells(column, strong=at in ledger.strong, first=at == 0))
        for at, column in enumerate(ledger.columns)
    ]
    if any(ledger.behind):
        columns.append(
            (tag("th", ledger.title, scope="col"), [tag("td", sentence(text)) for text in ledger.behind])
        )
    headed = bool(ledger.title) or any(column.title for column in ledger.columns)
    return together((_table(ledger.title, columns, headed=headed), *_notes(ledger.notes)))


def _table(title: Text, columns: Sequence[tuple[Markup, Sequence[Markup]]], *, headed: bool) -> Markup:
    """Return a table of columns; where it is wider than the page, it can be moved, also by keys.

    It is a group and not a landmark: of those a page has few.
    """
    rows = (tag("tr", *row) for row in zip(*(found for _, found in columns), strict=True))
    head = [tag("thead", tag("tr", *(one for one, _ in columns)))] if headed else []
    named = "".join(parts_of(title)) or "table"
    caption = [tag("caption", sentence(title))] if title else []
    table = tag("table", *caption, *head, tag("tbody", *rows))
    return tag("div", table, class_="scroll", role="group", tabindex="0", aria_label=named)


def _notes(notes: Iterable[tuple[str, str]]) -> Iterator[Markup]:
    for about, note in notes:
        yield tag("p", *([code(about), ": "] if about else []), note, class_="note")


def _title(column: Column) -> Markup:
    text = code(column.title) if column.title_kind is Kind.DATA else markup(column.title)
    return tag("th", text, scope="col", class_=_side(column)) if column.title else tag("td")


def _side(column: Column) -> str | None:
    return "n" if column.kind in (Kind.NUMBER, Kind.FIGURE) else None


def cells(column: Column, *, strong: bool, first: bool) -> list[Markup]:
    """Return the cells of a column: the first names the row; numbers have their points below each other."""
    match column.kind:
        case Kind.NUMBER:
            texts = [*map(markup, pointed(column.cells))]
        case Kind.DATA:
            texts = [code(cell) for cell in column.cells]
        case _:
            texts = [markup(cell) for cell in column.cells]
    # What names nothing, such as the second row of a check, is no title.
    names = [first and bool(cell) for cell in column.cells]
    words = column.cells if column.kind is Kind.WORD else [""] * len(texts)
    long = max(map(len, column.cells), default=0) > SENTENCE
    return [
        tag(
            "th" if named else "td",
            tag("strong", text) if strong else text,
            scope="row" if named else None,
            class_=_side(column) or (word if word in VERDICTS else "long" if long else None),
        )
        for text, word, named in zip(texts, words, names, strict=True)
    ]


def pointed(cells_: Sequence[str]) -> list[str]:
    """Return numbers, flush right below each other, filled up so that their decimal points are so too.

    A figure space is as wide as a digit, a punctuation space as a point. Intervals have two points each, and
    stand flush right.
    """
    if any(" to " in cell for cell in cells_):
        return [*cells_]
    padded = decimally_aligned(cells_)
    longest = min(padded, key=lambda text: len(text) - len(text.rstrip()), default="")
    return [
        text.strip() + "".join(PUNCTUATION if one == "." else DIGIT for one in longest[len(text.rstrip()) :])
        for text in padded
    ]
