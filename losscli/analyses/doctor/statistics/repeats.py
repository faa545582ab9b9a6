"""Which rows come again: the head in the tail, runs of rows, single rows; in constant memory.

Of keys that are spread evenly those below a bound are a sample of the distinct ones, the same sample
whoever takes it, and of each of them all rows are counted. The bound falls as rows come, so that about as
many are held for any number of rows: of r rows all as long as r is no more than that, a share of them
behind. Where a row stands changes neither the sample nor the order in which states are merged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.analyses.doctor.statistics.keys import PIECE, joined, keys_of, mixed, share
from losscli.common.array import Array

ENDS = 1024
"""Rows of the head and of the tail that are held."""
RUN = 64
"""The rows of a run."""
KEPT_RUNS, KEPT_ROWS, KEPT_VALUES = 1 << 15, 1 << 14, 1 << 12
_BASE = 0xC2B2AE3D27D4EB4F
_NONE = np.zeros(0, dtype=np.uint64)
_NO_ROWS = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Distinct keys below a bound, ascending, with what is known of the rows that have them.

    Attributes:
        kept: about how many keys are held.
        key: uint64 `(keys,)`.
        count: int64, how many rows have it.
        first, second, last: int64, the rows that have it first, next (0: none), and last.
        mark: uint64, something else that is known of its first row.
    """

    kept: int
    key: Array = field(default_factory=lambda: _NONE)
    count: Array = field(default_factory=lambda: _NO_ROWS)
    first: Array = field(default_factory=lambda: _NO_ROWS)
    second: Array = field(default_factory=lambda: _NO_ROWS)
    last: Array = field(default_factory=lambda: _NO_ROWS)
    mark: Array = field(default_factory=lambda: _NONE)

    def of(self, keys: Array, row: Array, mark: Array, end: int) -> Sample:
        """Return what is known of rows with these keys, up to row `end` of all."""
        low = np.flatnonzero(keys <= share(end, self.kept))
        key, row, mark = keys[low], row[low], mark[low]
        ones, zeros = np.ones(len(low), dtype=np.int64), np.zeros(len(low), dtype=np.int64)
        return self._grouped(key, ones, row, zeros, row, mark)

    def merge(self, later: Sample, end: int) -> Sample:
        """Return what is known of both, up to row `end` of all."""
        bound = share(end, self.kept)
        ours = int(np.searchsorted(self.key, bound, side="right"))
        theirs = int(np.searchsorted(later.key, bound, side="right"))
        columns = (
            np.concatenate([one[:ours], other[:theirs]])
            for one, other in zip(self._columns, later._columns, strict=True)
        )
        return self._grouped(*columns)

    @property
    def _columns(self) -> tuple[Array, ...]:
        return self.key, self.count, self.first, self.second, self.last, self.mark

    def _grouped(
        self, key: Array, count: Array, first: Array, second: Array, last: Array, mark: Array
    ) -> Sample:
        """Return entries, those of one key in the order of their rows, as one entry a key."""
        order = np.argsort(key, kind="stable")
        key = key[order]
        starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else order
        if len(starts) == len(key):
            return Sample(self.kept, key, *(one[order] for one in (count, first, second, last, mark)))
        sizes = np.diff(np.append(starts, len(key)))
        heads, tails = order[starts], order[starts + sizes - 1]
        after = first[order[np.minimum(starts + 1, len(key) - 1)]]
        here = second[heads]
        return Sample(
            self.kept,
            key[starts],
            np.add.reduceat(count[order], starts),
            first[heads],
            np.where(here > 0, here, np.where(sizes > 1, after, 0)),
            last[tails],
            mark[heads],
        )

    def distinct(self, rows: int, end: int) -> float:
        """Return about which share of some rows differ from all before; exact up to `kept` rows."""
        return min(1.0, len(self.key) * ((1 << 64) / (int(share(end, self.kept)) + 1)) / rows)


