"""One pass over inputs that serves several requests: which of them it can serve, and what each gets."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any

from losscli.analyses.evaluate.run import Sink, refuse_nothing
from losscli.analyses.evaluate.summary import summarise
from losscli.analyses.report import Report
from losscli.common.errors import LosscliError
from losscli.compute.engines import local
from losscli.compute.plan import Plan, plan_of
from losscli.compute.row_losses import Measured
from losscli.inputs.block import Block
from losscli.inputs.formats.csv.source import TextFormat
from losscli.inputs.pair import Observer, Reading, common_needs
from losscli.inputs.request import Request
from losscli.inputs.roles.resolve import Needs
from losscli.inputs.shared.opened import key_of
from losscli.inputs.shared.source import HELD_BYTES, View

Outcome = Report | LosscliError

_NO_MATTER = ("loss", "top", "reduction")
"""What requests that are read together may differ in."""


class Once:
    """A sink that gets every row once, even if rows are measured again."""

    def __init__(self, sink: Sink) -> None:
        self._sink, self._given, self._place = sink, 0, 0

    def __call__(self, plan: Plan, block: Block, measured: tuple[Measured, ...]) -> None:
        """Hand on the rows that were not handed on before."""
        fresh = self._place + len(block) - self._given
        self._place += len(block)
        if fresh <= 0:
            return
        self._given = self._place
        if fresh < len(block):
            rows = slice(len(block) - fresh, None)
            block, measured = block.take(rows), tuple(_rest(found, rows) for found in measured)
        self._sink(plan, block, measured)

    def restart(self) -> None:
        """Take note that the rows come again from the first one on."""
        self._place = 0


def _rest(measured: Measured, rows: slice) -> Measured:
    status, clipped = measured.status, measured.clipped
    return Measured(
        measured.value[rows],
        None if status is None else status[rows],
        None if clipped is None else clipped[rows],
    )


@dataclass(eq=False)
class Task:
    """One request, who gets its losses, and what came of it."""

    request: Request
    sink: Once | None
    outcome: Outcome | None = None

    @property
    def result(self) -> Outcome:
        """The outcome, known at the end."""
        assert self.outcome is not None
        return self.outcome


@dataclass(eq=False)
class Group:
    """Tasks that read the same columns of the same inputs, in the same way: one pass serves them all."""

    needs: Needs
    tasks: list[Task] = field(default_factory=list)
    reading: Reading | None = None
    stack: ExitStack = field(default_factory=ExitStack)

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

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""
        return all(task.outcome is not None for task in self.tasks)


def run_pass(reading: Reading, tasks: Sequence[Task], observe: Observer | None) -> None:
    """Give tasks their outcomes, all from one pass over what they read."""
    readings = [reading.of(task.request) for task in tasks]
    folds: list[local.Fold] = []
    plans = [plan_of(own) for own in readings]
    for task, plan in zip(tasks, plans, strict=True):
        sink = None if task.sink is None else partial(task.sink, plan)
        folds.append(_same(folds, plan, task) or local.Fold(plan, sink))
    local.run_together(list(dict.fromkeys(folds)), reading.blocks(observe))
    for task, own, plan, fold in zip(tasks, readings, plans, folds, strict=True):
        if fold.error is not None:
            task.outcome = fold.error
            continue
        provenance = own.provenance()
        provenance = replace(provenance, notes=(*provenance.notes, *_notes(reading)))
        try:
            report = summarise(plan, fold.state, provenance)
            refuse_nothing(report)
            task.outcome = report
        except LosscliError as error:
            task.outcome = error


def _same(folds: Sequence[local.Fold], plan: Plan, task: Task) -> local.Fold | None:
    """Return the fold that computes the same already, if there is one."""
    if task.sink is not None:
        return None
    return next(
        (
            fold
            for fold in folds
            if fold.sink is None and (fold.plan.losses, fold.plan.top) == (plan.losses, plan.top)
        ),
        None,
    )


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
                f"{view.name}: it was read again for this evaluation, since more than "
                f"{HELD_BYTES >> 20} MiB would have had to be held for several"
            )


def grouped(tasks: Sequence[Task]) -> list[Group]:
    """Return tasks that are read together; those whose losses cannot be are told so."""
    groups: dict[Hashable, Group] = {}
    for task in tasks:
        try:
            needs = common_needs(task.request.loss)
        except LosscliError as error:
            task.outcome = error
            continue
        groups.setdefault((needs, _read_as(task.request)), Group(needs)).tasks.append(task)
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


def in_order(groups: list[Group]) -> list[Group]:
    """Return groups in an order in which those that share labels follow each other."""
    first: dict[Hashable, int] = {}
    places = []
    for place, group in enumerate(groups):
        data, text_format = group.inputs[-1]
        places.append(first.setdefault(key_of(data, text_format) or id(group), place))
    return [groups[place] for place in sorted(range(len(groups)), key=places.__getitem__)]
