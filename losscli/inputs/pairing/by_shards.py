"""Pairs two inputs of several files each, file by file: the rows of each two by position or by id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Generic

from losscli.common.errors import LosscliError
from losscli.common.text import listed, shorten
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.ids import ID, texts
from losscli.inputs.pairing.align import Left, Names, NoPartnerError, Pair, by_id, refuse_repeated
from losscli.inputs.pairing.distinct import Again, Distinct
from losscli.inputs.places import Shard
from losscli.inputs.source import Source
from losscli.inputs.streams.opened import name_of

MOST_LOOKED_FOR = 100
"""Ids without a partner that are looked for in other files, for the message."""

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


def by_id_and_shard(
    predictions: Iterator[Chunk],
    labels: Iterator[Chunk],
    files: Sequence[tuple[Shard, Shard]],
    names: Names,
    again: Again | None,
    elsewhere: Elsewhere,
) -> Iterator[Pair]:
    """Yield pairs by id within each two files, and raise at the end for ids that two files have.

    Raises:
        LosscliError: also for an id without a partner in its own file; which other one has it is told.
    """
    with closing(Distinct(again)) as seen:
        try:
            for left, right in by_shards(predictions, labels, files, by_id, names):
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


def label_file_with(
    labels: Source, wants: Sequence[Want], block_rows: int, ids: Sequence[str]
) -> tuple[str, str] | None:
    """Return the first of some ids that a file of the labels has, and the path of that file."""
    if not labels.repeatable:
        return None
    with closing(labels.again()) as source:
        for chunk in source.chunks([want for want in wants if want.role == ID], block_rows):
            there = {*texts(chunk.columns[ID])}
            for id_ in ids[:MOST_LOOKED_FOR]:
                if id_ in there:
                    return id_, name_of(labels.files[chunk.shard].path)
    return None


def pairs_files(left: Source, right: Source, *, by_id: bool) -> bool:
    """Whether files of the same names are paired; raise where rows cannot be paired by position."""
    if right is left or not (left.files or right.files):
        return False
    same = [one.name for one in left.files] == [one.name for one in right.files]
    if not (by_id or same):
        raise _other_files(left, right)
    return same


def _other_files(left: Source, right: Source) -> LosscliError:
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
