"""Gives each role its columns: by option, else by name, else as the only one left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from shlex import quote
from typing import NoReturn

from losscli.common.errors import LosscliError, UsageError
from losscli.common.options import TEXT, given
from losscli.common.text import listed, shorten
from losscli.inputs.chunk import Want
from losscli.inputs.columns.class_columns import (
    LABEL_CLASS_PREFIXES,
    class_columns,
    class_names_of,
    class_said,
    classes_said,
    order_by_value,
    prefixed_columns,
    renamed_classes,
    says_probability,
    unnamed,
    written_columns,
)
from losscli.inputs.columns.named import (
    are_prefixed,
    chosen_columns,
    named_columns,
    other_spread,
    paired_columns,
    several_columns,
)
from losscli.inputs.columns.needs import Needs, Roles
from losscli.inputs.columns.search import Search, Table
from losscli.inputs.columns.shown import shown_columns
from losscli.inputs.columns.sliced import sliced_roles
from losscli.inputs.groups import GROUP, group_roles
from losscli.inputs.request import Request
from losscli.inputs.usual_names import (
    DECIDED_NAMES,
    GIVE_WAY,
    ID_NAMES,
    LABEL_NAMES,
    NEGATIVE_CLASSES,
    NO_PREDICTIONS,
    PANDAS_INDEXES,
    PREDICTION_NAMES,
    plain,
)
from losscli.loss import Layout


def resolve(needs: Needs, predictions: Table, labels: Table | None, request: Request) -> Roles:
    """Give every role its column.

    Args:
        needs: what the losses read.
        predictions: the input that holds the predictions.
        labels: the input that holds the labels; None where one input has both.
        request: the columns that the caller named.

    Raises:
        LosscliError: for a column that is not there, and where two readings are possible; the
            message lists the columns found.
    """
    _refuse_classes_of_none(request, needs)
    left = Search(predictions)
    right = Search(labels) if labels is not None else left
    # What the caller names comes before what goes by its name, and leftovers come last: so that in
    # a single input each role leaves the others theirs.
    ids = _chosen_ids(left, right, request)
    beside, groups = _extras(request, left, right)
    extra = [*beside.items(), *zip(group_roles(request.group), groups, strict=True)]
    label_places = _chosen(right, "label", request.label)
    prediction_places = _chosen(left, "prediction", request.prediction)
    if left is right and set(label_places) & set(prediction_places):
        raise LosscliError(left.table.name, "--prediction and --label name the same column", "two columns")
    needs_id = request.align == "id" or (request.label_id is not None and request.align != "position")
    left_id = _find_id(left, ids[0], required=needs_id)
    right_id = _find_id(right, ids[1], required=needs_id) if right is not left else left_id
    classes = needs.layout is Layout.CLASSES
    prediction_places, label_places = _find(needs, left, right, prediction_places, label_places)
    prediction_places, readings = _classes(request, needs, left, prediction_places)
    several = classes and len(label_places) > 1
    class_names = classes and needs.class_predictions and len(prediction_places) == 1
    if classes and not class_names and len(prediction_places) == 1:
        _refuse_one_class(left, prediction_places)
    if class_names and several:
        raise right.refuse("label", label_places, "one column of class names, like the predictions")
    left.wants.append(Want("prediction", tuple(prediction_places), text=class_names))
    right.wants.append(Want("label", tuple(label_places), text=classes and len(label_places) == 1))
    for role, (search, place) in extra:
        search.wants.append(Want(role, (place,), text=role != "weight"))
    by_id = right is not left and left_id is not None and right_id is not None and request.align != "position"
    if left_id is not None:
        left.wants.append(Want("id", (left_id,), text=True))
    if by_id and right_id is not None:
        right.wants.append(Want("id", (right_id,), text=True))
    return Roles(
        predictions=tuple(left.wants),
        labels=tuple(right.wants) if right is not left else (),
        outputs=left.names(prediction_places),
        classes=() if class_names or not classes else readings,
        label_classes=_label_classes(request, right, label_places) if several else (),
        label_outputs=right.names(label_places),
        class_names=class_names,
        by_id=by_id,
        why_position="" if by_id or right is left else _why_position(request, left_id, right_id),
        by_index=by_id
        and ((ids[0] is None and left.is_index(left_id)) or (ids[1] is None and right.is_index(right_id))),
        written=classes and not class_names and not request.prediction and left.table.header.present,
        doubtful=left.doubtful,
        groups=_names(groups),
        columns={
            "prediction": left.names(prediction_places),
            "label": right.names(label_places),
            **_beside_samples(left, left_id, beside, groups),
        },
        found={**left.found, **right.found},
        spread=other_spread(left, needs, prediction_places),
        shown=shown_columns(request.show, left, right),
        beside=_beside(needs, left) if not request.prediction else (),
        **sliced_roles(request.slices, left, right),
    )


def _refuse_classes_of_none(request: Request, needs: Needs) -> None:
    """Refuse names of classes where the losses read none."""
    if needs.layout is Layout.CLASSES:
        return
    for option, names in (("--classes", request.classes), ("--rename-class", request.edits.rename_class)):
        if names:
            found = f"there are no class columns: the losses read {needs.layout.value}"
            raise UsageError(option, found, "a loss on classes", "Leave it out.")


def _classes(
    request: Request, needs: Needs, search: Search, places: list[int]
) -> tuple[list[int], tuple[tuple[str, ...], ...]]:
    """Return the columns in the order in which they are read, and the readings of their class names."""
    if needs.layout is not Layout.CLASSES:
        return places, ()
    names_alone = needs.class_predictions and len(places) == 1
    if request.classes and names_alone:
        raise UsageError("--classes", "the predictions are one column of class names", "a column per class")
    readings: tuple[tuple[str, ...], ...]
    if request.classes:
        readings = (classes_said(search, places, request.classes),)
    else:
        readings = class_names_of(search, places, explicit=bool(request.prediction))
    if not names_alone:
        # What is one column of names is renamed cell by cell.
        readings = renamed_classes(readings, request.edits.rename_class, search.table.name)
    order = (needs.ordered and order_by_value(readings)) or range(len(places))
    return [places[one] for one in order], tuple(tuple(names[one] for one in order) for names in readings)


def _label_classes(request: Request, search: Search, places: list[int]) -> tuple[tuple[str, ...], ...]:
    """Return the readings of the class names of several label columns."""
    if request.classes and unnamed(search, places):
        return (classes_said(search, places, request.classes),)
    return class_names_of(search, places, explicit=bool(request.label))


def _extras(
    request: Request, left: Search, right: Search
) -> tuple[dict[str, tuple[Search, int]], list[tuple[Search, int]]]:
    """Return the columns of weights and of clusters, where there are such, and those of groups."""
    asked = {"weight": request.weight, "cluster": request.cluster}
    beside = {
        role: _find_extra(role, column, left, right) for role, column in asked.items() if column is not None
    }
    groups = [_find_extra(GROUP, column, left, right) for column in request.group]
    _refuse_twice(GROUP, groups)
    return beside, groups


def _why_position(request: Request, left_id: int | None, right_id: int | None) -> str:
    if request.align == "position":
        return "as asked for"
    if left_id is None and right_id is None:
        return "neither has an id"
    return "the predictions have no id" if left_id is None else "the labels have no id"


def _beside_samples(
    left: Search,
    left_id: int | None,
    beside: Mapping[str, tuple[Search, int]],
    groups: Sequence[tuple[Search, int]],
) -> dict[str, str | tuple[str, ...]]:
    """Return the columns of the roles that may be absent, by role."""
    found: dict[str, str | tuple[str, ...]] = {}
    if left_id is not None:
        found["id"] = left.names([left_id])[0]
    found.update({role: _names([one])[0] for role, one in beside.items()})
    if groups:
        found[GROUP] = _names(groups)
    return found


def _names(found: Sequence[tuple[Search, int]]) -> tuple[str, ...]:
    """Return what columns are called, in the spelling of the file."""
    return tuple(search.names([place])[0] for search, place in found)


def _beside(needs: Needs, left: Search) -> tuple[str, ...]:
    """Return what is called as probabilities are, beside a column that may hold decisions."""
    found = left.names(left.left() if needs.probabilities and left.table.header.present else [])
    return tuple(name for name in found if says_probability(name))


def _find(
    needs: Needs, left: Search, right: Search, predictions: list[int], labels: list[int]
) -> tuple[list[int], list[int]]:
    """Return the columns of both roles: those that were chosen, else those that go by their names."""
    if needs.layout is Layout.NAMED:
        return _find_named(needs, left, right, predictions, labels)
    classes, explicit = needs.layout is Layout.CLASSES, bool(predictions)
    chosen = explicit and bool(labels)
    if not labels:
        labels = _named(right, "label")
        several = (
            prefixed_columns(right, "label", LABEL_CLASS_PREFIXES)
            if classes
            else several_columns(right, "label", beside=bool(labels))
        )
        if labels and several:
            raise right.refuse("label", labels + several, "one label column, or a column per class or output")
        labels = labels or several
    if not predictions and classes:
        alone = right is not left or bool(labels)
        predictions, left.doubtful = class_columns(left, names=needs.class_predictions, alone=alone)
    elif not predictions:
        predictions = _named(left, "prediction") or several_columns(left, "prediction")
        if not predictions and len(labels) > 1 and needs.probabilities:
            predictions = written_columns(left)
            left.taken.update(predictions)
    if right is not left and not (labels or predictions):
        _refuse_swapped(left, right)
    predictions = predictions or _only_one_left(left, "prediction", right)
    if not explicit and not classes and needs.probabilities:
        _refuse_other_than_meant(left, predictions)
    labels = labels or _only_one_left(right, "label", left)
    if not classes and len(labels) > 1:
        labels = paired_columns(left, predictions, right, labels, chosen=chosen)
    return predictions, labels


def _refuse_other_than_meant(left: Search, predictions: list[int]) -> None:
    """Refuse, of what was found and not chosen, the probability of a label 0, and how sure a decision was."""
    name = left.names(predictions)[0] if left.table.header.present and len(predictions) == 1 else ""
    said = class_said(name)
    if said is not None and said.lower() in NEGATIVE_CLASSES:
        raise LosscliError(
            left.table.name,
            f"by its name, the column {shorten(name)} belongs to the class {shorten(said)}",
            "the probability, score or logit of a label 1",
            f"Compute it from that column. If a label 1 means that class: {given('prediction', name)}",
        )
    decided = left.called(DECIDED_NAMES) if plain(name) in GIVE_WAY else []
    if decided:
        decision = shorten(left.names(decided)[0])
        raise LosscliError(
            left.table.name,
            f"there is also a column {decision}, so {shorten(name)} may be the confidence in that decision",
            "the probability, score or logit of a label 1",
            f"If it is one of these: {given('prediction', name)}",
        )


def _find_named(
    needs: Needs, left: Search, right: Search, predictions: list[int], labels: list[int]
) -> tuple[list[int], list[int]]:
    """The same for columns with names of their own."""
    # In one file the names of one side may stand without a prefix, where those of the other have one.
    alone = right is not left or not needs.label_columns
    prefixed = not alone and are_prefixed(right, "label", needs.label_columns)
    if predictions:
        predictions = chosen_columns(left, "prediction", needs.columns, predictions)
    else:
        predictions = named_columns(
            left, "prediction", needs.columns, plain=alone or bool(labels) or prefixed
        )
    if not needs.label_columns:
        labels = labels or _named(right, "label") or _only_one_left(right, "label", left)
        return predictions, chosen_columns(right, "label", ("label",), labels)
    if labels:
        labels = chosen_columns(right, "label", needs.label_columns, labels)
    else:
        labels = named_columns(right, "label", needs.label_columns, plain=not prefixed)
    return predictions, labels


def _chosen_ids(left: Search, right: Search, request: Request) -> tuple[int | None, int | None]:
    """Return the id columns that options name, in both inputs."""
    if request.label_id is not None and left is right:
        raise UsageError("--label-id", "there is no label file", "two files", "Name the id: --id COLUMN.")
    if left is right:
        for name in TEXT:
            if getattr(request, f"label_{name}") is not None:
                option = f"label-{name}"
                raise UsageError(
                    f"--{option}", "there is no label file", "two files", "Leave out the prefix label-."
                )
    left_id = _aside(left, request.id, "--id") if request.id is not None else None
    if right is left:
        return left_id, left_id
    if request.label_id is not None:
        return left_id, _aside(right, request.label_id, "--label-id")
    return left_id, _aside(right, request.id, "--id") if request.id is not None else None


def _aside(search: Search, column: str, option: str, others: Sequence[Search] = ()) -> int:
    """Return the column that an option names for a role beside that of a prediction or label."""
    place = search.place(column, option, others)
    search.aside.add(place)
    return place


def _find_id(search: Search, chosen: int | None, *, required: bool) -> int | None:
    header = search.table.header
    unnamed = header.unnamed and 0 not in search.taken
    found, indexes = search.called(ID_NAMES), search.called(PANDAS_INDEXES)
    if unnamed:
        # An index that has no name is nothing else, whether it serves as id or not.
        search.taken.add(0)
    search.taken.update(indexes)
    if chosen is not None:
        return chosen
    if not found and unnamed:
        found = [0]
    if not found and len(indexes) == 1:
        found = indexes
    if len(found) > 1:
        raise search.refuse("id", found, "one")
    if not found and required:
        raise search.refuse("id", [], "an id in both inputs")
    search.taken.update(found)
    return found[0] if found else None


def _find_extra(role: str, column: str, left: Search, right: Search) -> tuple[Search, int]:
    """Find a weight, group or cluster in either input."""
    searches = [left] if left is right else [left, right]
    holders = [search for search in searches if search.has(column)]
    if len(holders) > 1:
        # They are one column if they agree in every row, which shows while the rows are read.
        right.place(column, f"--{role}")
    holder = holders[0] if holders else left
    return holder, _aside(holder, column, f"--{role}", searches[1:])


def _chosen(search: Search, role: str, columns: tuple[str, ...]) -> list[int]:
    """Return the columns that an option names."""
    places = [search.place(column, f"--{role}") for column in columns]
    search.taken.update(places)
    _refuse_twice(role, [(search, place) for place in places])
    return places


def _refuse_twice(role: str, found: Sequence[tuple[Search, int]]) -> None:
    """Refuse a column that an option names twice."""
    if len({(id(search), place) for search, place in found}) < len(found):
        raise LosscliError(found[0][0].table.name, f"--{role} names a column twice", "each column once")


def _named(search: Search, role: str) -> list[int]:
    """Return the one column that goes by a usual name."""
    found = search.usual(role)
    if len(found) > 1:
        raise search.refuse(role, found, "one")
    search.taken.update(found)
    return found


def _refuse_swapped(left: Search, right: Search) -> None:
    """Refuse labels where predictions should be and the reverse: some losses would not notice."""
    if left.called(LABEL_NAMES) and right.called(PREDICTION_NAMES):
        raise LosscliError(
            f"{left.table.name} and {right.table.name}",
            f"columns {listed(left.names(left.called(LABEL_NAMES)))} in the predictions and "
            f"{listed(right.names(right.called(PREDICTION_NAMES)))} in the labels",
            "predictions first, labels second",
            f"Swap the two: {quote(right.table.name)} {quote(left.table.name)}",
        )


def _refuse_one_class(search: Search, places: list[int]) -> NoReturn:
    """Refuse a single column of classes: there is nothing that it could be compared with."""
    raise LosscliError(
        search.table.name,
        f"only one class column: {listed(search.names(places))}",
        "a column per class, at least two",
        "Name each: --prediction COLUMN --prediction COLUMN; for two classes, binary_cross_entropy and brier "
        "read one probability, and labels 0 and 1 (--map-labels A=0,B=1).",
    )


def _only_one_left(search: Search, role: str, other: Search) -> list[int]:
    """Return the one column without a role, where no column of either input goes by a usual name."""
    left = search.left()
    if len(left) == 1 and role == "prediction" and plain(search.names(left)[0]) in NO_PREDICTIONS:
        left = []
    if len(left) != 1:
        keys = search.names(left) if search is not other and search.table.header.present else ()
        raise search.refuse(
            role,
            left,
            "one",
            next((name for name in keys if name and other.has(name)), ""),
            alone=other is search,
        )
    # An array, or a file without header, has no name that could be another thing's.
    for holder in (search, other) if search.table.header.present else ():
        usual = holder.first_usual(role)
        if usual is not None and usual != search.names(left)[0]:
            raise LosscliError(
                search.table.name,
                f"one column is left, {shorten(search.names(left)[0])}, but {holder.table.name} has "
                f"{shorten(usual)}, a usual name of a {role}",
                f"a column named as the {role}",
                f"Name the column: --{role} COLUMN.",
            )
    search.taken.update(left)
    search.found[role] = "only one left"
    return left
