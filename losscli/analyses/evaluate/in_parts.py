"""One request evaluated in parts, side by side, and put together: the report of one run, to the last bit.

Each part is read and folded where it lies, and what comes back is its state. What parts cannot tell by
themselves, a run over everything tells: then that is done, so that every error is the one of such a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial, reduce
from typing import Any

from losscli.analyses.evaluate import run
from losscli.analyses.evaluate.report import Report, Result
from losscli.analyses.evaluate.states.made import made_of
from losscli.analyses.evaluate.states.merged import report_of
from losscli.analyses.evaluate.states.state import State, digest_of
from losscli.analyses.parts import (
    Crew,
    Outcome,
    Samples,
    Task,
    all_samples,
    are_alike,
    are_distinct,
    by_crew,
    done,
    inputs_of,
    notes_of_types,
    numbered,
    refuse_workers,
    tasks_of,
)
from losscli.analyses.report import Sample
from losscli.common.errors import LosscliError
from losscli.compute.engines import local
from losscli.compute.fold import Losses
from losscli.compute.plan import plan_of
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request


def evaluate(
    request: Request, crew: Crew, observe: Observer | None = None, samples: Samples | None = None
) -> Report:
    """Return what `run.evaluate` returns, computed in parts by a crew; `samples` gets those of each part.

    Raises:
        LosscliError: as `run.evaluate` does, and what the crew raises.
    """
    with Reading(request) as reading:
        tasks = tasks_of(reading, crew.workers, samples)
        if len(tasks) < 2:
            # What can be read once, such as a pipe, was opened here, and is read here.
            with all_samples(samples) as sink:
                return run.of_opened(reading, sink=sink, observe=observe)
        outcomes = by_crew(crew, evaluate_part, tasks, gather)
        refuse_workers(outcomes)
        report = _together(reading, tasks, outcomes)
    if report is not None:
        return report
    with all_samples(samples) as sink:
        return run.evaluate(request, sink=sink, observe=observe)


def evaluate_part(task: Task) -> Outcome[State]:
    """Evaluate one part, on one thread; what is wrong with it is returned."""
    return done(task, _state)


def _state(task: Task, reading: Reading) -> State:
    plan = plan_of(reading)
    with task.told as sink:
        handed = None if sink is None else partial(sink, task.plan_told(plan))
        folded = local.run(Losses(plan), reading.blocks(None), handed)
    return made_of(reading.request, plan, folded, numbered(task, reading), reading.across())


def gather(outcomes: list[Outcome[State]]) -> None:
    """Put states of as many parts together, into the last outcome of them: its worker sends fewer.

    Beyond a million losses, which a worker has sooner than each of its parts, a state is small.
    """
    places = [place for place, one in enumerate(outcomes) if one.state is not None]
    while len(places) > 1:
        earlier, last = outcomes[places[-2]], outcomes[places[-1]]
        assert earlier.state is not None
        assert last.state is not None
        if len(earlier.state.parts) > len(last.state.parts) or earlier.state.plan != last.state.plan:
            return
        outcomes[places[-1]] = replace(last, state=earlier.state.merge(last.state))
        outcomes[places.pop(-2)] = replace(earlier, state=None)


def _together(reading: Reading, tasks: Sequence[Task], outcomes: Sequence[Outcome[State]]) -> Report | None:
    """Return the report of all parts; None where they leave something to a run over everything."""
    states = of_one_run(reading, tasks, outcomes, [outcome.state for outcome in outcomes])
    told = notes_of_types(reading, tasks, outcomes)
    if states is None or told is None:
        return None
    try:
        report = report_of(reduce(State.merge, states), reading.losses, distinct=True)
        inputs = inputs_of(reading, tasks, outcomes)
    except LosscliError:
        return None
    results = tuple(_of_files(result, several=bool(tasks[0].part.file)) for result in report.results)
    return replace(
        report, predictions=inputs[0], labels=inputs[1], results=results, notes=(*told, *report.notes)
    )


def of_one_run(
    reading: Reading,
    tasks: Sequence[Task],
    outcomes: Sequence[Outcome[Any]],
    states: Sequence[State | None],
) -> list[State] | None:
    """Return the states of parts that are those of one run; None where something is left to that."""
    found = [state for state in states if state is not None]
    if not are_alike(reading, tasks, outcomes) or any(one.plan != found[0].plan for one in found):
        return None
    parts = [part for state in found for part in state.parts]
    if len(parts) < len(tasks):
        return None
    if reading.roles.by_id and not are_distinct(reading, [part.across for part in parts]):
        return None
    # What is to be known of an input of several files is what there is to say of the first of them.
    first = min(parts, key=lambda part: digest_of(part.predictions).size)
    if any(not {*part.notes} <= {*first.notes} for part in parts):
        return None
    return [
        replace(one, parts=tuple(replace(part, notes=first.notes) for part in one.parts)) for one in found
    ]


def _of_files(result: Result, *, several: bool) -> Result:
    """Return a result whose samples name their files where there are several."""

    def told(sample: Sample) -> Sample:
        return sample if several else replace(sample, shard=None)

    groups = tuple(_of_files(group, several=several) for group in result.groups)
    return replace(result, worst=tuple(map(told, result.worst)), groups=groups)
