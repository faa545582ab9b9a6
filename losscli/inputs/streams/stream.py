"""A path to a stream of UTF-8 bytes: opened, decompressed, decoded, and watched while it is read.

What comes out is plain UTF-8 without a byte order mark, whatever the file was. A file that was
cut, truncated or changed while it was read raises; it never just ends early.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from losscli.common.errors import LosscliError
from losscli.inputs.streams.compression import COMPRESSIONS, MAGIC, broken, decompressed
from losscli.inputs.streams.opened import OpenedFile

HEAD_BYTES = 256
"""The first bytes, by which formats are told."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class ByteStream:
    """The UTF-8 bytes of an opened file, in pieces of any size.

    Attributes:
        file: what was opened.
        name: the input as messages call it.
        head: the first bytes; they are still to be read.
        compressed: whether they were.
        plain: whether they are the bytes of the file.
    """

    def __init__(self, file: str | OpenedFile, encoding: str | None = None, *, hashed: bool = False) -> None:
        """Take an opened file, or open a path; close it with the stream.

        With `hashed`, find out the SHA-256 of its bytes on the way.

        Raises:
            LosscliError: if it cannot be opened or decompressed.
        """
        self.file = OpenedFile(file, hashed=hashed) if isinstance(file, str) else file
        self.name, self._encoding = self.file.name, encoding
        self._ended = False
        self.head, self._marked = b"", False
        self._decoder: codecs.IncrementalDecoder | None = None
        try:
            kind = self._compression(Path(self.file.called).suffix.lower())
            self.compressed = bool(kind)
            self._bytes = decompressed(self.file.bytes, kind, self.name)
            self._decoder = self._choose_decoder()
            self.plain = not self.compressed and self._decoder is None and not self._marked
        except BaseException:
            self.close()
            raise

    @property
    def size(self) -> int | None:
        """The bytes of the file, None where that is not known (pipes)."""
        return self.file.size

    @property
    def repeatable(self) -> bool:
        """Whether the path can be opened again and gives the same bytes."""
        return self.file.repeatable

    @property
    def consumed(self) -> int:
        """The bytes of the file read so far, for progress."""
        return self.file.bytes.count

    def read(self, size: int) -> bytes:
        """Return about `size` more bytes of UTF-8 (more where characters grow), b"" at the end."""
        while True:
            data, self.head = (self.head, b"") if self.head else (self._take(size), b"")
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
        """Return how many bytes the file had and their SHA-256; see `OpenedFile`."""
        return self.file.fingerprint()

    def verify_same(self, other: ByteStream) -> None:
        """Raise LosscliError unless both read the same file in the same state."""
        self.file.verify_same(other.file)

    def close(self) -> None:
        """Close the file. Safe to call twice, and while another thread reads."""
        self.file.close()

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
            raise self.file.failed(error) from None

    def _compression(self, suffix: str) -> str:
        """Return how the bytes are compressed, as their first ones say, whatever the name."""
        head = self.file.peek(HEAD_BYTES)
        for magic, kind in MAGIC:
            if re.match(magic, head):
                return kind
        # What is no text is what its name says, and damaged.
        return suffix if suffix in COMPRESSIONS and not _is_text(head) else ""

    def _choose_decoder(self) -> codecs.IncrementalDecoder | None:
        """Strip the byte order mark; return what turns the rest into text, None for UTF-8."""
        while len(self.head) < HEAD_BYTES:
            more = self._take(HEAD_BYTES - len(self.head))
            if not more:
                break
            self.head += more
        encoding = self._encoding
        marked = None
        for mark, name in _BOMS:
            if self.head.startswith(mark):
                marked, self._marked = name, True
                break
        chosen = codecs.lookup(encoding or marked or "utf-8").name
        if marked is not None and (
            encoding is None or chosen.replace("-le", "").replace("-be", "") in marked
        ):
            chosen = marked
            mark = next(mark for mark, name in _BOMS if name == marked)
            while self.head.startswith(mark):
                self.head = self.head[len(mark) :] + self._take(len(mark))
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
        if self._ended:
            return
        self._ended = True
        if self.compressed:
            self.file.verify_unchanged()
        else:
            self.file.verify_whole()


def _is_text(head: bytes) -> bool:
    """Whether a line of text is there: what is cut short or damaged hardly is one."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return "\n" in text and re.search("[\0-\x08\x0e-\x1f]", text) is None
