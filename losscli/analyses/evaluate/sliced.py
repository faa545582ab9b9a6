"""The onlooker of an evaluation that looks for weak slices: it keeps the samples that these are found in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from losscli.analyses.evaluate.report import Report
from losscli.analyses.slices.candidates import Candidate, candidates_of
from losscli.analyses.slices.confirm import confirmed
from losscli.analyses.slices.found import LEVEL, NONE, OF, Slice
from losscli.analyses.slices.score import LEAST, scored
from losscli.analyses.slices.sums import Samples
from losscli.common.array import Array
from losscli.compute.fold import LossStates
from losscli.compute.plan import Plan
from losscli.compute.row_losses import RowLosses
from losscli.compute.statistics.drawn import Drawn, keys_of
from losscli.inputs.block import COUNTS, Block
from losscli.inputs.provenance import Provenance
from losscli.inputs.reading import Reading
from losscli.loss.spec import BoundLoss

MOST_ROWS = 1 << 18
"""Samples that are kept; of more, as many drawn by a hash of their ids."""
MOST_BYTES = 64
"""Of a cell that are kept: texts are told apart by their beginnings."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What slices are found in. A commutative monoid under `merge`.

    Attributes:
        drawn: samples, with the loss of each and the cells of its columns.
        seen: how many samples they are of.
        infinite: how many infinite losses each loss has, int64 `(losses,)`.
        has_ids: whether samples are drawn by their ids, else by the numbers of their rows.
    """

    drawn: Drawn
    seen: int
    infinite: Array
    has_ids: bool

    def merge(self, other: Kept) -> Kept:
        """Return what is known of the rows of both."""
        return Kept(
            self.drawn.merge(other.drawn),
            self.seen + other.seen,
            self.infinite + other.infinite,
            self.has_ids or other.has_ids,
        )

    def in_whole(self, _classes: Sequence[int]) -> Kept:
        """Return the same: no class is in it."""
        return self


class Slicer:
    """Sees the rows of an evaluation, and says which slices of them are weak."""

    def begin(self, reading: Reading, plan: Plan) -> None:
        """Get ready for the first row."""
        marks = reading.decimals
        self._request, self._unsliced = reading.request, reading.roles.unsliced
        self._decimal = {one.title: marks[one.labels] for one in reading.roles.sliced}
        self._bounds = plan.losses
        self.seen = Kept(Drawn(MOST_ROWS), 0, np.zeros(len(plan.losses), dtype=np.int64), has_ids=False)

    def needs_numbers(self, reading: Reading) -> bool:
        """Whether rows are drawn by their numbers, without ids."""
        return not reading.id_wants

    def __call__(self, _plan: Plan, block: Block, rows: tuple[RowLosses, ...], /) -> None:
        """See the next rows: those that count for any of the losses."""
        losses = [
            one.value if one.status is None else np.where(one.status == COUNTS, one.value, np.nan)
            for one in rows
        ]
        counts = np.logical_or.reduce([~np.isnan(one) for one in losses])
        before, key = self.seen, keys_of(block.row, block.id)
        near = np.flatnonzero(counts & (key < before.drawn.ceiling))
        columns = {f"loss {place}": one[near] for place, one in enumerate(losses)}
        columns |= {f"cell {name}": _short(cells[near]) for name, cells in block.sliced.items()}
        if block.weight is not None:
            columns["weight"] = block.weight[near]
        self.seen = Kept(
            before.drawn.with_keys(len(near), key[near], columns),
            before.seen + int(np.count_nonzero(counts)),
            before.infinite + [np.count_nonzero(np.isinf(one)) for one in losses],
            has_ids=block.id is not None,
        )

    def told(self, report: Report, _provenance: Provenance, _state: LossStates, /) -> Report:
        """Return the report with the slices of each loss, and notes on what they are of."""
        kept = self.seen.drawn.in_order()
        notes = [*self._notes(len(kept.key))]
        level = report.level or LEVEL
        results = tuple(
            replace(result, slices=self._slices(bound, place, kept, level))
            for place, (result, bound) in enumerate(zip(report.results, self._bounds, strict=True))
        )
        return replace(report, results=results, notes=(*report.notes, *notes))

    def _slices(self, bound: BoundLoss, place: int, kept: Drawn, level: float) -> tuple[Slice, ...]:
        """Return the slices of one loss that were tested."""
        loss = kept.columns.get(f"loss {place}", np.zeros(0))
        there = np.isfinite(loss)
        if np.count_nonzero(there) < 2 * LEAST:
            return ()
        loss = loss[there]
        first = (kept.key[there] & np.uint64(1)) == 0
        columns = self._candidates(kept, there, first)
        weight = kept.columns.get("weight")
        both = _halves(loss, None if weight is None else weight[there], first, counts=self._request.counts)
        if both is None or not columns:
            return ()
        found = scored(columns, *both)
        return confirmed(bound, found, columns, both[1], loss[~first], level)

    def _candidates(self, kept: Drawn, there: Array, first: Array) -> list[Candidate]:
        cells = {name: kept.columns[f"cell {name}"][there] for name in self._decimal}
        return candidates_of(cells, first, self._decimal)

    def _notes(self, kept: int) -> Iterator[str]:
        """Yield what has to be known of the slices."""
        if not self._decimal:
            yield f"{NONE}every column plays a role"
        elif kept < 2 * LEAST:
            yield f"{NONE}there are fewer than {2 * LEAST} samples"
        if self._unsliced:
            used, more = len(self._decimal), self._unsliced
            yield f"{OF}the first {used} columns; {more} more play no role"
        seen = self.seen
        if kept < seen.seen:
            by = "ids" if seen.has_ids else "row numbers"
            yield f"{OF}{kept} of {seen.seen} samples, drawn by their {by}"
        for bound, count in zip(self._bounds, seen.infinite.tolist(), strict=True):
            if count:
                yield f"{bound.spec}: {count} infinite loss{'es are' if count > 1 else ' is'} in no slice"


def _short(cells: Array) -> Array:
    return cells.astype(f"S{MOST_BYTES}") if cells.dtype.itemsize > MOST_BYTES else cells


def _halves(
    loss: Array, weight: Array | None, first: Array, *, counts: bool
) -> tuple[Samples, Samples] | None:
    """Return both halves, their losses moved and scaled so that squares stay finite.

    None where all losses are 0, or a half has no weight.
    """
    largest, weights = float(np.abs(loss).max()), np.ones(len(loss)) if weight is None else weight
    if largest == 0.0 or not (weights[first].any() and weights[~first].any()):
        return None
    scaled = loss / largest
    size = float(np.average(np.abs(scaled[first]), weights=weights[first]))
    centred = scaled - scaled.mean()
    one, other = (
        Samples(np.flatnonzero(half), centred[half], None if weight is None else weight[half], counts, size)
        for half in (first, ~first)
    )
    return one, other
