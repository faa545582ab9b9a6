"""Engines: who runs a fold over blocks, where and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from losscli.compute.fold import Fold, Rows, State
from losscli.inputs.block import Block

Sink = Callable[[Block, Rows], None]
"""Gets the samples with what was computed of each, in order."""

_State = TypeVar("_State")


class Engine(Protocol):
    """Runs a fold. A module with this function will do."""

    def run(
        self, fold: Fold[Rows, State], blocks: Iterable[Block], sink: Sink[Rows] | None = None, /
    ) -> State:
        """Fold all blocks.

        Raises:
            LosscliError: whatever reading the blocks raises, and for rows that the fold does not accept.
        """
