"""One request evaluated in parts, side by side, and put together: the report of one run, to the last bit.

Each part is read and folded where it lies, and what comes back is its state. What parts cannot tell by
themselves, a run over everything tells: then that is done, so that every error is the one of such a run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any, Protocol

from losscli.analyses.evaluate import run
from losscli.analyses.evaluate.report import Report, Result
from losscli.analyses.evaluate.states.made import made_of
from losscli.analyses.evaluate.states.merged import report_of
from losscli.analyses.evaluate.states.state import State
from losscli.analyses.report import Sample
from losscli.common.addresses import is_address
from losscli.common.errors import LosscliError
from losscli.common.version import __version__
from losscli.compute.engines import local
from losscli.compute.fold import Losses
from losscli.compute.plan import plan_of
from losscli.inputs.across import overlap
from losscli.inputs.formats.csv.span import Span
from losscli.inputs.ids import ID
from losscli.inputs.pairing.distinct import Distinct
from losscli.inputs.partitions import Part, parts_of
from losscli.inputs.provenance import Fingerprint, Input
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request
from losscli.inputs.shards.find import together
from losscli.inputs.source import Source
from losscli.inputs.streams.failures import changed
from losscli.inputs.streams.opened import OpenedFile
from losscli.loss import registry
from losscli.loss.spec import BoundLoss, parse_spec


@dataclass(frozen=True)
class Task:
    """A part to be evaluated, as another process gets it: losses are specs, since code does not travel.

    Attributes:
        part: what is read.
        losses: the specs.
        number: which part it is.
        names: what messages call the inputs that the part is of.
    """

    part: Part
    losses: tuple[str, ...]
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
    """

    version: str
    state: State | None = None
    columns: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    rows: tuple[int, int] = (0, 0)
    types: tuple[tuple[str, ...], ...] = ()
    refused: str = ""
    missing: tuple[str, ...] = ()
    states: tuple[FileState, FileState] = ((), ())


FileState = tuple[object, ...]


class Crew(Protocol):
    """Does tasks side by side.

    Attributes:
        workers: how many at a time.
    """

    workers: int

    def __call__(self, function: Callable[[Task], Outcome], tasks: Sequence[Task], /) -> Sequence[Outcome]:
        """Return what came of the tasks, in their order."""


def evaluate(request: Request, crew: Crew, observe: Observer | None = None) -> Report:
    """Return what `run.evaluate` returns, computed in parts by a crew.

    Raises:
        LosscliError: as `run.evaluate` does, and what the crew raises.
    """
    with Reading(request) as reading:
        # What gates with a confidence are judged from is in no state.
        divides = not request.grounds and all(map(_has_a_name, request.loss))
        parts = parts_of(reading, crew.workers) if divides else ()
        if len(parts) < 2:
            # What can be read once, such as a pipe, was opened here, and is read here.
            return run.of_opened(reading, observe=observe)
        names = reading.left.name, reading.right.name
        tasks = [
            Task(_sent(part), tuple(bound.spec for bound in request.loss), number, names)
            for number, part in enumerate(parts)
        ]
        outcomes = crew(evaluate_part, tasks)
        _refuse_workers(outcomes)
        report = _together(reading, parts, outcomes, hashed=request.fingerprints)
    return run.evaluate(request, observe=observe) if report is None else report


def _has_a_name(bound: BoundLoss) -> bool:
    """Whether other processes find a loss by its spec: no function of the program that called us."""
    try:
        return parse_spec(bound.spec, registry.find).spec == bound.spec
    except LosscliError:
        return False


def _sent(part: Part) -> Part:
    """Return a part as workers get it, wherever they run."""
    request = part.request
    return replace(
        part,
        request=replace(
            request,
            predictions=_from_anywhere(request.predictions),
            labels=_from_anywhere(request.labels),
            loss=(),
            mergeable=True,
            fingerprints=False,
        ),
    )


def _from_anywhere(data: Any) -> Any:
    if isinstance(data, Span):
        return replace(data, path=os.path.abspath(data.path))  # noqa: PTH100  links stay as they are
    return os.path.abspath(data) if isinstance(data, str) and not is_address(data) else data  # noqa: PTH100


