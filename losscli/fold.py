"""The fold: a plan and a block make a state; states merge in any order. Nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from losscli.block import COUNTS, DROPPED, IGNORED, Array, Block
from losscli.errors import LosscliError
from losscli.loss import Layout
from losscli.plan import Plan
from losscli.spec import BoundLoss
from losscli.statistics.histogram import Distribution
from losscli.statistics.moments import Moments
from losscli.statistics.worst import Floor, Worst
from losscli.text import plain_number, shorten

SLICE = 1 << 14
"""Rows worked on at a time: what is computed of them stays in the cache, three times as fast."""
OUTSIDE_OF_LOSS = 3
"""Beside `COUNTS`, `DROPPED` and `IGNORED`: a row that this loss is not about."""


@dataclass(frozen=True, slots=True)
class LossState:
    """What is known of one loss after some rows. A commutative monoid under `merge`."""

    dropped: int = 0
    ignored: int = 0
    clipped: int = 0
    moments: Moments = field(default_factory=Moments.empty)
    distribution: Distribution = field(default_factory=Distribution.empty)
    worst: Worst | None = None

    def merge(self, other: LossState) -> LossState:
        """Return what is known after the rows of both."""
        if self.worst is None or other.worst is None:
            worst = self.worst or other.worst
        else:
            worst = self.worst.merge(other.worst)
        return LossState(
            self.dropped + other.dropped,
            self.ignored + other.ignored,
            self.clipped + other.clipped,
            self.moments.merge(other.moments),
            self.distribution.merge(other.distribution),
            worst,
        )


@dataclass(frozen=True, slots=True)
class State:
    """What is known after some blocks: a state per loss; with groups, one per group and loss."""

    losses: tuple[LossState, ...]
    groups: Mapping[bytes, tuple[LossState, ...]] = field(default_factory=dict)

    @staticmethod
    def empty(plan: Plan) -> State:
        """Return the state before the first row."""
        return State(tuple(LossState() for _ in plan.losses))

    def merge(self, other: State) -> State:
        """Return what is known after the rows of both."""
        groups = dict(self.groups)
        for name, states in other.groups.items():
            groups[name] = _merge_all(groups[name], states) if name in groups else states
        return State(_merge_all(self.losses, other.losses), groups)


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


def fold(plan: Plan, block: Block) -> State:
    """Return the state of a block.

    Raises:
        LosscliError: for a row outside the domain of a loss, unless the plan drops such rows.
    """
    if block.group is not None:
        return summarise(plan, block, measure(plan, block))
    state = State.empty(plan)
    for part in slices(block):
        state = state.merge(summarise(plan, part, measure(plan, part), state))
    return state


def slices(block: Block) -> Iterator[Block]:
    """Cut a block into parts that stay in the cache while they are worked on."""
    width = block.prediction.shape[1] if block.prediction.ndim == 2 else 1
    rows = max(256, SLICE // width)
    if len(block) <= rows:
        yield block
        return
    for start in range(0, len(block), rows):
        yield block.take(slice(start, start + rows))


def measure(plan: Plan, block: Block) -> tuple[Measured, ...]:
    """Return every loss of every row of a block.

    Raises:
        LosscliError: for a row outside the domain of a loss, unless the plan drops such rows.
    """
    with np.errstate(all="ignore"):
        return tuple(_measure(plan, bound, block) for bound in plan.losses)


def summarise(
    plan: Plan, block: Block, measured: tuple[Measured, ...], earlier: State | None = None
) -> State:
    """Return the state of a block whose losses are known.

    With an `earlier` state, which the result is to be merged with, samples that are not among
    the worst even of that one are passed over.
    """
    if block.group is None:
        floors = [None] * len(measured) if earlier is None else [_floor(state) for state in earlier.losses]
        return State(
            tuple(_summary(plan, block, found, floor) for found, floor in zip(measured, floors, strict=True))
        )
    names, group = np.unique(block.group, return_inverse=True)
    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group[order], np.arange(len(names) + 1))
    groups: dict[bytes, tuple[LossState, ...]] = {}
    for place, name in enumerate(names.tolist()):
        rows = order[ends[place] : ends[place + 1]]
        part = block.take(rows)
        groups[name] = tuple(_summary(plan, part, _pick(found, rows)) for found in measured)
    overall = State.empty(plan).losses
    for states in groups.values():
        overall = _merge_all(overall, states)
    return State(overall, groups)


def _merge_all(left: tuple[LossState, ...], right: tuple[LossState, ...]) -> tuple[LossState, ...]:
    return tuple(one.merge(other) for one, other in zip(left, right, strict=True))


def _pick(measured: Measured, rows: Array) -> Measured:
    status, clipped = measured.status, measured.clipped
    return Measured(
        measured.value[rows],
        None if status is None else status[rows],
        None if clipped is None else clipped[rows],
    )


def _floor(state: LossState) -> Floor | None:
    return None if state.worst is None else state.worst.floor


def _summary(plan: Plan, block: Block, measured: Measured, floor: Floor | None = None) -> LossState:
    """Fold one loss of the rows of a block that count."""
    value, status, clipped = measured.value, measured.status, measured.clipped
    dropped = ignored = 0
    if status is not None:
        dropped = int(np.count_nonzero(status == DROPPED))
        ignored = int(np.count_nonzero(status == IGNORED))
        counts = status == COUNTS
        block, value = block.take(counts), value[counts]
        clipped = None if clipped is None else clipped[counts]
    ids: dict[str, Any] = {} if block.id is None else {"id": block.id}
    return LossState(
        dropped,
        ignored,
        0 if clipped is None else int(np.count_nonzero(clipped)),
        Moments.of(value, block.weight),
        Distribution.of(value),
        Worst.of(
            plan.top, value, block.row, floor=floor, label=block.label, prediction=block.prediction, **ids
        ),
    )


def accepts(bound: BoundLoss, block: Block) -> bool:
    """Whether all rows of a block that count are in the domains of a loss."""
    kept = block if block.left_out is None else block.take(block.left_out == COUNTS)
    if bound.loss.layout is Layout.SCALAR and kept.prediction.ndim == 2:
        return False
    with np.errstate(all="ignore"):
        return len(kept) > 0 and not _outside(bound, kept)


def _measure(plan: Plan, bound: BoundLoss, block: Block) -> Measured:
    status, kept = _status(plan, bound, block)
    if status is None:
        label = hard_labels(bound, block.label)
        value = sample_losses(bound, label, block.prediction)
        return Measured(value, None, bound.clipped(label, block.prediction))
    label = hard_labels(bound, kept.label)
    value = np.full(len(block), np.nan)
    counts = status == COUNTS
    value[counts] = sample_losses(bound, label, kept.prediction)
    clipped = bound.clipped(label, kept.prediction)
    if clipped is not None:
        clipped, found = np.zeros(len(block), dtype=np.bool_), clipped
        clipped[counts] = found
    return Measured(value, status, clipped)


def sample_losses(bound: BoundLoss, label: Array, prediction: Array) -> Array:
    """Return the loss of each sample; of several outputs, the mean over them."""
    if bound.loss.layout is not Layout.OUTPUTS or prediction.ndim == 1:
        return bound.value(label, prediction)
    outputs = prediction.shape[1]
    total = np.zeros(len(prediction))
    for place in range(outputs):
        total += bound.value(label[:, place], prediction[:, place])
    return np.asarray(total / outputs)


def sample_errors(bound: BoundLoss, label: Array, prediction: Array) -> Array:
    """Return the error of each sample; of several outputs, the length of the difference."""
    with np.errstate(all="ignore"):
        if bound.loss.layout is Layout.OUTPUTS and prediction.ndim == 2:
            error: Array = np.sqrt(np.square(prediction - label).sum(axis=1))
            return error
        return bound.error(hard_labels(bound, label), prediction)


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
    counting = bound.counts(kept.label, kept.prediction)
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
    found = {
        "prediction": bound.prediction_domain.outside(block.prediction),
        "label": _label_outside(bound, block.label),
    }
    if found["prediction"] is None and found["label"] is None:
        found = {"sample": bound.outside(hard_labels(bound, block.label), block.prediction)}
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
    label, prediction = (_shown(plan, column[place]) for column in (block.label, block.prediction))
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


def _shown(plan: Plan, value: Array) -> str:
    """Return a label or prediction as a message shows it; of a row of numbers also the sum."""
    if value.ndim == 0 and value.dtype.kind == "i":
        return shorten(plan.classes[int(value)])
    if value.ndim == 0:
        return plain_number(float(value))
    numbers = ", ".join(plain_number(number) for number in value[:5].tolist())
    more = ", …" if len(value) > 5 else ""
    return f"({numbers}{more}), sum {plain_number(float(value.sum()))}"
