"""Which column plays which role: by option, else by name, else as the only one left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from losscli.errors import LosscliError, UsageError
from losscli.loss import Layout as Needs
from losscli.sources.chunk import Want
from losscli.sources.search import Search, Table
from losscli.text import listed, shorten

PREDICTION_NAMES = ("prediction", "pred", "y_pred", "yhat", "score", "output")
LABEL_NAMES = ("label", "target", "y_true", "y", "truth", "true", "actual")
ID_NAMES = ("id", "sample_id", "row_id", "index", "sampleid")
CLASS_PREFIXES = ("probability:class=", "prob_", "proba_", "p_", "logit_", "score_", "prediction_")
LABEL_CLASS_PREFIXES = ("label_",)
_SEPARATOR_AT_END = re.compile(r"^.*[_\-.:= ]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Choice:
    """The columns that the caller named; empty or None where losscli is to find them."""

    prediction: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    weight: str | None = None
    group: str | None = None
    id: str | None = None
    label_id: str | None = None
    align: str = "auto"


@dataclass(frozen=True, slots=True)
class Roles:
    """What is read from each input, and how the columns are called.

    Attributes:
        predictions, labels: the wanted columns per input; `labels` is empty for a single input.
        outputs: the names of the prediction columns.
        classes: the class names of the prediction columns, two readings where the labels decide:
            the column names as they are, or what follows their common prefix.
        label_classes: the class of each label column, where there are several.
        by_id: whether both inputs have an id.
    """

    predictions: tuple[Want, ...]
    labels: tuple[Want, ...]
    outputs: tuple[str, ...]
    classes: tuple[tuple[str, ...], ...] = ()
    label_classes: tuple[tuple[str, ...], ...] = ()
    label_outputs: tuple[str, ...] = ()
    by_id: bool = False


def resolve(needs: Needs, predictions: Table, labels: Table | None, choice: Choice) -> Roles:
    """Give every role its column.

    Args:
        needs: what the losses read.
        predictions: the input that holds the predictions.
        labels: the input that holds the labels; None where one input has both.
        choice: the columns that the caller named.

    Raises:
        LosscliError: for a column that is not there, and where two readings are possible; the
            message lists the columns found.
    """
    left = Search(predictions)
    right = Search(labels) if labels is not None else left
    # What the caller names comes before what goes by its name, and leftovers come last: so that in
    # a single input each role leaves the others theirs.
    ids = _chosen_ids(left, right, choice)
    extra = [
        (role, *_find_extra(role, column, left, right))
        for role, column in (("weight", choice.weight), ("group", choice.group))
        if column is not None
    ]
    label_places = _chosen(right, "label", choice.label)
    prediction_places = _chosen(left, "prediction", choice.prediction)
    if left is right and set(label_places) & set(prediction_places):
        raise LosscliError(left.table.name, "--prediction and --label name the same column", "two columns")
    needs_id = choice.align == "id" or (choice.label_id is not None and choice.align != "position")
    left_id = _find_id(left, ids[0], required=needs_id)
    right_id = _find_id(right, ids[1], required=needs_id) if right is not left else left_id
    classes = needs is Needs.CLASSES
    label_places = label_places or _named(right, "label", LABEL_NAMES)
    if not label_places and classes:
        label_places = _prefixed(right, "label", LABEL_CLASS_PREFIXES)
    if not prediction_places:
        prediction_places = _class_columns(left) if classes else _named(left, "prediction", PREDICTION_NAMES)
    if right is not left and not (label_places or prediction_places):
        _refuse_swapped(left, right)
    prediction_places = prediction_places or _only_one_left(left, "prediction")
    label_places = label_places or _only_one_left(right, "label")
    if not classes and len(label_places) > 1:
        label_places = _paired(left, prediction_places, right, label_places)
    left.wants.append(Want("prediction", tuple(prediction_places)))
    right.wants.append(Want("label", tuple(label_places), text=classes and len(label_places) == 1))
    for role, search, place in extra:
        search.wants.append(Want(role, (place,), text=role == "group"))
    by_id = right is not left and left_id is not None and right_id is not None and choice.align != "position"
    if left_id is not None:
        left.wants.append(Want("id", (left_id,), text=True))
    if by_id and right_id is not None:
        right.wants.append(Want("id", (right_id,), text=True))
    return Roles(
        predictions=tuple(left.wants),
        labels=tuple(right.wants) if right is not left else (),
        outputs=left.names(prediction_places),
        classes=_class_names(left, prediction_places, explicit=bool(choice.prediction)) if classes else (),
        label_classes=_class_names(right, label_places, explicit=bool(choice.label))
        if classes and len(label_places) > 1
        else (),
        label_outputs=right.names(label_places),
        by_id=by_id,
    )


def _chosen_ids(left: Search, right: Search, choice: Choice) -> tuple[int | None, int | None]:
    """Return the id columns that options name, in both inputs."""
    if choice.label_id is not None and left is right:
        raise UsageError("--label-id", "there is no label file", "two files", "Name the id: --id COLUMN.")
    left_id = left.place(choice.id, "--id") if choice.id is not None else None
    if right is left:
        return left_id, left_id
    if choice.label_id is not None:
        return left_id, right.place(choice.label_id, "--label-id")
    return left_id, right.place(choice.id, "--id") if choice.id is not None else None


def _find_id(search: Search, chosen: int | None, *, required: bool) -> int | None:
    layout = search.table.layout
    unnamed = layout.unnamed and 0 not in search.taken
    found = search.called(ID_NAMES)
    if unnamed:
        # An index that has no name is nothing else, whether it serves as id or not.
        search.taken.add(0)
    if chosen is not None:
        return chosen
    if not found and unnamed:
        found = [0]
    if len(found) > 1:
        raise search.refuse("id", found, "one")
    if not found and required:
        raise search.refuse("id", [], "an id in both inputs")
    search.taken.update(found)
    return found[0] if found else None


def _find_extra(role: str, column: str, left: Search, right: Search) -> tuple[Search, int]:
    """Find a weight or group in either input."""
    holders = [search for search in ([left] if left is right else [left, right]) if search.has(column)]
    if len(holders) > 1:
        raise LosscliError(
            f"{left.table.name} and {right.table.name}",
            f"both have a column {shorten(column)!r} (--{role})",
            "one of them",
            "Rename the column in one of the files.",
        )
    holder = holders[0] if holders else left
    return holder, holder.place(column, f"--{role}")


def _chosen(search: Search, role: str, columns: tuple[str, ...]) -> list[int]:
    """Return the columns that an option names."""
    places = [search.place(column, f"--{role}") for column in columns]
    if len(set(places)) < len(places):
        raise LosscliError(search.table.name, f"--{role} names a column twice", "each column once")
    return places


def _named(search: Search, role: str, names: Sequence[str]) -> list[int]:
    """Return the one column that goes by a usual name."""
    found = search.called(names)
    if len(found) > 1:
        raise search.refuse(role, found, "one")
    search.taken.update(found)
    return found


def _class_columns(search: Search) -> list[int]:
    places = _prefixed(search, "prediction", CLASS_PREFIXES)
    if places:
        return places
    if not search.table.layout.header:
        places = search.left()
        search.taken.update(places)
        return places
    raise search.refuse("prediction", [], "a column per class, such as prob_<class>")


def _refuse_swapped(left: Search, right: Search) -> None:
    """Refuse labels where predictions should be and the reverse: some losses would not notice."""
    if left.called(LABEL_NAMES) and right.called(PREDICTION_NAMES):
        raise LosscliError(
            f"{left.table.name} and {right.table.name}",
            f"columns {listed(left.names(left.called(LABEL_NAMES)))} in the predictions and "
            f"{listed(right.names(right.called(PREDICTION_NAMES)))} in the labels",
            "predictions first, labels second",
            "Swap the two, or name the columns: --prediction COLUMN --label COLUMN.",
        )


def _prefixed(search: Search, role: str, prefixes: Sequence[str]) -> list[int]:
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


def _only_one_left(search: Search, role: str) -> list[int]:
    left = search.left()
    if len(left) != 1:
        raise search.refuse(role, left, "one")
    search.taken.update(left)
    return left


def _paired(left: Search, predictions: list[int], right: Search, labels: list[int]) -> list[int]:
    """Return the label columns in the order of the prediction columns: by name, else as given."""
    if len(predictions) != len(labels):
        raise LosscliError(
            f"{left.table.name} and {right.table.name}",
            f"{len(predictions)} prediction columns and {len(labels)} label columns",
            "as many of one as of the other",
        )
    outputs = _suffixes(left.names(predictions))
    by_name = dict(zip(_suffixes(right.names(labels)), labels, strict=True))
    if len(by_name) == len(labels) and set(by_name) == set(outputs):
        return [by_name[output] for output in outputs]
    if set(by_name) & set(outputs):
        raise LosscliError(
            f"{left.table.name} and {right.table.name}",
            f"predictions of {listed(outputs)} and labels of {listed(tuple(by_name))}",
            "the same names on both sides, or none in common",
        )
    return labels


def _class_names(search: Search, places: list[int], *, explicit: bool) -> tuple[tuple[str, ...], ...]:
    """Return the readings of the class names of columns, the first one preferred."""
    if not search.table.layout.header:
        return (tuple(str(place) for place in range(len(places))),)
    names = search.names(places)
    if explicit:
        suffixes = _suffixes(names)
        return (names,) if "" in suffixes or suffixes == names else (names, suffixes)
    prefixes = (*CLASS_PREFIXES, *LABEL_CLASS_PREFIXES)
    prefix = next(prefix for prefix in prefixes if names[0].lower().startswith(prefix))
    return (tuple(name[len(prefix) :] for name in names),)


def _suffixes(names: Sequence[str]) -> tuple[str, ...]:
    """Return what follows the longest common prefix that ends in a separator."""
    shortest = min(names, key=len)
    common = 0
    while common < len(shortest) and len({name[common] for name in names}) == 1:
        common += 1
    match = _SEPARATOR_AT_END.match(shortest[:common])
    start = len(match.group()) if match and len(names) > 1 else 0
    return tuple(name[start:] for name in names)
