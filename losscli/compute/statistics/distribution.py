"""Quantiles and the picture of the losses: exact for a million of them, then by a histogram.

The histogram needs no logarithm. The leading bits of a float64 (exponent and seven bits of the
mantissa) are its bucket: 128 buckets to an octave, so the middle of a bucket is within 0.4 % of
whatever fell into it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from losscli.common.array import Array
from losscli.compute.statistics.binning import readable_edges
from losscli.compute.statistics.sketch import Sketch, sketched

EXACT_UP_TO = 1_000_000  # losses that are kept as they are: 8 MB
PENDING = 1 << 14  # losses that wait beyond that, so that small blocks are counted together
LONG = 1 << 16  # losses of a part that is never copied again: at most 16 such parts are held

SHIFT = 45  # of the 52 bits of the mantissa, 7 choose the bucket
OCTAVE = 1 << (52 - SHIFT)
RELATIVE_ERROR = 0.5 / OCTAVE  # half a bucket by its lower end: how far what it reads may be from a loss
INFINITE = 0x7FF * OCTAVE  # the bucket of infinity; those of NaN lie above
NAN = "a loss is NaN"
RAISED = 54  # binades by which subnormals are raised, to have the leading bits of all others


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many positive values fell into each bucket, from bucket `start` on."""

    start: int
    counts: Array

    @staticmethod
    def of(values: Array) -> _Counts:
        """Count values > 0."""
        if not len(values):
            return _NO_COUNTS
        buckets = values.view(np.int64) >> SHIFT
        if buckets.min() < OCTAVE:
            raised = np.ldexp(values, RAISED, where=buckets < OCTAVE, out=values.copy())
            buckets = (raised.view(np.int64) >> SHIFT) - np.where(buckets < OCTAVE, RAISED * OCTAVE, 0)
        start = int(buckets.min())
        buckets -= start
        return _Counts(start, np.bincount(buckets))

    def merge(self, other: _Counts) -> _Counts:
        if not len(self.counts) or not len(other.counts):
            return self if len(self.counts) else other
        start = min(self.start, other.start)
        stop = max(self.start + len(self.counts), other.start + len(other.counts))
        counts = np.zeros(stop - start, dtype=np.int64)
        for part in (self, other):
            counts[part.start - start :][: len(part.counts)] += part.counts
        return _Counts(start, counts)

    def read(self) -> tuple[Array, Array]:
        """Return the middles of the buckets in use, ascending, and their counts."""
        used = np.flatnonzero(self.counts)
        buckets = used + self.start
        subnormal = buckets < OCTAVE
        bits = np.where(subnormal, buckets + RAISED * OCTAVE, buckets) << SHIFT
        bits[buckets != INFINITE] += 1 << (SHIFT - 1)
        values = bits.view(np.float64)
        if subnormal.any():
            # Down to whole multiples of 2^−1074: below 2^−1066 a bucket holds one value, its lower end.
            whole = np.floor(np.ldexp(values[subnormal], 1074 - RAISED))
            values[subnormal] = np.ldexp(whole, -1074)
        return values, self.counts[used]


