"""Processes of our own: how one is arranged, and tasks side by side in several.

Each result is as if its task had run here. A worker that dies takes nothing with it but its task.
Workers are started anew (`spawn`): threads and locks of ours are not copied into them.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Thread
from types import FrameType, MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

Task = TypeVar("Task")
Result = TypeVar("Result")
_PATIENCE_SECONDS = 2.0
_SAFE_PATH = "PYTHONSAFEPATH"
_ENDS = frozenset({signal.SIGTERM, signal.SIGHUP})

_GARBAGE = (200_000, 50, 100)
_SWITCH_SECONDS = 0.0005
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
_LARGEST_ARRAY = 1 << 30
_KEPT = 1 << 26


def arrange_own_process() -> None:
    """Arrange a process that is ours alone: nobody else's work is held back by this.

    - What is imported stays. Looking through it for garbage again and again is a tenth of a short run.
    - OpenBLAS, which we do not call, starts a thread for each processor when NumPy is imported: a third of
      a short run, and 32 MiB each, without which it ends the process where memory is limited.
    - Threads take turns of microseconds; a tenth of a turn of the default is long enough to wait.
    - glibc reuses freed arrays of a block for the next one. By default it returns each to the system,
      which then clears the same pages again: a third of the time that reading takes.
    """
    gc.set_threshold(*_GARBAGE)
    sys.setswitchinterval(_SWITCH_SECONDS)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        mallopt = ctypes.CDLL(None).mallopt
    except (ImportError, OSError, AttributeError):
        return
    mallopt(_MMAP_THRESHOLD, _LARGEST_ARRAY)
    mallopt(_TRIM_THRESHOLD, _LARGEST_ARRAY)
    mallopt(_TOP_PAD, _KEPT)
    # One heap for all threads: what one frees, the other can use.
    mallopt(_ARENA_MAX, 1)


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
    from concurrent.futures import FIRST_COMPLETED, wait

    _pickle_views()
    results: dict[int, Result | Crash] = {}
    waiting = deque(range(len(tasks)))
    crew: list[_Worker] = []
    idle: list[_Worker] = []
    busy: dict[Future[Result | Crash], tuple[int, _Worker]] = {}
    try:
        while waiting or busy:
            while waiting and len(busy) < jobs:
                idle = [worker for worker in idle if worker.process.is_alive()]
                if not idle:
                    with _starting() as safe_path_is_ours:
                        crew.append(_Worker(safe_path_is_ours))
                    idle.append(crew[-1])
                place, worker = waiting.popleft(), idle.pop()
                busy[worker.pool.submit(_do, function, tasks[place])] = place, worker
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                place, worker = busy.pop(future)
                results[place] = worker.outcome(future)
                idle.append(worker)
    finally:
        _end(crew, idle)
    return [results[place] for place in range(len(tasks))]


class _Worker:
    """A process in a pool of its own, so that its death breaks no other."""

    def __init__(self, safe_path_is_ours: bool) -> None:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import active_children, get_context

        others = {*active_children()}
        self.pool = ProcessPoolExecutor(1, get_context("spawn"), _begin, (safe_path_is_ours,))
        # It starts when it has something to do.
        self.pool.submit(_pickle_views)
        (self.process,) = {*active_children()} - others

    def outcome(self, future: Future[Result | Crash]) -> Result | Crash:
        """Return what came of a task that is over."""
        from concurrent.futures import BrokenExecutor

        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, BrokenExecutor):
            # When the pool is done with it, the process has an exit code.
            self.pool.shutdown()
            return Crash(self.process.exitcode)
        return Crash(None, f"{type(error).__name__}: {error}")


def _end(crew: Sequence[_Worker], idle: Sequence[_Worker]) -> None:
    """Let workers without a task go, stop those that have one; wait for all of them, but not for ever."""
    leaving = [Thread(target=worker.pool.shutdown, daemon=True) for worker in crew]
    for worker, thread in zip(crew, leaving, strict=True):
        thread.start()
        if worker not in idle:
            worker.process.terminate()
    for worker, thread in zip(crew, leaving, strict=True):
        thread.join(_PATIENCE_SECONDS)
        if thread.is_alive():
            worker.process.kill()
            thread.join(_PATIENCE_SECONDS)


@contextmanager
def _starting() -> Iterator[bool]:
    """Arrange how an interpreter begins that is started in this block.

    - It finds no module in the current folder, where Python looks first by default: a file that lies
      beside somebody's config would run. The block gets whether the variable that says so is ours.
    - Ctrl-C is held back from it all its life: a worker that has only begun to import would tell it with
      a traceback, and whoever started it decides what it means. Nothing interrupts us until the end of
      the block.
    """
    from multiprocessing import resource_tracker

    ours = not os.environ.get(_SAFE_PATH)
    if ours:
        os.environ[_SAFE_PATH] = "1"
    # Where it is started with the first process, it ends our block before that process is there.
    resource_tracker.ensure_running()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *_ENDS})
    try:
        yield ours
    finally:
        if ours:
            del os.environ[_SAFE_PATH]
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _begin(safe_path_is_ours: bool) -> None:
    """Arrange a worker."""
    if safe_path_is_ours:
        del os.environ[_SAFE_PATH]
    arrange_own_process()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
    Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    """End this worker when the process that started it is gone: its pool would wait for ever."""
    from multiprocessing import parent_process

    parent = parent_process()
    assert parent is not None
    parent.join()
    # Its task ends, and tidies up; then there is nobody to tell.
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_PATIENCE_SECONDS)
    os._exit(128 + signal.SIGTERM)


def _do(function: Callable[[Task], Result], task: Task) -> Result | Crash:
    """Do a task in a worker."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return function(task)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGTERM)
    except Exception as error:
        return Crash(None, f"{type(error).__name__}: {error}")
    finally:
        signal.signal(signal.SIGTERM, _leave)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    # An exception, so that half-written files are removed on the way out; not SystemExit, which code of
    # the user's would be blamed for.
    raise KeyboardInterrupt


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def _pickle_views() -> None:
    """Teach processes to send frozen mappings, which Python does not pickle by itself."""
    from multiprocessing.reduction import ForkingPickler

    ForkingPickler.register(MappingProxyType, _reduce_view)


def _reduce_view(view: MappingProxyType[Any, Any]) -> tuple[Callable[..., Any], tuple[dict[Any, Any]]]:
    # The type itself has no name by which another process would find it.
    return _view, (dict(view),)


def _view(items: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(items)
