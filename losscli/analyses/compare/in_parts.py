"""Comparisons computed in parts, side by side, and put together: the report of one run, to the last bit.

As `losscli.analyses.evaluate.in_parts`: what parts cannot tell by themselves, a run over everything tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from losscli.analyses.compare.request import Asked
from losscli.analyses.compare.run import Found, compared, fold_of, of_opened
from losscli.analyses.compare.summary import summarise
from losscli.analyses.evaluate.in_parts import of_one_run
from losscli.analyses.evaluate.states.made import read_by
from losscli.analyses.evaluate.states.merged import read_together
from losscli.analyses.evaluate.states.state import State
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
    rows_before,
    sent_anywhere,
    tried,
)
from losscli.common.errors import LosscliError
from losscli.common.version import __version__
from losscli.compute.comparison import Compared, ComparedStates
from losscli.compute.fold import States
from losscli.compute.statistics.worst import Worst
from losscli.inputs.pairing.classes import FoundClasses
from losscli.inputs.partitions import Part, parts_beside
from losscli.inputs.places import Place
from losscli.inputs.provenance import Provenance
from losscli.inputs.reading import Observer
from losscli.inputs.shards.kinds import Kinds, Typed, kinds_of
from losscli.inputs.side_by_side import SideBySide
from losscli.loss.sent import Sent, sent


@dataclass(frozen=True, kw_only=True)
class CompareTask(Task):
    """A part of all models: that of the first, and the others.

    Attributes:
        models: the part of each model, the first among them.
        asked: what is asked of the whole, without its requests.
    """

    models: tuple[Task, ...]
    asked: Asked


@dataclass(frozen=True)
class Piece:
    """What came of a part.

    Attributes:
        models: what was read for each.
        types: of the columns that were read of each input, in formats that have types.
        state: what is known of its rows; None where there are none.
        places: where the rows of the first model are that may be shown.
        classes: the names of the classes that labels are numbers of.
    """

    models: tuple[Outcome[State], ...]
    types: tuple[tuple[Typed, ...], ...]
    state: ComparedStates | None
    places: Mapping[int, Place]
    classes: tuple[str, ...]


def compare(asked: Asked, crew: Crew, observe: Observer | None = None) -> Found:
    """Return what `run.compared` returns, computed in parts by a crew.

    Raises:
        LosscliError: as `run.compared` does, and what the crew raises.
    """
    with ExitStack() as stack:
        reading = stack.enter_context(SideBySide(asked.requests, asked.names))
        if isinstance(crew, AbstractContextManager):
            stack.enter_context(crew)
        tasks = _tasks_of(asked, reading, crew.workers)
        if len(tasks) < 2:
            # What can be read once, such as a pipe, was opened here, and is read here.
            return of_opened(asked, reading, observe=observe)
        outcomes = by_crew(crew, compare_part, tasks)
        refuse_workers(outcomes)
        found = _together(asked, reading, tasks, outcomes, crew)
    return compared(asked, observe=observe) if found is None else found


def _tasks_of(asked: Asked, reading: SideBySide, workers: int) -> list[CompareTask]:
    """Return what a comparison is done in; one task or none where it is not done in parts."""
    first, losses = reading.readings[0], sent(asked.first.loss)
    draws_by_row = asked.check is not None and asked.first.cluster is None and not first.roles.by_id
    if losses is None or (draws_by_row and first.left.files):
        # Draws depend on the number of a row among those of all files.
        return []
    names = tuple((one.left.name, one.right.name) for one in reading.readings)
    return [
        _task(asked, parts, losses, number, names)
        for number, parts in enumerate(parts_beside(reading.readings, workers))
    ]


def _task(
    asked: Asked, parts: Sequence[Part], losses: Sent, number: int, names: Sequence[tuple[str, str]]
) -> CompareTask:
    known: dict[int, object] = {}
    models = tuple(
        Task(sent_anywhere(part, known), losses, number, called)
        for part, called in zip(parts, names, strict=True)
    )
    return CompareTask(**vars(models[0]), models=models, asked=replace(asked, requests=()))


def compare_part(task: CompareTask) -> Outcome[Piece]:
    """Compare the models in one part, on one thread; what is wrong with it is returned."""
    requests = tuple(one.part.request for one in task.models)

    def found() -> Outcome[Piece]:
        losses = task.losses.bound()
        asked = replace(task.asked, requests=tuple(replace(one, loss=losses) for one in requests))
        with SideBySide(asked.requests, asked.names, ahead=False) as reading:
            return Outcome(__version__, _piece(asked, task, reading), beside=task.losses.beside())

    return tried(found, requests)


def _piece(asked: Asked, task: CompareTask, reading: SideBySide) -> Piece:
    comparing, rows = fold_of(asked, reading), 0

    def see(_done: int, _total: int | None, seen: int) -> None:
        nonlocal rows
        rows = seen

    state = comparing.run(reading.blocks(see))
    provenance = reading.provenance()
    models = []
    for own, one, plan, read in zip(task.models, reading.readings, comparing.plans, provenance, strict=True):
        # Why rows are paired by position may name the file of a part: it is told of the whole.
        told = replace(numbered(own, one, read), why_paired="")
        models.append(outcome_of(one, read_by(one.request, plan, told, one.across()), own.losses))
    shown = {row for worst in _moved_of(state) for row in worst.read().row.tolist()}
    return Piece(
        tuple(models),
        tuple(kinds_of(source.header, wants) for source, wants in reading.wants),
        state if rows else None,
        {row: provenance[0].place(row) for row in shown},
        provenance[0].classes,
    )


def _moved_of(state: ComparedStates) -> Iterator[Worst]:
    for losses in (state.losses, *state.groups.values()):
        for one in losses:
            for pair in one.pairs:
                yield from (pair.gained, pair.lost)


def _together(
    asked: Asked,
    reading: SideBySide,
    tasks: Sequence[CompareTask],
    outcomes: Sequence[Outcome[Piece]],
    crew: Crew,
) -> Found | None:
    """Return what was found in all parts; None where they leave something to a run over everything."""
    pieces = [one.state for one in outcomes if one.state is not None]
    if len(pieces) < len(outcomes) or not _of_one_kind(tasks, pieces):
        return None
    try:
        read = [_read(reading, place, tasks, pieces, crew) for place in range(len(asked.names))]
        known = [one for one in read if one is not None]
        if len(known) < len(read):
            return None
        provenance, names = [one for one, _ in known], known[0][1]
        before = rows_before(tasks, [piece.models[0] for piece in pieces])
        places = {
            row + rows: replace(place, shard=task.part.file)
            for piece, rows, task in zip(pieces, before, tasks, strict=True)
            for row, place in piece.places.items()
        }
        provenance[0] = replace(provenance[0], place=places.__getitem__)
        states = [
            _in_whole(piece.state, rows, None if names is None else names.numbers_of(piece.classes))
            for piece, rows in zip(pieces, before, strict=True)
            if piece.state is not None
        ]
        comparing, state = fold_of(asked, reading), reduce(States.merge, states)
        report = summarise(asked, comparing, state, provenance, None)
    except LosscliError:
        return None
    return Found(report, comparing, state, tuple(provenance))


def _read(
    reading: SideBySide, place: int, tasks: Sequence[CompareTask], pieces: Sequence[Piece], crew: Crew
) -> tuple[Provenance, FoundClasses | None] | None:
    """Return what one run would have read for a model, and the names of classes where there are some.

    None where that has to tell.

    Raises:
        LosscliError: where that has to tell, too.
    """
    own, mine = reading.readings[place], [task.models[place] for task in tasks]
    outcomes = [piece.models[place] for piece in pieces]
    states = of_one_run(own, mine, outcomes, [one.state for one in outcomes], crew)
    if states is None or notes_of_types(own, mine, outcomes) != ():
        return None
    found, names = read_together(reduce(State.merge, states), own.losses, distinct=True)
    predictions, labels = inputs_of(own, mine, outcomes)
    found = replace(found, predictions=predictions, labels=labels, why_paired=own.roles.why_position)
    return found, names


def _of_one_kind(tasks: Sequence[CompareTask], pieces: Sequence[Piece]) -> bool:
    """Whether no column that is read is of another kind in another part."""
    for types in zip(*(piece.types for piece in pieces), strict=True):
        kinds = Kinds()
        try:
            for task, piece, one in zip(tasks, pieces, types, strict=True):
                if any(found.rows != (0, 0) for found in piece.models):
                    kinds.meet(task.part.file, task.part.file, one)
        except LosscliError:
            return False
    return True


def _in_whole(state: ComparedStates, rows: int, classes: Sequence[int] | None) -> ComparedStates:
    """Return the state of rows that are behind so many others, and have these numbers of classes."""

    def moved(worst: Worst) -> Worst:
        behind = worst.behind(rows)
        if classes is None:
            return behind
        numbers = np.array(classes, dtype=np.int64)
        parts = (
            replace(part, columns={**part.columns, "label": numbers[part.columns["label"]]})
            for part in behind.parts
        )
        return replace(behind, parts=tuple(parts))

    def each(losses: tuple[Compared, ...]) -> tuple[Compared, ...]:
        return tuple(
            replace(
                one,
                pairs=tuple(
                    replace(pair, gained=moved(pair.gained), lost=moved(pair.lost)) for pair in one.pairs
                ),
            )
            for one in losses
        )

    return States(each(state.losses), {name: each(found) for name, found in state.groups.items()})
