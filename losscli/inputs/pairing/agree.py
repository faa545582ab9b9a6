"""Refuses rows in which a column that both inputs have differs: rows paired by position that are none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.options import given
from losscli.common.text import exact_value, listed, shorten
from losscli.inputs.chunk import Chunk, Want
from losscli.inputs.columns.needs import BESIDE, Roles
from losscli.inputs.header import Header, bare
from losscli.inputs.ids import ID, are_integers, as_text, differing, texts
from losscli.inputs.pairing.align import Names, Pair
from losscli.inputs.source import Source
from losscli.inputs.usual_names import plain

_EXACT = 2.0**53
_FIRST_LOOK = 64
"""So many differing texts are compared as numbers first, then twice as many: the first pair mostly tells."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A column that both inputs have.

    Attributes:
        name: as the predictions spell it.
        left, right: its place in the predictions and in the labels.
        role: `weight`, `group`, `cluster`, `label` or `id`, which it plays; empty for a key that pairs
            nothing.
        index: the index by which the rows are paired; None where by their order, or by an id.
    """

    name: str
    left: int
    right: int
    role: str = ""
    index: str | None = None

    @property
    def key(self) -> str:
        """What its cells go by in a chunk."""
        return f"shared column {self.left}"

    @property
    def left_want(self) -> Want:
        """The column of the predictions, as text that may be long."""
        return Want(self.key, (self.left,), text=True, abridged=True, integers=True)

    @property
    def right_want(self) -> Want:
        """The column of the labels."""
        return Want(self.key, (self.right,), text=True, abridged=True, integers=True)


def shared_columns(left: Source, right: Source, roles: Roles, align: str) -> tuple[Shared, ...]:
    """Return the columns that have to agree: keys of rows paired by position, weights and groups.

    Args:
        left: the predictions.
        right: the labels.
        roles: which columns play which role. A key plays none in either.
        align: `position` where the caller asked for it, and for no comparison of keys.
    """
    ours, theirs = _places(left.header), _places(right.header)
    index = roles.columns["id"] if roles.by_index else None
    # An index that pandas wrote numbers the rows of each file: it is no more than their order.
    by_order = (roles.by_index or not roles.by_id) and align != "position"
    left_roles, right_roles = _roles(roles.predictions), _roles(roles.labels)
    found = []
    for key in ours:
        if key not in theirs:
            continue
        places = ours[key], theirs[key]
        playing = [role for role in (left_roles.get(places[0]), right_roles.get(places[1])) if role]
        name, role = left.header.names[places[0]], playing[0] if playing else ""
        column = Shared(name, *places, role, None if index is None else str(index))
        lists = places[0] in left.header.no_keys or places[1] in right.header.no_keys
        is_key = not playing and by_order and not lists
        # Labels that the predictions carry along show whether the rows are those of the label file.
        is_key |= right_roles.get(places[1]) == "label" and playing == ["label"] and by_order
        if is_key or (len(playing) == 1 and playing[0] in BESIDE):
            found.append(column)
    return tuple(found)


def keys(columns: Sequence[Shared]) -> tuple[str, ...]:
    """Return the names of the columns that show whose rows they are, of those that were compared."""
    return tuple(column.name for column in columns if column.role in ("", "label", ID))


def agreements(columns: Sequence[Shared]) -> Iterator[str]:
    """Yield a note that names the keys that were compared."""
    names = keys(columns)
    if names:
        how = "position" if columns[0].index is None else "index"
        yield f"by {how}; {listed(names)} agree{'s' if len(names) == 1 else ''} in every row"


def agreeing(
    pairs: Iterator[Pair], columns: Sequence[Shared], names: Names, decimals: tuple[str, str]
) -> Iterator[Pair]:
    """Yield the pairs as long as the columns agree: as numbers where both cells are, else as text.

    Raises:
        LosscliError: for the first row in which one does not, behind the rows before it.
    """
    for left, right in pairs:
        found = disagreement(left, right, columns, names, decimals)
        if found is None:
            yield left, right
            continue
        if found[0]:
            # Something else may be wrong with the rows before it, and the first bad row is told.
            yield left.take(slice(0, found[0])), right.take(slice(0, found[0]))
        raise found[1]


def disagreement(
    left: Chunk, right: Chunk, columns: Sequence[Shared], names: Names, decimals: tuple[str, str]
) -> tuple[int, LosscliError] | None:
    """Return the first of some rows in which a column differs, and what is wrong with it; None if none do."""
    first: tuple[int, Shared] | None = None
    for column in columns:
        place = _first_difference(left.columns[column.key], right.columns[column.key], decimals)
        if place is not None and (first is None or place < first[0]):
            first = place, column
    if first is None:
        return None
    place, column = first
    cells = [texts(side.columns[column.key][place : place + 1])[0] for side in (left, right)]
    return place, _disagreement(column, names, int(left.row[place]), cells)


def _disagreement(column: Shared, names: Names, row: int, cells: Sequence[str]) -> LosscliError:
    found = " and ".join(repr(shorten(cell)) for cell in cells)
    where, what = names.both, f"{shorten(column.name)} differs in row {row}"
    if column.role in BESIDE:
        return LosscliError(
            where,
            f"both have a column of that name (--{column.role}), and {what}: {found}",
            "the same values in both, or the column in only one of them",
            "Rename the column in one of the files.",
        )
    how, needed = "position", "the same rows in the same order, or an id"
    needed += " in every file" if column.role == ID else ""
    otherwise = "the order is right anyway: --align position"
    if column.index is not None:
        how, needed = f"an index ({shorten(column.index) or 'without a name'})", "rows that agree, or an id"
        otherwise = f"the index is the key anyway: {given('id', shorten(column.index))}"
    return LosscliError(
        where,
        f"rows are paired by {how}, but {what}: {found}",
        needed,
        ("" if column.role else f"If it is the key of the rows: {given('id', shorten(column.name))}. ")
        + f"If {otherwise}",
    )


def _first_difference(left: Array, right: Array, decimals: tuple[str, str]) -> int | None:
    """Return the first row whose cells are neither the same text nor the same number."""
    differ = differing(left, right)
    if not differ.any():
        return None
    places = np.flatnonzero(differ)
    if are_integers(left) and are_integers(right):
        return int(places[0])
    left, right = as_text(left), as_text(right)
    start, size = 0, _FIRST_LOOK
    while start < len(places):
        part = places[start : start + size]
        cells = [_pointed(side[part], decimal) for side, decimal in zip((left, right), decimals, strict=True)]
        same = _same_numbers(*cells)
        rest = np.flatnonzero(~same)
        same[rest] = _same_values(cells[0][rest], cells[1][rest])
        if not same.all():
            return int(part[same.argmin()])
        start, size = start + size, 2 * size
    return None


def _pointed(texts: Array, decimal: str) -> Array:
    """Return texts with a point for their decimal mark, which is written into them."""
    cells = texts.view(np.uint8)
    cells[cells == ord(decimal)] = ord(".")
    return texts


def _same_numbers(left: Array, right: Array) -> NDArray[np.bool_]:
    """Return where two texts are one number, as far as floats can tell: integers up to 2⁵³, fractions."""
    try:
        ours, theirs = left.astype(np.float64), right.astype(np.float64)
    except ValueError:
        return np.zeros(len(left), dtype=np.bool_)
    return np.asarray((ours == theirs) & (np.abs(ours) < _EXACT))


def _same_values(left: Array, right: Array) -> NDArray[np.bool_]:
    """Return where two texts are one number, to its last digit."""
    texts, inverse = np.unique(np.concatenate([left, right]), return_inverse=True)
    values = [exact_value(text.decode("utf-8", "replace")) for text in texts.tolist()]
    # A code for each number, however it is written; what is none is the same as nothing.
    codes: dict[Decimal, int] = {}
    coded = np.array(
        [-1 if one is None else codes.setdefault(one, len(codes)) for one in values], dtype=np.int64
    )
    ours, theirs = np.split(coded[inverse], 2)
    return np.asarray((ours == theirs) & (ours >= 0))


def _places(header: Header) -> dict[str, int]:
    """Return where each name stands, of those that stand once, as it is compared; without a header none.

    Names that are one as they are compared, such as `label_A` and `label_a`, go by their own spelling.
    """
    spelled = [bare(name) for name in header.names] if header.present else []
    alike = Counter(map(plain, spelled))
    # A spelling begins as no name can that is compared: it is held against spellings alone.
    names = [plain(name) if alike[plain(name)] == 1 else f"\0{name}" for name in spelled]
    counts = Counter(names)
    return {name: place for place, name in enumerate(names) if name.strip("\0") and counts[name] == 1}


def _roles(wants: Sequence[Want]) -> dict[int, str]:
    return {place: want.option for want in wants for place in want.columns}
