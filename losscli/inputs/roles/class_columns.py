"""Columns of classes: which they are, and what their classes are called."""

from __future__ import annotations

from collections.abc import Sequence

from losscli.common.errors import LosscliError
from losscli.inputs.roles.search import Search, suffixes

CLASS_PREFIXES = ("probability:class=", "prob_", "proba_", "p_", "logit_", "score_", "prediction_")
LABEL_CLASS_PREFIXES = ("label_",)


def class_columns(search: Search, *, names: bool) -> list[int]:
    """Return the columns of the classes, or, where `names` will do, the one of predicted class names."""
    places = prefixed_columns(search, "prediction", CLASS_PREFIXES)
    if not places and names:
        places = search.usual("prediction")
        places = places or (search.left() if len(search.left()) == 1 else [])
        if len(places) > 1:
            raise search.refuse("prediction", places, "one")
        search.taken.update(places)
    if places:
        return places
    if not search.table.layout.header:
        places = search.left()
        search.taken.update(places)
        return places
    raise search.refuse("prediction", [], "a column per class, such as prob_<class>")


def prefixed_columns(search: Search, role: str, prefixes: Sequence[str]) -> list[int]:
    """Return the columns of the one prefix that two or more columns share."""
    groups: dict[str, list[int]] = {}
    for place in search.left() if search.table.layout.header else []:
        name = search.table.layout.names[place].lower()
        prefix = next((prefix for prefix in prefixes if name.startswith(prefix)), None)
        if prefix is not None and len(name) > len(prefix):
            groups.setdefault(prefix, []).append(place)
    several = {prefix: places for prefix, places in groups.items() if len(places) > 1}
    if len(several) > 1:
        found = " and ".join(f"{prefix}* ({len(places)} columns)" for prefix, places in several.items())
        raise LosscliError(
            search.table.name,
            f"columns of several kinds could be the {role}: {found}",
            "one kind",
            f"Name the columns: --{role} COLUMN for each.",
        )
    for places in several.values():
        search.taken.update(places)
        return places
    return []


def class_names_of(search: Search, places: list[int], *, explicit: bool) -> tuple[tuple[str, ...], ...]:
    """Return the readings of the class names of columns, the first one preferred."""
    if not search.table.layout.header:
        return (tuple(str(place) for place in range(len(places))),)
    names = search.names(places)
    if explicit:
        # The last reading is the one that messages name: the rule, where the names do not decide.
        readings = [names, *_without_prefix(names), suffixes(names)]
        return tuple(dict.fromkeys(reading for reading in readings if "" not in reading))
    return _without_prefix(names)


def _without_prefix(names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the names behind the usual prefix that all carry, as the one reading, if there is one."""
    for prefix in (*CLASS_PREFIXES, *LABEL_CLASS_PREFIXES):
        if all(name.lower().startswith(prefix) for name in names):
            return (tuple(name[len(prefix) :] for name in names),)
    return ()
