"""A path to a stream of UTF-8 bytes: opened, decompressed, decoded, and watched while it is read.

What comes out is plain UTF-8 without a byte order mark, whatever the file was. A file that was
cut, truncated or changed while it was read raises; it never just ends early.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import re
import shlex
import stat
import sys
from pathlib import Path

from losscli.common.errors import LosscliError
from losscli.inputs.streams.compression import COMPRESSIONS, MAGIC, broken, decompressed
from losscli.inputs.streams.converted import converted
from losscli.inputs.streams.counter import Counter

_HEAD_BYTES = 256
_FOREIGN = (
    (rb"PAR1", "a Parquet file"),
    (rb"\x93NUMPY", "a NumPy array file"),
    (rb"\xd0\xcf\x11\xe0", "an Excel workbook"),
    (rb"ARROW1|FEA1", "a Feather or Arrow file"),
    (rb"SQLite f", "a SQLite database"),
    (rb"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (rb"\x80[\x02-\x05](\x95|\}|\]|c|q|K|X)", "a Python pickle"),
    (rb"\x28\xb5\x2f\xfd", "zstd data"),
    (rb"\x04\x22\x4d\x18", "lz4 data"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (rb"Obj\x01", "an Avro file"),
    (rb"%PDF-", "a PDF"),
    (rb"(?i)\s*<(!doctype html|html)\b", "an HTML page"),
    (rb"version https://git-lfs", "a Git LFS pointer, not the file itself"),
    (rb"\s*\[\s*[\[{\"]", "JSON"),
    (rb"\s*\{\s*\"[^\n]*\}[ \r]*\n\s*\{", "JSON Lines"),
    (rb"\s*\{\s*\"", "JSON"),
)
_REMEDIES = {
    "a Git LFS pointer, not the file itself": "Fetch the file: git lfs pull",
    "zstd data": "Decompress it: zstd -dc FILE | losscli … -",
    "lz4 data": "Decompress it: lz4 -dc FILE | losscli … -",
    "a 7z archive": "Extract the file first.",
    "an HTML page": "It may be an error page or a login page. Download the file itself.",
    "a Python pickle": "Load it in Python and save it as CSV, or pass the data frame to losscli.evaluate.",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class ByteStream:
    """The UTF-8 bytes behind a path, `-` for standard input, in pieces of any size.

    Attributes:
        name: the input as messages call it.
        size: the bytes of the file, or None where that is not known (pipes).
        repeatable: whether the path can be opened again and gives the same bytes.
    """

    def __init__(
        self,
        path: str,
        encoding: str | None = None,
        *,
        hashed: bool = False,
    ) -> None:
        """Open `path`.

        With `hashed`, find out the SHA-256 of its bytes on the way.

        Raises:
            LosscliError: if it cannot be opened, or is no text.
        """
        self.name = name_of(path)
        self._file = open_file(path)
        status = os.fstat(self._file.fileno())
        self._regular = stat.S_ISREG(status.st_mode)
        self._seen = _state(status)
        self.size = status.st_size if self._regular else None
        self.repeatable = self._regular and not is_handed_over(path)
        self._start = self._file.tell() if self._regular else 0
        self._raw = Counter(self._file, hashed=hashed)
        suffix = Path(path).suffix.lower()
        self._ended = False
        self._head = b""
        try:
            kind = self._compression(suffix)
            self._compressed = bool(kind)
            self._bytes = decompressed(self._raw, kind, self.name)
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
            except UnicodeError as error:
                raise LosscliError(
                    self.name, f"the bytes are not text in that encoding ({error})", "text in one encoding"
                ) from None
            if text or not data:
                return text.encode("utf-8", "surrogatepass")

    def fingerprint(self) -> tuple[int, str] | None:
        """Return how many bytes the file had and their SHA-256, once it was read to its end.

        None where the stream was not opened to find that out. A file that was read here and there,
        as an archive is, is looked at once more.

        Raises:
            LosscliError: if it is not what it was when it was opened.
        """
        try:
            found = self._raw.fingerprint(self._start)
        except OSError as error:
            raise LosscliError(self.name, f"reading failed: {error.strerror or error}") from None
        if found is not None and self._regular:
            if _state(os.fstat(self._file.fileno())) != self._seen:
                raise self._changed("the file changed while it was being read")
            if self._start + found[0] != self.size:
                raise self._changed(f"{found[0]} bytes were read of {self.size}")
        return found

    def verify_same(self, other: ByteStream) -> None:
        """Raise LosscliError unless both read the same file in the same state."""
        if self._regular and self._seen != other._seen:
            raise self._changed("the file changed while it was being read")

    def close(self) -> None:
        """Close the file. Safe to call twice, and while another thread reads."""
        self._file.close()

    def _take(self, size: int) -> bytes:
        try:
            return self._bytes.read(size)
        except broken() as error:
            raise LosscliError(
                self.name,
                f"the compressed data is damaged or cut short ({error})",
                "a complete file",
                "Create or copy the file again.",
            ) from None
        except OSError as error:
            raise LosscliError(self.name, f"reading failed: {error.strerror or error}") from None

    def _compression(self, suffix: str) -> str:
        """Return how the bytes are compressed, as their first ones say, whatever the name."""
        try:
            head = self._raw.peek(_HEAD_BYTES)
        except OSError as error:
            raise LosscliError(self.name, f"reading failed: {error.strerror or error}") from None
        for magic, kind in MAGIC:
            if re.match(magic, head):
                return kind
        # What is no text is what its name says, and damaged.
        return suffix if suffix in COMPRESSIONS and not _is_text(head) else ""

    def _choose_decoder(self, encoding: str | None) -> codecs.IncrementalDecoder | None:
        """Strip the byte order mark; return what turns the rest into text, None for UTF-8."""
        while len(self._head) < _HEAD_BYTES:
            more = self._take(_HEAD_BYTES - len(self._head))
            if not more:
                break
            self._head += more
        for magic, what in _FOREIGN:
            if re.match(magic, self._head):
                remedy = _REMEDIES.get(what) or converted(self.name, what)
                raise LosscliError(self.name, f"this is {what}", "text with separators", remedy)
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
            "Name the right one: --encoding",
        )

    def _verify_unchanged(self) -> None:
        """Raise if the file is not what it was when it was opened, or was not read whole."""
        if self._ended or not self._regular:
            return
        self._ended = True
        status = os.fstat(self._file.fileno())
        if _state(status) != self._seen:
            found = "the file changed while it was being read"
        elif not self._compressed and self._start + self._raw.count != self.size:
            found = f"{self._raw.count} bytes were read of {self.size}"
        else:
            return
        raise self._changed(found)

    def _changed(self, found: str) -> LosscliError:
        return LosscliError(self.name, found, "a file that does not change", "Run again when it is complete.")


def _is_text(head: bytes) -> bool:
    """Whether a line of text is there: what is cut short or damaged hardly is one."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return "\n" in text and re.search("[\0-\x08\x0e-\x1f]", text) is None


