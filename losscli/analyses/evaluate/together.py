"""Many evaluations at once: each gets what it would have got alone, and each file is read once.

What is held, and for how long:

- Requests that read the same columns in the same way go through one pass together, in which nothing
  is held but the blocks that a single run holds.
- Of a file that other requests need too, the columns that any of them wants are held from the pass
  that reads them until the last of these requests is done: 8 bytes a number, the length of the
  longest of a few thousand for ids and names. Beyond `losscli.inputs.shared.source.HELD_BYTES` in all, a
  file is read again instead, and a note in the report says so.
- A pipe belongs to one request: several that name it are refused, since nobody but a file can give the
  same bytes again.

A request that fails where a file is shared is evaluated once more by itself: of several things that
are wrong with its inputs, it is told of the one that it would have met alone.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from typing import Any

from losscli.analyses.evaluate.report import Report
from losscli.analyses.evaluate.run import Keep, Onlooker, Sink, watching
from losscli.analyses.evaluate.states.made import made_of
from losscli.analyses.evaluate.summary import summarise
from losscli.analyses.report import refuse_nothing
from losscli.common.errors import LosscliError, OutputError
from losscli.compute.engines import local
from losscli.compute.fold import Losses, LossStates
from losscli.compute.plan import Plan, plan_of
from losscli.compute.row_losses import RowLosses
from losscli.inputs.block import Block
from losscli.inputs.columns.needs import Needs, common_needs
from losscli.inputs.header import TextFormat
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request
from losscli.inputs.shared.opened import Inputs, key_of, read_once
from losscli.inputs.shared.source import HELD_BYTES, View
from losscli.inputs.streams.opened import name_of

Outcome = Report | LosscliError
Evaluating = local.Running[tuple[RowLosses, ...], LossStates]

MOST_OPEN = 200
"""Files that are open at a time: beyond, requests are opened when it is their turn."""
_NO_MATTER = ("loss", "top", "reduction", "level", "grounds", "doctor")
"""What requests that are read together may differ in."""


class Once:
    """A sink that gets every row once, even if rows are measured again."""

    def __init__(self, sink: Sink) -> None:
        self._sink, self._given, self._place = sink, 0, 0

    def __call__(self, plan: Plan, block: Block, measured: tuple[RowLosses, ...]) -> None:
        """Hand on the rows that were not handed on before."""
        fresh = self._place + len(block) - self._given
        self._place += len(block)
        if fresh <= 0:
            return
        self._given = self._place
        if fresh < len(block):
            rows = slice(len(block) - fresh, None)
            block, measured = block.take(rows), tuple(found.take(rows) for found in measured)
        self._sink(plan, block, measured)

    def restart(self) -> None:
        """Take note that the rows come again from the first one on."""
        self._place = 0


@dataclass(eq=False)
class Waiting:
    """One request, who gets its losses, and what came of it."""

    request: Request
    sink: Once | None
    keep: Keep | None = None
    onlooker: Onlooker | None = None
    outcome: Outcome | None = None

    @property
    def result(self) -> Outcome:
        """The outcome, known at the end."""
        assert self.outcome is not None
        return self.outcome


@dataclass(eq=False)
class SharedPass:
    """Tasks that read the same columns of the same inputs, in the same way: one pass serves them all."""

    needs: Needs
    tasks: list[Waiting] = field(default_factory=list)
    reading: Reading | None = None

    @property
    def request(self) -> Request:
        """The first of the requests, which stands for all where inputs and columns are concerned."""
        return self.tasks[0].request

    @property
    def inputs(self) -> list[tuple[Any, TextFormat]]:
        """Each input, and what is known about its text."""
        request = self.request
        inputs = [(request.predictions, request.prediction_format)]
        if request.labels is not None:
            inputs.append((request.labels, request.label_format))
        return inputs

    def close(self) -> None:
        """Let go of the inputs."""
        if self.reading is not None:
            self.reading.__exit__(None, None, None)
        self.reading = None

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""
        return all(task.outcome is not None for task in self.tasks)


def run_pass(reading: Reading, tasks: Sequence[Waiting], observe: Observer | None) -> None:
    """Give tasks their outcomes, all from one pass over what they read."""
    readings = [reading.of(task.request) for task in tasks]
    plans = [plan_of(own) for own in readings]
    folds: list[Evaluating] = []
    alike: dict[Hashable, Evaluating] = {}
    for task, own, plan in zip(tasks, readings, plans, strict=True):
        if task.onlooker is not None:
            task.onlooker.begin(own, plan)
        watched = watching(plan, task.sink, task.onlooker)
        if watched is None:
            same = plan.losses, plan.top, plan.evidence
            folds.append(alike.setdefault(same, Evaluating(Losses(plan))))
        else:
            folds.append(Evaluating(Losses(plan), watched))
    local.run_together(list(dict.fromkeys(folds)), reading.blocks(observe))
    for task, own, plan, fold in zip(tasks, readings, plans, folds, strict=True):
        if fold.error is not None:
            task.outcome = fold.error
            continue
        provenance = own.provenance()
        provenance = replace(provenance, notes=(*provenance.notes, *_notes(reading)))
        try:
            report = summarise(plan, fold.state, provenance)
            refuse_nothing(report, report.results)
            if task.keep is not None:
                task.keep(made_of(task.request, plan, fold.state, provenance, own.across()))
            task.outcome = report if task.onlooker is None else task.onlooker.told(report, provenance)
        except LosscliError as error:
            task.outcome = error


def views(reading: Reading) -> list[View]:
    """Return the inputs of a reading that others may take rows of too."""
    found: list[View] = []
    for source, _ in reading.wants:
        if isinstance(source, View):
            found.append(source)
    return found


def _notes(reading: Reading) -> Iterator[str]:
    for view in views(reading):
        if view.read_again:
            yield (
                f"{view.name}: it was read again for this evaluation, because more than "
                f"{HELD_BYTES >> 20} MiB would have had to be held for several"
            )


def _refuse_shared_pipes(tasks: Sequence[Waiting]) -> None:
    """Tell each of several requests that read one pipe that it can be read only once."""
    readers: dict[str, list[Waiting]] = {}
    for task in tasks:
        data = [one for one in (task.request.predictions, task.request.labels) if read_once(one)]
        for path in dict.fromkeys(map(os.fspath, data)):
            readers.setdefault(path if path == "-" else os.path.realpath(path), []).append(task)
    for path, several in readers.items():
        for task in several if len(several) > 1 else ():
            found = f"{len(several)} evaluations read it, and it can be read only once"
            task.outcome = LosscliError(name_of(path), found, "a file", "Save it in a file first.")


def grouped(tasks: Sequence[Waiting]) -> list[SharedPass]:
    """Return tasks that are read together; those whose losses cannot be are told so."""
    _refuse_shared_pipes(tasks)
    groups: dict[Hashable, SharedPass] = {}
    for task in tasks:
        if task.outcome is not None:
            continue
        try:
            needs = common_needs(task.request.loss)
        except LosscliError as error:
            task.outcome = error
            continue
        groups.setdefault((needs, _read_as(task.request)), SharedPass(needs)).tasks.append(task)
    return list(groups.values())


def _read_as(request: Request) -> Hashable:
    """Return all that decides which rows and columns a request reads, and how."""
    named = {one.name: getattr(request, one.name) for one in fields(request) if one.name not in _NO_MATTER}
    data = tuple(
        # Frames and arrays are the same only if they are one.
        os.fspath(one) if isinstance(one, (str, os.PathLike)) else id(one)
        for one in (named.pop("predictions"), named.pop("labels"))
    )
    return data, tuple(
        tuple(value.items()) if isinstance(value, Mapping) else value for value in named.values()
    )


def in_order(groups: list[SharedPass]) -> list[SharedPass]:
    """Return groups in an order in which those that share labels follow each other."""
    first: dict[Hashable, int] = {}
    places = []
    for place, group in enumerate(groups):
        data, text_format = group.inputs[-1]
        places.append(first.setdefault(key_of(data, text_format) or id(group), place))
    return [groups[place] for place in sorted(range(len(groups)), key=places.__getitem__)]


def evaluate_many(
    requests: Sequence[Request],
    *,
    sinks: Sequence[Sink | None] | None = None,
    observe: Observer | None = None,
    keeps: Sequence[Keep | None] | None = None,
    onlookers: Sequence[Onlooker | None] | None = None,
) -> list[Outcome]:
    """Compute what all requests ask for, reading each of their files once.

    Args:
        requests: the evaluations; their order has no meaning but that of the results.
        sinks: for each request, who gets every block with the losses of its rows, in order.
        observe: is told how far the work on all of them is.
        keeps: for each request, who gets its state.
        onlookers: for each request, who sees its blocks and adds to its report.

    Returns:
        For each request its report, equal to what `evaluate` returns for it, or the error that
        `evaluate` raises for it.
    """
    watched = [None] * len(requests) if sinks is None else list(sinks)
    kept = [None] * len(requests) if keeps is None else list(keeps)
    beside = [None] * len(requests) if onlookers is None else list(onlookers)
    tasks = [
        Waiting(request, None if sink is None else Once(sink), keep, onlooker)
        for request, sink, keep, onlooker in zip(requests, watched, kept, beside, strict=True)
    ]
    with _Together(tasks, observe) as many:
        many.run()
    return [task.result for task in tasks]


class _Together:
    """The work on all tasks; a context manager that lets go of all inputs."""

    def __init__(self, tasks: Sequence[Waiting], observe: Observer | None) -> None:
        self._observe, self._rows = observe, 0
        self._groups = in_order(grouped(tasks))
        self._inputs = Inputs(
            ((group.inputs, group.request.block_rows) for group in self._groups),
            hashed=any(task.request.fingerprints for task in tasks),
        )

    def __enter__(self) -> _Together:
        return self

    def __exit__(self, *_: object) -> None:
        with closing(self._inputs):
            for group in self._groups:
                group.close()

    def run(self) -> None:
        """Give every task its outcome."""
        closed = list(self._groups)
        for group in self._groups:
            if group in closed:
                closed.remove(group)
                self._open(group)
            for other in list(closed):
                new = [one for one in other.inputs if not self._inputs.is_open(*one)]
                # A pipe may get its writer only when another one was read to its end.
                waits = any(read_once(data) for data, _ in new)
                if not waits and (not new or self._inputs.open_files + len(new) <= MOST_OPEN):
                    closed.remove(other)
                    self._open(other)
            if not group.finished:
                self._evaluate(group)
            group.close()
            for one in group.inputs:
                self._inputs.done(*one)

    def _open(self, group: SharedPass) -> None:
        """Open a group, and announce what it wants; its tasks are told what is wrong where that fails."""
        try:
            group.reading = Reading(group.request, group.needs, self._inputs.open)
        except LosscliError as error:
            group.tasks[0].outcome = error
            for task in group.tasks[1:]:
                # A message may name the losses of its own request; nothing was read so far.
                try:
                    with Reading(task.request, group.needs, self._inputs.open) as reading:
                        run_pass(reading, [task], None)
                except LosscliError as other:
                    task.outcome = other
            return
        for source, wants in group.reading.wants:
            if isinstance(source, View):
                source.expect(wants)

    def _evaluate(self, group: SharedPass) -> None:
        """Read the inputs of a group, and give its tasks their outcomes."""
        assert group.reading is not None
        run_pass(group.reading, group.tasks, self._watch if self._observe is not None else None)
        self._rows += group.reading.left.rows
        failed = [
            task
            for task in group.tasks
            if isinstance(task.outcome, LosscliError) and not isinstance(task.outcome, OutputError)
        ]
        shared = any(self._inputs.is_shared(*one) for one in group.inputs)
        # A pipe cannot be read once more: what was found in it first stands.
        if failed and shared and not any(read_once(data) for data, _ in group.inputs):
            self._evaluate_alone(group, failed)

    def _evaluate_alone(self, group: SharedPass, tasks: list[Waiting]) -> None:
        """Evaluate tasks of a group that failed once more, as if there were no other groups.

        What was wrong may be wrong with columns that others want; and of several things that are
        wrong, which is met first depends on how far ahead each file was read.
        """
        for task in tasks:
            if task.sink is not None:
                task.sink.restart()
        try:
            reading = Reading(group.request, group.needs, self._inputs.open_alone)
        except LosscliError:
            # The file is no longer what it was: what was found in it then still holds.
            return
        with reading:
            run_pass(reading, tasks, None)

    def _watch(self, _done: int, _total: int | None, rows: int) -> None:
        assert self._observe is not None
        self._observe(*self._inputs.progress(), self._rows + rows)
