"""Options that environment variables stand for, and what can be set of a command besides by options.

`LOSSCLI_BAD_ROWS=drop` stands for `--bad-rows drop`: an option wins over it, and it over a config.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from losscli.cli.command import Command, Run
from losscli.cli.options.repeat import words
from losscli.cli.sections import OF_EVALUATE, Option
from losscli.common.errors import LosscliError, SeveralErrors, UsageError, raise_together, single
from losscli.common.text import nearest, shorten

PREFIX = "LOSSCLI_"
SPECIAL = frozenset({"LOSSCLI_PURE", "LOSSCLI_TRACEBACK"})
"""Variables of ours that stand for no option of these commands."""


class EnvironmentCommand(Command):
    """A command whose options may also be set by environment variables. Empty ones count as not set.

    `environment` names those options; by default all of them may.
    """

    def __init__(self, *args: Any, environment: Container[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, parameter in keys_of(self).items():
            if isinstance(parameter, click.Option) and (environment is None or key in environment):
                parameter.envvar = PREFIX + key.upper().replace("-", "_")
                if parameter.multiple:
                    parameter.type = _Lines()
                elif parameter.is_flag:
                    parameter.type = _Switch()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read options and arguments into `ctx`, with what the environment says where they say nothing."""
        if ctx.resilient_parsing or (not args and self.no_args_is_help):
            return super().parse_args(ctx, args)
        _note_unknown(ctx)
        given = list(args)
        try:
            with _variables_named(ctx):
                return super().parse_args(ctx, args)
        finally:
            run = ctx.find_object(Run)
            if run is not None:
                run.arguments = [*_said(ctx), *given]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what is wrong with its options taken together is told of the variables too."""
        with _variables_named(ctx):
            return super().invoke(ctx)


class _Lines(click.types.StringParamType):
    """Text, of which a variable has one on each line."""

    def split_envvar_value(self, rv: str) -> list[str]:
        """Return the lines that are not blank."""
        return [line.strip() for line in rv.splitlines() if line.strip()]


class _Switch(click.types.BoolParamType):
    """`true` or `false`, or what else says so, of the option that has one without a value."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> bool:
        """Return whether it is on. Raises UsageError for what is neither on nor off."""
        del ctx
        on = self.str_to_bool(value)
        if on is None or not str(value).strip():
            raise UsageError(param.opts[0] if param else "", f"'{shorten(value)}'", "true or false")
        return on


def keys_of(command: click.Command) -> dict[str, click.Parameter]:
    """Return what can be set of a command, in order: by a long option without dashes, or an argument."""
    return {
        parameter.opts[0].removeprefix("--"): parameter
        for parameter in command.params
        if parameter.expose_value and not parameter.is_eager
    }


@contextmanager
def _variables_named(ctx: click.Context) -> Iterator[None]:
    """Tell what is wrong with an option of the variable that stands for it, where one does."""
    try:
        yield
    except (UsageError, SeveralErrors) as error:
        variables = {
            parameter.opts[0]: str(parameter.envvar)
            for parameter in ctx.command.params
            if ctx.get_parameter_source(parameter.name) is click.ParameterSource.ENVIRONMENT
        }
        told = [renamed(one, variables) for one in single(error)]
        if told == [*single(error)]:
            raise
        raise_together(told)


def renamed(error: LosscliError, origins: Mapping[str, str], otherwise: str = "") -> LosscliError:
    """Return an error about an option as one about what stands for it.

    Args:
        error: it names the option first of all, if it is about one.
        origins: what to name in the place of options.
        otherwise: where the rest is wrong.
    """
    option, blank, rest = error.where.partition(" ")
    if option in origins:
        where = origins[option] + blank + rest
    else:
        where = ": ".join(filter(None, (otherwise, error.where)))
    if where == error.where:
        return error
    return type(error)(where, error.found, error.needed, error.remedy)


def _said(ctx: click.Context) -> Iterator[str]:
    """Yield what variables say, in the words of a command line."""
    for parameter in keys_of(ctx.command).values():
        if ctx.get_parameter_source(parameter.name) is not click.ParameterSource.COMMANDLINE:
            value = parameter.value_from_envvar(ctx)
            if value is not None:
                yield from words(parameter, value)


class _Passed(Option):
    """An option of another command, whose value is passed on as it is: that command checks it."""

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the value as it is, but of a switch what it says."""
        return super().type_cast_value(ctx, value) if self.is_flag else value


def shared_options(command: click.Command, but: frozenset[str]) -> Iterator[click.Option]:
    """Yield the options of a command but some, for another command that passes their values on."""
    for key, parameter in keys_of(command).items():
        if isinstance(parameter, click.Option) and key not in but:
            option: Any = copy.copy(parameter)
            option.__class__ = _Passed
            option.section = OF_EVALUATE.rare
            option.callback = None
            yield option


def _note_unknown(ctx: click.Context) -> None:
    """Say on stderr which variables look like ours and are not: a typo would pass in silence."""
    ours = [name for name in os.environ if name.startswith(PREFIX) and name not in SPECIAL]
    if not ours:
        return
    root = ctx.find_root()
    group = root.command
    known = _variables(ctx.command)
    if not known.issuperset(ours) and isinstance(group, click.Group):
        for name in group.list_commands(root):
            command = group.get_command(root, name)
            known |= _variables(command) if command else set()
    from losscli.cli.terminal.messages import note

    for name in ours:
        if name not in known:
            hint = nearest(name, sorted(known | SPECIAL))
            note(f"{name} does not set any option.{' ' + hint if hint else ''}")


def _variables(command: click.Command) -> set[str]:
    return {str(parameter.envvar) for parameter in command.params if parameter.envvar}
