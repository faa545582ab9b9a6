"""Domains: which values a loss accepts as label, as prediction or as a parameter.

A domain can check an array, say in words what it needs, and draw samples of itself, so that the
contract tests and `losscli verify` feed every loss what it claims to accept, edges included.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Domain(Protocol):
    """A set of values."""

    @property
    def description(self) -> str:
        """What a value has to be, as it stands in an error message: "a probability in [0, 1]"."""

    def outside(self, values: Array) -> NDArray[np.bool_] | None:
        """Return the mask `(rows,)` of the rows outside the domain, or None if all are inside."""

    def sample(self, random: np.random.Generator, rows: int) -> Array:
        """Draw `rows` values, edges of the domain among them."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The finite real numbers between `low` and `high`; ends belong to it unless open."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    noun: str = "a number"

    @property
    def description(self) -> str:
        if self.low == -math.inf and self.high == math.inf:
            return f"{self.noun}, finite" if self.noun == "a number" else self.noun
        if self.high == math.inf:
            return f"{self.noun} {'>' if self.low_open else '≥'} {self.low:g}"
        if self.low == -math.inf:
            return f"{self.noun} {'<' if self.high_open else '≤'} {self.high:g}"
        left, right = "(" if self.low_open else "[", ")" if self.high_open else "]"
        return f"{self.noun} in {left}{self.low:g}, {self.high:g}{right}"

    def __contains__(self, value: float) -> bool:
        return (
            math.isfinite(value)
            and (value > self.low if self.low_open else value >= self.low)
            and (value < self.high if self.high_open else value <= self.high)
        )

    def outside(self, values: Array) -> NDArray[np.bool_] | None:
        if values.size == 0:
            return None
        # The extremes decide for the whole block in the usual case that nothing is wrong;
        # NaN propagates through both and fails the test.
        if float(values.min()) in self and float(values.max()) in self:
            return None
        inside = np.isfinite(values)
        inside &= values > self.low if self.low_open else values >= self.low
        inside &= values < self.high if self.high_open else values <= self.high
        return ~(inside if inside.ndim == 1 else inside.all(axis=1))

    def sample(self, random: np.random.Generator, rows: int) -> Array:
        if math.isfinite(self.low) and math.isfinite(self.high):
            values = random.uniform(self.low, self.high, rows)
        elif math.isfinite(self.low):
            values = self.low + random.lognormal(0.0, 2.0, rows)
        elif math.isfinite(self.high):
            values = self.high - random.lognormal(0.0, 2.0, rows)
        else:
            values = random.normal(0.0, 1.0, rows) * random.lognormal(0.0, 1.5, rows)
        edges = [edge for edge in (self.low, self.high, 0.0, 1.0) if edge in self]
        spots = min(len(edges), rows)
        values[:spots] = edges[:spots]
        random.shuffle(values)
        return values


@dataclass(frozen=True, slots=True)
class OneOf:
    """A few numbers, and no other."""

    values: tuple[float, ...]
    noun: str = "one"

    @property
    def description(self) -> str:
        *most, last = (f"{value:+g}" if min(self.values) < 0 else f"{value:g}" for value in self.values)
        return f"{self.noun} of {', '.join(most)} and {last}" if len(most) > 1 else f"{most[0]} or {last}"

    def __contains__(self, value: float) -> bool:
        return value in self.values

    def outside(self, values: Array) -> NDArray[np.bool_] | None:
        inside = np.zeros(values.shape, dtype=np.bool_)
        for value in self.values:
            inside |= values == value
        if inside.all():
            return None
        return ~(inside if inside.ndim == 1 else inside.all(axis=1))

    def sample(self, random: np.random.Generator, rows: int) -> Array:
        return random.choice(np.asarray(self.values, dtype=np.float64), rows)


@dataclass(frozen=True, slots=True)
class ClassIndex:
    """Class labels: int64 indices `(rows,)` of the class columns, 0 … classes − 1."""

    classes: int = 3
    description: str = "the name of a class"

    def outside(self, values: Array) -> NDArray[np.bool_] | None:
        # Names were turned into indices when they were read; none can be out of range here.
        return None

    def sample(self, random: np.random.Generator, rows: int) -> Array:
        return random.integers(0, self.classes, rows, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows `(rows, columns)` whose every number lies in `each`: logits, scores, corners."""

    each: Interval
    columns: int = 3

    @property
    def description(self) -> str:
        return self.each.description + " in every column"

    def outside(self, values: Array) -> NDArray[np.bool_] | None:
        return self.each.outside(values)

    def sample(self, random: np.random.Generator, rows: int) -> Array:
        return self.each.sample(random, rows * self.columns).reshape(rows, self.columns)


@dataclass(frozen=True, slots=True)
class Simplex:
    """Rows `(rows, columns)` of probabilities that sum to 1 within `tolerance`.

    With `any_sum` the sum may be any positive number (the loss normalises it).
    """

    tolerance: float = 1e-3
    any_sum: bool = False
    columns: int = 3

    @property
    def description(self) -> str:
        if self.any_sum:
            return "numbers ≥ 0 with a positive sum"
        return f"probabilities in [0, 1] that sum to 1 (within {self.tolerance:g})"

    def outside(self, values: Array) -> NDArray[np.bool_] | None:
        total = values.sum(axis=1)
        wrong = ~(values.min(axis=1) >= 0.0)
        if self.any_sum:
            wrong |= ~((total > 0.0) & np.isfinite(total))
        else:
            # A prediction may miss the sum by the tolerance, but no single part may exceed 1.
            wrong |= ~(np.abs(total - 1.0) <= self.tolerance) | ~(values.max(axis=1) <= 1.0)
        return wrong if wrong.any() else None

    def sample(self, random: np.random.Generator, rows: int) -> Array:
        values = random.dirichlet(np.full(self.columns, 0.7), rows)
        certain = rows // 8
        values[:certain] = np.eye(self.columns)[random.integers(0, self.columns, certain)]
        random.shuffle(values)
        return values


REAL = Interval()
POSITIVE = Interval(low=0.0, low_open=True)
NON_NEGATIVE = Interval(low=0.0)
PROBABILITY = Interval(low=0.0, high=1.0, noun="a probability")
BINARY = OneOf((0.0, 1.0))
SIGN = OneOf((-1.0, 1.0))
BOOLEAN = OneOf((0.0, 1.0), noun="true or false")
CLASS = ClassIndex()
