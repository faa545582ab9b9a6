"""What an input gives next, got in a thread of its own while the last of it is worked on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue
from types import TracebackType
from typing import Generic, TypeVar

Item = TypeVar("Item")

AHEAD = 2
"""Items read ahead of their use: enough that neither side waits, few enough to hold in memory."""
STOP_SECONDS = 1.0
STOP_SECONDS_AFTER_AN_ERROR = 0.2


class ReadAhead(Generic[Item]):
    """Iterates in a thread of its own, a few items ahead of whoever takes them.

    A context manager: on leaving, for whatever reason, the thread stops before its next item.
    An exception in the thread is raised where its item would have come.
    """

    def __init__(self, items: Iterator[Item]) -> None:
        self._items = items
        self._ready: SimpleQueue[Item | _End] = SimpleQueue()
        # Each item takes a place, and whoever takes the item gives it back: nobody ever asks twice.
        self._places: SimpleQueue[None] = SimpleQueue()
        for _ in range(AHEAD):
            self._places.put(None)
        self._stopped = False
        # A daemon: a read from a pipe that nobody writes to cannot be woken, and must not keep
        # the process from ending.
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> ReadAhead[Item]:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped = True
        self._places.put(None)
        self._thread.join(STOP_SECONDS if kind is None else STOP_SECONDS_AFTER_AN_ERROR)

    def __iter__(self) -> Iterator[Item]:
        while True:
            item = self._ready.get()
            if not isinstance(item, _End):
                self._places.put(None)
                yield item
                continue
            if item.error is not None:
                raise item.error
            # Asked again after the end, the answer is the same.
            self._ready.put(item)
            return

    def _work(self) -> None:
        try:
            for item in self._items:
                self._places.get()
                if self._stopped:
                    return
                self._ready.put(item)
        except BaseException as error:
            self._ready.put(_End(error))
        else:
            self._ready.put(_End())


class _End:
    """Marks the end of the items, or the error that ended them."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error
