"""A distribution as the text of a state: its losses as they are, or the histogram of very many.

What is read is held against itself: a histogram that no losses can have is refused.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from losscli.common import codec
from losscli.common.json import Document, Json, Object, number_object
from losscli.compute.states.numbers import array_text, read_array
from losscli.compute.statistics.distribution import (
    EXACT_UP_TO,
    INFINITE,
    OCTAVE,
    RAISED,
    Counts,
    Distribution,
    Histogram,
)

_LOWEST = -RAISED * OCTAVE
"""Below the bucket of the least positive number."""
_ENDS = ("low", "high", "below_zero", "above_zero")


def written(found: Distribution) -> Object:
    """Return a distribution, under `losses` or `histogram`; the same for the same losses."""
    settled = found.settled()
    if not isinstance(settled, Histogram):
        return {"losses": array_text(settled)}
    whole: Object = {"zeros": settled.zeros}
    for name in _ENDS:
        whole |= number_object(name, getattr(settled, name))
    return {"histogram": whole | {name: _pairs(getattr(settled, name)) for name in ("negative", "positive")}}


def _pairs(counts: Counts) -> Json:
    used = np.flatnonzero(counts.counts)
    return [
        [place, count]
        for place, count in zip((used + counts.start).tolist(), counts.counts[used].tolist(), strict=True)
    ]


def read(part: Document, n: int) -> Distribution:
    """Return a distribution of `n` losses. Raises LosscliError for what can be none."""
    if n <= EXACT_UP_TO:
        losses = read_array(part, "losses")
        # A minus before a zero would depend on the order in which losses came.
        if len(losses) != n or np.isnan(losses).any() or (losses[1:] < losses[:-1]).any():
            part.refuse("losses", f"{n} losses in ascending order")
        if (np.signbit(losses) & (losses == 0.0)).any():
            part.refuse("losses", "zeros without a sign")
        return Distribution.of(losses)
    whole = part.object("histogram")
    ends = {name: whole.number(name) for name in _ENDS}
    histogram = Histogram(
        _counts(whole, "positive"), _counts(whole, "negative"), codec.COUNT.read(whole, "zeros"), **ends
    )
    if histogram.total != n:
        part.refuse("histogram", f"the counts of {n} losses")
    if [getattr(histogram, name) for name in _ENDS] != _possible(histogram):
        part.refuse("histogram", "the least and largest losses that are in its buckets")
    return Distribution.of_settled(histogram)


def _counts(whole: Document, key: str) -> Counts:
    pairs = whole.value(key)
    needed = "pairs of a bucket and how many losses are in it, in ascending order"
    if not isinstance(pairs, list) or not all(
        isinstance(pair, list) and len(pair) == 2 and all(type(one) is int for one in pair) for pair in pairs
    ):
        whole.refuse(key, needed)
    if not pairs:
        return Counts(0, np.zeros(0, dtype=np.int64))
    places, counts = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    ascending = all(low < high for low, high in pairwise(places))
    if not (ascending and places[0] >= _LOWEST and places[-1] <= INFINITE):
        whole.refuse(key, needed)
    if min(counts) < 1 or sum(counts) >= 1 << 62:
        whole.refuse(key, needed)
    found = np.zeros(places[-1] - places[0] + 1, dtype=np.int64)
    found[np.array(places) - places[0]] = counts
    return Counts(places[0], found)


def _possible(found: Histogram) -> list[float]:
    """Return the ends of a histogram where its buckets can have them; NaN for one that they cannot."""

    def inside(value: float, counts: Counts, *, last: bool) -> float:
        size = np.array([abs(value)])
        fits = math.isfinite(value) or math.isinf(value)
        if not fits or not value or not len(counts.counts):
            return math.nan
        end = counts.start + (len(counts.counts) - 1 if last else 0)
        return value if Counts.of(size).start == end else math.nan

    below, above, zeros = found.negative, found.positive, found.zeros
    least_above = inside(found.above_zero, above, last=False) if len(above.counts) else math.inf
    most_below = inside(found.below_zero, below, last=False) if len(below.counts) else -math.inf
    middle = 0.0 if zeros else None
    low = inside(found.low, below, last=True) if len(below.counts) else least_above if middle is None else 0.0
    high = (
        inside(found.high, above, last=True) if len(above.counts) else most_below if middle is None else 0.0
    )
    signs = found.low < 0.0 or not len(below.counts), found.high > 0.0 or not len(above.counts)
    order = found.below_zero <= 0.0 <= found.above_zero and found.low <= found.high
    order = order and found.low <= found.above_zero and found.below_zero <= found.high
    if not (all(signs) and order):
        return [math.nan] * len(_ENDS)
    return [low, high, most_below, least_above]
