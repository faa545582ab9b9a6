"""A file behind an address, read in ranges; every range is of the same object as the first one.

Of web servers `web.py` knows how, of every other store the package fsspec.
"""

from __future__ import annotations

import io
from typing import Protocol

from losscli.common.addresses import is_web
from losscli.common.errors import LosscliError
from losscli.inputs.streams.failures import refuse_unfit

FIRST_BYTES = 1 << 18
MOST_BYTES = 1 << 23
"""A range: what is read in order comes in ever longer ones, up to this."""
_GROWTH = 4


class Store(Protocol):
    """What gives the bytes of one object. Everything may raise LosscliError.

    Attributes:
        size: the bytes of the object, None where nobody says how many there are.
        stamp: what changes when the object does, as it was when it was opened.
        ranges: whether bytes can be had from any place; else they come once, in order.
    """

    size: int | None
    stamp: tuple[object, ...]
    ranges: bool

    def get(self, start: int, stop: int) -> bytes:
        """Return bytes of the object with the stamp from `start` on, up to `stop`, one of them at least.

        Without ranges: the next bytes, at most as many, none at the end.
        """

    def look(self) -> tuple[object, ...]:
        """Return the stamp as it is now."""

    def close(self) -> None:
        """Let go of connections."""


def open_remote(address: str, name: str) -> RemoteFile:
    """Open an address. Raises LosscliError, which calls it `name`, if that cannot be."""
    refuse_unfit(address, name)
    store: Store
    if is_web(address):
        from losscli.inputs.streams.web import WebFile

        store = WebFile(address, name, FIRST_BYTES)
    else:
        from losscli.inputs.streams.objects import StoredObject

        store = StoredObject(address, name)
    return RemoteFile(store, name)


class RemoteFile(io.RawIOBase):
    """The bytes of a store as a file to read.

    Attributes:
        size, stamp: see `Store`.
    """

    def __init__(self, store: Store, name: str) -> None:
        self._store, self._name = store, name
        self.size, self.stamp = store.size, store.stamp
        self._place = 0
        self._start, self._data = 0, b""
        self._next = FIRST_BYTES

    def look(self) -> tuple[object, ...]:
        """Return the stamp as it is now. Raises LosscliError where the store does not answer."""
        return self._store.look()

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True: where it is not, `seek` says why."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place. Raises LosscliError where the bytes come in order only."""
        before = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size or 0}[whence]
        place = max(0, before + offset)
        if place != self._place and not self._store.ranges:
            raise LosscliError(
                self._name,
                "the server sends no parts of files (ranges), and this format is read here and there",
                "a server that does, or text",
                "Download the file, and name the copy.",
            )
        if not self._start <= place <= self._start + len(self._data):
            self._next = FIRST_BYTES
        self._place = place
        return place

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, none at the end; all for -1."""
        if size < 0:
            return b"".join(iter(lambda: self.read(MOST_BYTES), b""))
        data = self._some(size)
        # Who reads here and there takes less for the end.
        while self._store.ranges and 0 < len(data) < size and (more := self._some(size - len(data))):
            data += more
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read into `buffer` and return how many bytes."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Let go of the store. Safe to call twice, and while another thread reads."""
        self._store.close()
        super().close()

    def _some(self, size: int) -> bytes:
        if size and not self._start <= self._place < self._start + len(self._data):
            self._fetch(size)
        offset = self._place - self._start
        data = self._data[offset : offset + size]
        self._place += len(data)
        return data

    def _fetch(self, size: int) -> None:
        """Get the range that begins at the current place."""
        stop = self._place + max(min(size, MOST_BYTES), self._next)
        if self.size is not None:
            stop = min(stop, self.size)
        self._start = self._place
        self._data = self._store.get(self._place, stop) if stop > self._place else b""
        self._next = min(self._next * _GROWTH, MOST_BYTES)
