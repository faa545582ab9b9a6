"""The losses of two models against each other, for a chart: points or cells, and who is better where."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from losscli.analyses.page.spread import at_share, spans
from losscli.common.array import Array
from losscli.compute.statistics.paired_counts import INFINITE, PairedCounts, ends_of, places_of

CELLS = 40
"""Cells along an axis, at most."""
FEW = 500
"""Samples up to which each is a point."""
FEW_VALUES = 4
"""So many different losses are values of their own, such as 0 and 1."""
ROWS = 10
"""Bins of the baseline's loss in which it is counted who is better."""
COARSE = 16.0
"""Bins that an axis in even steps needs: with fewer, one in even ratios shows more."""
LEAST = 1e8
"""How many times as large half of the losses are as those at the lower end of an axis in even ratios."""


class Counted(NamedTuple):
    """Samples whose loss of the baseline is from `low` to `high`, and who is better on how many of them."""

    low: float
    high: float
    lower: int
    higher: int
    equal: int

    @property
    def n(self) -> int:
        """How many there are."""
        return self.lower + self.higher + self.equal


class Cell(NamedTuple):
    """Samples by the places of their losses: of the baseline (`x`) and of the candidate (`y`)."""

    x: int
    y: int
    n: int


@dataclass(frozen=True, slots=True)
class Against:
    """The losses of a candidate (y) against those of a baseline (x).

    Attributes:
        lower, higher, equal: on how many samples the candidate's loss is lower, higher, the same.
        infinite: samples with an infinite loss, which have no place among finite ones.
        by_baseline: the samples in bins of the baseline's loss of about equally many, in order.
        values: all losses there are, ascending, where these are few; none else.
        cells: samples by places of cells, or of values where these are few. −1 is the place of 0 that is not
            between edges. Losses beyond the edges are in the outermost cells.
        points: the losses of each sample, to five digits, if that shows more than cells; none else.
        edges: of cells, the same along both axes, ascending; where losses are few values, none.
        log: whether edges have even ratios.
        zeros: whether there are losses of 0, which then have no place between edges.
        below: whether more than 1 in 100 losses are below the edges, in even ratios.
    """

    lower: int
    higher: int
    equal: int
    infinite: int
    by_baseline: tuple[Counted, ...]
    values: tuple[float, ...] = ()
    cells: tuple[Cell, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    edges: tuple[float, ...] = ()
    log: bool = False
    zeros: bool = False
    below: bool = False

    @property
    def n(self) -> int:
        """How many samples there are."""
        return self.lower + self.higher + self.equal


def against_of(counts: PairedCounts) -> Against | None:
    """Return the losses of two models against each other; None where they are all alike, or beyond charts."""
    x, y, n = counts.x, counts.y, counts.counts
    lower, higher, equal = (int(n[counts.sign == sign].sum()) for sign in (-1, 1, 0))
    if not lower + higher:
        return None
    finite = (np.abs(x) != INFINITE) & (np.abs(y) != INFINITE)
    whole = Against(lower, higher, equal, int(n[~finite].sum()), tuple(_by_baseline(counts)))
    values = np.unique([x, y])
    if len(values) <= FEW_VALUES:
        if counts.sign[x == y].any():
            # Losses that are alike to five digits, and yet not the same, are no few values.
            return None
        cells = _cells(np.searchsorted(values, x), np.searchsorted(values, y), n)
        return replace(whole, values=tuple(_middles(values, counts.level).tolist()), cells=cells)
    return _between_axes(whole, x[finite], y[finite], n[finite], counts.level) if finite.any() else None


def _between_axes(whole: Against, x: Array, y: Array, n: Array, level: int) -> Against | None:
    """Return what is known with the places of samples, given how many are in which bins `(pairs,)`."""
    edges, log = _edges(x, y, n, level)
    if len(edges) < 2 or not math.isfinite(edges[-1] - edges[0]):
        return None
    of_x, of_y = _middles(x, level), _middles(y, level)
    whole = replace(whole, edges=tuple(edges.tolist()), log=log)
    if log:
        under = sum(int(n[(one > 0.0) & (one < edges[0])].sum()) for one in (of_x, of_y))
        whole = replace(whole, zeros=not (x.all() and y.all()), below=100 * under > 2 * int(n.sum()))
    # Points that lie on each other do not show how many they are.
    if n.sum() <= min(FEW, 2 * len(n)):
        return replace(whole, points=tuple(zip(of_x.tolist(), of_y.tolist(), strict=True)))
    return replace(whole, cells=_cells(_inside(of_x, edges, log), _inside(of_y, edges, log), n))


def _middles(places: Array, level: int) -> Array:
    """Return the number in the middle of each bin."""
    low, high = ends_of(places, level)
    return 0.5 * low + 0.5 * high


def _cells(x: Array, y: Array, n: Array) -> tuple[Cell, ...]:
    """Return the samples at each pair of places, given those of some."""
    side = 1 + max(FEW_VALUES, CELLS)
    # Floats add up integers exactly.
    grid = np.bincount((x + 1) * side + y + 1, weights=n, minlength=side * side).reshape(side, side)
    found = np.nonzero(grid)
    sums = grid[found].astype(np.int64)
    return tuple(map(Cell, *((one - 1).tolist() for one in found), sums.tolist()))


def _inside(values: Array, edges: Array, log: bool) -> Array:
    """Return between which edges values are."""
    found = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    return np.where(values == 0.0, -1, found) if log else found


def _edges(x: Array, y: Array, n: Array, level: int) -> tuple[Array, bool]:
    """Return the edges of cells, all of which are edges of bins, and whether they have even ratios."""
    places, whose = np.unique([x, y], return_inverse=True)
    sizes = np.bincount(whose.ravel(), weights=np.concatenate([n, n])).astype(np.int64)
    low, high = ends_of(places, level)
    values, above = _middles(places, level), places > 0
    if places[0] < 0 or not above.any() or not _in_ratios(values[above], sizes[above], high[-1] - low[-1]):
        return _even(low, high, sizes), False
    # Of those far below the others it does not matter how far.
    lowest = at_share(values[above], sizes[above], 0.5) / LEAST
    first = max(at_share(low[above], sizes[above], 0.005), lowest, 1e-200)
    ends = math.log(first), math.log(high[-1])
    # Each edge is one of bins, so that of every sample it is known in which cell it is.
    steps = np.exp(np.linspace(*ends, CELLS + 1)[:-1])
    return np.unique([*ends_of(places_of(steps, level), level)[0], high[-1]]), True


def _in_ratios(values: Array, sizes: Array, last: float) -> bool:
    """Whether ratios show positive ascending values best, the last of which is in so wide a bin."""
    return spans(values, sizes) or (len(values) > 1 and last * COARSE > values[-1])


def _even(low: Array, high: Array, sizes: Array) -> Array:
    """Return edges in even steps that nearly all bins are between, beginning at 0 if that is near."""
    few = int(sizes.sum()) <= 2 * FEW
    first = float(low[0]) if few else at_share(low, sizes, 0.002)
    last = float(high[-1]) if few else at_share(high, sizes, 0.998)
    if low[0] >= 0.0 and first < 0.25 * last:
        first = 0.0
    # Multiples of the widest bin are edges of bins: those of others divide it.
    widest = float((high - low)[(low < last) & (high > first)].max())
    step = widest * max(1.0, math.ceil((0.5 * last - 0.5 * first) / (0.5 * (CELLS - 1) * widest)))
    begin, end = math.floor(first / step), math.ceil(last / step)
    with np.errstate(over="ignore"):
        return np.arange(begin, max(end, begin + 1) + 1) * step


def _by_baseline(counts: PairedCounts) -> Iterator[Counted]:
    """Yield samples in bins of the baseline's loss, as many as others as bins allow."""
    places, whose = np.unique(counts.x, return_inverse=True)
    whose = whose.ravel()
    sizes = np.zeros((len(places), 3), dtype=np.int64)
    np.add.at(sizes, (whose, counts.sign + 1), counts.counts)
    rows = sizes.sum(axis=1)
    # Where the middle of each is among all samples says which bin it goes to. In integers.
    middles = 2 * np.cumsum(rows) - rows
    into = np.minimum(middles * ROWS // (2 * int(rows.sum())), ROWS - 1)
    low, high = ends_of(places, counts.level)
    for one in np.unique(into).tolist():
        (inside,) = np.nonzero(into == one)
        lower, equal, higher = sizes[inside].sum(axis=0).tolist()
        yield Counted(float(low[inside[0]]), float(high[inside[-1]]), lower, higher, equal)
