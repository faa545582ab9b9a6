"""The columns of one input, as roles are given to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from losscli.common.errors import LosscliError
from losscli.common.text import listed
from losscli.inputs.chunk import Want
from losscli.inputs.formats.csv.dialect import Layout, bare, column_place

_SEPARATOR_AT_END = re.compile(r"^.*[_\-.:= ]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Table:
    """One input as far as roles are concerned: what messages call it, and its columns."""

    name: str
    layout: Layout


@dataclass
class Search:
    """One input in which roles are looked for; columns that have a role are `taken`."""

    table: Table
    taken: set[int] = field(default_factory=set)
    wants: list[Want] = field(default_factory=list)

    def left(self) -> list[int]:
        """Return the columns that have no role yet."""
        return [place for place in range(len(self.table.layout.names)) if place not in self.taken]

    def called(self, names: Sequence[str]) -> list[int]:
        """Return those of them that have one of these names, written in small letters."""
        if not self.table.layout.header:
            return []
        return [place for place in self.left() if self.table.layout.names[place].lower() in names]

    def place(self, column: str, option: str) -> int:
        """Return the column that an option names, and take it. Raises LosscliError if there is none."""
        place = column_place(self.table.layout, self.table.name, column, option)
        self.taken.add(place)
        return place

    def has(self, column: str) -> bool:
        """Whether there is a column of that name, taken or not."""
        return any(name.lower() == bare(column).lower() for name in self.table.layout.names)

    def names(self, places: Sequence[int]) -> tuple[str, ...]:
        """Return how columns are called."""
        return tuple(self.table.layout.names[place] for place in places)

    def refuse(self, role: str, found: Sequence[int], needed: str) -> LosscliError:
        """Return the error for a role that none, or several, of the columns can play."""
        columns = listed(self.table.layout.names, 12)
        if found:
            what = f"{len(found)} columns could be the {role}: {listed(self.names(found))}"
        else:
            what = f"no column is the {role}; the columns are {columns}"
        return LosscliError(self.table.name, what, needed, f"Name the column: --{role} COLUMN.")


def suffixes(names: Sequence[str]) -> tuple[str, ...]:
    """Return what follows the longest common prefix that ends in a separator."""
    shortest = min(names, key=len)
    common = 0
    while common < len(shortest) and len({name[common] for name in names}) == 1:
        common += 1
    match = _SEPARATOR_AT_END.match(shortest[:common])
    start = len(match.group()) if match and len(names) > 1 else 0
    return tuple(name[start:] for name in names)
