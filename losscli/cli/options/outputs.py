"""Where results go, for every command that has some: formats, files, and what no file may replace."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Function, options
from losscli.common.errors import LosscliError, UsageError

if TYPE_CHECKING:
    from losscli.outputs.drawing.console import Color
    from losscli.outputs.drawing.elements import Element

FORMATS = ("table", "json", "jsonl", "csv", "markdown")


def no_stream(stream: str) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """Return the callback of an option that names a file, and is told `stream` of `-`."""

    def read(_context: click.Context, parameter: click.Parameter, path: str | None) -> str | None:
        if path == "-":
            raise UsageError(parameter.opts[0], f"- is {stream}", "a file")
        return path

    return read


def _per_sample(_context: click.Context, _parameter: click.Parameter, path: str | None) -> str | None:
    if path is not None:
        from losscli.outputs.samples.formats import writer

        # Made in vain, so that a suffix without a format is told before a file is opened.
        writer(path, io.StringIO())
    return path


def output_option(help_: str) -> Callable[[Function], Function]:
    """Add `--output`."""
    callback = no_stream("standard output, where it goes without the option")
    return click.option("--output", type=click.Path(), callback=callback, metavar="FILE", help=help_)


format_options = options(
    click.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="How the report looks.",
    ),
    output_option("Write the report there, whole or not at all."),
)
color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour in tables.",
)
per_sample_option = click.option(
    "--per-sample",
    callback=_per_sample,
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="Write every sample to a .csv or .jsonl file (- for stdout, as CSV).",
)


def output_conflicts(
    options: Mapping[str, Any], further: Iterable[tuple[str, str | None]] = ()
) -> Iterator[LosscliError]:
    """Yield what is wrong with `--quiet`, `--format`, `--output` and `--per-sample` taken together.

    `further` are outputs besides, as `overwritten` takes them.
    """
    if options["quiet"] and options["format_"] != "table":
        yield UsageError("--quiet", f"--format {options['format_']} is given too", "one of the two")
    outputs = [("--output", options["output"]), ("--per-sample", options["per_sample"])]
    yield from overwritten(options, [*outputs, *further])
    if options["per_sample"] == "-" and options["output"] is None:
        yield UsageError(
            "--per-sample -",
            "the report goes to standard output too",
            "one thing there",
            "Send the report elsewhere: --output FILE.",
        )


def publish(
    format_: str,
    page: Callable[[], Iterable[Element]],
    text: Callable[[], str],
    *,
    output: str | None,
    color: Color,
) -> None:
    """Write a result where it was asked for.

    Args:
        format_: `table` on stdout is drawn for whatever stdout is; all else is text.
        page: gives what is drawn.
        text: gives what is written.
        output: the file, which appears whole or not at all; None for stdout.
        color: whether tables on stdout have colours.
    """
    if output is None and format_ == "table":
        from losscli.outputs.drawing.console import console, looks
        from losscli.outputs.drawing.screen import draw

        shape = looks(sys.stdout, color)
        draw(page(), console(color), ascii_only=shape.ascii_only, width=shape.width)
    elif output is None:
        click.echo(text(), nl=False)
    else:
        from losscli.common.files import atomic_write

        written = text()
        with atomic_write(output) as file:
            file.write(written)


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
            if os.path.realpath(path) == os.path.realpath(other) or _same_file(path, other):
                yield UsageError(option, f"{path} is read, or written, by this call too", "another file")
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


def _same_file(path: str, other: str) -> bool:
    try:
        return Path(path).samefile(other)
    except OSError:
        return False
