"""The p of each of several tests, adjusted for there being several.

S. Holm, Scand. J. Statist. 6 (1979) 65–70; Y. Benjamini, Y. Hochberg, J. R. Statist. Soc. B 57 (1995)
289–300.
"""

from __future__ import annotations

from collections.abc import Sequence


def holm(ps: Sequence[float]) -> list[float]:
    """Return adjusted p's that bound the probability of any error (Holm)."""
    m, largest = len(ps), 0.0
    adjusted = [0.0] * m
    for rank, place in enumerate(_in_order(ps)):
        largest = max(largest, min(1.0, (m - rank) * ps[place]))
        adjusted[place] = largest
    return adjusted


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Return adjusted p's that bound the expected share of errors (Benjamini and Hochberg)."""
    m, least = len(ps), 1.0
    adjusted = [0.0] * m
    for rank, place in reversed([*enumerate(_in_order(ps), start=1)]):
        least = min(least, ps[place] * m / rank)
        adjusted[place] = least
    return adjusted


def _in_order(ps: Sequence[float]) -> list[int]:
    for p in ps:
        if not 0.0 <= p <= 1.0:
            msg = f"p {p} is not in [0, 1]"
            raise ValueError(msg)
    return sorted(range(len(ps)), key=ps.__getitem__)
