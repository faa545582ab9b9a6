"""Several columns of one role: outputs of one model, a mean and its variance, the corners of a box."""

from __future__ import annotations

from collections.abc import Sequence

from losscli.common.errors import LosscliError
from losscli.common.text import listed
from losscli.inputs.names import DECISION_NAMES
from losscli.inputs.names import plain as plain_name
from losscli.inputs.roles.search import Search, suffixes

PREFIXES = {"prediction": ("prediction_", "pred_"), "label": ("label_",)}


def named_columns(
    search: Search, role: str, columns: Sequence[str], *, aliases: Sequence[str], plain: bool
) -> list[int]:
    """Return the column of each name, taken.

    Args:
        search: the input.
        role: `prediction` or `label`, whose prefix a column may carry.
        columns: the names, in the order in which the loss reads them.
        aliases: what else the column called as its role may be called.
        plain: whether a name may stand without prefix; in a single input it may not where the
            other role has the same names.

    Raises:
        LosscliError: for a name that no column has, or several have.
    """
    places = []
    for column in columns:
        names = [f"{prefix}{column}" for prefix in PREFIXES[role]]
        if plain or column == role:
            names.append(column)
        found = search.called([*names, *(aliases if column == role else ())])
        if len(found) != 1:
            what = f"{len(found)} columns could be" if found else "no column is"
            listing = (
                listed(search.names(found))
                if found
                else f"the columns are {listed(search.table.layout.names, 12)}"
            )
            raise LosscliError(
                search.table.name,
                f"{what} the {role}'s {column}; {listing}",
                f"one called {' or '.join(names)}",
                f"Name the columns, in the order {', '.join(columns)}: --{role} COLUMN for each.",
            )
        search.taken.update(found)
        places += found
    return places


def chosen_columns(search: Search, role: str, columns: Sequence[str], places: list[int]) -> list[int]:
    """Return columns that options name in the order in which the loss reads them.

    They pair by name where their names (without a prefix) are the wanted ones, else by the order
    of the options. Raises LosscliError if there are more or fewer than the loss reads.
    """
    if len(places) != len(columns):
        raise LosscliError(
            search.table.name,
            f"{len(places)} columns for the {role} (--{role})",
            f"{len(columns)}: {', '.join(columns)}",
        )
    by_name = {_bare(name, role): place for name, place in zip(search.names(places), places, strict=True)}
    if set(by_name) == set(columns):
        return [by_name[column] for column in columns]
    return places


def _bare(name: str, role: str) -> str:
    name = name.lower()
    for prefix in PREFIXES[role]:
        name = name.removeprefix(prefix)
    return name


def several_columns(search: Search, role: str) -> list[int]:
    """Return the columns that carry the prefix of a role, or none: the outputs of one model."""
    if not search.table.layout.header:
        return []
    found = {
        prefix: [place for place in search.left() if _is_output(search.names([place])[0], prefix)]
        for prefix in PREFIXES[role]
    }
    kinds = [places for places in found.values() if len(places) > 1]
    if len(kinds) > 1:
        raise search.refuse(role, [place for places in kinds for place in places], "columns of one kind")
    if kinds:
        search.taken.update(kinds[0])
        return kinds[0]
    return []


def _is_output(name: str, prefix: str) -> bool:
    """Whether a column is called as an output is, and not as a decision and how sure it was are."""
    name = plain_name(name)
    return name.startswith(prefix) and name != prefix and name not in DECISION_NAMES


def paired_columns(left: Search, predictions: list[int], right: Search, labels: list[int]) -> list[int]:
    """Return the label columns in the order of the prediction columns: by name, else as given."""
    if len(predictions) != len(labels):
        raise LosscliError(
            f"{left.table.name} and {right.table.name}",
            f"{len(predictions)} prediction columns and {len(labels)} label columns",
            "as many of one as of the other",
        )
    outputs = suffixes(left.names(predictions))
    by_name = dict(zip(suffixes(right.names(labels)), labels, strict=True))
    if len(by_name) == len(labels) and set(by_name) == set(outputs):
        return [by_name[output] for output in outputs]
    if set(by_name) & set(outputs):
        raise LosscliError(
            f"{left.table.name} and {right.table.name}",
            f"predictions of {listed(outputs)} and labels of {listed(tuple(by_name))}",
            "the same names on both sides, or none in common",
        )
    return labels
