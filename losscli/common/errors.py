"""The one exception that users meet, as text for people and reports, and the exit status of every ending."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import IntEnum

from losscli.common.addresses import scrubbed
from losscli.common.text import visible

_ASIDE = re.compile(r"\b(?:that|which|what|who|whose|where|because|since|if|as)\b|,")
_SAYS_SO = re.compile(r"\b(needs?|needed|has to|have to|must|is|are|has|decides|read)\b")


class ExitStatus(IntEnum):
    """What the process says to its caller; scripts depend on these numbers."""

    OK = 0
    GATE_FAILED = 1
    BAD_INPUT = 2
    UNDECIDED = 3
    BUG = 70
    OUTPUT_FAILED = 74
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    TERMINATED = 143

    @staticmethod
    def of_verdict(verdict: str | None) -> ExitStatus:
        """Return the status that says a verdict over gates; None: there was no gate."""
        return {"fail": ExitStatus.GATE_FAILED, "undecided": ExitStatus.UNDECIDED}.get(
            verdict or "pass", ExitStatus.OK
        )


_KINDS = {
    ExitStatus.BUG: "bug",
    ExitStatus.OUTPUT_FAILED: "output",
    ExitStatus.INTERRUPTED: "interrupted",
    ExitStatus.TERMINATED: "interrupted",
    ExitStatus.PIPE_CLOSED: "output",
}
KINDS = ("usage", "data", *dict.fromkeys(_KINDS.values()))
"""What an error can be: `usage` is wrong in the call, `data` in what it reads."""


class LosscliError(Exception):
    """Something outside losscli is wrong: says where, what was found, what was needed, what to do.

    `where` may be empty for errors of the call itself. The parts hold data as it was found;
    who prints them makes control characters visible (`losscli.common.text.visible`).
    """

    status = ExitStatus.BAD_INPUT

    def __init__(self, where: str, found: str, needed: str = "", remedy: str = "") -> None:
        self.where, self.found, self.needed, self.remedy = where, found, needed, remedy
        super().__init__(where, found, needed, remedy)

    def __str__(self) -> str:
        what = "; ".join(part for part in (self.found, _demand(self.needed)) if part)
        sentence = f"{self.where}: {what}" if self.where else what
        if not self.remedy:
            return sentence
        stop = "" if sentence.endswith((".", "?", "!")) else "."
        gap = "" if self.remedy.startswith("\n") else " "
        return f"{sentence}{stop}{gap}{self.remedy}"


def _demand(needed: str) -> str:
    """Return what is needed as a clause: noun phrases are introduced, sentences speak for themselves."""
    # A verb behind `that` belongs to a phrase: `a file that is complete`.
    phrase = _ASIDE.split(needed, maxsplit=1)[0]
    return needed if not needed or _SAYS_SO.search(phrase) else f"needed: {needed}"


class UsageError(LosscliError):
    """The call is wrong, whatever the files hold."""


class SeveralErrors(LosscliError):  # noqa: N818  # it is several
    """All the errors of one call, reported together."""

    def __init__(self, errors: Iterable[LosscliError]) -> None:
        self.errors = tuple(errors)
        super().__init__("", "\n".join(str(error) for error in self.errors))

    def __reduce__(self) -> tuple[type[SeveralErrors], tuple[tuple[LosscliError, ...]]]:
        # An exception is copied to another process by its `args`, which are those of one error.
        return type(self), (self.errors,)


class OutputError(LosscliError):
    """The result is right but could not be written."""

    status = ExitStatus.OUTPUT_FAILED


class Ended(LosscliError):  # noqa: N818  # an interruption is no error
    """How a run ended that nothing in its call or data ended, in the words of an error."""

    def __init__(self, status: ExitStatus, found: str, remedy: str = "") -> None:
        super().__init__("", found, "", remedy)
        self.status = status


def raise_together(errors: Iterable[LosscliError]) -> None:
    """Raise nothing for no errors, the error itself for one, `SeveralErrors` for more."""
    found = tuple(errors)
    if len(found) == 1:
        raise found[0]
    if found:
        raise SeveralErrors(found)


def message(error: LosscliError) -> str:
    """Return the sentence of an error with its data made visible; line ends only in the remedy.

    The remedy may draw a caret under a place; the other parts hold data, which starts no line.
    """
    where, found, needed = map(visible, (error.where, error.found, error.needed))
    remedy = "\n".join(map(visible, error.remedy.split("\n")))
    return scrubbed(str(LosscliError(where, found, needed, remedy)))


def reword(error: LosscliError, word: Callable[[LosscliError], tuple[str, str, str, str]]) -> None:
    """Say an error, or each of several, in other parts; it stays the same one, with its traceback."""
    if isinstance(error, SeveralErrors):
        for one in error.errors:
            reword(one, word)
        error.found = "\n".join(map(str, error.errors))
    else:
        error.where, error.found, error.needed, error.remedy = word(error)
    error.args = (error.where, error.found, error.needed, error.remedy)


def single(error: LosscliError) -> tuple[LosscliError, ...]:
    """Return the errors that were reported together, or the one that was not."""
    if isinstance(error, SeveralErrors):
        return tuple(part for one in error.errors for part in single(one))
    return (error,)


def kind(error: LosscliError) -> str:
    """Return which of `KINDS` an error is."""
    return _KINDS.get(error.status, "usage" if isinstance(error, UsageError) else "data")
