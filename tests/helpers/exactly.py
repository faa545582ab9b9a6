"""Sums as exact fractions, row by row: what statistics are held against."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np

EXTREMES = (
    0.0,
    1.0,
    3.0,
    1e-3,
    1 / 3,
    7.5e8,
    1e200,
    3e-200,
    2.0**-1074,
    5e-310,
    1.7976931348623157e308,
    1e100,
)


def numbers(chance: random.Random, rows: int, *, signs: bool = False, extreme: float = 0.5):
    """Return float64 of all sizes, or of like sizes where `extreme` is 0."""
    found = [
        chance.choice(EXTREMES) * chance.choice((1.0, 0.7))
        if chance.random() < extreme
        else chance.gauss(3, 1)
        for _ in range(rows)
    ]
    values = np.array(found, dtype=np.float64)
    values[~np.isfinite(values)] = 1e300
    return values * np.array([chance.choice((-1, 1)) for _ in range(rows)]) if signs else np.abs(values)


def exact(values):
    """Return numbers as fractions."""
    return [Fraction(value) for value in np.asarray(values, dtype=np.float64).tolist()]


def cuts(chance: random.Random, rows: int, parts: int = 4):
    """Return slices that cut rows into parts, some of them empty."""
    places = sorted(chance.randint(0, rows) for _ in range(parts - 1))
    return [slice(*ends) for ends in zip([0, *places], [*places, rows], strict=True)]


def near(found: Fraction, wanted: Fraction, size: Fraction, bits: int) -> bool:
    """Tell whether two fractions differ by less than 2^−bits of a size."""
    return bool(abs(found - wanted) * 2**bits <= size)
