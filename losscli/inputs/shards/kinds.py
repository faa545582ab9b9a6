"""The types of one column in several files: one kind, or refused; of floats told where they are narrower."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from losscli.common.errors import LosscliError
from losscli.common.text import listed, shorten
from losscli.inputs.chunk import Want
from losscli.inputs.header import Header
from losscli.inputs.streams.opened import name_of

_NARROW = {"float16", "float32"}


class Kinds:
    """The types of the columns that are wanted, met file by file."""

    def __init__(self) -> None:
        self._met: dict[str, dict[str, list[tuple[str, str]]]] = {}

    def meet(self, shard: str, path: str, header: Header, wants: Sequence[Want]) -> None:
        """Take note of a file with rows, whose name and path these are.

        Raises:
            LosscliError: where a column is of another kind than in a file before.
        """
        for want in wants:
            for place in want.columns:
                name, kind = header.names[place], header.types.get(place, "null")
                if kind == "null":
                    continue
                met = self._met.setdefault(name, {})
                for other, files in met.items():
                    if _kind(other, want) != _kind(kind, want):
                        raise LosscliError(
                            f"{name_of(files[0][1])} and {name_of(path)}",
                            f"{shorten(name)} is {other} in the first, {kind} in the second",
                            "a column of one kind in all files",
                            "Write it with one type.",
                        )
                met.setdefault(kind, []).append((shard, path))

    def notes(self) -> Iterator[tuple[str, str]]:
        """Yield the columns whose numbers have fewer digits in some files, and what is to be told of them."""
        for name, met in self._met.items():
            if len(met) > 1 and not _NARROW.isdisjoint(met):
                where = (f"{kind} in {listed([shard for shard, _ in met[kind]])}" for kind in sorted(met))
                yield name, f"{name} is {', '.join(where)}; all are widened to float64"


def _kind(name: str, want: Want) -> str:
    """Return what of a type must be the same: of numbers nothing, of text what tells how it is written."""
    number = next((kind for kind in ("float", "int", "uint", "decimal") if name.startswith(kind)), "")
    if number and not want.text:
        return "number"
    return name if number in ("", "decimal") else number.removeprefix("u")
