"""Draws a page on a screen, with rich: elements as lines, as wide as a terminal or as their tables need."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style

from losscli.common.text import unlike_command, visible
from losscli.outputs.drawing.elements import Art, Column, Element, Inputs, Kind, Picture, Section, Words
from losscli.outputs.drawing.grid import Line, Strip, decimally_aligned, fold, grid

INDENT = 2
BAR_WIDTH = 36
EIGHTHS = " ▏▎▍▌▋▊▉"
STYLES = {
    "heading": Style(bold=True),
    "strong": Style(bold=True),
    "title": Style(dim=True),
    "rule": Style(dim=True),
    "note": Style(dim=True),
    "bar": Style(color="cyan"),
    "pass": Style(color="green", bold=True),
    "undecided": Style(color="yellow", bold=True),
    "fail": Style(color="red", bold=True),
    "error": Style(color="red", bold=True),
}
# What our own words use besides ASCII; text from outside is escaped instead.
_PLAIN = str.maketrans(
    {"─": "-", "…": "..", "√": "sqrt", "Σ": "sum ", "ŷ": "yhat", "≤": "<=", "≥": ">=", "·": "*"}
)


def draw(
    elements: Iterable[Element], console: Console, *, ascii_only: bool = False, width: int | None = None
) -> None:
    """Draw a page.

    Args:
        elements: what is on it, from top to bottom.
        console: where to; it decides on colours.
        ascii_only: use no character beyond ASCII (also so where the console's encoding has none).
        width: the width to keep to. By default that of the terminal; off a terminal, none: lines
            are then as wide as their tables, and nothing is folded.
    """
    if width is None and console.file.isatty():
        width = console.width
    screen = _Screen(tuple(elements), width, ascii_only or console.options.ascii_only)
    console.print(screen, end="", crop=False, no_wrap=True)


def as_text(elements: Iterable[Element]) -> str:
    """Return a page as text without colours, as wide as it needs to be."""
    text = io.StringIO()
    draw(elements, Console(file=text, color_system=None, force_terminal=False))
    return text.getvalue()


class _Screen:
    """A page as something that rich can print."""

    def __init__(self, elements: Sequence[Element], width: int | None, ascii_only: bool) -> None:
        self.elements, self.width, self.ascii_only = elements, width, ascii_only
        self.indent = 0 if width is not None and width < 40 else INDENT

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console, options
        for line in self.lines():
            yield from _segments(line)

    def lines(self) -> Iterator[Line]:
        """Yield all lines of the page."""
        drawn: dict[type, Callable[..., Iterator[Line]]] = {
            Inputs: self.inputs,
            Section: self.section,
            Picture: self.picture,
            Words: self.paragraph,
            Art: self.art,
        }
        for element in self.elements:
            yield from drawn[type(element)](element)

    def inputs(self, inputs: Inputs) -> Iterator[Line]:
        """Yield what was read."""
        names = Strip("", [name for name, _ in inputs.named], "note")
        paths = Strip("", [self.data(source.path) for _, source in inputs.named], "strong")
        rows = Strip("", [f"{source.rows} rows" for _, source in inputs.named], "note")
        lines = list(grid([names, paths, rows], None, _cells))
        widest = max(_cells("".join(text for text, _ in line)) for line in lines)
        if self.width is None or widest <= self.width:
            yield from lines
        else:
            for name, source in inputs.named:
                yield from self.words(f"{name} {self.data(source.path)}, {source.rows} rows", "", 0)

    def paragraph(self, words: Words) -> Iterator[Line]:
        """Yield a sentence; what of it is from outside is made harmless."""
        if words.apart:
            yield []
        text = self.own(words.text) + (self.data(words.subject) if words.subject else "")
        yield from self.words(text, words.role, words.indent)

    def art(self, art: Art) -> Iterator[Line]:
        """Yield lines that were drawn already, in the characters that the screen has."""
        yield []
        if art.title:
            yield from self.words(self.data(art.title), "title")
        for line in art.ascii_lines if self.ascii_only else art.lines:
            yield [(" " * self.indent + line, art.role)]

    def section(self, section: Section) -> Iterator[Line]:
        """Yield a titled table, and the notes below it."""
        yield []
        subject = f": {self.data(section.subject)}" if section.subject else ""
        yield from self.words(section.title + subject, "heading", 0)
        strips = [
            self.strip(column, "strong" if at in section.strong else "")
            for at, column in enumerate(section.columns)
        ]
        room = None if self.width is None else self.width - self.indent
        for line in grid(strips, room, _cells):
            yield [(" " * self.indent, ""), *self.coloured(line)] if line else line
        if section.notes:
            yield []
        for subject, note in section.notes:
            about = f"{self.data(subject)}: " if subject else ""
            yield from self.words(unlike_command(about + self.own(visible(note))), "note")

    def coloured(self, line: Line) -> Line:
        """Return the line in the characters and roles that its words call for."""
        return [
            (self.own(text), text.strip() if role == "word" and text.strip() in STYLES else role)
            for text, role in line
        ]

    def strip(self, column: Column, role: str) -> Strip:
        """Return a column made harmless."""
        title = self.data(column.title) if column.title_kind is Kind.DATA else column.title
        cells = [self.data(cell) for cell in column.cells] if column.kind is Kind.DATA else column.cells
        word = "word" if column.kind is Kind.WORD else ""
        return Strip(title, cells, role or word, number=column.kind is Kind.NUMBER)

    def picture(self, picture: Picture) -> Iterator[Line]:
        """Yield a histogram: a bar for every range of losses, as long as its share."""
        bars_ = picture.bars
        if not bars_:
            return
        yield []
        yield from self.words(self.data(picture.title), "title")
        lows = decimally_aligned([bar.low for bar in bars_])
        highs = decimally_aligned([bar.high for bar in bars_])
        scales = [
            f"{' ' * self.indent}{low} {self.own('…')} {high}  "
            for low, high in zip(lows, highs, strict=True)
        ]
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

    def words(self, text: str, role: str, indent: int | None = None) -> Iterator[Line]:
        """Yield a sentence, wrapped at blanks."""
        margin = " " * (self.indent if indent is None else indent)
        if self.width is None:
            yield [(margin + text, role)]
            return
        room = self.width - len(margin)
        line = ""
        for word in text.split(" "):
            for piece in fold(word, room, _cells):
                if line and _cells(line) + 1 + _cells(piece) > room:
                    yield [(margin + line, role)]
                    line = unlike_command(piece)
                else:
                    line = f"{line} {piece}" if line else piece
        yield [(margin + line, role)]

    def data(self, text: str) -> str:
        """Return text from outside, harmless on a screen and in a log."""
        shown = unlike_command(visible(text))
        return shown.encode("ascii", "backslashreplace").decode() if self.ascii_only else shown

    def own(self, text: str) -> str:
        """Return our own words in the characters that the output has."""
        if not self.ascii_only:
            return text
        return text.translate(_PLAIN).encode("ascii", "backslashreplace").decode()


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def _segments(line: Line) -> Iterator[Segment]:
    """Yield a line as segments: as few as its styles allow, and no blanks at its end."""
    text, style = "", None
    end = "".join(piece for piece, _ in line).rstrip()
    left = len(end)
    for piece, role in line:
        if left <= 0:
            break
        if STYLES.get(role) != style and text:
            yield Segment(text, style)
            text = ""
        style = STYLES.get(role)
        text += piece[:left]
        left -= len(piece)
    yield Segment(text, style)
    yield Segment.line()
