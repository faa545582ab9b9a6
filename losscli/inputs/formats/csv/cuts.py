"""Where a plain text can be cut: behind its line feeds, if there is nothing in it that makes other rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from losscli.inputs.formats.csv.source import CsvSource
from losscli.inputs.formats.csv.span import Span
from losscli.inputs.header import Header

_AT_A_TIME = 1 << 20
_LINE_FEED = 10


def cuts_of(source: CsvSource) -> CsvCuts | None:
    """Return where a text can be cut, which reads it once; None where rows may be other than lines."""
    if not source.can_be_cut:
        return None
    lines = _Lines(source.path)
    return CsvCuts(source.path, source.header, lines) if lines.plain else None


class CsvCuts:
    """Where a plain text can be cut; see `Cuts`."""

    def __init__(self, path: str, header: Header, lines: _Lines) -> None:
        """Take the path of a text, what is known of all of it, and its lines."""
        self._path, self._header, self._lines = path, header, lines
        self._above = lines.above(header.skip)
        self.rows = lines.count - self._above

    def stretches(self, marks: Sequence[int]) -> Sequence[Span]:
        """Return what is before, between and behind some rows."""
        inner = (self._lines.behind(self._above + mark) for mark in marks)
        starts = [self._header.skip, *inner, self._lines.size]
        return [
            Span(self._path, self._header, start, stop, before)
            for (start, stop), before in zip(pairwise(starts), [0, *marks], strict=True)
        ]


class _Lines:
    """Where the lines of a file end.

    Attributes:
        plain: whether there is nothing in it that might make a row of several lines, or another end of one.
        count: how many line feeds there are.
        size: the bytes of the file.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self.size = os.stat(path).st_size  # noqa: PTH116
        counts, self.plain = [], True
        with Path(path).open("rb", buffering=0) as file:
            buffer = bytearray(_AT_A_TIME)
            while self.plain and (size := file.readinto(buffer)):
                data = np.frombuffer(buffer, dtype=np.uint8, count=size)
                counts.append(int(np.count_nonzero(data == _LINE_FEED)))
                self.plain = all(buffer.find(mark, 0, size) < 0 for mark in (b'"', b"\r"))
        self._ends = np.cumsum(counts)
        self.count = int(self._ends[-1]) if counts else 0

    def above(self, place: int) -> int:
        """Return how many line feeds there are before a place near the beginning."""
        with Path(self._path).open("rb") as file:
            return file.read(place).count(b"\n")

    def behind(self, number: int) -> int:
        """Return the place behind the line feed with a number, from 1."""
        block = int(np.searchsorted(self._ends, number))
        before = int(self._ends[block - 1]) if block else 0
        with Path(self._path).open("rb") as file:
            file.seek(block * _AT_A_TIME)
            data = np.frombuffer(file.read(_AT_A_TIME), dtype=np.uint8)
        return block * _AT_A_TIME + int(np.flatnonzero(data == _LINE_FEED)[number - before - 1]) + 1
