"""What an input gives next, got in a thread of its own while the last of it is worked on."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Generic, TypeVar

Item = TypeVar("Item")

AHEAD = 2
"""Items read ahead of their use: enough that neither side waits, few enough to hold in memory."""
STOP_SECONDS = 1.0
POLL_SECONDS = 0.1


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
