"""Gradients computed in parts, side by side, and put together: the report of one run, to the last bit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import reduce

from losscli.analyses.evaluate import in_parts
from losscli.analyses.evaluate.states import state as states
from losscli.analyses.evaluate.states.made import read_by
from losscli.analyses.evaluate.states.merged import read_together
from losscli.analyses.gradient import run
from losscli.analyses.gradient.report import GradientReport, Of
from losscli.analyses.gradient.state import Gradients, State
from losscli.analyses.gradient.summary import summarise
from losscli.analyses.parts import (
    Crew,
    Outcome,
    Samples,
    Task,
    all_samples,
    by_crew,
    done,
    inputs_of,
    notes_of_types,
    numbered,
    refuse_workers,
    rows_before,
    tasks_of,
)
from losscli.analyses.report import refuse_nothing
from losscli.common.errors import LosscliError
from losscli.compute.engines import local
from losscli.compute.fold import LossState, States
from losscli.compute.plan import plan_of
from losscli.compute.statistics.gradients import Pull
from losscli.inputs.places import Place
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request
from losscli.loss.sent import sent


@dataclass(frozen=True, kw_only=True)
class GradientTask(Task):
    """A part, and what its gradients are multiplied by.

    Attributes:
        weigh: whether by the weights of the samples.
        factors: of each loss, for the samples.
    """

    weigh: bool
    factors: tuple[float, ...]


@dataclass(frozen=True)
class Pulled:
    """What came of a part.

    Attributes:
        read: what was read.
        state: the gradients.
        places: where the rows are that may be shown.
    """

    read: states.State
    state: State
    places: Mapping[int, Place]


def gradient(
    request: Request,
    of: Of,
    crew: Crew,
    observe: Observer | None = None,
    samples: Samples | None = None,
) -> GradientReport:
    """Return what `run.gradient` returns, computed in parts by a crew; `samples` gets those of each part.

    Raises:
        LosscliError: as `run.gradient` does, and what the crew raises.
    """
    with ExitStack() as stack:
        reading = stack.enter_context(run.opened(request))
        if isinstance(crew, AbstractContextManager):
            stack.enter_context(crew)
        parts = tasks_of(reading, sent(request.loss), crew.workers, samples)
        if len(parts) < 2:
            # What can be read once, such as a pipe, was opened here, and is read here.
            with all_samples(samples) as sink:
                return run.of_opened(reading, of, sink=sink, observe=observe)
        ones = (1.0,) * len(request.loss)
        tasks = [GradientTask(**vars(task), weigh=of == "cost", factors=ones) for task in parts]
        report = _in_parts(reading, tasks, crew, of)
    if report is not None:
        return report
    with all_samples(samples) as sink:
        return run.gradient(request, of, sink=sink, observe=observe)


def _in_parts(reading: Reading, tasks: Sequence[GradientTask], crew: Crew, of: Of) -> GradientReport | None:
    """Return the report of all parts; None where they leave something to a run over everything."""
    twice = tasks[0].samples is not None and run.is_read_twice(reading.request, of)
    outcomes = by_crew(
        crew, gradient_part, [replace(task, samples=None) for task in tasks] if twice else tasks
    )
    refuse_workers(outcomes)
    found = _together(reading, tasks, outcomes, of, crew)
    if found is None or not twice:
        return None if found is None else found[0]
    report, factors = found
    again = by_crew(crew, hand_part, [replace(task, factors=factors) for task in tasks])
    refuse_workers(again)
    same = all(one.state and one.states == first.states for one, first in zip(again, outcomes, strict=True))
    return report if same else None


def gradient_part(task: GradientTask) -> Outcome[Pulled]:
    """Compute the gradients of one part, on one thread; what is wrong with it is returned."""
    return done(task, _pulled)


def hand_part(task: GradientTask) -> Outcome[bool]:
    """Write the samples of one part, on one thread; what is wrong with it is returned."""
    return done(task, _handed)


def _handed(task: GradientTask, reading: Reading) -> bool:
    plan = plan_of(reading)
    with task.told as sink:
        handed = run.handing(sink, task.plan_told(plan), task.factors)
        local.hand_over(Gradients(plan, task.weigh), reading.blocks(None), handed)
    return True


def _pulled(task: GradientTask, reading: Reading) -> Pulled:
    plan = plan_of(reading)
    with task.told as sink:
        handed = None if sink is None else run.handing(sink, task.plan_told(plan), task.factors)
        state = local.run(Gradients(plan, task.weigh), reading.blocks(None), handed)
    provenance = numbered(task, reading)
    read = read_by(reading.request, plan, provenance, reading.across())
    rows = {row for one in _each(state) if one.worst is not None for row in one.worst.read().row.tolist()}
    return Pulled(read, state, {row: provenance.place(row) for row in rows})


def _each(state: State) -> Iterator[LossState[Pull]]:
    yield from state.losses
    for of_group in state.groups.values():
        yield from of_group


def _together(
    reading: Reading,
    tasks: Sequence[GradientTask],
    outcomes: Sequence[Outcome[Pulled]],
    of: Of,
    crew: Crew,
) -> tuple[GradientReport, tuple[float, ...]] | None:
    """Return the report of all parts, and the factors of all samples; None where one run has to tell."""
    found = [outcome.state for outcome in outcomes if outcome.state is not None]
    read = in_parts.of_one_run(reading, tasks, outcomes, [one.read for one in found], crew)
    if read is None or notes_of_types(reading, tasks, outcomes) != ():
        return None
    before = rows_before(tasks, outcomes)
    places = {
        row + behind: replace(place, shard=task.part.file)
        for one, behind, task in zip(found, before, tasks, strict=True)
        for row, place in one.places.items()
    }
    state = reduce(State.merge, (_behind(one.state, rows) for one, rows in zip(found, before, strict=True)))
    try:
        provenance, _ = read_together(reduce(states.State.merge, read), reading.losses, distinct=True)
        predictions, labels = inputs_of(reading, tasks, outcomes)
        provenance = replace(provenance, predictions=predictions, labels=labels, place=places.__getitem__)
        plan = plan_of(reading)
        report = summarise(plan, state, provenance, of)
        refuse_nothing(report, report.results)
        return report, run.factors_of(plan, state, of)
    except LosscliError:
        return None


def _behind(state: State, rows: int) -> State:
    """Return the state of rows that are behind so many others."""

    def moved(losses: tuple[LossState[Pull], ...]) -> tuple[LossState[Pull], ...]:
        return tuple(
            one if one.worst is None else replace(one, worst=one.worst.behind(rows)) for one in losses
        )

    return States(moved(state.losses), {name: moved(losses) for name, losses in state.groups.items()})
