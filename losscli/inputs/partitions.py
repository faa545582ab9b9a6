"""What an input is cut into, so that each part can be read by itself: files, or rows of a plain text."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from losscli.inputs.formats.csv.source import CsvSource
from losscli.inputs.formats.csv.span import Span
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request

LEAST_BYTES = 1 << 23
"""A text is cut into parts that are no smaller."""
_AT_A_TIME = 1 << 20
_LINE_FEED = 10


@dataclass(frozen=True, slots=True)
class Part:
    """What is read by itself: a request about some of the rows, and the file that they are of.

    Attributes:
        request: as the whole one, but for its inputs.
        file: the name of the file of the predictions, empty where they are one file.
        label_file: the same of the labels.
    """

    request: Request
    file: str = ""
    label_file: str = ""


def parts_of(reading: Reading, most: int) -> tuple[Part, ...]:
    """Return what the inputs of a request are cut into; one part or none where they cannot be cut.

    Both inputs are cut at the same rows: files of the same names, else, of two plain texts, at most
    `most` stretches of rows.
    """
    request = reading.request
    if request.unmatched == "drop" or request.top is None:
        # What one part leaves out may be in another; and of all samples nothing is small.
        return ()
    left, right = reading.left, reading.right
    if left.files and (right is left or reading.pairs_files):
        if any(shard.keys for shard in (*left.files, *right.files)):
            return ()
        pairs = zip(left.files, right.files, strict=True)
        return tuple(
            Part(
                replace(request, predictions=one.path, labels=None if right is left else other.path),
                one.name,
                other.name,
            )
            for one, other in pairs
        )
    return _of_texts(reading, most)


def _of_texts(reading: Reading, most: int) -> tuple[Part, ...]:
    request = reading.request
    sources = [reading.left] if reading.right is reading.left else [reading.left, reading.right]
    texts = [source for source in sources if isinstance(source, CsvSource) and source.can_be_cut]
    if len(texts) < len(sources):
        return ()
    size = sum(source.size or 0 for source in texts)
    pieces = min(most, size // LEAST_BYTES)
    if pieces < 2:
        return ()
    with ThreadPoolExecutor(len(texts)) as threads:
        counted = list(threads.map(_Lines, (source.path for source in texts)))
    if not all(one.plain for one in counted):
        return ()
    rows = min(one.count - one.above(source.header.skip) for one, source in zip(counted, texts, strict=True))
    marks = [rows * place // pieces for place in range(1, pieces)]
    spans = [_spans(source, one, marks) for source, one in zip(texts, counted, strict=True)]
    labels = spans[1] if len(spans) > 1 else [None] * pieces
    return tuple(
        Part(replace(request, predictions=one, labels=other))
        for one, other in zip(spans[0], labels, strict=True)
    )


def _spans(source: CsvSource, lines: _Lines, marks: Sequence[int]) -> list[Span]:
    above = lines.above(source.header.skip)
    starts = [source.header.skip, *(lines.behind(above + mark) for mark in marks), lines.size]
    return [
        Span(source.path, source.header, start, stop, before)
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
