"""The fold of gradients: a plan and a block make a state; states merge in any order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.compute.fold import by_group
from losscli.compute.plan import Plan
from losscli.compute.row_gradients import is_numerical, sample_gradients
from losscli.compute.row_losses import Measured, measure, row_by_row
from losscli.compute.states import States, merge_all, merge_worst
from losscli.compute.statistics.moments import Moments
from losscli.compute.statistics.pull import Pull, sizes_of, weighted
from losscli.compute.statistics.worst import Floor, Worst
from losscli.inputs.block import COUNTS, DROPPED, IGNORED, Block
from losscli.loss.contract.samples import show_value
from losscli.loss.spec import BoundLoss


@dataclass(frozen=True, slots=True)
class Pulled:
    """One loss of each row of a block, and its gradient.

    Attributes:
        measured: the losses.
        gradient: in the shape of the prediction; 0 in rows that the loss is not about, NaN in rows
            that were dropped or ignored.
    """

    measured: Measured
    gradient: Array


@dataclass(frozen=True, slots=True)
class PullState:
    """What is known of one loss after some rows. A commutative monoid under `merge`."""

    dropped: int = 0
    ignored: int = 0
    clipped: int = 0
    moments: Moments = field(default_factory=Moments.empty)
    pull: Pull = field(default_factory=Pull.empty)
    worst: Worst | None = None

    def merge(self, other: PullState) -> PullState:
        """Return what is known after the rows of both."""
        return PullState(
            self.dropped + other.dropped,
            self.ignored + other.ignored,
            self.clipped + other.clipped,
            self.moments.merge(other.moments),
            self.pull.merge(other.pull),
            merge_worst(self.worst, other.worst),
        )


State = States[PullState]


def empty(plan: Plan) -> State:
    """Return the state before the first row."""
    return States(tuple(PullState() for _ in plan.losses))


def pulls(plan: Plan, block: Block) -> tuple[Pulled, ...]:
    """Return every loss of every row of a block, and its gradient.

    Raises:
        LosscliError: for a row outside the domain of a loss, unless the plan drops such rows; where
            a gradient is no number.
    """

    def work(rows: Block) -> tuple[Pulled, ...]:
        found = zip(plan.losses, measure(plan, rows), strict=True)
        return tuple(Pulled(measured, _gradients(plan, bound, rows, measured)) for bound, measured in found)

    return row_by_row(work, block)


def fold(
    plan: Plan, block: Block, pulled: tuple[Pulled, ...], *, weigh: bool, earlier: State | None = None
) -> State:
    """Return the state of a block.

    Args:
        plan: what is computed.
        block: the samples.
        pulled: their losses and gradients.
        weigh: whether a sample's gradient is taken times its weight.
        earlier: what the state is to be merged with; samples that are not among the worst even of that are
            passed over.
    """
    if block.group is None:
        floors = [None] * len(pulled) if earlier is None else [_floor(state) for state in earlier.losses]
        return States(
            tuple(_summary(plan, block, one, weigh, floor) for one, floor in zip(pulled, floors, strict=True))
        )
    groups = {
        name: tuple(_summary(plan, block.take(rows), _pick(one, rows), weigh) for one in pulled)
        for name, rows in by_group(block.group)
    }
    overall = empty(plan).losses
    for states in groups.values():
        overall = merge_all(overall, states)
    return States(overall, groups)


def _gradients(plan: Plan, bound: BoundLoss, block: Block, measured: Measured) -> Array:
    status = measured.status
    if status is None:
        found = sample_gradients(bound, block.label, block.prediction)
        _refuse_nan(plan, bound, block, found)
        return found
    counts = status == COUNTS
    kept = block.take(counts)
    found = sample_gradients(bound, kept.label, kept.prediction)
    _refuse_nan(plan, bound, kept, found)
    whole = np.zeros(block.prediction.shape)
    whole[(status == DROPPED) | (status == IGNORED)] = np.nan
    whole[counts] = found
    return whole


def _refuse_nan(plan: Plan, bound: BoundLoss, block: Block, gradient: Array) -> None:
    """Raise where a gradient is NaN: no figure could be trusted."""
    # One pass for the usual case: a NaN shows in the sum (as infinities of both signs do).
    with np.errstate(all="ignore"):
        if not np.isnan(gradient.sum()):
            return
    wrong = np.isnan(gradient).reshape(len(gradient), -1).any(axis=1)
    if not wrong.any():
        return
    place = int(wrong.argmax())
    numerical = is_numerical(bound)
    raise LosscliError(
        f"{plan.predictions} row {int(block.row[place])}",
        f"{'the numerical ' if numerical else 'the '}gradient of {bound.spec} at prediction "
        f"{show_value(block.prediction[place])} is NaN",
        "a number",
        "Close to it the loss has no finite value: give it a gradient of its own" if numerical else "",
    )


def _pick(pulled: Pulled, rows: Array) -> Pulled:
    return Pulled(pulled.measured.take(rows), pulled.gradient[rows])


def _floor(state: PullState) -> Floor | None:
    return None if state.worst is None else state.worst.floor


def _summary(plan: Plan, block: Block, pulled: Pulled, weigh: bool, floor: Floor | None = None) -> PullState:
    """Fold one loss of the rows of a block that count."""
    measured, gradient = pulled.measured, pulled.gradient
    value, status, clipped = measured.value, measured.status, measured.clipped
    dropped = ignored = 0
    if status is not None:
        dropped = int(np.count_nonzero(status == DROPPED))
        ignored = int(np.count_nonzero(status == IGNORED))
        counts = status == COUNTS
        block, value, gradient = block.take(counts), value[counts], gradient[counts]
        clipped = None if clipped is None else clipped[counts]
    weights = block.weight if weigh else None
    entries = weighted(gradient, weights)
    sizes = sizes_of(entries)
    ids: dict[str, Any] = {} if block.id is None else {"id": block.id}
    return PullState(
        dropped,
        ignored,
        0 if clipped is None else int(np.count_nonzero(clipped)),
        Moments.of(value, block.weight),
        Pull.of(gradient, weights),
        Worst.of(
            plan.top,
            sizes,
            block.row,
            floor=floor,
            label=block.label,
            prediction=block.prediction,
            loss=value,
            gradient=entries,
            **ids,
        ),
    )
