"""Quantiles and the picture of the losses: exact for a million of them, then by a histogram.

The histogram needs no logarithm. The leading bits of a float64 (exponent and seven bits of the
mantissa) are its bucket: 128 buckets to an octave, so the middle of a bucket is within 0.4 % of
whatever fell into it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from losscli.common.array import Array
from losscli.compute.statistics.binning import readable_edges
from losscli.compute.statistics.sketch import Sketch, sketched

EXACT_UP_TO = 1_000_000  # losses that are kept as they are: 8 MB
PENDING = 1 << 14  # losses that wait beyond that, so that small blocks are counted together
LONG = 1 << 15  # losses of a part that is never copied again: at most 30 such parts are held

SHIFT = 45  # of the 52 bits of the mantissa, 7 choose the bucket
OCTAVE = 1 << (52 - SHIFT)
RELATIVE_ERROR = 0.5 / OCTAVE  # half a bucket by its lower end: how far what it reads may be from a loss
INFINITE = 0x7FF * OCTAVE  # the bucket of infinity; those of NaN lie above
NAN = "a loss is NaN"
RAISED = 54  # binades by which subnormals are raised, to have the leading bits of all others


@dataclass(frozen=True, slots=True)
class Counts:
    """How many positive values fell into each bucket, from bucket `start` on."""

    start: int
    counts: Array

    @staticmethod
    def of(values: Array, least: float | None = None) -> Counts:
        """Count values > 0; `least` is the least of them, where that is known."""
        if not len(values):
            return NO_COUNTS
        least = float(values.min()) if least is None else least
        buckets = values.view(np.int64) >> SHIFT
        if least < sys.float_info.min:
            raised = np.ldexp(values, RAISED, where=buckets < OCTAVE, out=values.copy())
            buckets = (raised.view(np.int64) >> SHIFT) - np.where(buckets < OCTAVE, RAISED * OCTAVE, 0)
            start = int(buckets.min())
        else:
            # Of positive numbers, the order of the bits is that of the values.
            start = int(np.float64(least).view(np.int64)) >> SHIFT
        buckets -= start
        return Counts(start, np.bincount(buckets))

    def merge(self, other: Counts) -> Counts:
        """Return the counts of both."""
        if not len(self.counts) or not len(other.counts):
            return self if len(self.counts) else other
        start = min(self.start, other.start)
        stop = max(self.start + len(self.counts), other.start + len(other.counts))
        counts = np.zeros(stop - start, dtype=np.int64)
        for part in (self, other):
            counts[part.start - start :][: len(part.counts)] += part.counts
        return Counts(start, counts)

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


NO_COUNTS = Counts(0, np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of the losses by size, and the values on both sides of 0 that are known exactly."""

    positive: Counts = NO_COUNTS
    negative: Counts = NO_COUNTS
    zeros: int = 0
    low: float = math.inf
    high: float = -math.inf
    below_zero: float = -math.inf  # the largest negative loss
    above_zero: float = math.inf  # the smallest positive loss

    @staticmethod
    def of(values: Array) -> Histogram:
        """Return the histogram of losses, float64 `(rows,)`."""
        if not len(values):
            return Histogram()
        # Adding 0 turns −0 into 0: which of the two is the least would depend on the order.
        low, high = float(values.min()) + 0.0, float(values.max()) + 0.0
        if math.isnan(low):
            raise ValueError(NAN)
        if low > 0.0:
            return Histogram(Counts.of(values, low), low=low, high=high, above_zero=low)
        positive = values[values > 0.0]
        negative = -values[values < 0.0] if low < 0.0 else values[:0]
        return Histogram(
            Counts.of(positive),
            Counts.of(negative),
            len(values) - len(positive) - len(negative),
            low,
            high,
            -float(negative.min(initial=math.inf)),
            float(positive.min(initial=math.inf)),
        )

    @property
    def total(self) -> int:
        """How many losses there are."""
        return int(self.positive.counts.sum()) + int(self.negative.counts.sum()) + self.zeros

    def merge(self, other: Histogram) -> Histogram:
        """Return the histogram of the losses of both."""
        return Histogram(
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
        zeros = np.full(min(self.zeros, 1), self.zeros)
        counts = np.concatenate([below_counts[::-1], zeros, above_counts])
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
    histogram: Histogram | None = None

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

    def settled(self) -> Array | Histogram:
        """Return the losses in ascending order, each 0 without a sign; of more than are kept, the histogram.

        It depends on the losses alone, not on how states of them were merged.
        """
        return self.ordered().values + 0.0 if self.exact else _counted(self.parts, self.histogram)

    @staticmethod
    def of_settled(found: Array | Histogram) -> Distribution:
        """Return the distribution that is `settled` so."""
        if isinstance(found, Histogram):
            return Distribution(found.total, (), found)
        return Distribution.of(found)

    @property
    def exact(self) -> bool:
        """Whether quantiles are exact, which they are up to `EXACT_UP_TO` losses."""
        return self.n <= EXACT_UP_TO

    def only(self) -> float | None:
        """Return the value of all losses where they are two or more and equal, else None; always exact."""
        if self.n < 2:
            return None
        low = min((float(part.min()) for part in self.parts), default=math.inf)
        high = max((float(part.max()) for part in self.parts), default=-math.inf)
        if self.histogram is not None:
            low, high = min(low, self.histogram.low), max(high, self.histogram.high)
        return low + 0.0 if low == high else None

    def count(self, value: float) -> int | None:
        """Return how many losses are equal to `value`; None where that is not known exactly."""
        if self.n and value == self.only():
            return self.n
        if not self.exact:
            return None
        return sum(int(np.count_nonzero(part == value)) for part in self.parts)

    def quantile(self, q: float) -> float:
        """Return the q-quantile, 0 ≤ q ≤ 1; NaN for no losses. See `Ordered.quantiles`."""
        return self.quantiles([q])[0]

    def quantiles(self, qs: Sequence[float]) -> list[float]:
        """Return quantiles; see `Ordered.quantiles`."""
        return self.ordered().quantiles(qs)

    def picture(self, bins: int, factor: float = 1.0) -> tuple[tuple[float, ...], tuple[int, ...]]:
        """Return edges and counts of bins; see `Ordered.picture`."""
        return self.ordered().picture(bins, factor)

    def ordered(self) -> Ordered:
        """Return the losses in ascending order, once for all that is read of them."""
        if self.exact:
            values = np.concatenate(self.parts) if self.parts else np.zeros(0)
            values.sort()
            if self.n and math.isnan(values[-1]):
                raise ValueError(NAN)
            return Ordered(self.n, values)
        counted = _counted(self.parts, self.histogram)
        values, counts = counted.read()
        return Ordered(self.n, values, np.cumsum(counts), (counted.below_zero, counted.above_zero))


@dataclass(frozen=True, slots=True)
class Ordered:
    """Losses in ascending order.

    Attributes:
        n: how many there are.
        values: the losses, float64; of more than are kept, values that stand for them.
        ends: int64, how many there are up to each value, it included; None where each stands for one.
        beside_zero: the largest negative loss and the smallest positive one, where values stand for others.
    """

    n: int
    values: Array
    ends: Array | None = None
    beside_zero: tuple[float, float] = (math.nan, math.nan)

    def quantiles(self, qs: Sequence[float]) -> list[float]:
        """Return quantiles with linear interpolation: those of `np.quantile`, or within 0.5 % of them.

        Between −inf and +inf the quantile is NaN, at an infinite neighbour it is infinite.
        """
        if not all(0.0 <= q <= 1.0 for q in qs):
            msg = "a quantile is asked for by a number in [0, 1]"
            raise ValueError(msg)
        return [self._interpolated(q) if self.n else math.nan for q in qs]

    def largest(self, k: int) -> tuple[Array, Array]:
        """Return values that stand for the k largest losses, and how many each stands for, summing to k."""
        first = max(0, self.n - k)
        if self.ends is None:
            return self.values[first:], np.ones(self.n - first, dtype=np.int64)
        return self.values, np.diff(np.maximum(self.ends - first, 0), prepend=0)

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
        values = self.values if factor == 1.0 else self.values * factor
        low, high = float(values[0]) + 0.0, float(values[-1]) + 0.0
        start, stop = np.searchsorted(values, -math.inf, "right"), np.searchsorted(values, math.inf, "left")
        ends = None if self.ends is None else self.ends[start:stop] - (self.ends[start - 1] if start else 0)
        edges = readable_edges(values[start:stop], ends, bins, more=math.isinf(high))
        inner = [edge for edge in edges[1:] if low < edge < high]
        first = low if math.isinf(low) or not inner else edges[0]
        last = edges[-1] if inner and high <= edges[-1] else high
        before = np.searchsorted(values, inner, side="left")
        cumulative = before if self.ends is None else np.concatenate([[0], self.ends])[before]
        counts = np.diff(cumulative, prepend=0, append=self.n)
        return (first, *inner, last), tuple(counts.tolist())

    def sketch(self, bins: int) -> Sketch | None:
        """Return what of the losses fits on a line, in about so many bins; None without losses."""
        if not self.n:
            return None
        sizes = (
            np.ones(len(self.values), dtype=np.int64) if self.ends is None else np.diff(self.ends, prepend=0)
        )
        found = sketched(self.values, sizes, bins, exact=self.ends is None)
        return found or Sketch("linear", self.picture(bins)[1])

    def _interpolated(self, q: float) -> float:
        place = (self.n - 1) * q
        floor = math.floor(place)
        ranks = np.array([floor, min(floor + 1, self.n - 1)])
        if self.ends is not None:
            ranks = np.searchsorted(self.ends, ranks, side="right")
        lower, upper = self.values[ranks].tolist()
        if self.ends is not None and lower < 0.0 < upper:
            # Across zero the errors of two middles would not cancel as the values do.
            lower, upper = self.beside_zero
        return _between(lower, upper, place - floor)


def _carried(parts: tuple[Array, ...]) -> tuple[Array, ...]:
    """Return the parts with lengths more than halving from each to the next."""
    kept: list[Array] = []
    for part in parts:
        kept.append(part)
        while len(kept) > 1 and len(kept[-2]) < min(2 * len(kept[-1]), LONG):
            last = kept.pop()
            kept[-1] = np.concatenate([kept[-1], last])
    return tuple(kept)


def _counted(parts: tuple[Array, ...], histogram: Histogram | None) -> Histogram:
    counted = Histogram() if histogram is None else histogram
    # Long parts one by one, so that counting a million losses takes no second copy of them.
    long = [part for part in parts if len(part) >= LONG]
    short = [part for part in parts if len(part) < LONG]
    for part in (*long, *([np.concatenate(short)] if short else [])):
        counted = counted.merge(Histogram.of(part))
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
