"""What an input is cut into, so that each part can be read by itself: files, or rows of one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

from losscli.inputs.format import NAMES, format_of
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request
from losscli.inputs.source import Source
from losscli.inputs.stretch import Cuts

LEAST_BYTES = 1 << 23
"""A file, or two of them together, are cut into parts that are no smaller."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is read by itself: a request about some of the rows, and the file that they are of.

    Attributes:
        request: as the whole one, but for its inputs.
        file: the name of the file of the predictions, empty where they are one file.
        label_file: the same of the labels.
        size: the bytes of its files, where some parts have more than others.
    """

    request: Request
    file: str = ""
    label_file: str = ""
    size: int = 0


def parts_of(reading: Reading, most: int) -> tuple[Part, ...]:
    """Return what the inputs of a request are cut into; one part or none where they cannot be cut.

    Both inputs are cut at the same rows: files of the same names, else at most `most` stretches of the
    rows of files whose formats can be cut.
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
                _size({one.path, other.path}),
            )
            for one, other in pairs
        )
    return _of_rows(reading, most)


def _of_rows(reading: Reading, most: int) -> tuple[Part, ...]:
    sources = [reading.left] if reading.right is reading.left else [reading.left, reading.right]
    pieces = min(most, sum(source.size or 0 for source in sources) // LEAST_BYTES)
    cutters = [cutter for source in sources if (cutter := _cutter(source)) is not None]
    if pieces < 2 or len(cutters) < len(sources):
        return ()
    with ThreadPoolExecutor(len(sources)) as threads:
        found = list(threads.map(lambda cut, source: cut(source), cutters, sources))
    cuts = [one for one in found if one is not None]
    if len(cuts) < len(sources):
        return ()
    rows = min(one.rows for one in cuts)
    pieces = min(pieces, rows)
    marks = [rows * place // pieces for place in range(1, pieces)]
    stretches = [one.stretches(marks) for one in cuts]
    labels = stretches[1] if len(stretches) > 1 else [None] * max(pieces, 1)
    return tuple(
        Part(replace(reading.request, predictions=one, labels=other))
        for one, other in zip(stretches[0], labels, strict=True)
    )


def _cutter(source: Source) -> Callable[[Source], Cuts | None] | None:
    """Return what says where an input can be cut: that of its format, where it is one file."""
    return None if source.files or source.format not in NAMES else format_of(source.format).cut


def _size(paths: Iterable[str]) -> int:
    """Return how many bytes some files have; what has none on this machine counts for nothing."""
    size = 0
    for path in paths:
        with suppress(OSError):
            size += os.stat(path).st_size  # noqa: PTH116  an address is no path
    return size
