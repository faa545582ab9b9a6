"""What pages for people are made of. Whoever draws them makes text from outside harmless first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from losscli.inputs.provenance import Input


class Kind(Enum):
    """What the cells of a column are."""

    NUMBER = "numbers"
    DATA = "text from outside"
    WORD = "our own words"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, the kind of the title and of the cells, and the cells."""

    title: str
    kind: Kind
    cells: Sequence[str]
    title_kind: Kind = Kind.WORD


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table. `subject` is the loss it is about, where it is about one."""

    title: str
    columns: tuple[Column, ...]
    subject: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    """Pairs of a loss (or nothing) and a sentence about the figures above."""
    strong: tuple[int, ...] = ()
    """The columns that stand out, by position."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was read: the name of each input's role, and the input."""

    named: tuple[tuple[str, Input], ...]

    @staticmethod
    def of(predictions: Input, labels: Input) -> Inputs:
        """Return the inputs of a run; one where both are in one file."""
        if predictions.path == labels.path:
            return Inputs((("predictions and labels", predictions),))
        return Inputs((("predictions", predictions), ("labels", labels)))


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence of ours, and behind it perhaps text from outside, `subject`."""

    text: str
    role: str = ""
    indent: int | None = None
    subject: str = ""
    apart: bool = False
    """Whether a blank line stands before it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a histogram: the values in [low, high), and how many they are."""

    low: str
    high: str
    count: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A histogram with a title from outside."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Art:
    """Lines that were drawn already, such as a curve, also in ASCII; the title is from outside."""

    title: str
    lines: tuple[str, ...]
    ascii_lines: tuple[str, ...]
    role: str = ""


Element = Inputs | Section | Picture | Words | Art
"""What a page is made of."""