def evaluate_part(task: Task) -> Outcome:
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
                notes=tuple(_of_the_whole(note, reading, task.names) for note in read.notes),
                predictions=replace(read.predictions, path=task.part.file, fingerprint=name),
                labels=labels,
            )
            state = made_of(request, plan, folded, read, reading.across())
            columns = frozenset(reading.left.header.names), frozenset(reading.right.header.names)
            rows = reading.left.rows, reading.right.rows
            states = _state_of(reading.left), _state_of(reading.right)
            return Outcome(__version__, state, columns, rows, _types(reading), states=states)
    except LosscliError as error:
        paths = [one for one in (request.predictions, request.labels) if isinstance(one, str)]
        missing = tuple(path for path in paths if not Path(path).exists())
        return Outcome(__version__, refused=str(error), missing=missing)


def _of_the_whole(note: str, reading: Reading, names: tuple[str, str]) -> str:
    """Return a note about a part as one about the inputs that it is of."""
    for source, name in zip((reading.left, reading.right), names, strict=True):
        note = note.replace(source.name, name)
    return note


def _state_of(source: Source) -> FileState:
    """Return the size of a file and when it was changed: on every machine the same, as devices are not."""
    return source.stamp[2:]


def _types(reading: Reading) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(source.header.types.get(place, "") for want in wants for place in want.columns)
        for source, wants in reading.wants
    )


def _refuse_workers(outcomes: Sequence[Outcome]) -> None:
    """Raise LosscliError for a worker that has another losscli, or not the files that are here."""
    for outcome in outcomes:
        if outcome.version != __version__:
            raise LosscliError(
                "a worker", f"it has losscli {outcome.version}", f"losscli {__version__} on every worker"
            )
        if outcome.missing and all(Path(path).exists() for path in outcome.missing):
            raise LosscliError(
                f"a worker, {outcome.missing[0]}",
                "there is no such file for it",
                "files that every worker can open under the same path",
            )


def _together(
    reading: Reading, parts: Sequence[Part], outcomes: Sequence[Outcome], *, hashed: bool
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
        opened = _state_of(reading.left), _state_of(reading.right)
        if any(outcome.states != opened for outcome in outcomes):
            return None
    if reading.roles.by_id and not _are_distinct(reading, states):
        return None
    try:
        state = reduce(State.merge, states)
        report = report_of(state, reading.losses, distinct=True)
    except LosscliError:
        return None
    try:
        inputs = [
            _input(source, [(one.rows[side], one.states[side]) for one in outcomes], hashed=hashed)
            for side, source in enumerate((reading.left, reading.right))
        ]
    except LosscliError:
        return None
    results = tuple(_of_files(result, several=bool(parts[0].file)) for result in report.results)
    return replace(report, predictions=inputs[0], labels=inputs[1], results=results)


def _input(source: Source, read: Sequence[tuple[int, FileState]], *, hashed: bool) -> Input:
    """Return an input as one run would have read it, given the rows and the state of what each part read.

    Raises:
        LosscliError: for a file that is no longer what was read.
    """
    rows = sum(count for count, _ in read)
    if not source.files:
        return Input(source.path, rows, _bytes_of(source.path, read[0][1]) if hashed else None)
    shards = tuple(
        Input(shard.name, count, _bytes_of(shard.path, state) if hashed else None)
        for shard, (count, state) in zip(source.files, read, strict=True)
    )
    known = [(shard, one.fingerprint) for shard, one in zip(source.files, shards, strict=True)]
    told = [(shard, (one.size, one.sha256)) for shard, one in known if one is not None]
    return Input(source.path, rows, Fingerprint(*together(told)) if told else None, shards)


def _bytes_of(path: str, state: FileState) -> Fingerprint | None:
    with closing(OpenedFile(path, hashed=True)) as file:
        if file.stamp[2:] != state:
            raise changed(file.name)
        found = file.fingerprint()
    return None if found is None else Fingerprint(*found)


def _of_files(result: Result, *, several: bool) -> Result:
    """Return a result whose samples name their files where there are several."""

    def told(sample: Sample) -> Sample:
        return sample if several else replace(sample, shard=None)

    groups = tuple(_of_files(group, several=several) for group in result.groups)
    return replace(result, worst=tuple(map(told, result.worst)), groups=groups)


def _are_distinct(reading: Reading, states: Sequence[State]) -> bool:
    """Whether no id of the predictions is in two parts; in each, no id is there twice."""
    found = [part.across.ids.get("predictions") for state in states for part in state.parts]
    # A file without rows has no ids.
    ranges = [ends for ends in found if ends is not None]
    if not overlap(ranges):
        return True
    wants = reading.id_wants
    with closing(reading.left.again()) as source, closing(Distinct()) as seen:
        for chunk in source.chunks(wants, reading.request.block_rows):
            seen.add(chunk.columns[ID])
        return not seen.repeated()[0]
