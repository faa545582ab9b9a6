"""Where results go, for every command that has some: formats, files, and what no file may replace."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from glob import has_magic
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Function, options
from losscli.cli.sections import COMPUTE, OUTPUT
from losscli.cli.terminal import messages
from losscli.cli.terminal.complete import complete_library
from losscli.common.addresses import NO_OUTPUT, is_address
from losscli.common.errors import LosscliError, UsageError
from losscli.common.options import CHOICES
from losscli.common.text import shorten
from losscli.outputs.formats import Format, load, offered

if TYPE_CHECKING:
    from losscli.outputs.view import View


_JSON = "--json"
PICTURED = ("evaluate", "merge", "compare", "gradient", "fit", "doctor", "explain")
"""The commands that have charts."""
BY_SUFFIX = "what the suffix of --output says, else table"


class FormatType(click.Choice[str]):
    """The names of formats."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the name of a format; raise UsageError for one of pictures where there are no charts."""
        if value not in self.choices and value in offered("--format"):
            raise _no_picture("--format", str(value))
        return super().convert(value, param, ctx)


def format_option(
    what: str = "the report", usual: str = "table", *, pictures: bool = False
) -> Callable[[Function], Function]:
    """Add `--format` of `what`, with every format that says so, and `--json`.

    Args:
        what: what is written.
        usual: the default.
        pictures: whether there are charts of it, so that formats of pictures are offered too.
    """
    names = offered("--format", pictures=pictures)
    return options(
        OUTPUT.option(
            "--format",
            "-f",
            "format_",
            type=FormatType(names),
            callback=_format,
            metavar="FORMAT",
            help=f"{', '.join(names)}; the format of {what}, by default {usual}.",
        ),
        OUTPUT.option(
            "--json",
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_json,
            help="The same as --format json.",
        ),
    )


