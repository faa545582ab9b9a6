"""What pages for people are made of. Whoever draws them makes text from outside harmless first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from losscli.inputs.provenance import Input
    from losscli.outputs.drawing.svg.marks import Chart


class Kind(Enum):
    """What the cells of a column are."""

    NUMBER = "numbers"
    FIGURE = "numbers in units of their own, so that decimal points need not stand below each other"
    DATA = "text from outside"
    WORD = "our own words"


class Column(NamedTuple):
    """A column of a table: its title, the kind of the title and of the cells, and the cells."""

    title: str
    kind: Kind
    cells: Sequence[str]
    title_kind: Kind = Kind.WORD
    joined: bool = False
    """Whether it stays beside the column before it, where a table is broken and both fit."""


class Section(NamedTuple):
    """A titled table. `subject` is the loss it is about, where it is about one."""

    title: str
    columns: tuple[Column, ...]
    subject: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    """Pairs of a loss (or nothing) and a sentence about the figures above."""
    strong: tuple[int, ...] = ()
    """The columns that stand out, by position."""


class Data(str):
    """Text from outside, in the midst of our own."""

    __slots__ = ()


class Command(Data):
    """What is pasted into a shell: it stays on one line, so that a copy of it is whole."""

    __slots__ = ()


class Strong(str):
    """Words of ours that stand out; a sentence begins with them."""

    __slots__ = ()


Text: TypeAlias = str | tuple[str, ...]
"""A sentence: our own words, `Data` and `Strong` among them."""


def parts_of(text: Text) -> tuple[str, ...]:
    """Return the parts of a sentence, in order."""
    return (text,) if isinstance(text, str) else text


def rows_of(count: int) -> str:
    """Return in words how many rows there are."""
    return "1 row" if count == 1 else f"{count} rows"


class Inputs(NamedTuple):
    """What was read: the name of each input's role (or `Data`), the input, and which columns of it."""

    named: tuple[tuple[str, Input, Text], ...]


class Ledger(NamedTuple):
    """A table without a title, and behind each row what goes on a line of its own where there is no room.

    `title` is that of what stands behind; `behind` has a text for each row, perhaps an empty one.
    """

    columns: tuple[Column, ...]
    behind: tuple[Text, ...] = ()
    title: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    """As those of a section."""
    strong: tuple[int, ...] = ()
    apart: bool = True
    """Whether a blank line stands before it."""


class Words(NamedTuple):
    """A sentence. `tail` goes on in its last line where there is room for all of it, else in the next."""

    text: Text
    role: str = ""
    indent: int | None = None
    apart: bool = False
    """Whether a blank line stands before it."""
    tail: Text = ""
    hanging: int = 0
    """How much further to the right its second line begins, and each that follows."""

    @property
    def whole(self) -> tuple[str, ...]:
        """The parts of the sentence and of its tail."""
        return (*parts_of(self.text), *((" ", *parts_of(self.tail)) if self.tail else ()))


class Item(NamedTuple):
    """A sentence of a list, and those of a list below it."""

    text: Text
    below: tuple[Text, ...] = ()


class Items(NamedTuple):
    """A list of sentences."""

    items: tuple[Item, ...]


class Entry(NamedTuple):
    """A name of ours, and beside it what is told of it: paragraphs, each with its role."""

    name: str
    told: tuple[tuple[str, str], ...]
    role: str = "strong"


class Entries(NamedTuple):
    """Names, each with what is told of it, which begins in `column`; by default as near as names allow."""

    entries: tuple[Entry, ...]
    column: int | None = None
    apart: bool = False
    cut: bool = False
    """Whether a paragraph of our own words ends where the line does, and goes on nowhere."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a histogram: the values in [low, high), and how many they are."""

    low: str
    high: str
    count: int


class Picture(NamedTuple):
    """A histogram with a title from outside."""

    title: str
    bars: tuple[Bar, ...]


Pieces: TypeAlias = Sequence[tuple[str, str]]
"""A line as pieces of text, each with its role."""


class Art(NamedTuple):
    """Lines such as a curve, drawn in so many columns (None: as many as suit it), perhaps in ASCII."""

    title: str
    """It is from outside."""
    draw: Callable[[int | None, bool], Iterable[str | Pieces]]
    role: str = ""
    indent: int | None = None
    apart: bool = True


class Card(NamedTuple):
    """A figure that stands out: what it is, the figure, and what is to be said of it."""

    title: Text
    figure: str
    told: Text = ""


class Cards(NamedTuple):
    """Figures that stand out, side by side."""

    cards: tuple[Card, ...]


class Figure(NamedTuple):
    """A chart, what is to be seen in it in words, and its numbers as a table, for pages that can draw."""

    title: str
    finding: Text
    chart: Chart
    numbers: Section
    subject: str = ""
    """What it is about, from outside."""
    role: str = ""
    """That of the words: a verdict, where it is one."""
    weight: float = 0.0
    """About which share of the cost, from 0 to 1, is about what it shows: what to look at first has more."""


Element: TypeAlias = Inputs | Section | Ledger | Picture | Words | Items | Entries | Art | Cards | Figure
"""What a page is made of."""
