"""Errors as text for people and reports: data made visible, line ends only where they are our own."""

from __future__ import annotations

from losscli.common.errors import ExitStatus, LosscliError, SeveralErrors, UsageError
from losscli.common.text import visible

_KINDS = {
    ExitStatus.BUG: "bug",
    ExitStatus.OUTPUT_FAILED: "output",
    ExitStatus.INTERRUPTED: "interrupted",
    ExitStatus.TERMINATED: "interrupted",
    ExitStatus.PIPE_CLOSED: "output",
}
KINDS = ("usage", "data", *dict.fromkeys(_KINDS.values()))
"""What an error can be: `usage` is wrong in the call, `data` in what it reads."""


class Ended(LosscliError):  # noqa: N818  # an interruption is no error
    """How a run ended that nothing in its call or data ended, in the words of an error."""

    def __init__(self, status: ExitStatus, found: str, remedy: str = "") -> None:
        super().__init__("", found, "", remedy)
        self.status = status


def message(error: LosscliError) -> str:
    """Return the sentence of an error with its data made visible; line ends only in the remedy.

    The remedy may draw a caret under a place; the other parts hold data, which starts no line.
    """
    where, found, needed = map(visible, (error.where, error.found, error.needed))
    remedy = "\n".join(map(visible, error.remedy.split("\n")))
    return str(LosscliError(where, found, needed, remedy))


def single(error: LosscliError) -> tuple[LosscliError, ...]:
    """Return the errors that were reported together, or the one that was not."""
    if isinstance(error, SeveralErrors):
        return tuple(part for one in error.errors for part in single(one))
    return (error,)


def kind(error: LosscliError) -> str:
    """Return which of `KINDS` an error is."""
    return _KINDS.get(error.status, "usage" if isinstance(error, UsageError) else "data")
