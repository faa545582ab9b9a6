"""What an input is cut into, so that each part can be read by itself: files, or rows of one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace

from losscli.common.errors import LosscliError
from losscli.inputs.format import NAMES, format_of
from losscli.inputs.opening import open_source
from losscli.inputs.places import Shard
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request
from losscli.inputs.source import Source
from losscli.inputs.stretch import Cuts, Stretch

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

    Both inputs are cut at the same rows: files of the same names, of which a large one is cut once more, else
    at most `most` stretches of the rows of single files, where their formats can be cut.
    """
    request = reading.request
    if request.unmatched == "drop" or request.top is None:
        # What one part leaves out may be in another; and of all samples nothing is small.
        return ()
    left, right = reading.left, reading.right
    if left.files and (right is left or reading.pairs_files):
        if any(shard.keys for shard in (*left.files, *right.files)):
            return ()
        others = [None] * len(left.files) if right is left else right.files
        return tuple(_of_files(request, [*zip(left.files, others, strict=True)], most))
    sources = [left] if right is left else [left, right]
    size = sum(source.size or 0 for source in sources)
    return tuple(
        Part(replace(request, predictions=one, labels=other))
        for one, other in _stretches(sources, min(most, size // LEAST_BYTES))
    )


def _of_files(request: Request, pairs: Sequence[tuple[Shard, Shard | None]], most: int) -> Iterator[Part]:
    """Yield the parts that pairs of files make: each is one, or several where it is more than its share."""
    sizes = [_size({one.path, (other or one).path}) for one, other in pairs]
    share = max(1, sum(sizes) / most)
    for (one, other), size in zip(pairs, sizes, strict=True):
        labels = None if other is None else other.path
        whole = Part(
            replace(request, predictions=one.path, labels=labels), one.name, (other or one).name, size
        )
        pieces = min(round(size / share), size // LEAST_BYTES)
        found = _of_large(whole, pieces) if pieces > 1 else []
        yield from found or [whole]


def _of_large(whole: Part, pieces: int) -> list[Part]:
    """Return what a pair of files is cut into; nothing where it cannot be, or something is wrong with it."""
    request = whole.request
    try:
        with ExitStack() as stack:
            sources = [
                stack.enter_context(closing(open_source(path, role, text_format)))
                for path, role, text_format in (
                    (request.predictions, "predictions", request.prediction_format),
                    (request.labels, "labels", request.label_format),
                )
                if path is not None
            ]
            return [
                replace(
                    whole,
                    request=replace(request, predictions=one, labels=other),
                    size=whole.size // pieces,
                )
                for one, other in _stretches(sources, pieces)
            ]
    except LosscliError:
        # That is told by who reads it.
        return []


def _stretches(sources: Sequence[Source], most: int) -> list[tuple[Stretch, Stretch | None]]:
    """Return stretches of one file or of two, cut at the same rows; nothing where they cannot be cut."""
    cutters = [cutter for source in sources if (cutter := _cutter(source)) is not None]
    if most < 2 or len(cutters) < len(sources):
        return []
    try:
        with ThreadPoolExecutor(len(sources)) as threads:
            found = list(threads.map(lambda cut, source: cut(source), cutters, sources))
        cuts = [one for one in found if one is not None]
        if len(cuts) < len(sources):
            return []
        rows = min(one.rows for one in cuts)
        pieces = max(1, min(most, rows))
        marks = [rows * place // pieces for place in range(1, pieces)]
        one, other = cuts[0].stretches(marks), cuts[-1].stretches(marks)
    except (LosscliError, OSError, IndexError):
        # It was changed, or cannot be read: that is told by who reads it.
        return []
    return [*zip(one, other if len(cuts) > 1 else [None] * pieces, strict=True)]


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
