"""Several columns of one role: outputs of one model, a mean and its variance, the corners of a box."""

from __future__ import annotations

from collections.abc import Sequence

from losscli.common.errors import LosscliError
from losscli.common.text import listed, shorten
from losscli.inputs.columns import fields
from losscli.inputs.columns.class_columns import without_ways
from losscli.inputs.columns.needs import SPREAD, Needs
from losscli.inputs.columns.search import Search, suffixes
from losscli.inputs.usual_names import DECISION_NAMES, GIVE_WAY, USUAL, undotted
from losscli.inputs.usual_names import plain as plain_name

PREFIXES = {
    role: tuple(f"{name}_" for name in names if name not in GIVE_WAY and not name.endswith("s"))
    for role, names in USUAL.items()
}
"""What stands before the name of an output, or of a field of a loss: a usual name of the role."""
_MEAN = fields.MEANS[0]
"""What no field is by its key: a mean is a prediction."""


def named_columns(search: Search, role: str, columns: tuple[str, ...], *, plain: bool) -> list[int]:
    """Return the column of each name, taken.

    Args:
        search: the input.
        role: `prediction` or `label`, whose prefix a column may carry.
        columns: the names, in the order in which the loss reads them.
        plain: whether a name may stand without prefix; in a single input it may not where the
            other role has the same names.

    Raises:
        LosscliError: for a name that no column has, or several have.
    """
    found = [_field(search, role, column, plain=plain) for column in columns]
    if all(len(places) == 1 for places in found):
        places = [place for (place,) in found]
    elif not any(len(places) > 1 for places in found) and (
        written := _written(search, role, columns, plain=plain)
    ):
        places = written
    else:
        raise _no_field(search, role, columns, found, plain=plain)
    search.taken.update(places)
    return places


def are_prefixed(search: Search, role: str, columns: tuple[str, ...]) -> bool:
    """Whether each column of a loss is there once, behind a prefix of the role."""
    found = [_field(search, role, column, plain=False) for column in columns]
    return all(len(places) == 1 for places in found) or bool(_written(search, role, columns, plain=False))


def _field(search: Search, role: str, column: str, *, plain: bool) -> list[int]:
    """Return the columns that have the loss's own name for one."""
    names = [f"{prefix}{column}" for prefix in PREFIXES[role]]
    if plain or column == role:
        names.append(column)
    return search.called(names) or (search.usual(role) if column == role else [])


def _written(search: Search, role: str, columns: tuple[str, ...], *, plain: bool) -> list[int]:
    """Return the columns where all are called in another way than the loss calls them, in one only."""
    several = []
    usual, left = search.usual(role), search.left()
    prefixes = (*PREFIXES[role], *([""] if plain else []))
    alike = [_by_field(left, search.names(left), prefix) for prefix in prefixes]
    for writing in fields.writings(columns):
        for places in alike:
            found = [
                usual or places.get(_MEAN, []) if name == role else places.get(name, []) for name in writing
            ]
            if all(len(places) == 1 for places in found):
                several.append([place for (place,) in found])
        if several and columns[-1] in fields.SPREADS:
            # Where a file has a variance and a standard deviation, the loss reads its own.
            break
    if len(several) > 1:
        raise search.refuse(role, sorted({place for places in several for place in places}), "one each")
    return several[0] if several else []


def _by_field(places: Sequence[int], names: Sequence[str], prefix: str) -> dict[str, list[int]]:
    """Return the columns that are called in some way as each field is, or as a mean, behind a prefix."""
    found: dict[str, list[int]] = {}
    for place, name in zip(places, names, strict=True):
        if plain_name(name).startswith(prefix):
            field = undotted(name)[len(prefix) :]
            key = _MEAN if plain_name(field) in fields.MEANS else fields.key(field)
            found.setdefault(key, []).append(place)
    return found


def _no_field(
    search: Search, role: str, columns: tuple[str, ...], found: list[list[int]], *, plain: bool
) -> LosscliError:
    """Return the error for the first column that none is, or several are."""
    _refuse_sizes(search, role, columns, [_bare(name, role) for name in search.names(search.left())])
    column, places = next(
        (column, places) for column, places in zip(columns, found, strict=True) if len(places) != 1
    )
    if column == role:
        names, sought = [role], f"the {role}"
    else:
        names = [f"{PREFIXES[role][0]}{column}", *([column] if plain else [])]
        names += [spread for spread in fields.SPREADS if column in fields.SPREADS and spread != column]
        sought = f"the {role}'s {column}"
    what = f"{len(places)} columns could be" if places else "no column is"
    listing = (
        listed(search.names(places)) if places else f"the columns are {listed(search.table.header.names, 12)}"
    )
    return LosscliError(
        search.table.name,
        f"{what} {sought}; {listing}",
        f"one called {' or '.join(names)}",
        f"Name the columns, in the order {', '.join(columns)}: --{role} COLUMN for each.",
    )


