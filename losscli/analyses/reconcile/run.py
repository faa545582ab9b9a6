"""From a request and a number that somebody reported to what gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from losscli.analyses.doctor.repair import command_of
from losscli.analyses.evaluate.summary import summarise
from losscli.analyses.reconcile.lies import Lie, lies_of
from losscli.analyses.reconcile.matches import Group, accidental, different, groups_of
from losscli.analyses.reconcile.observed import Observed
from losscli.analyses.reconcile.report import Match, Outcome, Reconciliation
from losscli.analyses.report import head_fields, refuse_nothing
from losscli.analyses.suitable import is_read_once
from losscli.common.errors import LosscliError
from losscli.compute.candidates import Candidate, Candidates, Tally, Tried, all_values, candidates
from losscli.compute.engines import Engine, local
from losscli.compute.fold import Losses, LossStates
from losscli.compute.plan import Plan, plan_of
from losscli.compute.row_losses import RowLosses
from losscli.inputs.block import Block
from losscli.inputs.provenance import Provenance
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request

UNLIKELY = 0.05
"""Accidental matches from which on more digits are asked for."""


@dataclass(frozen=True)
class Both:
    """The state of the loss that was asked for, and the sums of all conventions."""

    losses: LossStates
    tally: Tally

    def merge(self, other: Both) -> Both:
        """Return what is known of these rows and those behind them."""
        return Both(self.losses.merge(other.losses), self.tally.merge(other.tally))


@dataclass(frozen=True)
class Trying:
    """The fold of both."""

    plan: Plan
    tried: Candidates

    def empty(self) -> Both:
        """Return what is known before the first row."""
        return Both(Losses(self.plan).empty(), Tried(self.plan, self.tried).empty())

    def rows(self, block: Block) -> tuple[RowLosses, ...]:
        """Return the losses that were asked for."""
        return Losses(self.plan).rows(block)

    def of(self, block: Block, rows: tuple[RowLosses, ...], _earlier: Both | None = None) -> Both:
        """Return what is known of a block."""
        return Both(Losses(self.plan).of(block, rows), Tried(self.plan, self.tried).of(block, rows))


def reconcile(
    request: Request, observed: Observed, *, engine: Engine = local, observe: Observer | None = None
) -> Reconciliation:
    """Say what gives a number that somebody else reported.

    Conventions are tried in one pass over the rows. Only where none of them gives the number, the inputs are
    read again for what may have been wrong with those that it was computed of.

    Args:
        request: the inputs, one loss, and how to treat them.
        observed: the number.
        engine: who folds the blocks.
        observe: is told how far the work is.

    Raises:
        LosscliError: as `evaluate` does.
    """
    request = replace(request, reduction="mean", top=0, group=(), level=None, grounds=False)
    plan, tried, provenance, state = _tried(request, None, engine, observe)
    report = summarise(plan, state.losses, provenance)
    refuse_nothing(report, report.results)
    pairs = [*all_values(tried, state.tally)]
    groups = groups_of(pairs, observed)
    matches = [_match(request, group) for group in groups]
    values = [value for _, value in pairs]
    if not matches and not any(map(is_read_once, (request.predictions, request.labels))):
        by_id = provenance.alignment == "id"
        lies = lies_of(request.loss[0], provenance.classes, by_id=by_id)
        found = [*_lied(request, lies, observed)]
        matches, groups = [match for match, _ in found], [group for _, group in found]
    expected = accidental(values, observed)
    return Reconciliation(
        **head_fields(report),
        loss=report.results[0].loss,
        n=report.results[0].n,
        cost=report.results[0].cost,
        observed=observed.text,
        digits=observed.digits,
        matches=tuple(matches),
        tried=len(pairs),
        different=len(different(values)),
        accidental=expected,
        outcome=_outcome(groups, expected),
    )


def _outcome(groups: list[Group], expected: float) -> Outcome:
    if not groups:
        return "none"
    as_near = [group for group in groups if group.distance == groups[0].distance]
    return "ambiguous" if len(as_near) > 1 or expected >= UNLIKELY else "found"


def _tried(
    request: Request, only: int | None, engine: Engine = local, observe: Observer | None = None
) -> tuple[Plan, Candidates, Provenance, Both]:
    """Return what all conventions give, or those alone that are `only` so far from common use."""
    with Reading(request) as reading:
        plan = plan_of(reading)
        outputs = len(reading.roles.outputs)
        tried = candidates(plan.losses[0], weighted=request.weight is not None, outputs=outputs)
        if only is not None:
            tried = replace(tried, items=tuple(one for one in tried.items if one.distance <= only))
        state = engine.run(Trying(plan, tried), reading.blocks(observe))
        return plan, tried, reading.provenance(), state


def _match(request: Request, group: Group, lie: str = "") -> Match:
    first = group.first
    return Match(
        library=first.library,
        libraries=group.libraries,
        calls=group.calls,
        deviations=first.deviations,
        lie=lie,
        value=group.value,
        command=_command(request, first),
        others=group.others,
    )


def _command(request: Request, found: Candidate) -> tuple[str, ...] | None:
    if found.without_weights:
        request = replace(request, weight=None)
    words = command_of(request)
    if words is None:
        return None
    plain = found.library == "losscli" and not found.deviations
    return words if plain else (*words, "--as", found.said)


def _lied(request: Request, lies: Iterator[Lie], observed: Observed) -> Iterator[tuple[Match, Group]]:
    """Yield what gives the number where something was wrong with the inputs."""
    for lie in lies:
        mended = lie.repair.request(request, request.loss[0])
        if mended is None:
            continue
        try:
            _, tried, _, state = _tried(mended, 0)
        except LosscliError:
            continue
        for group in groups_of(all_values(tried, state.tally), observed):
            yield _match(mended, group, lie.words), group
