"""The fold of gradients: a plan and a block make a state; states merge in any order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.compute.fold import Counted, LossState, States, by_loss_and_group
from losscli.compute.plan import Plan
from losscli.compute.row_gradients import is_numerical, sample_gradients
from losscli.compute.row_losses import RowLosses, measure, row_by_row
from losscli.compute.statistics.gradients import Pull, sizes_of, weighted
from losscli.compute.statistics.moments import Moments
from losscli.inputs.block import COUNTS, DROPPED, IGNORED, Block
from losscli.loss.contract.samples import show_value
from losscli.loss.spec import BoundLoss


@dataclass(frozen=True, slots=True)
class RowGradients:
    """One loss of each row of a block, and its gradient.

    Attributes:
        measured: the losses.
        gradient: in the shape of the prediction; 0 in rows that the loss is not about, NaN in rows
            that were dropped or ignored.
    """

    measured: RowLosses
    gradient: Array

    def take(self, rows: Array) -> RowGradients:
        """Return what is known of the rows at the given places."""
        return RowGradients(self.measured.take(rows), self.gradient[rows])


State = States[LossState[Pull]]


@dataclass(frozen=True)
class Gradients:
    """The fold of gradients: their sums and sizes, and the samples with the largest.

    Attributes:
        plan: what is computed.
        weigh: whether a sample's gradient is taken times its weight.
    """

    plan: Plan
    weigh: bool

    def empty(self) -> State:
        """Return the state before the first row."""
        return States((LossState(0, 0, 0, Moments.empty(), Pull.empty()),) * len(self.plan.losses))

    def rows(self, block: Block) -> tuple[RowGradients, ...]:
        """Return every loss of every row of a block, and its gradient.

        Raises:
            LosscliError: for a row outside the domain of a loss, unless the plan drops such rows;
                where a gradient is no number.
        """
        return row_by_row(self._pulled, block)

    def _pulled(self, block: Block) -> tuple[RowGradients, ...]:
        plan = self.plan
        found = zip(plan.losses, measure(plan, block), strict=True)
        return tuple(RowGradients(one, _gradients(plan, bound, block, one)) for bound, one in found)

    def of(self, block: Block, rows: tuple[RowGradients, ...], earlier: State | None = None) -> State:
        """Return the state of a block."""
        return by_loss_and_group(block, rows, self.empty(), self._of_one, earlier)

    def _of_one(self, block: Block, pulled: RowGradients, earlier: LossState[Pull] | None) -> LossState[Pull]:
        found, gradient = Counted.of(block, pulled.measured), pulled.gradient
        if found.counts is not None:
            gradient = gradient[found.counts]
        weights = found.block.weight if self.weigh else None
        entries = weighted(gradient, weights)
        return LossState(
            found.dropped,
            found.ignored,
            found.clipped,
            Moments.of(found.measured.value, found.block.weight),
            Pull.of(gradient, weights),
            found.worst(
                self.plan.top,
                sizes_of(entries),
                None if earlier is None else earlier.floor,
                loss=found.measured.value,
                gradient=entries,
            ),
        )


def _gradients(plan: Plan, bound: BoundLoss, block: Block, measured: RowLosses) -> Array:
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
        plan.told(int(block.row[place])),
        f"{'the numerical ' if numerical else 'the '}gradient of {bound.spec} at prediction "
        f"{show_value(block.prediction[place])} is NaN",
        "a number",
        "The loss has no finite value near it: declare a gradient" if numerical else "",
    )