@dataclass(frozen=True, slots=True, eq=False)
class Repeats:
    """What is known of the rows that come again.

    Attributes:
        n: the rows.
        end: the place of the last of them in the predictions, from 1.
        head, tail: uint64, the keys of the first rows and of the last, `ENDS` at most.
        head_rows, tail_rows: int64, the places of these.
        rows: a sample of the rows.
        labels, predictions: of their labels, and of their predictions, alone.
        runs: a sample of `RUN` rows in order, by the last of them; the mark are the bits that their keys set.
    """

    n: int = 0
    end: int = 0
    head: Array = field(default_factory=lambda: _NONE)
    tail: Array = field(default_factory=lambda: _NONE)
    head_rows: Array = field(default_factory=lambda: _NO_ROWS)
    tail_rows: Array = field(default_factory=lambda: _NO_ROWS)
    rows: Sample = field(default_factory=lambda: Sample(KEPT_ROWS))
    labels: Sample = field(default_factory=lambda: Sample(KEPT_VALUES))
    predictions: Sample = field(default_factory=lambda: Sample(KEPT_VALUES))
    runs: Sample = field(default_factory=lambda: Sample(KEPT_RUNS))

    def merge(self, later: Repeats) -> Repeats:
        """Return what is known of these rows and those behind them."""
        if not self.n or not later.n:
            return self if self.n else later
        end = later.end
        # Runs that begin here and end there.
        begun, ended = self.tail[1 - RUN :], later.head[: RUN - 1]
        keys = np.concatenate([begun, ended])
        across, bits = runs_of(keys)
        places = later.head_rows[len(ended) - len(across) : len(ended)]
        runs = self.runs.merge(self.runs.of(across, places, bits, end), end)
        return Repeats(
            self.n + later.n,
            end,
            np.concatenate([self.head, later.head])[:ENDS],
            np.concatenate([self.tail, later.tail])[-ENDS:],
            np.concatenate([self.head_rows, later.head_rows])[:ENDS],
            np.concatenate([self.tail_rows, later.tail_rows])[-ENDS:],
            self.rows.merge(later.rows, end),
            self.labels.merge(later.labels, end),
            self.predictions.merge(later.predictions, end),
            runs.merge(later.runs, end),
        )

    @property
    def distinct(self) -> float:
        """About which share of the rows differ from all before."""
        return self.rows.distinct(self.n, self.end)

    @property
    def padding(self) -> int:
        """How many rows at the end are those at the beginning, in their order; 0 for less than two."""
        most = min(len(self.head), self.n // 2)
        places = (self.head == self.tail[-1:]).nonzero()[0][::-1] + 1 if self.n else _NO_ROWS
        sizes = (int(one) for one in places if 2 <= one <= most)
        return next((one for one in sizes if np.array_equal(self.head[:one], self.tail[-one:])), 0)


def runs_of(keys: Array) -> tuple[Array, Array]:
    """Return the key of each `RUN` keys in order, and about how many of them differ; none for fewer.

    Each key sets one of 64 bits: of d different ones about 64 (1 − e^(−d/64)) bits are set, which is what is
    returned, see `varied`.
    """
    if len(keys) < RUN:
        return _NONE, _NONE
    found = np.empty(len(keys) - RUN + 1, dtype=np.uint64)
    set_ = np.empty(len(found), dtype=np.uint64)
    for start in range(0, len(found), PIECE):
        runs = keys[start : start + PIECE + RUN - 1]
        bits = np.uint64(1) << (runs >> np.uint64(58))
        width, base = 1, _BASE
        while width < RUN:
            runs = runs[:-width] * np.uint64(base) + runs[width:]
            bits = bits[:-width] | bits[width:]
            width, base = 2 * width, base * base % (1 << 64)
        found[start : start + PIECE], set_[start : start + PIECE] = runs, bits
    return mixed(found), set_


def varied(bits: Array) -> float:
    """Return about which share of the rows of runs differ, on average, from the bits that they set."""
    set_ = float(np.bitwise_count(bits).mean()) / 64
    return -math.log1p(-min(set_, 63 / 64)) * 64 / RUN


def _of(_: Setting, rows: Rows) -> Repeats:
    if not len(rows):
        return Repeats()
    row = rows.block.row
    end = int(row[-1])
    labels, predictions = keys_of(rows.label), keys_of(rows.prediction)
    keys = joined(labels, predictions)
    runs, bits = runs_of(keys)
    first = len(keys) - len(runs)
    return Repeats(
        n=len(rows),
        end=end,
        head=keys[:ENDS].copy(),
        tail=keys[-ENDS:].copy(),
        head_rows=row[:ENDS].copy(),
        tail_rows=row[-ENDS:].copy(),
        rows=Sample(KEPT_ROWS).of(keys, row, keys, end),
        labels=Sample(KEPT_VALUES).of(labels, row, labels, end),
        predictions=Sample(KEPT_VALUES).of(predictions, row, predictions, end),
        runs=Sample(KEPT_RUNS).of(runs, row[first:], bits, end),
    )


REPEATS = Statistic("repeats", lambda _: Repeats(), _of)
