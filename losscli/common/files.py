"""Writes files whole or not at all, and tells failures of our output from all other failures."""

from __future__ import annotations

import errno
import io
import os
import re
import select
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from shlex import quote
from typing import IO, TYPE_CHECKING, Any, Literal

from losscli.common.addresses import NO_OUTPUT, is_address
from losscli.common.addresses import shown as without_secrets
from losscli.common.errors import LosscliError, OutputError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_REMEDIES = {
    "ENOTDIR": "Part of the path is a file, not a folder; choose another folder.",
    "EACCES": "Choose a place that you can write to.",
    "EPERM": "Choose a place that you can write to.",
    "EROFS": "Choose a place that you can write to.",
    "ENOSPC": "Free some space, or write to another disk.",
    "EDQUOT": "Free some space, or write to another disk.",
    "EFBIG": "The limit on the size of files (`ulimit -f`) is too low.",
    "ENAMETOOLONG": "Choose a shorter name.",
    "EBADF": "Redirect it to a file or to /dev/null.",
}


_CONFINED: ContextVar[str | None] = ContextVar("confined", default=None)


class ReaderGone(Exception):  # noqa: N818 - nothing went wrong: `| head` has seen enough
    """Whoever read our output closed it.

    No BrokenPipeError, because rich and click answer that one with exit statuses of their own.
    """


class Sink(io.FileIO):
    """A descriptor to write to, whose errors say that they come from writing, and where.

    Raises (from `write`, and so from every buffer above):
        OutputError: if the bytes could not be written.
        ReaderGone: if nobody reads them any more.
    """

    def __init__(self, descriptor: int, shown: str, *, closefd: bool = True) -> None:
        super().__init__(descriptor, "w", closefd=closefd)
        self._shown = shown

    def write(self, data: ReadableBuffer, /) -> int:
        """Write some of `data` and return how many bytes; waits while the reader is slow."""
        with naming(self._shown):
            # None means that a non-blocking descriptor is full; its reader is only slow.
            while (written := super().write(data)) is None:
                select.select([], [self.fileno()], [])
            return written


@contextmanager
def naming(shown: str) -> Iterator[None]:
    """Turn an OSError of the block into the OutputError or ReaderGone of the output `shown`."""
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGone(shown) from error
    except OSError as error:
        raise output_error(shown, error) from error


def output_error(shown: str, error: OSError) -> OutputError:
    """Return what to tell the user about an OSError met while writing to `shown`."""
    name = errno.errorcode.get(error.errno or 0, "")
    if error.errno == errno.EBADF:
        return OutputError(shown, "it is closed; nothing can be written to it", "", _REMEDIES["EBADF"])
    what = (error.strerror or str(error) or type(error).__name__).lower()
    remedy = _REMEDIES.get(name, "")
    if name == "ENOENT":
        remedy = f"Create the folder first: mkdir -p {quote(str(Path(shown).parent))}"
    elif name == "EISDIR":
        remedy = f"Name a file in it, such as {Path(shown) / 'report.json'}"
    return OutputError(shown, f"cannot be written: {what}", "", remedy)


@contextmanager
def confined(folder: str) -> Iterator[None]:
    """Let `atomic_write` write in this block only below `folder`, which is a path without links.

    For paths that nobody typed.
    """
    token = _CONFINED.set(folder)
    try:
        yield
    finally:
        _CONFINED.reset(token)


def leads_outside(path: str | Path, folder: str | None = None) -> bool:
    """Tell whether a path from `folder` leads out of it, or through a link.

    By default, the folder is that of `confined`; where that says none, no path is outside.
    """
    folder = _CONFINED.get() if folder is None else folder
    if folder is None:
        return False
    plain = os.path.normpath(Path(folder, path))
    return os.path.realpath(Path(folder, path)) != plain or Path(folder) not in Path(plain).parents


