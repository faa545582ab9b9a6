"""Columns among whose values slices are looked for: those that a caller names, or all that play no role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from losscli.common.errors import UsageError
from losscli.inputs.columns.search import Search
from losscli.inputs.columns.shown import Shown, carried_columns
from losscli.inputs.usual_names import ID_NAMES, NO_PREDICTIONS, PANDAS_INDEXES

AUTO = "auto"
MOST_COLUMNS = 20
"""So many columns are crossed with each other."""


def sliced_roles(columns: Sequence[str], left: Search, right: Search) -> dict[str, Any]:
    """Return the fields of `Roles` about `--slices`: its columns, and how many were left out, being too many.

    They are the last ones to be found: every other column has its role by then.

    Raises:
        LosscliError: for a name that neither input has, or that one has more than once, and for too many.
    """
    if not columns:
        return {}
    if tuple(columns) == (AUTO,):
        found = _without_role(left, right)
        return {"sliced": _as_slices(found[:MOST_COLUMNS]), "unsliced": len(found[MOST_COLUMNS:])}
    found = carried_columns("slices", columns, left, right)
    if len(found) > MOST_COLUMNS:
        raise UsageError("--slices", f"{len(found)} columns are named", f"at most {MOST_COLUMNS}")
    return {"sliced": _as_slices(found)}


def _as_slices(found: Sequence[Shown]) -> tuple[Shown, ...]:
    # Who looks for slices tells texts apart by their beginnings.
    return tuple(replace(one, want=replace(one.want, abridged=True)) for one in found)


def _without_role(left: Search, right: Search) -> tuple[Shown, ...]:
    """Return the columns that play no role: of two of one name that of the predictions.

    Names of ids and indexes tell rows apart, and what is made of a label and its prediction is no slice.
    """
    found: dict[str, Shown] = {}
    for search in [left] if right is left else [left, right]:
        header = search.table.header
        used = {place for want in search.wants for place in want.columns}
        used |= {*search.called((*ID_NAMES, *PANDAS_INDEXES, *NO_PREDICTIONS)), *header.no_keys}
        for place in search.left():
            (name,) = search.names([place])
            twice = header.names.count(name) > 1 or (search is not left and left.has(name))
            if name and place not in used and not twice:
                carried = carried_columns("slices", [name], search, search)
                found[name] = replace(
                    carried[0],
                    want=replace(carried[0].want, role=f"slices {len(found) + 1}"),
                    labels=search is not left,
                )
    return tuple(found.values())
