"""A file whose bytes are counted as they pass, and hashed where somebody wants to know what they were."""

from __future__ import annotations

import io
import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

_READ_BYTES = 1 << 20


class Counter(io.RawIOBase):
    """Passes reads on to a file.

    Attributes:
        count: the bytes read so far.
    """

    def __init__(self, file: io.FileIO | io.RawIOBase, *, hashed: bool = False) -> None:
        self._file, self.count = file, 0
        self._hash = _sha256() if hashed else None
        self._in_order = True
        self._peeked = b""

    def peek(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer only at the end; they are still to be read."""
        while len(self._peeked) < size:
            more = read_waiting(self._file, size - len(self._peeked))
            if not more:
                break
            self._peeked += more
        return self._peeked[:size]

    def fingerprint(self, start: int) -> tuple[int, str] | None:
        """Return how many bytes there are from `start` on, and their SHA-256.

        What a decompressor left unread behind the end of its data is read here.
        """
        if self._hash is None:
            return None
        if not self._in_order:
            self._file.seek(start)
            self._peeked = b""
            self.count, self._hash, self._in_order = 0, _sha256(), True
        while self.read(_READ_BYTES):
            pass
        return self.count, self._hash.hexdigest()

    def readable(self) -> bool:
        """Return True: that is what it is for."""
        return True

    def seekable(self) -> bool:
        """Return whether the file can be read from any place."""
        return self._file.seekable()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to another place; the bytes then no longer pass in their order."""
        self._in_order = False
        if whence == io.SEEK_CUR:
            offset -= len(self._peeked)
        self._peeked = b""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._file.tell() - len(self._peeked)

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, none at the end."""
        if self._peeked:
            end = len(self._peeked) if size < 0 else size
            data, self._peeked = self._peeked[:end], self._peeked[end:]
            if size < 0:
                data += read_waiting(self._file, size)
        else:
            data = read_waiting(self._file, size)
        self.count += len(data)
        if self._hash is not None:
            self._hash.update(data)
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read into `buffer` and return how many bytes."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _sha256() -> _Hash:
    # OpenSSL is loaded where a digest is asked for.
    from hashlib import sha256

    return sha256()


def read_waiting(file: io.FileIO | io.RawIOBase, size: int) -> bytes:
    """Return at most `size` bytes, b"" at the end only."""
    while (data := file.read(size)) is None:
        # A pipe may be set not to wait, by whoever shares it with us.
        select.select([file], [], [])
    return data
