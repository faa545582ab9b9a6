"""`losscli check`: the checks of a config file, with one table and one exit status over all."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Run
from losscli.cli.commands import evaluate
from losscli.cli.options.environment import EnvironmentCommand, keys_of, shared_options
from losscli.cli.options.outputs import (
    BY_SUFFIX,
    color_option,
    deliver,
    format_of,
    format_option,
    is_special,
    one_on_stdout,
    output_option,
    overwritten,
    suffix_conflict,
    write,
)
from losscli.cli.options.reports import Reports, report_option, reports_asked, reports_of
from losscli.cli.sections import COMPUTE, IN_CI, OUTPUT
from losscli.common.addresses import scrubbed
from losscli.common.errors import ExitStatus, LosscliError, UsageError, raise_together
from losscli.common.text import shorten, visible

if TYPE_CHECKING:
    from losscli.analyses.evaluate.report import Checked
    from losscli.cli.commands.check.config import Check, Config
    from losscli.cli.commands.check.keys import Setting
    from losscli.cli.commands.check.prepare import Place, Prepared

_OF_THIS_CALL = frozenset({"format", "output", "color", "per-sample", "quiet", "report", "receipt"})
"""Options of `evaluate` that mean another thing here, or that every check has to say for itself."""


_NO_INPUTS: Mapping[str, Any] = {"predictions": None, "labels": None, "losses": ()}


_DIGITS = 9
"""More jobs than these can write are no number of processes."""


class Jobs(click.ParamType[int]):
    """How many processes: a number, or one for each processor."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number. Raises UsageError for what is neither a number from 1 nor auto."""
        del ctx
        if value == "auto":
            from losscli.common.processes import processors

            return processors()
        text = str(value)
        if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS or int(text) < 1:
            option = param.opts[0] if param else ""
            raise UsageError(option, repr(shorten(text)), "a whole number ≥ 1, or auto")
        return int(text)


