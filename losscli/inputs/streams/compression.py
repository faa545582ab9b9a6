"""Compressed files as streams of bytes that raise where they are cut short or damaged."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

from losscli.common.errors import LosscliError
from losscli.inputs.streams.converted import converted

if TYPE_CHECKING:
    from bz2 import BZ2Decompressor
    from lzma import LZMADecompressor

COMPRESSIONS = (".gz", ".bz2", ".xz", ".zip", ".zst")
MAGIC = (
    (rb"\x1f\x8b", ".gz"),
    (rb"BZh[1-9](1AY&|\x17rE)", ".bz2"),
    (rb"\xfd7zXZ\x00", ".xz"),
    (rb"PK(\x03\x04|\x05\x06)", ".zip"),
    # The second is a frame to be skipped, with which some programs begin.
    (rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18", ".zst"),
)
"""What the bytes of compressed data begin with."""
_READ_BYTES = 1 << 16
_ZSTD_FEED = 1 << 9
"""Each block, of four bytes at least, holds up to 128 KiB: 16 MiB at a time."""
_ZSTD_WINDOW = 1 << 27
"""What a frame may ask to be held in memory, as the program zstd has it."""


class Readable(Protocol):
    """What is read: `read(size)` returns at most `size` bytes, none at the end."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes."""


class _Inflated:
    """The bytes of one or more compressed streams, one after the other.

    Python's own readers take a damaged second stream for rubbish behind the first one, and end.
    """

    def __init__(self, raw: Readable, make: Callable[[], BZ2Decompressor | LZMADecompressor | _Zstd]) -> None:
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


class _Zstd:
    """A decompressor of one frame that gives out so much at a time, as those of other formats do."""

    def __init__(self, module: Any) -> None:
        self._machine = module.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        self._error = module.ZstdError
        self._fed, self._place, self._made = b"", 0, b""

    @property
    def eof(self) -> bool:
        """Whether the frame has ended, and all of it was given out."""
        return self._machine.eof and not self._made

    @property
    def needs_input(self) -> bool:
        """Whether nothing can be given out before more is fed."""
        return not self._made and self._place >= len(self._fed)

    @property
    def unused_data(self) -> bytes:
        """What was fed behind the end of the frame."""
        return bytes(self._machine.unused_data) + self._fed[self._place :]

    def decompress(self, data: bytes, size: int) -> bytes:
        """Return at most `size` of the next bytes, maybe none. Raises ValueError for damaged data."""
        if data:
            self._fed, self._place = self._fed[self._place :] + data, 0
        while not (self._made or self._machine.eof) and self._place < len(self._fed):
            # A few bytes may be many: the less is fed, the less comes out at once.
            part = self._fed[self._place : self._place + _ZSTD_FEED]
            self._place += len(part)
            try:
                self._made = self._machine.decompress(part)
            except self._error as error:
                raise ValueError(str(error)) from None
        given, self._made = self._made[:size], self._made[size:]
        return given


def _zstd(name: str) -> Callable[[], _Zstd]:
    """Return what makes decompressors. Raises LosscliError where the package is missing."""
    try:
        import zstandard
    except ImportError:
        raise LosscliError(
            name,
            "this is zstd data, and the package zstandard is not installed",
            "the extra zstandard of losscli",
            "Install it: pip install 'losscli[zstandard]'; or decompress: zstd -dc FILE | losscli … -",
        ) from None
    return lambda: _Zstd(zstandard)


def broken(*others: type[Exception]) -> tuple[type[Exception], ...]:
    """Return what reading raises where compressed data is damaged or cut short, and others."""
    # Of the modules of formats, the one that is needed is there already.
    from gzip import BadGzipFile
    from lzma import LZMAError
    from zipfile import BadZipFile
    from zlib import error

    return EOFError, error, LZMAError, BadZipFile, BadGzipFile, *others


def decompressed(raw: io.RawIOBase, suffix: str, name: str) -> Readable:
    """Return the bytes that `raw` holds, decompressed as is usual under a suffix.

    Raises:
        LosscliError: for a zip archive that cannot be opened, or holds not exactly one file, and for
            zstd data where the package that reads it is missing.
    """
    source = cast("Readable", raw)
    if suffix == ".gz":
        from gzip import GzipFile

        return GzipFile(fileobj=cast("IO[bytes]", raw), mode="rb")
    if suffix == ".bz2":
        from bz2 import BZ2Decompressor

        return _Inflated(source, BZ2Decompressor)
    if suffix == ".xz":
        from lzma import LZMADecompressor

        return _Inflated(source, LZMADecompressor)
    if suffix == ".zst":
        return _Inflated(source, _zstd(name))
    return _zip_member(raw, name) if suffix == ".zip" else source


def _zip_member(raw: io.RawIOBase, name: str) -> Readable:
    if not raw.seekable():
        raise LosscliError(name, "a zip archive in a pipe", "a zip archive in a file", "Use gzip in pipes.")
    try:
        from zipfile import ZipFile

        archive = ZipFile(cast("IO[bytes]", raw))
        # macOS adds files of its own to every archive.
        members = [
            member
            for member in archive.infolist()
            if not member.is_dir() and not member.filename.startswith("__MACOSX/")
        ]
        if any(member.filename == "[Content_Types].xml" for member in members):
            raise LosscliError(
                name,
                "this is an Excel workbook",
                "text with separators",
                converted(name, "an Excel workbook"),
            )
        if any(member.filename.endswith(".npy") for member in members):
            raise LosscliError(
                name, "this is a NumPy archive", "text with separators", "Save one of its arrays as CSV."
            )
        if len(members) != 1:
            names = ", ".join(member.filename for member in members[:5])
            raise LosscliError(name, f"the archive holds {len(members)} files ({names})", "exactly one")
        return archive.open(members[0])
    except broken(RuntimeError, NotImplementedError, OSError, UnicodeError) as error:
        raise LosscliError(
            name, f"the zip archive cannot be read: {error}", "a zip file of one CSV"
        ) from None
