"""What a chart is made of: two axes, and marks in their numbers. Nothing here knows of pixels or colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Role = Literal["first", "second", "third", "fourth", "muted"]
"""Who a mark is of: each has a colour, and a shape or a dash beside it."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One of two axes.

    Attributes:
        title: what it measures, with its unit.
        low, high: its ends.
        log: whether equal steps are equal ratios; both ends are above 0 then.
        ticks: numbers and their texts; None to choose good ones. Those that have no room are left out.
        names: whether the texts are names from outside, one for each row of a list.
    """

    title: str
    low: float
    high: float
    log: bool = False
    ticks: tuple[tuple[float, str], ...] | None = None
    names: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars from `base` to `tops`, each from `low` to `high` along x, with a text for whoever points at it."""

    low: Sequence[float]
    high: Sequence[float]
    tops: Sequence[float]
    role: Role = "first"
    base: float = 0.0
    titles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points; as steps it stays until the next one."""

    x: Sequence[float]
    y: Sequence[float]
    role: Role = "first"
    steps: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """Points; large ones have a shape by their role, many small ones are dots."""

    x: Sequence[float]
    y: Sequence[float]
    role: Role = "first"
    small: bool = False
    titles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The area between two lines."""

    x: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    role: Role = "muted"


@dataclass(frozen=True, slots=True)
class Intervals:
    """Intervals with caps at their ends: along y each at `at` of x, or along x at `at` of y."""

    at: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    role: Role = "first"
    along: Literal["x", "y"] = "y"


@dataclass(frozen=True, slots=True)
class Cells:
    """Rectangles with the more colour, the larger their share, from 0 to 1; of 0 nothing is drawn.

    `texts` stand in them where there is room.
    """

    low_x: Sequence[float]
    high_x: Sequence[float]
    low_y: Sequence[float]
    high_y: Sequence[float]
    shares: Sequence[float]
    role: Role = "first"
    texts: Sequence[str] = ()
    titles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the chart, at a number of one axis."""

    at: float
    along: Literal["x", "y"] = "y"
    """The axis that it is parallel to: along y it stands at a number of x."""
    role: Role = "second"


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of one axis, over the whole of the other, such as what passes a gate.

    It is hatched, so that it can be told from what is beside it without its colour.
    """

    low: float
    high: float
    role: Role = "third"


@dataclass(frozen=True, slots=True)
class Diagonal:
    """The line on which both axes have the same number."""

    role: Role = "muted"


Mark: TypeAlias = Bars | Line | Points | Ribbon | Intervals | Cells | Rule | Zone | Diagonal


@dataclass(frozen=True, slots=True)
class Chart:
    """Two axes, the marks between them from the back to the front, and what each role stands for.

    Attributes:
        x, y: the axes.
        marks: what is drawn.
        legend: roles with their words, where there are several; how each is drawn shows by its first mark.
        height: in units of which the width has `WIDTH`; None for the usual one.
        square: whether a step along x is as long as one along y.
    """

    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    legend: tuple[tuple[Role, str], ...] = ()
    height: float | None = None
    square: bool = False


WIDTH = 480.0
HEIGHT = 300.0
"""Usual sizes, in units of the drawing: small enough for letters to be read on a phone."""
