"""What an interval is: a lower and an upper bound."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import NamedTuple


class Bounds(NamedTuple):
    """A lower and an upper bound; both ends belong to the interval."""

    low: float
    high: float

    def cut(self, low: float, high: float) -> Bounds:
        """Return these bounds, moved into a range."""
        return Bounds(min(max(self.low, low), high), min(max(self.high, low), high))


def error_rate(level: float) -> float:
    """Return α = 1 − level as a person reckons: 0.05 for 0.95, where floats have 0.050000000000000044.

    Raises ValueError where `level` is not between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        msg = f"level {level} is not between 0 and 1"
        raise ValueError(msg)
    return float(1 - Decimal(repr(level)))


def check_tail(tail: float) -> None:
    """Raise ValueError where an error probability is not in (0, ½)."""
    if not 0.0 < tail < 0.5:
        msg = f"tail {tail} is not between 0 and 0.5"
        raise ValueError(msg)


def check_finite(**figures: float) -> None:
    """Raise ValueError where a figure is NaN or infinite."""
    for name, figure in figures.items():
        if not math.isfinite(figure):
            msg = f"{name} is {figure}"
            raise ValueError(msg)
