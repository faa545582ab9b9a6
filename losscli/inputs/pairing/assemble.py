"""Pairs of chunks to blocks: roles brought together, bad rows refused or marked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import listed, parse_number, shorten
from losscli.inputs.block import COUNTS, DROPPED, IGNORED, Block
from losscli.inputs.chunk import Chunk
from losscli.inputs.pairing.align import Pair
from losscli.inputs.pairing.classes import Classes, FoundClasses, LabelEdits

_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*")


@dataclass(frozen=True, slots=True)
class Assembly:
    """How the columns of two chunks become a block.

    Attributes:
        edits: labels to ignore, labels to map.
        drop: mark bad rows as dropped instead of raising.
        classes: for class problems, the readings of the class names; the first label decides.
        found: for predicted class names, where names are collected; None for class columns.
        label_order: for labels in class columns, which label column belongs to each class.
    """

    edits: LabelEdits
    drop: bool
    classes: tuple[Classes, ...] = ()
    found: FoundClasses | None = None
    label_order: tuple[int, ...] = ()


class Assembler:
    """Turns pairs into blocks of at most `block_rows` rows."""

    def __init__(self, assembly: Assembly, block_rows: int) -> None:
        self._assembly, self._block_rows = assembly, block_rows
        self._classes: Classes | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names in column order, known once the first labels were read."""
        if self._assembly.found is not None:
            return self._assembly.found.names
        if self._classes is not None:
            return self._classes.names
        return self._assembly.classes[-1].names if self._assembly.classes else ()

    @property
    def apart(self) -> str | None:
        """A predicted class name, if none of those that were read is a label; else None."""
        return None if self._assembly.found is None else self._assembly.found.apart

    def blocks(self, pairs: Iterator[Pair]) -> Iterator[Block]:
        """Yield the samples of the pairs.

        Raises:
            LosscliError: for a cell that is no finite number, an empty class label or a label
                that names no class, unless such rows are dropped.
        """
        for left, right in pairs:
            for start in range(0, len(left), self._block_rows):
                rows = slice(start, start + self._block_rows)
                whole = start == 0 and len(left) <= self._block_rows
                yield self._block(*((left, right) if whole else (left.take(rows), right.take(rows))))

    def _block(self, left: Chunk, right: Chunk) -> Block:
        columns = {**right.columns, **left.columns}
        sides = {**dict.fromkeys(right.columns, right), **dict.fromkeys(left.columns, left)}
        refusal = _Refusal(sides, len(left), drop=self._assembly.drop)
        label = self._label(columns["label"], refusal)
        prediction = self._prediction(columns["prediction"], refusal)
        weight = columns.get("weight")
        if weight is not None:
            refusal.refuse("weight", _not_finite(weight), "a finite weight ≥ 0")
            refusal.refuse("weight", weight < 0, "a finite weight ≥ 0", weight)
        refusal.raise_first()
        return Block(
            row=left.row,
            label_row=right.row,
            label=label,
            prediction=prediction,
            weight=weight,
            id=columns.get("id"),
            group=columns.get("group"),
            left_out=refusal.left_out if refusal.left_out.any() else None,
            classes=self.classes,
        )

    def _prediction(self, prediction: Array, refusal: _Refusal) -> Array:
        if self._assembly.found is None:
            refusal.refuse("prediction", _not_finite(prediction), "a finite number")
            return prediction
        return self._name_found("prediction", prediction, prediction, refusal)

    def _label(self, label: Array, refusal: _Refusal) -> Array:
        """Return the labels as the losses read them: mapped, and class names as indices."""
        raw, edits = label, self._assembly.edits
        if edits and label.ndim == 1:
            label, ignored = edits.of_text(label) if label.dtype.kind == "S" else edits.of_numbers(label)
            refusal.left_out[ignored] = IGNORED
        if label.dtype.kind != "S":
            refusal.refuse("label", _not_finite(label), "a finite number")
            return label[:, list(self._assembly.label_order)] if self._assembly.label_order else label
        if self._assembly.found is not None:
            return self._name_found("label", label, raw, refusal)
        if not self._assembly.classes:
            numbers = edits.as_numbers(label)
            refusal.refuse("label", _not_finite(numbers), "a finite number", raw)
            return numbers
        classes = self._choose_classes(label[refusal.left_out == COUNTS])
        index = classes.find(label)
        refusal.refuse("label", index < 0, f"one of the classes {listed(classes.names)}", raw)
        return np.maximum(index, 0)

    def _name_found(self, role: str, names: Array, raw: Array, refusal: _Refusal) -> Array:
        """Return the index of each name among those found; rows that are left out name no class."""
        assert self._assembly.found is not None
        counts = refusal.left_out == COUNTS
        index = np.zeros(len(names), dtype=np.int64)
        index[counts] = self._assembly.found.find(role, names[counts])
        refusal.refuse(role, index < 0, "the name of a class", raw)
        return np.maximum(index, 0)

    def _choose_classes(self, labels: Array) -> Classes:
        """Decide how the class columns spell their classes, by the first label that names one."""
        if self._classes is not None:
            return self._classes
        readings = self._assembly.classes
        named = [classes.find(labels) >= 0 for classes in readings]
        first = [int(mask.argmax()) if mask.any() else len(labels) for mask in named]
        best = min(range(len(readings)), key=first.__getitem__)
        if first[best] == len(labels):
            # None of these labels is a class: a later one decides.
            return readings[-1]
        self._classes = readings[best]
        return self._classes