@contextmanager
def atomic_write(path: str | Path, mode: Literal["text", "bytes"] = "text") -> Iterator[IO[Any]]:
    r"""Open `path` for writing; the file appears, whole and on disk, when the block ends well.

    Until then the data lies in a temporary file beside it, which any exception removes, an
    interruption included; a file that was there before stays as it was. A symbolic link keeps
    pointing where it did, and a replaced file keeps its permissions. What is no regular file
    (a FIFO, `/dev/stdout`) is written to directly, and `-` is standard output. Text is UTF-8 with
    `\n` line ends.

    Raises:
        OutputError: if the file cannot be written, or is none that may be (`confined`).
        ReaderGone: if `path` is a FIFO or pipe, and its reader closed it.
    """
    shown = str(path)
    if is_address(shown):
        raise OutputError(without_secrets(shown), *NO_OUTPUT)
    if leads_outside(path):
        raise OutputError(shown, "it is outside the folder that may be written to", "a file in that folder")
    direct = _open_special(shown)
    if direct is not None:
        with _stream(direct, shown, mode) as file:
            yield file
        return
    target, earlier = _regular_target(shown)
    temporary = target.with_name(f".{target.name[:100]}.{os.urandom(8).hex()}.tmp")
    try:
        with naming(shown):
            # 0o666 less the umask is what a plain `open` gives.
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        with _stream(descriptor, shown, mode) as file:
            yield file
            file.flush()
            with naming(shown):
                if earlier is not None:
                    os.fchmod(descriptor, stat.S_IMODE(earlier.st_mode))
                os.fsync(descriptor)
        with naming(shown):
            temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


@contextmanager
def atomic_folder(path: str) -> Iterator[Path]:
    """Yield a new folder, which takes the place of `path` when the block ends well, and else is removed.

    Raises:
        OutputError: if it cannot be made, or is there already and not empty.
    """
    if is_address(path):
        raise OutputError(without_secrets(path), *NO_OUTPUT)
    if leads_outside(path):
        raise OutputError(path, "it is outside the folder that may be written to", "a folder in that folder")
    with naming(path):
        target = Path(os.path.realpath(path))
        if target.exists() and not (target.is_dir() and next(target.iterdir(), None) is None):
            found = "it is there already" + (", and not empty" if target.is_dir() else ", and a file")
            raise OutputError(path, found, "a new folder", "Choose another name, or remove it first.")
    temporary = target.with_name(f".{target.name[:100]}.{os.urandom(8).hex()}.tmp")
    try:
        with naming(path):
            temporary.mkdir()
        try:
            yield temporary
        except LosscliError as error:
            # People know the folder by its own name.
            error.where = error.where.replace(str(temporary), path.rstrip("/"))
            raise
        with naming(path):
            temporary.replace(target)
    except BaseException:
        import shutil

        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _open_special(shown: str) -> int | None:
    """Return a descriptor of what already exists and is no regular file, or None."""
    ours = re.fullmatch(r"-|/dev/(?:fd/(\d+)|stdout|stderr)|/proc/self/fd/(\d+)", shown)
    with naming(shown):
        if ours:
            # Opening these anew would begin at the start of a file that `>>` is appending to.
            number = ours[1] or ours[2] or ("2" if shown.endswith("err") else "1")
            if number == "1" and sys.stdout is not None:
                sys.stdout.flush()
            return os.dup(int(number))
        try:
            found = Path(shown).stat()
        except FileNotFoundError:
            return None
        if stat.S_ISREG(found.st_mode):
            return None
        return os.open(shown, os.O_WRONLY | os.O_CLOEXEC)


def _regular_target(shown: str) -> tuple[Path, os.stat_result | None]:
    """Return the file that `shown` leads to, links followed, and its status if it exists."""
    with naming(shown):
        # It fails where the current folder is gone.
        target = Path(os.path.realpath(shown))
        try:
            earlier = target.stat()
        except FileNotFoundError:
            return target, None
        if not os.access(target, os.W_OK):
            # A rename asks only the folder; the owner has said no to this file.
            raise PermissionError(13, "permission denied")
        return target, earlier


@contextmanager
def _stream(descriptor: int, shown: str, mode: Literal["text", "bytes"]) -> Iterator[IO[Any]]:
    sink = Sink(descriptor, shown)
    buffer = io.BufferedWriter(sink, 1 << 16)
    file: IO[Any] = buffer if mode == "bytes" else io.TextIOWrapper(buffer, "utf-8", newline="\n")
    try:
        yield file
        file.flush()
    except BaseException:
        # What is still buffered is lost on purpose, and must not raise a second time.
        sink.close()
        with suppress(ValueError, OSError):
            file.close()
        raise
    with naming(shown):
        file.close()
