"""One request evaluated in parts, side by side, and put together: the report of one run, to the last bit.

Each part is read and folded where it lies, and what comes back is its state. What parts cannot tell by
themselves, a run over everything tells: then that is done, so that every error is the one of such a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path

from losscli.analyses.evaluate import run
from losscli.analyses.evaluate.report import Report, Result
from losscli.analyses.evaluate.states.made import made_of
from losscli.analyses.evaluate.states.merged import report_of
from losscli.analyses.evaluate.states.state import State
from losscli.analyses.parts import (
    Crew,
    Outcome,
    Task,
    are_distinct,
    has_a_name,
    input_of,
    of_the_whole,
    refuse_workers,
    sent,
    state_of,
    types_of,
)
from losscli.analyses.report import Sample
from losscli.common.errors import LosscliError
from losscli.common.version import __version__
from losscli.compute.engines import local
from losscli.compute.fold import Losses
from losscli.compute.plan import plan_of
from losscli.inputs.partitions import Part, parts_of
from losscli.inputs.provenance import Fingerprint
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import parse_spec


def evaluate(request: Request, crew: Crew, observe: Observer | None = None) -> Report:
    """Return what `run.evaluate` returns, computed in parts by a crew.

    Raises:
        LosscliError: as `run.evaluate` does, and what the crew raises.
    """
    with Reading(request) as reading:
        parts = parts_of(reading, crew.workers) if all(map(has_a_name, request.loss)) else ()
        if len(parts) < 2:
            # What can be read once, such as a pipe, was opened here, and is read here.
            return run.of_opened(reading, observe=observe)
        names = reading.left.name, reading.right.name
        tasks = [
            Task(sent(part), tuple(bound.spec for bound in request.loss), number, names)
            for number, part in enumerate(parts)
        ]
        outcomes = crew(evaluate_part, tasks)
        refuse_workers(outcomes)
        report = _together(reading, parts, outcomes, hashed=request.fingerprints)
    return run.evaluate(request, observe=observe) if report is None else report


def evaluate_part(task: Task) -> Outcome[State]:
    """Evaluate one part, on one thread; what is wrong with it is returned."""
    request = task.part.request
    try:
        request = replace(request, loss=tuple(parse_spec(spec, registry.find) for spec in task.losses))
        with Reading(request, ahead=False) as reading:
            plan = plan_of(reading)
            folded = local.run(Losses(plan), reading.blocks(None))
            read = reading.provenance()
            # The bytes of its inputs are told by whoever has all of them; here they number the part.
            name = Fingerprint(task.number, f"{task.number:012}")
            labels = replace(read.labels, path=task.part.label_file, fingerprint=name)
            read = replace(
                read,
                notes=tuple(of_the_whole(note, reading, task.names) for note in read.notes),
                predictions=replace(read.predictions, path=task.part.file, fingerprint=name),
                labels=labels,
            )
            state = made_of(request, plan, folded, read, reading.across())
            columns = frozenset(reading.left.header.names), frozenset(reading.right.header.names)
            rows = reading.left.rows, reading.right.rows
            states = state_of(reading.left), state_of(reading.right)
            return Outcome(__version__, state, columns, rows, types_of(reading), states=states)
    except LosscliError as error:
        paths = [one for one in (request.predictions, request.labels) if isinstance(one, str)]
        missing = tuple(path for path in paths if not Path(path).exists())
        return Outcome(__version__, refused=str(error), missing=missing)


def _together(
    reading: Reading, parts: Sequence[Part], outcomes: Sequence[Outcome[State]], *, hashed: bool
) -> Report | None:
    """Return the report of all parts; None where they leave something to a run over everything."""
    states = [outcome.state for outcome in outcomes if outcome.state is not None]
    if len(states) < len(outcomes) or any(one.plan != states[0].plan for one in states):
        return None
    if any(outcome.columns != outcomes[0].columns for outcome in outcomes):
        return None
    if len({outcome.types for outcome in outcomes if all(outcome.rows)}) > 1:
        # Whether it is an error or a note is told with the names of all files.
        return None
    if not parts[0].file:
        # Stretches of one file that was changed in between are of two files.
        opened = state_of(reading.left), state_of(reading.right)
        if any(outcome.states != opened for outcome in outcomes):
            return None
    if reading.roles.by_id and not are_distinct(
        reading, [part.across for state in states for part in state.parts]
    ):
        return None
    try:
        state = reduce(State.merge, states)
        report = report_of(state, reading.losses, distinct=True)
    except LosscliError:
        return None
    try:
        inputs = [
            input_of(source, [(one.rows[side], one.states[side]) for one in outcomes], hashed=hashed)
            for side, source in enumerate((reading.left, reading.right))
        ]
    except LosscliError:
        return None
    results = tuple(_of_files(result, several=bool(parts[0].file)) for result in report.results)
    return replace(report, predictions=inputs[0], labels=inputs[1], results=results)


def _of_files(result: Result, *, several: bool) -> Result:
    """Return a result whose samples name their files where there are several."""

    def told(sample: Sample) -> Sample:
        return sample if several else replace(sample, shard=None)

    groups = tuple(_of_files(group, several=several) for group in result.groups)
    return replace(result, worst=tuple(map(told, result.worst)), groups=groups)
