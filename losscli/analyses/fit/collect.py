"""Samples gathered block by block into the arrays that a fit holds."""

from __future__ import annotations

import numpy as np

from losscli.analyses.fit.links import Link
from losscli.analyses.fit.samples import Samples
from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.compute.plan import Plan
from losscli.compute.row_gradients import is_numerical, sample_gradients
from losscli.compute.row_losses import Measured, hard_labels
from losscli.inputs.block import COUNTS, Block
from losscli.loss.contract.samples import show_value

MOST_BYTES = 2 << 30
"""What the samples may take; an epoch takes as much again, and a fold as much as its part."""


class Gatherer:
    """Keeps the samples that count. Give it every block, then take `samples` and `losses`.

    Attributes:
        held_bytes: what the samples take.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._parts: list[tuple[Samples, Array]] = []
        self._groups: dict[bytes, int] = {}
        self.held_bytes = 0

    def __call__(self, plan: Plan, block: Block, measured: tuple[Measured, ...]) -> None:
        """Keep a block's samples. Raises LosscliError for more of them than memory is to hold."""
        (found,) = measured
        losses = found.value
        if found.status is not None:
            counts = found.status == COUNTS
            block, losses = block.take(counts), losses[counts]
        _refuse_nan(plan, block, losses)
        with np.errstate(all="ignore"):
            place = self._link.forward(block.prediction)
        label = hard_labels(plan.losses[0], block.label)
        kept = [array for array in (label, place, block.weight, losses) if array is not None]
        self.held_bytes += sum(array.nbytes for array in kept)
        if self.held_bytes > MOST_BYTES:
            raise LosscliError(
                plan.predictions,
                f"its samples take more than {MOST_BYTES >> 30} GiB",
                "samples that fit into memory: a step is made of samples from all over the file",
                "Fit a sample of the rows: as few parameters as a correction has need no more.",
            )
        group = None if block.group is None else self._numbered(block.group)
        self._parts.append((Samples(label, place, block.weight, group), losses))

    def samples(self) -> tuple[Samples, Array]:
        """Return all samples, and the loss of each, float64 `(rows,)`."""
        parts, self._parts = self._parts, []
        return (
            Samples(
                np.concatenate([part.label for part, _ in parts]),
                np.ascontiguousarray(np.concatenate([part.place for part, _ in parts])),
                _joined([part.weight for part, _ in parts]),
                _joined([part.group for part, _ in parts]),
            ),
            np.concatenate([losses for _, losses in parts]),
        )

    def _numbered(self, group: Array) -> Array:
        names, index = np.unique(group, return_inverse=True)
        # In the order of their first rows, so that the size of the blocks changes nothing.
        first = np.full(len(names), len(index), dtype=np.int64)
        np.minimum.at(first, index, np.arange(len(index)))
        order = np.argsort(first, kind="stable")
        numbers = np.empty(len(names), dtype=np.int64)
        for at in order.tolist():
            numbers[at] = self._groups.setdefault(bytes(names[at]), len(self._groups))
        return np.asarray(numbers[index])


def _refuse_nan(plan: Plan, block: Block, losses: Array) -> None:
    """Raise where a declared gradient is NaN beside a finite loss: a run would seem to diverge."""
    (bound,) = plan.losses
    if is_numerical(bound) or not len(losses):
        return
    slope = sample_gradients(bound, block.label, block.prediction)
    wrong = np.isnan(slope).reshape(len(slope), -1).any(axis=1) & np.isfinite(losses)
    if wrong.any():
        place = int(wrong.argmax())
        raise LosscliError(
            f"{plan.predictions} row {int(block.row[place])}",
            f"the gradient of {bound.spec} at prediction {show_value(block.prediction[place])} is NaN",
            "a number",
        )


def _joined(parts: list[Array | None]) -> Array | None:
    found = [part for part in parts if part is not None]
    return np.concatenate(found) if found else None
