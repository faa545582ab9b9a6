"""Tasks side by side in processes, each result as if its task had run here.

A worker that dies takes nothing with it but its task. Processes are started anew (`spawn`): threads
and locks of ours are not copied into them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from types import FrameType, MappingProxyType
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
_PATIENCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Crash:
    """What is left of a task whose worker died, or raised: the exit code, and what it said."""

    code: int | None
    said: str = ""

    def __str__(self) -> str:
        if self.said:
            return self.said
        if self.code is not None and self.code < 0:
            return f"its process was killed by signal {-self.code} ({_signal_name(-self.code)})"
        return f"its process ended with status {self.code}"


def processors() -> int:
    """Return how many processors this process may use."""
    with suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def side_by_side(
    function: Callable[[Task], Result], tasks: Sequence[Task], jobs: int
) -> list[Result | Crash]:
    """Return what `function` returns for each task, or what became of it, in the order of the tasks.

    Args:
        function: of a module, so that another process can import it.
        tasks: what can be pickled, and results too.
        jobs: how many processes run at a time.

    Raises:
        BaseException: whatever interrupts the wait; no process of ours is left then.
    """
    crew: _Crew[Task, Result] = _Crew(function, tasks)
    try:
        for _ in range(min(jobs, len(tasks))):
            crew.start()
        while crew.busy:
            for connection in wait(list(crew.busy)):
                assert isinstance(connection, Connection)
                crew.collect(connection)
    finally:
        crew.end()
    return [crew.results[place] for place in range(len(tasks))]


class _Crew(Generic[Task, Result]):
    """Workers, the tasks that wait, and the results so far."""

    def __init__(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> None:
        self.function, self.tasks = function, tasks
        self.waiting = deque(range(len(tasks)))
        self.busy: dict[Connection, int] = {}
        self.processes: dict[Connection, BaseProcess] = {}
        self.results: dict[int, Result | Crash] = {}

    def start(self) -> None:
        """Start a worker and give it the next task."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self.function), daemon=True)
        with _no_interruption():
            process.start()
        # Ours to close: only then does the end of the worker show as the end of what it says.
        theirs.close()
        self.processes[ours] = process
        self.give(ours)

    def give(self, connection: Connection) -> None:
        """Give a worker the next task, or send it home."""
        if not self.waiting:
            with suppress(OSError):
                connection.send(None)
            return
        place = self.waiting.popleft()
        self.busy[connection] = place
        # A worker that is dead already is found out where its result is collected.
        with suppress(OSError):
            connection.send(self.tasks[place])

    def collect(self, connection: Connection) -> None:
        """Take the result of a worker, or note its end; the next task goes to it or to a new one."""
        place = self.busy.pop(connection)
        try:
            self.results[place] = connection.recv()
        except (EOFError, OSError):
            process = self.processes.pop(connection)
            process.join(_PATIENCE_SECONDS)
            self.results[place] = Crash(process.exitcode)
            connection.close()
            if self.waiting:
                self.start()
        else:
            self.give(connection)

    def end(self) -> None:
        """Let workers without a task go, stop those that have one; wait for all of them."""
        for connection, process in self.processes.items():
            if connection in self.busy:
                process.terminate()
        for process in self.processes.values():
            process.join(_PATIENCE_SECONDS)
            if process.is_alive():
                process.kill()
                process.join()


@contextmanager
def _no_interruption() -> Iterator[None]:
    """Hold Ctrl-C back: a process that starts here does so all its life, and we until the end of the block.

    It would otherwise be told with a traceback by a worker that has only begun to import.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    # Where it is started with the first process, it ends our block before that process is there.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, function: Callable[[Any], Any]) -> None:
    """Do one task after the other until there is none, or whoever gave them is gone."""
    # Ctrl-C reaches every process of a terminal; the one that started us decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    with suppress(EOFError, OSError):
        while (task := connection.recv()) is not None:
            try:
                answer = ForkingPickler.dumps(function(task))
            except Exception as error:
                answer = ForkingPickler.dumps(Crash(None, f"{type(error).__name__}: {error}"))
            connection.send_bytes(answer)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    # An exception, so that half-written files are removed on the way out.
    sys.exit(128 + signal.SIGTERM)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def _view(items: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(items)


def _reduce_view(view: MappingProxyType[Any, Any]) -> tuple[Callable[..., Any], tuple[dict[Any, Any]]]:
    # The type itself has no name by which another process would find it.
    return _view, (dict(view),)


# Frozen mappings are views, which Python does not pickle by itself.
ForkingPickler.register(MappingProxyType, _reduce_view)
