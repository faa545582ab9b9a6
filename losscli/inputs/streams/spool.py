"""A pipe read once for several readers: what it gave is kept, in memory and then in a file."""

from __future__ import annotations

import io
import os
import stat
import tempfile
import threading

from losscli.inputs.streams.counter import read_waiting
from losscli.inputs.streams.stream import open_file

IN_MEMORY_BYTES = 1 << 26


class Spool:
    """What can be read only once, kept from its first byte on.

    The first reader to come to a place takes the bytes from the pipe, the others those that were
    kept; so nothing is read before somebody asks for it.
    """

    def __init__(self, path: str) -> None:
        """Open `path` (`-` for standard input). Raises LosscliError if that cannot be."""
        self._file = open_file(path)
        self._start = self._file.tell() if stat.S_ISREG(os.fstat(self._file.fileno()).st_mode) else 0
        self._kept = tempfile.SpooledTemporaryFile(  # noqa: SIM115  closed by `close`
            max_size=IN_MEMORY_BYTES, prefix="losscli-"
        )
        self._size, self._ended = 0, False
        self._lock = threading.Lock()

    def open(self) -> io.RawIOBase:
        """Return a reader of its own, at the first byte."""
        return _Reader(self)

    def fileno(self) -> int:
        """Return the descriptor of the pipe."""
        return self._file.fileno()

    def place(self, count: int) -> int:
        """Return where in the file a reader is who has read `count` bytes."""
        return self._start + count

    def read(self, start: int, size: int) -> bytes:
        """Return at most `size` bytes from `start` on, all that follow if it is negative."""
        if size < 0:
            parts = []
            while part := self.read(start, 1 << 16):
                parts.append(part)
                start += len(part)
            return b"".join(parts)
        with self._lock:
            if start < self._size:
                self._kept.seek(start)
                return self._kept.read(size)
            if self._ended:
                return b""
            data = read_waiting(self._file, size)
            self._ended = not data
            self._kept.seek(self._size)
            self._kept.write(data)
            self._size += len(data)
            return data

    def close(self) -> None:
        """Close the pipe, and forget what was kept."""
        self._file.close()
        self._kept.close()


class _Reader(io.RawIOBase):
    """Reads a spool from its beginning; closing it leaves the spool open."""

    def __init__(self, spool: Spool) -> None:
        self._spool, self._count = spool, 0

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._spool.fileno()

    def tell(self) -> int:
        return self._spool.place(self._count)

    def read(self, size: int = -1) -> bytes:
        data = self._spool.read(self._count, size)
        self._count += len(data)
        return data
