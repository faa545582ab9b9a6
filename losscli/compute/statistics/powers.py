"""Exact sums of powers of the losses of one model, and of products of those of two.

They are what a mean, its standard error and its skewness are computed from, of one model and of any
a·α + b·β + γ of two: a monoid under `merge`, so that blocks, their order and engines change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from losscli.common.array import Array
from losscli.compute.statistics import quick_sums
from losscli.compute.statistics.error_free import (
    LARGEST,
    LEAST,
    cube_of,
    difference,
    product,
    square_times,
)
from losscli.compute.statistics.exact_sum import ExactSum, alike, power_sums

_ZERO = ExactSum.empty()
_CUBE_IS_NORMAL = 2.0**-300


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """What the numbers of each sample are multiplied by: values · 2^exponent; no exponent is one of 0.

    So the square and the cube of any weight are within range.
    """

    values: Array
    exponent: Array | None = None

    def take(self, rows: Array) -> Factor:
        """Return the factors of some rows."""
        return Factor(self.values[rows], None if self.exponent is None else self.exponent[rows])

    def alike(self) -> Iterator[tuple[Array, Array, int]]:
        """Yield the places of rows, and their factors as values · 2^(an exponent that they share)."""
        assert self.exponent is not None
        for rows, base in alike(self.exponent):
            yield rows, np.ldexp(self.values[rows], self.exponent[rows] - base), base


def factors_of(weight: Array | None, *, counts: bool) -> tuple[Factor | None, ...]:
    """Return the factors with which losses are summed: None for 1; w² and w³ each rounded in every row."""
    if weight is None:
        return (None,)
    if counts:
        return (Factor(weight),)
    least, largest = weight.min(initial=1.0, where=weight > 0.0), weight.max(initial=1.0)
    if least >= _CUBE_IS_NORMAL and largest <= 1.0 / _CUBE_IS_NORMAL:
        squared = weight * weight
        return Factor(weight), Factor(squared), Factor(squared * weight)
    part, exponent = np.frexp(weight)
    squared = part * part
    return Factor(weight), Factor(squared, 2 * exponent), Factor(squared * part, 3 * exponent)


@dataclass(frozen=True, slots=True)
class Powers:
    """Exact Σ u, Σ u·a, Σ u·a² and Σ u·a³ over samples, u a factor of each (1 without factors).

    Nothing is rounded: central moments may be many times smaller than these.
    """

    none: ExactSum = _ZERO
    first: ExactSum = _ZERO
    second: ExactSum = _ZERO
    third: ExactSum = _ZERO

    @staticmethod
    def of(a: Array, factor: Factor | None = None) -> Powers:
        """Return the sums of one block: float64 `(rows,)`, finite."""
        if not len(a):
            return Powers()
        if factor is None or factor.exponent is None:
            u = None if factor is None else factor.values
            none = ExactSum.of_integer(len(a)) if u is None else ExactSum.of(u)
            quick = quick_sums.powers(a) if u is None else None
            if quick is not None:
                return Powers(none, *quick)
            first, second = power_sums(a, u)
            return Powers(none, first, second, _third(a, a, u))
        total = Powers()
        for rows, values, base in factor.alike():
            total = total.merge(Powers.of(a[rows], Factor(values)).shifted(base))
        return total

    def merge(self, other: Powers) -> Powers:
        """Return the sums over both."""
        return Powers(
            self.none.merge(other.none),
            self.first.merge(other.first),
            self.second.merge(other.second),
            self.third.merge(other.third),
        )

    def shifted(self, places: int) -> Powers:
        """Return the sums with every factor times 2^places."""
        none, first, second, third = (
            one.shifted(places) for one in (self.none, self.first, self.second, self.third)
        )
        return Powers(none, first, second, third)


@dataclass(frozen=True, slots=True)
class Mixed:
    """What the sums of any a·α + b·β need besides those of a and of b.

    Attributes:
        joint: Σ u·a·b.
        cubes: Σ u·(a − b)³, where nothing cancels, however alike a and b are; None where no skewness is
            asked for.
        squared_first, squared_second: Σ u·a²·b and Σ u·a·b²; None where no factors of a and b but 1 and −1
            are asked for.
    """

    joint: ExactSum = _ZERO
    cubes: ExactSum | None = _ZERO
    squared_first: ExactSum | None = None
    squared_second: ExactSum | None = None

    @staticmethod
    def of(
        a: Array, b: Array, factor: Factor | None = None, *, cubes: bool = True, all_: bool = False
    ) -> Mixed:
        """Return the sums of one block: float64 `(rows,)`, finite."""
        nothing = Mixed(_ZERO, _ZERO if cubes else None, *((_ZERO, _ZERO) if all_ else (None, None)))
        if not len(a):
            return nothing
        if factor is None or factor.exponent is None:
            u = None if factor is None else factor.values
            if u is None and not cubes and not all_:
                quick = quick_sums.products(a, b)
                if quick is not None:
                    return Mixed(quick, None)
            return Mixed(
                ExactSum.of_products(a, b) if u is None else _joint(a, b, u),
                _cubes(a, b, u) if cubes else None,
                _third(a, b, u) if all_ else None,
                _third(b, a, u) if all_ else None,
            )
        total = nothing
        for rows, values, base in factor.alike():
            part = Mixed.of(a[rows], b[rows], Factor(values), cubes=cubes, all_=all_)
            total = total.merge(part.shifted(base))
        return total

    def merge(self, other: Mixed) -> Mixed:
        """Return the sums over both."""
        return Mixed(
            self.joint.merge(other.joint),
            _both(self.cubes, other.cubes),
            _both(self.squared_first, other.squared_first),
            _both(self.squared_second, other.squared_second),
        )

    def shifted(self, places: int) -> Mixed:
        """Return the sums with every factor times 2^places."""
        others = (self.cubes, self.squared_first, self.squared_second)
        cubes, first, second = (None if one is None else one.shifted(places) for one in others)
        return Mixed(self.joint.shifted(places), cubes, first, second)


@dataclass(frozen=True, slots=True)
class Form:
    """A number of each sample, first·a + second·b + constant, of the losses a and b of two models."""

    first: Fraction = Fraction(1)
    second: Fraction = Fraction(0)
    constant: Fraction = Fraction(0)

    @property
    def is_difference(self) -> bool:
        """Whether it is a − b, up to a constant."""
        return self.first == 1 and self.second == -1


ALONE = Form()
DIFFERENCE = Form(Fraction(1), Fraction(-1))


@dataclass(frozen=True, slots=True)
class Sums:
    """Exact Σ u·d^p for p = 0, 1, 2, 3 of some d: what central moments are read from."""

    none: Fraction
    first: Fraction
    second: Fraction
    third: Fraction | None

    def about(self, centre: Fraction) -> Sums:
        """Return the same sums of d − centre."""
        first = self.first - centre * self.none
        second = self.second - 2 * centre * self.first + centre**2 * self.none
        third = None
        if self.third is not None:
            third = self.third - 3 * centre * self.second + 3 * centre**2 * self.first - centre**3 * self.none
        return Sums(self.none, first, second, third)


def sums_of(form: Form, a: Powers, b: Powers | None = None, mixed: Mixed | None = None) -> Sums:
    """Return the sums of a form of two models' losses; of one alone, b and mixed are None."""
    alpha, beta = form.first, form.second
    none = a.none.read()
    if b is None or mixed is None:
        found = Sums(none, alpha * a.first.read(), alpha**2 * a.second.read(), alpha**3 * a.third.read())
    else:
        first = alpha * a.first.read() + beta * b.first.read()
        second = (
            alpha**2 * a.second.read() + 2 * alpha * beta * mixed.joint.read() + beta**2 * b.second.read()
        )
        found = Sums(none, first, second, _third_of(form, a, b, mixed))
    return found.about(-form.constant) if form.constant else found


