"""The fold of an examination: what each statistic sees of the samples, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from losscli.analyses.doctor.check import Check, Rows, Setting, Statistic
from losscli.analyses.doctor.statistics.facts import FACTS
from losscli.common.errors import LosscliError
from losscli.compute.fold import Losses, LossStates
from losscli.compute.plan import Plan
from losscli.compute.row_losses import RowLosses, measure
from losscli.inputs.block import COUNTS, Block


@dataclass(frozen=True)
class Examined:
    """What is known after some rows.

    Attributes:
        costs: the state of each loss; None from the first row on that it does not accept.
        errors: what is wrong with that row.
        seen: what each statistic has seen, by its name.
    """

    costs: tuple[LossStates | None, ...]
    errors: tuple[LosscliError | None, ...]
    seen: Mapping[str, Any] = field(default_factory=dict)

    def merge(self, later: Examined) -> Examined:
        """Return what is known of these rows and those behind them."""
        costs = tuple(
            None if one is None or other is None else one.merge(other)
            for one, other in zip(self.costs, later.costs, strict=True)
        )
        errors = tuple(one or other for one, other in zip(self.errors, later.errors, strict=True))
        return Examined(costs, errors, {name: one.merge(later.seen[name]) for name, one in self.seen.items()})


@dataclass(frozen=True)
class Measured:
    """What each loss makes of the rows of a block, or what is wrong with one of them."""

    rows: tuple[RowLosses | None, ...]
    errors: tuple[LosscliError | None, ...]


def statistics_of(checks: tuple[Check, ...], setting: Setting) -> tuple[Statistic[Any], ...]:
    """Return each statistic once that some check has to be shown of inputs of a setting."""
    found = {FACTS.name: FACTS}
    for check in checks:
        if check.applies is None or not check.applies(setting):
            found |= {one.name: one for one in check.statistics if one.sees(setting)}
    return tuple(found.values())


@dataclass(frozen=True)
class Examining:
    """The fold.

    Attributes:
        setting: what is known before the first row.
        statistics: what is to be seen.
        plans: those of the losses of the setting, one each.
    """

    setting: Setting
    statistics: tuple[Statistic[Any], ...]
    plans: tuple[Plan, ...]

    @staticmethod
    def of_plan(setting: Setting, checks: tuple[Check, ...], plan: Plan) -> Examining:
        """Return the fold of inputs for which a run has a plan."""
        plans = tuple(replace(plan, losses=(loss,), top=0) for loss in setting.losses)
        return Examining(setting, statistics_of(checks, setting), plans)

    def empty(self) -> Examined:
        """Return what is known before the first row."""
        return Examined(
            tuple(Losses(plan).empty() for plan in self.plans),
            (None,) * len(self.plans),
            {one.name: one.empty(self.setting) for one in self.statistics},
        )

    def rows(self, block: Block) -> Measured:
        """Return what each loss makes of a block; what it does not accept is no error here."""
        rows: list[RowLosses | None] = []
        errors: list[LosscliError | None] = []
        for plan in self.plans:
            try:
                rows.append(measure(plan, block)[0])
                errors.append(None)
            except LosscliError as error:
                rows.append(None)
                errors.append(error)
        return Measured(tuple(rows), tuple(errors))

    def of(self, block: Block, rows: Measured, _earlier: Examined | None = None) -> Examined:
        """Return what is known of a block."""
        costs = tuple(
            None if measured is None else Losses(plan).of(block, (measured,))
            for plan, measured in zip(self.plans, rows.rows, strict=True)
        )
        kept, measured = block, rows.rows
        if block.left_out is not None:
            counts = block.left_out == COUNTS
            kept = replace(block.take(counts), left_out=None)
            measured = tuple(None if one is None else one.take(counts) for one in measured)
        shown = Rows(kept, measured)
        return Examined(
            costs, rows.errors, {one.name: one.of(self.setting, shown) for one in self.statistics}
        )
