"""A number as somebody reported it: its digits say how well it is known."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from losscli.common.errors import UsageError
from losscli.common.text import shorten

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
FLOAT32 = Fraction(1, 1 << 22)
"""How far, relative, the number of a library that computes in float32 may be from what is computed here."""
DOUBLE = Fraction(1, 1 << 48)
"""The same of one that computes in float64: its sums are rounded."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A number that was reported.

    Attributes:
        text: as it was typed.
        value: exactly.
        half: half a unit of the last digit that was given, trailing zeros included.
    """

    text: str
    value: Fraction
    half: Fraction

    @property
    def digits(self) -> int:
        """How many significant digits were given."""
        return len(Decimal(self.text).as_tuple().digits) if self.value else 0

    def distance(self, found: float) -> Fraction:
        """Return how far a finite number is from what was reported."""
        return abs(Fraction(found) - self.value)

    def matches(self, found: float, *, is_float32: bool) -> bool:
        """Whether a number, rounded to as many digits, is what was reported."""
        if not math.isfinite(found):
            return False
        near = FLOAT32 if is_float32 else DOUBLE
        return self.distance(found) <= self.half + near * abs(Fraction(found))


def observed_of(text: str) -> Observed:
    """Return the number that a text writes.

    Raises:
        UsageError: if it is none.
    """
    plain = text.strip()
    if not _NUMBER.fullmatch(plain):
        needed = "a number as it was reported, all its digits, such as 0.4812"
        raise UsageError("--observed", shorten(repr(text)), needed, _mended(plain))
    number = Decimal(plain)
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return Observed(plain, Fraction(number), Fraction(10) ** exponent / 2)


def _mended(text: str) -> str:
    """Return how a number with a comma, another minus or a sign of per cent is typed; empty for no such."""
    plain = text.replace("−", "-").replace(",", ".")
    share = plain.removesuffix("%").rstrip()
    if not _NUMBER.fullmatch(share):
        return ""
    if share == plain:
        return f"Typed so: {plain}"
    return f"As a share: {Decimal(share).scaleb(-2)}; of a loss in per cent: {share}"
