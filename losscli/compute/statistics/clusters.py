"""Exact sums by cluster, for standard errors of samples that come in clusters.

A sum is kept as whole numbers of 32 bits each, one array of clusters for each place, so that adding is
integer arithmetic for all clusters at once. Beyond `MOST` clusters they are put together by a hash of
their names into so many buckets: a union of independent clusters is a cluster.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

import numpy as np

from losscli.common.array import Array
from losscli.compute.statistics.error_free import product
from losscli.compute.statistics.exact_sum import ExactSum
from losscli.inputs.texts import numbered

MOST = 1 << 16
"""Clusters kept by name."""
_ROWS = 1 << 20
_BITS = 32
_MASK = (1 << _BITS) - 1
_LOWEST = -2240
"""The place of the lowest bit that a product of two numbers may have, a multiple of 32."""
_HIGHEST = 2304
"""Beyond the place of the highest bit of a sum of such products."""
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Exact sums of some columns over the rows of each cluster; a commutative monoid.

    Attributes:
        names: of the clusters in ascending order, dtype `S`; of buckets their numbers.
        limbs: of each column, by the place of its 32 bits, int64 `(clusters,)`.
    """

    names: Array = field(default_factory=lambda: np.zeros(0, dtype="S1"))
    limbs: tuple[Mapping[int, Array], ...] = ()

    @staticmethod
    def of(cluster: Array, columns: tuple[Array, ...], weight: Array | None = None) -> Clusters:
        """Return the sums of a block.

        Args:
            cluster: the name of the cluster of each row, dtype `S` `(rows,)`.
            columns: what is summed, float64 `(rows,)`, finite; with weights each times its weight.
            weight: float64 `(rows,)`, finite and ≥ 0, or None for 1. Its sum is that of the last column.
        """
        if weight is not None and not weight.all():
            # A cluster of rows that weigh nothing is none.
            some = weight > 0.0
            cluster, weight = cluster[some], weight[some]
            columns = tuple(column[some] for column in columns)
        if len(cluster) > _ROWS:
            starts = range(0, len(cluster), _ROWS)
            return reduce(Clusters.merge, (_of_some(cluster, columns, weight, start) for start in starts))
        return _of_some(cluster, columns, weight, 0)

    def merge(self, other: Clusters) -> Clusters:
        """Return the sums over the rows of both."""
        if not len(self.names) or not len(other.names):
            return self if len(self.names) else other
        one, two = self, other
        if one.are_buckets != two.are_buckets:
            one, two = _in_buckets(one), _in_buckets(two)
        names = np.union1d(one.names, two.names)
        limbs = tuple(
            _added(_spread(mine, one.names, names), _spread(its, two.names, names))
            for mine, its in zip(one.limbs, two.limbs, strict=True)
        )
        return _bounded(Clusters(names, limbs))

    @property
    def are_buckets(self) -> bool:
        """Whether clusters were put together by a hash of their names."""
        return self.names.dtype.kind != "S"

    def __len__(self) -> int:
        return len(self.names)

    def exact(self) -> list[list[ExactSum]]:
        """Return the sums of each column and of the weights, by cluster."""
        count = len(self.names)
        return [
            [ExactSum.of_integer(number).shifted(_LOWEST) for number in _integers(column, count)]
            for column in self.limbs
        ]

    @staticmethod
    def of_exact(names: Array, columns: Sequence[Sequence[ExactSum]]) -> Clusters:
        """Return the sums that are `exact` so. Raises ValueError for sums that no float64 numbers have."""
        return Clusters(names, tuple(_placed([*map(_units, column)]) for column in columns))

    @staticmethod
    def of_places(names: Array, columns: Sequence[dict[int, Array]]) -> Clusters:
        """Return sums given by places as of `places_of`, each added up over rows, int64 `(names,)`."""
        return Clusters(names, tuple(map(_carried, columns)))

    def sums(self, column: int) -> list[Fraction]:
        """Return the sum of a column of each cluster; −1 is that of the weights."""
        unit = Fraction(2) ** _LOWEST
        return [number * unit for number in _integers(self.limbs[column], len(self.names))]

    @property
    def weights(self) -> Fraction:
        """The sum of the weights of all clusters."""
        return sum(_integers(self.limbs[-1], len(self.names))) * Fraction(2) ** _LOWEST

    def residuals(self, factors: tuple[Fraction, ...], mean: Fraction) -> tuple[Fraction, Fraction]:
        """Return Σ u² and Σ u³ over the clusters, u the sum of w·(d − mean) of one, d = Σ factor·column.

        Exact: the sums are whole multiples of one number, and so is what is made of them.
        """
        count = len(self.names)
        scale = math.lcm(*(number.denominator for number in (*factors, mean)))
        whole = [int(factor * scale) for factor in factors]
        offset = int(mean * scale)
        totals = [0] * count
        for factor, column in zip(whole, self.limbs[:-1], strict=True):
            if factor:
                totals = [
                    total + factor * number
                    for total, number in zip(totals, _integers(column, count), strict=True)
                ]
        weights = _integers(self.limbs[-1], count)
        totals = [total - offset * weight for total, weight in zip(totals, weights, strict=True)]
        unit = Fraction(2) ** _LOWEST / scale
        squares, cubes = sum(t * t for t in totals), sum(t * t * t for t in totals)
        return squares * unit**2, cubes * unit**3