def _third_of(form: Form, a: Powers, b: Powers, mixed: Mixed) -> Fraction | None:
    alpha, beta = form.first, form.second
    if alpha == -beta:
        return None if mixed.cubes is None else alpha**3 * mixed.cubes.read()
    if mixed.squared_first is None or mixed.squared_second is None:
        return None
    return (
        alpha**3 * a.third.read()
        + 3 * alpha**2 * beta * mixed.squared_first.read()
        + 3 * alpha * beta**2 * mixed.squared_second.read()
        + beta**3 * b.third.read()
    )


def _joint(a: Array, b: Array, factor: Array) -> ExactSum:
    """Return Σ u·a·b."""
    wild = _either(_wild(a), _wild(b))
    if wild is None:
        return _summed(product(a, b), factor)
    tame = ~wild
    total = _summed(product(a[tame], b[tame]), factor[tame])
    (a_part, a_exponent), (b_part, b_exponent) = np.frexp(a[wild]), np.frexp(b[wild])
    return total.merge(_summed_at(product(a_part, b_part), a_exponent + b_exponent, factor[wild]))


def _third(a: Array, b: Array, factor: Array | None) -> ExactSum:
    """Return Σ u·a²·b."""
    wild = _wild(a) if b is a else _either(_wild(a), _wild(b))
    if wild is None:
        return _summed(square_times(a, b), factor)
    tame = ~wild
    total = _summed(square_times(a[tame], b[tame]), _of(factor, tame))
    (a_part, a_exponent), (b_part, b_exponent) = np.frexp(a[wild]), np.frexp(b[wild])
    return total.merge(
        _summed_at(square_times(a_part, b_part), 2 * a_exponent + b_exponent, _of(factor, wild))
    )


