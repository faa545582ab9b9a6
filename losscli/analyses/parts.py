"""Parts of one run that any analysis is done in: what workers get and return, and what holds of the whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from losscli.common.addresses import is_address
from losscli.common.errors import LosscliError, OutputError
from losscli.common.version import __version__
from losscli.compute.plan import Plan
from losscli.inputs import notes
from losscli.inputs.pairing.align import NoPartnerError
from losscli.inputs.partitions import Part, parts_of
from losscli.inputs.places import Shard
from losscli.inputs.provenance import Fingerprint, Input, Provenance
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request
from losscli.inputs.shards.find import together
from losscli.inputs.shards.kinds import Kinds, Typed, kinds_of
from losscli.inputs.source import Source
from losscli.inputs.streams.failures import changed
from losscli.inputs.streams.opened import OpenedFile
from losscli.inputs.stretch import Stretch, path_of
from losscli.loss.sent import Beside, Sent, are_here
from losscli.loss.spec import BoundLoss

Given = TypeVar("Given", bound="Task")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Task:
    """A part to be evaluated, as another process gets it.

    Attributes:
        part: what is read.
        losses: what is computed.
        number: which part it is.
        names: what messages call the inputs that the part is of.
        samples: opens the file of its samples; None where they are not wanted.
    """

    part: Part
    losses: Sent
    number: int
    names: tuple[str, str]
    samples: Callable[[], AbstractContextManager[Any]] | None = None

    @property
    def told(self) -> AbstractContextManager[Any]:
        """Who gets the samples of the part with their plan, while the block lasts; None for nobody."""
        return nullcontext() if self.samples is None else self.samples()

    def plan_told(self, plan: Plan) -> Plan:
        """Return a plan by which samples name their file, where there are several."""
        if not self.part.file:
            return plan
        files = (self.part.file,)
        return replace(plan, files=files, apart=lambda rows: (np.zeros(len(rows), dtype=np.int64), rows))


class Samples(Protocol):
    """Takes the samples of parts, each written where it is read."""

    def part(self, number: int, parts: int) -> Callable[[], AbstractContextManager[Any]]:
        """Return what opens the file of one of so many parts."""

    def clear(self) -> None:
        """Forget what was written."""


@contextmanager
def all_samples(samples: Samples | None) -> Iterator[Any]:
    """Yield who gets the samples of one run over everything; None for nobody."""
    if samples is None:
        yield None
        return
    samples.clear()
    with samples.part(0, 1)() as sink:
        yield sink


@dataclass(frozen=True)
class Outcome(Generic[Found]):
    """What came of a part.

    Attributes:
        version: of the losscli that evaluated it.
        state: what is known of its rows; None where it was refused, or where its worker has gathered it
            into the state of another part.
        columns: the names of the columns of both inputs.
        rows: how many rows each of them has.
        types: of the columns that were read of each input, in formats that have types.
        told: whether there is something to tell of one of these columns.
        refused: what was wrong with it.
        missing: the files of the part that are not there.
        states: the size of each input, and when it was changed.
        beside: what the code of losses imported from its folders.
        apart: whether it was refused since its ids are not the same in both inputs.
    """

    version: str
    state: Found | None = None
    columns: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    rows: tuple[int, int] = (0, 0)
    types: tuple[tuple[Typed, ...], ...] = ()
    told: bool = False
    refused: str = ""
    missing: tuple[str, ...] = ()
    states: tuple[FileState, FileState] = ((), ())
    beside: Beside = ()
    apart: bool = False


FileState = tuple[object, ...]


class Answer(Protocol):
    """What a worker says of itself: its losscli, and the files that it was to read and has not."""

    @property
    def version(self) -> str:
        """The version of its losscli."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The files that are not there for it."""


class Crew(Protocol):
    """Does tasks side by side."""

    @property
    def workers(self) -> int:
        """How many at a time."""

    def __call__(self, function: Callable[[Given], Found], tasks: Sequence[Given], /) -> Sequence[Found]:
        """Return what came of the tasks, in their order."""


def by_crew(
    crew: Crew,
    function: Callable[[Given], Outcome[Found]],
    tasks: Sequence[Given],
    gather: Callable[[list[Outcome[Found]]], None] | None = None,
) -> list[Outcome[Found]]:
    """Return what came of tasks, in their order; what takes longest is begun first.

    So nobody waits for it at the end. A crew whose workers can `gather` sends fewer states.
    """
    places = sorted(range(len(tasks)), key=lambda place: -tasks[place].part.size)
    ordered = [tasks[place] for place in places]
    gathered = getattr(crew, "gathered", None) if gather is not None else None
    found = crew(function, ordered) if gathered is None else gathered(function, ordered, gather)
    outcomes = dict(zip(places, found, strict=True))
    return [outcomes[place] for place in range(len(tasks))]