def _of_some(cluster: Array, columns: tuple[Array, ...], weight: Array | None, start: int) -> Clusters:
    """Return the sums of `_ROWS` rows of a block."""
    rows = slice(start, start + _ROWS)
    names, number = numbered(cluster[rows])
    factor = None if weight is None else weight[rows]
    count = len(names)
    found = [_sums(column[rows], factor, number, count) for column in columns]
    found.append(_sums(np.ones(len(number)) if factor is None else factor, None, number, count))
    return _bounded(Clusters(names, tuple(found)))


def _sums(values: Array, weight: Array | None, number: Array, count: int) -> dict[int, Array]:
    """Return the exact sums by cluster of values, or of their products with weights."""
    part, exponent = np.frexp(values)
    if weight is None:
        return _limbs(part, exponent, number, count)
    factor, more = np.frexp(weight)
    exponent = exponent + more
    # Of numbers between ½ and 1, whatever their exponents were, no product leaves the range of float64.
    high, low = product(part, factor)
    return _added(_limbs(high, exponent, number, count), _limbs(low, exponent, number, count))


def _bounded(found: Clusters) -> Clusters:
    return _in_buckets(found) if len(found.names) > MOST and not found.are_buckets else found


def _in_buckets(found: Clusters) -> Clusters:
    if found.are_buckets:
        return found
    bucket = hashes(found.names) % np.uint64(MOST)
    names, number = np.unique(bucket, return_inverse=True)
    limbs = []
    for column in found.limbs:
        new = {}
        for place, values in column.items():
            total = np.zeros(len(names), dtype=np.int64)
            np.add.at(total, number, values)
            new[place] = total
        limbs.append(_carried(new))
    return Clusters(names.astype(np.int64), tuple(limbs))


