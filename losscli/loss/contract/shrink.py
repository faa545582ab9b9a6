"""Samples that show a fault, made small enough for a person to read: fewer rows, then rounder numbers.

Rows are removed in runs that halve in length (Zeller and Hildebrandt, Simplifying and Isolating
Failure-Inducing Input, 2002), then single numbers are replaced by simpler ones, as long as the fault
stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from losscli.common.array import Array
from losscli.common.text import plain_number
from losscli.loss.contract.samples import Samples

TRIES = 400
_SIMPLE = (0.0, 1.0, 2.0, 3.0, 5.0, -1.0, -2.0, -3.0, -5.0, 0.5, -0.5)
_DECADES = tuple(sign * 10.0**power for power in (1, -1, 2, -2, 3, 6, 12) for sign in (1.0, -1.0))
_PAIRS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.0, -1.0), (-1.0, 0.0))
_PARTS = ("label", "prediction")


def shrink(samples: Samples, shows: Callable[[Samples], bool], tries: int = TRIES) -> Samples:
    """Return samples that still show what `shows` looks for, as small as was found.

    Args:
        samples: samples for which `shows` is true.
        shows: whether samples show the fault; false for samples that the loss does not accept.
        tries: after how many looks the search ends.
    """
    search = _Search(shows, tries)
    return search.rounder(search.fewer(samples))


class _Search:
    """A search that gives up after some tries."""

    def __init__(self, shows: Callable[[Samples], bool], tries: int) -> None:
        self._shows, self._left = shows, tries

    def fewer(self, samples: Samples) -> Samples:
        run = len(samples) // 2
        while run >= 1:
            start = 0
            while start < len(samples) and len(samples) > 1:
                keep = np.ones(len(samples), dtype=np.bool_)
                keep[start : start + run] = False
                if keep.any() and self._still(samples.take(keep)):
                    samples = samples.take(keep)
                else:
                    start += run
            run //= 2
        return samples

    def rounder(self, samples: Samples) -> Samples:
        if all(part.ndim == 1 and part.dtype == np.float64 for part in (samples.label, samples.prediction)):
            for row in range(len(samples)):
                samples = self._simpler_pair(samples, row)
        changed = True
        while changed and self._left:
            changed = False
            for part in _PARTS:
                values = getattr(samples, part)
                # A row of probabilities cannot change one number at a time: rows come first.
                rows = list(np.ndindex(values.shape[:1])) if values.ndim > 1 else []
                for place in [*rows, *np.ndindex(values.shape)]:
                    simpler = self._simpler(samples, part, place)
                    changed |= simpler is not samples
                    samples = simpler
        return samples

    def _simpler_pair(self, samples: Samples, row: int) -> Samples:
        """Return the samples with a label and its prediction as simple as both together can be."""
        now = _complexity(samples.label[row]), _complexity(samples.prediction[row])
        error = samples.prediction[row] - samples.label[row]
        for pair in (*_PAIRS, (0.0, error)):
            label, prediction = samples.label.copy(), samples.prediction.copy()
            label[row], prediction[row] = pair
            simpler = max(map(_complexity, pair)) < max(now) and np.isfinite(error)
            if simpler and self._still(Samples(label, prediction)):
                return Samples(label, prediction)
        return samples

    def _simpler(self, samples: Samples, part: str, place: tuple[int, ...]) -> Samples:
        """Return the samples with one number, or one row, as simple as the fault allows."""
        values = getattr(samples, part)
        for candidate in _rows(values[place]) if values[place].ndim else _candidates(values[place]):
            other = values.copy()
            other[place] = candidate
            found = Samples(*(other if name == part else getattr(samples, name) for name in _PARTS))
            if self._still(found):
                return found
        return samples

    def _still(self, samples: Samples) -> bool:
        self._left = max(0, self._left - 1)
        return self._left > 0 and self._shows(samples)


def _rows(row: Array) -> Iterator[Array]:
    """Yield simpler rows: one number the same everywhere, or all of it in one column."""
    simple = [np.zeros(len(row)), np.ones(len(row)), *np.eye(len(row)), np.full(len(row), 1.0 / len(row))]
    size = sum(map(_digits, row.tolist()))
    yield from (other for other in simple if sum(map(_digits, other.tolist())) < size)


def _candidates(value: Array) -> Iterator[float]:
    """Yield simpler numbers, the simplest first."""
    if value.dtype.kind == "i":
        yield from range(int(value))
        return
    number = float(value)
    near = [*_SIMPLE, *_DECADES, math.trunc(number), abs(number), *_rounded(number)]
    for candidate in sorted({float(one) for one in near if math.isfinite(one)}, key=_complexity):
        if _complexity(candidate) < _complexity(number):
            yield candidate


def _rounded(number: float) -> Iterator[float]:
    """Yield the number to fewer digits."""
    for digits in range(4):
        yield float(f"{number:.{digits}e}")


def _complexity(number: float) -> tuple[int, int, float, bool]:
    """Return how hard a number is to read: many digits first, then zeros, then size and sign."""
    exponent = math.floor(math.log10(abs(number))) if number else 0
    return _digits(number), abs(exponent), abs(number), math.copysign(1.0, number) < 0.0


def _digits(number: float) -> int:
    """Return how many digits a number has, zeros before and behind left out."""
    return len(plain_number(abs(number)).partition("e")[0].replace(".", "").strip("0"))
