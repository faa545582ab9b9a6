"""What the names of columns leave open, and their cells tell: known once all rows were read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.options import given
from losscli.common.text import listed, shorten
from losscli.inputs.block import COUNTS, Block
from losscli.inputs.columns.needs import Roles
from losscli.inputs.usual_names import HOW_SURE, plain
from losscli.loss.numeric import row_sum

WITHIN = 1e-3
NAME_CLASSES = "Name the columns of the classes: --prediction COLUMN for each."
_FEW = 256


@dataclass(frozen=True, slots=True)
class Excess:
    """What rows say of columns of classes of which one may be none: a commutative monoid.

    Attributes:
        columns: the places of those without which every row sums to 1.
        sums_to_one: whether every row sums to 1 as it is.
        whole: whether all numbers are whole.
    """

    columns: tuple[int, ...]
    sums_to_one: bool = True
    whole: bool = True

    def merge(self, other: Excess) -> Excess:
        """Return what the rows of both say."""
        both = tuple(place for place in self.columns if place in other.columns)
        return Excess(both, self.sums_to_one and other.sums_to_one, self.whole and other.whole)


def in_excess_of(found: Excess, outputs: Sequence[str], name: str) -> LosscliError | None:
    """Return what is wrong where a column of the classes is none; None where all may be."""
    # Shares that sum to 1 as they are, votes, and scores of any size, are what they are.
    if not found.columns or found.sums_to_one or found.whole:
        return None
    return LosscliError(
        name,
        f"the class columns sum to 1 in every row without {shorten(outputs[found.columns[0]])}",
        "only class columns",
        NAME_CLASSES,
    )


class Doubts:
    """Looks at the samples of one reading, where the names of its columns leave something open."""

    def __init__(self, roles: Roles, name: str) -> None:
        """Take the roles, and what messages call the predictions."""
        self._roles, self._name = roles, name
        self._classes = roles.doubtful and not roles.label_classes
        self._decided = bool(roles.beside)
        self._excess = np.arange(len(roles.outputs) if roles.may_exceed else 0)
        self._sums_to_one, self._whole = True, True
        self._seen: set[int] = set()
        self._shares = True
        self._rows = 0

    def see(self, block: Block) -> None:
        """Look at the samples of a block."""
        if not (self._classes or self._decided or len(self._excess)):
            return
        label, prediction = block.label, block.prediction
        if block.left_out is not None:
            counts = block.left_out == COUNTS
            label, prediction = label[counts], prediction[counts]
        self._rows += len(label)
        if len(self._excess) and len(label):
            # A few rows tell nearly always that there is none.
            self._look_for_excess(prediction[:_FEW])
            if len(self._excess) and len(label) > _FEW:
                self._look_for_excess(prediction[_FEW:])
        if self._classes:
            self._seen.update(np.unique(label).tolist())
            self._shares = self._shares and bool((np.abs(row_sum(prediction) - 1.0) <= WITHIN).all())
        else:
            self._decided = self._decided and _are_whole(prediction)

    def _look_for_excess(self, prediction: Array) -> None:
        """Keep the columns without which every row sums to 1: a largest share, a total, a band of scores."""
        with np.errstate(over="ignore", invalid="ignore"):
            beyond = row_sum(prediction) - 1.0
        self._excess = self._excess[in_excess(prediction, self._excess)]
        self._sums_to_one &= bool((np.abs(beyond) <= WITHIN).all())
        self._whole = self._whole and _are_whole(prediction)

    @property
    def excess(self) -> Excess:
        """What the rows say of columns that may be none of the classes."""
        # Once there is none, nothing more is looked at: how far, the blocks decide.
        columns = tuple(self._excess.tolist())
        return Excess(columns, self._sums_to_one, self._whole) if columns else Excess(())

    def refuse(self) -> None:
        """Raise where what was read is not what its columns were taken for."""
        if not self._rows:
            return
        error = in_excess_of(self.excess, self._roles.outputs, self._name)
        if error is not None:
            raise error
        outputs = listed(self._roles.outputs, 12)
        all_seen = len(self._seen) == len(self._roles.outputs)
        if self._classes and not (all_seen or (self._shares and len(self._seen) > 1)):
            raise LosscliError(
                self._name,
                f"no column name marks a class, and {len(self._seen)} of {outputs} are labels",
                "columns named like the labels, or as classes: prob_<class>",
                NAME_CLASSES,
            )
        if self._decided:
            raise LosscliError(
                self._name,
                f"{shorten(self._roles.outputs[0])} holds only whole numbers, like decisions, and there "
                f"{'is' if len(self._roles.beside) == 1 else 'are'} also {listed(self._roles.beside, 12)}",
                "the probabilities, scores or logits",
                self._ways_out(),
            )

    def _ways_out(self) -> str:
        """Return how to name what is meant in the place of decisions."""
        beside, outputs = self._roles.beside, self._roles.outputs
        if len(outputs) > 1:
            each = " ".join(given("prediction", name) for name in beside)
            each = each if len(beside) == len(outputs) else "--prediction COLUMN for each"
            return f"Name the columns: {each}."
        column = given("prediction", beside[-1])
        sure = plain(beside[-1]) in HOW_SURE
        hint = " (unless it is the confidence in the decision, whichever that is)" if sure else ""
        return f"Name the column: {column}{hint}, or {given('prediction', outputs[0])} if that is meant."


def in_excess(prediction: Array, places: Array) -> NDArray[np.bool_]:
    """Return which of some columns are such that every row `(rows, columns)` sums to 1 without it."""
    with np.errstate(over="ignore", invalid="ignore"):
        beyond = row_sum(prediction) - 1.0
        apart = ~(np.abs(beyond[:, None] - prediction[:, places]) <= WITHIN)
    return np.asarray(~apart.any(axis=0) & (prediction.min() >= 0))


def _are_whole(values: Array) -> bool:
    return bool((values == np.rint(values)).all())
