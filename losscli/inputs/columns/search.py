"""The columns of one input, as roles are given to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from losscli.common.errors import LosscliError
from losscli.common.options import given
from losscli.common.text import listed, nearest, shorten
from losscli.inputs.chunk import Want
from losscli.inputs.header import Header, bare
from losscli.inputs.usual_names import GIVE_WAY, PANDAS_INDEXES, USUAL, plain

_SEPARATOR_AT_END = re.compile(r"^.*[_\-.:= ]", re.DOTALL)


_FEW = 4
"""How many columns a remedy names, each with its option."""


@dataclass(frozen=True, slots=True)
class Table:
    """One input as far as roles are concerned: what messages call it, and its columns."""

    name: str
    header: Header


@dataclass
class Search:
    """One input in which roles are looked for.

    Attributes:
        table: the input.
        taken: the columns that have a role.
        aside: those that an option names for a role beside, as weight, group or id: they are not
            left for a role, and keep the one that they have by a usual name.
        wants: what is read.
        found: how a column got its role that neither an option nor a usual name gave it.
        doubtful: whether cells have to bear out that columns of classes are such.
    """

    table: Table
    taken: set[int] = field(default_factory=set)
    aside: set[int] = field(default_factory=set)
    wants: list[Want] = field(default_factory=list)
    found: dict[str, str] = field(default_factory=dict)
    doubtful: bool = False

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        return _places(self.table.header.names)

    @cached_property
    def _by_small_name(self) -> dict[str, list[int]]:
        return _places(map(str.lower, self.table.header.names))

    @cached_property
    def _by_plain_name(self) -> dict[str, list[int]]:
        return _places(map(plain, self.table.header.names))

    def left(self) -> list[int]:
        """Return the columns that have no role yet."""
        used = self.taken | self.aside
        return [place for place in range(len(self.table.header.names)) if place not in used]

    def called(self, names: Sequence[str]) -> list[int]:
        """Return those without a role, or with one beside, that have one of these plain names."""
        if not self.table.header.present:
            return []
        found = [place for name in dict.fromkeys(names) for place in self._by_plain_name.get(name, ())]
        return sorted(place for place in found if place not in self.taken)

    def usual(self, role: str) -> list[int]:
        """Return those that go by a usual name of a role; some give way to others."""
        found = self.called(USUAL[role])
        return [place for place in found if plain(self.names([place])[0]) not in GIVE_WAY] or found

    def first_usual(self, role: str) -> str | None:
        """Return a usual name of a role, whatever its column is used for; None if there is none."""
        names = self.table.header.names if self.table.header.present else ()
        return next((name for name in names if plain(name) in USUAL[role]), None)

    def place(self, column: str, option: str, others: Sequence[Search] = ()) -> int:
        """Return the column that an option names.

        Args:
            column: its name.
            option: the option.
            others: the other inputs that it may stand in, for the message.

        Raises:
            LosscliError: if there is none of that name, or several.
        """
        header = self.table.header
        wanted = bare(column) if header.present else column
        places = self._by_name.get(wanted) or self._by_small_name.get(wanted.lower(), [])
        if len(places) == 1:
            return places[0]
        if places:
            found = f"{len(places)} columns are called {shorten(column)!r}"
            raise LosscliError(self.table.name, found, "one", "Rename the others.")
        tables = (self.table, *(other.table for other in others))
        columns = [f"{listed(table.header.names, 12)} ({table.name})" for table in tables]
        raise LosscliError(
            " and ".join(table.name for table in tables),
            f"there is no column {shorten(column)!r} ({option})",
            f"one of the columns found: {'; '.join(columns) if others else listed(header.names, 12)}",
            nearest(wanted, [name for table in tables for name in table.header.names])
            or self._by_its_name(option),
        )

    def _by_its_name(self, option: str) -> str:
        """Return the option with the column that plays the role by its name, where there is one."""
        role = option.removeprefix("--").removeprefix("label-") if option != "--label" else "label"
        found = self.called(USUAL[role]) if role in USUAL else []
        name = self.names(found)[0] if len(found) == 1 else ""
        return f"By its name it is {shorten(name)}: {given(option.removeprefix('--'), name)}" if name else ""

    def is_index(self, place: int | None) -> bool:
        """Whether a column is called as pandas calls an index, which is not at all, or `index`."""
        return place is not None and plain(self.table.header.names[place]) in ("", "index", *PANDAS_INDEXES)

    def has(self, column: str) -> bool:
        """Whether there is a column of that name, taken or not."""
        return bare(column).lower() in self._by_small_name

    def names(self, places: Sequence[int]) -> tuple[str, ...]:
        """Return how columns are called."""
        return tuple(self.table.header.names[place] for place in places)

    def refuse(
        self, role: str, found: Sequence[int], needed: str, key: str = "", *, alone: bool = False
    ) -> LosscliError:
        """Return the error for a role that none, or several, of the columns can play.

        `key` is a column that both inputs have, and that may be the id of their rows; `alone`: there is one
        input, and labels or predictions may be in another.
        """
        names = self.names(found)
        remedy = f"Name the column: --{role} COLUMN."
        if found:
            what = f"{len(found)} columns could be the {role}: {listed(names)}"
            if len(set(names)) < len(names):
                remedy = "Give the columns different names in the header."
            elif len(names) <= _FEW:
                remedy = f"Name the column: {' or '.join(given(role, name) for name in names)}"
        else:
            what = f"no column is the {role}; the columns are {listed(self.table.header.names, 12)}"
            remedy = self._elsewhere(role, alone) or remedy
        if key:
            same = f"If {shorten(key)} is the key of the rows: {given('id', shorten(key))}"
            remedy = f"{remedy.removesuffix('.')}. {same}"
        return LosscliError(self.table.name, what, needed, remedy)

    def _elsewhere(self, role: str, alone: bool) -> str:
        """Return what to do where no column plays a role: another separator, or the other file."""
        names = self.table.header.names
        if len(names) == 1:
            mark = next((mark for mark in "\t;|," if mark in names[0]), "")
            if mark:
                mark = "tab" if mark == "\t" else mark
                return f"The separator seems to be different: {given('delimiter', mark)}"
        other = {"label": "labels after it", "prediction": "predictions before it"}.get(role if alone else "")
        return f"Name the file of the {other}, or the column: --{role} COLUMN." if other else ""


def _places(names: Iterable[str]) -> dict[str, list[int]]:
    """Return where each name stands."""
    found: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        found.setdefault(name, []).append(place)
    return found


def suffixes(names: Sequence[str]) -> tuple[str, ...]:
    """Return what follows the longest common prefix that ends in a separator."""
    shortest = min(names, key=len)
    common = 0
    while common < len(shortest) and len({name[common] for name in names}) == 1:
        common += 1
    match = _SEPARATOR_AT_END.match(shortest[:common])
    start = len(match.group()) if match and len(names) > 1 else 0
    return tuple(name[start:] for name in names)