def hashes(names: Array) -> Array:
    """Return a hash of 64 bits of each name, dtype `S`, that does not depend on the width of the array."""
    width = -(-max(1, names.dtype.itemsize) // 8) * 8
    words = np.ascontiguousarray(names.astype(f"S{width}")).view("<u8").reshape(len(names), width // 8)
    total = np.zeros(len(names), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place in range(words.shape[1]):
            word = words[:, place].astype(np.uint64)
            mixed = word + _MIX[0] * np.uint64(place + 1)
            mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX[1]
            mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX[2]
            # Words of nothing but padding are no part of a name.
            total += np.where(word == 0, np.uint64(0), mixed ^ (mixed >> np.uint64(31)))
    return total


def _limbs(values: Array, raised: Array, number: Array, count: int) -> dict[int, Array]:
    """Return the exact sums of values · 2^raised by cluster, as whole numbers of 32 bits."""
    place, sign, pieces = _pieces(values, raised)
    found: dict[int, Array] = {}
    for first in np.unique(place[pieces.any(axis=0)]).tolist():
        rows = place == first
        clusters, signs = number[rows], sign[rows]
        for step, piece in enumerate(pieces):
            # Exact: `_ROWS` numbers of 32 bits are below 2^53.
            total = np.bincount(clusters, weights=piece[rows] * signs, minlength=count).astype(np.int64)
            found[first + step] = found[first + step] + total if first + step in found else total
    return _carried(found)


def _pieces(values: Array, raised: Array | int) -> tuple[Array, Array, Array]:
    """Return values · 2^raised as whole numbers of 32 bits: the place of the first, the sign, `(3, rows)`."""
    part, exponent = np.frexp(values)
    exponent = exponent + raised
    mantissa = np.ldexp(np.abs(part), 53).astype(np.uint64)
    sign = np.where(part < 0.0, -1.0, 1.0)
    place, shift = np.divmod(exponent - 53 - _LOWEST, _BITS)
    shift = shift.astype(np.uint64)
    pieces = (
        (mantissa << shift) & np.uint64(_MASK),
        (mantissa >> (np.uint64(_BITS) - shift)) & np.uint64(_MASK),
        mantissa >> np.minimum(np.uint64(2 * _BITS) - shift, np.uint64(63)),
    )
    return place, sign, np.stack(pieces)


def places_of(*values: Array) -> dict[int, Array]:
    """Return sums of values, row by row, as whole numbers by the places of their 32 bits.

    Each is float64 `(rows,)`; the numbers are float64 with a sign, below 3·2^32 times the values given.
    """
    found: dict[int, Array] = {}
    for one in values:
        place, sign, pieces = _pieces(one, 0)
        for first in np.unique(place[pieces.any(axis=0)]).tolist():
            here = np.where(place == first, sign, 0.0)
            for step, piece in enumerate(pieces):
                if piece.any():
                    part = piece * here
                    found[first + step] = found[first + step] + part if first + step in found else part
    return found


def _spread(limbs: Mapping[int, Array], names: Array, all_names: Array) -> dict[int, Array]:
    places = np.searchsorted(all_names, names)
    spread = {}
    for place, values in limbs.items():
        spread[place] = np.zeros(len(all_names), dtype=np.int64)
        spread[place][places] = values
    return spread


def _added(one: Mapping[int, Array], other: Mapping[int, Array]) -> dict[int, Array]:
    total = dict(one)
    for place, values in other.items():
        total[place] = total[place] + values if place in total else values
    return _carried(total)


def _carried(limbs: dict[int, Array]) -> dict[int, Array]:
    """Return the same sums with every place but the last in 0 … 2^32 − 1: one way to write each."""
    if not limbs:
        return limbs
    carried: dict[int, Array] = {}
    place, carry, last = min(limbs), None, max(limbs)
    while place <= last or (carry is not None and ((carry != 0) & (carry != -1)).any()):
        value = limbs.get(place)
        if value is None and carry is None:
            place += 1
            continue
        value = carry if value is None else value if carry is None else value + carry
        assert value is not None
        carried[place], carry = value & _MASK, value >> _BITS
        place += 1
    if carry is not None and carry.any():
        carried[place] = carry
    return carried


def _units(value: ExactSum) -> int:
    places = value.exponent - _LOWEST
    if value.mantissa and not 0 <= places <= _HIGHEST - _LOWEST:
        msg = f"2^{value.exponent} is no place of a sum"
        raise ValueError(msg)
    return value.mantissa << places if value.mantissa else 0


def _placed(numbers: list[int]) -> dict[int, Array]:
    """Return whole numbers of units of 2^`_LOWEST` by the places of their 32 bits; the last has a sign."""
    limbs: dict[int, Array] = {}
    place = 0
    while any(numbers) and not all(number in (0, -1) for number in numbers):
        values = np.array([number & _MASK for number in numbers], dtype=np.int64)
        if values.any() or limbs:
            limbs[place] = values
        numbers = [number >> _BITS for number in numbers]
        place += 1
    if any(numbers):
        limbs[place] = np.array(numbers, dtype=np.int64)
    return limbs


def _integers(limbs: Mapping[int, Array], count: int) -> list[int]:
    """Return the whole number of units of 2^`_LOWEST` of each cluster."""
    totals = [0] * count
    for place, values in limbs.items():
        totals = [
            total + (value << _BITS * place) for total, value in zip(totals, values.tolist(), strict=True)
        ]
    return totals
