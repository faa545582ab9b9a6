"""Pairs of chunks to blocks: roles brought together, bad rows refused or marked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.options import given
from losscli.common.text import listed, shorten
from losscli.inputs.block import COUNTS, DROPPED, IGNORED, Block
from losscli.inputs.chunk import Chunk
from losscli.inputs.groups import combined, group_roles
from losscli.inputs.ids import empty
from losscli.inputs.pairing.align import Pair
from losscli.inputs.pairing.classes import Classes, FoundClasses, LabelEdits
from losscli.inputs.pairing.edits import ValueEdits
from losscli.inputs.pairing.remedies import DROP, classes_remedy, label_remedy, looks_like, several_remedy

ROWS_LIKE_IT = 1000
"""So many rows are looked at for more like the first bad one, whatever the block size."""

_MISSING = {"cluster": "the cluster is empty"}
_NO_COUNTS = f"If they say how much a row matters: {given('weights-are', 'importance')}"


@dataclass(frozen=True, slots=True)
class Assembly:
    """How the columns of two chunks become a block.

    Attributes:
        edits: labels to ignore, labels to map.
        drop: mark bad rows as dropped instead of raising.
        classes: for class problems, the readings of the class names; the first label decides.
        found: for predicted class names, where names are collected; None for class columns.
        label_order: for labels in class columns, which label column belongs to each class.
        names: of each role the names of its columns, in messages.
        groups: the columns of groups.
        shown: of each role that is carried along its title.
        counts: whether weights have to be whole numbers.
        several: whether other columns of the same input are the predictions of others.
        renames: predicted class names to replace.
        values: of predictions and labels, what is done to their numbers.
        sliced: as `shown`, of columns among whose values slices are looked for.
    """

    edits: LabelEdits
    drop: bool
    classes: tuple[Classes, ...] = ()
    found: FoundClasses | None = None
    label_order: tuple[int, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    shown: Mapping[str, str] = field(default_factory=dict)
    counts: bool = False
    several: bool = False
    renames: LabelEdits | None = None
    values: Mapping[str, ValueEdits] = field(default_factory=dict)
    sliced: Mapping[str, str] = field(default_factory=dict)


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
    def found(self) -> FoundClasses | None:
        """The class names in columns of predictions and labels, known once all were read; else None."""
        return self._assembly.found

    def blocks(self, pairs: Iterator[Pair]) -> Iterator[Block]:
        """Return the samples of the pairs, block by block.

        Raises:
            LosscliError: for a cell that is no finite number, an empty class label or a label
                that names no class, unless such rows are dropped.
        """
        parts = ((pair,) for pair in self._parts(pairs))
        return (block for (block,) in in_lock_step((self,), parts))

    def predictions(self, values: Array) -> Array:
        """Return the numbers of a chunk as a loss sees them."""
        edit = self._assembly.values.get("prediction")
        return edit(values) if edit else values

    def refuse_cases(self) -> None:
        """Raise LosscliError, at the end, where labels and predictions write a class in other cases."""
        wrong = None if self._assembly.found is None else self._assembly.found.in_other_case
        if wrong is not None:
            raise wrong

    def _parts(self, pairs: Iterator[Pair]) -> Iterator[Pair]:
        """Yield the pairs, cut to blocks."""
        for left, right in pairs:
            for rows in cuts(len(left), self._block_rows):
                yield (left, right) if rows is None else (left.take(rows), right.take(rows))

    def with_others(self, refusal: _Refusal, parts: Iterator[Pair]) -> LosscliError:
        """Return what is wrong with the first bad row, told with the bad rows like it behind it.

        So many rows are looked at from it on, wherever blocks end, or fewer where one cannot be read.
        """
        others, error = refusal.others, refusal.error
        assert error is not None
        if others is None:
            return error
        others.see(refusal, others.place)
        try:
            while others.rows < ROWS_LIKE_IT and (pair := next(parts, None)) is not None:
                others.see(self.block(*pair)[1], 0)
        except LosscliError:
            pass
        return others.told(error)

    def block(self, left: Chunk, right: Chunk) -> tuple[Block, _Refusal]:
        """Return the block of two chunks, and which of its rows are refused."""
        columns = {**right.columns, **left.columns}
        sides = {**dict.fromkeys(right.columns, right), **dict.fromkeys(left.columns, left)}
        refusal = _Refusal(sides, len(left), self._assembly)
        label, prediction = self._label_and_prediction(columns["label"], columns["prediction"], refusal)
        weight, cluster = columns.get("weight"), columns.get("cluster")
        if weight is not None:
            refusal.refuse("weight", _not_finite(weight), "a finite weight ≥ 0")
            refusal.refuse("weight", weight < 0, "a finite weight ≥ 0", weight)
            if self._assembly.counts:
                broken = weight != np.rint(weight)
                refusal.refuse("weight", broken, "a whole number, as weights are counts", weight, _NO_COUNTS)
        if cluster is not None:
            refusal.refuse("cluster", empty(cluster), "a cluster for every row", cluster)
        block = Block(
            row=left.row,
            label_row=right.row,
            label=label,
            prediction=prediction,
            weight=weight,
            id=columns.get("id"),
            group=self._group(columns),
            cluster=cluster,
            left_out=refusal.left_out if refusal.left_out.any() else None,
            classes=self.classes,
            shown={title: columns[role] for role, title in self._assembly.shown.items()},
            sliced={title: columns[role] for role, title in self._assembly.sliced.items()},
        )
        return block, refusal

    def _group(self, columns: Mapping[str, Array]) -> Array | None:
        names = self._assembly.groups
        return combined(names, [columns[role] for role in group_roles(names)]) if names else None

    def _label_and_prediction(self, raw: Array, prediction: Array, refusal: _Refusal) -> tuple[Array, Array]:
        """Return both as the losses read them: labels mapped, names of classes as their indices."""
        label, edits = raw, self._assembly.edits
        if edits and label.ndim == 1:
            numbers = not self._assembly.classes and self._assembly.found is None
            text = label.dtype.kind == "S"
            label, ignored = edits.of_text(label, numbers=numbers) if text else edits.of_numbers(label)
            refusal.left_out[ignored] = IGNORED
        if self._assembly.found is not None:
            if self._assembly.renames:
                prediction, _ = self._assembly.renames.of_text(prediction, numbers=False)
            return self._names_found(self._assembly.found, label, prediction, raw, refusal)
        if label.dtype.kind == "S":
            label = self._class_or_number(label, raw, refusal)
        else:
            refusal.refuse("label", _not_finite(label), "a finite number")
            label = label[:, list(self._assembly.label_order)] if self._assembly.label_order else label
        refusal.refuse("prediction", _not_finite(prediction), "a finite number")
        return self._edited("label", label, refusal), self._edited("prediction", prediction, refusal)

    def _edited(self, role: str, values: Array, refusal: _Refusal) -> Array:
        """Return the numbers of a role changed; of labels that are classes there is nothing to change."""
        edit = self._assembly.values.get(role)
        if not edit:
            return values
        edited = edit(values)
        wrong = _not_finite(edited)
        if wrong is not None:
            refusal.refuse(role, wrong, edit.needed, edit.first_wrong(values, edited), cells=edited)
        return edited

    def _class_or_number(self, label: Array, raw: Array, refusal: _Refusal) -> Array:
        readings = self._assembly.classes
        if not readings:
            numbers = self._assembly.edits.as_numbers(label)
            refusal.refuse("label", _not_finite(numbers), "a finite number", raw)
            return numbers
        decided = 0 if self._classes is not None else self._decide(label, refusal.left_out == COUNTS)
        classes = self._classes or readings[-1]
        index = classes.find(label)
        if index.min(initial=0) >= 0:
            return index
        unknown = np.flatnonzero((index < 0) & (refusal.left_out == COUNTS))
        names, first = np.unique(label[unknown], return_index=True)
        for at in np.argsort(first).tolist():
            alike = classes.alike(names[at].decode("utf-8", "replace"))
            if alike is not None:
                refusal.fail(int(unknown[first[at]]), alike)
                break
        early = np.arange(len(label)) < decided
        # Of labels before the one that decides, what is told knows nothing of that.
        for named, wrong in ((readings[-1], early & (index < 0)), (classes, index < 0)):
            refusal.refuse("label", wrong, f"one of the classes {listed(named.names)}", raw)
        return np.maximum(index, 0)

    def _decide(self, labels: Array, counts: Array) -> int:
        """Let the first label that names a class decide how the columns spell them; return its place.

        Labels before it name none in any reading. Where there is none, a later block decides.
        """
        readings = self._assembly.classes
        named = [(classes.find(labels) >= 0) & counts for classes in readings]
        first = [int(mask.argmax()) if mask.any() else len(labels) for mask in named]
        best = min(range(len(readings)), key=first.__getitem__)
        if first[best] < len(labels):
            self._classes = readings[best]
        return first[best]

    def _names_found(
        self, found: FoundClasses, label: Array, prediction: Array, raw: Array, refusal: _Refusal
    ) -> tuple[Array, Array]:
        """Return the indices of the names among those found; rows that are left out name no class."""
        places = np.flatnonzero(refusal.left_out == COUNTS)
        index = np.zeros((2, len(label)), dtype=np.int64)
        index[0][places], index[1][places], wrong = found.find(label[places], prediction[places])
        if wrong is not None:
            refusal.fail(int(places[wrong.place]), wrong.error)
        refusal.refuse("label", label == b"", "the name of a class", raw)
        refusal.refuse("prediction", prediction == b"", "the name of a class", prediction)
        return np.maximum(index[0], 0), np.maximum(index[1], 0)


def cuts(rows: int, most: int) -> Iterator[slice | None]:
    """Yield how rows are cut into runs of at most so many; None where they are one."""
    if rows <= most:
        yield from (None,) if rows else ()
        return
    for start in range(0, rows, most):
        yield slice(start, start + most)


def in_lock_step(
    assemblers: Sequence[Assembler], parts: Iterator[tuple[Pair, ...]]
) -> Iterator[tuple[Block, ...]]:
    """Yield the blocks of several readings of the same samples, one of each; the first has what they share.

    A row that is left out in one is left out in all.

    Args:
        assemblers: those of the readings.
        parts: the next rows of each reading, the same samples in the same order.

    Raises:
        LosscliError: as `Assembler.blocks` does, for the first row that one of them refuses.
    """
    for pairs in parts:
        made = [assembler.block(*pair) for assembler, pair in zip(assemblers, pairs, strict=True)]
        blocks = _beside_the_first([block for block, _ in made])
        refused = [place for place, (_, refusal) in enumerate(made) if refusal.error is not None]
        if not refused:
            yield blocks
            continue
        one = min(refused, key=lambda place: made[place][1].before)
        before = made[one][1].before
        # Something else may be wrong with the rows before it, and the first bad row is the one told.
        if before:
            yield tuple(block.take(slice(0, before)) for block in blocks)
        raise assemblers[one].with_others(made[one][1], (pairs[one] for pairs in parts))
    for assembler in assemblers:
        assembler.refuse_cases()


def _beside_the_first(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return blocks of the same samples with the ids, weights, groups and clusters of the first."""
    first = blocks[0]
    if len(blocks) == 1:
        return (first,)
    masks = [block.left_out for block in blocks if block.left_out is not None]
    left_out = np.maximum.reduce(masks) if masks else None
    return tuple(
        replace(
            block,
            label_row=first.label_row,
            weight=first.weight,
            id=first.id,
            group=first.group,
            cluster=first.cluster,
            left_out=left_out,
        )
        for block in blocks
    )


