"""What options change of the rows before a loss sees them, whichever command reads them: one object for all.

An edit is a field of `Edits`, a line of its document (`RECORD`) and a part of signatures (`Edits.parts`);
requests, reports, states, receipts and engines carry the object, and know of no single edit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from losscli.common import codec
from losscli.common.addresses import shown
from losscli.common.codec import Field, optional, renamed
from losscli.common.json import Document, Object
from losscli.common.options import CHOICES
from losscli.common.text import encodable, plain_number

Pairs = tuple[tuple[str, str], ...]
Ranges = tuple[tuple[int, int], ...]
FACTOR = "a finite number other than 0"
STANDARD = "a finite mean, and a finite standard deviation above 0"
SHIFT = "a whole number other than 0"
ROWS = "rows from 1 on, the first not after the last, such as 60-64"
"""What numbers have to be, in the words of messages."""
MOST_ROWS = 1 << 62
_MOST_TEXT = 100
_DIGEST_DIGITS = 12
NAMES = {
    "rename": "--rename-class",
    "rescale": "--rescale-prediction",
    "prediction": "--transform-prediction",
    "scale": "--scale-prediction",
    "label": "--transform-label",
    "shift": "--shift-labels",
    "skip": "--skip-rows",
    "exclude": "--exclude-ids",
}
"""The option of each part of a signature."""
OF_ROWS = ("shift-labels", "skip-rows", "exclude-ids")
"""The options that leave rows out, as reports call them."""


@dataclass(frozen=True)
class Edits:
    """What is done to rows; the fields are named like the options.

    Attributes:
        rename_class: pairs of the class that a column is said to be of, and the one that it is of.
        rescale_prediction: mean and standard deviation, of a standardisation that is undone.
        transform_prediction: the name of a function; see `pairing.edits`.
        scale_prediction: what predictions are multiplied by.
        transform_label: the name of a function.
        shift_labels: by how many rows the label of a prediction is further on; negative before it.
        skip_rows: the first and the last of some rows of the predictions, from 1, that are left out.
        exclude_ids: the file of the ids that are left out; of what was read, the SHA-256 of that file.
    """

    rename_class: Pairs = ()
    rescale_prediction: tuple[float, float] | None = None
    transform_prediction: str | None = None
    scale_prediction: float | None = None
    transform_label: str | None = None
    shift_labels: int | None = None
    skip_rows: Ranges = ()
    exclude_ids: str | None = None

    def __bool__(self) -> bool:
        return self != Edits()

    @property
    def effective(self) -> Edits:
        """The same without what has no effect, and each in one way: what states and signatures say."""
        return replace(
            self,
            rename_class=tuple(sorted({(old, new) for old, new in self.rename_class if old != new})),
            rescale_prediction=None if self.rescale_prediction == (0.0, 1.0) else self.rescale_prediction,
            scale_prediction=None if self.scale_prediction == 1.0 else self.scale_prediction,
            skip_rows=tuple(_joined(self.skip_rows)),
        )

    @property
    def of_rows(self) -> bool:
        """Whether rows are left out, or paired with others."""
        return bool(self.options_of_rows)

    @property
    def options_of_rows(self) -> tuple[str, ...]:
        """The options of which there is one that leave rows out, as reports call them."""
        asked = self.shift_labels, self.skip_rows, self.exclude_ids is not None
        return tuple(option for option, one in zip(OF_ROWS, asked, strict=True) if one)

    def parts(self, name: Callable[[str], str] = str) -> tuple[tuple[str, ...], ...]:
        """Return what a signature says: what kind of edit, and its values as texts, in order.

        Args:
            name: what the name of a class is written as, where it may be written in several ways.
        """
        edits = self.effective
        named = {(name(old), name(new)) for old, new in edits.rename_class}
        renames = [("rename", old, new) for old, new in sorted(named) if old != new]
        numbers = {
            "rescale": edits.rescale_prediction,
            "scale": None if edits.scale_prediction is None else (edits.scale_prediction,),
        }
        words = {"prediction": edits.transform_prediction, "label": edits.transform_label}
        found = {
            **{kind: tuple(map(_number, values)) for kind, values in numbers.items() if values is not None},
            **{kind: (word,) for kind, word in words.items() if word is not None},
        }
        rows = [("skip", range_text(one)) for one in edits.skip_rows]
        if edits.shift_labels:
            rows.insert(0, ("shift", str(edits.shift_labels)))
        if edits.exclude_ids is not None:
            rows.append(("exclude", edits.exclude_ids[:_DIGEST_DIGITS]))
        return (*renames, *((kind, *found[kind]) for kind in NAMES if kind in found), *rows)


def range_text(range_: tuple[int, int]) -> str:
    """Return rows as `--skip-rows` reads them."""
    first, last = range_
    return str(first) if first == last else f"{first}-{last}"


def range_of(text: str) -> tuple[int, int] | None:
    """Return the rows that a text names, `60-64` or `60`; None where it names none."""
    found = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", text, re.ASCII)
    if found is None or len(text) > _MOST_TEXT:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return (first, last) if are_rows(first, last) else None


def are_rows(first: int, last: int) -> bool:
    """Whether these are the first and the last of some rows."""
    return 1 <= first <= last <= MOST_ROWS


def is_shift(rows: int) -> bool:
    """Whether labels may be shifted by so many rows."""
    return 0 < abs(rows) <= MOST_ROWS


def _joined(ranges: Ranges) -> Iterator[tuple[int, int]]:
    """Yield ranges in order, those that meet as one."""
    waiting: tuple[int, int] | None = None
    for first, last in sorted(ranges):
        if waiting is not None and first <= waiting[1] + 1:
            waiting = waiting[0], max(waiting[1], last)
            continue
        if waiting is not None:
            yield waiting
        waiting = first, last
    if waiting is not None:
        yield waiting


def _number(value: float) -> str:
    return plain_number(value + 0.0).replace("e+", "e")


def is_factor(value: float) -> bool:
    """Whether predictions may be multiplied by a number."""
    return math.isfinite(value) and value != 0.0


def are_mean_and_std(values: tuple[float, ...]) -> bool:
    """Whether numbers are the mean and the standard deviation of a standardisation."""
    return len(values) == 2 and all(map(math.isfinite, values)) and values[1] > 0.0


def _write_pairs(key: str, pairs: Pairs) -> Object:
    return {key: {encodable(old): encodable(new) for old, new in pairs}}


def _read_pairs(part: Document, key: str) -> Pairs:
    pairs = tuple(part.texts_by_name(key).items())
    if not pairs or not all(old and new for old, new in pairs):
        part.refuse(key, "the names of classes")
    return pairs


def _read_factor(part: Document, key: str) -> float:
    value = part.number(key)
    return value if is_factor(value) else part.refuse(key, FACTOR)


def _read_standard(part: Document, key: str) -> tuple[float, float]:
    values = part.value(key)
    numbers = tuple(map(float, values)) if _are_numbers(values) else ()
    if not are_mean_and_std(numbers):
        part.refuse(key, STANDARD)
    return numbers[0], numbers[1]


def _are_numbers(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) in (int, float) for value in values)


def _read_shift(part: Document, key: str) -> int:
    value = part.value(key)
    if type(value) is not int or not is_shift(value):
        part.refuse(key, SHIFT)
    return value


def _read_ranges(part: Document, key: str) -> Ranges:
    found = [range_of(text) for text in part.texts(key)]
    ranges = tuple(one for one in found if one is not None)
    if not ranges or len(ranges) < len(found):
        part.refuse(key, ROWS)
    return ranges


RECORD: codec.Record = {
    "rename_class": optional(Field(_write_pairs, _read_pairs), ()),
    "rescale_prediction": optional(
        Field(lambda key, pair: {key: [float(value) for value in pair]}, _read_standard)
    ),
    "transform_prediction": optional(codec.one_of(CHOICES["transform-prediction"])),
    "scale_prediction": optional(Field(codec.NUMBER.write, _read_factor)),
    "transform_label": optional(codec.one_of(CHOICES["transform-label"])),
    "shift_labels": optional(Field(lambda key, rows: {key: int(rows)}, _read_shift)),
    "skip_rows": optional(Field(lambda key, ranges: {key: [*map(range_text, ranges)]}, _read_ranges), ()),
    "exclude_ids": optional(Field(lambda key, path: {key: encodable(shown(path))}, Document.text)),
}
"""What documents say of edits: only of those that there are."""


def beside(name: Callable[[str], str] = str) -> Field:
    """Return the field of edits that stand one by one beside what else a document says of a request.

    Args:
        name: what an option is called in the document.
    """
    record = {key: renamed(name(key), field) for key, field in RECORD.items()}
    return Field(
        lambda _, edits: codec.written(edits, record),
        lambda part, _: Edits(**codec.read(part, record)),
    )


def option_names() -> Iterator[str]:
    """Yield the options of edits, as fields."""
    return (one.name for one in fields(Edits))