def _complete_check(context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
    """Return the checks of the config that is named, or found, whose names begin with what is typed."""
    from losscli.cli.commands.check.config import find, is_file, read

    path = context.params.get("config")
    if path is not None and not is_file(Path(path)):
        return []
    with suppress(Exception):  # where somebody types, no error is of use
        checks, _ = (find(Path.cwd()) if path is None else read(path)).checks()
        names = [check.name for check in checks if check.name.startswith(typed)]
        return [name for name in names if visible(name) == name]
    return []


class _Check(EnvironmentCommand):
    """The command; where its options are wrong, no report takes the place of what its config names."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read options and arguments into `ctx`, or raise all that is wrong."""
        words = list(args)
        try:
            return super().parse_args(ctx, args)
        except LosscliError:
            here = _here()
            _spare(_named(words, here), reports_asked(ctx, words), here)
            raise


@click.command(
    "check",
    cls=_Check,
    short_help="Run the checks of a config file.",
    group=IN_CI,
    manual="check",
    examples=(
        "losscli check sample_data/losscli.toml",
        "losscli check sample_data/losscli.toml --only cancer",
        "losscli check sample_data/losscli.toml --report junit=losses.xml",
        "losscli check sample_data/losscli.toml --print-config",
    ),
)
@click.argument("config", type=click.Path(), required=False)
@COMPUTE.option(
    "--only",
    multiple=True,
    metavar="NAME",
    shell_complete=_complete_check,
    help="Run only this check (repeatable).",
)
@COMPUTE.option(
    "--jobs",
    type=Jobs(),
    default="1",
    show_default=True,
    metavar="N",
    help="How many checks run at the same time; auto: one per processor.",
)
@OUTPUT.option("--print-config", is_flag=True, help="Show what would run and where each value comes from.")
@OUTPUT.option("--print-schema", is_flag=True, help="Print the JSON Schema of config files, for editors.")
@format_option("the report on all checks", BY_SUFFIX)
@output_option("Write the report to this file; its suffix chooses the format, unless --format does.")
@report_option
@color_option
@click.pass_context
def command(context: click.Context, /, **options: Any) -> int:
    """Run every check of CONFIG, and exit with the worst status of all.

    CONFIG is a TOML file with a table [[check]] for each check; its keys are the long options of
    evaluate, its paths are relative to it. By default it is losscli.toml, or pyproject.toml with
    [[tool.losscli.check]], of this folder or the nearest one above that has one.

    Options of evaluate that are given here win over the config, in every check.
    """
    from losscli.cli.commands.check.prepare import Place, files_of, moved, named_losses, prepare
    from losscli.cli.commands.check.run import status_of, worst
    from losscli.cli.options.repeat import quoted

    if options["print_schema"]:
        return _print_schema(options["output"])
    here = _here()
    reports = reports_of(context)
    try:
        config, checks, wrong = _read(options, here)
    except LosscliError:
        _spare(_named([options["config"]], here), reports, here)
        raise
    away = str(config.file.parent) != os.path.realpath(here)
    above = _above(context)
    if away:
        above = {key: moved(key, setting, here) for key, setting in above.items()}
    checks = [replace(check, settings={**check.settings, **above}) for check in checks]
    if options["print_config"]:
        raise_together([*wrong, *suffix_conflict(options), *_replaced(config, above.values(), options)])
        return _print_config(config, checks, options)
    place = Place(str(config.file.parent), config.shown, config.found, named_losses(above))
    outputs = [("--output", options["output"]), *reports.outputs()]
    taken = {os.path.realpath(path): option for option, path in outputs if path not in (None, "-")}
    with place.entered():
        try:
            prepared = prepare(checks, config, taken, [*wrong, *_wrong(options, outputs)])
        except LosscliError as error:
            _spare(config.files(), reports, here)
            _leave(checks, config, error, {*taken, *files_of(above.values())})
            raise
    reports.begin()
    with place.entered():
        for one in prepared:
            Reports(one.options["reports"]).begin()
        page = format_of(options) == "html" or any(option == "--report html" for option, _ in outputs)
        checked = _run(prepared, place, options["jobs"], page=page)
    if away:
        folder = quoted(os.path.relpath(config.file.parent, os.path.realpath(here)))
        checked = [replace(one, command=f"cd {folder} && {one.command}") for one in checked]
    lost = reports.write(checked)
    _tell(checked, context.find_object(Run))
    _publish(config, checked, options)
    raise_together(lost)
    return worst(status_of(one, found) for one, found in zip(prepared, checked, strict=True))


def _wrong(options: Mapping[str, Any], outputs: Sequence[tuple[str, str | None]]) -> Iterator[LosscliError]:
    """Yield what is wrong with where the results of this call go, of which `--output` is the first."""
    yield from suffix_conflict(options)
    yield from overwritten(_NO_INPUTS, outputs)
    yield from one_on_stdout(outputs)


def _named(words: Iterable[str | None], here: str) -> set[str]:
    """Return what any config of a call may name as a file, or is; one of `words` may be its path."""
    from losscli.cli.commands.check.config import candidates, files_of, is_file

    given = [Path(here, word) for word in words if word and "\0" not in word]
    configs = [*(path for path in given if is_file(path)), *candidates(Path(here))]
    return {file for path in configs for file in files_of(str(path))}


def _spare(named: Container[str], reports: Reports, here: str) -> None:
    """Ask for no report, not even on what is wrong, in the place of a file that a config names, or is."""
    from losscli.cli.commands.check.config import NAMES

    def harmless(path: str) -> bool:
        real = os.path.realpath(Path(here, path))
        return real not in named and Path(real).name not in NAMES

    reports.wanted = [one for one in reports.wanted if one.path is None or harmless(one.path)]


def _leave(checks: Sequence[Check], config: Config, error: LosscliError, named: Container[str]) -> None:
    """Write the reports that checks ask for themselves, where a mistake keeps all of them from running.

    Those of an earlier run would be taken for results. What may be an input, by the config or as
    one of the files `named`, is left alone.
    """
    from losscli.analyses.evaluate.report import Checked
    from losscli.cli import endings
    from losscli.cli.options.reports import well_formed

    told, files = endings.told(error), config.files()
    for check in checks:
        reports = well_formed(check.settings["report"].texts if "report" in check.settings else ())
        _spare(files, reports, str(config.file.parent))
        # That the call is wrong is said to a runner once, and not for every check.
        reports.wanted = [
            one
            for one in reports.wanted
            if one.path not in (None, "", "-") and os.path.realpath(one.path) not in named
        ]
        reports.write([Checked(check.name, None, told)], waiting=False)


def _above(context: click.Context) -> dict[str, Setting]:
    """Return what options and variables of this call set of every check."""
    from losscli.cli.commands.check.keys import KEYS, Setting

    found: dict[str, Setting] = {}
    for key, parameter in keys_of(context.command).items():
        source = context.get_parameter_source(parameter.name)
        value = context.params[parameter.name]
        if key not in KEYS or key in _OF_THIS_CALL or (parameter.multiple and not value):
            continue
        if source is click.ParameterSource.COMMANDLINE:
            found[key] = Setting(value, "option", f"--{key}")
        elif source is click.ParameterSource.ENVIRONMENT:
            found[key] = Setting(value, "environment", str(parameter.envvar))
    return found


def _here() -> str:
    try:
        return str(Path.cwd())
    except OSError:
        raise UsageError(
            "the current folder", "it no longer exists", "a folder that exists", "Change to another one."
        ) from None


def _read(options: Mapping[str, Any], here: str) -> tuple[Config, Sequence[Check], Sequence[LosscliError]]:
    """Return the config, those of its checks that are wanted, and what is wrong so far."""
    from losscli.cli.commands.check.config import find, read, selected

    path = options["config"]
    config = find(Path(here)) if path is None else read(path)
    checks, errors = config.checks()
    wanted, unknown = selected(checks, options["only"])
    return config, wanted, [*errors, *unknown]


def _run(prepared: Sequence[Prepared], place: Place, jobs: int, *, page: bool) -> list[Checked]:
    """Run the checks, those that share files together; return what became of each, in order.

    Where a `page` shows them, they keep what it needs.
    """
    from losscli.cli.commands.check.prepare import drawn, groups
    from losscli.cli.commands.check.run import Task, crashed, reported, run, run_prepared
    from losscli.cli.terminal.progress import Progress
    from losscli.common.processes import Crash, side_by_side

    prepared = drawn(prepared) if page else prepared
    members = groups(prepared)
    found: dict[int, Checked] = {}
    if jobs == 1 or len(members) == 1:
        for numbers in members:
            with Progress(sys.stderr) as progress:
                results = run_prepared([prepared[number] for number in numbers], progress)
            found |= zip(numbers, results, strict=True)
    else:
        tasks = [
            Task(place, tuple(prepared[number].check for number in numbers), page) for numbers in members
        ]
        for task, numbers, answer in zip(tasks, members, side_by_side(run, tasks, jobs), strict=True):
            results = crashed(task, answer) if isinstance(answer, Crash) else answer
            if isinstance(answer, Crash):
                # The process that died left no reports.
                results = [reported(prepared[at], one) for at, one in zip(numbers, results, strict=True)]
            found |= zip(numbers, results, strict=True)
    return [found[number] for number in range(len(prepared))]


def _tell(checks: Sequence[Checked], run: Run | None) -> None:
    """Say on stderr what no report says: notes about data, and the traceback of a bug that wants one."""
    from losscli.cli.terminal import messages

    for one in checks:
        for note in one.report.notes if one.report else ():
            messages.note(f"check {one.name}: {note}")
        if run is not None and run.traceback and one.error is not None:
            messages.plain(scrubbed("".join(traceback.format_exception(one.error)).rstrip("\n")))


def _publish(config: Config, checks: Sequence[Checked], options: Mapping[str, Any]) -> None:
    """Write the report over all checks; what it does not show on stdout is said on stderr."""
    from losscli.cli.terminal import messages
    from losscli.outputs.views.checks import ConfigView, complaints

    def tell(shown: bool) -> None:
        for line in () if shown else complaints(checks):
            messages.plain(line)

    deliver(ConfigView(config.shown, checks), options, tell)


def _print_config(config: Config, checks: Sequence[Check], options: Mapping[str, Any]) -> int:
    from losscli.cli.commands.check.settings_page import SettingsView

    deliver(SettingsView(config.shown, checks), options)
    return ExitStatus.OK


def _replaced(config: Config, above: Iterable[Setting], options: Mapping[str, Any]) -> Iterator[LosscliError]:
    """Yield an error if what is shown of a config would take the place of it, or of a file of a check."""
    from losscli.cli.commands.check.prepare import files_of

    output = options["output"]
    if output is None or is_special(output):
        return
    real = os.path.realpath(output)
    if real == str(config.file):
        yield UsageError("--output", f"{output} is the config file", "another file")
    elif real in config.files() | files_of(above):
        yield UsageError("--output", f"{output} is a file that a check uses", "another file")


def _print_schema(output: str | None) -> int:
    from losscli.cli.commands.check.keys import as_text, schema

    write(as_text(schema()), output)
    return ExitStatus.OK


command.params.extend(shared_options(evaluate.command, _OF_THIS_CALL))
