"""Draws a page on a screen: elements as lines, as wide as a terminal or as their tables need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len

from losscli.common.text import unlike_command, visible
from losscli.outputs.drawing.console import FILE, Looks
from losscli.outputs.drawing.elements import (
    Art,
    Cards,
    Column,
    Command,
    Data,
    Element,
    Entries,
    Figure,
    Inputs,
    Items,
    Kind,
    Ledger,
    Picture,
    Section,
    Strong,
    Text,
    Words,
    parts_of,
    rows_of,
)
from losscli.outputs.drawing.grid import Line, Strip, decimally_aligned, fold, grid
from losscli.outputs.drawing.plain import to_ascii

INDENT = 2
BAR_WIDTH = 36
EIGHTHS = " ▏▎▍▌▋▊▉"
YELLOW = "38;5;136"
"""Dark enough for a light background: a terminal's own one is bright where it is bold."""
COLORS = ("36", YELLOW, "35", "32", "38;5;33", "31", "38;5;244", "1")
"""Of lines beside each other: no black, white, or what is close to them on some screen."""
STYLES = {
    **dict.fromkeys(("part", "heading", "strong"), "1"),
    **dict.fromkeys(("title", "rule", "note"), "2"),
    "bar": "36",
    "pass": "1;32",
    "undecided": f"1;{YELLOW}",
    **dict.fromkeys(("fail", "error"), "1;31"),
    **{f"line {at}": color for at, color in enumerate(COLORS)},
}
"""What roles look like: the numbers of colours and weights in a terminal's escape sequences."""


def drawn(elements: Iterable[Element], looks: Looks = FILE) -> str:
    """Return a page as text, in the width, characters and colours that a stream can show.

    Without a width, lines are as wide as their tables, and nothing is folded.
    """
    screen = _Screen(looks)
    return "".join(
        f"{_written(line, looks.color)}\n" for element in elements for line in screen.lines(element)
    )


