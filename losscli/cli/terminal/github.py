"""Writes what a job in GitHub Actions shows: annotations, the job summary, the outputs of the step."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from losscli.analyses.evaluate.report import Checked
from losscli.cli.terminal.messages import note
from losscli.cli.terminal.streams import complain
from losscli.common.errors import LosscliError
from losscli.common.files import Sink, naming

SUMMARY, OUTPUT = "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"
"""Variables that name the files that the runner reads when the step is over."""


def files(environ: Mapping[str, str] = os.environ) -> list[tuple[str, str]]:
    """Return the files that are appended to, each behind the variable that names it."""
    return [(name, environ[name]) for name in (SUMMARY, OUTPUT) if environ.get(name)]


def write(checks: Sequence[Checked], given: Mapping[str, str]) -> list[LosscliError]:
    """Write annotations to stderr, and append to the files; return what could not be written.

    Args:
        checks: what they are about.
        given: which of `files` to append to, by their variables.
    """
    from losscli.outputs.formats import github

    for line in github.commands(checks):
        # The one place where a line is meant to begin with two colons.
        complain(line)
    texts: dict[str, Callable[[], str]] = {
        SUMMARY: lambda: github.draw(checks),
        OUTPUT: lambda: github.output_lines(github.outputs(checks)),
    }
    missing = [name for name in texts if name not in dict(files())]
    if missing:
        are = "is" if len(missing) == 1 else "are"
        what = "annotations only" if len(missing) == len(texts) else "nothing is appended there"
        note(f"--report github: {' and '.join(missing)} {are} not set: {what}")
    lost: list[LosscliError] = []
    for name, path in given.items():
        try:
            _append(path, texts[name]())
        except LosscliError as error:
            lost.append(error)
    return lost


def _append(path: str, text: str) -> None:
    """Append `text`, which begins a line of its own, in one piece."""
    with naming(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
    with naming(path), Sink(descriptor, path) as sink:
        data = ("" if _ends_a_line(path) else "\n").encode() + text.encode()
        while data:
            data = data[sink.write(data) :]


def _ends_a_line(path: str) -> bool:
    """Tell whether what stands in a file already is nothing, or ends with a line end."""
    file = Path(path)
    if not file.is_file() or not file.stat().st_size:
        return True
    try:
        with file.open("rb") as opened:
            opened.seek(-1, os.SEEK_END)
            return opened.read(1) == b"\n"
    except OSError:
        # It may be written to, but not read; a line end too many does no harm.
        return False
