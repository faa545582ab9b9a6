"""The fold: how samples become a state. Whoever runs it decides only where and when.

A `Fold` says what the state before the first row is, what is computed of the rows of a block, and
what is known after them; states merge. So an engine may cut blocks, fold them in any order and on
any machine, and merge: what is known is the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar

import numpy as np

from losscli.common.array import Array
from losscli.compute.plan import Plan
from losscli.compute.row_losses import RowLosses, measure
from losscli.compute.statistics.distribution import Distribution
from losscli.compute.statistics.moments import Moments
from losscli.compute.statistics.worst import Floor, Worst
from losscli.inputs.block import COUNTS, DROPPED, IGNORED, Block
from losscli.inputs.texts import numbered

if TYPE_CHECKING:
    from losscli.compute.evidence import Evidence
    from losscli.compute.reduced import Aside

SLICE = 1 << 15
"""Rows worked on at a time: what is computed of them stays in the cache, three times as fast."""
WIDE = 16
"""Columns beyond which that is fewer rows, so that what a loss makes of all of them takes little memory."""


SHOW = "show "
"""Before the title of a column that is carried along, among what is shown of samples."""


class Mergeable(Protocol):
    """What is known after some rows: a commutative monoid under `merge`."""

    def merge(self, other: Self, /) -> Self:
        """Return what is known after the rows of both."""


Rows = TypeVar("Rows")
State = TypeVar("State", bound=Mergeable)
One = TypeVar("One", bound=Mergeable)
What = TypeVar("What", bound=Mergeable)


class Fold(Protocol[Rows, State]):
    """What an engine has to know of an analysis."""

    def empty(self) -> State:
        """Return the state before the first row."""

    def rows(self, block: Block) -> Rows:
        """Return what is computed of each row of a block.

        Raises:
            LosscliError: for a row that the analysis does not accept.
        """

    def of(self, block: Block, rows: Rows, earlier: State | None = None) -> State:
        """Return the state of a block.

        `earlier` is one that the result is to be merged with, if that is known: what cannot matter
        beside it may be left out of the result.
        """


@dataclass(frozen=True, slots=True)
class LossState(Generic[What]):
    """What is known of one loss after some rows. A commutative monoid under `merge`.

    Attributes:
        dropped, ignored, clipped: how many rows were.
        moments: the sums of the losses and of the weights.
        what: what else the analysis asks of each row.
        worst: the samples to be shown; None before the first row.
        evidence: how sure the mean is; None before the first row, and where nobody asks for it.
        aside: what a convention asks besides; None before the first row, and where it asks nothing.
    """

    dropped: int
    ignored: int
    clipped: int
    moments: Moments
    what: What
    worst: Worst | None = None
    evidence: Evidence | None = None
    aside: Aside | None = None

    def merge(self, other: LossState[What]) -> LossState[What]:
        """Return what is known after the rows of both."""
        worst = self.worst or other.worst
        if self.worst is not None and other.worst is not None:
            worst = self.worst.merge(other.worst)
        evidence = self.evidence or other.evidence
        if self.evidence is not None and other.evidence is not None:
            evidence = self.evidence.merge(other.evidence)
        aside = self.aside or other.aside
        if self.aside is not None and other.aside is not None:
            aside = self.aside.merge(other.aside)
        return LossState(
            self.dropped + other.dropped,
            self.ignored + other.ignored,
            self.clipped + other.clipped,
            self.moments.merge(other.moments),
            self.what.merge(other.what),
            worst,
            evidence,
            aside,
        )

    @property
    def floor(self) -> Floor | None:
        """What a sample has to exceed to be among the worst; None where any is."""
        return None if self.worst is None else self.worst.floor


@dataclass(frozen=True, slots=True)
class States(Generic[One]):
    """What is known after some blocks: a state per loss; with groups, one per group and loss."""

    losses: tuple[One, ...]
    groups: Mapping[bytes, tuple[One, ...]] = field(default_factory=dict)

    def merge(self, other: States[One]) -> States[One]:
        """Return what is known after the rows of both."""
        groups = dict(self.groups)
        for name, states in other.groups.items():
            groups[name] = _merged(groups[name], states) if name in groups else states
        return States(_merged(self.losses, other.losses), groups)


def _merged(left: tuple[One, ...], right: tuple[One, ...]) -> tuple[One, ...]:
    return tuple(one.merge(other) for one, other in zip(left, right, strict=True))


def cuts(block: Block) -> Iterator[slice]:
    """Yield the rows of a block, in parts that stay in the cache while they are worked on.

    A block with groups or clusters stays whole: telling them apart costs more than what the cache saves.
    """
    width = block.prediction.shape[1] if block.prediction.ndim == 2 else 1
    rows = max(256, SLICE * WIDE // max(WIDE, width))
    whole = block.group is not None or block.cluster is not None
    step = len(block) if whole else rows
    for start in range(0, len(block), max(1, step)):
        yield slice(start, start + step)


def slices(block: Block) -> Iterator[Block]:
    """Cut a block as `cuts` says; one without rows is a part too."""
    parts = [*cuts(block)]
    if len(parts) < 2:
        yield block
        return
    for rows in parts:
        yield block.take(rows)


Selectable = TypeVar("Selectable", bound="_Selectable")


class _Selectable(Protocol):
    def take(self, rows: Array, /) -> Self: ...


def by_loss_and_group(
    block: Block,
    rows: tuple[Selectable, ...],
    empty: States[One],
    of_one: Callable[[Block, Selectable, One | None], One],
    earlier: States[One] | None = None,
) -> States[One]:
    """Return the states of a block: one a loss, and one a group and loss where there are groups.

    Args:
        block: the samples.
        rows: what is known of each of them, for each loss; `take` chooses rows of it.
        empty: the states before the first row.
        of_one: makes the state of one loss, given an earlier one that it is to be merged with.
        earlier: as in `Fold.of`.
    """
    if block.group is None:
        before = [None] * len(rows) if earlier is None else earlier.losses
        return States(tuple(of_one(block, *pair) for pair in zip(rows, before, strict=True)))
    groups = {}
    for name, places in by_group(block.group):
        part = block.take(places)
        groups[name] = tuple(of_one(part, one.take(places), None) for one in rows)
    overall = empty.losses
    for states in groups.values():
        overall = _merged(overall, states)
    return States(overall, groups)


def by_group(group: Array) -> Iterator[tuple[bytes, Array]]:
    """Yield the name of each group of a column `(rows,)`, and the places of its rows in their order."""
    names, number = numbered(group)
    # Of integers of two bytes the stable sort is the quick one.
    order = np.argsort(number.astype(np.uint16) if len(names) <= 1 << 16 else number, kind="stable")
    ends = np.concatenate([[0], np.cumsum(np.bincount(number, minlength=len(names)))])
    for place, name in enumerate(names.tolist()):
        yield name, order[ends[place] : ends[place + 1]]


@dataclass(frozen=True, slots=True)
class Counted:
    """The rows of a block that count for one loss, and how many do not, or were clipped."""

    block: Block
    measured: RowLosses
    dropped: int = 0
    ignored: int = 0
    counts: Array | None = None
    """The mask of those that count, of the whole block; None where all do."""

    @staticmethod
    def of(block: Block, measured: RowLosses) -> Counted:
        """Choose the rows that count."""
        status = measured.status
        if status is None:
            return Counted(block, measured)
        counts = status == COUNTS
        return Counted(
            block.take(counts),
            measured.take(counts),
            int(np.count_nonzero(status == DROPPED)),
            int(np.count_nonzero(status == IGNORED)),
            counts,
        )

    @property
    def clipped(self) -> int:
        """How many of them were clipped."""
        clipped = self.measured.clipped
        return 0 if clipped is None else int(np.count_nonzero(clipped))

    def worst(self, most: int | None, sizes: Array, floor: Floor | None, **more: Array) -> Worst:
        """Return the samples with the largest sizes, and what is shown of them."""
        block = self.block
        ids: dict[str, Any] = {} if block.id is None else {"id": block.id}
        shown = {f"{SHOW}{title}": column for title, column in block.shown.items()}
        return Worst.of(
            most,
            sizes,
            block.row,
            floor=floor,
            label=block.label,
            prediction=block.prediction,
            **more,
            **ids,
            **shown,
        )


LossStates = States[LossState[Distribution]]


@dataclass(frozen=True)
class Losses:
    """The fold of losses: their sums, their distribution, and the samples with the largest."""

    plan: Plan

    def empty(self) -> LossStates:
        """Return the state before the first row."""
        one = LossState(0, 0, 0, Moments.empty(), Distribution.empty())
        return States((one,) * len(self.plan.losses))

    def rows(self, block: Block) -> tuple[RowLosses, ...]:
        """Return every loss of every row.

        Raises:
            LosscliError: for a row outside the domain of a loss, unless the plan drops such rows.
        """
        return measure(self.plan, block)

    def of(
        self,
        block: Block,
        rows: tuple[RowLosses, ...],
        earlier: LossStates | None = None,
    ) -> LossStates:
        """Return the state of a block."""
        return by_loss_and_group(block, rows, self.empty(), self._of_one, earlier)

    def _of_one(
        self, block: Block, measured: RowLosses, earlier: LossState[Distribution] | None
    ) -> LossState[Distribution]:
        found = Counted.of(block, measured)
        value = found.measured.value
        evidence = None
        if self.plan.evidence:
            from losscli.compute.evidence import Evidence

            cluster, counts = found.block.cluster, self.plan.counts
            evidence = Evidence.of(value, found.block.weight, cluster, counts=counts)
        further, aside = found.measured.further, None
        if further is not None:
            from losscli.compute.reduced import Aside

            aside = Aside.of(further, value, found.block.weight)
        return LossState(
            found.dropped,
            found.ignored,
            found.clipped,
            Moments.of(value, found.block.weight),
            Distribution.of(value),
            found.worst(self.plan.top, value, None if earlier is None else earlier.floor),
            evidence,
            aside,
        )