class _Refusal:
    """Refuses rows: marks them as dropped, or raises for the first one of all that are refused."""

    def __init__(self, sides: Mapping[str, Chunk], rows: int, *, drop: bool) -> None:
        self._sides, self._drop = sides, drop
        self.left_out = np.zeros(rows, dtype=np.uint8)
        self._first, self._error = rows, LosscliError("", "")

    def refuse(self, role: str, wrong: Array | None, needed: str, shown: Array | None = None) -> None:
        """Refuse the rows that are `wrong`, unless they are left out already.

        Args:
            role: what is wrong with them, in the words of messages.
            wrong: the mask of rows, or None for no row.
            needed: what a cell has to be.
            shown: the cells as they were found, where that is not what the chunk noted.
        """
        if wrong is None:
            return
        wrong = wrong & (self.left_out == COUNTS)
        if not wrong.any():
            return
        if self._drop:
            self.left_out[wrong] = DROPPED
            return
        side, place = self._sides[role], int(wrong.argmax())
        if place >= self._first:
            return
        row = int(side.row[place])
        text = side.bad.get((role, row), "no finite number") if shown is None else _as_found(shown[place])
        self._first = place
        self._error = LosscliError(
            f"{side.name} row {row}",
            f"{role} is {shorten(text) if text.strip() else 'missing'}",
            needed,
            _remedy(role, text),
        )

    def raise_first(self) -> None:
        """Raise for the first row that was refused, if one was."""
        if self._first < len(self.left_out):
            raise self._error


def _remedy(role: str, text: str) -> str:
    if _DECIMAL_COMMA.fullmatch(text):
        return "If the comma is a decimal mark: --decimal ,"
    if role == "label" and parse_number(text) is None and text.strip():
        return "If this is a class: --map-labels A=B names the label it stands for; or --bad-rows drop."
    return "To leave such rows out and count them: --bad-rows drop."


def _not_finite(values: Array) -> NDArray[np.bool_] | None:
    """Return the mask of rows with a value that is no finite number, None if there is none."""
    with np.errstate(over="ignore", invalid="ignore"):
        # One pass for the usual case: a NaN or an infinity shows in the sum.
        if math.isfinite(float(values.sum())):
            return None
    wrong = ~np.isfinite(values)
    return wrong if wrong.ndim == 1 else np.asarray(wrong.any(axis=1))


def _as_found(value: bytes | float) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else repr(float(value))
