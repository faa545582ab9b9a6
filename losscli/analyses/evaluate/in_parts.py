"""One request evaluated in parts, side by side, and put together: the report of one run, to the last bit.

Each part is read and folded where it lies, and what comes back is its state. What parts cannot tell by
themselves, a run over everything tells: then that is done, so that every error is the one of such a run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any, Protocol

from losscli.analyses.evaluate import by_shuffle, run
from losscli.analyses.evaluate.elsewhere import (
    FileState,
    from_anywhere,
    input_of,
    refuse_workers,
    same_code,
    state_of,
)
from losscli.analyses.evaluate.report import Report, Result
from losscli.analyses.evaluate.states.made import made_of
from losscli.analyses.evaluate.states.merged import report_of
from losscli.analyses.evaluate.states.state import State
from losscli.analyses.report import Sample
from losscli.common.errors import LosscliError
from losscli.common.version import __version__
from losscli.compute.engines import local
from losscli.compute.fold import Losses
from losscli.compute.plan import plan_of
from losscli.inputs.across import overlap
from losscli.inputs.ids import ID
from losscli.inputs.pairing.align import NoPartnerError
from losscli.inputs.pairing.distinct import Distinct
from losscli.inputs.partitions import Part, parts_of
from losscli.inputs.provenance import Fingerprint
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request
from losscli.loss.sent import Beside, Sent, sent


@dataclass(frozen=True)
class Task:
    """A part to be evaluated, as another process gets it.

    Attributes:
        part: what is read.
        losses: what is computed.
        number: which part it is.
        names: what messages call the inputs that the part is of.
    """

    part: Part
    losses: Sent
    number: int
    names: tuple[str, str]


@dataclass(frozen=True)
class Outcome:
    """What came of a part.

    Attributes:
        version: of the losscli that evaluated it.
        state: what is known of its rows; None where it was refused.
        columns: the names of the columns of both inputs.
        rows: how many rows each of them has.
        types: of the columns that were read, in formats that have types.
        refused: what was wrong with it.
        missing: the files of the part that are not there.
        states: the size of each input, and when it was changed.
        apart: whether it was refused since its ids are not the same in both inputs.
        beside: what the code of losses imported from its folders.
    """

    version: str
    state: State | None = None
    columns: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    rows: tuple[int, int] = (0, 0)
    types: tuple[tuple[str, ...], ...] = ()
    refused: str = ""
    missing: tuple[str, ...] = ()
    states: tuple[FileState, FileState] = ((), ())
    beside: Beside = ()
    apart: bool = False


class Crew(Protocol):
    """Does tasks side by side."""

    @property
    def workers(self) -> int:
        """How many at a time."""

    def __call__(self, function: Callable[[Task], Outcome], tasks: Sequence[Task], /) -> Sequence[Outcome]:
        """Return what came of the tasks, in their order."""


def evaluate(request: Request, crew: Crew, observe: Observer | None = None) -> Report:
    """Return what `run.evaluate` returns, computed in parts by a crew.

    Raises:
        LosscliError: as `run.evaluate` does, and what the crew raises.
    """
    with ExitStack() as stack:
        reading = stack.enter_context(Reading(request))
        if isinstance(crew, AbstractContextManager):
            stack.enter_context(crew)
        losses, workers = sent(request.loss), crew.workers
        if losses is not None and len(parts := parts_of(reading, workers)) > 1:
            report = _of_parts(reading, parts, losses, crew)
        elif losses is not None and isinstance(crew, by_shuffle.Dealer) and by_shuffle.is_for(reading):
            report = by_shuffle.evaluate(reading, crew, losses, workers)
        else:
            # What can be read once, such as a pipe, was opened here, and is read here.
            return run.of_opened(reading, observe=observe)
    return run.evaluate(request, observe=observe) if report is None else report


def _of_parts(reading: Reading, parts: Sequence[Part], losses: Sent, crew: Crew) -> Report | None:
    """Return the report of parts; None where they leave something to a run over everything."""
    names = reading.left.name, reading.right.name
    tasks = [Task(_sent(part), losses, number, names) for number, part in enumerate(parts)]
    outcomes = crew(evaluate_part, tasks)
    refuse_workers(outcomes)
    if any(one.apart for one in outcomes) and isinstance(crew, by_shuffle.Dealer):
        stretches = [
            (task.part.request.predictions, task.part.request.labels) for task in tasks if not task.part.file
        ]
        if by_shuffle.is_for(reading, stretches):
            return by_shuffle.evaluate(reading, crew, losses, crew.workers, stretches)
    data = [task.part.request.predictions for task in tasks]
    return _together(reading, parts, outcomes, lambda states: _are_distinct(reading, states, data, crew))


def _sent(part: Part) -> Part:
    """Return a part as workers get it, wherever they run."""
    request = part.request
    return replace(
        part,
        request=replace(
            request,
            predictions=from_anywhere(request.predictions),
            labels=from_anywhere(request.labels),
            loss=(),
            mergeable=True,
            fingerprints=False,
        ),
    )


def evaluate_part(task: Task) -> Outcome:
    """Evaluate one part, on one thread; what is wrong with it is returned."""
    request = task.part.request
    try:
        request = replace(request, loss=task.losses.bound())
        with Reading(request, ahead=False) as reading:
            plan = plan_of(reading)
            folded = local.run(Losses(plan), reading.blocks(None))
            read = reading.provenance()
            # The bytes of its inputs are told by whoever has all of them; here they number the part.
            name = Fingerprint(task.number, f"{task.number:012}")
            labels = replace(read.labels, path=task.part.label_file, fingerprint=name)
            read = replace(
                read,
                notes=tuple(_of_the_whole(note, reading, task.names) for note in read.notes),
                predictions=replace(read.predictions, path=task.part.file, fingerprint=name),
                labels=labels,
            )
            state = made_of(request, plan, folded, read, reading.across())
            columns = frozenset(reading.left.header.names), frozenset(reading.right.header.names)
            rows = reading.left.rows, reading.right.rows
            states = state_of(reading.left), state_of(reading.right)
            beside = task.losses.beside()
            return Outcome(__version__, state, columns, rows, _types(reading), states=states, beside=beside)
    except NoPartnerError:
        return Outcome(__version__, refused="ids", apart=True)
    except LosscliError as error:
        paths = [one for one in (request.predictions, request.labels) if isinstance(one, str)]
        missing = tuple(path for path in paths if not Path(path).exists())
        return Outcome(__version__, refused=str(error), missing=missing)


def _of_the_whole(note: str, reading: Reading, names: tuple[str, str]) -> str:
    """Return a note about a part as one about the inputs that it is of."""
    for source, name in zip((reading.left, reading.right), names, strict=True):
        note = note.replace(source.name, name)
    return note


def _types(reading: Reading) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(source.header.types.get(place, "") for want in wants for place in want.columns)
        for source, wants in reading.wants
    )


def _together(
    reading: Reading,
    parts: Sequence[Part],
    outcomes: Sequence[Outcome],
    are_distinct: Callable[[Sequence[State]], bool],
) -> Report | None:
    """Return the report of all parts; None where they leave something to a run over everything."""
    states = [outcome.state for outcome in outcomes if outcome.state is not None]
    if len(states) < len(outcomes) or any(one.plan != states[0].plan for one in states):
        return None
    if not same_code(states[0], reading.losses, (one for outcome in outcomes for one in outcome.beside)):
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
    if reading.roles.by_id and not are_distinct(states):
        return None
    try:
        state = reduce(State.merge, states)
        report = report_of(state, reading.losses, distinct=True)
    except LosscliError:
        return None
    try:
        inputs = [
            input_of(
                source,
                [(one.rows[side], one.states[side]) for one in outcomes],
                hashed=reading.request.fingerprints,
            )
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


def _are_distinct(reading: Reading, states: Sequence[State], data: Sequence[Any], crew: Crew) -> bool:
    """Whether no id of the predictions is in two parts, of which `data` is read; in each, none is twice."""
    found = [part.across.ids.get("predictions") for state in states for part in state.parts]
    # A file without rows has no ids.
    if not overlap([ends for ends in found if ends is not None]):
        return True
    if isinstance(crew, by_shuffle.Dealer):
        return by_shuffle.are_distinct(reading, data, crew, crew.workers)
    with closing(reading.left.again()) as source, closing(Distinct()) as seen:
        for chunk in source.chunks(reading.id_wants, reading.request.block_rows):
            seen.add(chunk.columns[ID])
        return not seen.repeated()[0]
