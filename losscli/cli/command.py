"""What all commands share: errors reported together, help in sections, and `--traceback`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import click
from click.core import ParameterSource, iter_params_for_processing

from losscli.cli.sections import ADVANCED, Described, Option, help_all_option
from losscli.common.errors import LosscliError, OutputError, SeveralErrors, UsageError, raise_together

Function = TypeVar("Function", bound=Callable[..., Any])


def options(*decorators: Callable[[Any], Any]) -> Callable[[Function], Function]:
    """Return one decorator that adds all these options and arguments, in this order."""

    def add(function: Function) -> Function:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return add


def _wanted_by_environment() -> bool:
    return os.environ.get("LOSSCLI_TRACEBACK", "") not in ("", "0")


@dataclass
class Run:
    """What one run of the program has to remember besides the options of its command."""

    traceback: bool = field(default_factory=_wanted_by_environment)
    arguments: list[str] = field(default_factory=list)
    """Those of a command that has reports, without its name; of the program until a command is found."""
    given: list[str] = field(default_factory=list)
    """Those of any command."""
    repeat: str = ""
    """The command line that does the same once more, once the options are known to be right."""
    started: float = field(default_factory=time.perf_counter)
    lost: list[LosscliError] = field(default_factory=list)
    """Why reports of a run that failed could not be written."""

    def seconds(self) -> float:
        """Return how long the run has taken so far."""
        return time.perf_counter() - self.started


def run_of(context: click.Context) -> Run:
    """Return what the run remembers; of a command that nobody runs, something new."""
    return context.find_object(Run) or Run()


def traceback_option() -> click.Option:
    """Return the option `--traceback`, which the program and every command have."""

    def remember(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        run = context.find_object(Run)
        if value and run is not None:
            run.traceback = True

    return Option(
        ["--traceback"],
        section=ADVANCED.rare,
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=remember,
        help="Show the Python traceback of an error (or set LOSSCLI_TRACEBACK=1).",
    )


class Command(Described):
    """A command that reports all that is wrong with its options and arguments, not the first alone.

    A callback of an option may raise `LosscliError`; that is reported with the rest.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += [traceback_option(), help_all_option()]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options and arguments of the command into `ctx`, or raise all that is wrong."""
        given = list(args)
        run = ctx.find_object(Run)
        if run is not None:
            run.given = given
            # Of a command that makes no reports none is to be found, even where the call is wrong.
            run.arguments = given if any("--report" in one.opts for one in self.params) else []
        try:
            rest = super().parse_args(ctx, args)
            if not ctx.resilient_parsing:
                raise_together(_given_twice(self.make_parser(ctx).parse_args(list(given))[2]))
            return rest
        except OutputError:
            # The page of --help could not be written; nothing is wrong with the call.
            raise
        except (click.UsageError, LosscliError) as first:
            if ctx.resilient_parsing or isinstance(first, click.exceptions.NoArgsIsHelpError):
                raise
            raise_together(_converted(_all_errors(self, ctx, given) or [first], ctx, given))
            raise  # not reached: raise_together got one error at least


def usage_error(error: click.UsageError, *, remedy: bool = True, arguments: Sequence[str] = ()) -> UsageError:
    """Return click's error as ours; with `remedy` it says where the options are described, if nothing else.

    `arguments` are those of the command, which may show what was meant.
    """
    from losscli.cli.mistakes import reworded

    where, found, needed, meant = reworded(error, arguments)
    if isinstance(error, click.BadParameter) and error.param is not None and error.ctx is not None:
        source = error.ctx.get_parameter_source(error.param.name)
        if source in (ParameterSource.ENVIRONMENT, ParameterSource.DEFAULT_MAP):
            # Whoever knows what said it names that instead.
            return UsageError(error.param.opts[0], found, needed, meant)
    path = error.ctx.command_path if error.ctx else "losscli"
    usage = f"`{path} --help` shows the usage." if remedy else ""
    return UsageError(where, found, needed, meant or usage)


def _all_errors(
    command: click.Command, ctx: click.Context, args: list[str]
) -> list[click.UsageError | LosscliError]:
    errors: list[click.UsageError | LosscliError] = []
    given = list(args)
    unsure_of_arguments = False
    while True:
        try:
            values, rest, order = command.make_parser(ctx).parse_args(list(args))
            break
        except click.NoSuchOption as error:
            errors.append(error)
            place = next((i for i, arg in enumerate(args) if _names(arg, error.option_name)), None)
            if place is None:
                return errors
            # What follows may be its value, or an argument of ours.
            following = args[place + 1 : place + 2]
            unsure_of_arguments |= "=" not in args[place] and following[:1] != [] and following[0][:1] != "-"
            args = args[:place] + args[place + 1 :]
        except click.UsageError as error:
            return [*errors, error]
    errors += _given_twice(order)
    for parameter in iter_params_for_processing(order, command.get_params(ctx)):
        if parameter.is_eager:
            continue
        try:
            _, rest = parameter.handle_parse_result(ctx, values, rest)
        except (click.UsageError, LosscliError) as error:
            if not (unsure_of_arguments and isinstance(parameter, click.Argument)):
                errors.append(error)
    if rest and not unsure_of_arguments:
        from losscli.cli.mistakes import unexpected

        errors.append(unexpected(rest, ctx, given))
    return errors


def _given_twice(given: Sequence[click.Parameter]) -> list[UsageError]:
    """Return an error for each option that takes one value, or says yes or no, and has several."""
    return [
        UsageError(option.opts[0], "given more than once", "one value", "Keep one of them.")
        for option in dict.fromkeys(given)
        if isinstance(option, click.Option) and not option.multiple and not option.count
        if (not option.is_flag or option.secondary_opts) and given.count(option) > 1
    ]


def _names(argument: str, option: str) -> bool:
    if argument == option or argument.startswith(option + "="):
        return True
    # A cluster of short options, -qx: click names the one letter that it does not know.
    return len(option) == 2 and argument[:1] == "-" != argument[1:2] and option[1] in argument[1:]


def _converted(
    errors: Iterable[click.UsageError | LosscliError], ctx: click.Context, arguments: Sequence[str]
) -> Iterable[LosscliError]:
    flat: list[click.UsageError | LosscliError] = []
    for error in errors:
        flat.extend(error.errors if isinstance(error, SeveralErrors) else [_naming_option(error, ctx)])
    last = max((i for i, error in enumerate(flat) if isinstance(error, click.UsageError)), default=-1)
    for index, error in enumerate(flat):
        if isinstance(error, click.UsageError):
            error.ctx = error.ctx or ctx
            yield usage_error(error, remedy=index == last, arguments=arguments)
        else:
            yield error


def _naming_option(
    error: click.UsageError | LosscliError, ctx: click.Context
) -> click.UsageError | LosscliError:
    """Return an error about a value that was not typed so that it begins with its option, and no more.

    Whoever knows what said it, a variable or a config, names that in its place.
    """
    if isinstance(error, click.BadParameter) and error.param is not None:
        source = ctx.get_parameter_source(error.param.name)
        if source in (click.ParameterSource.ENVIRONMENT, click.ParameterSource.DEFAULT_MAP):
            return usage_error(error)
    return error
