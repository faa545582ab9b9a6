"""A path to a stream of UTF-8 bytes: opened, decompressed, decoded, and watched while it is read.

What comes out is plain UTF-8 without a byte order mark, whatever the file was. A file that was
cut, truncated or changed while it was read raises; it never just ends early.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import os
import stat
import sys
import zipfile
import zlib
from pathlib import Path
from typing import IO, cast

from losscli.errors import LosscliError

COMPRESSIONS = (".gz", ".bz2", ".xz", ".zip")
_FOREIGN = {
    b"PAR1": "a Parquet file",
    b"\x93NUMPY": "a NumPy array file",
    b"PK\x03\x04": "a zip archive (or a workbook)",
    b"\x1f\x8b": "gzip data",
    b"BZh": "bzip2 data",
    b"\xfd7zXZ\x00": "xz data",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, gzip.BadGzipFile)


class ByteStream:
    """The UTF-8 bytes behind a path, `-` for standard input, in pieces of any size.

    Attributes:
        name: the input as messages call it.
        size: the bytes of the file, or None where that is not known (pipes).
    """

    def __init__(self, path: str, encoding: str | None = None) -> None:
        """Open `path`. Raises LosscliError if it cannot be opened, or is no text."""
        self.name = "standard input" if path == "-" else path
        self._file = _open(path, self.name)
        status = os.fstat(self._file.fileno())
        self._regular = stat.S_ISREG(status.st_mode)
        self._seen = (status.st_size, status.st_mtime_ns)
        self.size = status.st_size if self._regular else None
        self._raw = _Counter(self._file)
        suffix = Path(path).suffix.lower()
        self._compressed = suffix in COMPRESSIONS
        self._ended = False
        self._head = b""
        try:
            self._bytes = _decompressed(self._raw, suffix, self.name)
            self._decoder = self._choose_decoder(encoding)
        except BaseException:
            self.close()
            raise

    @property
    def consumed(self) -> int:
        """The bytes of the file read so far, for progress."""
        return self._raw.count

    def read(self, size: int) -> bytes:
        """Return about `size` more bytes of UTF-8 (more where characters grow), b"" at the end."""
        while True:
            data, self._head = (self._head, b"") if self._head else (self._take(size), b"")
            if not data:
                self._verify_unchanged()
            if self._decoder is None:
                return data
            try:
                text = self._decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                raise self._undecodable(error) from None
            if text or not data:
                return text.encode("utf-8", "surrogatepass")

    def close(self) -> None:
        """Close the file. Safe to call twice, and while another thread reads."""
        self._file.close()

    def _take(self, size: int) -> bytes:
        try:
            return self._bytes.read(size)
        except _BROKEN as error:
            raise LosscliError(
                self.name,
                f"the compressed data is damaged or cut short ({error})",
                "a whole file",
                "Make or copy the file again.",
            ) from None
        except OSError as error:
            raise LosscliError(self.name, f"reading failed: {error.strerror or error}") from None

    def _choose_decoder(self, encoding: str | None) -> codecs.IncrementalDecoder | None:
        """Strip the byte order mark; return what turns the rest into text, None for UTF-8."""
        while len(self._head) < 8:
            more = self._take(8 - len(self._head))
            if not more:
                break
            self._head += more
        for magic, what in _FOREIGN.items():
            if self._head.startswith(magic) and encoding is None:
                raise LosscliError(
                    self.name, f"this is {what}", "text with separators", _foreign_remedy(magic)
                )
        marked = None
        for mark, name in _BOMS:
            if self._head.startswith(mark):
                marked = name
                break
        chosen = codecs.lookup(encoding or marked or "utf-8").name
        if marked is not None and (
            encoding is None or chosen.replace("-le", "").replace("-be", "") in marked
        ):
            chosen = marked
            mark = next(mark for mark, name in _BOMS if name == marked)
            while self._head.startswith(mark):
                self._head = self._head[len(mark) :] + self._take(len(mark))
        return None if chosen in ("utf-8", "ascii") else codecs.getincrementaldecoder(chosen)()

    def _undecodable(self, error: UnicodeDecodeError) -> LosscliError:
        return LosscliError(
            self.name,
            f"the bytes are not {error.encoding} ({error.reason})",
            "text in one encoding",
            "Name the right one: --encoding.",
        )

    def _verify_unchanged(self) -> None:
        """Raise if the file is not what it was when it was opened, or was not read whole."""
        if self._ended or not self._regular:
            return
        self._ended = True
        status = os.fstat(self._file.fileno())
        if (status.st_size, status.st_mtime_ns) != self._seen:
            found = "the file was changed while it was read"
        elif not self._compressed and self._raw.count != self._seen[0]:
            found = f"{self._raw.count} bytes were read of {self._seen[0]}"
        else:
            return
        raise LosscliError(self.name, found, "a file that stays as it is", "Run again when it is complete.")


class _Counter(io.RawIOBase):
    """Passes reads on to a file, and counts the bytes."""

    def __init__(self, file: io.FileIO) -> None:
        self._file, self.count = file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.count += len(data)
        return data

    def readinto(self, buffer: object) -> int:
        count = self._file.readinto(buffer)  # type: ignore[arg-type]
        self.count += count
        return count


def _open(path: str, name: str) -> io.FileIO:
    try:
        if path == "-":
            return io.FileIO(sys.stdin.fileno(), closefd=False)
        return io.FileIO(path)
    except IsADirectoryError:
        raise LosscliError(name, "this is a folder", "a file") from None
    except FileNotFoundError:
        near = _near_names(path)
        raise LosscliError(name, "there is no such file", "", near) from None
    except (OSError, ValueError, AttributeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LosscliError(name, f"cannot be opened: {reason}") from None


def _near_names(path: str) -> str:
    import difflib

    folder = Path(path).parent
    try:
        names = [entry.name for entry in os.scandir(folder)][:10_000]
    except OSError:
        return f"There is no folder {folder} either." if str(folder) != "." else ""
    near = difflib.get_close_matches(Path(path).name, names, 1)
    return f"Did you mean {folder / near[0]}?" if near else ""


def _decompressed(raw: _Counter, suffix: str, name: str) -> IO[bytes]:
    if suffix == ".gz":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw, mode="rb"))
    if suffix == ".bz2":
        return bz2.BZ2File(raw)
    if suffix == ".xz":
        return lzma.LZMAFile(cast("IO[bytes]", raw))
    if suffix != ".zip":
        return cast("IO[bytes]", raw)
    if not raw.seekable():
        raise LosscliError(name, "a zip archive in a pipe", "a zip archive in a file", "Use gzip in pipes.")
    try:
        archive = zipfile.ZipFile(cast("IO[bytes]", raw))
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) != 1:
            names = ", ".join(member.filename for member in members[:5])
            raise LosscliError(name, f"the archive holds {len(members)} files ({names})", "exactly one")
        return archive.open(members[0])
    except (*_BROKEN, RuntimeError, NotImplementedError) as error:
        raise LosscliError(
            name, f"the zip archive cannot be read: {error}", "a zip file of one CSV"
        ) from None


def _foreign_remedy(magic: bytes) -> str:
    names = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ\x00": ".xz", b"PK\x03\x04": ".zip"}
    if magic in names:
        return f"Give the file its suffix: {names[magic]}."
    return "Save it as CSV."
