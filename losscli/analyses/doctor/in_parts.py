"""An examination in parts, side by side, and put together: the report of one run, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from losscli.analyses.doctor import run
from losscli.analyses.doctor.fold import Examined, Examining
from losscli.analyses.doctor.kinds import losses_for
from losscli.analyses.doctor.report import Examination
from losscli.analyses.doctor.training import Training, training_of
from losscli.analyses.evaluate import in_parts
from losscli.analyses.evaluate.states import state as states
from losscli.analyses.evaluate.states.made import read_by
from losscli.analyses.evaluate.states.merged import read_together
from losscli.analyses.parts import (
    Crew,
    Outcome,
    Task,
    by_crew,
    inputs_of,
    notes_of_types,
    numbered,
    outcome_of,
    refuse_workers,
    tasks_of,
    tried,
)
from losscli.analyses.suitable import is_read_once
from losscli.common.errors import LosscliError
from losscli.compute.engines import local
from losscli.compute.plan import plan_of
from losscli.inputs.columns.needs import Needs
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request
from losscli.loss.sent import sent
from losscli.loss.spec import BoundLoss


@dataclass(frozen=True, kw_only=True)
class ExamineTask(Task):
    """A part, and what is read of it.

    Attributes:
        needs: the columns.
        train: what is known of the training data; None without.
    """

    needs: Needs
    train: Training | None


@dataclass(frozen=True)
class Part:
    """What came of a part: what was read, and what was seen."""

    read: states.State
    seen: Examined


def doctor(
    request: Request, crew: Crew | None, *, train: Any = None, observe: Observer | None = None
) -> Examination:
    """Return what `run.doctor` returns, computed in parts by a crew; without one, here.

    Raises:
        LosscliError: as `run.doctor` does, and what the crew raises.
    """
    once = any(map(is_read_once, (request.predictions, request.labels)))
    found = None if crew is None or once else _in_parts(request, crew, train)
    return run.doctor(request, train=train, observe=observe) if found is None else found


def _in_parts(request: Request, crew: Crew, train: Any) -> Examination | None:
    """Return the report of all parts; None where something is left to one run over everything."""
    request = run.as_examined(request)
    try:
        losses, needs = losses_for(request)
        with ExitStack() as stack:
            request = replace(request, loss=losses[:1])
            training = None if train is None else training_of(train, request, needs)
            asked = run.with_columns(request, losses, needs, training)
            reading = stack.enter_context(Reading(asked, needs))
            if reading.left.files or reading.right.files:
                # In which order rows are is told by their numbers, which parts that are files do not know.
                return None
            if isinstance(crew, AbstractContextManager):
                stack.enter_context(crew)
            fold, known = run.fold_of(reading, losses, request, training), sent(losses)
            parts = tasks_of(reading, known, crew.workers)
            if len(parts) < 2:
                return None
            tasks = [ExamineTask(**vars(task), needs=needs, train=training) for task in parts]
            outcomes = by_crew(crew, examine_part, tasks)
            refuse_workers(outcomes)
            return _together(reading, fold, tasks, outcomes, crew)
    except LosscliError as error:
        if error.where.startswith("a worker"):
            raise
        return None


def examine_part(task: ExamineTask) -> Outcome[Part]:
    """Examine one part, on one thread; what is wrong with it is returned."""

    def found() -> Outcome[Part]:
        losses = task.losses.bound()
        request = replace(task.part.request, loss=losses[:1])
        with Reading(request, task.needs, ahead=False) as reading:
            return outcome_of(reading, _part(task, reading, losses), task.losses)

    return tried(found, [task.part.request])


def _part(task: ExamineTask, reading: Reading, losses: tuple[BoundLoss, ...]) -> Part:
    seen = local.run(run.fold_of(reading, losses, task.part.request, task.train), reading.blocks(None))
    read = read_by(reading.request, plan_of(reading), numbered(task, reading), reading.across())
    return Part(read, seen)


def _together(
    reading: Reading,
    fold: Examining,
    tasks: Sequence[ExamineTask],
    outcomes: Sequence[Outcome[Part]],
    crew: Crew,
) -> Examination | None:
    """Return the report of all parts; None where they leave something to a run over everything."""
    found = [outcome.state for outcome in outcomes if outcome.state is not None]
    read = in_parts.of_one_run(reading, tasks, outcomes, [one.read for one in found], crew)
    if read is None or notes_of_types(reading, tasks, outcomes) != ():
        return None
    provenance, _ = read_together(reduce(states.State.merge, read), reading.losses, distinct=True)
    predictions, labels = inputs_of(reading, tasks, outcomes)
    provenance = replace(provenance, predictions=predictions, labels=labels)
    return run.examination(fold, reduce(Examined.merge, (one.seen for one in found)), provenance)
