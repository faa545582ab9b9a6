"""Measuring: the loss of every row of a block, and the refusal of rows that a loss does not accept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.common.text import plain_number, shorten
from losscli.compute.plan import Plan
from losscli.inputs.block import COUNTS, DROPPED, Block
from losscli.inputs.columns.doubts import NAME_CLASSES, WITHIN, in_excess
from losscli.loss import BINARY_REMEDY, SIGN_REMEDY, Layout
from losscli.loss.domain import Simplex
from losscli.loss.spec import BoundLoss
from losscli.loss.user_code import CodeError

if TYPE_CHECKING:
    from losscli.compute.reduced import Further

Found = TypeVar("Found")

_LOWER = {BINARY_REMEDY: 0, SIGN_REMEDY: -1}
"""Of losses that read two classes as a number and 1, that number."""
OUTSIDE_OF_LOSS = 3
"""Beside `COUNTS`, `DROPPED` and `IGNORED`: a row that this loss is not about."""


@dataclass(frozen=True, slots=True)
class RowLosses:
    """One loss of each row of a block.

    Attributes:
        value: float64 `(rows,)`, NaN in rows that do not count.
        status: uint8, why a row does not count; None where all rows do.
        clipped: the mask of rows that clipping changed; None where it changed none.
        further: what a convention asks of the rows that count besides, as many rows as `value`.
    """

    value: Array
    status: Array | None
    clipped: Array | None
    further: Further | None = None

    def take(self, rows: Array | slice) -> RowLosses:
        """Return what is known of the rows at the given places."""
        status, clipped = (None if part is None else part[rows] for part in (self.status, self.clipped))
        further = None if self.further is None else self.further.take(rows)
        return RowLosses(self.value[rows], status, clipped, further)


def measure(plan: Plan, block: Block) -> tuple[RowLosses, ...]:
    """Return every loss of every row of a block.

    Raises:
        LosscliError: for a row outside the domain of a loss, unless the plan drops such rows.
    """
    with np.errstate(all="ignore"):
        return row_by_row(lambda rows: tuple(_measure(plan, bound, rows) for bound in plan.losses), block)


def row_by_row(work: Callable[[Block], Found], block: Block) -> Found:
    """Return what `work` makes of a block; where it raises, raise what it raises for the first bad row alone.

    Whatever it looks at first, all sizes of blocks then tell of the same row, in the same words.
    """
    try:
        return work(block)
    except LosscliError as error:
        # Code that answers in the wrong shape is wrong in any row.
        if len(block) == 1 or (isinstance(error, CodeError) and error.breaks != "finite"):
            raise
        first = error
    while len(block) > 1:
        half = len(block) // 2
        before = block.take(slice(None, half))
        block = before if _raises(work, before) else block.take(slice(half, None))
    work(block)
    raise first  # rows that are wrong together alone


def _raises(work: Callable[[Block], object], block: Block) -> bool:
    try:
        work(block)
    except LosscliError:
        return True
    return False


def accepts(bound: BoundLoss, block: Block) -> bool:
    """Whether all rows of a block that count are in the domains of a loss."""
    kept = block if block.left_out is None else block.take(block.left_out == COUNTS)
    if bound.layout is Layout.SCALAR and kept.prediction.ndim == 2:
        return False
    if bound.layout is Layout.CLASSES and kept.prediction.ndim == 1 and not bound.class_predictions:
        return False
    with np.errstate(all="ignore"):
        return len(kept) > 0 and not _outside(bound, kept)


def refused(plan: Plan, bound: BoundLoss, block: Block) -> tuple[Array | None, LosscliError | None]:
    """Return the mask of the rows that a loss does not accept, and what is wrong with the first of them.

    Both are None where it accepts all. Whether rows are left out is not looked at.
    """
    with np.errstate(all="ignore"):
        outside = _outside(bound, block)
        if not outside:
            return None, None
        return _any(outside), _outside_error(plan, bound, block, outside)


def _measure(plan: Plan, bound: BoundLoss, block: Block) -> RowLosses:
    status, kept = _status(plan, bound, block)
    label = hard_labels(bound, kept.label)
    found = sample_losses(bound, label, kept.prediction)
    _refuse_nan(plan, bound, kept, found)
    clipped = _of_some_output(bound, bound.clipped, label, kept.prediction)
    further = None
    if bound.convention:
        # Without conventions nobody needs what they are.
        from losscli.compute.reduced import further_of

        further = further_of(bound, label, kept.prediction)
    if status is None:
        return RowLosses(found, None, clipped, further)
    value = np.full(len(block), np.nan)
    counts = status == COUNTS
    value[counts] = found
    further = None if further is None else further.spread(counts)
    if clipped is not None:
        clipped, among_kept = np.zeros(len(block), dtype=np.bool_), clipped
        clipped[counts] = among_kept
    return RowLosses(value, status, clipped, further)


def sample_losses(bound: BoundLoss, label: Array, prediction: Array) -> Array:
    """Return the loss of each sample; of several outputs, the mean over them."""
    label, prediction = as_read(bound, label, prediction)
    if bound.layout is not Layout.OUTPUTS or prediction.ndim == 1:
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
        if bound.layout is Layout.OUTPUTS and prediction.ndim == 2:
            columns = range(prediction.shape[1])
            errors = [bound.error(label[:, place], prediction[:, place]) for place in columns]
            return np.asarray(np.hypot.reduce(np.stack(errors, axis=1), axis=1))
        return bound.error(hard_labels(bound, label), prediction)


def about(bound: BoundLoss, label: Array, prediction: Array) -> Array | None:
    """Return the mask of the samples `(rows,)` that a loss is about, in all outputs; None for all of them."""

    def others(label: Array, prediction: Array) -> Array | None:
        mask = bound.counts(label, prediction)
        return None if mask is None else ~mask

    mask = _of_some_output(bound, others, hard_labels(bound, label), prediction)
    return None if mask is None or not mask.any() else ~mask


def _of_some_output(
    bound: BoundLoss, function: Callable[[Array, Array], Array | None], label: Array, prediction: Array
) -> Array | None:
    """Return a mask of samples `(rows,)`; of several outputs, of those in which it is so of one at least."""
    label, prediction = as_read(bound, label, prediction)
    if bound.layout is not Layout.OUTPUTS or prediction.ndim == 1:
        return function(label, prediction)
    masks = [function(label[:, place], prediction[:, place]) for place in range(prediction.shape[1])]
    found = [mask for mask in masks if mask is not None]
    return np.asarray(np.logical_or.reduce(found)) if found else None


def as_read(bound: BoundLoss, label: Array, prediction: Array) -> tuple[Array, Array]:
    """Return the columns in the shape in which the loss reads them: a single one too can be a vector."""
    if bound.layout is Layout.VECTOR and prediction.ndim == 1:
        return label[:, None], prediction[:, None]
    return label, prediction


def hard_labels(bound: BoundLoss, label: Array) -> Array:
    """Return label columns as the index of their one class, for losses that take no soft labels."""
    if _is_one_hot(bound, label):
        index: Array = label.argmax(axis=1)
        return index
    return label


def _is_one_hot(bound: BoundLoss, label: Array) -> bool:
    """Whether labels are columns of classes that a loss takes only if they name one."""
    return bound.layout is Layout.CLASSES and label.ndim == 2 and not bound.loss.soft_labels


def _status(plan: Plan, bound: BoundLoss, block: Block) -> tuple[Array | None, Block]:
    """Return why rows do not count (None if all do), and the rows that do."""
    status = block.left_out
    kept = block if status is None else block.take(status == COUNTS)
    outside = _outside(bound, kept)
    if outside:
        if not plan.drop:
            raise _outside_error(plan, bound, kept, outside)
        status, kept = _leave_out(status, kept, _any(outside), DROPPED)
    counting = about(bound, kept.label, kept.prediction)
    if counting is not None:
        status, kept = _leave_out(status, kept, ~counting, OUTSIDE_OF_LOSS)
    return status, kept


def _leave_out(status: Array | None, kept: Block, wrong: Array, reason: int) -> tuple[Array, Block]:
    status = np.zeros(len(kept), dtype=np.uint8) if status is None else status.copy()
    places = np.flatnonzero(status == COUNTS)
    status[places[wrong]] = reason
    return status, kept.take(~wrong)


def _outside(bound: BoundLoss, block: Block) -> dict[str, Array]:
    """Return the masks of the rows that the loss does not accept, by what is wrong with them.

    What label and prediction have to keep to together is asked of rows alone in which each is right.
    """
    label, prediction = as_read(bound, block.label, block.prediction)
    masks = {
        "prediction": bound.prediction_domain.outside(prediction),
        "label": _label_outside(bound, label),
    }
    found = {role: mask for role, mask in masks.items() if mask is not None}
    if bound.loss.constraint is None:
        return found
    right = ~_any(found) if found else None
    kept = block if right is None else block.take(right)
    broken = _of_some_output(bound, bound.outside, hard_labels(bound, kept.label), kept.prediction)
    if broken is not None and right is not None:
        right[right] = broken
        broken = right
    return found if broken is None else {**found, "sample": broken}


def _any(masks: dict[str, Array]) -> Array:
    return np.asarray(np.logical_or.reduce(list(masks.values())))


def _label_outside(bound: BoundLoss, label: Array) -> Array | None:
    if _is_one_hot(bound, label):
        one_hot = ((label == 0.0) | (label == 1.0)).all(axis=1) & (label.sum(axis=1) == 1.0)
        return None if one_hot.all() else ~one_hot
    return bound.label_domain.outside(label)


def _outside_error(plan: Plan, bound: BoundLoss, block: Block, outside: dict[str, Array]) -> LosscliError:
    """Return what is wrong with the first row that is outside."""
    place = int(_any(outside).argmax())
    role = next(role for role, mask in outside.items() if mask[place])
    loss = bound.loss
    row = int(block.label_row[place]) if role == "label" else int(block.row[place])
    name = plan.labels if role == "label" else plan.predictions
    label, prediction = (_shown(bound, block, column[place]) for column in (block.label, block.prediction))
    if role == "sample":
        assert loss.constraint is not None
        found, needed = f"label is {label} and prediction is {prediction}", loss.constraint.description
    else:
        found = f"{role} is {label if role == 'label' else prediction}"
        found += f" after {edited}" if (edited := dict(plan.edited).get(role)) else ""
        domain = bound.label_domain if role == "label" else bound.prediction_domain
        one_hot = role == "label" and _is_one_hot(bound, block.label)
        needed = "1 in the column of the class and 0 in the others" if one_hot else domain.description
    remedy = (role == "prediction" and _excess(plan, bound, block, place)) or bound.remedy(role)
    if role == "label" and remedy in _LOWER:
        remedy = _of_two_classes(_LOWER[remedy], block.label[place]) or remedy
    if role == "prediction" and "probabilit" in needed and _in_percent(block.prediction[place]):
        remedy = f"If these are percentages: divide them by 100. {remedy}".rstrip()
    said = dict(plan.doubtful).get(name)
    if row == 1 and said is not None:
        remedy = f"If this line is a header: {said}. {remedy}".rstrip()
    return LosscliError(plan.told(row, label=role == "label"), found, f"{loss.name} needs {needed}", remedy)


def _excess(plan: Plan, bound: BoundLoss, block: Block, place: int) -> str:
    """Return the way out where a row of shares sums to 1 without one of its columns; else nothing.

    It is the row alone that tells, so that where blocks end changes nothing; its label names a class.
    """
    domain, prediction, label = bound.prediction_domain, block.prediction[place], block.label[place]
    if not (plan.may_exceed and isinstance(domain, Simplex)) or domain.any_sum:
        return ""
    places = np.flatnonzero(in_excess(prediction[None, :], np.arange(len(prediction))))
    # A share of nothing changes no sum: such a row has another fault.
    places = places[prediction[places] > WITHIN]
    places = places[places != label] if label.ndim == 0 else places
    names = [shorten(plan.outputs[one]) for one in places.tolist()]
    return f"Without {' or '.join(names[:5])} the row sums to 1. {NAME_CLASSES}" if names else ""


def _of_two_classes(low: int, label: Array) -> str:
    """Return what to do about a label that should be `low` or 1; nothing where the loss says it better.

    It is told by the one label: how many rows were looked at changes nothing.
    """
    if label.ndim:
        return f"If these are two classes: write them as {low} and 1 in the file"
    value = float(label)
    if value == 2.0:
        return f"If these are 1 and 2: --map-labels 1={low},2=1"
    if value < 2.0 or value != round(value):
        return ""
    return f"If these are two classes: --map-labels A={low},{plain_number(value)}=1"


def _shown(bound: BoundLoss, block: Block, value: Array) -> str:
    """Return a label or prediction as a message shows it; of numbers of classes also the sum."""
    if value.ndim == 0 and value.dtype.kind == "i":
        return shorten(block.classes[int(value)])
    if value.ndim == 0:
        return plain_number(float(value))
    numbers = ", ".join(plain_number(number) for number in value[:5].tolist())
    more = ", …" if len(value) > 5 else ""
    total = f", sum {plain_number(float(value.sum()))}" if bound.layout is Layout.CLASSES else ""
    return f"({numbers}{more}){total}"


def _refuse_nan(plan: Plan, bound: BoundLoss, block: Block, value: Array) -> None:
    """Raise where a loss is NaN: no figure could be trusted, and a comparison with NaN never fails."""
    # One pass for the usual case: a NaN shows in the sum (as infinities of both signs do).
    if not np.isnan(value.sum()):
        return
    wrong = np.isnan(value)
    if wrong.any():
        place = int(wrong.argmax())
        label, prediction = (
            _shown(bound, block, column[place]) for column in (block.label, block.prediction)
        )
        raise LosscliError(
            plan.told(int(block.row[place])),
            f"{bound.spec} is NaN for label {label} and prediction {prediction}",
            "a number",
        )


def _in_percent(prediction: Array) -> bool:
    """Whether a prediction that is no probability may be one in percent: by size, of classes by the sum."""
    if prediction.ndim == 0:
        return bool(10.0 < prediction <= 100.0)
    return bool((prediction >= 0.0).all() and abs(float(prediction.sum()) - 100.0) <= 1.0)
