"""Archives of arrays as NumPy saves them: one of its arrays, named behind the path as `file.npz:name`."""

from __future__ import annotations

from collections import Counter
from shlex import quote
from typing import IO, TYPE_CHECKING, cast

from losscli.common.errors import LosscliError
from losscli.common.text import listed, nearest
from losscli.inputs.format import BinaryFormat
from losscli.inputs.formats.npy.source import BYTES_AT_A_TIME, NpySource
from losscli.inputs.streams.compression import broken
from losscli.inputs.streams.opened import split_member

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_WHAT = "a NumPy archive"
_ENDING = ".npy"
_IN_MEMORY = 1 << 26


class NpzSource(NpySource):
    """One array of an archive, unpacked while it is read; see `Source`."""

    def _begin(self) -> None:
        if not self.file.regular:
            raise LosscliError(self.name, f"{_WHAT} in a pipe", f"{_WHAT} in a file", "Save it, and name it.")
        try:
            from zipfile import ZipFile

            archive = ZipFile(cast("IO[bytes]", self.file.bytes))
            self._unpacked: IO[bytes] = archive.open(self._member(archive))
        except broken(RuntimeError, NotImplementedError, OSError, UnicodeError) as error:
            raise self._damaged(error) from None

    def _member(self, archive: ZipFile) -> ZipInfo:
        """Return the array that is named, or the only one."""
        members = [one for one in archive.infolist() if one.filename.endswith(_ENDING)]
        names = [one.filename.removesuffix(_ENDING) for one in members]
        twice = [name for name, count in Counter(names).items() if count > 1]
        path, member = split_member(self.path)
        if not names:
            raise LosscliError(self.name, "the archive holds no array", "an archive saved by numpy.savez")
        if twice:
            raise LosscliError(self.name, f"the archive holds {listed(twice)} several times", "once")
        if member is None and len(names) > 1:
            remedy = f"Name it behind the path: {quote(f'{path}:{names[0]}')}"
            raise LosscliError(
                self.name, f"the archive holds {len(names)} arrays: {listed(names, 12)}", "one", remedy
            )
        if member is not None and member not in names:
            raise LosscliError(
                path, f"there is no array {member!r}", f"one of {listed(names, 12)}", nearest(member, names)
            )
        return members[0 if member is None else names.index(member)]

    def _read_some(self, size: int) -> bytes:
        try:
            return self._unpacked.read(size)
        except broken(OSError) as error:
            raise self._damaged(error) from None

    def _left(self) -> None:
        """Return None: the array is unpacked to its end, and only then it is known."""

    def count(self) -> None:
        """Return None: what is unpacked is read from its beginning."""

    def _ready(self, _first: int) -> None:
        if not self._by_column:
            return
        from tempfile import SpooledTemporaryFile

        # Columns lie one behind the other, and rows are wanted of all of them: it cannot be unpacked so.
        file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        size = 0
        try:
            while data := self._read_some(BYTES_AT_A_TIME):
                file.write(data)
                size += len(data)
            if size < self._array.bytes:
                raise self._cut_short(size)
            if size > self._array.bytes:
                raise self._longer(f"{size - self._array.bytes} bytes")
        except OSError as error:
            file.close()
            found = f"it cannot be unpacked into a temporary file: {error.strerror or error}"
            raise LosscliError(self.name, found, "room for the array", "Save it in C order.") from None
        except BaseException:
            file.close()
            raise
        self._unpacked, self._start = cast("IO[bytes]", file), 0

    def _seek(self, place: int) -> None:
        self._unpacked.seek(place)

    def _damaged(self, error: Exception) -> LosscliError:
        self.file.verify_unchanged()
        found = f"the archive is damaged or cut short ({error})"
        return LosscliError(self.name, found, "a complete file", "Save or copy it again.")

    def close(self) -> None:
        """Close the file, and the temporary one."""
        self._unpacked.close()
        super().close()


def _begins(head: bytes, path: str) -> bool:
    """Whether an archive begins so that is called as one of NumPy, or has an array as its first file."""
    name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    begun = head.startswith((b"PK\x03\x04", b"PK\x05\x06"))
    return begun and (split_member(path)[0].lower().endswith(".npz") or name.endswith(_ENDING.encode()))


FORMAT = BinaryFormat(what=_WHAT, suffixes=(".npz",), begins=_begins, open=NpzSource)
