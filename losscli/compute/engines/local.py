"""Runs the fold on this machine: inputs are read ahead in threads, blocks are folded as they come."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, TypeVar

from losscli.common.errors import LosscliError
from losscli.compute.fold import State, empty, fold, summarise
from losscli.compute.plan import Plan
from losscli.compute.row_losses import Measured, measure
from losscli.inputs.block import Block

Item = TypeVar("Item")
Sink = Callable[[Block, tuple[Measured, ...]], None]
"""Gets every block with the losses of its rows, in order."""

AHEAD = 2
"""Items read ahead of their use: enough that neither side waits, few enough to hold in memory."""
STOP_SECONDS = 1.0
POLL_SECONDS = 0.1


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


class ReadAhead(Generic[Item]):
    """Iterates in a thread of its own, a few items ahead of whoever takes them.

    A context manager: on leaving, for whatever reason, the thread stops before its next item.
    An exception in the thread is raised where its item would have come.
    """

    def __init__(self, items: Iterator[Item]) -> None:
        self._items = items
        self._queue: queue.Queue[Item | _End] = queue.Queue(AHEAD)
        self._stopped = threading.Event()
        # A daemon: a read from a pipe that nobody writes to cannot be woken, and must not keep
        # the process from ending.
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> ReadAhead[Item]:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join(STOP_SECONDS if kind is None else POLL_SECONDS * 2)

    def __iter__(self) -> Iterator[Item]:
        while True:
            item = self._queue.get()
            if not isinstance(item, _End):
                yield item
                continue
            if item.error is not None:
                raise item.error
            # Asked again after the end, the answer is the same.
            self._queue.put(item)
            return

    def _work(self) -> None:
        try:
            for item in self._items:
                if not self._hand_over(item):
                    return
        except BaseException as error:
            self._hand_over(_End(error))
        else:
            self._hand_over(_End())

    def _hand_over(self, item: Item | _End) -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(item, timeout=POLL_SECONDS)
            except queue.Full:
                continue
            return True
        return False


class _End:
    """Marks the end of the items, or the error that ended them."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error
