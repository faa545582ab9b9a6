"""Runs checks, those that share files together, and says what came of each."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from losscli.cli import endings
from losscli.cli.commands.check.config import Check
from losscli.cli.commands.check.prepare import Place, Prepared, command_of, drawn, prepared_one
from losscli.cli.options.outputs import format_of, write_as
from losscli.cli.options.receipt import receipt_written
from losscli.cli.options.reports import Reports
from losscli.cli.options.state import state_written
from losscli.common.errors import ExitStatus, LosscliError, OutputError, UsageError
from losscli.common.files import ReaderGone
from losscli.common.text import shorten

if TYPE_CHECKING:
    from losscli.analyses.evaluate.report import Checked, Report
    from losscli.common.processes import Crash
    from losscli.inputs.reading import Observer

    Found = tuple[Report | None, LosscliError | None]

_BADNESS = (
    ExitStatus.OK,
    ExitStatus.UNDECIDED,
    ExitStatus.GATE_FAILED,
    ExitStatus.BAD_INPUT,
    ExitStatus.OUTPUT_FAILED,
    ExitStatus.BUG,
)


REPORT_IT = "Report it, with the output of `losscli check --jobs 1 --traceback`."


class Bug(LosscliError):  # noqa: N818 - so it is called
    """A check that ran into a bug of ours."""

    status = ExitStatus.BUG


@dataclass(frozen=True, slots=True)
class Task:
    """Checks that are run together, since they share files; `page` says whether a page shows them."""

    place: Place
    checks: tuple[Check, ...]
    page: bool = False


def run(task: Task) -> list[Checked]:
    """Run checks that share files, in a process of their own; return what became of each, in order."""
    with task.place.entered():
        prepared = [prepared_one(check) for check in task.checks]
        return run_prepared(drawn(prepared) if task.page else prepared)


def run_prepared(prepared: Sequence[Prepared], observe: Observer | None = None) -> list[Checked]:
    """Run checks that share files: each is reported, whatever becomes of the others.

    Raises:
        ReaderGone: if an output of theirs is a pipe, and its reader went away.
    """
    from losscli.analyses.evaluate.report import Checked

    start = time.monotonic()
    found = _evaluated(prepared, observe)
    # They were computed in one pass: nobody knows what one of them alone would have taken.
    seconds = (time.monotonic() - start) / len(prepared)
    checked = [
        Checked(one.check.name, report, error, command_of(one.check), seconds)
        for one, (report, error) in zip(prepared, found, strict=True)
    ]
    return [reported(one, found) for one, found in zip(prepared, checked, strict=True)]


def reported(one: Prepared, checked: Checked) -> Checked:
    """Write the reports that a check asks for, whatever became of it."""
    lost = Reports(one.options["reports"]).write([checked])
    # What was wrong with the data says more than what was wrong with a file about it.
    return checked if not lost or checked.error is not None else replace(checked, error=lost[0])


def _evaluated(prepared: Sequence[Prepared], observe: Observer | None) -> list[Found]:
    """Return the report or the error of each; a bug is one error more."""
    try:
        return _together(prepared, observe)
    except ReaderGone:
        raise
    except Exception as error:
        if len(prepared) == 1:
            return [(None, failure(error))]
    # Whose fault it was is found out one by one; the others are none the worse for it.
    return [found for one in prepared for found in _evaluated([one], observe)]


def _together(prepared: Sequence[Prepared], observe: Observer | None) -> list[Found]:
    from losscli.outputs.samples.file import SampleSink
    from losscli.outputs.samples.folder import samples_to
    from losscli.verdicts.judged import evaluate_many

    with ExitStack() as whole:
        stacks = [whole.enter_context(ExitStack()) for _ in prepared]
        sinks: dict[int, Any] = {}
        refused: dict[int, LosscliError] = {}
        for number, one in enumerate(prepared):
            path, in_parts = one.options["per_sample"], one.options["engine"] != "local"
            try:
                wanted = nullcontext() if path is None else samples_to(path, SampleSink, in_parts=in_parts)
                sinks[number] = stacks[number].enter_context(wanted)
            except OutputError as error:
                refused[number] = error
        here = [number for number in sinks if prepared[number].reads_together]
        found = evaluate_many(
            [prepared[number].request for number in here],
            [prepared[number].standard for number in here],
            sinks=[sinks[number] for number in here],
            observe=observe,
            keeps=[prepared[number].keep for number in here],
        )
        results = dict(zip(here, found, strict=True))
        for number, samples in sinks.items():
            if number not in results:
                results[number] = _by_itself(prepared[number], samples)
        return [
            _finished(one, results.get(number, refused.get(number)), stack)
            for number, (one, stack) in enumerate(zip(prepared, stacks, strict=True))
        ]


def _by_itself(one: Prepared, samples: Any) -> Report | LosscliError:
    """Return the report of a check that is not read together with others, or what was wrong.

    `samples` is who gets them, or with an engine those of each part; None for nobody.
    """
    from losscli.cli.options.engine import crew_asked
    from losscli.verdicts.judged import evaluate

    try:
        crew = crew_asked(one.options)
        if crew is None:
            return evaluate(one.request, one.standard, sink=samples)
        return evaluate(one.request, one.standard, crew=crew, samples=samples)
    except LosscliError as error:
        return error


def _finished(one: Prepared, result: Report | LosscliError | None, stack: ExitStack) -> Found:
    """Put the files of a check in their places, or remove what is there of them after an error."""
    assert result is not None
    if isinstance(result, LosscliError):
        stack.__exit__(type(result), result, None)
        return None, result
    try:
        stack.close()
        _write(one, result)
    except (OutputError, UsageError) as error:
        return result, error
    return result, None


def _write(one: Prepared, report: Report) -> None:
    """Write the files that the check asks for besides its samples."""
    from losscli.cli.commands.evaluate import view_of
    from losscli.outputs import formats

    output = one.options["output"]
    written = receipt_written(one.options["receipt"], one.request, report)
    with written, state_written(one.options["state"], one.states):
        if output is not None:
            given = "top" in one.check.settings
            view = view_of(report, one.options, top_given=given, command=command_of(one.check))
            write_as(formats.load(format_of(one.options)), view, output)


def crashed(task: Task, crash: Crash) -> list[Checked]:
    """Return the checks of a task whose process died: which of them it was, nobody can say."""
    from losscli.analyses.evaluate.report import Checked

    names = ", ".join(f"'{shorten(check.name)}'" for check in task.checks)
    whose = "" if len(task.checks) == 1 else f" (it ran the checks {names})"
    error = Bug("", f"the check was not finished: {crash}{whose}", "", REPORT_IT)
    return [Checked(check.name, None, error, command_of(check)) for check in task.checks]


def failure(error: Exception) -> LosscliError:
    """Return what to tell of an exception that is none of ours."""
    told = endings.told(error)
    told.__cause__ = error
    if told.status is ExitStatus.BUG:
        told.remedy = REPORT_IT
    return told


def status_of(one: Prepared, checked: Checked) -> ExitStatus:
    """Return what the process would say of this check alone."""
    if checked.error is not None:
        return checked.error.status
    if one.options["exit_zero"] or checked.report is None:
        return ExitStatus.OK
    return ExitStatus.of_verdict(checked.report.verdict)


def worst(statuses: Iterable[ExitStatus]) -> ExitStatus:
    """Return the status that says most about several checks: what cannot be trusted outweighs a verdict."""
    return max(statuses, key=_BADNESS.index, default=ExitStatus.OK)
