"""One request evaluated in parts, side by side, and put together: the report of one run, to the last bit.

Each part is read and folded where it lies, and what comes back is its state. What parts cannot tell by
themselves, a run over everything tells: then that is done, so that every error is the one of such a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from losscli.analyses.evaluate import by_shuffle, run
from losscli.analyses.evaluate.report import Report, Result
from losscli.analyses.evaluate.states.made import made_of
from losscli.analyses.evaluate.states.merged import read_together, report_of
from losscli.analyses.evaluate.states.state import Part, State, digest_of
from losscli.analyses.parts import (
    Crew,
    Outcome,
    Samples,
    Task,
    all_samples,
    are_alike,
    by_crew,
    done,
    inputs_of,
    notes_of_types,
    numbered,
    refuse_workers,
    same_code,
    tasks_of,
)
from losscli.analyses.report import Sample
from losscli.common.errors import LosscliError
from losscli.compute.engines import local
from losscli.compute.fold import Losses, States
from losscli.compute.plan import Plan, plan_of
from losscli.compute.row_losses import RowLosses
from losscli.inputs import notes
from losscli.inputs.across import overlap
from losscli.inputs.block import Block
from losscli.inputs.ids import ID
from losscli.inputs.pairing.classes import FoundClasses, LabelEdits
from losscli.inputs.pairing.distinct import Distinct
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request
from losscli.loss.sent import sent


@dataclass(frozen=True, kw_only=True)
class EvaluateTask(Task):
    """A part, and who sees its rows besides."""

    onlookers: tuple[run.OnlookerOfParts, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """What onlookers know of some parts, in which the classes without columns are numbered as these names."""

    classes: tuple[str, ...]
    seen: tuple[run.Seen, ...]

    def merge(self, other: Sight) -> Sight:
        """Return what they know of the parts of both, which number classes alike."""
        return Sight(self.classes, tuple(a.merge(b) for a, b in zip(self.seen, other.seen, strict=True)))

    def in_whole(self, names: FoundClasses | None) -> Sight:
        """Return the same with the numbers that classes have among all of them."""
        if names is None or not self.classes:
            return self
        numbers = names.numbers_of(self.classes)
        return Sight((), tuple(one.in_whole(numbers) for one in self.seen))


@dataclass(frozen=True, slots=True)
class Piece:
    """What came of some parts: their state, and what onlookers know of those that number classes alike."""

    state: State
    sights: tuple[Sight, ...] = ()

    def merge(self, other: Piece) -> Piece:
        """Return what came of the parts of both."""
        sights, more = self.sights, other.sights
        if sights and more and sights[-1].classes == more[0].classes:
            sights, more = (*sights[:-1], sights[-1].merge(more[0])), more[1:]
        return Piece(self.state.merge(other.state), (*sights, *more))


def evaluate(
    request: Request,
    crew: Crew,
    observe: Observer | None = None,
    samples: Samples | None = None,
    onlookers: Sequence[run.OnlookerOfParts] = (),
) -> Report:
    """Return what `run.evaluate` returns, computed in parts by a crew; `samples` gets those of each part.

    Args:
        request: the inputs, the losses, and how to treat them.
        crew: who does the parts.
        observe: is told how far the work is, where it is one run.
        samples: takes the samples of each part.
        onlookers: have not begun; each part gets its own of each of them.

    Raises:
        LosscliError: as `run.evaluate` does, and what the crew raises.
    """
    with ExitStack() as stack:
        reading = stack.enter_context(Reading(request))
        if isinstance(crew, AbstractContextManager):
            stack.enter_context(crew)
        # What gates with a confidence are judged from is in no state.
        losses = None if request.grounds or _need_one_run(onlookers, reading) else sent(request.loss)
        tasks = [
            EvaluateTask(**vars(task), onlookers=tuple(onlookers))
            for task in tasks_of(reading, losses, crew.workers, samples)
        ]
        shuffles = samples is None and not onlookers
        if len(tasks) > 1:
            report = _of_parts(reading, tasks, crew)
        elif losses and shuffles and isinstance(crew, by_shuffle.Dealer) and by_shuffle.is_for(reading):
            report = by_shuffle.evaluate(reading, crew, losses, crew.workers)
        else:
            # What can be read once, such as a pipe, was opened here, and is read here.
            with all_samples(samples) as sink:
                return run.of_opened(reading, sink=sink, observe=observe, onlookers=onlookers)
    if report is not None:
        return report
    with all_samples(samples) as sink:
        return run.evaluate(request, sink=sink, observe=observe, onlookers=onlookers)


def _need_one_run(onlookers: Sequence[run.OnlookerOfParts], reading: Reading) -> bool:
    """Whether some need the numbers of rows among all files: a part that is a file does not know them."""
    return bool(reading.left.files) and any(one.needs_numbers(reading) for one in onlookers)


def _of_parts(reading: Reading, tasks: Sequence[EvaluateTask], crew: Crew) -> Report | None:
    """Return the report of parts; None where they leave something to a run over everything."""
    outcomes = by_crew(crew, evaluate_part, tasks, gather)
    refuse_workers(outcomes)
    for_shuffle = tasks[0].samples is None and not tasks[0].onlookers
    if for_shuffle and any(one.apart for one in outcomes) and isinstance(crew, by_shuffle.Dealer):
        stretches = [
            (task.part.request.predictions, task.part.request.labels) for task in tasks if not task.part.file
        ]
        if by_shuffle.is_for(reading, stretches):
            return by_shuffle.evaluate(reading, crew, tasks[0].losses, crew.workers, stretches)
    return _together(reading, tasks, outcomes, crew)


def evaluate_part(task: EvaluateTask) -> Outcome[Piece]:
    """Evaluate one part, on one thread; what is wrong with it is returned."""
    return done(task, _piece)


def _piece(task: EvaluateTask, reading: Reading) -> Piece:
    plan = plan_of(reading)
    for onlooker in task.onlookers:
        onlooker.begin(reading, plan)
    with task.told as sink:
        handed = None if sink is None else _handing(sink, task.plan_told(plan))
        watched = run.watching(plan, handed, *task.onlookers)
        folded = local.run(Losses(plan), reading.blocks(None), watched)
    read = numbered(task, reading)
    state = made_of(reading.request, plan, folded, read, reading.across())
    if not task.onlookers:
        return Piece(state)
    # Classes that have columns have the same numbers in all parts.
    names = () if state.plan.classes else read.classes
    return Piece(state, (Sight(names, tuple(onlooker.seen for onlooker in task.onlookers)),))


def _handing(sink: run.Sink, told: Plan) -> run.Sink:
    """Return a sink that hands on what it gets with another plan."""

    def hand(_plan: Plan, block: Block, rows: tuple[RowLosses, ...]) -> None:
        sink(told, block, rows)

    return hand


def gather(outcomes: list[Outcome[Piece]]) -> None:
    """Put states of as many parts together, into the last outcome of them: its worker sends fewer.

    Beyond a million losses, which a worker has sooner than each of its parts, a state is small.
    """
    places = [place for place, one in enumerate(outcomes) if one.state is not None]
    while len(places) > 1:
        earlier, last = outcomes[places[-2]], outcomes[places[-1]]
        assert earlier.state is not None
        assert last.state is not None
        one, other = earlier.state.state, last.state.state
        if len(one.parts) > len(other.parts) or one.plan != other.plan:
            return
        outcomes[places[-1]] = replace(last, state=earlier.state.merge(last.state))
        outcomes[places.pop(-2)] = replace(earlier, state=None)


def _together(
    reading: Reading, tasks: Sequence[EvaluateTask], outcomes: Sequence[Outcome[Piece]], crew: Crew
) -> Report | None:
    """Return the report of all parts; None where they leave something to a run over everything."""
    pieces = [outcome.state for outcome in outcomes if outcome.state is not None]
    states = of_one_run(reading, tasks, outcomes, [piece.state for piece in pieces], crew)
    told = notes_of_types(reading, tasks, outcomes)
    if states is None or told is None:
        return None
    try:
        state = reduce(State.merge, states)
        report = report_of(state, reading.losses, distinct=True)
        inputs = inputs_of(reading, tasks, outcomes)
    except LosscliError:
        return None
    results = tuple(_of_files(result, several=bool(tasks[0].part.file)) for result in report.results)
    report = replace(
        report, predictions=inputs[0], labels=inputs[1], results=results, notes=(*told, *report.notes)
    )
    onlookers = tasks[0].onlookers
    return _told(report, reading, state, pieces, onlookers) if onlookers else report


def _told(
    report: Report,
    reading: Reading,
    state: State,
    pieces: Sequence[Piece],
    onlookers: Sequence[run.OnlookerOfParts],
) -> Report:
    """Return the report of all parts with what onlookers have to say of them together."""
    provenance, names = read_together(state, reading.losses, distinct=True)
    sights = (sight.in_whole(names) for piece in pieces for sight in piece.sights)
    seen = reduce(Sight.merge, sights).seen
    folded = States(tuple(known.state for known in state.overall()))
    for onlooker, known in zip(onlookers, seen, strict=True):
        onlooker.begin(reading, plan_of(reading))
        onlooker.seen = known
        report = onlooker.told(report, provenance, folded)
    return report


def of_one_run(
    reading: Reading,
    tasks: Sequence[Task],
    outcomes: Sequence[Outcome[Any]],
    states: Sequence[State | None],
    crew: Crew,
) -> list[State] | None:
    """Return the states of parts that are those of one run; None where something is left to that."""
    found = [state for state in states if state is not None]
    if not are_alike(reading, tasks, outcomes) or any(one.plan != found[0].plan for one in found):
        return None
    parts = [part for state in found for part in state.parts]
    if len(parts) < len(tasks):
        return None
    if not same_code(found[0].plan.code, reading.losses, (one for each in outcomes for one in each.beside)):
        return None
    if reading.roles.by_id and not _are_distinct(reading, parts, tasks, crew):
        return None
    told = _notes_of(parts, reading.request)
    if told is None:
        return None
    return [replace(one, parts=tuple(replace(part, notes=told) for part in one.parts)) for one in found]


def _notes_of(parts: Sequence[Part], request: Request) -> tuple[str, ...] | None:
    """Return the notes of one run; None where a part says what its first one does not."""
    # That no label is replaced holds of all rows where it holds of those of each part.
    edits = LabelEdits(request.ignore_label, request.map_labels)
    of_all = {*notes.unmapped(edits, request.map_labels)}
    of_all |= {*notes.unrenamed(LabelEdits((), {}), request.edits, names=True)}
    every = of_all.intersection(*(part.notes for part in parts))
    # What else is to be known of an input of several files is what there is to say of the first of them.
    first = min(parts, key=lambda part: digest_of(part.predictions).size)
    if any(not {*part.notes} - of_all <= {*first.notes} for part in parts):
        return None
    return tuple(note for note in first.notes if note in every or note not in of_all)


def _of_files(result: Result, *, several: bool) -> Result:
    """Return a result whose samples name their files where there are several."""

    def told(sample: Sample) -> Sample:
        return sample if several else replace(sample, shard=None)

    groups = tuple(_of_files(group, several=several) for group in result.groups)
    return replace(result, worst=tuple(map(told, result.worst)), groups=groups)


def _are_distinct(reading: Reading, parts: Sequence[Part], tasks: Sequence[Task], crew: Crew) -> bool:
    """Whether no id of the predictions is in two parts; in each, none is twice."""
    found = [part.across.ids.get("predictions") for part in parts]
    # A file without rows has no ids.
    if not overlap([ends for ends in found if ends is not None]):
        return True
    if isinstance(crew, by_shuffle.Dealer):
        data = [task.part.request.predictions for task in tasks]
        return by_shuffle.are_distinct(reading, data, crew, crew.workers)
    with closing(reading.left.again()) as source, closing(Distinct()) as seen:
        for chunk in source.chunks(reading.id_wants, reading.request.block_rows):
            seen.add(chunk.columns[ID])
        return not seen.repeated()[0]
