"""The types of one column in several files: one kind, or refused; of floats told where they are narrower."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from losscli.common.errors import LosscliError
from losscli.common.text import listed, shorten
from losscli.inputs.chunk import Want
from losscli.inputs.header import Header
from losscli.inputs.source import Source
from losscli.inputs.streams.opened import name_of

_NARROW = {"float16", "float32"}


@dataclass(frozen=True, slots=True)
class Typed:
    """The type of a column that is read, and whether its cells are compared as text."""

    column: str
    type: str
    text: bool

    @property
    def kind(self) -> str:
        """What of a type must be the same: of numbers nothing, of text what tells how it is written."""
        names = ("float", "int", "uint", "decimal", "number")
        number = next((name for name in names if self.type.startswith(name)), "")
        if number and not self.text:
            return "number"
        return self.type if number in ("", "decimal") else number.removeprefix("u")


def kinds_of(header: Header, wants: Sequence[Want]) -> tuple[Typed, ...]:
    """Return the types of the columns that are wanted, of those that have one."""
    return tuple(
        Typed(header.names[place], header.types[place], want.text)
        for want in wants
        for place in want.columns
        if header.types.get(place, "null") != "null"
    )


def kinds_by_role(inputs: Iterable[tuple[Source, Sequence[Want]]]) -> dict[str, dict[str, str]]:
    """Return the kinds of the columns that are read; of one that is read as text too, that of text."""
    found: dict[str, dict[str, str]] = {}
    for role, (source, wants) in zip(("predictions", "labels"), inputs, strict=False):
        typed = sorted(kinds_of(source.header, wants), key=lambda one: (one.text, one.column))
        if typed:
            found[role] = {one.column: one.kind for one in typed}
    return found


class Kinds:
    """The types of the columns that are wanted, met file by file."""

    def __init__(self) -> None:
        self._met: dict[str, dict[str, list[tuple[str, str]]]] = {}

    def meet(self, shard: str, path: str, types: Iterable[Typed]) -> None:
        """Take note of a file with rows, whose name and path these are.

        Raises:
            LosscliError: where a column is of another kind than in a file before.
        """
        for one in types:
            met = self._met.setdefault(one.column, {})
            for other, files in met.items():
                if replace(one, type=other).kind != one.kind:
                    raise LosscliError(
                        f"{name_of(files[0][1])} and {name_of(path)}",
                        f"{shorten(one.column)} is {other} in the first, {one.type} in the second",
                        "a column of one kind in all files",
                        "Write it with one type.",
                    )
            files = met.setdefault(one.type, [])
            if (shard, path) not in files[-1:]:
                files.append((shard, path))

    def first(self) -> Iterator[tuple[str, str]]:
        """Yield each column, and its type in the first file that has one."""
        yield from ((name, next(iter(met))) for name, met in self._met.items())

    def notes(self) -> Iterator[tuple[str, str]]:
        """Yield the columns whose numbers have fewer digits in some files, and what is to be told of them."""
        for name, met in self._met.items():
            if len(met) > 1 and not _NARROW.isdisjoint(met):
                where = (f"{kind} in {listed([shard for shard, _ in met[kind]])}" for kind in sorted(met))
                yield name, f"{name} is {', '.join(where)}; all are widened to float64"
