"""Where results go, for every command that has some: formats, files, and what no file may replace."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Function, options
from losscli.cli.terminal import messages
from losscli.common.errors import LosscliError, UsageError
from losscli.common.options import CHOICES
from losscli.outputs.formats import load, offered

if TYPE_CHECKING:
    from losscli.outputs.view import View


def format_option(help_: str = "How the report looks.") -> Callable[[Function], Function]:
    """Add `--format`, which offers every format that says so."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(offered("--format")),
        default="table",
        show_default=True,
        help=help_,
    )


def no_stream(stream: str) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """Return the callback of an option that names a file, and is told `stream` of `-`."""

    def read(_context: click.Context, parameter: click.Parameter, path: str | None) -> str | None:
        if path == "-":
            raise UsageError(parameter.opts[0], f"- is {stream}", "a file")
        return path

    return read


def _per_sample(_context: click.Context, _parameter: click.Parameter, path: str | None) -> str | None:
    if path is not None:
        from losscli.outputs.samples import formats

        # In vain, so that a suffix without a format is told before a file is opened.
        formats.load(path)
    return path


def output_option(help_: str) -> Callable[[Function], Function]:
    """Add `--output`."""
    callback = no_stream("standard output, where it goes without the option")
    return click.option("--output", type=click.Path(), callback=callback, metavar="FILE", help=help_)


format_options = options(format_option(), output_option("Write the report there, whole or not at all."))
color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour in tables.",
)
full_option = click.option(
    "--full",
    "-v",
    is_flag=True,
    help="Show all tables and pictures, and more rows of each; other formats than table always do.",
)
per_sample_option = click.option(
    "--per-sample",
    callback=_per_sample,
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="Write every sample to a .csv or .jsonl file (- for stdout, as CSV).",
)

reduction_option = click.option(
    "--reduction",
    type=click.Choice(CHOICES["reduction"]),
    default="mean",
    show_default=True,
    help="What the cost is: the mean of the losses (finished, such as by a root), or their sum.",
)


def shown_options(figure: str, samples: str, first: str) -> Callable[[Function], Function]:
    """Add `--quiet`, `--top` and `--all`: the one figure that counts, and how many samples to show."""
    return options(
        click.option(
            "--quiet",
            is_flag=True,
            help=f"Print the {figure} alone, in full precision, a line for each loss.",
        ),
        click.option(
            "--top",
            type=click.IntRange(min=0),
            default=10,
            show_default=True,
            metavar="N",
            help=f"How many of the {samples} to show.",
        ),
        click.option(
            "--all", "all_", is_flag=True, help=f"Show every sample, the {first} first; holds them in memory."
        ),
    )


def quiet_conflict(options: Mapping[str, Any]) -> Iterator[LosscliError]:
    """Yield what is wrong with `--quiet` and `--format` taken together."""
    if options["quiet"] and options["format_"] != "table":
        yield UsageError("--quiet", f"--format {options['format_']} is given too", "one of the two")


def output_conflicts(
    options: Mapping[str, Any], further: Iterable[tuple[str, str | None]] = ()
) -> Iterator[LosscliError]:
    """Yield what is wrong with `--quiet`, `--format`, `--output` and `--per-sample` taken together.

    `further` are outputs besides, as `overwritten` takes them.
    """
    yield from quiet_conflict(options)
    samples = options.get("per_sample")
    outputs = [("--output", options["output"]), ("--per-sample", samples)]
    yield from overwritten(options, [*outputs, *further])
    if samples == "-" and options["output"] is None:
        yield UsageError(
            "--per-sample -",
            "the report goes to standard output too",
            "one thing there",
            "Send the report elsewhere: --output FILE.",
        )


def deliver(view: View, options: Mapping[str, Any], tell: Callable[[bool], None] | None = None) -> None:
    """Write what a report says where it was asked for, and its notes to stderr.

    Args:
        view: the report.
        options: `format_` and `color`, and of commands that have them `quiet` and `output`.
        tell: writes to stderr what else has to be said, before the report; it is told whether stdout
            shows a page on which people see it too.
    """
    from losscli.outputs.drawing.console import looks

    for note in view.notes:
        messages.note(note)
    format_ = load("quiet" if options.get("quiet") else options["format_"])
    output = options.get("output")
    if tell is not None:
        tell(output is None and format_.for_people)
    if output is None:
        write(format_.render(view, looks(sys.stdout, options["color"])))
    else:
        write(format_.render(view), output)


def write(text: str, output: str | None = None) -> None:
    """Write a text to a file, which appears whole or not at all, or to stdout."""
    if output is None:
        # Whoever made the text knew whether stdout shows colours.
        click.echo(text, nl=False, color=True)
        return
    from losscli.common.files import atomic_write

    with atomic_write(output) as file:
        file.write(text)


def overwritten(
    options: Mapping[str, Any], outputs: Iterable[tuple[str, str | None]]
) -> Iterator[LosscliError]:
    """Yield an error for each output that would take the place of an input, or of another output.

    Args:
        options: those of the inputs: `predictions`, `labels`, `losses`, and perhaps `baseline`.
        outputs: pairs of an option and the path that it names, None where it is not given.
    """
    inputs = (options["predictions"], options["labels"], options.get("baseline"))
    read = [path for path in inputs if path not in (None, "-")]
    read += [file_of(bound.loss.name) for bound in options["losses"] if ".py:" in bound.loss.name]
    written: list[str] = []
    for option, path in outputs:
        if path in (None, "-") or is_special(path):
            continue
        for other in (*read, *written):
            if same_file(path, other):
                found = f"{path} is read, or written, by this call too"
                yield UsageError(option, found, "another file", f"Name another: {option.split()[0]} FILE")
                break
        written.append(path)


def is_special(path: str) -> bool:
    """Tell whether `path` is there and no regular file, such as a FIFO."""
    try:
        return Path(path).exists() and not Path(path).is_file()
    except OSError:
        # Such as a name that is too long: who writes it will say so.
        return False


def file_of(name: str) -> str:
    """Return the file of a custom loss, `file.py` of `file.py:NAME`."""
    return name[: name.index(".py:") + len(".py")]


def same_file(path: str, other: str) -> bool:
    """Tell whether two paths lead to one file, or would if it were there."""
    try:
        return os.path.realpath(path) == os.path.realpath(other) or Path(path).samefile(other)
    except (OSError, ValueError):
        return False