def _refuse_sizes(search: Search, role: str, columns: tuple[str, ...], names: Sequence[str]) -> None:
    """Raise where columns hold a corner or a centre of a box, and how large it is."""
    corners = fields.box_of_sizes(names) if fields.is_box(columns) else None
    if corners is not None:
        raise LosscliError(
            search.table.name,
            f"the {role} is a box of {listed(tuple(names), 8)}: a position, a width and a height",
            f"two corners, {', '.join(columns)}",
            f"Compute them: {corners}.",
        )


def other_spread(search: Search, needs: Needs, places: list[int]) -> str | None:
    """Return which spread a column is by its name, where the loss reads the other one; else None.

    Raises LosscliError where the loss was told to read the other one.
    """
    if not needs.columns or needs.columns[-1] not in fields.SPREADS or not search.table.header.present:
        return None
    name = search.names(places)[-1]
    spread = fields.spread_of(_bare(name, "prediction"))
    if spread == "log":
        raise LosscliError(
            search.table.name,
            f"by its name, {shorten(name)} is a logarithm",
            "a variance, or a standard deviation",
            "Take the exponential of the column.",
        )
    if spread is None or spread == needs.columns[-1]:
        return None
    told = needs.spread
    if told is not None:
        raise LosscliError(
            search.table.name,
            f"by its name, {shorten(name)} is a {spread}, but {SPREAD}={told} reads it as a {told}",
            "one of the two",
            f"If it holds a {spread}: {SPREAD}={spread}, or no {SPREAD} at all. "
            f"If it holds a {told}: rename it to {told}.",
        )
    return spread


def chosen_columns(search: Search, role: str, columns: tuple[str, ...], places: list[int]) -> list[int]:
    """Return columns that options name in the order in which the loss reads them.

    They pair by name where their names (without a prefix) all say which column they are, else by the
    order of the options. Raises LosscliError if there are more or fewer than the loss reads, and
    where a name says that it is another column than the order makes it.
    """
    if len(places) != len(columns):
        raise LosscliError(
            search.table.name,
            f"{len(places)} columns for the {role} (--{role})",
            f"{len(columns)}: {', '.join(columns)}",
        )
    if not search.table.header.present or len(columns) == 1:
        return places
    # What all begin with says nothing of one: `bbox_x`, `bbox_y`.
    readings = [_bare(name, role) for name in search.names(places)], suffixes(search.names(places))
    for names in readings:
        _refuse_sizes(search, role, columns, names)
        order = fields.in_order(columns, names)
        if order is not None:
            return [places[place] for place in order]
    wrong = next(filter(None, (fields.misplaced(columns, names) for names in readings)), None)
    if wrong is not None:
        raise LosscliError(
            search.table.name,
            f"the columns {listed(search.names(places))} are read as {', '.join(columns)} (--{role}), "
            f"but the name of {shorten(wrong)} says that it is another of them",
            "the order in which the loss reads them",
            "Name the columns in that order.",
        )
    return places


def _bare(name: str, role: str) -> str:
    """Return a name without the prefix of a role."""
    short = plain_name(name)
    prefix = next((prefix for prefix in PREFIXES[role] if short.startswith(prefix)), "")
    return undotted(name)[len(prefix) :]


def several_columns(search: Search, role: str, *, beside: bool = False) -> list[int]:
    """Return the columns that carry the prefix of a role, or none: the outputs of one model.

    `beside` says that another column has a usual name of the role: then `true_positive` and the like, which
    only begin as a usual name does, are no outputs.
    """
    if not search.table.header.present:
        return []
    found = {
        prefix: [place for place in search.left() if _is_output(search.names([place])[0], prefix)]
        for prefix in PREFIXES[role][: 1 if beside else None]
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


def paired_columns(
    left: Search, predictions: list[int], right: Search, labels: list[int], *, chosen: bool
) -> list[int]:
    """Return the label columns in the order of the prediction columns: by name.

    Where options name all of them (`chosen`) and no names are alike, they are as given.
    """
    where = f"{left.table.name} and {right.table.name}"
    if len(predictions) != len(labels):
        found = f"{len(predictions)} prediction columns and {len(labels)} label columns"
        raise LosscliError(where, found, "the same number of each")
    outputs, names = _outputs(left, "prediction", predictions), _outputs(right, "label", labels)
    by_name = dict(zip(map(plain_name, names), labels, strict=True))
    wanted = [plain_name(output) for output in outputs]
    if len(by_name) == len(labels) and set(by_name) == set(wanted):
        return [by_name[output] for output in wanted]
    if set(by_name) & set(wanted) or not chosen:
        raise LosscliError(
            where,
            f"predictions of {listed(outputs)} and labels of {listed(names)}",
            "the same names on both sides, or none in common and each named by an option",
            "Name the columns, in the order in which they pair: --prediction COLUMN and --label COLUMN "
            "for each.",
        )
    return labels


def _outputs(search: Search, role: str, places: list[int]) -> tuple[str, ...]:
    """Return what outputs are called, behind the prefix of their role or what they all begin with."""
    names = search.names(places)
    bare = tuple(_bare(name, role) for name in names)
    if all(map(str.__ne__, names, bare)):
        return bare
    return next(without_ways(names), suffixes(names))
