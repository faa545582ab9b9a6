"""Runs folds in this process: blocks are folded as they come, in slices that stay in the cache."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic

from losscli.common.errors import LosscliError
from losscli.compute.engines import Sink
from losscli.compute.fold import Fold, Rows, State, slices
from losscli.inputs.block import Block


def run(fold: Fold[Rows, State], blocks: Iterable[Block], sink: Sink[Rows] | None = None) -> State:
    """Fold all blocks; see `Engine`."""
    state = fold.empty()
    for block in blocks:
        state = state.merge(_of_block(fold, block, sink))
    return state


def hand_over(fold: Fold[Rows, State], blocks: Iterable[Block], sink: Sink[Rows]) -> None:
    """Give a sink what a fold computes of each row, without summing up."""
    for block in blocks:
        for part in slices(block):
            sink(part, fold.rows(part))


def _of_block(fold: Fold[Rows, State], block: Block, sink: Sink[Rows] | None) -> State:
    # Slices meet in a small state first: the large one is copied once a block.
    state = fold.empty()
    for part in slices(block):
        rows = fold.rows(part)
        if sink is not None:
            sink(part, rows)
        state = state.merge(fold.of(part, rows, state))
    return state


@dataclass(eq=False)
class Running(Generic[Rows, State]):
    """One of several folds over the same blocks.

    Attributes:
        fold: what is computed.
        sink: who gets the rows.
        state: what is known so far.
        error: what ended it; the others go on.
    """

    fold: Fold[Rows, State]
    sink: Sink[Rows] | None = None
    error: LosscliError | None = None

    def __post_init__(self) -> None:
        self.state = self.fold.empty()

    def take(self, block: Block) -> None:
        """Fold one more block."""
        try:
            self.state = self.state.merge(_of_block(self.fold, block, self.sink))
        except LosscliError as error:
            self.error = error


def run_together(folds: Sequence[Running[Rows, State]], blocks: Iterable[Block]) -> None:
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
