"""Rows of several inputs side by side: a chunk of each, and how one more is paired with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.inputs.chunk import Chunk, Want, concatenate

Disagreement = tuple[int, LosscliError]
"""A place among rows, and what is wrong with the row there."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The same samples of several inputs, in the order of the first, which has the ids."""

    chunks: tuple[Chunk, ...]

    @property
    def columns(self) -> Mapping[str, Array]:
        """The columns of the first."""
        return self.chunks[0].columns

    @property
    def row(self) -> Array:
        """The rows of the first."""
        return self.chunks[0].row

    @property
    def shard(self) -> int:
        """The file of the first."""
        return self.chunks[0].shard

    def __len__(self) -> int:
        return len(self.chunks[0])

    def told(self, row: int) -> str:
        """Return what a message calls a row of the first."""
        return self.chunks[0].told(row)

    def take(self, rows: slice | NDArray[np.int64]) -> Bundle:
        """Return the rows that a slice or positions choose, in that order."""
        return Bundle(tuple(chunk.take(rows) for chunk in self.chunks))

    def followed_by(self, other: Bundle) -> Bundle:
        """Return these rows, and others behind them."""
        return joined([self, other])

    def beside(self, chunk: Chunk) -> Bundle:
        """Return the rows with those of one more input."""
        return Bundle((*self.chunks, chunk))


def joined(bundles: Sequence[Bundle]) -> Bundle:
    """Return the rows of all bundles as one."""
    if len(bundles) == 1:
        return bundles[0]
    runs = zip(*(one.chunks for one in bundles), strict=True)
    return Bundle(tuple(concatenate([*run]) for run in runs))


def agreed(bundles: Iterator[Bundle], look: Callable[[Bundle], Disagreement | None]) -> Iterator[Bundle]:
    """Yield bundles as long as nothing is wrong with them; raise behind the rows before what is."""
    for bundle in bundles:
        found = look(bundle)
        if found is None:
            yield bundle
            continue
        place, error = found
        if place:
            yield bundle.take(slice(0, place))
        raise error


def gathered(bundles: Iterator[Bundle], rows: int) -> Iterator[Bundle]:
    """Yield the same rows, at least so many at a time up to the last.

    Each input is cut where its own bytes end, and their cuts together would leave little between them.
    """
    few: list[Bundle] = []
    count = 0
    try:
        for bundle in bundles:
            few.append(bundle)
            count += len(bundle)
            if count >= rows:
                yield joined(few)
                few, count = [], 0
    except LosscliError:
        # What is wrong is wrong with the rows behind these.
        if few:
            yield joined(few)
        raise
    if few:
        yield joined(few)


class Wanted:
    """What several readers want of one input: each column is read once, whatever it is to them."""

    def __init__(self) -> None:
        self._roles: dict[Want, str] = {}

    @property
    def wants(self) -> tuple[Want, ...]:
        """All that is to be read."""
        return tuple(replace(want, role=role) for want, role in self._roles.items())

    @property
    def width(self) -> int:
        """How many columns that are."""
        return sum(len(want.columns) for want in self._roles)

    def ask(self, wants: Sequence[Want]) -> dict[str, str]:
        """Take note of what a reader wants; return which role that is read each of its own roles is.

        The first reader finds all under its own roles.
        """
        found: dict[str, str] = {}
        for want in wants:
            column, taken = replace(want, role=""), set(self._roles.values())
            names = (want.role, *(f"{want.role} of {place}" for place in range(2, len(taken) + 3)))
            free = next(name for name in names if name not in taken)
            found[want.role] = self._roles.setdefault(column, free)
        return found


def seen_as(chunk: Chunk, roles: Mapping[str, str]) -> Chunk:
    """Return what a reader sees of a chunk, given which role that was read each of its own roles is."""
    if len(roles) == len(chunk.columns) and all(own == read for own, read in roles.items()):
        return chunk
    bad = {(own, row): text for (read, row), text in chunk.bad.items() for own in roles if roles[own] == read}
    columns = {own: chunk.columns[read] for own, read in roles.items()}
    return Chunk(chunk.name, chunk.row, columns, bad, chunk.place, chunk.shard)
