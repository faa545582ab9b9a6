"""From a request to findings: every check sees all samples in one pass, and what would mend them is tried.

One pass finds. What a repair is said to give is what `evaluate` gives with it: only where something is found,
the inputs are read once more for each repair.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from losscli.analyses.doctor.check import LEVELS, Case, Check, Finding
from losscli.analyses.doctor.checks import every
from losscli.analyses.doctor.fold import Examined, Examining
from losscli.analyses.doctor.kinds import OF_NAMES, as_numbers, kind_of, losses_for, setting_of, suited
from losscli.analyses.doctor.others import with_others
from losscli.analyses.doctor.repair import Repair, command_of, swapped
from losscli.analyses.doctor.report import Examination
from losscli.analyses.doctor.statistics.facts import FACTS
from losscli.analyses.doctor.training import Training, shown, training_of
from losscli.analyses.evaluate.report import Report
from losscli.analyses.evaluate.run import evaluate
from losscli.analyses.evaluate.summary import signature_of, summarise
from losscli.analyses.report import head_fields
from losscli.analyses.suitable import is_read_once
from losscli.common.errors import LosscliError
from losscli.compute.engines import Engine, local
from losscli.compute.fold import Losses
from losscli.compute.plan import plan_of
from losscli.inputs.columns.needs import Needs
from losscli.inputs.provenance import Provenance
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request
from losscli.loss.spec import BoundLoss


def doctor(
    request: Request, *, train: Any = None, engine: Engine = local, observe: Observer | None = None
) -> Examination:
    """Say what is wrong with inputs.

    Args:
        request: the inputs and how to treat them; of its losses the first one counts, without any the data
            decide.
        train: the data that the model was trained on; None where they are not at hand.
        engine: who folds the blocks.
        observe: is told how far the work is.

    Raises:
        LosscliError: for inputs that cannot be read or paired, where no check knows why.
    """
    request, losses = as_examined(request), request.loss[:1]
    try:
        losses, needs = losses_for(request)
        found = _folded(request, losses, needs, train, engine, observe)
    except LosscliError as error:
        if not request.loss and [one.spec for one in losses] == [OF_NAMES]:
            # Of a few rows that are all 0 or 1 it cannot be told that they are no names.
            with suppress(LosscliError):
                return examination(*_folded(request, *as_numbers(), train, engine, observe))
        losses = losses or _losses_swapped(request)
        told = _of_refusal(replace(request, loss=losses[:1]), losses, error)
        if told is None:
            raise
        return told
    return examination(*found)


def _losses_swapped(request: Request) -> tuple[BoundLoss, ...]:
    """Return the losses of which the data decide if the two files are exchanged; none if none suits them."""
    if request.labels is not None:
        with suppress(LosscliError):
            return losses_for(swapped(request))[0]
    return ()


def _folded(
    request: Request,
    losses: tuple[BoundLoss, ...],
    needs: Needs,
    train: Any,
    engine: Engine,
    observe: Observer | None,
) -> tuple[Examining, Examined, Provenance]:
    request = replace(request, loss=losses[:1])
    training = None if train is None else training_of(train, request, needs)
    with Reading(with_columns(request, losses, needs, training), needs) as reading:
        fold = fold_of(reading, losses, request, training)
        state = engine.run(fold, reading.blocks(observe))
        return fold, state, reading.provenance()


def as_examined(request: Request) -> Request:
    """Return a request as it is examined: of the mean of all samples."""
    return replace(request, reduction="mean", top=0, group=(), level=None, grounds=False)


def with_columns(
    request: Request, losses: tuple[BoundLoss, ...], needs: Needs, training: Training | None
) -> Request:
    """Return a request with the columns besides that checks have to see."""
    request = with_others(request, losses, needs)
    return request if training is None else shown(request, training)


def fold_of(
    reading: Reading,
    losses: tuple[BoundLoss, ...],
    request: Request | None = None,
    training: Training | None = None,
) -> Examining:
    """Return the fold of opened inputs; repairs are of the request, without columns that checks alone see."""
    setting = setting_of(reading, losses, training)
    if request is not None:
        setting = replace(setting, request=request)
    return Examining.of_plan(setting, every(), plan_of(reading))


def examination(fold: Examining, state: Examined, provenance: Provenance) -> Examination:
    """Return the report of a finished run.

    Raises:
        LosscliError: where there is no sample, and what is wrong with a row that the loss refuses, where no
            check knows why.
    """
    setting = fold.setting
    facts = state.seen[FACTS.name]
    place = suited(setting, facts)
    loss, plan, costs = setting.losses[place], fold.plans[place], state.costs[place]
    report = summarise(plan, costs or Losses(plan).empty(), provenance)
    if not facts.n:
        raise LosscliError(plan.predictions, "no data rows", "at least one sample")
    case = Case(
        setting=setting,
        kind=kind_of(setting, loss, facts),
        n=facts.n,
        loss=loss,
        cost=None if costs is None else report.results[0].cost,
        error=state.errors[place],
        classes=provenance.classes,
        states=state.seen,
        place=place,
    )
    signature = replace(signature_of(plan, provenance), n=(facts.n,))
    return _judged(case, replace(report, signature=str(signature)))


def _judged(case: Case, report: Report) -> Examination:
    found: list[Finding] = []
    checked: list[str] = []
    not_applicable: list[tuple[str, str]] = []
    for check in every():
        reason = _why_not(check, case)
        told = reason or (check.judge(case) if check.judge else "it is about what is refused")
        if isinstance(told, str):
            not_applicable.append((check.name, told))
            continue
        checked.append(check.name)
        found += (_tried(check, one, case.request, case.loss, case.cost) for one in told)
    if case.error is not None:
        refused = _of_refusal(case.request, (case.loss,), case.error)
        if refused is not None:
            known = {one.check for one in found}
            found += (one for one in refused.findings if one.check not in known)
        if not any(one.is_alarm for one in found):
            raise case.error
    return Examination(
        **head_fields(report),
        kind=case.kind,
        n=case.n,
        loss=case.loss.spec,
        cost=case.cost,
        findings=_in_order(found),
        checked=tuple(checked),
        not_applicable=tuple(not_applicable),
    )


def _in_order(found: list[Finding]) -> tuple[Finding, ...]:
    # The sort is stable: checks come in the order of their numbers.
    return tuple(sorted(found, key=lambda one: LEVELS.index(one.level)))


def _why_not(check: Check, case: Case) -> str:
    """Return why a check does not apply, or nothing."""
    reason = "" if check.applies is None else check.applies(case.setting)
    if reason:
        return reason
    if case.kind not in check.kinds:
        return f"it is not about {case.kind.value}"
    return f"it needs {check.fewest} rows" if case.n < check.fewest else ""


def _tried(check: Check, one: Finding, request: Request, loss: BoundLoss, cost: float | None) -> Finding:
    """Return a finding with what its repair gives; it is a hint where that helps nothing."""
    one = replace(one, loss=loss.spec, cost=cost)
    if one.repair is None:
        return one
    mended = one.repair.request(request, loss)
    if mended is None:
        return one
    one = replace(one, command=command_of(mended) if one.repair.said else None)
    if any(map(is_read_once, (request.predictions, request.labels))):
        return one
    cost_repaired = _cost(mended)
    if cost_repaired is None:
        one = replace(one, command=None)
    helps = cost_repaired is not None and (not check.gains or cost is None or cost_repaired < cost)
    if one.is_alarm and not helps:
        one = replace(one, level="hint")
    return replace(one, cost_repaired=cost_repaired)


def _cost(request: Request) -> float | None:
    try:
        return evaluate(replace(as_examined(request), mergeable=False, fingerprints=False)).results[0].cost
    except LosscliError:
        return None


def _of_refusal(request: Request, losses: tuple[BoundLoss, ...], error: LosscliError) -> Examination | None:
    """Return the report of inputs that are refused, where a repair is known with which they are not."""
    if not losses or any(map(is_read_once, (request.predictions, request.labels))):
        return None
    for check, repair in _repairs(request, error):
        mended = repair.request(request, losses[0])
        if mended is None:
            continue
        try:
            report = evaluate(mended)
        except LosscliError:
            continue
        result = report.results[0]
        if not math.isfinite(result.cost):
            continue
        assert check.told is not None
        told = check.told(error)
        message, remedy = (told, error.remedy or check.remedy) if isinstance(told, str) else told
        finding = Finding(
            check=check.name,
            level=check.levels[0],
            message=message,
            remedy=remedy,
            statistic=1.0,
            threshold=1.0,
            rows=result.n,
            repair=repair,
            loss=losses[0].spec,
            cost_repaired=result.cost,
            command=command_of(mended),
        )
        return _of_one(finding, report, mended)
    return None


def _repairs(request: Request, error: LosscliError) -> Iterator[tuple[Check, Repair]]:
    for check in every():
        if check.refused is not None:
            for repair in check.refused(request, error):
                yield check, repair


def _of_one(finding: Finding, report: Report, mended: Request) -> Examination:
    from losscli.analyses.doctor.check import Kind

    others = tuple(
        (check.name, "the inputs are refused as they stand")
        for check in every()
        if check.name != finding.check
    )
    return Examination(
        **head_fields(report),
        kind=Kind.OTHER,
        n=report.results[0].n,
        loss=mended.loss[0].spec,
        cost=None,
        findings=(finding,),
        checked=(finding.check,),
        not_applicable=others,
    )
