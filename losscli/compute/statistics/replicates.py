"""Sums of differences under many draws at once: resampled rows, or signs that chance gives to them.

The draws of a row depend on nothing but its key and the seed: SplitMix64 (G. L. Steele et al., Fast
splittable pseudorandom number generators, OOPSLA 2014, doi:10.1145/2660193.2660195) counts them from
there. Numbers are cut into whole numbers of 32 bits, so that a product of matrices in float64 adds them
without rounding: the sums are the same for any order, blocks and engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from losscli.common.array import Array
from losscli.compute.statistics.clusters import Clusters, hashes, places_of
from losscli.compute.statistics.error_free import Pair
from losscli.inputs.ids import as_text

Method = Literal["bootstrap", "signflip"]
DrawnBy = Literal["cluster", "id", "row"]
DRAWS: dict[Method, int] = {"bootstrap": 999, "signflip": 9999}
FEW = 20
"""Up to so many samples all vectors of signs are tried."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_ROWS = 1 << 13
"""Rows whose sums are exact: six numbers of 32 bits each, times 8 at most, are below 2^51 together."""
_AT_A_TIME, _DRAWS, _PIECES = 32, 1024, 7
"""Rows, draws and pieces of one product: of a larger one BLAS would wake its threads."""

_POISSON = np.repeat(np.arange(9.0), (24109, 24109, 12056, 4018, 1005, 200, 33, 5, 1))
"""How often a row is drawn, for each number of 16 bits: Poisson(1) to 2⁻¹⁵, of mean 1 and variance 1."""
_SIGNS = 1.0 - 2.0 * np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
"""Eight signs for each number of 8 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """Exact sums over the rows in each draw; a commutative monoid.

    Attributes:
        sums: of each draw, of every column of differences; last, how many rows there are in it.
        few: the differences themselves, `(2, columns, rows)`: high and low; None for more than `FEW` rows.
        by: what the keys of rows are.
    """

    sums: Clusters
    few: Array | None
    by: DrawnBy = "row"

    @staticmethod
    def of(
        method: Method, key: Array, columns: Sequence[Pair], seed: int = 0, by: DrawnBy = "row"
    ) -> Replicates:
        """Return the sums of a block.

        Args:
            method: what is drawn.
            key: of each row, uint64 `(rows,)` (`keys_of`).
            columns: finite numbers as sums of two, float64 `(rows,)` each.
            seed: of all draws.
            by: what the keys are.
        """
        draws, rows = DRAWS[method], len(key)
        numbers = [*columns, (np.ones(rows), np.zeros(rows))]
        totals: list[dict[int, Array]] = [{} for _ in numbers]
        start = _mixed(key ^ _mixed(np.array([seed & (1 << 64) - 1], dtype=np.uint64)))
        for first in range(0, rows, _ROWS):
            part = slice(first, first + _ROWS)
            pieces = [places_of(high[part], low[part]) for high, low in numbers]
            stacked = np.stack([piece for places in pieces for piece in places.values()])
            found = iter(_products(method, start[part], stacked)[:, :draws].astype(np.int64))
            for total, places in zip(totals, pieces, strict=True):
                for place in places:
                    total[place] = total.get(place, 0) + next(found)
        few = None
        if rows <= FEW:
            few = np.array([[pair[half] for pair in columns] for half in (0, 1)])
        return Replicates(Clusters.of_places(np.arange(draws), totals), few, by)

    def merge(self, other: Replicates) -> Replicates:
        """Return the sums over the rows of both."""
        few = None
        if self.few is not None and other.few is not None:
            few = np.concatenate([self.few, other.few], axis=2)
            few = few if few.shape[2] <= FEW else None
        return Replicates(self.sums.merge(other.sums), few, self.by)


def keys_of(names: Array) -> Array:
    """Return a hash of each id, on which draws depend, uint64 `(rows,)`.

    Whole numbers as ids are those that their digits write, since a column may have other ids further down.
    """
    return hashes(as_text(names))


def _products(method: Method, start: Array, pieces: Array) -> Array:
    """Return the sums of pieces `(pieces, rows)` in each draw, float64 `(pieces, draws)`, exact."""
    per = 4 if method == "bootstrap" else 64
    count = -(-DRAWS[method] // per)
    total = np.zeros((len(pieces), count * per))
    for first in range(0, count, _DRAWS // per):
        steps = _GOLDEN * np.arange(first, min(count, first + _DRAWS // per), dtype=np.uint64)
        for at in range(0, len(start), _AT_A_TIME):
            rows = slice(at, at + _AT_A_TIME)
            drawn = _drawn(method, _mixed(start[rows, None] + steps))
            draws = slice(first * per, first * per + drawn.shape[1])
            for column in range(0, len(pieces), _PIECES):
                some = slice(column, column + _PIECES)
                total[some, draws] += pieces[some, rows] @ drawn
    return total


def _drawn(method: Method, numbers: Array) -> Array:
    """Return how often each row is in each draw, or its signs, float64 `(rows, draws)`."""
    # "clip" is the mode that checks nothing; no number is beyond the table.
    numbers = numbers.astype("<u8", copy=False)
    if method == "bootstrap":
        return np.take(_POISSON, numbers.view("<u2"), mode="clip")
    return np.take(_SIGNS, numbers.view(np.uint8), axis=0, mode="clip").reshape(len(numbers), -1)


def _mixed(number: Array) -> Array:
    """Return what SplitMix64 makes of its state."""
    number = number + _GOLDEN
    number ^= number >> np.uint64(30)
    number *= _MIX[0]
    number ^= number >> np.uint64(27)
    number *= _MIX[1]
    number ^= number >> np.uint64(31)
    return number
