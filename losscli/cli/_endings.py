"""Every way a run can end, as an exit status and, where something went wrong, a message."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from losscli.cli._command import Run, usage_error
from losscli.cli._streams import complain
from losscli.errors import ExitStatus, LosscliError, SeveralErrors
from losscli.output import ReaderGone
from losscli.text import visible


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
        _say("".join(traceback.format_exception(ending)).rstrip("\n"))
    if isinstance(ending, (LosscliError, click.ClickException)):
        return _explain_error(ending)
    match ending:
        case ReaderGone() | BrokenPipeError():
            return ExitStatus.PIPE_CLOSED
        case KeyboardInterrupt() | click.Abort():
            _say("interrupted")
            return ExitStatus.INTERRUPTED
        case Terminated():
            _say("terminated")
            return ExitStatus.TERMINATED
    if _is_lack_of_memory(ending):
        _say(
            "memory ran out. Read fewer rows at a time (--block-rows 10000), or raise the limit (ulimit -v)."
        )
        return ExitStatus.BAD_INPUT
    _say(f"this is a bug in losscli: {type(ending).__name__}: {visible(str(ending))}")
    if not run.traceback:
        _say("please report it, together with what the same call says with --traceback in it.")
    else:
        _say("please report it, together with the traceback above.")
    return ExitStatus.BUG


def _explain_error(error: LosscliError | click.ClickException) -> ExitStatus:
    if isinstance(error, SeveralErrors):
        return max(_explain_error(single) for single in error.errors)
    if isinstance(error, LosscliError):
        _say(_message(error))
        return error.status
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        complain(error.format_message())
    elif isinstance(error, click.UsageError):
        _say(_message(usage_error(error)))
    else:
        _say(error.format_message())
    return ExitStatus.BAD_INPUT


def _message(error: LosscliError) -> str:
    """Return the sentence of an error with its data made visible; line ends only in the remedy.

    The remedy may draw a caret under a place; the other parts hold data, which starts no line.
    """
    where, found, needed = map(visible, (error.where, error.found, error.needed))
    remedy = "\n".join(map(visible, error.remedy.split("\n")))
    return str(LosscliError(where, found, needed, remedy))


def _say(message: str) -> None:
    # CI runners obey lines that begin with `::` or `##`, blanks before them ignored, so every
    # line begins with our name.
    for line in message.split("\n"):
        complain(f"losscli: {visible(line)}")


def _is_lack_of_memory(ending: BaseException) -> bool:
    """Tell whether memory ran out, also where a library says so in words of its own."""
    words = ("failed to map segment", "cannot allocate memory", "can't start new thread")
    if isinstance(ending, (ImportError, OSError, RuntimeError)):
        return any(word in str(ending).lower() for word in words)
    return isinstance(ending, MemoryError)
