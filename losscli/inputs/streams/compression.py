"""Compressed files as streams of bytes that raise where they are cut short or damaged."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, Protocol, cast

from losscli.common.errors import LosscliError

COMPRESSIONS = (".gz", ".bz2", ".xz", ".zip")
MAGIC = (
    (rb"\x1f\x8b", ".gz"),
    (rb"BZh[1-9](1AY&|\x17rE)", ".bz2"),
    (rb"\xfd7zXZ\x00", ".xz"),
    (rb"PK(\x03\x04|\x05\x06)", ".zip"),
)
"""What the bytes of compressed data begin with."""
BROKEN = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, gzip.BadGzipFile)
"""What reading raises where compressed data is damaged or cut short."""
_READ_BYTES = 1 << 16


class Readable(Protocol):
    """What is read: `read(size)` returns at most `size` bytes, none at the end."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes."""


class _Inflated:
    """The bytes of one or more compressed streams, one after the other.

    Python's own readers take a damaged second stream for rubbish behind the first one, and end.
    """

    def __init__(
        self, raw: Readable, make: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]
    ) -> None:
        self._raw, self._make, self._machine = raw, make, make()

    def read(self, size: int, /) -> bytes:
        while True:
            fed = b""
            if self._machine.eof:
                fed = self._next_stream()
                if not fed:
                    return b""
                self._machine = self._make()
            elif self._machine.needs_input:
                fed = self._raw.read(_READ_BYTES)
                if not fed:
                    msg = "it ends before its end marker"
                    raise EOFError(msg)
            try:
                data = self._machine.decompress(fed, size)
            except (OSError, ValueError) as error:
                raise EOFError(str(error)) from None
            if data:
                return data

    def _next_stream(self) -> bytes:
        """Return the first bytes of what follows a whole stream. Zeros may pad it."""
        rest = self._machine.unused_data.lstrip(b"\0")
        while not rest:
            more = self._raw.read(_READ_BYTES)
            if not more:
                return b""
            rest = more.lstrip(b"\0")
        return rest


def decompressed(raw: io.RawIOBase, suffix: str, name: str) -> Readable:
    """Return the bytes that `raw` holds, decompressed as is usual under a suffix.

    Raises:
        LosscliError: for a zip archive that cannot be opened, or holds not exactly one file.
    """
    source = cast("Readable", raw)
    if suffix == ".gz":
        return gzip.GzipFile(fileobj=cast("IO[bytes]", raw), mode="rb")
    if suffix == ".bz2":
        return _Inflated(source, bz2.BZ2Decompressor)
    if suffix == ".xz":
        return _Inflated(source, lzma.LZMADecompressor)
    return _zip_member(raw, name) if suffix == ".zip" else source


def _zip_member(raw: io.RawIOBase, name: str) -> Readable:
    if not raw.seekable():
        raise LosscliError(name, "a zip archive in a pipe", "a zip archive in a file", "Use gzip in pipes.")
    try:
        archive = zipfile.ZipFile(cast("IO[bytes]", raw))
        # macOS adds files of its own to every archive.
        members = [
            member
            for member in archive.infolist()
            if not member.is_dir() and not member.filename.startswith("__MACOSX/")
        ]
        if any(member.filename == "[Content_Types].xml" for member in members):
            raise LosscliError(name, "this is an Excel workbook", "text with separators", "Save it as CSV.")
        if any(member.filename.endswith(".npy") for member in members):
            raise LosscliError(name, "this is a NumPy array file", "text with separators", "Save it as CSV.")
        if len(members) != 1:
            names = ", ".join(member.filename for member in members[:5])
            raise LosscliError(name, f"the archive holds {len(members)} files ({names})", "exactly one")
        return archive.open(members[0])
    except (*BROKEN, RuntimeError, NotImplementedError, OSError, UnicodeError) as error:
        raise LosscliError(
            name, f"the zip archive cannot be read: {error}", "a zip file of one CSV"
        ) from None
