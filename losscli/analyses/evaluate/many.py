"""Many evaluations at once: each gets what it would have got alone, and each file is read once.

What is held, and for how long:

- Requests that read the same columns in the same way go through one pass together, in which nothing
  is held but the blocks that a single run holds.
- Of a file that other requests need too, the columns that any of them wants are held from the pass
  that reads them until the last of these requests is done: 8 bytes a number, the length of the
  longest of a few thousand for ids and names. Beyond `losscli.inputs.shared.source.HELD_BYTES` in all, a
  file is read again instead, and a note in the report says so.
- Of a pipe that several requests need, or one that shares its other file, the bytes are kept until
  the end: in memory, and once they are many (`losscli.inputs.streams.spool.IN_MEMORY_BYTES`) in a temporary
  file.

A request that fails where a file is shared is evaluated once more by itself: of several things that
are wrong with its inputs, it is told of the one that it would have met alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing

from losscli.analyses.evaluate.run import Sink
from losscli.analyses.evaluate.together import Group, Once, Outcome, Task, grouped, in_order, run_pass
from losscli.common.errors import LosscliError, OutputError
from losscli.inputs.pair import Observer, Reading
from losscli.inputs.request import Request
from losscli.inputs.shared.opened import Inputs, read_once
from losscli.inputs.shared.source import View

MOST_OPEN = 200
"""Files that are open at a time: beyond, requests are opened when it is their turn."""


def evaluate_many(
    requests: Sequence[Request],
    *,
    sinks: Sequence[Sink | None] | None = None,
    observe: Observer | None = None,
) -> list[Outcome]:
    """Compute what all requests ask for, reading each of their files once.

    Args:
        requests: the evaluations; their order has no meaning but that of the results.
        sinks: for each request, who gets every block with the losses of its rows, in order.
        observe: is told how far the work on all of them is.

    Returns:
        For each request its report, equal to what `evaluate` returns for it, or the error that
        `evaluate` raises for it.
    """
    watched = [None] * len(requests) if sinks is None else list(sinks)
    tasks = [
        Task(request, None if sink is None else Once(sink))
        for request, sink in zip(requests, watched, strict=True)
    ]
    with _Many(tasks, observe) as many:
        many.run()
    return [task.result for task in tasks]


class _Many:
    """The work on all tasks; a context manager that lets go of all inputs."""

    def __init__(self, tasks: Sequence[Task], observe: Observer | None) -> None:
        self._observe, self._rows = observe, 0
        self._groups = in_order(grouped(tasks))
        self._inputs = Inputs(
            ((group.inputs, group.request.block_rows) for group in self._groups),
            hashed=any(task.request.fingerprints for task in tasks),
        )

    def __enter__(self) -> _Many:
        return self

    def __exit__(self, *_: object) -> None:
        with closing(self._inputs):
            for group in self._groups:
                group.stack.close()

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
            group.stack.close()
            group.reading = None
            for one in group.inputs:
                self._inputs.done(*one)

    def _open(self, group: Group) -> None:
        """Open a group, and announce what it wants; its tasks are told what is wrong where that fails."""
        try:
            group.reading = Reading(group.request, group.needs, group.stack, self._inputs.open)
        except LosscliError as error:
            group.stack.close()
            group.tasks[0].outcome = error
            for task in group.tasks[1:]:
                # A message may name the losses of its own request; nothing was read so far.
                with ExitStack() as stack:
                    try:
                        reading = Reading(task.request, group.needs, stack, self._inputs.open)
                        run_pass(reading, [task], None)
                    except LosscliError as other:
                        task.outcome = other
            return
        for source, wants in group.reading.wants:
            if isinstance(source, View):
                source.expect(wants)

    def _evaluate(self, group: Group) -> None:
        """Read the inputs of a group, and give its tasks their outcomes."""
        assert group.reading is not None
        run_pass(group.reading, group.tasks, self._watch if self._observe is not None else None)
        self._rows += group.reading.left.rows
        failed = [
            task
            for task in group.tasks
            if isinstance(task.outcome, LosscliError) and not isinstance(task.outcome, OutputError)
        ]
        if failed and any(self._inputs.is_shared(*one) for one in group.inputs):
            self._evaluate_alone(group, failed)

    def _evaluate_alone(self, group: Group, tasks: list[Task]) -> None:
        """Evaluate tasks of a group that failed once more, as if there were no other groups.

        What was wrong may be wrong with columns that others want; and of several things that are
        wrong, which is met first depends on how far ahead each file was read.
        """
        for task in tasks:
            if task.sink is not None:
                task.sink.restart()
        with ExitStack() as stack:
            try:
                reading = Reading(group.request, group.needs, stack, self._inputs.open_alone)
            except LosscliError:
                # The file is no longer what it was: what was found in it then still holds.
                return
            run_pass(reading, tasks, None)

    def _watch(self, _done: int, _total: int | None, rows: int) -> None:
        assert self._observe is not None
        self._observe(*self._inputs.progress(), self._rows + rows)