def tasks_of(
    reading: Reading, losses: Sent | None, workers: int, samples: Samples | None = None
) -> list[Task]:
    """Return what a request is done in; one task or none where it is not done in parts.

    Args:
        reading: the inputs, opened.
        losses: those of the request, to be sent; None where they cannot be.
        workers: how many there are.
        samples: what becomes of the samples of each part.
    """
    if losses is None:
        return []
    parts = parts_of(reading, workers)
    names = reading.left.name, reading.right.name
    return [
        Task(
            *(sent_anywhere(part), losses, number, names),
            None if samples is None else samples.part(number, len(parts)),
        )
        for number, part in enumerate(parts)
    ]


def sent_anywhere(part: Part, known: dict[int, Any] | None = None) -> Part:
    """Return a part as workers get it, wherever they run; what is `known` by its id is the same once more."""
    request, found = part.request, {} if known is None else known
    predictions, labels = (
        found.setdefault(id(data), from_anywhere(data)) for data in (request.predictions, request.labels)
    )
    asked = replace(
        request, predictions=predictions, labels=labels, loss=(), mergeable=True, fingerprints=False
    )
    return replace(part, request=asked)


def from_anywhere(data: Any) -> Any:
    """Return an input as workers get it, wherever they run."""
    if isinstance(data, Stretch):
        return replace(data, path=os.path.abspath(data.path))  # noqa: PTH100  links stay as they are
    if isinstance(data, (str, os.PathLike)) and not is_address(os.fspath(data)):
        return os.path.abspath(data)  # noqa: PTH100
    return data


def same_code(
    code: Mapping[str, Any], losses: Iterable[BoundLoss], beside: Iterable[tuple[str, str]]
) -> bool:
    """Whether workers ran the code of the losses that are here, and of what that imports."""
    here = {bound.loss.name: bound.loss.origin for bound in losses if bound.loss.origin is not None}
    return code == here and are_here(beside)


def done(task: Given, work: Callable[[Given, Reading], Found]) -> Outcome[Found]:
    """Open one part, to be read on one thread, and work on it; what is wrong with it is returned."""

    def found() -> Outcome[Found]:
        request = replace(task.part.request, loss=task.losses.bound())
        with Reading(request, ahead=False) as reading:
            return outcome_of(reading, work(task, reading), task.losses)

    return tried(found, [task.part.request])


def outcome_of(reading: Reading, state: Found, losses: Sent) -> Outcome[Found]:
    """Return what came of a part that was read."""
    columns = frozenset(reading.left.header.names), frozenset(reading.right.header.names)
    rows = reading.left.rows, reading.right.rows
    states = state_of(reading.left), state_of(reading.right)
    types = tuple(kinds_of(source.header, wants) for source, wants in reading.wants)
    told = any(True for one in reading.wants for _ in notes.columns(*one))
    return Outcome(__version__, state, columns, rows, types, told, states=states, beside=losses.beside())


def tried(work: Callable[[], Outcome[Found]], requests: Iterable[Request]) -> Outcome[Found]:
    """Return what comes of a part, of which this is asked; what is wrong with it is returned."""
    try:
        return work()
    except NoPartnerError:
        return Outcome(__version__, refused="ids", apart=True)
    except LosscliError as error:
        inputs = (path_of(one) for request in requests for one in (request.predictions, request.labels))
        paths = [one for one in inputs if isinstance(one, str)]
        if isinstance(error, OutputError):
            paths.append(str(Path(error.where).parent))
        missing = tuple(path for path in paths if not Path(path).exists())
        return Outcome(__version__, refused=str(error), missing=missing)


def numbered(task: Task, reading: Reading, read: Provenance | None = None) -> Provenance:
    """Return what was read of a part, as one of the parts of the whole; by default what its reading says."""
    read = reading.provenance() if read is None else read
    # The bytes of its inputs are told by whoever has all of them; here they number the part.
    name = Fingerprint(task.number, f"{task.number:012}")
    labels = replace(read.labels, path=task.part.label_file, fingerprint=name)
    return replace(
        read,
        notes=tuple(of_the_whole(note, reading, task.names) for note in read.notes),
        predictions=replace(read.predictions, path=task.part.file, fingerprint=name),
        labels=labels,
    )


