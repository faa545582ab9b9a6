"""Samples collected block by block into the arrays that a fit holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from losscli.analyses.fit.links import Link
from losscli.analyses.fit.samples import Samples
from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.compute.fold import Losses, LossStates
from losscli.compute.plan import Plan
from losscli.compute.row_gradients import is_numerical, sample_gradients
from losscli.compute.row_losses import RowLosses, hard_labels, measure
from losscli.inputs.block import COUNTS, Block
from losscli.inputs.texts import first_places, numbered
from losscli.loss.contract.samples import show_value

MOST_BYTES = 2 << 30
"""What the samples may take; an epoch takes as much again, and a fold as much as its part."""


@dataclass(frozen=True, slots=True)
class Part:
    """Samples of one block that count.

    Attributes:
        row: their data rows, from 1, ascending: a range where no row between them is missing.
        samples: the samples; their groups are places in `groups`.
        losses: the loss of each, float64 `(rows,)`.
        groups: the names of their groups.
    """

    row: range | Array
    samples: Samples
    losses: Array
    groups: tuple[bytes, ...] = ()

    @property
    def held_bytes(self) -> int:
        """What the part takes, but for the groups."""
        kept = (self.samples.label, self.samples.place, self.samples.weight, self.losses)
        return sum(array.nbytes for array in kept if array is not None)


@dataclass(frozen=True, slots=True)
class Collected:
    """What is known after some rows: the figures of `evaluate`, and the samples. A commutative monoid.

    Attributes:
        where: the predictions, as messages name them.
        costs: the state of `evaluate`.
        parts: the samples that count, as they came.
        held_bytes: what they take.
    """

    where: str
    costs: LossStates
    parts: tuple[Part, ...] = ()
    held_bytes: int = 0

    def merge(self, other: Collected) -> Collected:
        """Return what is known after the rows of both.

        Raises:
            LosscliError: for more samples than memory is to hold.
        """
        held = self.held_bytes + other.held_bytes
        if held > MOST_BYTES:
            raise LosscliError(
                self.where,
                f"its samples take more than {MOST_BYTES >> 30} GiB",
                "samples that fit in memory: a step takes samples from all over the file",
                "Fit a sample of the rows: a correction has so few parameters that it needs no more.",
            )
        return Collected(self.where, self.costs.merge(other.costs), self.parts + other.parts, held)

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of all groups, sorted."""
        names = {name for part in self.parts for name in part.groups}
        return tuple(name.decode("utf-8", "replace") for name in sorted(names))

    def samples(self) -> tuple[Samples, Array]:
        """Return all samples in the order of the file, and the loss of each, float64 `(rows,)`."""
        parts = sorted(self.parts, key=lambda part: int(part.row[0]))
        numbers: dict[bytes, int] = {}
        groups = []
        for part in parts:
            known = [numbers.setdefault(name, len(numbers)) for name in part.groups]
            if part.samples.group is not None:
                groups.append(np.array(known, dtype=np.int64)[part.samples.group])
        weights = [part.samples.weight for part in parts if part.samples.weight is not None]
        samples = Samples(
            np.ascontiguousarray(np.concatenate([part.samples.label for part in parts])),
            np.ascontiguousarray(np.concatenate([part.samples.place for part in parts])),
            np.concatenate(weights) if weights else None,
            np.concatenate(groups) if groups else None,
        )
        losses = np.concatenate([part.losses for part in parts])
        if any(one.row[-1] > other.row[0] for one, other in pairwise(parts)):
            order = np.argsort(np.concatenate([np.asarray(part.row) for part in parts]), kind="stable")
            samples, losses = samples.take(order), losses[order]
        if samples.group is not None:
            # By their first samples, so that the size of the blocks changes nothing.
            samples = replace(samples, group=_numbered(samples.group)[1])
        return samples, losses


@dataclass(frozen=True)
class Collecting:
    """The fold of a fit: losses as `evaluate` folds them, and the samples kept.

    Attributes:
        plan: what is computed, of one loss.
        link: on which scale predictions are kept.
    """

    plan: Plan
    link: Link

    def empty(self) -> Collected:
        """Return the state before the first row."""
        return Collected(self.plan.predictions, Losses(self.plan).empty())

    def rows(self, block: Block) -> tuple[RowLosses, ...]:
        """Return the loss of every row. Raises LosscliError for a row outside its domain."""
        return measure(self.plan, block)

    def of(self, block: Block, rows: tuple[RowLosses, ...], earlier: Collected | None = None) -> Collected:
        """Return the state of a block. Raises LosscliError where the gradient of a sample is NaN."""
        costs = Losses(self.plan).of(block, rows, None if earlier is None else earlier.costs)
        (found,) = rows
        losses = found.value
        if found.status is not None:
            counts = found.status == COUNTS
            block, losses = block.take(counts), losses[counts]
        if not len(losses):
            return Collected(self.plan.predictions, costs)
        _refuse_nan(self.plan, block, losses)
        with np.errstate(all="ignore"):
            place = self.link.link(block.prediction)
        names, group = (None, None) if block.group is None else _numbered(block.group)
        samples = Samples(hard_labels(self.plan.losses[0], block.label), place, block.weight, group)
        part = Part(_rows(block.row), samples, losses, () if names is None else tuple(names.tolist()))
        return Collected(self.plan.predictions, costs, (part,), part.held_bytes)


def _rows(row: Array) -> range | Array:
    first, last = int(row[0]), int(row[-1])
    return range(first, last + 1) if last - first + 1 == len(row) else row


def _numbered(group: Array) -> tuple[Array, Array]:
    """Return the groups in the order of their first rows, and which of them each row is in, int64."""
    names, index = numbered(group)
    order = np.argsort(first_places(index, len(names)), kind="stable")
    numbers = np.empty(len(names), dtype=np.int64)
    numbers[order] = np.arange(len(names))
    return names[order], numbers[index]


def _refuse_nan(plan: Plan, block: Block, losses: Array) -> None:
    """Raise where a declared gradient is NaN beside a finite loss: a run would seem to diverge."""
    (bound,) = plan.losses
    if is_numerical(bound):
        return
    slope = sample_gradients(bound, block.label, block.prediction)
    wrong = np.isnan(slope).reshape(len(slope), -1).any(axis=1) & np.isfinite(losses)
    if wrong.any():
        place = int(wrong.argmax())
        raise LosscliError(
            plan.told(int(block.row[place])),
            f"the gradient of {bound.spec} at prediction {show_value(block.prediction[place])} is NaN",
            "a number",
        )
