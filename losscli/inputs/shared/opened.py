"""The inputs of several readers: which of them are one, opened once, and let go of in time."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from losscli.common.addresses import is_address, without_query
from losscli.common.errors import LosscliError
from losscli.inputs.formats.csv.source import by_suffix
from losscli.inputs.header import TextFormat
from losscli.inputs.opening import open_source
from losscli.inputs.shared.source import Held, SharedSource, View
from losscli.inputs.source import Source
from losscli.inputs.streams.compression import COMPRESSIONS
from losscli.inputs.streams.opened import is_folder, is_handed_over, name_of

Key = tuple[str, str | None, str, TextFormat]
"""What makes two paths one input: the real path, what its suffixes say, and how its text is read."""


def key_of(data: Any, text_format: TextFormat) -> Key | None:
    """Return what inputs that are one have in common; None for data in memory."""
    if not isinstance(data, (str, os.PathLike)):
        return None
    path = os.fspath(data)
    called = without_query(path)
    compression = next((suffix for suffix in COMPRESSIONS if called.lower().endswith(suffix)), "")
    return _real(path), by_suffix(called), compression, text_format


def read_once(data: Any) -> bool:
    """Whether what a path gives may be gone when it was read: pipes, and what was handed over open."""
    if not isinstance(data, (str, os.PathLike)):
        return False
    path = os.fspath(data)
    try:
        return is_handed_over(path) or not _can_be_read_again(Path(path).stat().st_mode)
    except (OSError, ValueError):
        # Opening it will say what is wrong.
        return False


def _can_be_read_again(mode: int) -> bool:
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def _real(path: str) -> str:
    try:
        return path if path == "-" or is_address(path) else os.path.realpath(path)
    except (OSError, ValueError):
        return path


class Inputs:
    """All inputs of several readers: opens each once, counts who still needs it, and lets go of it.

    Attributes:
        held: how many bytes of chunks are held.
    """

    def __init__(
        self, readers: Iterable[tuple[Sequence[tuple[Any, TextFormat]], int]], *, hashed: bool = False
    ) -> None:
        """Take what every reader will open, input by input with its format, and its rows at a time.

        `hashed` says whether one of them will ask for fingerprints.
        """
        self._hashed = hashed
        self.held = Held()
        self._uses: Counter[Key] = Counter()
        self._rows: dict[Key, int] = {}
        self._open: dict[Key, SharedSource] = {}
        self._errors: dict[tuple[Key, str], LosscliError] = {}
        self._done_bytes = 0
        paths: dict[Key, str] = {}
        in_memory = False
        for inputs, rows in readers:
            keys = [(key_of(*one), one[0]) for one in inputs]
            in_memory |= any(key is None for key, _ in keys)
            for key, data in keys:
                if key is not None:
                    self._uses[key] += 1
                    self._rows[key] = max(self._rows.get(key, 0), rows)
                    paths.setdefault(key, os.fspath(data))
        self._shared = {key for key, count in self._uses.items() if count > 1}
        pipes = {key for key, path in paths.items() if read_once(path)}
        unknown = bool(pipes) or in_memory or any(map(_has_no_size, paths.values()))
        self._total = None if unknown else sum(map(_size, paths.values()))

    @property
    def open_files(self) -> int:
        """How many files are open now."""
        return len(self._open)

    def is_open(self, data: Any, text_format: TextFormat) -> bool:
        """Whether an input is open, or has no need to be."""
        key = key_of(data, text_format)
        return key is None or key in self._open

    def is_shared(self, data: Any, text_format: TextFormat) -> bool:
        """Whether more than one reader takes rows of an input."""
        return key_of(data, text_format) in self._shared

    def open(self, data: Any, role: str, text_format: TextFormat, *, hashed: bool = False) -> Source:
        """Open an input as one of its readers: what `open_source` does, once for all of them.

        Raises:
            LosscliError: if it cannot be opened, or holds no table; the same to each who asks.
        """
        key = key_of(data, text_format)
        if key is None:
            return open_source(data, role, text_format, hashed=hashed)
        path = os.fspath(data)
        if (key, path) in self._errors:
            raise self._errors[key, path]
        try:
            if key not in self._open:
                source = open_source(path, role, text_format, hashed=self._hashed)
                self._open[key] = SharedSource(source, self._rows[key], self._uses[key], self.held)
        except LosscliError as error:
            self._errors[key, path] = error
            raise
        shared = self._open[key]
        return View(shared, path, name_of(path))

    def open_alone(self, data: Any, role: str, text_format: TextFormat, *, hashed: bool = False) -> Source:
        """Open an input that was opened before for one reader alone, who reads it as if there were no others.

        Raises:
            LosscliError: if the file was changed since.
        """
        found = self.open(data, role, text_format, hashed=hashed)
        return found.alone() if isinstance(found, View) else found

    def done(self, data: Any, text_format: TextFormat) -> None:
        """Take note that a reader needs an input no more; behind the last one it is let go of."""
        key = key_of(data, text_format)
        if key is None:
            return
        self._uses[key] -= 1
        shared = self._open.get(key)
        if shared is not None:
            shared.uses -= 1
            if not shared.uses:
                del self._open[key]
                self._done_bytes += shared.source.consumed
                shared.close()

    def progress(self) -> tuple[int, int | None]:
        """Return the bytes read so far, and those there are (None: unknown)."""
        return self._done_bytes + sum(shared.source.consumed for shared in self._open.values()), self._total

    def close(self) -> None:
        """Let go of all inputs."""
        for shared in self._open.values():
            shared.close()


def _has_no_size(path: str) -> bool:
    """Whether the bytes behind a path are not those of one file: an address, a folder, a glob."""
    return is_address(path) or is_folder(path) or any(mark in path for mark in "*?[")


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except (OSError, ValueError):
        return 0
