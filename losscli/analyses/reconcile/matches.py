"""Which candidates give a number, put together where these data cannot tell them apart, and ranked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from losscli.analyses.reconcile.observed import DOUBLE, FLOAT32, Observed
from losscli.compute.candidates import Candidate
from losscli.conventions.library import OURS

SEVEN_DIGITS = Fraction(1, 1 << 20)
ALIKE = 1e-12
"""Numbers nearer to each other, relative, are one number: what makes them differ is rounding."""


@dataclass(frozen=True, eq=False)
class Group:
    """Candidates whose numbers cannot be told apart on these data, nearest to common use first."""

    members: tuple[tuple[Candidate, float], ...]

    @property
    def first(self) -> Candidate:
        """The candidate nearest to common use."""
        return self.members[0][0]

    @property
    def value(self) -> float:
        """Its number."""
        return self.members[0][1]

    @property
    def distance(self) -> int:
        """How far it is from common use."""
        return self.first.distance

    @property
    def libraries(self) -> tuple[str, ...]:
        """The libraries whose number it is, as they are."""
        return tuple(dict.fromkeys(one.library for one, _ in self.members if one.distance == self.distance))

    @property
    def calls(self) -> tuple[str, ...]:
        """Their calls."""
        found = (one.call for one, _ in self.members if one.distance == self.distance and one.call)
        return tuple(dict.fromkeys(found))

    @property
    def others(self) -> tuple[str, ...]:
        """What `--as` says for the other candidates."""
        return tuple(one.said for one, _ in self.members[1:])


def groups_of(values: Iterable[tuple[Candidate, float]], observed: Observed) -> list[Group]:
    """Return the candidates that give the number, ranked.

    Those nearest to common use come first; of these, those whose number is nearest to what was reported.
    """
    matching = [(one, value) for one, value in values if observed.matches(value, is_float32=one.is_float32)]
    matching.sort(key=lambda pair: (pair[0].distance, _place(pair[0]), observed.distance(pair[1])))
    groups: list[list[tuple[Candidate, float]]] = []
    for one, value in matching:
        home = next((group for group in groups if _alike(group[0], (one, value))), None)
        if home is None:
            groups.append([(one, value)])
        else:
            home.append((one, value))
    found = [Group(tuple(group)) for group in groups]
    return sorted(found, key=lambda group: (group.distance, observed.distance(group.value)))


def _place(candidate: Candidate) -> int:
    """Our plain number comes first, and calls that are meant before others."""
    if candidate.library == OURS:
        return 0
    return 2 if "." in candidate.said.partition("+")[0].partition("@")[0] else 1


def _alike(one: tuple[Candidate, float], other: tuple[Candidate, float]) -> bool:
    """Whether rounding alone makes two numbers differ: where both deviate alike, that of seven digits."""
    near = FLOAT32 if one[0].is_float32 or other[0].is_float32 else DOUBLE
    if one[0].deviations == other[0].deviations:
        near = SEVEN_DIGITS
    return abs(Fraction(one[1]) - Fraction(other[1])) <= near * max(
        abs(Fraction(one[1])), abs(Fraction(other[1]))
    )


def different(values: Sequence[float]) -> list[float]:
    """Return the sizes of different numbers among values, ascending: 0 and what is no number left out."""
    found: list[float] = []
    for value in sorted(abs(value) for value in values if math.isfinite(value) and value):
        if not found or value > found[-1] * (1.0 + ALIKE):
            found.append(value)
    return found


def accidental(values: Sequence[float], observed: Observed) -> float:
    """Return how many of the numbers are expected to match what was reported by accident.

    Each is taken as anywhere in the range of all of them, every ratio as likely as another: the chance that
    it rounds to given digits is the logarithm of the ratio of the ends of the interval that these stand for,
    as far as it is in the range, over that of the range.
    """
    sizes = different(values)
    if len(sizes) < 2:
        return 0.0
    first, last = Fraction(sizes[0]), Fraction(sizes[-1])
    size = abs(observed.value)
    low, high = max(size - observed.half, first), min(size + observed.half, last)
    return len(sizes) * _width(low, high) / _width(first, last) if low < high else 0.0


def _width(low: Fraction, high: Fraction) -> float:
    """Return the logarithm of a ratio, near 1 too."""
    return math.log1p((high - low) / low) if high < 2 * low else math.log(high) - math.log(low)
