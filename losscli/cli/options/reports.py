"""`--report FORMAT=PATH`: reports beside the main output, which every ending of a run leaves behind.

A report that lies there from an earlier run is removed when a run begins, so that no old result is
ever taken for a new one, whatever ends the run. What ends it, an error in the call, in the data or
in losscli itself, or an interruption, is what the reports then say.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from click.shell_completion import CompletionItem

from losscli.cli.command import Run
from losscli.cli.options.inputs import collected
from losscli.cli.options.outputs import file_of, is_among, is_special, same_file
from losscli.cli.sections import OUTPUT
from losscli.common.errors import ExitStatus, LosscliError, UsageError
from losscli.common.files import leads_outside
from losscli.common.text import nearest, shorten
from losscli.outputs.formats import load, offered

if TYPE_CHECKING:
    from losscli.analyses.evaluate.report import Checked
    from losscli.outputs.view import View

GITHUB = "github"
REPORTS = offered("--report")
"""The formats that a report may have."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One report that was asked for; `path` is None for `github`, which knows its own places."""

    format_: str
    path: str | None

    @property
    def option(self) -> str:
        """The option as errors name it, without its path."""
        return f"--report {self.format_}"


@dataclass
class Reports:
    """The reports of one run.

    Attributes:
        wanted: what was asked for.
        safe: whether it is known that none takes the place of an input or another output.
        done: whether they have been written, so that what happens later is not theirs to tell.
        untouched: words of the command line; no file of a job that one of them names is written.
    """

    wanted: list[Wanted] = field(default_factory=list)
    safe: bool = False
    done: bool = False
    untouched: Sequence[str] = ()

    def outputs(self) -> list[tuple[str, str | None]]:
        """Return pairs of an option and the path that it writes to, for `overwritten`."""
        found: list[tuple[str, str | None]] = [(one.option, one.path) for one in self.wanted if one.path]
        if any(one.path is None for one in self.wanted):
            from losscli.cli.terminal.github import files

            found += [(f"--report {GITHUB} (${name})", path) for name, path in files()]
        return found

    def begin(self) -> None:
        """Remove the reports of earlier runs. To be called when the options are known to fit."""
        self.safe = True
        for one in self.wanted:
            # What cannot be removed cannot be written either, and is told then.
            with suppress(OSError):
                if one.path not in (None, "-") and Path(one.path).is_file() and not leads_outside(one.path):
                    Path(os.path.realpath(one.path)).unlink()

    def write(
        self, checks: Sequence[Checked], *, waiting: bool = True, view: View | None = None
    ) -> list[LosscliError]:
        """Write every report, and return the errors of those that could not be written.

        Args:
            checks: what they are about.
            waiting: whether to write where somebody has to read first, such as to a FIFO.
            view: of what else they are about, in place of checks.
        """
        self.done = True
        lost: list[LosscliError] = []
        for one in self.wanted:
            if waiting or one.path is None or not is_special(one.path):
                lost += _write(one, checks, view) if one.path is not None else self._write_github(checks)
        return lost

    def _write_github(self, checks: Sequence[Checked]) -> list[LosscliError]:
        from losscli.cli.terminal import github

        places = [place for place in github.files() if not _names(place[1], self.untouched)]
        return github.write(checks, dict(places))


def _completed(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    words = {name: name if name == GITHUB else f"{name}=" for name in REPORTS}
    return [
        CompletionItem(word, help=load(name).summary)
        for name, word in words.items()
        if word.startswith(typed)
    ]


def reports_of(context: click.Context) -> Reports:
    """Return the reports that the call asks for."""
    reports: Reports = context.meta.get(__name__, Reports())
    return reports


def reports_asked(context: click.Context, arguments: Sequence[str]) -> Reports:
    """Return the reports that a call asks for, whether its options could be read or not."""
    reports: Reports = context.meta.setdefault(__name__, _found_in(arguments))
    return reports


def leave(ending: BaseException, run: Run, context: click.Context | None) -> list[LosscliError]:
    """Write the reports of a run that did not come to a result; return what could not be written.

    Where the call itself was wrong, a path that another word of the call names too is left alone:
    it may be an input.
    """
    reports = reports_asked(context, run.arguments) if context else _found_in(run.arguments)
    if reports.done or not reports.wanted:
        return []
    from losscli.analyses.evaluate.report import Checked
    from losscli.cli import endings

    if not reports.safe:
        reports.wanted = [one for one in reports.wanted if not _named_twice(one, run.arguments)]
        reports.untouched = run.arguments
    error = endings.told(ending)
    waiting = error.status not in (ExitStatus.INTERRUPTED, ExitStatus.TERMINATED)
    compare = context is not None and context.invoked_subcommand == "compare"
    by: Literal["evaluate", "compare"] = "compare" if compare else "evaluate"
    return reports.write([Checked("", None, error, run.repeat, run.seconds(), by)], waiting=waiting)


def _remember(context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]) -> list[Wanted]:
    reports = Reports()
    if texts:
        # What is well-formed gets its report even where the rest of the call is wrong.
        context.meta[__name__] = reports
    return collected(texts, lambda text: _add(reports, text))


