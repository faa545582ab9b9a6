"""Class names and label values: matched as text, or as numbers where both sides are numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import exact_value, is_whole, listed, parse_number, shorten
from losscli.inputs.formats.csv.numbers import parse_cell
from losscli.inputs.pairing.alike import refuse_alike, seen, told
from losscli.inputs.pairing.remedies import mapped
from losscli.inputs.texts import Table, first_places, numbered

MOST_CLASSES = 100_000
_CODE = re.compile(r"0\d")


class Wrong(NamedTuple):
    """What is wrong with a row, and its place among those that were given."""

    place: int
    error: LosscliError


class Classes:
    """The names of the class columns, and which label means which of them."""

    def __init__(self, names: Sequence[str], where: str) -> None:
        """Take the names in column order. Raises LosscliError if two are the same."""
        self.names = tuple(names)
        if len(set(names)) < len(names):
            twice = sorted(name for name, times in Counter(names).items() if times > 1)
            raise LosscliError(where, f"classes with the same name: {listed(twice)}", "one column per class")
        refuse_alike(self.names, where, "classes")
        self._where, self._seen = where, {seen(name): name for name in names}
        if "" in self.names:
            raise LosscliError(where, "a class column without a name", "a name for every class")
        numbers = [exact_value(name) for name in names]
        self._by_value: dict[Decimal, int] = {}
        if None not in numbers and len(set(numbers)) == len(numbers):
            self._by_value = {number: place for place, number in enumerate(numbers) if number is not None}
        self._by_text = {name.encode("utf-8", "surrogateescape"): place for place, name in enumerate(names)}
        widest = max(map(len, self._by_text))
        self._sorted = np.sort(np.array(list(self._by_text), dtype=f"S{max(8, widest)}"))
        self._place = np.array([self._by_text[name] for name in self._sorted.tolist()], dtype=np.int64)
        self._tables: dict[int, Table | None] = {}

    def order_of(self, names: Sequence[str]) -> tuple[int, ...] | None:
        """Return which of `names` belongs to each class, None unless they are the same classes."""
        places = [self._find_one(name.encode("utf-8", "surrogateescape")) for name in names]
        if sorted(places) != list(range(len(self.names))):
            return None
        return tuple(np.argsort(places).tolist())

    def find(self, labels: Array) -> Array:
        """Return the int64 index of the class of each label, −1 for a label that names none."""
        index = self._find_words(labels)
        if index is None:
            spots = np.minimum(np.searchsorted(self._sorted, labels), len(self._sorted) - 1)
            index = np.where(self._sorted[spots] == labels, self._place[spots], -1)
        if self._by_value and index.min(initial=0) < 0:
            missing = np.flatnonzero(index < 0)
            distinct, inverse = np.unique(labels[missing], return_inverse=True)
            index[missing] = np.array([self._find_one(label) for label in distinct.tolist()], dtype=np.int64)[
                inverse
            ]
        return index

    def _find_words(self, labels: Array) -> Array | None:
        """Return the index of each label as `find` does where there is a table for it, else None."""
        width = labels.dtype.itemsize
        if width not in self._tables:
            # A name that is wider than the labels is none of them.
            texts = [text if len(text) <= width else b"" for text in self._by_text]
            fits = b"" not in texts
            self._tables[width] = Table.of(np.array(texts, dtype=labels.dtype)) if fits else None
        table = self._tables[width]
        return None if table is None else table.find(labels)

    def alike(self, label: str) -> LosscliError | None:
        """Return the error of a label that names no class and looks like one; None where it does not."""
        name = self._seen.get(seen(label))
        return None if name in (None, label) else told((name, label), self._where, "classes")

    def near(self, label: str) -> str:
        """Return the one class whose name differs from a label in case alone, or nothing."""
        found = [name for name in self.names if name.casefold() == label.casefold()]
        return found[0] if len(found) == 1 else ""

    def _find_one(self, label: bytes) -> int:
        place = self._by_text.get(label, -1)
        if place < 0 and self._by_value:
            value = exact_value(label.decode("utf-8", "replace"))
            place = -1 if value is None else self._by_value.get(value, -1)
        return place


def match_columns(
    readings: tuple[Classes, ...], labels: Sequence[tuple[str, ...]], where: str
) -> tuple[tuple[Classes, ...], tuple[int, ...]]:
    """Return the reading in which columns of both sides name the same classes, and the order of the labels.

    Raises:
        LosscliError: where there is none.
    """
    for classes in readings:
        for names in labels:
            order = classes.order_of(names)
            if order is not None:
                return (classes,), order
    raise LosscliError(
        where,
        f"prediction columns for {listed(readings[-1].names)}; label columns for {listed(labels[-1])}",
        "the same classes on both sides",
    )


class FoundClasses:
    """The names of classes as they come up, in labels and predictions: there are no columns to name them.

    Attributes:
        if_numbers: what to do, in messages, where what is predicted turns out to be numbers.
    """

    def __init__(self, where: str, if_numbers: str = "") -> None:
        self._where, self.if_numbers = where, if_numbers
        self._used: dict[str, set[int]] = {"label": set(), "prediction": set()}
        self._places: dict[str | Decimal, int] = {}
        self._names: list[str] = []
        self._text: str | None = None
        self._spellings: dict[Decimal, str] = {}
        self._respelled: tuple[str, str] | None = None
        self._code: tuple[str, str] | None = None
        self._seen: dict[str, str] = {}
        self._alike: tuple[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names so far."""
        return tuple(self._names)

    @property
    def only_predicted(self) -> tuple[str, ...]:
        """The predicted names that are no label, in the order in which they came up."""
        return tuple(self._names[place] for place in sorted(self._used["prediction"] - self._used["label"]))

    @property
    def apart(self) -> bool:
        """Whether none of the predicted names, of which there are some, is a label."""
        return bool(self._used["prediction"]) and self._used["label"].isdisjoint(self._used["prediction"])

    def find(self, labels: Array, predictions: Array) -> tuple[Array, Array, Wrong | None]:
        """Return the int64 index of each label and of each predicted name `(rows,)`, −1 where there is none.

        Names come up in the order of the rows, in a row the label first, so that where blocks end
        changes nothing; a row without a label names no class. Numbers are compared by value.

        Returns:
            The indices; and what is wrong, from which row on there are none: more names than can be
            classes, or one number written in two ways while other names are text, so that it may be
            two names.
        """
        names = np.stack([labels, predictions], axis=1).ravel()
        named = names != b""
        named[1::2] &= named[::2]
        distinct, inverse = numbered(names[named])
        first = first_places(inverse, len(distinct))
        places, wrong = np.full(len(distinct), -1, dtype=np.int64), None
        for at in np.argsort(first).tolist():
            places[at] = self._place(distinct[at].decode("utf-8", "replace"))
            error = self._wrong()
            if error is not None:
                wrong = Wrong(int(np.flatnonzero(named)[first[at]]) // 2, error)
                break
        index = np.full(len(names), -1, dtype=np.int64)
        index[named] = places[inverse]
        for role, found in (("label", index[::2]), ("prediction", index[1::2])):
            self._used[role].update(np.unique(found[found >= 0]).tolist())
        return index[::2], index[1::2], wrong

    def add(self, name: str, roles: Iterable[str]) -> LosscliError | None:
        """Take note of a name that came up as label, as prediction or as both; return what is wrong then."""
        place = self._place(name)
        for role in roles:
            self._used[role].add(place)
        return self._wrong()

    @property
    def met(self) -> tuple[tuple[str, str], ...]:
        """The names as they came up, each with `label`, `prediction` or `both`, as `add` takes them.

        A number that was written in another way too stands there once more.
        """
        labels, predictions = self._used["label"], self._used["prediction"]
        roles = [
            "both" if place in labels & predictions else "label" if place in labels else "prediction"
            for place in range(len(self._names))
        ]
        again = [] if self._respelled is None else [self._respelled[1]]
        places = [self._places[value] for text in again if (value := exact_value(text)) is not None]
        return (
            *zip(self._names, roles, strict=True),
            *zip(again, (roles[place] for place in places), strict=True),
        )

    def spelled(self, name: str) -> str:
        """Return a name as it was spelled first."""
        number = exact_value(name)
        return self._names[self._places[name if number is None else number]]

    def numbers_of(self, names: Iterable[str]) -> list[int]:
        """Return the indices of names that have come up, however they are spelled."""
        places = {name: place for place, name in enumerate(self._names)}
        return [places[self.spelled(name)] for name in names]

    @property
    def in_other_case(self) -> LosscliError | None:
        """What is wrong where the labels have a name in one case only, the predictions in another only."""
        spelled: dict[str, list[set[int]]] = {}
        for side, used in enumerate(self._used.values()):
            for place in used:
                spelled.setdefault(self._names[place].casefold(), [set(), set()])[side].add(place)
        pairs = [
            (self._names[min(labels)], self._names[min(predictions)])
            for labels, predictions in sorted(spelled.values(), key=lambda sides: min(sides[0], default=0))
            if labels and predictions and labels.isdisjoint(predictions)
        ]
        if not pairs:
            return None
        found = f"the label is {shorten(pairs[0][0])}, and the prediction {shorten(pairs[0][1])}"
        remedy = f"If they are the same class: {mapped(*pairs)}"
        return LosscliError(self._where, found, "one spelling of a class", remedy)

    def _wrong(self) -> LosscliError | None:
        """Return what is wrong with the names so far."""
        if self._alike is not None:
            return told(self._alike, self._where, "classes")
        if len(self._names) > MOST_CLASSES:
            found = f"more than {MOST_CLASSES} classes"
            remedy = self.if_numbers if any(map(not_whole, self._names)) else ""
            return LosscliError(
                self._where, found, "a column of class names", f"{remedy}Is another column meant?"
            )
        if self._code is not None:
            found = f"classes {listed(self._code)} are the same number, but a leading zero suggests a code"
            remedy = f"If they are the same class: {mapped(self._code)}"
            return LosscliError(self._where, found, "one spelling of a class", remedy)
        if self._text is not None and self._respelled is not None:
            other = f"{shorten(self._text)} is not a number"
            found = f"classes {listed(self._respelled)} are the same number, but {other}"
            needed = "names that are all numbers, or one spelling of each"
            return LosscliError(self._where, found, needed, "Rename: --map-labels A=B")
        return None

    def _place(self, name: str) -> int:
        number = exact_value(name)
        if number is None:
            self._text = self._text or name
        elif self._spellings.setdefault(number, name) != name:
            pair = (self._spellings[number], name)
            self._respelled = self._respelled or pair
            self._code = self._code or (pair if any(map(_CODE.match, pair)) else None)
        place = self._places.setdefault(name if number is None else number, len(self._names))
        if place == len(self._names):
            self._names.append(name)
            other = self._seen.setdefault(seen(name), name)
            self._alike = self._alike or (None if other == name else (other, name))
        return place


def refuse_no_names(found: FoundClasses | None, name: str) -> None:
    """Refuse what was taken for predicted class names, and is none by the labels: scores, other names."""
    names = () if found is None else found.only_predicted
    numbers = [text for text in names if not_whole(text)]
    if found is None or not (found.apart or numbers):
        return
    first = (numbers or names)[0]
    what = f"{shorten(first)} is predicted, but is not a class of any label"
    if found.apart:
        what = f"no predicted class name is a label, such as {shorten(first)}"
    raise LosscliError(
        name,
        what,
        "the names of classes, as labels have them",
        (found.if_numbers if exact_value(first) is not None else "")
        + "Names are made alike by --map-labels A=B.",
    )


def not_whole(name: str) -> bool:
    """Whether the name of a class is a number with a fraction, as scores are."""
    value = exact_value(name)
    return value is not None and not is_whole(value)


class LabelEdits:
    """What `--ignore-label` and `--map-labels` do to labels, as they stand in the file.

    Attributes:
        matched: whether a label was replaced.
    """

    def __init__(self, ignored: Sequence[str], mapped: Mapping[str, str], decimal: str = ".") -> None:
        """Take labels to ignore and to replace; `decimal` is the decimal mark of labels that are text."""
        self._ignored, self._mapped, self._decimal = tuple(ignored), dict(mapped), decimal
        self.matched = False

    def __bool__(self) -> bool:
        return bool(self._ignored or self._mapped)

    @property
    def only_switches(self) -> bool:
        """Whether all that is said is that true is 1 and false is 0."""
        said = {(old.lower(), exact_value(new)) for old, new in self._mapped.items()}
        return not self._ignored and said <= {("true", Decimal(1)), ("false", Decimal(0))}

    @property
    def need_text(self) -> bool:
        """Whether some label to look for is no number that a float64 is sure to tell from its neighbours.

        Then labels have to be read as text.
        """
        values = (parse_number(value) for value in (*self._ignored, *self._mapped))
        return any(value is None or abs(value) >= 2.0**53 for value in values)

    def of_numbers(self, labels: Array) -> tuple[Array, Array]:
        """Return the labels mapped, and the mask of those to ignore."""
        ignored = np.zeros(len(labels), dtype=np.bool_)
        for value in self._ignored:
            ignored |= labels == _number(value)
        mapped = labels.copy() if self._mapped else labels
        for old, new in self._mapped.items():
            places = labels == _number(old)
            self.matched |= bool(places.any())
            mapped[places] = _number(new)
        return mapped, ignored

    def of_text(self, labels: Array, *, numbers: bool) -> tuple[Array, Array]:
        """The same for labels that are text; with `numbers` they are read as such afterwards."""
        points = numbers and self._decimal != "."
        written = {
            old: new.replace(".", self._decimal) if points and parse_number(new) is not None else new
            for old, new in self._mapped.items()
        }
        distinct, inverse = numbered(labels)
        texts = [label.decode("utf-8", "replace") for label in distinct.tolist()]
        ignored = np.array([self._match(self._ignored, text) is not None for text in texts], dtype=np.bool_)
        mapped = []
        for text, label in zip(texts, distinct.tolist(), strict=True):
            key = self._match(tuple(self._mapped), text)
            self.matched |= key is not None
            mapped.append(label if key is None else written[key].encode("utf-8"))
        return np.array(mapped)[inverse], ignored[inverse]

    def as_numbers(self, labels: Array) -> Array:
        """Return labels that are text as float64, NaN where one is no finite number."""
        distinct, inverse = numbered(labels)
        values = [parse_cell(label.decode("utf-8", "replace"), self._decimal) for label in distinct.tolist()]
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)[inverse]

    def _match(self, values: Sequence[str], label: str) -> str | None:
        """Return the one of `values` that a label is: as a number where both are, else as text."""
        reads = parse_cell(label, self._decimal) is not None
        number = exact_value(label.replace(self._decimal, ".")) if reads else None
        for value in values:
            if value == label or (number is not None and number == exact_value(value)):
                return value
        return None


def _number(text: str) -> float:
    value = parse_number(text)
    return np.nan if value is None else value
