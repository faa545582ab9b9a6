"""Measuring: the loss of every row of a block, and the refusal of rows that a loss does not accept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import plain_number, shorten
from losscli.compute.plan import Plan
from losscli.inputs.block import COUNTS, DROPPED, Block
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss

OUTSIDE_OF_LOSS = 3
"""Beside `COUNTS`, `DROPPED` and `IGNORED`: a row that this loss is not about."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One loss of each row of a block.

    Attributes:
        value: float64 `(rows,)`, NaN in rows that do not count.
        status: uint8, why a row does not count; None where all rows do.
        clipped: the mask of rows that clipping changed; None where it changed none.
    """

    value: Array
    status: Array | None
    clipped: Array | None

    def take(self, rows: Array | slice) -> Measured:
        """Return what is known of the rows at the given places."""
        status, clipped = (None if part is None else part[rows] for part in (self.status, self.clipped))
        return Measured(self.value[rows], status, clipped)


def measure(plan: Plan, block: Block) -> tuple[Measured, ...]:
    """Return every loss of every row of a block.

    Raises:
        LosscliError: for a row outside the domain of a loss, unless the plan drops such rows.
    """
    with np.errstate(all="ignore"):
        return tuple(_measure(plan, bound, block) for bound in plan.losses)


def accepts(bound: BoundLoss, block: Block) -> bool:
    """Whether all rows of a block that count are in the domains of a loss."""
    kept = block if block.left_out is None else block.take(block.left_out == COUNTS)
    if bound.loss.layout is Layout.SCALAR and kept.prediction.ndim == 2:
        return False
    if bound.loss.layout is Layout.CLASSES and kept.prediction.ndim == 1 and not bound.loss.class_predictions:
        return False
    with np.errstate(all="ignore"):
        return len(kept) > 0 and not _outside(bound, kept)


def refused(plan: Plan, bound: BoundLoss, block: Block) -> tuple[int, LosscliError | None]:
    """Return how many rows of a block a loss does not accept, and what is wrong with the first of them.

    Rows that are left out are not looked at.
    """
    kept = block if block.left_out is None else block.take(block.left_out == COUNTS)
    with np.errstate(all="ignore"):
        outside = _outside(bound, kept)
    if not outside:
        return 0, None
    wrong = np.logical_or.reduce(list(outside.values()))
    place = int(wrong.argmax())
    role = next(role for role, mask in outside.items() if mask[place])
    return int(np.count_nonzero(wrong)), _outside_error(plan, bound, kept, role, place)


def _measure(plan: Plan, bound: BoundLoss, block: Block) -> Measured:
    status, kept = _status(plan, bound, block)
    label = hard_labels(bound, kept.label)
    found = sample_losses(bound, label, kept.prediction)
    _refuse_nan(plan, bound, kept, found)
    clipped = bound.clipped(*as_read(bound, label, kept.prediction))
    if status is None:
        return Measured(found, None, clipped)
    value = np.full(len(block), np.nan)
    counts = status == COUNTS
    value[counts] = found
    if clipped is not None:
        clipped, among_kept = np.zeros(len(block), dtype=np.bool_), clipped
        clipped[counts] = among_kept
    return Measured(value, status, clipped)


def sample_losses(bound: BoundLoss, label: Array, prediction: Array) -> Array:
    """Return the loss of each sample; of several outputs, the mean over them."""
    label, prediction = as_read(bound, label, prediction)
    if bound.loss.layout is not Layout.OUTPUTS or prediction.ndim == 1:
        return bound.value(label, prediction)
    outputs = prediction.shape[1]
    total = np.zeros(len(prediction))
    for place in range(outputs):
        total += bound.value(label[:, place], prediction[:, place])
    return np.asarray(total / outputs)


def sample_errors(bound: BoundLoss, label: Array, prediction: Array) -> Array:
    """Return the error of each sample; of several outputs, the length of the difference."""
    label, prediction = as_read(bound, label, prediction)
    with np.errstate(all="ignore"):
        if bound.loss.layout is Layout.OUTPUTS and prediction.ndim == 2:
            error: Array = np.sqrt(np.square(prediction - label).sum(axis=1))
            return error
        return bound.error(hard_labels(bound, label), prediction)


def as_read(bound: BoundLoss, label: Array, prediction: Array) -> tuple[Array, Array]:
    """Return the columns in the shape in which the loss reads them: a single one too can be a vector."""
    if bound.loss.layout is Layout.VECTOR and prediction.ndim == 1:
        return label[:, None], prediction[:, None]
    return label, prediction


def hard_labels(bound: BoundLoss, label: Array) -> Array:
    """Return label columns as the index of their one class, for losses that take no soft labels."""
    if bound.loss.layout is Layout.CLASSES and label.ndim == 2 and not bound.loss.soft_labels:
        index: Array = label.argmax(axis=1)
        return index
    return label


def _status(plan: Plan, bound: BoundLoss, block: Block) -> tuple[Array | None, Block]:
    """Return why rows do not count (None if all do), and the rows that do."""
    status = block.left_out
    kept = block if status is None else block.take(status == COUNTS)
    outside = _outside(bound, kept)
    if outside:
        wrong = np.logical_or.reduce(list(outside.values()))
        if not plan.drop:
            place = int(wrong.argmax())
            role = next(role for role, mask in outside.items() if mask[place])
            raise _outside_error(plan, bound, kept, role, place)
        status, kept = _leave_out(status, kept, wrong, DROPPED)
    counting = bound.counts(*as_read(bound, kept.label, kept.prediction))
    if counting is not None and not counting.all():
        status, kept = _leave_out(status, kept, ~counting, OUTSIDE_OF_LOSS)
    return status, kept


def _leave_out(status: Array | None, kept: Block, wrong: Array, reason: int) -> tuple[Array, Block]:
    status = np.zeros(len(kept), dtype=np.uint8) if status is None else status.copy()
    places = np.flatnonzero(status == COUNTS)
    status[places[wrong]] = reason
    return status, kept.take(~wrong)


def _outside(bound: BoundLoss, block: Block) -> dict[str, Array]:
    """Return the masks of the rows that the loss does not accept, by what is wrong with them."""
    label, prediction = as_read(bound, block.label, block.prediction)
    found = {
        "prediction": bound.prediction_domain.outside(prediction),
        "label": _label_outside(bound, label),
    }
    if found["prediction"] is None and found["label"] is None:
        found = {"sample": bound.outside(hard_labels(bound, label), prediction)}
    return {role: mask for role, mask in found.items() if mask is not None}


def _label_outside(bound: BoundLoss, label: Array) -> Array | None:
    if bound.loss.layout is Layout.CLASSES and label.ndim == 2 and not bound.loss.soft_labels:
        one_hot = ((label == 0.0) | (label == 1.0)).all(axis=1) & (label.sum(axis=1) == 1.0)
        return None if one_hot.all() else ~one_hot
    return bound.label_domain.outside(label)


def _outside_error(plan: Plan, bound: BoundLoss, block: Block, role: str, place: int) -> LosscliError:
    loss = bound.loss
    row = int(block.label_row[place]) if role == "label" else int(block.row[place])
    where = f"{plan.labels if role == 'label' else plan.predictions} row {row}"
    label, prediction = (_shown(block, column[place]) for column in (block.label, block.prediction))
    if role == "sample":
        assert loss.constraint is not None
        found, needed = f"label is {label} and prediction is {prediction}", loss.constraint.description
    else:
        found = f"{role} is {label if role == 'label' else prediction}"
        domain = bound.label_domain if role == "label" else bound.prediction_domain
        one_hot = role == "label" and block.label.ndim == 2 and not loss.soft_labels
        needed = "a one in the column of the class, zeros elsewhere" if one_hot else domain.description
    remedy = loss.remedies.get(role, "")
    return LosscliError(where, found, f"{loss.name} needs {needed}", remedy)


def _shown(block: Block, value: Array) -> str:
    """Return a label or prediction as a message shows it; of a row of numbers also the sum."""
    if value.ndim == 0 and value.dtype.kind == "i":
        return shorten(block.classes[int(value)])
    if value.ndim == 0:
        return plain_number(float(value))
    numbers = ", ".join(plain_number(number) for number in value[:5].tolist())
    more = ", …" if len(value) > 5 else ""
    return f"({numbers}{more}), sum {plain_number(float(value.sum()))}"


def _refuse_nan(plan: Plan, bound: BoundLoss, block: Block, value: Array) -> None:
    """Raise where a loss is NaN: no figure could be trusted, and a comparison with NaN never fails."""
    # One pass for the usual case: a NaN shows in the sum (as infinities of both signs do).
    if not np.isnan(value.sum()):
        return
    wrong = np.isnan(value)
    if wrong.any():
        place = int(wrong.argmax())
        label, prediction = (_shown(block, column[place]) for column in (block.label, block.prediction))
        raise LosscliError(
            f"{plan.predictions} row {int(block.row[place])}",
            f"{bound.spec} is NaN for label {label} and prediction {prediction}",
            "a number",
        )