def _cubes(a: Array, b: Array, factor: Array | None) -> ExactSum:
    """Return Σ u·(a − b)³."""
    high, low = difference(a, b)
    wild = _wild(high)
    if wild is None:
        return _summed(cube_of((high, low)), factor)
    tame = ~wild
    total = _summed(cube_of((high[tame], low[tame])), _of(factor, tame))
    part, exponent = np.frexp(high[wild])
    cubes = cube_of((part, np.ldexp(low[wild], -exponent)))
    return total.merge(_summed_at(cubes, 3 * exponent, _of(factor, wild)))


def _wild(values: Array) -> Array | None:
    """Return the mask of the values whose cubes are not within the range of float64; None where all are.

    A row is told by itself, so that the rows beside it change nothing.
    """
    sizes = np.abs(values)
    if sizes.max() <= LARGEST and sizes.min() >= LEAST:
        return None
    wild = (sizes > LARGEST) | ((sizes < LEAST) & (sizes > 0.0))
    return wild if wild.any() else None


def _either(one: Array | None, other: Array | None) -> Array | None:
    return one if other is None else other if one is None else one | other


def _of(factor: Array | None, rows: Array) -> Array | None:
    return None if factor is None else factor[rows]


def _summed(parts: tuple[Array, ...], factor: Array | None) -> ExactSum:
    """Return Σ u·(the sum of the parts)."""
    total = _ZERO
    for part in parts:
        total = total.merge(ExactSum.of(part) if factor is None else ExactSum.of_products(part, factor))
    return total


def _summed_at(parts: tuple[Array, ...], exponent: Array, factor: Array | None) -> ExactSum:
    """Return Σ u·(the sum of the parts)·2^exponent."""
    total = _ZERO
    for rows, base in alike(exponent):
        shift = exponent[rows] - base
        part = tuple(np.ldexp(one[rows], shift) for one in parts)
        total = total.merge(_summed(part, _of(factor, rows)).shifted(base))
    return total


def _both(one: ExactSum | None, other: ExactSum | None) -> ExactSum | None:
    return None if one is None or other is None else one.merge(other)
