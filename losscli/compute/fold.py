"""The fold: a plan and a block make a state; states merge in any order. Nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from losscli.common.array import Array
from losscli.compute.plan import Plan
from losscli.compute.row_losses import Measured, measure
from losscli.compute.states import States, merge_all, merge_worst
from losscli.compute.statistics.histogram import Distribution
from losscli.compute.statistics.moments import Moments
from losscli.compute.statistics.worst import Floor, Worst
from losscli.inputs.block import COUNTS, DROPPED, IGNORED, Block

SLICE = 1 << 15
"""Rows worked on at a time: what is computed of them stays in the cache, three times as fast."""


@dataclass(frozen=True, slots=True)
class LossState:
    """What is known of one loss after some rows. A commutative monoid under `merge`."""

    dropped: int = 0
    ignored: int = 0
    clipped: int = 0
    moments: Moments = field(default_factory=Moments.empty)
    distribution: Distribution = field(default_factory=Distribution.empty)
    worst: Worst | None = None

    def merge(self, other: LossState) -> LossState:
        """Return what is known after the rows of both."""
        return LossState(
            self.dropped + other.dropped,
            self.ignored + other.ignored,
            self.clipped + other.clipped,
            self.moments.merge(other.moments),
            self.distribution.merge(other.distribution),
            merge_worst(self.worst, other.worst),
        )


State = States[LossState]


def empty(plan: Plan) -> State:
    """Return the state before the first row."""
    return States(tuple(LossState() for _ in plan.losses))


def fold(plan: Plan, block: Block) -> State:
    """Return the state of a block.

    Raises:
        LosscliError: for a row outside the domain of a loss, unless the plan drops such rows.
    """
    if block.group is not None:
        return summarise(plan, block, measure(plan, block))
    state = empty(plan)
    for part in slices(block):
        state = state.merge(summarise(plan, part, measure(plan, part), state))
    return state


def slices(block: Block) -> Iterator[Block]:
    """Cut a block into parts that stay in the cache while they are worked on."""
    width = block.prediction.shape[1] if block.prediction.ndim == 2 else 1
    rows = max(256, SLICE // width)
    if len(block) <= rows:
        yield block
        return
    for start in range(0, len(block), rows):
        yield block.take(slice(start, start + rows))


def summarise(
    plan: Plan, block: Block, measured: tuple[Measured, ...], earlier: State | None = None
) -> State:
    """Return the state of a block whose losses are known.

    With an `earlier` state, which the result is to be merged with, samples that are not among
    the worst even of that one are passed over.
    """
    if block.group is None:
        floors = [None] * len(measured) if earlier is None else [_floor(state) for state in earlier.losses]
        return States(
            tuple(_summary(plan, block, found, floor) for found, floor in zip(measured, floors, strict=True))
        )
    groups: dict[bytes, tuple[LossState, ...]] = {}
    for name, rows in by_group(block.group):
        part = block.take(rows)
        groups[name] = tuple(_summary(plan, part, found.take(rows)) for found in measured)
    overall = empty(plan).losses
    for states in groups.values():
        overall = merge_all(overall, states)
    return States(overall, groups)


def by_group(group: Array) -> Iterator[tuple[bytes, Array]]:
    """Yield the name of each group of a column `(rows,)`, and the places of its rows in their order."""
    names, number = np.unique(group, return_inverse=True)
    order = np.argsort(number, kind="stable")
    ends = np.searchsorted(number[order], np.arange(len(names) + 1))
    for place, name in enumerate(names.tolist()):
        yield name, order[ends[place] : ends[place + 1]]


def _floor(state: LossState) -> Floor | None:
    return None if state.worst is None else state.worst.floor


def _summary(plan: Plan, block: Block, measured: Measured, floor: Floor | None = None) -> LossState:
    """Fold one loss of the rows of a block that count."""
    value, status, clipped = measured.value, measured.status, measured.clipped
    dropped = ignored = 0
    if status is not None:
        dropped = int(np.count_nonzero(status == DROPPED))
        ignored = int(np.count_nonzero(status == IGNORED))
        counts = status == COUNTS
        block, value = block.take(counts), value[counts]
        clipped = None if clipped is None else clipped[counts]
    ids: dict[str, Any] = {} if block.id is None else {"id": block.id}
    return LossState(
        dropped,
        ignored,
        0 if clipped is None else int(np.count_nonzero(clipped)),
        Moments.of(value, block.weight),
        Distribution.of(value),
        Worst.of(
            plan.top, value, block.row, floor=floor, label=block.label, prediction=block.prediction, **ids
        ),
    )