class _Screen:
    """Turns elements into lines: pieces of text, each with its role."""

    def __init__(self, looks: Looks) -> None:
        self.width, self.ascii_only = looks.width, looks.ascii_only
        self.indent = 0 if self.width is not None and self.width < 40 else INDENT

    def lines(self, element: Element) -> Iterator[Line]:
        """Return the lines of one element."""
        match element:
            case Inputs():
                return self.inputs(element)
            case Section():
                return self.section(element)
            case Ledger():
                return self.ledger(element)
            case Picture():
                return self.picture(element)
            case Words():
                return self.words(element)
            case Items():
                return self.items(element)
            case Entries():
                return self.entries(element)
            case Art():
                return self.art(element)
            case Cards() | Figure():
                # They are for pages that can draw.
                return iter(())

    def inputs(self, inputs: Inputs) -> Iterator[Line]:
        """Yield what was read."""
        names = Strip("", [self.told((name,)) for name, *_ in inputs.named], "note")
        paths = Strip("", [self.data(source.path) for _, source, _ in inputs.named], "strong")
        rows = Strip("", [rows_of(source.rows) for _, source, _ in inputs.named], "note")
        columns = Strip("", [self.told(told) for *_, told in inputs.named], "note")
        beside = [names, paths, rows, *([columns] if any(columns.cells) else [])]
        if self.fits(beside, 0):
            yield from grid(beside, None, _cells)
            return
        sentences = [
            ", ".join(filter(None, (f"{name} {self.data(source.path)}", rows_of(source.rows), told)))
            for name, (_, source, _), told in zip(names.cells, inputs.named, columns.cells, strict=True)
        ]
        width = self.width or 0
        margin = " " * (max(map(_cells, names.cells)) + 2)
        short = all(_cells(sentence) <= width for sentence in sentences)
        if short or not self.fits([names, paths, rows], 0) or len(margin) >= width // 2:
            for sentence in sentences:
                yield from self.paragraph(sentence, "", 0, hanging=2)
            return
        for line, told in zip(grid([names, paths, rows], None, _cells), columns.cells, strict=True):
            if sum(_cells(text) for text, _ in line) + 2 + _cells(told) <= width:
                yield [*line, (f"  {told}", "note")]
            else:
                yield line
                yield from ([(margin + below, "note")] for below in self.wrapped(told, len(margin)))

    def words(self, words: Words) -> Iterator[Line]:
        """Yield a sentence."""
        if words.apart:
            yield []
        first = parts_of(words.text)[0]
        strong = len(self.told(first)) if isinstance(first, Strong) else 0
        text, tail = self.told(words.text), self.told(words.tail)
        indent = self.indent if words.indent is None else words.indent
        room = None if self.width is None else self.width - indent
        *before, last = parts_of(words.text)
        if isinstance(last, Command) and room is not None and _cells(text) > room:
            # The terminal breaks it, which a copy undoes.
            if before:
                yield from self.paragraph(self.told(tuple(before)).rstrip(), words.role, indent, strong)
            yield [(" " * indent + self.data(last), words.role)]
            return
        if tail and room is not None and _cells(f"{text} {tail}") > room >= _cells(tail):
            yield from self.paragraph(text, words.role, indent, strong)
            text, tail, strong = tail, "", 0
        yield from self.paragraph(f"{text} {tail}".rstrip(" "), words.role, indent, strong, words.hanging)

    def items(self, items: Items) -> Iterator[Line]:
        """Yield a list of sentences."""
        for item in items.items:
            for margin, text in (("  ", item.text), *(("    ", below) for below in item.below)):
                mark = f"{margin}- "
                for line in self.wrapped(self.told(text), len(mark)):
                    yield [(mark + line, "")]
                    mark = " " * len(mark)

    def entries(self, entries: Entries) -> Iterator[Line]:
        """Yield names with what is told of them beside them, or below them where there is no room."""
        if entries.apart:
            yield []
        column = entries.column or max(len(entry.name) for entry in entries.entries) + 2 * INDENT
        below = self.width is not None and column > self.width // 2
        margin = " " * (2 * INDENT if below else column)
        for entry in entries.entries:
            name = " " * INDENT + self.told(entry.name)
            lines = [
                (line, role)
                for text, role in entry.told
                for part in ([text] if below or entries.cut else _parted(text))
                for line in self.entry_lines(part, len(margin), cut=entries.cut)
                if line
            ]
            if below or not lines:
                yield [(name, entry.role)]
            else:
                line, role = lines.pop(0)
                yield [(name, entry.role), (" " * (column - len(name)) + line, role)]
            yield from ([(margin + line, role)] for line, role in lines)

    def entry_lines(self, text: str, margin: int, *, cut: bool) -> Iterator[str]:
        """Yield what is told of an entry in lines that leave room for a margin: with `cut` in one."""
        shown, more = unlike_command(self.told(text)), self.own("…")
        room = None if self.width is None else self.width - margin
        if cut and room is not None and _cells(shown) > room:
            whole_words, _, _ = shown[: max(room - len(more) + 1, 2)].rpartition(" ")
            yield (whole_words or shown[: max(room - len(more), 1)]).rstrip(" ,;:") + more
        else:
            yield from self.wrapped(shown, margin)

    def art(self, art: Art) -> Iterator[Line]:
        """Yield lines that were drawn already, in the characters that the screen has."""
        if art.apart:
            yield []
        if art.title:
            yield from self.paragraph(self.data(art.title), "title")
        margin = " " * (self.indent if art.indent is None else art.indent)
        for line in art.draw(self.width, self.ascii_only):
            pieces = [(line, art.role)] if isinstance(line, str) else line
            yield [(margin, ""), *((self.own(text), role) for text, role in pieces)]

    def section(self, section: Section) -> Iterator[Line]:
        """Yield a titled table, and the notes below it."""
        yield []
        subject = f": {self.data(section.subject)}" if section.subject else ""
        yield from self.paragraph(section.title + subject, "heading", 0)
        strips = [
            self.strip(column, "strong" if at in section.strong else "")
            for at, column in enumerate(section.columns)
        ]
        room = None if self.width is None else self.width - self.indent
        for line in grid(strips, room, _cells):
            yield [(" " * self.indent, ""), *self.coloured(line)] if line else line
        if section.notes:
            yield []
        yield from self.notes(section.notes)

    def notes(self, notes: Iterable[tuple[str, str]]) -> Iterator[Line]:
        """Yield sentences about figures, each behind the loss that it is about, if it is about one."""
        for subject, note in notes:
            about = f"{self.data(subject)}: " if subject else ""
            yield from self.paragraph(unlike_command(about + self.told(note)), "note")

    def ledger(self, ledger: Ledger) -> Iterator[Line]:
        """Yield a table, and what stands behind its rows: beside them where there is room, else below."""
        if ledger.apart:
            yield []
        strips = [
            self.strip(column, "strong" if at in ledger.strong else "")
            for at, column in enumerate(ledger.columns)
        ]
        behind = [self.told(text) for text in ledger.behind]
        beside = [*strips, Strip(self.own(ledger.title), behind, "note")] if any(behind) else strips
        if self.fits(beside):
            yield from self.rows(beside, ())
        elif self.fits(strips) or any(strip.title for strip in strips):
            yield from self.rows(strips, behind)
        else:
            yield from self.broken(strips, behind)
        yield from self.notes(ledger.notes)

    def fits(self, strips: list[Strip], indent: int | None = None) -> bool:
        """Whether a table needs no more room than there is."""
        lines = grid(strips, None, _cells)
        room = None if self.width is None else self.width - (self.indent if indent is None else indent)
        return room is None or all(_cells("".join(text for text, _ in line)) <= room for line in lines)

    def broken(self, strips: list[Strip], behind: Sequence[str]) -> Iterator[Line]:
        """Yield a table without titles that is too wide: below each row the columns that have no room."""
        count = next((count for count in range(len(strips) - 1, 1, -1) if self.fits(strips[:count])), 0)
        if not count:
            for cells in zip(*(strip.cells for strip in strips), behind, strict=True):
                yield from self.paragraph("  ".join(filter(None, cells)), "", hanging=2)
            return
        rest = zip(*(strip.cells for strip in strips[count:]), behind, strict=True)
        yield from self.rows(strips[:count], ["  ".join(filter(None, cells)) for cells in rest])

    def rows(self, strips: list[Strip], below: Sequence[str]) -> Iterator[Line]:
        """Yield a table, with a text below each row; all of them at the end where rows are folded."""
        lines = list(grid(strips, None if self.width is None else self.width - self.indent, _cells))
        first = len(lines) - len(below)
        one_line_each = bool(below) and first in (0, 2)
        for at, line in enumerate(lines):
            yield [(" " * self.indent, ""), *self.coloured(line)] if line else line
            if one_line_each and at >= first and below[at - first]:
                yield from self.paragraph(below[at - first], "note", self.indent + 2)
        for name, text in zip(strips[0].cells, () if one_line_each else below, strict=False):
            if text:
                yield from self.paragraph(f"{name}: {text}", "note", self.indent + 2)

    def coloured(self, line: Line) -> Line:
        """Return the line in the characters and roles that its words call for."""
        return [
            (self.own(text), text.strip() if role == "word" and text.strip() in STYLES else role)
            for text, role in line
        ]

    def strip(self, column: Column, role: str) -> Strip:
        """Return a column made harmless."""
        title = self.data(column.title) if column.title_kind is Kind.DATA else column.title
        harmless = self.data if column.kind is Kind.DATA else self.own
        cells = [harmless(cell) for cell in column.cells]
        word = "word" if column.kind is Kind.WORD else ""
        number = column.kind in (Kind.NUMBER, Kind.FIGURE)
        pointed = column.kind is Kind.NUMBER
        return Strip(title, cells, role or word, number=number, pointed=pointed, joined=column.joined)

    def picture(self, picture: Picture) -> Iterator[Line]:
        """Yield a histogram: a bar for every range of losses, as long as its share."""
        bars_ = picture.bars
        if not bars_:
            return
        yield []
        yield from self.paragraph(self.data(picture.title), "title")
        lows = decimally_aligned([bar.low for bar in bars_])
        highs = decimally_aligned([bar.high for bar in bars_])
        to = ".." if self.ascii_only else "…"
        scales = [f"{' ' * self.indent}{low} {to} {high}  " for low, high in zip(lows, highs, strict=True)]
        top = max(bar.count for bar in bars_)
        room = BAR_WIDTH
        if self.width is not None:
            room = max(4, min(room, self.width - len(scales[0]) - len(str(top)) - 1))
        for scale, bar in zip(scales, bars_, strict=True):
            length = self.bar(bar.count / top * room)
            yield [(scale, ""), (length, "bar"), (f"{' ' if length else ''}{bar.count}", "note")]

    def bar(self, length: float) -> str:
        """Return a bar of `length` characters; what is not nothing is never invisible."""
        if self.ascii_only:
            return "#" * max(round(length), 1 if length else 0)
        eighths = max(round(length * 8), 1 if length else 0)
        return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()

    def paragraph(
        self, text: str, role: str, indent: int | None = None, strong: int = 0, hanging: int = 0
    ) -> Iterator[Line]:
        """Yield a text, its first `strong` characters so that they stand out."""
        margin = " " * (self.indent if indent is None else indent)
        for line in self.wrapped(text, len(margin), hanging):
            lead, strong = line[:strong], 0
            yield [(margin + lead, "strong"), (line[len(lead) :], role)] if lead else [(margin + line, role)]

    def wrapped(self, text: str, margin: int, hanging: int = 0) -> Iterator[str]:
        """Yield a text in lines, broken at blanks, that leave room for a margin and what hangs."""
        if self.width is None:
            yield text
            return
        hang = " " * (hanging if self.indent else 0)
        room = self.width - margin - len(hang)
        line = ""
        for word in text.split(" "):
            for piece in fold(word, room, _cells):
                if line and _cells(line) + 1 + _cells(piece) > self.width - margin:
                    yield line
                    line = hang + unlike_command(piece)
                else:
                    line = f"{line} {piece}" if line else piece
        yield line

    def told(self, text: Text) -> str:
        """Return a sentence, its data harmless on a screen and in a log."""
        return "".join(
            self.data(part) if isinstance(part, Data) else self.own(visible(part)) for part in parts_of(text)
        )

    def data(self, text: str) -> str:
        """Return text from outside, harmless on a screen and in a log."""
        shown = unlike_command(visible(text))
        return shown.encode("ascii", "backslashreplace").decode() if self.ascii_only else shown

    def own(self, text: str) -> str:
        """Return our own words in the characters that the output has."""
        return to_ascii(text) if self.ascii_only else text


def _parted(text: str) -> list[str]:
    """Return the parts of a formula: two blanks stand where a new line is welcome."""
    *parts, last = text.split(";  ")
    return [*(f"{part};" for part in parts), last]


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def _written(line: Line, color: bool) -> str:
    """Return a line with as few changes of style as there are, and no blanks at its end."""
    text, written, style = "", "", ""
    left = len("".join(piece for piece, _ in line).rstrip())
    for piece, role in line:
        if STYLES.get(role, "") != style and piece and left > 0:
            written += _styled(text, style if color else "")
            text, style = "", STYLES.get(role, "")
        text += piece[: max(left, 0)]
        left -= len(piece)
    return written + _styled(text, style if color else "")


def _styled(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style and text else text
