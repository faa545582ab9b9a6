"""Domains: which values a loss accepts as label, as prediction or as a parameter.

A domain can check an array, say in words what it needs, and draw samples of itself, so that the
contract tests and `losscli verify` feed every loss what it claims to accept, edges included.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array

Mask = NDArray[np.bool_]


class Domain(ABC):
    """A set of values. A loss may declare one of its own beside it: three methods make a domain."""

    __slots__ = ()

    @property
    def description(self) -> str:
        """What a value has to be, as it stands in an error message: "a probability in [0, 1]"."""
        return self._describe()

    def outside(self, values: Array) -> Mask | None:
        """Return the mask `(rows,)` of the rows outside the domain, or None if all are inside.

        NaN and infinities are outside of every domain.
        """
        if values.size == 0:
            return None
        # What is tested here may be anything; infinities must not warn on their way to the mask.
        with np.errstate(all="ignore"):
            mask = self._outside(values)
        if mask is None or not mask.any():
            return None
        return mask if mask.ndim == 1 else np.asarray(mask.any(axis=1))

    def sample(self, random: np.random.Generator, rows: int, classes: int = 3) -> Array:
        """Draw `rows` values, edges of the domain among them; of rows of any length, `classes` long."""
        return self._sample(random, rows, classes)

    @abstractmethod
    def _describe(self) -> str: ...

    @abstractmethod
    def _outside(self, values: Array) -> Mask | None:
        """Return the mask of what is outside, in the shape of `values` or one entry a row."""

    @abstractmethod
    def _sample(self, random: np.random.Generator, rows: int, classes: int) -> Array: ...


class Numbers(Domain):
    """A set of single numbers: what the domain of a parameter has to be."""

    __slots__ = ()

    @abstractmethod
    def __contains__(self, value: float) -> bool: ...


@dataclass(frozen=True, slots=True)
class Interval(Numbers):
    """The finite real numbers between `low` and `high`; ends belong to it unless open."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    noun: str = "a number"

    def _describe(self) -> str:
        if self.low == -math.inf and self.high == math.inf:
            return "a finite number" if self.noun == "a number" else self.noun
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

    def _outside(self, values: Array) -> Mask | None:
        # The extremes decide for the whole block in the usual case that nothing is wrong;
        # NaN propagates through both and fails the test.
        if float(values.min()) in self and float(values.max()) in self:
            return None
        inside = np.isfinite(values)
        inside &= values > self.low if self.low_open else values >= self.low
        inside &= values < self.high if self.high_open else values <= self.high
        return ~inside

    def _sample(self, random: np.random.Generator, rows: int, classes: int) -> Array:
        del classes
        if math.isfinite(self.low) and math.isfinite(self.high):
            values = random.uniform(self.low, self.high, rows)
        elif math.isfinite(self.low):
            values = self.low + random.lognormal(0.0, 2.0, rows)
        elif math.isfinite(self.high):
            values = self.high - random.lognormal(0.0, 2.0, rows)
        else:
            values = random.normal(0.0, 1.0, rows) * random.lognormal(0.0, 1.5, rows)
        edges = [edge for edge in (self.low, self.high, 0.0, 1.0) if edge in self]
        # A draw may round to an end that is open.
        low = math.nextafter(self.low, math.inf) if self.low_open else self.low
        high = math.nextafter(self.high, -math.inf) if self.high_open else self.high
        values = np.clip(values, low, high)
        # At most half of the rows sit on an edge, so that few rows do not become edges alone.
        spots = random.permutation(rows)[: rows // 2]
        values[spots[: len(edges)]] = edges[: len(spots)]
        return values


@dataclass(frozen=True, slots=True)
class OneOf(Numbers):
    """A few numbers, and no other."""

    values: tuple[float, ...]
    says: str = ""

    def _describe(self) -> str:
        if self.says:
            return self.says
        *most, last = (f"{value:+g}" if min(self.values) < 0 else f"{value:g}" for value in self.values)
        return f"{', '.join(most)} or {last}" if most else last

    def __contains__(self, value: float) -> bool:
        return value in self.values

    def _outside(self, values: Array) -> Mask | None:
        inside = np.zeros(values.shape, dtype=np.bool_)
        for value in self.values:
            inside |= values == value
        return None if inside.all() else ~inside

    def _sample(self, random: np.random.Generator, rows: int, classes: int) -> Array:
        del classes
        return random.choice(np.asarray(self.values, dtype=np.float64), rows)


@dataclass(frozen=True, slots=True)
class Choice:
    """A few words, and no other: what a parameter that is no number has to be. They are identifiers."""

    words: tuple[str, ...]

    @property
    def description(self) -> str:
        """What a value has to be, as it stands in an error message: "variance or std"."""
        return " or ".join(filter(None, (", ".join(self.words[:-1]), self.words[-1])))

    def __contains__(self, value: object) -> bool:
        return value in self.words


@dataclass(frozen=True, slots=True)
class ClassIndex(Domain):
    """Class labels: int64 indices `(rows,)` of the class columns.

    Where a loss takes soft labels, also float64 `(rows, classes)`: probabilities that sum to 1
    within `tolerance`.
    """

    tolerance: float = 1e-3

    def _describe(self) -> str:
        return "the name of a class"

    def _outside(self, values: Array) -> Mask | None:
        # Names were turned into indices when they were read; none can be out of range here.
        return None if values.ndim == 1 else Simplex(self.tolerance).outside(values)

    def _sample(self, random: np.random.Generator, rows: int, classes: int) -> Array:
        return random.integers(0, classes, rows, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Columns(Domain):
    """Rows `(rows, columns)` whose every number lies in `each`: logits, scores, vectors."""

    each: Interval
    nonzero: bool = False
    """Whether a row of zeros is outside: it has no direction."""

    def _describe(self) -> str:
        return f"{self.each.description} in every column" + (", not all of them 0" if self.nonzero else "")

    def _outside(self, values: Array) -> Mask | None:
        wrong = self.each.outside(values)
        if not self.nonzero:
            return wrong
        zero = np.asarray(~values.any(axis=1))
        return zero if wrong is None else wrong | zero

    def _sample(self, random: np.random.Generator, rows: int, classes: int) -> Array:
        values = self.each.sample(random, rows * classes).reshape(rows, classes)
        if self.nonzero:
            values[~values.any(axis=1), 0] = 1.0
        return values


@dataclass(frozen=True, slots=True)
class Fields(Domain):
    """Rows `(rows, columns)` of columns with names and domains of their own: a mean and its variance.

    `ordered` holds pairs of names, the first of which must not exceed the second (with `strict`,
    must be less): the bounds of an interval, the corners of a box.
    """

    each: tuple[tuple[str, Interval], ...]
    ordered: tuple[tuple[str, str], ...] = ()
    strict: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in the order in which a loss gets them."""
        return tuple(name for name, _ in self.each)

    def _describe(self) -> str:
        parts = [f"{name} {interval.description}" for name, interval in self.each if interval != REAL]
        sign = "<" if self.strict else "≤"
        parts += [f"{low} {sign} {high}" for low, high in self.ordered]
        return " and ".join(parts) if parts else f"finite {', '.join(self.names)}"

    def _outside(self, values: Array) -> Mask | None:
        wrong = np.zeros(len(values), dtype=np.bool_)
        for column, (_, interval) in enumerate(self.each):
            mask = interval.outside(values[:, column])
            if mask is not None:
                wrong |= mask
        for low, high in self._pairs():
            wrong |= ~(values[:, low] < values[:, high] if self.strict else values[:, low] <= values[:, high])
        return wrong

    def _sample(self, random: np.random.Generator, rows: int, classes: int) -> Array:
        del classes
        values = np.stack([interval.sample(random, rows) for _, interval in self.each], axis=1)
        for low, high in self._pairs():
            pair = np.sort(values[:, [low, high]], axis=1)
            pair[:, 1] += (pair[:, 0] == pair[:, 1]) & self.strict
            values[:, [low, high]] = pair
        return values

    def _pairs(self) -> list[tuple[int, int]]:
        return [(self.names.index(low), self.names.index(high)) for low, high in self.ordered]


@dataclass(frozen=True, slots=True)
class Simplex(Domain):
    """Rows `(rows, columns)` of probabilities that sum to 1 within `tolerance`.

    Decimals such as 0.7, 0.2 and 0.099 are no float64s, and their sum is within 0.001 all the same:
    a row is inside as far as an ulp of each column goes. The sum is exact where it decides, so that
    the order of the columns does not.

    With `any_sum` the parts are any numbers ≥ 0 with a positive sum (the loss normalises them).
    """

    tolerance: float = 1e-3
    any_sum: bool = False

    @property
    def part(self) -> Interval:
        """Where a single part has to lie."""
        return NON_NEGATIVE if self.any_sum else PROBABILITY

    def _describe(self) -> str:
        if self.any_sum:
            return "numbers ≥ 0 with a positive sum"
        return f"probabilities in [0, 1] that sum to 1 (within {self.tolerance:g})"

    def _outside(self, values: Array) -> Mask | None:
        if self._surely_inside(values):
            return None
        # A copy by rows: the bits of a sum depend on how the numbers lie in memory.
        total = np.ascontiguousarray(values).sum(axis=1)
        # A row may miss the sum by the tolerance, but no single part may exceed 1.
        if self.any_sum:
            wrong = ~((total > 0.0) & np.isfinite(total))
        else:  # written so that NaN is wrong
            ulps = values.shape[1] * 2.0**-52
            wrong = ~(np.abs(total - 1.0) <= self.tolerance + ulps)
            # The sum of one row in millions is so close to the limit that its rounding could decide.
            close = np.abs(np.abs(total - 1.0) - (self.tolerance + ulps)) <= ulps * 0.75
            for row in np.flatnonzero(close).tolist():
                wrong[row] = abs(math.fsum([*values[row].tolist(), -1.0])) > self.tolerance + ulps
        parts = self.part.outside(values)
        return np.asarray(wrong if parts is None else wrong | parts)

    def _surely_inside(self, values: Array) -> bool:
        """Whether all rows are inside, whichever way their sums are rounded."""
        # NaN is in no interval.
        if not (float(values.min()) in self.part and float(values.max()) in self.part):
            return False
        total = np.einsum("ij->i", values)
        low, high = float(total.min()), float(total.max())
        if self.any_sum:
            return low > 0.0 and high < 1e300
        # Of k parts in [0, 1] it is off by less than half of k ulps of itself, in any order.
        ulps = values.shape[1] * 2.0**-52
        return bool(max(high - 1.0, 1.0 - low) <= self.tolerance - ulps * (1.0 + high))

    def _sample(self, random: np.random.Generator, rows: int, classes: int) -> Array:
        values = random.dirichlet(np.full(classes, 0.7), rows)
        # Multiples of 2⁻⁵² that sum to exactly 1 in any order: inside even for a tolerance of 0.
        values = np.floor(values * 2.0**52) / 2.0**52
        values[np.arange(rows), values.argmax(axis=1)] += 1.0 - values.sum(axis=1)
        certain = rows // 8
        values[:certain] = np.eye(classes)[random.integers(0, classes, certain)]
        scaled = slice(certain, 2 * certain)
        values[scaled] *= 1.0 - min(self.tolerance, 0.5) * random.uniform(0.0, 0.9, (certain, 1))
        if self.any_sum:
            values *= random.lognormal(0.0, 2.0, (rows, 1))
        random.shuffle(values)
        return values


REAL = Interval()
POSITIVE = Interval(low=0.0, low_open=True)
NON_NEGATIVE = Interval(low=0.0)
PROBABILITY = Interval(low=0.0, high=1.0, noun="a probability")
BINARY = OneOf((0.0, 1.0))
SIGN = OneOf((-1.0, 1.0))
BOOLEAN = OneOf((0.0, 1.0), says="true or false")
CLASS = ClassIndex()
