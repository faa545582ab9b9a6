"""What an input is cut into, so that each part can be read by itself: files, or rows of one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from typing import Any

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
    return tuple(part for (part,) in parts_beside([reading], most))


def parts_beside(readings: Sequence[Reading], most: int) -> tuple[tuple[Part, ...], ...]:
    """Return what the inputs of several models are cut into, a part for each model; as `parts_of` cuts them.

    All are read beside the same labels, and cut at the same rows. An input that two of them share is one
    object in each part, too.
    """
    requests = [reading.request for reading in readings]
    if requests[0].unmatched == "drop" or requests[0].top is None or requests[0].edits.of_rows:
        # What one part leaves out may be in another, as may be a label; and of all samples nothing is small.
        return ()
    sources = {id(source): source for one in readings for source in (one.left, one.right)}
    places = {key: place for place, key in enumerate(sources)}
    beside = _Beside(
        requests,
        [places[id(one.left)] for one in readings],
        [None if one.right is one.left else places[id(one.right)] for one in readings],
    )
    found = [*sources.values()]
    if all(one.left.files and (one.right is one.left or one.pairs_files) for one in readings):
        if any(shard.keys for source in found for shard in source.files):
            return ()
        if not all(source.repeatable for source in found):
            # The first file is a pipe, and whoever opened it has to read it.
            return ()
        files = [*zip(*(source.files for source in found), strict=True)]
        return tuple(_of_files(beside, files, most))
    size = sum(source.size or 0 for source in found)
    return tuple(map(beside.parts, _stretches(found, min(most, size // LEAST_BYTES))))


@dataclass(frozen=True)
class _Beside:
    """What is asked of each model, and the places of its predictions and labels among all inputs."""

    requests: Sequence[Request]
    left: Sequence[int]
    right: Sequence[int | None]

    def parts(self, data: Sequence[Any], names: Sequence[str] = (), size: int = 0) -> tuple[Part, ...]:
        """Return the part of each model, given those of all inputs."""
        found = []
        for request, left, right in zip(self.requests, self.left, self.right, strict=True):
            asked = replace(request, predictions=data[left], labels=None if right is None else data[right])
            files = (names[left], names[left if right is None else right]) if names else ("", "")
            found.append(Part(asked, *files, size))
        return tuple(found)

    def opened(self, paths: Sequence[str], stack: ExitStack) -> list[Source]:
        """Open a file of each input. Raises LosscliError for what cannot be read."""
        formats = {}
        for request, left, right in zip(self.requests, self.left, self.right, strict=True):
            formats[left] = ("predictions", request.prediction_format)
            if right is not None:
                formats[right] = ("labels", request.label_format)
        return [
            stack.enter_context(closing(open_source(path, *formats[place])))
            for place, path in enumerate(paths)
        ]


def _of_files(beside: _Beside, files: Sequence[Sequence[Shard]], most: int) -> Iterator[tuple[Part, ...]]:
    """Yield the parts that files side by side make: one, or several where they are more than a share."""
    sizes = [_size({one.path for one in together}) for together in files]
    share = max(1, sum(sizes) / most)
    for together, size in zip(files, sizes, strict=True):
        paths, names = [one.path for one in together], [one.name for one in together]
        pieces = min(round(size / share), size // LEAST_BYTES)
        cut = _of_large(beside, paths, pieces) if pieces > 1 else []
        yield from (beside.parts(one, names, size // pieces) for one in cut)
        if not cut:
            yield beside.parts(paths, names, size)


def _of_large(beside: _Beside, paths: Sequence[str], pieces: int) -> list[tuple[Stretch, ...]]:
    """Return what files are cut into; nothing where they cannot be, or something is wrong with them."""
    try:
        with ExitStack() as stack:
            return _stretches(beside.opened(paths, stack), pieces)
    except LosscliError:
        # That is told by who reads it.
        return []


def _stretches(sources: Sequence[Source], most: int) -> list[tuple[Stretch, ...]]:
    """Return stretches of files, cut at the same rows; nothing where one cannot be cut."""
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
        return [*zip(*(one.stretches(marks) for one in cuts), strict=True)]
    except (LosscliError, OSError, IndexError):
        # It was changed, or cannot be read: that is told by who reads it.
        return []


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