_NO_COUNTS = _Counts(0, np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class _Histogram:
    """Counts of the losses by size, and the values on both sides of 0 that are known exactly."""

    positive: _Counts = _NO_COUNTS
    negative: _Counts = _NO_COUNTS
    zeros: int = 0
    low: float = math.inf
    high: float = -math.inf
    below_zero: float = -math.inf  # the largest negative loss
    above_zero: float = math.inf  # the smallest positive loss

    @staticmethod
    def of(values: Array) -> _Histogram:
        if not len(values):
            return _Histogram()
        # Adding 0 turns −0 into 0: which of the two is the least would depend on the order.
        low, high = float(values.min()) + 0.0, float(values.max()) + 0.0
        if math.isnan(low):
            raise ValueError(NAN)
        if low > 0.0:
            return _Histogram(_Counts.of(values), low=low, high=high, above_zero=low)
        positive, negative = values[values > 0.0], -values[values < 0.0]
        return _Histogram(
            _Counts.of(positive),
            _Counts.of(negative),
            len(values) - len(positive) - len(negative),
            low,
            high,
            -float(negative.min(initial=math.inf)),
            float(positive.min(initial=math.inf)),
        )

    def merge(self, other: _Histogram) -> _Histogram:
        return _Histogram(
            self.positive.merge(other.positive),
            self.negative.merge(other.negative),
            self.zeros + other.zeros,
            min(self.low, other.low),
            max(self.high, other.high),
            max(self.below_zero, other.below_zero),
            min(self.above_zero, other.above_zero),
        )

    def read(self) -> tuple[Array, Array]:
        """Return the values that stand for the losses, ascending, and how many each stands for."""
        above, above_counts = self.positive.read()
        below, below_counts = self.negative.read()
        values = np.concatenate([-below[::-1], np.zeros(min(self.zeros, 1)), above])
        counts = np.concatenate([below_counts[::-1], [self.zeros][: self.zeros], above_counts])
        if counts.sum() == 1:
            return np.array([self.low]), counts
        # The least and the largest loss stand for themselves.
        values = np.concatenate([[self.low], np.clip(values, self.low, self.high), [self.high]])
        counts = np.concatenate([[1], counts, [1]])
        counts[1] -= 1
        counts[-2] -= 1
        return values, counts


@dataclass(frozen=True, slots=True)
class Distribution:
    """The losses of `n` samples, up to `EXACT_UP_TO` of them as they are, then as a histogram.

    A commutative monoid. What it reads depends on the losses alone, not on blocks or their order.
    `parts` are runs of losses, each longer than the next: a binary counter, in which every loss is
    copied log n times whatever the blocks.
    """

    n: int = 0
    parts: tuple[Array, ...] = ()
    histogram: _Histogram | None = None
    _read: list[tuple[Array, Array | None]] = field(default_factory=list, compare=False, repr=False)
    """The table, once it was made: several figures are read from it, and sorting takes a while."""

    @staticmethod
    def empty() -> Distribution:
        """Return the distribution of no losses."""
        return Distribution()

    @staticmethod
    def of(losses: Array) -> Distribution:
        """Return the distribution of one block, float64 `(rows,)`, ±inf allowed. The block is copied."""
        if not len(losses):
            return Distribution()
        if len(losses) > EXACT_UP_TO:
            return Distribution(len(losses), (), _counted((np.asarray(losses, dtype=np.float64),), None))
        return Distribution(len(losses), (np.array(losses, dtype=np.float64),))

    def merge(self, other: Distribution) -> Distribution:
        """Return the distribution of both."""
        n = self.n + other.n
        parts = self.parts + other.parts
        histogram = self.histogram
        if other.histogram is not None:
            histogram = other.histogram if histogram is None else histogram.merge(other.histogram)
        if n > EXACT_UP_TO and sum(map(len, parts)) >= PENDING:
            return Distribution(n, (), _counted(parts, histogram))
        return Distribution(n, _carried(parts), histogram)

    @property
    def exact(self) -> bool:
        """Whether quantiles are exact, which they are up to `EXACT_UP_TO` losses."""
        return self.n <= EXACT_UP_TO

    def quantile(self, q: float) -> float:
        """Return the q-quantile, 0 ≤ q ≤ 1; NaN for no losses. See `quantiles`."""
        return self.quantiles([q])[0]

    def quantiles(self, qs: Sequence[float]) -> list[float]:
        """Return quantiles with linear interpolation: those of `np.quantile`, or within 0.5 % of them.

        Between −inf and +inf the quantile is NaN, at an infinite neighbour it is infinite.
        """
        if not all(0.0 <= q <= 1.0 for q in qs):
            msg = "a quantile is asked for by a number in [0, 1]"
            raise ValueError(msg)
        if not self.n:
            return [math.nan] * len(qs)
        values, ends = self._table()
        return [self._interpolated(values, ends, q) for q in qs]

    def largest(self, k: int) -> tuple[Array, Array]:
        """Return values that stand for the k largest losses, and how many each stands for, summing to k."""
        values, ends = self._table()
        first = max(0, self.n - k)
        if ends is None:
            return values[first:], np.ones(self.n - first, dtype=np.int64)
        return values, np.diff(np.maximum(ends - first, 0), prepend=0)

    def picture(self, bins: int, factor: float = 1.0) -> tuple[tuple[float, ...], tuple[int, ...]]:
        """Return edges and counts of at most `bins` bins, `counts[i]` in [edges[i], edges[i + 1]).

        With a `factor` > 0, it is the picture of the losses times that.

        The bins are of one width, a round number. If they reached the largest loss and left the median
        in the first of them, they end at a high quantile instead, and one more reaches the rest. The last
        bin is closed. Infinite losses are in the outer bins, whose edges are then infinite. Where all
        losses are equal there is one bin from the value to itself; without losses there is none.
        """
        if bins < 1:
            msg = f"a picture has one bin or more, not {bins}"
            raise ValueError(msg)
        if not self.n:
            return (), ()
        values, ends = self._table()
        values = values * factor
        low, high = float(values[0]) + 0.0, float(values[-1]) + 0.0
        finite = np.isfinite(values)
        sizes = _sizes(values, ends)
        edges = readable_edges(values[finite], np.cumsum(sizes[finite]), bins, more=math.isinf(high))
        inner = [edge for edge in edges[1:] if low < edge < high]
        first = low if math.isinf(low) or not inner else edges[0]
        last = edges[-1] if inner and high <= edges[-1] else high
        before = np.searchsorted(values, inner, side="left")
        cumulative = np.concatenate([[0], np.cumsum(sizes)])[before]
        counts = np.diff(cumulative, prepend=0, append=self.n)
        return (first, *inner, last), tuple(counts.tolist())

    def sketch(self, bins: int) -> Sketch | None:
        """Return what of the losses fits on a line, in about so many bins; None without losses."""
        if not self.n:
            return None
        values, ends = self._table()
        found = sketched(values, _sizes(values, ends), bins, exact=ends is None)
        return found or Sketch("linear", self.picture(bins)[1])

    def _interpolated(self, values: Array, ends: Array | None, q: float) -> float:
        place = (self.n - 1) * q
        floor = math.floor(place)
        ranks = np.array([floor, min(floor + 1, self.n - 1)])
        if ends is not None:
            ranks = np.searchsorted(ends, ranks, side="right")
        lower, upper = values[ranks].tolist()
        if ends is not None and lower < 0.0 < upper:
            # Across zero the errors of two middles would not cancel as the values do.
            counted = self._all_counted()
            lower, upper = counted.below_zero, counted.above_zero
        return _between(lower, upper, place - floor)

    def _all_counted(self) -> _Histogram:
        return _counted(self.parts, self.histogram)

    def _table(self) -> tuple[Array, Array | None]:
        """Return the values in ascending order and, if one stands for many, the cumulative counts."""
        if not self._read:
            self._read.append(self._made())
        return self._read[0]

    def _made(self) -> tuple[Array, Array | None]:
        if self.exact:
            values = np.concatenate(self.parts)
            values.sort()
            if math.isnan(values[-1]):
                raise ValueError(NAN)
            return values, None
        values, counts = self._all_counted().read()
        return values, np.cumsum(counts)


def _sizes(values: Array, ends: Array | None) -> Array:
    """Return how many losses each value of a table stands for."""
    return np.ones(len(values), dtype=np.int64) if ends is None else np.diff(ends, prepend=0)


def _carried(parts: tuple[Array, ...]) -> tuple[Array, ...]:
    """Return the parts with lengths more than halving from each to the next."""
    kept: list[Array] = []
    for part in parts:
        kept.append(part)
        while len(kept) > 1 and len(kept[-2]) < min(2 * len(kept[-1]), LONG):
            last = kept.pop()
            kept[-1] = np.concatenate([kept[-1], last])
    return tuple(kept)


def _counted(parts: tuple[Array, ...], histogram: _Histogram | None) -> _Histogram:
    counted = _Histogram() if histogram is None else histogram
    # Long parts one by one, so that counting a million losses takes no second copy of them.
    long = [part for part in parts if len(part) >= LONG]
    short = [part for part in parts if len(part) < LONG]
    for part in (*long, *([np.concatenate(short)] if short else [])):
        counted = counted.merge(_Histogram.of(part))
    return counted


def _between(lower: float, upper: float, share: float) -> float:
    """Return lower + share · (upper − lower), to the bit as NumPy interpolates."""
    if lower == upper or share == 0.0:
        return lower + 0.0
    step = upper - lower
    if math.isinf(step) and math.isfinite(lower) and math.isfinite(upper):
        return 2.0 * _between(lower / 2.0, upper / 2.0, share)
    if math.isinf(lower) or math.isinf(upper):
        return lower + upper
    return (upper - step * (1.0 - share) if share >= 0.5 else lower + step * share) + 0.0