def of_the_whole(note: str, reading: Reading, names: tuple[str, str]) -> str:
    """Return a note about a part as one about the inputs that it is of."""
    for source, name in zip((reading.left, reading.right), names, strict=True):
        note = note.replace(source.name, name)
    return note


def state_of(source: Source) -> FileState:
    """Return the size of a file and when it was changed: on every machine the same, as devices are not."""
    return source.stamp[2:]


def refuse_workers(answers: Iterable[Answer]) -> None:
    """Raise LosscliError for a worker that has another losscli, or not the files that are here."""
    for outcome in answers:
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


def rows_before(tasks: Sequence[Task], outcomes: Sequence[Outcome[Any]]) -> list[int]:
    """Return how many rows are before those of the file of each part: they are numbered in their file."""
    before, total, first = [], 0, 0
    for place, (task, outcome) in enumerate(zip(tasks, outcomes, strict=True)):
        if place and task.part.file != tasks[place - 1].part.file:
            first = total
        before.append(first)
        total += outcome.rows[0]
    return before


def are_alike(reading: Reading, tasks: Sequence[Task], outcomes: Sequence[Outcome[Any]]) -> bool:
    """Whether all parts could be read, and are of one input each."""
    if any(outcome.refused or outcome.columns != outcomes[0].columns for outcome in outcomes):
        return False
    # Stretches of one file that was changed in between are of two files.
    opened = state_of(reading.left), state_of(reading.right)
    return bool(tasks[0].part.file) or all(outcome.states == opened for outcome in outcomes)


def notes_of_types(
    reading: Reading, tasks: Sequence[Task], outcomes: Sequence[Outcome[Any]]
) -> tuple[str, ...] | None:
    """Return the notes of numbers that have fewer digits in some files; None where one run tells it."""
    found = []
    for side, (source, _) in enumerate(reading.wants):
        kinds, paths = Kinds(), {shard.name: shard.path for shard in source.files}
        try:
            for task, outcome in zip(tasks, outcomes, strict=True):
                name = (task.part.file, task.part.label_file)[side]
                if outcome.rows[side] and name in paths:
                    kinds.meet(name, paths[name], outcome.types[side])
        except LosscliError:
            return None
        found += [f"{source.name}: {text}" for _, text in kinds.notes()]
    # Other notes come before these, or between them.
    others = any(True for source, _ in reading.wants for _ in notes.first_lines(source))
    return None if found and (others or any(one.told for one in outcomes)) else tuple(found)


def inputs_of(reading: Reading, tasks: Sequence[Task], outcomes: Sequence[Outcome[Any]]) -> list[Input]:
    """Return both inputs as one run would have read them. Raises LosscliError for a file that has changed."""
    hashed = reading.request.fingerprints
    files = [task.part.file for task in tasks], [task.part.label_file for task in tasks]
    return [
        input_of(source, [(one.rows[side], one.states[side]) for one in outcomes], files[side], hashed=hashed)
        for side, source in enumerate((reading.left, reading.right))
    ]


def input_of(
    source: Source, read: Sequence[tuple[int, FileState]], files: Sequence[str], *, hashed: bool
) -> Input:
    """Return an input as one run would have read it, given the rows, the state and the file of each part.

    Raises:
        LosscliError: for a file that is no longer what was read.
    """
    rows = sum(count for count, _ in read)
    if not source.files:
        return Input(source.path, rows, _bytes_of(source.path, read[0][1]) if hashed else None)
    found: dict[str, list[tuple[int, FileState]]] = {}
    for file, part in zip(files, read, strict=True):
        found.setdefault(file, []).append(part)
    shards = tuple(_shard(shard, found[shard.name], hashed=hashed) for shard in source.files)
    known = [(shard, one.fingerprint) for shard, one in zip(source.files, shards, strict=True)]
    told = [(shard, (one.size, one.sha256)) for shard, one in known if one is not None]
    return Input(source.path, rows, Fingerprint(*together(told)) if told else None, shards)


def _shard(shard: Shard, read: Sequence[tuple[int, FileState]], *, hashed: bool) -> Input:
    """Return what was read of a file of several; raise LosscliError where its parts are of two states."""
    rows, state = sum(count for count, _ in read), read[0][1]
    if any(other != state for _, other in read):
        raise changed(shard.path)
    return Input(shard.name, rows, _bytes_of(shard.path, state) if hashed else None)


def _bytes_of(path: str, state: FileState) -> Fingerprint | None:
    with closing(OpenedFile(path, hashed=True)) as file:
        if file.stamp[2:] != state:
            raise changed(file.name)
        found = file.fingerprint()
    return None if found is None else Fingerprint(*found)