def _state(status: os.stat_result) -> tuple[int, ...]:
    """Return what changes when a file does."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def name_of(path: str) -> str:
    """Return what messages call an input."""
    return "standard input" if path == "-" else path


def is_handed_over(path: str) -> bool:
    """Whether a path names what this process was given open, whatever file is behind it."""
    return path == "-" or path.startswith(("/dev/", "/proc/"))


def open_file(path: str) -> io.FileIO:
    """Open a path, `-` for standard input. Raises LosscliError if that cannot be."""
    name = name_of(path)
    try:
        if path == "-" and sys.stdin is None:
            raise LosscliError(name, "it is closed", "a file or a pipe")
        if path == "-":
            return io.FileIO(sys.stdin.fileno(), closefd=False)
        return io.FileIO(path)
    except IsADirectoryError:
        raise LosscliError(name, "this is a folder", "a file", _file_in(path)) from None
    except FileNotFoundError:
        near = _near_names(path)
        raise LosscliError(name, "there is no such file", "", near) from None
    except (OSError, ValueError, AttributeError) as error:
        if getattr(error, "errno", None) in (errno.EMFILE, errno.ENFILE):
            raise LosscliError(name, "too many files are open", "", "Raise the limit (ulimit -n).") from None
        reason = getattr(error, "strerror", None) or str(error)
        raise LosscliError(name, f"cannot be opened: {reason}") from None


def _file_in(folder: str) -> str:
    """Return a file of a folder that may have been meant."""
    names = sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith((".csv", ".csv.gz")))
    return f"Did you mean {Path(folder) / names[0]}?" if names else "Name a file in it."


def _near_names(path: str) -> str:
    import difflib

    if re.match(r"[a-z][a-z0-9]+://", path):
        fetch = f"curl -LO {shlex.quote(path)}" if path.startswith("http") else "with the tool of that store"
        return f"This is an address: download the file first: {fetch}"
    if path.startswith("~") and Path(path).expanduser().is_file():
        # The shell leaves it alone in quotes, and behind an equals sign.
        return f"Did you mean {Path(path).expanduser()}?"
    folder = Path(path).parent
    try:
        names = [entry.name for entry in os.scandir(folder)][:10_000]
    except OSError:
        return f"There is no folder {folder} either." if str(folder) != "." else ""
    near = difflib.get_close_matches(Path(path).name, names, 1)
    return f"Did you mean {folder / near[0]}?" if near else ""