report_option = OUTPUT.option(
    "--report",
    "reports",
    multiple=True,
    callback=_remember,
    metavar="FORMAT=PATH",
    shell_complete=_completed,
    help=f"Also write this report (repeatable); {', '.join(one for one in REPORTS if one != GITHUB)}, or "
    f"{GITHUB} without a path.",
)
"""`--report`; the command finds what was asked for by `reports_of` too."""


PLAIN = tuple(one for one in REPORTS if one in offered("--format"))
"""Those that are not made of gates."""


def _plain(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> list[Wanted]:
    found = _remember(context, parameter, texts)
    for one in found:
        if one.format_ not in PLAIN:
            reports = reports_of(context)
            reports.wanted = [those for those in reports.wanted if those.format_ in PLAIN]
            said = f"{one.format_} tells of gates, and {context.info_name} has none"
            raise UsageError("--report", said, f"FORMAT=PATH, where FORMAT is {', '.join(PLAIN)}")
    return found


plain_report_option = OUTPUT.rare.option(
    "--report",
    "reports",
    multiple=True,
    callback=_plain,
    metavar="FORMAT=PATH",
    help=f"Also write this report (repeatable); {', '.join(PLAIN)}.",
)
"""The same where there are no gates."""


def _add(reports: Reports, text: str) -> Wanted:
    wanted = parse(text)
    if wanted.path is None and wanted in reports.wanted:
        raise UsageError("--report", f"{GITHUB} is asked for twice", "once")
    reports.wanted.append(wanted)
    return wanted


def parse(text: str) -> Wanted:
    """Read `FORMAT=PATH`, or `github`.

    Raises:
        UsageError: if there is no such format, or a path is missing, or one too many.
    """
    name, equals, path = text.partition("=")
    if name not in REPORTS:
        raise UsageError(
            "--report",
            f"there is no report format '{shorten(name)}'",
            f"FORMAT=PATH, where FORMAT is {', '.join(REPORTS)}",
            nearest(name, REPORTS),
        )
    if name == GITHUB:
        if equals:
            found = f"{GITHUB} takes no path: the job says where to write"
            raise UsageError("--report", found, f"--report {GITHUB}")
        return Wanted(name, None)
    if not path:
        raise UsageError("--report", f"{name} names no file", f"--report {name}=FILE")
    if "\0" in path:
        raise UsageError("--report", f"{name}: the path contains a NUL character", "the path of a file")
    return Wanted(name, path)


def _write(wanted: Wanted, checks: Sequence[Checked], view: View | None) -> list[LosscliError]:
    from losscli.common.files import ReaderGone, atomic_write

    assert wanted.path is not None
    format_ = load(wanted.format_)
    text = format_.render_all(checks) if view is None else format_.render(view)
    try:
        with atomic_write(wanted.path) as file:
            file.write(text)
    except LosscliError as error:
        return [error]
    except ReaderGone:
        # Whoever reads this report has seen enough; the others are still wanted.
        return []
    return []


def _found_in(arguments: Sequence[str]) -> Reports:
    """Return the reports that a call asks for whose options could not be read."""
    words = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    given = [word.partition("=")[2] for word in words if word.startswith("--report=")]
    return well_formed([*given, *(after for word, after in pairwise(words) if word == "--report")])


def well_formed(texts: Iterable[str]) -> Reports:
    """Return the reports that texts ask for, without what is none."""
    reports = Reports()
    for text in texts:
        with suppress(LosscliError):
            _add(reports, text)
    return reports


def _named_twice(wanted: Wanted, arguments: Sequence[str]) -> bool:
    return wanted.path not in (None, "-") and _names(wanted.path, arguments) > 1


def _names(path: str, arguments: Sequence[str]) -> int:
    """Return how many words of a command line name the file at `path`, however they write it."""
    return sum(any(same_file(path, one) or is_among(path, one) for one in _paths(word)) for word in arguments)


def _paths(word: str) -> Iterator[str]:
    """Yield what in a word of a command line may be a path: behind each `=`, and before `.py:`."""
    while word:
        yield file_of(word) if ".py:" in word else word
        word = word.partition("=")[2]
