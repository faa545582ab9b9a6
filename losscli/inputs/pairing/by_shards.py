"""Pairs two inputs of several files each, file by file: the rows of each two by position or by id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Generic

from losscli.common.errors import LosscliError
from losscli.common.text import listed, shorten
from losscli.inputs.chunk import Chunk
from losscli.inputs.ids import ID
from losscli.inputs.pairing.align import Left, Names, NoPartnerError, Pair, refuse_repeated
from losscli.inputs.pairing.distinct import Distinct
from losscli.inputs.places import Shard
from losscli.inputs.source import Source
from losscli.inputs.streams.opened import name_of

PairFiles = Callable[[Iterator[Left], Iterator[Chunk], Names], Iterator[tuple[Left, Chunk]]]
Elsewhere = Callable[[Sequence[str]], tuple[str, str] | None]
"""Finds an id among all files of the labels: returns it, and the file that has it."""


def by_shards(
    predictions: Iterator[Left],
    labels: Iterator[Chunk],
    files: Sequence[tuple[Shard, Shard]],
    pair: PairFiles[Left],
    names: Names,
) -> Iterator[tuple[Left, Chunk]]:
    """Yield what `pair` makes of the chunks of each two files, which say the number of their file."""
    left, right = _Runs(predictions), _Runs(labels)
    for number, (one, other) in enumerate(files):
        both = replace(names, predictions=name_of(one.path), labels=name_of(other.path))
        yield from pair(left.of(number), right.of(number), both)


def distinct_everywhere(
    pairs: Iterator[Pair], seen: Distinct, names: Names, elsewhere: Elsewhere
) -> Iterator[Pair]:
    """Yield pairs by id, and raise at the end for ids that two files have.

    Raises:
        LosscliError: also for an id without a partner in its own file; which other one has it is told.
    """
    try:
        for left, right in pairs:
            seen.add(left.columns[ID])
            yield left, right
    except NoPartnerError as error:
        found = elsewhere(error.unknown)
        if found is not None:
            error.found = f"{error.found}; {found[0]!r} is in {found[1]}"
            error.needed = "the same ids in files of the same name"
            error.remedy = (
                "Write both sides with the same ids in each file; or rename the files of one side: "
                "ids are looked up in all files then."
            )
        raise
    refuse_repeated(seen, names.both, names.unique)


def other_files(left: Source, right: Source) -> LosscliError:
    """Return the error of two inputs whose rows have no order in common."""
    counts = [f"{len(one.files)} files" if len(one.files) > 1 else "one file" for one in (left, right)]
    alone = sorted({one.name for one in left.files} ^ {one.name for one in right.files})
    found = f"{counts[0]} and {counts[1]}, whose rows are paired by position"
    if left.files and right.files and alone:
        found += f"; only one side has {listed([shorten(name) for name in alone])}"
    return LosscliError(
        f"{left.name} and {right.name}",
        found,
        "files of the same names on both sides, or an id in every row",
        "Give both an id column; or join the files of each side in one order.",
    )


class _Runs(Generic[Left]):
    """Chunks of file after file, handed out file by file."""

    def __init__(self, chunks: Iterator[Left]) -> None:
        self._chunks = chunks
        self._next: Left | None = next(chunks, None)

    def of(self, number: int) -> Iterator[Left]:
        while self._next is not None and self._next.shard == number:
            chunk, self._next = self._next, None
            yield chunk
            self._next = next(self._chunks, None)
