"""Every way a run can end, as an exit status and, where something went wrong, a message."""

from __future__ import annotations

import errno
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from losscli.cli.command import Run, usage_error
from losscli.cli.terminal import messages
from losscli.cli.terminal.streams import complain
from losscli.common.addresses import scrubbed
from losscli.common.errors import Ended, ExitStatus, LosscliError, SeveralErrors, single
from losscli.common.files import ReaderGone


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived; like KeyboardInterrupt nothing but the end of the run catches it."""


@contextmanager
def signals_raise() -> Iterator[None]:
    """Make SIGTERM and SIGHUP raise `Terminated`, so that temporary files are cleaned up.

    A signal that is ignored (`nohup`) stays ignored.
    """

    def terminate(_signal: int, _frame: FrameType | None) -> None:
        raise Terminated

    earlier = {}
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            try:
                earlier[number] = signal.signal(number, terminate)
            except ValueError:  # not the main thread: whoever runs us there decides
                break
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def explain(ending: BaseException, run: Run) -> ExitStatus:
    """Say on stderr what ended the run, and return the exit status that says it to programs."""
    if run.traceback and not isinstance(ending, ReaderGone):
        messages.plain(scrubbed("".join(traceback.format_exception(ending)).rstrip("\n")))
    error = told(ending)
    if isinstance(ending, click.exceptions.NoArgsIsHelpError):
        complain(ending.format_message())
    elif error.status is not ExitStatus.PIPE_CLOSED:
        for one in single(error):
            messages.error(one)
    if error.status is ExitStatus.BUG:
        where = "the traceback above" if run.traceback else "what the same command prints with --traceback"
        messages.plain(f"report it, together with {where}.")
    for one in run.lost:
        messages.error(one)
    if run.lost and error.status in (ExitStatus.GATE_FAILED, ExitStatus.BAD_INPUT):
        return ExitStatus.OUTPUT_FAILED
    return error.status


def told(ending: BaseException) -> LosscliError:
    """Return any ending as an error, whose `status` is the exit status of the run."""
    match ending:
        case SeveralErrors():
            several = SeveralErrors(ending.errors)
            several.status = max(told(one).status for one in ending.errors)
            return several
        case LosscliError():
            return ending
        case click.UsageError():
            return usage_error(ending)
        case click.ClickException():
            return LosscliError("", ending.format_message())
        case ReaderGone() | BrokenPipeError():
            return Ended(ExitStatus.PIPE_CLOSED, "the reader of the output went away")
        case KeyboardInterrupt() | click.Abort():
            return Ended(ExitStatus.INTERRUPTED, "interrupted")
        case Terminated():
            return Ended(ExitStatus.TERMINATED, "terminated")
    if _is_lack_of_memory(ending):
        remedy = "Read fewer rows at a time (--block-rows 10000), or raise the limit (ulimit -v)."
        return Ended(ExitStatus.BAD_INPUT, "out of memory", remedy)
    if isinstance(ending, OSError) and ending.errno in (errno.EMFILE, errno.ENFILE):
        return Ended(ExitStatus.BAD_INPUT, "too many files are open", "Raise the limit (ulimit -n).")
    return Ended(ExitStatus.BUG, f"this is a bug in losscli: {type(ending).__name__}: {ending}")


def _is_lack_of_memory(ending: BaseException) -> bool:
    """Tell whether memory ran out, also where a library says so in words of its own."""
    words = ("failed to map segment", "cannot allocate memory", "can't start new thread")
    if isinstance(ending, (ImportError, OSError, RuntimeError)):
        return any(word in str(ending).lower() for word in words)
    return isinstance(ending, MemoryError)
