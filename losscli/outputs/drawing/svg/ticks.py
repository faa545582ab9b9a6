"""Ticks of an axis: round numbers, as many as have room, each with a text that tells it from the others."""

from __future__ import annotations

import math
from collections.abc import Iterator

from losscli.outputs.drawing.svg.marks import Axis

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def ticks_of(axis: Axis, most: int) -> tuple[tuple[float, str], ...]:
    """Return at most so many ticks of an axis, in order, each a number and its text."""
    if axis.ticks is not None:
        return axis.ticks
    found = _decades(axis.low, axis.high, most) if axis.log else _linear(axis.low, axis.high, most)
    return tuple((value, text) for value, text in zip(found, texts(found, log=axis.log), strict=True))


def _linear(low: float, high: float, most: int) -> list[float]:
    span = high - low
    if not (math.isfinite(span) and span > 0.0):
        return [low] if math.isfinite(low) else []
    least = span / max(most - 1, 1)
    power = 10.0 ** math.floor(math.log10(least)) if least > 0.0 else 0.0
    if power == 0.0:
        return [low, high]
    for step in (power * factor for factor in STEPS):
        # Two and a half has a digit more than others, which only pays where it fits best.
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if step >= least * (1.0 - 1e-9) or last - first + 1 <= most:
            return [_clean(count * step, step) for count in range(first, last + 1)][: max(most, 1)]
    return [low, high]


def _clean(value: float, step: float) -> float:
    """Return a multiple of a step without what rounding left of it."""
    digits = max(0, 1 - math.floor(math.log10(step)))
    return round(value, digits) + 0.0 if digits < 300 else value


def _decades(low: float, high: float, most: int) -> list[float]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first >= 2:
        step = max(1, math.ceil((last - first + 1) / max(most, 1)))
        return [10.0**power for power in range(first, last + 1) if (power - first) % step == 0]
    fine = [
        digit * 10.0**power
        for power in range(first - 1, last + 1)
        for digit in (1.0, 2.0, 5.0)
        if low <= digit * 10.0**power <= high
    ]
    return fine[:: max(1, math.ceil(len(fine) / max(most, 1)))] if fine else [low, high]


def texts(values: list[float], *, log: bool = False) -> Iterator[str]:
    """Yield texts of numbers, all with as many digits as the finest needs; of ratios each with its own."""
    largest = max((abs(value) for value in values), default=0.0)
    smallest = min((abs(value) for value in values if value), default=0.0)
    if largest >= 1e6 or (largest and largest < 1e-3) or (smallest and largest / smallest > 1e5):
        return iter(_distinct(values))
    if log and all(math.isclose(float(f"{value:.1g}"), value) for value in values):
        return (f"{value:g}" if value >= 1e-4 else short(value, 1) for value in values)
    digits = next((d for d in range(7) if all(_near(value, d, largest) for value in values)), None)
    found = [] if digits is None else [f"{value + 0.0:.{digits}f}" for value in values]
    if len(set(found)) < len(values):
        return iter(_distinct(values))
    return (text.replace("-", "\N{MINUS SIGN}") for text in found)


def _distinct(values: list[float]) -> list[str]:
    """Return numbers with as many significant digits as tell them apart."""
    for digits in range(3, 18):
        found = [short(value, digits) for value in values]
        if len(set(found)) == len(found):
            break
    return found


def _near(value: float, digits: int, largest: float) -> bool:
    return abs(round(value, digits) - value) <= 1e-9 * largest


def short(value: float, digits: int) -> str:
    """Return a number with so many significant digits, its exponent without zeros before it."""
    text = f"{value:.{digits}g}"
    mantissa, e, exponent = text.partition("e")
    text = f"{mantissa}e{int(exponent)}" if e else text
    return text.replace("-", "\N{MINUS SIGN}")
