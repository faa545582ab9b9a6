"""Processes of our own: how one is arranged, and tasks side by side in several.

Each result is as if its task had run here. A worker that dies takes nothing with it but its task.
Workers are started anew (`spawn`): threads and locks of ours are not copied into them. They may be copies of
a process that is ours alone and has one thread, if whoever wants them says so.
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
from enum import Enum, auto
from pathlib import Path
from threading import Thread
from types import FrameType, MappingProxyType
from typing import Any, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
_PATIENCE_SECONDS = 2.0
_SAFE_PATH = "PYTHONSAFEPATH"
_ENDS = frozenset({signal.SIGTERM, signal.SIGHUP})

_GARBAGE = (200_000, 50, 100)
_SWITCH_SECONDS = 0.0005
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
_LARGEST_ARRAY = 1 << 30
_TOP_KEPT = 1 << 26
_ours_alone = False


def arrange_own_process() -> None:
    """Arrange a process that is ours alone: nobody else's work is held back by this.

    - What is imported stays. Looking through it for garbage again and again is a tenth of a short run.
    - OpenBLAS, which we do not call, starts a thread for each processor when NumPy is imported: a third of
      a short run, and 32 MiB each, without which it ends the process where memory is limited.
    - Threads take turns of microseconds; a tenth of a turn of the default is long enough to wait.
    - glibc reuses freed arrays of a block for the next one. By default it returns each to the system,
      which then clears the same pages again: a third of the time that reading takes.
    """
    global _ours_alone
    _ours_alone = True
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
    mallopt(_TOP_PAD, _TOP_KEPT)
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


Gather = Callable[[list[Any]], None]


def side_by_side(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    jobs: int,
    gather: Gather | None = None,
    *,
    copies: bool = False,
) -> list[Result | Crash]:
    """Return what `function` returns for each task, or what became of it, in the order of the tasks.

    Args:
        function: of a module, so that another process can import it.
        tasks: what can be pickled, and results too.
        jobs: how many processes run at a time.
        gather: lets workers keep their results until no task is left, and send them together; those of
            a worker that dies before that are made anew. After each task it gets all results that its
            worker keeps, and may put others in their places, so that what many of them say is said once.
        copies: whether workers may be copies of this process, which start at once, where that is safe.

    Raises:
        BaseException: whatever interrupts the wait; no process of ours is left then.
    """
    from multiprocessing.connection import wait

    _pickle_views()
    results: dict[int, Result | Crash] = {}
    waiting = deque(range(len(tasks)))
    crew: list[_Worker] = []
    try:
        while len(results) < len(tasks):
            idle = _idle(crew, waiting)
            busy = sum(worker.busy for worker in crew)
            while waiting and busy < jobs:
                if not idle:
                    idle.append(_started(crew, copies=copies))
                place = waiting.popleft()
                crash = idle[-1].begin(place, (function, tasks[place], gather))
                if crash is None:
                    idle.pop()
                    busy += 1
                else:
                    results[place] = crash
            for worker in idle:
                worker.ask()
            speaking = {worker.pipe: worker for worker in crew if worker.busy}
            for pipe in wait(speaking) if speaking else ():
                heard, lost = speaking[pipe].hear()
                results.update(heard)
                waiting.extend(lost)
    finally:
        _end(crew)
    return [results[place] for place in range(len(tasks))]


def _idle(crew: Sequence[_Worker], waiting: deque[int]) -> list[_Worker]:
    """Return the workers that can be given a task; what dead ones have kept waits again."""
    idle = []
    for worker in crew:
        if worker.process.is_alive():
            idle += [] if worker.busy else [worker]
        elif not worker.busy:
            waiting.extend(worker.kept)
            worker.kept = []
    return idle


def _started(crew: list[_Worker], *, copies: bool) -> _Worker:
    """Return one more worker of a crew."""
    copied = copies and _can_be_copied()
    with _starting(copied=copied) as safe_path_is_ours:
        crew.append(_Worker([worker.pipe for worker in crew], safe_path_is_ours, copied=copied))
    return crew[-1]


class _Worker:
    """A process that is told what to do, and says what came of it, through a pipe of its own.

    Attributes:
        place: of the task that it does; None where it does none.
        asked: whether it is to send what it has kept.
        kept: the places of the tasks whose results it has.
    """

    def __init__(self, pipes: Sequence[Any], safe_path_is_ours: bool, *, copied: bool) -> None:
        from multiprocessing import get_context

        context: Any = get_context("fork" if copied else "spawn")
        self.pipe, theirs = context.Pipe()
        # In a copy of this process there are our ends of all pipes: they would never be closed.
        ours = (*pipes, self.pipe) if copied else ()
        self.process = context.Process(target=_serve, args=(theirs, ours, safe_path_is_ours))
        self.process.start()
        theirs.close()
        self.place: int | None = None
        self.asked, self.kept = False, list[int]()

    @property
    def busy(self) -> bool:
        """Whether something is to be heard of it."""
        return self.asked or self.place is not None

    def begin(self, place: int, order: tuple[Any, ...]) -> Crash | None:
        """Give it a task; return what is wrong where that cannot be sent."""
        from multiprocessing.reduction import ForkingPickler

        try:
            data = ForkingPickler.dumps(order)
        except Exception as error:
            return _crash(error)
        self.place = place
        # Where it has died, that is heard.
        with suppress(OSError):
            self.pipe.send_bytes(data)
        return None

    def ask(self) -> None:
        """Ask for what it has kept."""
        if self.kept:
            self.asked = True
            with suppress(OSError):
                self.pipe.send(None)

    def hear(self) -> tuple[dict[int, Any], list[int]]:
        """Return the results that it sends, by their places, and the places of those that are lost."""
        place, asked, self.place, self.asked = self.place, self.asked, None, False
        kept, lost = self.kept, list[int]()
        try:
            said = self.pipe.recv()
        except (EOFError, OSError):
            said = self._ended()
            lost, self.kept = ([], []) if asked else (kept, [])
        except Exception as error:
            said = _crash(error)
        if asked:
            self.kept = []
            return dict.fromkeys(kept, said) if isinstance(said, Crash) else dict(
                zip(kept, said, strict=True)
            ), []
        assert place is not None
        if said is not _KEPT:
            return {place: said}, lost
        self.kept.append(place)
        return {}, []

    def _ended(self) -> Crash:
        """Return how it ended, which it has when its end of the pipe is closed."""
        self.pipe.close()
        self.process.join(_PATIENCE_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        return Crash(self.process.exitcode)


class _Kept(Enum):
    """What a worker says of a result that it keeps."""

    KEPT = auto()


_KEPT = _Kept.KEPT


def _crash(error: BaseException) -> Crash:
    return Crash(None, f"{type(error).__name__}: {error}")


def _end(crew: Sequence[_Worker]) -> None:
    """Let workers without a task go, stop those that have one; wait for all of them, but not for ever."""
    for worker in crew:
        if worker.busy:
            worker.process.terminate()
        worker.pipe.close()
    for worker in crew:
        worker.process.join(_PATIENCE_SECONDS)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join(_PATIENCE_SECONDS)


def _can_be_copied() -> bool:
    """Whether a copy of this process is as good as a new one.

    It is one that is ours alone, with one thread: a copy has no other, but has what others had locked.
    """
    if not (_ours_alone and sys.platform.startswith("linux")):
        return False
    with suppress(OSError):
        return len([*Path("/proc/self/task").iterdir()]) == 1
    return False


@contextmanager
def _starting(*, copied: bool) -> Iterator[bool]:
    """Arrange how a process begins that is started in this block.

    - An interpreter finds no module in the current folder, where Python looks first by default: a file
      that lies beside somebody's config would run. The block gets whether the variable that says so is ours.
    - Ctrl-C is held back from it all its life: a worker that has only begun to import would tell it with
      a traceback, and whoever started it decides what it means. Nothing interrupts us until the end of
      the block.
    """
    ours = not copied and not os.environ.get(_SAFE_PATH)
    if ours:
        os.environ[_SAFE_PATH] = "1"
    if not copied:
        from multiprocessing import resource_tracker

        # Where it is started with the first process, it ends our block before that process is there.
        resource_tracker.ensure_running()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *_ENDS})
    try:
        yield ours
    finally:
        if ours:
            del os.environ[_SAFE_PATH]
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _serve(pipe: Any, pipes_of_ours: Sequence[Any], safe_path_is_ours: bool) -> None:
    """Do tasks in a worker, until there are no more."""
    if pipes_of_ours:
        for one in pipes_of_ours:
            one.close()
        for number in _ENDS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
    else:
        _begin(safe_path_is_ours)
    Thread(target=_follow, daemon=True).start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
    _do_all(pipe)


def _begin(safe_path_is_ours: bool) -> None:
    """Arrange a worker that is a new interpreter."""
    if safe_path_is_ours:
        del os.environ[_SAFE_PATH]
    arrange_own_process()


def _follow() -> None:
    """End this worker when the process that started it is gone."""
    from multiprocessing import parent_process

    parent = parent_process()
    assert parent is not None
    parent.join()
    # Its task ends, and tidies up; then there is nobody to tell.
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_PATIENCE_SECONDS)
    os._exit(128 + signal.SIGTERM)


def _do_all(pipe: Any) -> None:
    """Do what is asked for, and keep or send what comes of it."""
    _pickle_views()
    kept: list[Any] = []
    while True:
        try:
            order = pipe.recv()
        except (EOFError, OSError):
            # Whoever started us has nothing more to do, or is gone.
            return
        except Exception as error:
            # What was sent cannot be found here.
            _send(pipe, _crash(error))
            continue
        if order is None:
            _send(pipe, kept)
            kept = []
            continue
        function, task, gather = order
        found = _do(function, task)
        if gather is not None and not isinstance(found, Crash):
            more = [*kept, found]
            found = _do(gather, more)
            if found is None:
                kept, found = more, _KEPT
        _send(pipe, found)


def _send(pipe: Any, found: Any) -> None:
    from multiprocessing.reduction import ForkingPickler

    try:
        data = ForkingPickler.dumps(found)
    except Exception as error:
        data = ForkingPickler.dumps(_crash(error))
    with suppress(OSError):
        pipe.send_bytes(data)


def _do(function: Callable[[Task], Result], task: Task) -> Result | Crash:
    """Do a task in a worker."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return function(task)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGTERM)
    except (Exception, SystemExit) as error:
        return _crash(error)
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