class _Refusal:
    """Refuses rows: marks them as dropped, or keeps what is wrong with the first one that is refused.

    Attributes:
        left_out: why rows are left out, as in a block.
        error: what is wrong with the first; None where none is refused.
        before: how many rows come before it.
        wrong: of each role the mask of the rows that are refused for it.
        others: where to count the rows like it; None where it concerns others anyway.
    """

    def __init__(self, sides: Mapping[str, Chunk], rows: int, assembly: Assembly) -> None:
        self._sides, self._drop, self._assembly = sides, assembly.drop, assembly
        self.left_out = np.zeros(rows, dtype=np.uint8)
        self.error: LosscliError | None = None
        self.before, self._first = 0, rows
        self.wrong: dict[str, NDArray[np.bool_]] = {}
        self.others: _Others | None = None

    def refuse(
        self,
        role: str,
        wrong: Array | None,
        needed: str,
        shown: Array | None = None,
        remedy: str = DROP,
        cells: Array | None = None,
    ) -> None:
        """Refuse the rows that are `wrong`, unless they are left out already.

        Args:
            role: what is wrong with them, in the words of messages.
            wrong: the mask of rows, or None for no row.
            needed: what a cell has to be.
            shown: the cells as they were found, where that is not what the chunk noted.
            remedy: what to do, unless a cell itself says more.
            cells: the numbers of which one is not finite, where they are not those of the chunk.
        """
        if wrong is None:
            return
        wrong = wrong & (self.left_out == COUNTS)
        if not wrong.any():
            return
        if self._drop:
            self.left_out[wrong] = DROPPED
            return
        self.wrong[role] = wrong | self.wrong.get(role, False)
        side, place = self._sides[role], int(wrong.argmax())
        if place >= self._first:
            return
        row = int(side.row[place])
        text = side.bad.get((role, row), "not a finite number") if shown is None else _as_found(shown[place])
        self.before = self._first = place
        self.error = LosscliError(
            f"{side.told(row)}{self._column(role, side.columns[role] if cells is None else cells, place)}",
            f"{role} is {shorten(text)}" if text.strip() else _MISSING.get(role, f"{role} is missing"),
            needed,
            looks_like(text) or remedy,
        )
        asks = role == "label" and not looks_like(text)
        several = len(self._assembly.names.get(role, ())) > 1
        self.others = _Others(role, place, text, self._assembly.classes[:1], asks, several)

    def _column(self, role: str, cells: Array, place: int) -> str:
        """Return the name of the column of several that is wrong in a row."""
        names = self._assembly.names.get(role, ())
        if role == "prediction" and self._assembly.several and cells.ndim == 1:
            return f", {shorten(names[0])}"
        wrong = np.flatnonzero(~np.isfinite(cells[place])).tolist() if cells.ndim > 1 else []
        return f", {shorten(names[wrong[0]])}" if len(names) > 1 and wrong else ""

    def labels(self, rows: slice) -> set[str]:
        """Return the labels of rows that count, where they are text; else those that are refused."""
        side, counts = self._sides["label"], self.left_out[rows] == COUNTS
        cells = side.columns["label"]
        if cells.dtype.kind == "S":
            return {label.decode("utf-8", "replace") for label in np.unique(cells[rows][counts]).tolist()}
        return {side.bad.get(("label", row), "") for row in side.row[rows][counts].tolist()}

    def fail(self, place: int, error: LosscliError) -> None:
        """Refuse what shows in a row and concerns others too, also where bad rows are dropped."""
        if place < self._first:
            self._first = self.before = place
            self.error, self.others = error, None


