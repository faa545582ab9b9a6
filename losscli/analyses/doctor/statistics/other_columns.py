"""Whether labels are what predictions decide, and how other columns of such values go with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.analyses.doctor.others import decided
from losscli.common.array import Array
from losscli.common.text import exact_value
from losscli.compute.statistics.exact_sum import ExactSum

MOST_CLASSES = 64
CLOSE = 0.1
TWO = ("0", "1")
Table = tuple[int, ...]
_ZERO = ExactSum.empty()


@dataclass(frozen=True, slots=True)
class Beside:
    """A column whose cells are classes.

    Attributes:
        table: how often each of its classes, by row, occurs with each label.
        unsure, squares: the sums of how likely the decision is wrong, and of its squares, where a cell is a
            class.
        unsure_apart: the sum of it over the rows where the cell is not the label.
    """

    table: Table
    unsure: ExactSum = _ZERO
    squares: ExactSum = _ZERO
    unsure_apart: ExactSum = _ZERO

    def merge(self, later: Beside) -> Beside:
        """Return what is known of the rows of both."""
        return Beside(
            tuple(a + b for a, b in zip(self.table, later.table, strict=True)),
            self.unsure.merge(later.unsure),
            self.squares.merge(later.squares),
            self.unsure_apart.merge(later.unsure_apart),
        )


@dataclass(frozen=True, slots=True)
class Others:
    """What is known of some rows.

    Attributes:
        n: the samples.
        same: whether every label is what its prediction decides, with ½ and with 0 as the limit.
        at_limit: how many labels are 0, and how many 1, with a prediction that is ½, and that is 0.
        close: how many predictions are hardly decided, with a label that is not 1, and that is: of
            probabilities less than 0.05 from ½ (of columns, the largest two less than 0.1 apart), and of
            logits less than 0.2 from 0 (apart).
        unsure: the sum of the least probabilities that the decision is wrong.
        beside: the columns of which every cell is a class or empty, by their titles. Nothing unless `same`.
    """

    n: int = 0
    same: tuple[bool, bool] = (True, True)
    at_limit: tuple[int, ...] = (0, 0, 0, 0)
    close: tuple[int, ...] = (0, 0, 0, 0)
    unsure: ExactSum = field(default_factory=ExactSum.empty)
    beside: Mapping[str, Beside] = field(default_factory=dict)

    def merge(self, later: Others) -> Others:
        """Return that of both."""
        if not self.n or not later.n:
            return self if self.n else later
        at_limit = tuple(one + other for one, other in zip(self.at_limit, later.at_limit, strict=True))
        # Whatever is at the limit goes to one side of it.
        half = self.same[0] and later.same[0] and not (at_limit[0] and at_limit[1])
        zero = self.same[1] and later.same[1] and not (at_limit[2] and at_limit[3])
        n = self.n + later.n
        if not (half or zero):
            return Others(n, (False, False))
        beside = {
            name: one.merge(later.beside[name]) for name, one in self.beside.items() if name in later.beside
        }
        close = tuple(one + other for one, other in zip(self.close, later.close, strict=True))
        return Others(n, (half, zero), at_limit, close, self.unsure.merge(later.unsure), beside)


def _of(setting: Setting, rows: Rows) -> Others:
    if not len(rows):
        return Others()
    same = decided(rows.block)
    if not any(same):
        return Others(len(rows), (False, False))
    label, prediction = rows.label, rows.prediction
    names = rows.block.classes if setting.classes else TWO
    at_limit = tuple(
        int(np.count_nonzero((prediction == limit) & (label == one))) if prediction.ndim == 1 else 0
        for limit in (0.5, 0.0)
        for one in (0, 1)
    )
    found: dict[str, Beside] = {}
    unsure = _unsure(prediction)
    for title, _ in setting.others if len(names) <= MOST_CLASSES else ():
        one = _beside(rows.block.shown[title], label.astype(np.int64), names, unsure)
        if one is not None:
            found[title] = one
    return Others(len(rows), same, at_limit, _close(label, prediction), ExactSum.of(unsure), found)


def _close(label: Array, prediction: Array) -> tuple[int, ...]:
    if prediction.ndim == 2:
        second, top = np.partition(prediction, -2, axis=1)[:, -2:].T
        shares, logits = top - second, top - second
    else:
        shares, logits = 2.0 * np.abs(prediction - 0.5), np.abs(prediction)
    return tuple(
        int(np.count_nonzero(near & side))
        for near in (shares < CLOSE, logits < 2.0 * CLOSE)
        for side in (label != 1, label == 1)
    )


def _unsure(prediction: Array) -> Array:
    """Return how likely the decision is wrong, where predictions are probabilities; else a number ≤ 1."""
    top = prediction.max(axis=1) if prediction.ndim == 2 else np.maximum(prediction, 1.0 - prediction)
    return np.asarray(1.0 - np.clip(top, 0.0, 1.0))


def _beside(cells: Array, label: Array, names: tuple[str, ...], unsure: Array) -> Beside | None:
    """Return what is known of a column beside the label; None where a cell is no class."""
    different, inverse = np.unique(cells, return_inverse=True)
    if len(different) > 2 * len(names) + 2:
        return None
    values = {exact_value(name): place for place, name in enumerate(names)}
    values.pop(None, None)
    places = []
    for cell in different.tolist():
        text = cell.decode("utf-8", "replace").strip()
        place = names.index(text) if text in names else values.get(exact_value(text), None if text else -1)
        if place is None:
            return None
        places.append(place)
    of_cell = np.array(places, dtype=np.int64)[inverse]
    told = of_cell >= 0
    counts = np.bincount(of_cell[told] * len(names) + label[told], minlength=len(names) ** 2)
    likely = unsure[told]
    return Beside(
        tuple(counts.tolist()),
        ExactSum.of(likely),
        ExactSum.of_squares(likely),
        ExactSum.of(likely[of_cell[told] != label[told]]),
    )


OTHERS = Statistic("other_columns", lambda _: Others(), _of, lambda setting: bool(setting.others))
