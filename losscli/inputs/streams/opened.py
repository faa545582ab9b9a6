"""A path that was opened: its bytes as they stand there, watched while they are read."""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from losscli.common.addresses import is_address, shown, without_query
from losscli.common.errors import LosscliError
from losscli.inputs.streams.counter import Counter
from losscli.inputs.streams.failures import changed

if TYPE_CHECKING:
    from losscli.inputs.streams.remote import RemoteFile

_MEMBER = re.compile(r"(.*?\.npz):(.+)", re.IGNORECASE | re.DOTALL)


class OpenedFile:
    """The bytes behind a path or an address, `-` for standard input, before anything was made of them.

    Attributes:
        path: as given; of an address with all that is secret, so that nobody may be shown it.
        member: the part of the file that the path names behind a colon, as in `file.npz:probs`; else None.
        name: the input as messages call it.
        called: the path by whose suffix a format is told.
        bytes: the file itself; it can be peeked at, also where it is a pipe.
        size: its bytes, None where that is not known (pipes, some web servers).
        regular: whether it can be read from any place.
        repeatable: whether the path can be opened again and gives the same bytes.
        stamp: what changes when the file does.
        hashed: whether `fingerprint` says what bytes there were.
    """

    def __init__(self, path: str, *, hashed: bool = False) -> None:
        """Open `path`; with `hashed`, find out the SHA-256 of its bytes on the way.

        Raises:
            LosscliError: if it cannot be opened.
        """
        self.path, self.name, self.hashed = path, name_of(path), hashed
        opened, self.member = (path, None) if is_address(path) else split_member(path)
        self.called = without_query(opened)
        self._start = 0
        self._file: io.FileIO | RemoteFile
        if is_address(path):
            from losscli.inputs.streams.remote import open_remote

            self._file = remote = open_remote(path, self.name)
            self._now: Callable[[], tuple[object, ...]] = remote.look
            self._watched = self.repeatable = True
            # Where ranges are not to be had, it says so once somebody seeks.
            self.regular, self.size, self.stamp = remote.size is not None, remote.size, remote.stamp
        else:
            self._file = file = open_file(opened)
            status = os.fstat(file.fileno())
            self._now = lambda: _stamp(os.fstat(file.fileno()))
            self.regular = self._watched = stat.S_ISREG(status.st_mode)
            self.size, self.stamp = status.st_size if self.regular else None, _stamp(status)
            self.repeatable = self.regular and not is_handed_over(path)
            self._start = file.tell() if self.regular else 0
        self.bytes = Counter(self._file, hashed=hashed)

    def peek(self, size: int) -> bytes:
        """Return the first bytes, which are still to be read. Raises LosscliError where reading fails."""
        try:
            return self.bytes.peek(size)
        except OSError as error:
            raise self.failed(error) from None

    def fingerprint(self) -> tuple[int, str] | None:
        """Return how many bytes the file had and their SHA-256, once it was read to its end.

        None where it was not opened to find that out. A file that was read here and there,
        as an archive is, is looked at once more.

        Raises:
            LosscliError: if it is not what it was when it was opened.
        """
        try:
            found = self.bytes.fingerprint(self._start)
        except OSError as error:
            raise self.failed(error) from None
        if found is not None and self._watched:
            self.verify_unchanged()
            self._verify_count(found[0])
        return found

    def verify_same(self, other: OpenedFile) -> None:
        """Raise LosscliError unless both are the same file in the same state."""
        if self._watched and self.stamp != other.stamp:
            raise changed(self.name)

    def verify_unchanged(self) -> None:
        """Raise LosscliError if the file is not what it was when it was opened."""
        if self._watched and self._now() != self.stamp:
            raise changed(self.name)

    def verify_whole(self) -> None:
        """Raise LosscliError if the file was changed, or was not read to its end."""
        self.verify_unchanged()
        if self._watched:
            self._verify_count(self.bytes.count)

    def failed(self, error: OSError) -> LosscliError:
        """Return what is raised where the system cannot read the file."""
        return LosscliError(self.name, f"reading failed: {error.strerror or error}")

    def close(self) -> None:
        """Close the file. Safe to call twice, and while another thread reads."""
        self._file.close()

    def _verify_count(self, count: int) -> None:
        if self.size is not None and self._start + count != self.size:
            raise changed(self.name, f"{count} bytes were read of {self.size}")


def _stamp(status: os.stat_result) -> tuple[object, ...]:
    """Return what changes when a file does."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def split_member(path: str) -> tuple[str, str | None]:
    """Return the path of a file and the array in it that is meant: of `file.npz:probs` both, else None."""
    found = None if os.path.lexists(path) else _MEMBER.fullmatch(path)
    return (path, None) if found is None or not Path(found[1]).is_file() else (found[1], found[2])


def member_named(path: str) -> str | None:
    """Return what a path names behind a colon, whether the file is there or not."""
    found = _MEMBER.fullmatch(path)
    return None if found is None else found[2]


def name_of(path: str) -> str:
    """Return what messages call an input."""
    return "standard input" if path == "-" else shown(path)


def is_handed_over(path: str) -> bool:
    """Whether a path names what this process was given open, whatever file is behind it."""
    return path == "-" or path.startswith(("/dev/", "/proc/"))


def is_folder(path: str) -> bool:
    """Whether a path is a folder; no path can be so wrong that it raises."""
    return os.path.isdir(path)  # noqa: PTH112


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
        if os.path.islink(path):  # noqa: PTH114
            raise _dangling(path, name) from None
        near = _near_names(path)
        raise LosscliError(name, "there is no such file", "", near) from None
    except (OSError, ValueError, AttributeError) as error:
        if getattr(error, "errno", None) in (errno.EMFILE, errno.ENFILE):
            raise LosscliError(name, "too many files are open", "", "Raise the limit (ulimit -n).") from None
        reason = getattr(error, "strerror", None) or str(error)
        raise LosscliError(name, f"cannot be opened: {reason}") from None


def _dangling(path: str, name: str) -> LosscliError:
    """Return what is raised for a link to what is not there."""
    target = os.readlink(path)  # noqa: PTH115
    if Path(path).parent.joinpath(target).is_symlink():
        target = os.path.realpath(path)
    remedy = "Make the link again, or name the file."
    return LosscliError(name, f"this is a link to {target}, which is not there", "a file", remedy)


def _file_in(folder: str) -> str:
    """Return a file of a folder that may have been meant."""
    names = sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith((".csv", ".csv.gz")))
    return f"Did you mean {Path(folder) / names[0]}?" if names else "Name a file in it."


def _near_names(path: str) -> str:
    import difflib

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