@dataclass
class _Others:
    """Rows like the first bad one, counted from it on, and what they say: for the message alone.

    Attributes:
        role: what is wrong with them.
        place: where the first is in its block.
        text: what it says.
        classes: those that it may be meant for, where there are columns of them.
        asks: whether the words that stand beside it say what to do.
        several: whether it stands in one of several columns.
        rows: how many rows were looked at.
    """

    role: str
    place: int
    text: str
    classes: tuple[Classes, ...]
    asks: bool
    several: bool
    rows: int = 0
    bad: int = 0
    words: set[str] = field(default_factory=set)

    def see(self, refusal: _Refusal, start: int) -> None:
        """Look at the rows of a block from one on."""
        rows = slice(start, start + ROWS_LIKE_IT - self.rows)
        self.rows += len(refusal.left_out[rows])
        self.bad += int(np.count_nonzero(refusal.wrong.get(self.role, np.zeros(0))[rows]))
        if self.asks and not self.several:
            self.words |= {word.strip() for word in refusal.labels(rows)} - {""}

    def told(self, error: LosscliError) -> LosscliError:
        """Return the error with what was seen."""
        many = f" (the first of {self.bad} bad {self.role}s in {self.rows} rows)" if self.bad > 1 else ""
        remedy = self._remedy() if self.asks else error.remedy
        return LosscliError(error.where, f"{error.found}{many}", error.needed, remedy)

    def _remedy(self) -> str:
        if self.several:
            return several_remedy(self.text)
        if not self.classes:
            return label_remedy(self.text, sorted(self.words))
        # The words beside it may be meant for other classes, which is better said at once.
        words = [self.text, *sorted(self.words - {self.text.strip()})]
        near = {word: self.classes[0].near(word) for word in words}
        return classes_remedy(
            self.text, {word: name for word, name in near.items() if name not in ("", word)}
        )


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
