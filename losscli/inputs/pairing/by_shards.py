"""Pairs two inputs of several files each, file by file: the rows of each two by position or by id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from losscli.inputs.chunk import Chunk
from losscli.inputs.ids import ID
from losscli.inputs.pairing.align import Names, NoPartnerError, Pair, refuse_repeated
from losscli.inputs.pairing.distinct import Distinct
from losscli.inputs.places import Shard
from losscli.inputs.streams.opened import name_of

PairFiles = Callable[[Iterator[Chunk], Iterator[Chunk], Names], Iterator[Pair]]
Elsewhere = Callable[[Sequence[str]], tuple[str, str] | None]
"""Finds an id among all files of the labels: returns it, and the file that has it."""


def by_shards(
    predictions: Iterator[Chunk],
    labels: Iterator[Chunk],
    files: Sequence[tuple[Shard, Shard]],
    pair: PairFiles,
) -> Iterator[Pair]:
    """Yield what `pair` makes of the chunks of each two files, which say the number of their file."""
    left, right = _Runs(predictions), _Runs(labels)
    for number, (one, other) in enumerate(files):
        yield from pair(left.of(number), right.of(number), Names(name_of(one.path), name_of(other.path)))


def distinct_everywhere(
    pairs: Iterator[Pair], seen: Distinct, where: str, elsewhere: Elsewhere
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
    refuse_repeated(seen, where)


class _Runs:
    """Chunks of file after file, handed out file by file."""

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self._chunks = chunks
        self._next: Chunk | None = next(chunks, None)

    def of(self, number: int) -> Iterator[Chunk]:
        while self._next is not None and self._next.shard == number:
            chunk, self._next = self._next, None
            yield chunk
            self._next = next(self._chunks, None)
