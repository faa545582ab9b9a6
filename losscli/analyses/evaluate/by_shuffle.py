"""One request whose rows lie in other files than their labels, evaluated share by share.

Each file is read where a worker is; its rows are dealt out by their ids. Whoever has a share, with the
rows of all files that belong to it, pairs and folds it, as one run would those rows alone. What comes
back is its state, and the report is that of one run, to the last bit. What shares cannot tell by
themselves, a run over everything tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial, reduce
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np

from losscli.analyses.evaluate.report import Report
from losscli.analyses.evaluate.states.made import made_of
from losscli.analyses.evaluate.states.merged import report_of
from losscli.analyses.evaluate.states.state import State
from losscli.analyses.parts import (
    FileState,
    from_anywhere,
    input_of,
    refuse_workers,
    same_code,
    state_of,
)
from losscli.common.errors import LosscliError
from losscli.common.version import __version__
from losscli.compute.engines import local
from losscli.compute.fold import Losses
from losscli.compute.plan import plan_of
from losscli.inputs.across import Across
from losscli.inputs.block import COUNTS, Block
from losscli.inputs.chunk import Want
from losscli.inputs.formats.csv.span import Span
from losscli.inputs.header import TextFormat
from losscli.inputs.ids import ID
from losscli.inputs.opening import open_source
from losscli.inputs.pairing.distinct import Distinct
from losscli.inputs.provenance import Fingerprint, Input
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request
from losscli.inputs.shards.scattered import Described, EvenLines, Piece, ScatteredSource, dealt
from losscli.inputs.source import Source
from losscli.loss.sent import Beside, Sent

SHARE_BYTES = 1 << 24
"""About as many bytes of the inputs make one share."""
MOST_SHARES = 4096
_NONE = Fingerprint(0, "")
_LAST = 1 << 62

Task = TypeVar("Task")
Told = TypeVar("Told")
Given = TypeVar("Given")
Result = TypeVar("Result")


@runtime_checkable
class Dealer(Protocol):
    """A crew that can bring together what several tasks give."""

    def deal(
        self,
        read: Callable[[Task], tuple[Told, Mapping[int, Given]]],
        tasks: Sequence[Task],
        fold: Callable[[Sequence[Given]], Result],
        shares: int,
        /,
    ) -> tuple[list[Told], list[Result]]:
        """Return what reading told of each task, in no order, and what was made of each share with something.

        `read` gives each share something of a task; `fold` gets all of a share.
        """


@dataclass(frozen=True)
class ToRead:
    """A file, or a stretch of one, as a worker gets it.

    Attributes:
        labels: whether it is of the labels.
        shard: which file of its input.
        data: what is opened.
        text_format: what the caller knows about its text.
        names, format: the columns and the format that it has to have.
        wants: the columns that are read, by their places in `names`.
        block_rows: how many rows are read at a time.
        shares: how many there are to be dealt out to.
    """

    labels: bool
    shard: int
    data: Any
    text_format: TextFormat
    names: tuple[str, ...]
    format: str
    wants: tuple[Want, ...]
    block_rows: int
    shares: int = 1


@dataclass(frozen=True)
class Read:
    """What is told of a file that was read.

    Attributes:
        labels: whether it is of the labels.
        shard: which file of its input.
        version: of the losscli that read it.
        rows: how many it has.
        state: its size, and when it was changed.
        types: of the columns that were read, in formats that have types.
        refused: whether something is wrong with it.
        missing: the file, where it is not there.
    """

    labels: bool
    shard: int
    version: str = __version__
    rows: int = 0
    state: FileState = ()
    types: tuple[str, ...] = ()
    refused: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Share:
    """What came of a share.

    Attributes:
        version: of the losscli that evaluated it.
        state: what is known of its rows; None where it was refused.
        met: where each name of a class came up first, as `Across.names` has them.
        beside: what the code of losses imported.
    """

    version: str = __version__
    state: State | None = None
    met: tuple[int, ...] = ()
    beside: Beside = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Asked:
    """What is asked of every share."""

    request: Request
    losses: Sent
    inputs: tuple[Described, Described]


Stretches = Sequence[tuple[Any, Any]]
"""What two inputs of one file each were cut into: those of the predictions and of the labels."""


def is_for(reading: Reading, stretches: Stretches = ()) -> bool:
    """Whether inputs that were opened can be paired share by share: by id, of several files or stretches."""
    request, roles, left, right = reading.request, reading.roles, reading.left, reading.right
    if request.unmatched == "drop" or request.top is None or request.edits.of_rows or not roles.by_id:
        return False
    if right is left or reading.pairs_files or not (left.files or right.files or stretches):
        return False
    if not all(isinstance(one, Span) for both in stretches for one in both):
        # Rows have to have the numbers that they have in the file.
        return False
    if not (left.repeatable and right.repeatable and left.format != "memory" != right.format):
        return False
    if any(shard.keys for shard in (*left.files, *right.files)):
        return False
    # Who names a class first may be in a row that is dropped.
    return not (roles.class_names and request.drop)


def evaluate(
    reading: Reading, crew: Dealer, losses: Sent, workers: int, stretches: Stretches = ()
) -> Report | None:
    """Return the report of inputs that this `is_for`; None where that is left to a run over everything.

    Args:
        reading: the inputs, opened.
        crew: who does it.
        losses: what is computed.
        workers: how many there are.
        stretches: what is read, where both are one file.

    Raises:
        LosscliError: for workers that have another losscli, or not the files; what the crew raises.
    """
    tasks = [*_tasks(reading, reading.left, stretches), *_tasks(reading, reading.right, stretches)]
    shares = min(MOST_SHARES, max(workers, sum(map(_size, tasks)) // SHARE_BYTES))
    tasks = [replace(task, shares=shares) for task in tasks]
    left, right = (
        Described(one.name, one.path, one.files, one.header, one.separated, one.format)
        for one in (reading.left, reading.right)
    )
    request = replace(reading.request, loss=(), fingerprints=False, mergeable=False)
    asked = _Asked(request, losses, (left, right))
    reads, found = crew.deal(read_file, tasks, partial(fold_share, asked), shares)
    refuse_workers([*reads, *found])
    return _together(reading, sorted(reads, key=lambda one: (one.labels, one.shard)), found)


def are_distinct(reading: Reading, parts: Sequence[Any], crew: Dealer, workers: int) -> bool:
    """Whether no id of the predictions is in two parts of them, as far as workers can tell.

    Raises:
        LosscliError: what the crew raises.
    """
    source, request = reading.left, reading.request
    like = ToRead(
        labels=False,
        shard=0,
        data=None,
        text_format=request.prediction_format,
        names=source.header.names,
        format=source.format,
        wants=reading.id_wants,
        block_rows=request.block_rows,
        shares=max(workers, min(MOST_SHARES, len(parts))),
    )
    tasks = [replace(like, shard=number, data=part) for number, part in enumerate(parts)]
    reads, found = crew.deal(read_file, tasks, fold_ids, like.shares)
    return all(found) and not any(one.refused or one.version != __version__ for one in reads)


def fold_ids(pieces: Sequence[Piece]) -> bool:
    """Return whether the ids of a share are distinct."""
    with closing(Distinct()) as seen:
        for piece in pieces:
            seen.add(piece.columns[ID])
        return not seen.repeated()[0]


def read_file(task: ToRead) -> tuple[Read, Mapping[int, Piece]]:
    """Read one file, on one thread, and deal out its rows; what is wrong with it is told."""
    try:
        role = "labels" if task.labels else "predictions"
        with closing(open_source(task.data, role, task.text_format)) as source:
            names = source.header.names
            if source.format != task.format or sorted(names) != sorted(task.names):
                return Read(task.labels, task.shard, refused=True), {}
            wants = [
                replace(want, columns=tuple(names.index(task.names[place]) for place in want.columns))
                for want in task.wants
            ]
            before = getattr(task.data, "before", 0)
            shares = dealt(source.chunks(wants, task.block_rows), task.shares)
            lines = EvenLines.of(source.place, before, source.rows)
            types = tuple(source.header.types.get(place, "") for want in wants for place in want.columns)
            told = Read(task.labels, task.shard, rows=source.rows, state=state_of(source), types=types)
    except LosscliError:
        path = str(task.data if isinstance(task.data, str) else getattr(task.data, "path", ""))
        return Read(task.labels, task.shard, refused=True, missing=() if Path(path).exists() else (path,)), {}
    return told, {
        share: Piece(task.labels, task.shard, lines, chunk.row, chunk.columns)
        for share, chunk in shares.items()
    }


def fold_share(asked: _Asked, pieces: Sequence[Piece]) -> Share:
    """Pair and fold the rows of one share, on one thread; what is wrong with them is told."""

    def opener(data: Any, role: str, text_format: TextFormat, *, hashed: bool = False) -> Source:
        del data, text_format, hashed
        labels = role == "labels"
        return ScatteredSource(asked.inputs[labels], [one for one in pieces if one.labels == labels])

    try:
        request = replace(asked.request, loss=asked.losses.bound())
        with Reading(request, opener=opener, ahead=False) as reading:
            plan, first = plan_of(reading), _First(reading)
            folded = local.run(Losses(plan), first.watched(reading.blocks(None)))
            read = reading.provenance()
            # The files and their bytes are told by whoever has all of them.
            read = replace(
                read,
                predictions=replace(read.predictions, fingerprint=_NONE),
                labels=replace(read.labels, fingerprint=_NONE),
            )
            state = made_of(request, plan, folded, read, reading.across())
            return Share(state=state, met=first.of(state), beside=asked.losses.beside())
    except LosscliError:
        return Share()


class _First:
    """Where the names of classes came up first in one share."""

    def __init__(self, reading: Reading) -> None:
        self._asked = reading.roles.class_names
        self._met: dict[str, int] = {}

    def watched(self, blocks: Iterator[Block]) -> Iterator[Block]:
        for block in blocks:
            if self._asked:
                counts = block if block.left_out is None else block.take(block.left_out == COUNTS)
                for side, index in enumerate((counts.label, counts.prediction)):
                    names, places = np.unique(index, return_index=True)
                    for name, row in zip(names.tolist(), counts.row[places].tolist(), strict=True):
                        # In a row the label comes first.
                        place, text = 2 * row + side, block.classes[name]
                        self._met[text] = min(place, self._met.get(text, place))
            yield block

    def of(self, state: State) -> tuple[int, ...]:
        """Return where each name of what a state leaves open came up; another spelling behind all."""
        names, known = state.parts[0].across.names, dict(self._met)
        return tuple(known.pop(name, _LAST) for name, _ in names)


def _tasks(reading: Reading, source: Source, stretches: Stretches) -> Iterator[ToRead]:
    request = reading.request
    labels = source is not reading.left
    data = request.labels if labels else request.predictions
    wants = next(wants for one, wants in reading.wants if one is source)
    text_format = request.label_format if labels else request.prediction_format
    parts = [*enumerate(shard.path for shard in source.files)]
    for number, part in parts or [(0, both[labels]) for both in stretches] or [(0, data)]:
        yield ToRead(
            labels,
            number,
            from_anywhere(part),
            text_format,
            source.header.names,
            source.format,
            wants,
            request.block_rows,
        )


def _size(task: ToRead) -> int:
    """Return the bytes of a file; of one that is elsewhere a guess."""
    if isinstance(task.data, Span):
        return task.data.stop - task.data.start
    try:
        return Path(task.data).stat().st_size
    except OSError:
        return SHARE_BYTES


def _together(reading: Reading, reads: Sequence[Read], found: Sequence[Share]) -> Report | None:
    """Return the report of all shares; None where they leave something to a run over everything."""
    states = [one.state for one in found if one.state is not None]
    if any(one.refused for one in reads) or not states or len(states) < len(found):
        return None
    sides = [[one for one in reads if one.labels == labels] for labels in (False, True)]
    if any(len({one.types for one in side if one.rows}) > 1 for side in sides):
        # Whether it is an error or a note is told with the names of all files.
        return None
    for source, side in zip((reading.left, reading.right), sides, strict=True):
        if not source.files and len({one.state for one in side}) > 1:
            # It was changed between two of its stretches.
            return None
    if any(one.plan != states[0].plan or one.parts[0].notes != states[0].parts[0].notes for one in states):
        return None
    if not same_code(states[0].plan.code, reading.losses, (one for share in found for one in share.beside)):
        return None
    whole = _whole(states, [one.met for one in found])
    if not reading.has_headers([name for name, _ in whole.parts[0].across.names]):
        # The order of all rows may tell.
        return None
    try:
        report = report_of(whole, reading.losses, distinct=True)
        inputs = [
            input_of(
                source,
                [(one.rows, one.state) for one in side],
                [shard.name for shard in source.files] or [""] * len(side),
                hashed=reading.request.fingerprints,
            )
            for source, side in zip((reading.left, reading.right), sides, strict=True)
        ]
    except LosscliError:
        return None
    return replace(report, predictions=inputs[0], labels=inputs[1])


def _whole(states: Sequence[State], met: Sequence[tuple[int, ...]]) -> State:
    """Return the state of all rows, as if one run had read them."""
    across = [state.parts[0].across for state in states]
    names = sorted(
        (
            (place, *name)
            for one, places in zip(across, met, strict=True)
            for name, place in zip(one.names, places, strict=True)
        ),
        key=lambda named: named[0],
    )
    looked = [one.excess for one in across if one.excess is not None]
    excess = reduce(lambda one, other: one.merge(other), looked) if looked else None
    together = Across({}, tuple((name, role) for _, name, role in names), across[0].cells, excess)
    first = states[0].parts[0]
    rows = [sum(state.parts[0].inputs[role].rows for state in states) for role in ("predictions", "labels")]
    part = replace(
        first,
        predictions=replace(first.predictions, rows=rows[0]),
        labels=Input(first.inputs["labels"].path, rows[1], _NONE),
        across=together,
    )
    merged = reduce(State.merge, (replace(state, parts=()) for state in states))
    return replace(merged, parts=(part,))
