"""Columns that both inputs have: compared row by row while the rows stream, so that a key is no ornament."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.options import given
from losscli.common.text import exact_value, listed, shorten
from losscli.inputs.chunk import Want
from losscli.inputs.formats.csv.dialect import Header, bare
from losscli.inputs.formats.source import Source
from losscli.inputs.pairing.align import Names, Pair
from losscli.inputs.roles.needs import Roles

_EXACT = 2.0**53


@dataclass(frozen=True, slots=True)
class Shared:
    """A column that both inputs have.

    Attributes:
        name: as the predictions spell it.
        left, right: its place in the predictions and in the labels.
        role: `weight` or `group`, which it plays; empty for a key that pairs nothing.
    """

    name: str
    left: int
    right: int
    role: str = ""

    @property
    def key(self) -> str:
        """What its cells go by in a chunk."""
        return f"shared column {self.left}"

    @property
    def left_want(self) -> Want:
        """The column of the predictions, as text that may be long."""
        return Want(self.key, (self.left,), text=True, abridged=True)

    @property
    def right_want(self) -> Want:
        """The column of the labels."""
        return Want(self.key, (self.right,), text=True, abridged=True)


def shared_columns(left: Source, right: Source, roles: Roles, align: str) -> tuple[Shared, ...]:
    """Return the columns that have to agree: keys of rows paired by position, weights and groups.

    Args:
        left: the predictions.
        right: the labels.
        roles: which columns play which role. A key plays none in either.
        align: `position` where the caller asked for it, and for no comparison of keys.
    """
    ours, theirs = _places(left.header), _places(right.header)
    left_roles, right_roles = _roles(roles.predictions), _roles(roles.labels)
    found = []
    for name in ours:
        if name not in theirs:
            continue
        places = ours[name], theirs[name]
        playing = [role for role in (left_roles.get(places[0]), right_roles.get(places[1])) if role]
        column = Shared(left.header.names[places[0]], *places, role=playing[0] if playing else "")
        is_key = not playing and not roles.by_id and align != "position"
        if is_key or (len(playing) == 1 and playing[0] in ("weight", "group")):
            found.append(column)
    return tuple(found)


def agreements(columns: Sequence[Shared]) -> Iterator[str]:
    """Yield a note that names the keys that were compared."""
    names = [column.name for column in columns if not column.role]
    if names:
        yield f"by position; {listed(names)} agree{'s' if len(names) == 1 else ''} in every row"


def agreeing(
    pairs: Iterator[Pair], columns: Sequence[Shared], names: Names, decimals: tuple[str, str]
) -> Iterator[Pair]:
    """Yield the pairs as long as the columns agree: as numbers where both cells are, else as text.

    Raises:
        LosscliError: for the first row in which one does not, behind the rows before it.
    """
    for left, right in pairs:
        first: tuple[int, Shared] | None = None
        for column in columns:
            place = _first_difference(left.columns[column.key], right.columns[column.key], decimals)
            if place is not None and (first is None or place < first[0]):
                first = place, column
        if first is None:
            yield left, right
            continue
        place, column = first
        if place:
            # Something else may be wrong with the rows before it, and the first bad row is told.
            yield left.take(slice(0, place)), right.take(slice(0, place))
        cells = left.columns[column.key][place], right.columns[column.key][place]
        raise _disagreement(column, names, int(left.row[place]), cells)


def _disagreement(column: Shared, names: Names, row: int, cells: tuple[bytes, bytes]) -> LosscliError:
    found = " and ".join(repr(shorten(cell.decode("utf-8", "replace"))) for cell in cells)
    where, what = f"{names.predictions} and {names.labels}", f"{shorten(column.name)} differs in row {row}"
    if column.role:
        return LosscliError(
            where,
            f"both have a column of that name (--{column.role}), and {what}: {found}",
            "the same in both, or in one of them alone",
            "Rename the column in one of the files.",
        )
    key = given("id", shorten(column.name))
    return LosscliError(
        where,
        f"rows are paired by their order, and {what}: {found}",
        "the same rows in the same order, or an id",
        f"If it is the key of the rows: {key}. If the order is right all the same: --align position.",
    )


def _first_difference(left: Array, right: Array, decimals: tuple[str, str]) -> int | None:
    """Return the first row whose cells are neither the same text nor the same number."""
    if left.dtype.itemsize == right.dtype.itemsize == 8:
        differ = left.view(np.uint64) != right.view(np.uint64)
    else:
        differ = np.asarray(left != right)
    if not differ.any():
        return None
    places = np.flatnonzero(differ)
    if decimals == (".", "."):
        places = places[~_same_numbers(left[places], right[places])]
    for place in places.tolist():
        values = [
            exact_value(cell.decode("utf-8", "replace").replace(decimal, "."))
            for cell, decimal in zip((left[place], right[place]), decimals, strict=True)
        ]
        if None in values or values[0] != values[1]:
            return int(place)
    return None


def _same_numbers(left: Array, right: Array) -> NDArray[np.bool_]:
    """Return where two texts are one number, as far as floats can tell: integers up to 2⁵³, fractions."""
    try:
        ours, theirs = left.astype(np.float64), right.astype(np.float64)
    except ValueError:
        return np.zeros(len(left), dtype=np.bool_)
    return np.asarray((ours == theirs) & (np.abs(ours) < _EXACT))


def _places(header: Header) -> dict[str, int]:
    """Return where each name stands, of those that stand once, in small letters; without a header none."""
    names = [bare(name).lower() for name in header.names] if header.present else []
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return {name: place for place, name in enumerate(names) if name and counts[name] == 1}


def _roles(wants: Sequence[Want]) -> dict[int, str]:
    return {place: want.option for want in wants for place in want.columns}