def _json(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        context.meta[_JSON] = True


def _format(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if _JSON not in context.meta:
        return value
    source = context.get_parameter_source(parameter.name)
    if source is click.ParameterSource.COMMANDLINE and value != "json":
        raise UsageError("--json", f"--format {value} is given too", "one of the two")
    return "json"


def _no_picture(option: str, found: str) -> UsageError:
    """Return the error about a picture of what has no charts."""
    context = click.get_current_context(silent=True)
    who = context.info_name if context is not None else ""
    said = f"{shorten(found)} is a picture, and {who} has no chart"
    return UsageError(option, said, f"one of the commands that have: {', '.join(PICTURED)}")


def _pictured(options: Mapping[str, Any]) -> bool:
    """Tell whether the command has charts; elsewhere than in a command it is for the report to say."""
    context = click.get_current_context(silent=True)
    if context is None or (context.info_name == "check" and "predictions" in options):
        # What a config asks for are evaluations.
        return True
    found = [one.type.choices for one in context.command.params if isinstance(one.type, FormatType)]
    return not found or any(load(name).picture for name in found[0])


def format_of(options: Mapping[str, Any]) -> str:
    """Return the format that a call asks for: by name, by the suffix of its output, or else the table.

    Raises:
        UsageError: if no format has that suffix, listing those that there are, or it needs what is missing.
    """
    name = _format_of(options)
    load(name).check()
    return name


def _format_of(options: Mapping[str, Any]) -> str:
    if options["format_"] is not None:
        return str(options["format_"])
    path = options.get("output")
    if path is None or is_special(path):
        return "table"
    known = {suffix: one.name for one in map(load, offered("--format")) for suffix in one.suffixes}
    suffix = PurePath(path).suffix.lower()
    if suffix not in known:
        found = f"{shorten(path)!r} has {'an unknown' if suffix else 'no'} suffix, which sets the format"
        needed = f"one of {', '.join(known)}"
        raise UsageError("--output", found, needed, "For another suffix, name the format: --format json")
    if load(known[suffix]).picture and not _pictured(options):
        raise _no_picture("--output", str(path))
    return known[suffix]


def shows_charts(
    options: Mapping[str, Any], reports: Iterable[tuple[str, str | None]], *, pictures: bool = True
) -> bool:
    """Whether something that is written shows charts of the samples, which a run keeps only then.

    Args:
        options: `format_`, `output` and `quiet`.
        reports: pairs of an option and a path, as `Reports.outputs` returns them.
        pictures: whether the main chart alone is of the samples too.
    """
    if any(option == "--report html" for option, _ in reports):
        return True
    shown = load("quiet" if options["quiet"] else format_of(options))
    return shown.charts and (pictures or not shown.picture)


def no_stream(stream: str) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """Return the callback of an option that names a file, and is told `stream` of `-`."""

    def read(_context: click.Context, parameter: click.Parameter, path: str | None) -> str | None:
        if path == "-":
            raise UsageError(parameter.opts[0], f"- is {stream}", "a file")
        return path

    return read


def _per_sample(_context: click.Context, _parameter: click.Parameter, path: str | None) -> str | None:
    if path is not None and not is_folder_of_samples(path):
        from losscli.outputs.samples import formats

        # In vain, so that a suffix without a format is told before a file is opened.
        formats.load(path)
    return path


def is_folder_of_samples(path: str) -> bool:
    """Tell whether a path of `--per-sample` names a folder, for a file for each part."""
    return path.endswith("/")


def file_of_samples(path: str | None) -> str | None:
    """Return a file that `--per-sample` writes."""
    return path if path is None or not is_folder_of_samples(path) else f"{path}part-00000.csv"


def output_option(help_: str) -> Callable[[Function], Function]:
    """Add `--output`."""
    return OUTPUT.option(
        "--output", "-o", type=click.Path(allow_dash=True), callback=_output, metavar="FILE", help=help_
    )


def _output(_context: click.Context, _parameter: click.Parameter, path: str | None) -> str | None:
    return None if path == "-" else path


def file_options(what: str = "the report", *, pictures: bool = False) -> Callable[[Function], Function]:
    """Add `--format` of `what`, and `--output`, whose suffix says the format."""
    help_ = f"Write {what} to this file; its suffix chooses the format, unless --format does."
    return options(format_option(what, BY_SUFFIX, pictures=pictures), output_option(help_))


format_options = file_options()
picture_options = file_options(pictures=True)
"""The same for what has charts."""
color_option = OUTPUT.rare.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Whether tables and messages are coloured.",
)


def full_as(help_: str) -> Callable[[Function], Function]:
    """Add `--full`, which shows what `help_` says."""
    return OUTPUT.option("--full", "-v", is_flag=True, help=help_)


full_option = full_as("Show all tables and charts, and more rows; formats other than table always do.")
per_sample_option = OUTPUT.option(
    "--per-sample",
    callback=_per_sample,
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="Write every sample to this .csv or .jsonl file; with a / at its end, to a new folder, with a file "
    "for each part of --engine; - is CSV on standard output, if --output sends the report elsewhere.",
)

show_option = OUTPUT.option(
    "--show",
    multiple=True,
    metavar="COLUMN",
    help="Show this column with the samples (repeatable).",
)
as_option = COMPUTE.option(
    "--as",
    "as_",
    metavar="LIBRARY",
    shell_complete=complete_library,
    help="The number of a library: keras, sklearn@1.2, …",
)
reduction_option = COMPUTE.option(
    "--reduction",
    type=click.Choice(CHOICES["reduction"]),
    default="mean",
    show_default=True,
    help="What the cost is; the mean of the losses (finished, such as by a root), or their sum.",
)


def shown_options(
    figure: str,
    samples: str,
    first: str,
    few: int = 5,
    line: str = ", in full precision; one line per loss",
) -> Callable[[Function], Function]:
    """Add `--quiet`, `--top` and `--all`: the one figure that counts, and how many samples to show.

    Args:
        figure: what `--quiet` prints.
        samples: those that are shown.
        first: which of them come first.
        few: how many, unless somebody says so.
        line: of which form the lines of `--quiet` are.
    """
    return options(
        OUTPUT.option("--quiet", "-q", is_flag=True, help=f"Print only the {figure}{line}."),
        OUTPUT.option(
            "--top",
            "-n",
            type=click.IntRange(min=0),
            default=10,
            metavar="N",
            help=f"The N {samples}; formats other than table show as many as --full.  "
            f"[default: {few}; --full: 10]",
        ),
        OUTPUT.option(
            "--all",
            "all_",
            is_flag=True,
            help=f"Show every sample, the {first} first; all are held in memory.",
        ),
    )


def quiet_conflict(options: Mapping[str, Any]) -> Iterator[LosscliError]:
    """Yield what is wrong with `--quiet`, `--format` and `--full` taken together."""
    if options["quiet"] and options["format_"] not in (None, "table"):
        yield UsageError("--quiet", f"--format {options['format_']} is given too", "one of the two")
    context = click.get_current_context(silent=True)
    typed = context is not None and context.get_parameter_source("full") is click.ParameterSource.COMMANDLINE
    if options["quiet"] and options.get("full") and typed:
        yield UsageError("--quiet", "--full is given too", "one of the two")


def suffix_conflict(options: Mapping[str, Any]) -> Iterator[LosscliError]:
    """Yield what is wrong with the suffix of `--output`, where that has to say the format."""
    if not options.get("quiet"):
        try:
            format_of(options)
        except UsageError as error:
            yield error


def _all_conflict() -> Iterator[LosscliError]:
    """Yield an error where somebody typed both `--all` and `--top`."""
    context = click.get_current_context(silent=True)
    sources = [] if context is None else [context.get_parameter_source(name) for name in ("all_", "top")]
    if sources and all(source is click.ParameterSource.COMMANDLINE for source in sources):
        yield UsageError("--all", "--top is given too", "one of the two")


def output_conflicts(
    options: Mapping[str, Any], further: Iterable[tuple[str, str | None]] = ()
) -> Iterator[LosscliError]:
    """Yield what is wrong with `--quiet`, `--format`, `--output` and `--per-sample` taken together.

    `further` are outputs besides, as `overwritten` takes them.
    """
    yield from quiet_conflict(options)
    yield from suffix_conflict(options)
    yield from _all_conflict()
    samples = file_of_samples(options.get("per_sample"))
    outputs = [("--output", options["output"]), ("--per-sample", samples)]
    yield from overwritten(options, [*outputs, *further])
    yield from one_on_stdout([*outputs, *further])


def one_on_stdout(outputs: Iterable[tuple[str, str | None]]) -> Iterator[LosscliError]:
    """Yield an error for each output that is to go to standard output behind another one.

    Args:
        outputs: `--output` first, which goes there unless it names a file, then pairs of an option and what
            it names: `-` is standard output.
    """
    (_, report), *others = outputs
    there = [] if report is not None else ["the report goes"]
    for option, path in others:
        if path == "-":
            there.append(f"{option} goes")
            if len(there) > 1:
                found = f"{there[0]} to standard output too"
                remedy = "Send the report to a file: --output FILE" if report is None else ""
                yield UsageError(f"{option} -", found, "one output there", remedy)


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
    format_ = load("quiet" if options.get("quiet") else format_of(options))
    output = options.get("output")
    if tell is not None:
        tell(output is None and format_.for_people)
    if output is None and format_.draw_bytes is None:
        write(format_.render(view, looks(sys.stdout, options["color"])))
    else:
        write_as(format_, view, output)


def write_as(format_: Format, view: View, output: str | None) -> None:
    """Write what a report says in a format, as a file holds it."""
    if format_.draw_bytes is not None:
        write_bytes(format_.draw_bytes(view), output)
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


def write_bytes(found: bytes, output: str | None = None) -> None:
    """Write what is no text as `write` does; raise UsageError where stdout is a terminal."""
    from losscli.common.files import atomic_write

    if output is None and sys.stdout.isatty():
        raise UsageError("--format", "a terminal does not show it", "a file", "Write one: --output plot.png")
    with atomic_write(output or "-", "bytes") as file:
        file.write(found)


def overwritten(
    options: Mapping[str, Any], outputs: Iterable[tuple[str, str | None]]
) -> Iterator[LosscliError]:
    """Yield an error for each output that would take the place of an input, or of another output.

    Args:
        options: those of the inputs: `predictions`, `labels`, `exclude_ids`, `losses`, `baseline`,
            `baseline_predictions`, `states`.
        outputs: pairs of an option and the path that it names, None where it is not given.
    """
    inputs = (
        *(options.get(name) for name in ("predictions", "labels", "exclude_ids")),
        *(options.get(name) for name in ("baseline", "baseline_predictions")),
        *options.get("states", ()),
    )
    read = [path for path in inputs if path not in (None, "-")]
    read += [file_of(bound.loss.name) for bound in options.get("losses", ()) if ".py:" in bound.loss.name]
    written: list[str] = []
    for option, path in outputs:
        if path in (None, "-") or is_special(path):
            continue
        if is_address(path):
            yield UsageError(option.split()[0], *NO_OUTPUT)
            continue
        for other in (*read, *written):
            if same_file(path, other) or (other in read and is_among(path, other)):
                found = f"{path} is also read or written by this command"
                yield UsageError(option, found, "another file", f"Choose another: {option.split()[0]} FILE")
                break
        written.append(path)


def is_among(path: str, several: str) -> bool:
    """Tell whether a path is, or would be, one of the files of an input that is a folder or a glob."""
    from losscli.inputs.shards.find import is_shard
    from losscli.inputs.streams.opened import is_folder

    if is_address(several) or not (is_folder(several) or has_magic(several)):
        return False
    return is_shard(path, several)


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
    from losscli.inputs.streams.opened import split_member

    try:
        other = split_member(other)[0]
        return os.path.realpath(path) == os.path.realpath(other) or Path(path).samefile(other)
    except (OSError, ValueError):
        return False
