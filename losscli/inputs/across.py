"""What the rows of one run leave open, and those of several tell together: ids, names of classes, doubts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import shorten
from losscli.inputs.chunk import Chunk
from losscli.inputs.columns.doubts import Excess, in_excess_of
from losscli.inputs.ids import ID, are_integers, texts
from losscli.inputs.pairing.classes import FoundClasses, refuse_no_names

_NUMBERS = {"number", "int", "float"}
Range = tuple[str, str]
"""The first and the last of some ids: shorter ones first, then as text."""


@dataclass(frozen=True, slots=True)
class Across:
    """What one run leaves open.

    Attributes:
        ids: the range of the ids of an input, by its role, where rows are paired by them.
        names: of columns of class names each name as it came up, and whether as `label`, as `prediction`
            or as `both`; a number that is written in another way too stands there once more.
        cells: the names of columns of class names, where nothing but that says that they are names.
        excess: the columns of classes that may be none; None where that is no question.
        kinds: of columns that have types what must be the same in all files, by the role of the input.
    """

    ids: Mapping[str, Range] = field(default_factory=dict)
    names: tuple[tuple[str, str], ...] = ()
    cells: tuple[str, ...] = ()
    excess: Excess | None = None
    kinds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Ranges:
    """The range of the ids of each input, found out while they are read."""

    def __init__(self) -> None:
        self.found: dict[str, Range] = {}

    def watched(self, role: str, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """Yield chunks with an id of an input, and take note of their ids."""
        for chunk in chunks:
            if len(chunk):
                ends = _ends(chunk.columns[ID])
                both = (*self.found.get(role, ends), *ends)
                self.found[role] = min(both, key=place_of), max(both, key=place_of)
            yield chunk


def place_of(id_: str) -> tuple[int, bytes]:
    """Return where an id stands among others: shorter ones first, then as text."""
    return len(id_.encode("utf-8", "replace")), id_.encode("utf-8", "replace")


def _ends(ids: Array) -> Range:
    """Return the first and the last of ids, at least one, in the order of their texts."""
    if are_integers(ids) and ids.min() >= 0:
        return str(ids.min()), str(ids.max())
    if are_integers(ids):
        # Minus signs make texts longer, and 10 comes after -1.
        signs = (ids[ids < 0], ids[ids >= 0])
        ends = [str(end) for part in signs if len(part) for end in (part.min(), part.max())]
        return min(ends, key=place_of), max(ends, key=place_of)
    length = np.strings.str_len(ids)
    short, long = ids[length == length.min()], ids[length == length.max()]
    first, last = texts(short[[short.argmin()]]), texts(long[[long.argmax()]])
    return first[0], last[0]


def overlap(ranges: Iterable[Range]) -> bool:
    """Whether two of several ranges have an id in common, or may have."""
    ordered = sorted(ranges, key=lambda ends: place_of(ends[0]))
    return any(place_of(after[0]) <= place_of(before[1]) for before, after in pairwise(ordered))


def names_of(parts: Sequence[Across], where: str, if_numbers: str) -> FoundClasses:
    """Return the names of classes of all parts, as if one run had met them in the order of the parts.

    Raises:
        LosscliError: where they are no names together: two that look the same, a name that only labels and
            another that only predictions spell so, predictions that no label is.
    """
    found = FoundClasses(where, if_numbers)
    for part in parts:
        for name, role in part.names:
            wrong = found.add(name, ("label", "prediction") if role == "both" else (role,))
            if wrong is not None:
                raise wrong
    if found.in_other_case is not None:
        raise found.in_other_case
    refuse_no_names(found, where)
    return found


def refuse_kinds(parts: Iterable[tuple[Across, str]]) -> None:
    """Raise LosscliError where a column is of another kind in another part; each is given with its state.

    Of numbers in JSON nobody knows whether another format has integers there or fractions.
    """
    met: dict[tuple[str, str], tuple[str, str]] = {}
    for part, where in parts:
        for role, kinds in part.kinds.items():
            for column, kind in kinds.items():
                other, before = met.setdefault((role, column), (kind, where))
                if other != kind and not ("number" in (other, kind) and {other, kind} <= _NUMBERS):
                    raise LosscliError(
                        f"{before} and {where}",
                        f"{shorten(column)} is {other} in the first, {kind} in the second",
                        "a column of one kind in all inputs",
                        "Write it with one type.",
                    )


def refuse_first_rows(parts: Sequence[Across], values: Iterable[str], where: str) -> None:
    """Raise LosscliError where what one part took for the name of a column is a class of another."""
    known = {*values}
    for cell in (cell for part in parts for cell in part.cells):
        if cell in known:
            raise LosscliError(
                f"{where}, first lines",
                f"{shorten(cell)!r} is the name of a class too, so that these may be no headers",
                "files that say what they are",
                "Say it where the states are made: --header or --no-header.",
            )


def refuse_excess(parts: Sequence[Across], outputs: Sequence[str], where: str) -> None:
    """Raise LosscliError where all rows together say that a column of the classes is none."""
    looked = [part.excess for part in parts if part.excess is not None]
    if looked:
        whole = looked[0]
        for one in looked[1:]:
            whole = whole.merge(one)
        error = in_excess_of(whole, outputs, where)
        if error is not None:
            raise error
