"""Columns that are carried along to be seen beside the samples: text as it stands, of either input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from losscli.inputs.chunk import Want
from losscli.inputs.columns.search import Search

_TAKEN = ("row", "id", "label", "prediction", "error", "loss", "gradient")
"""What a sample has anyway."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A column that is carried along: what is read, of which input, and what it is called.

    Attributes:
        want: what is read.
        labels: whether it stands in the labels.
        title: its name; with its input behind it where the name alone is taken.
    """

    want: Want
    labels: bool
    title: str


def shown_columns(columns: Sequence[str], left: Search, right: Search) -> tuple[Shown, ...]:
    """Return the columns of `--show`, in its order; see `carried_columns`."""
    return carried_columns("show", columns, left, right, _TAKEN)


def carried_columns(
    option: str, columns: Sequence[str], left: Search, right: Search, titles: Sequence[str] = ()
) -> tuple[Shown, ...]:
    """Return the columns that an option names, in its order, of either input, or of both.

    Their wants have roles of that name, which is no role of another column. `titles` are taken.

    Raises:
        LosscliError: for a name that neither input has, or that one has more than once.
    """
    searches = [left] if right is left else [left, right]
    found: dict[str, Shown] = {}
    taken: set[tuple[int, int]] = set()
    for column in columns:
        holders = [search for search in searches if search.has(column)] or [left]
        for search in holders:
            place = search.place(column, f"--{option}", searches[1:])
            if (searches.index(search), place) in taken:
                continue
            taken.add((searches.index(search), place))
            (name,) = search.names([place])
            title = name or "(no name)"
            if title in titles or title in found:
                title = f"{title} ({'labels' if search is not left else 'predictions'})"
            while title in found:
                title += "'"
            want = Want(f"{option} {len(found) + 1}", (place,), text=True)
            found[title] = Shown(want, search is not left, title)
    return tuple(found.values())
