"""Runs the fold on this machine: blocks are folded as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from losscli.common.errors import LosscliError
from losscli.compute.fold import State, empty, fold, summarise
from losscli.compute.plan import Plan
from losscli.compute.row_losses import Measured, measure
from losscli.inputs.block import Block

Sink = Callable[[Block, tuple[Measured, ...]], None]
"""Gets every block with the losses of its rows, in order."""


def run(plan: Plan, blocks: Iterable[Block], sink: Sink | None = None) -> State:
    """Fold all blocks.

    Raises:
        LosscliError: whatever reading the blocks raises, and for rows outside a loss's domain.
    """
    state = empty(plan)
    for block in blocks:
        if sink is None:
            state = state.merge(fold(plan, block))
        else:
            measured = measure(plan, block)
            sink(block, measured)
            state = state.merge(summarise(plan, block, measured))
    return state


@dataclass(eq=False)
class Fold:
    """One of several folds over the same blocks.

    Attributes:
        plan: what is computed.
        sink: who gets the losses of its rows.
        state: what is known so far.
        error: what ended it; the others go on.
    """

    plan: Plan
    sink: Sink | None = None
    error: LosscliError | None = None

    def __post_init__(self) -> None:
        self.state = empty(self.plan)

    def take(self, block: Block) -> None:
        """Fold one more block."""
        try:
            self.state = self.state.merge(run(self.plan, (block,), self.sink))
        except LosscliError as error:
            self.error = error


def run_together(folds: Sequence[Fold], blocks: Iterable[Block]) -> None:
    """Run several folds over blocks that are read once, to the last one, or until all have failed.

    What reading the blocks raises ends all of them.
    """
    try:
        for block in blocks:
            going = [one for one in folds if one.error is None]
            for one in going:
                one.take(block)
            if all(one.error is not None for one in going):
                return
    except LosscliError as error:
        for one in folds:
            one.error = one.error or error
