"""Settings from the command line and from environment variables, for commands that have both.

`LOSSCLI_BAD_ROWS=drop` stands for `--bad-rows drop`: an option wins over it, and it over a config.
"""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import click
from click.shell_completion import CompletionItem

from losscli.cli.command import Command
from losscli.cli.options.settings import PREFIX, Key, Kind, Setting, arguments, from_environment
from losscli.common.errors import LosscliError, SeveralErrors, UsageError, raise_together
from losscli.common.text import nearest, visible

SPECIAL = frozenset({"LOSSCLI_TRACEBACK"})
"""Variables of ours that stand for no option of these commands."""

SETTINGS = "losscli.cli.options.settings"
"""Where a context keeps what options and the environment set, as texts."""

_KINDS: Mapping[str, Kind] = {"COLUMN": "value", "VALUE": "value", "A=B,…": "mapping"}
_OPTION = re.compile(r"--[a-z][a-z-]*")
_INVALID = re.compile(r"Invalid value for '(--[a-z][a-z-]*)[^']*': ")


class EnvironmentCommand(Command):
    """A command whose options may also be set by environment variables."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read options and arguments into `ctx`, with what the environment says where they say nothing."""
        if ctx.resilient_parsing or (not args and self.no_args_is_help):
            return super().parse_args(ctx, args)
        _note_unknown(ctx)
        given = {setting.key.name: setting for setting in given_settings(self, ctx, args)}
        wanted, errors = from_environment(keys_of(self), os.environ)
        used = {name: setting for name, setting in wanted.items() if name not in given}
        try:
            rest = super().parse_args(ctx, [*arguments(used.values()), *args])
        except LosscliError as error:
            parts = error.errors if isinstance(error, SeveralErrors) else (error,)
            raise_together([*errors, *(retold(part, used) for part in parts)])
            raise  # not reached: raise_together got one error at least
        raise_together(errors)
        ctx.meta[SETTINGS] = (*given.values(), *used.values())
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what is wrong with its options taken together is told of the variables too."""
        try:
            return super().invoke(ctx)
        except (UsageError, SeveralErrors) as error:
            used = {one.key.name: one for one in ctx.meta.get(SETTINGS, ())}
            parts = error.errors if isinstance(error, SeveralErrors) else (error,)
            told = [retold(part, used) for part in parts]
            if [*parts] == told:
                raise
            raise_together(told)


def keys_of(command: click.Command) -> tuple[Key, ...]:
    """Return what can be set of a command: its long options and its arguments, in order."""
    found = []
    for parameter in command.params:
        if parameter.is_eager or not parameter.expose_value:
            continue
        if isinstance(parameter, click.Option):
            found.append(_key(parameter))
        else:
            name = str(parameter.name)
            found.append(Key(name, argument=True, path=True, help=f"The file of the {name}."))
    return tuple(found)


def _key(option: click.Option) -> Key:
    kind: Kind = _KINDS.get(option.metavar or "", "text")
    least = None
    if option.is_flag:
        kind = "switch"
    elif isinstance(option.type, click.IntRange) or option.type is click.INT:
        kind, least = "integer", getattr(option.type, "min", None)
    elif option.type is click.FLOAT:
        kind = "number"
    choices = option.type.choices if isinstance(option.type, click.Choice) else ()
    default = option.default if isinstance(option.default, bool | int | float | str) else None
    return Key(
        option.opts[0].removeprefix("--"),
        kind,
        many=option.multiple,
        choices=tuple(map(str, choices)),
        least=least,
        path=isinstance(option.type, click.Path),
        off=option.secondary_opts[0] if option.secondary_opts else "",
        help=(option.help or "").partition("  [")[0],
        default=default,
    )


def given_settings(command: click.Command, ctx: click.Context, args: list[str]) -> tuple[Setting, ...]:
    """Return which options a command line gives, as texts; nothing is checked yet.

    A command line that cannot be parsed gives none: whoever parses it next says why.
    """
    try:
        values, _, _ = command.make_parser(ctx).parse_args(list(args))
    except click.UsageError:
        return ()
    found = []
    keys = {key.name: key for key in keys_of(command)}
    for parameter in command.params:
        key = keys.get(parameter.opts[0].removeprefix("--"))
        value: Any = values.get(str(parameter.name))
        if key is None or key.argument or str(parameter.name) not in values:
            continue
        if key.kind == "switch":
            texts = ("true" if value in (True, "true", "True") else "false",)
        else:
            texts = tuple(value) if key.many else (str(value),)
        found.append(Setting(key, texts, "option", key.option))
    return tuple(found)


def shared_options(command: click.Command, but: Iterable[str]) -> Iterator[click.Option]:
    """Yield the options of a command but some, for another command that hands their texts on.

    They check nothing: whoever is handed the texts does.
    """
    left_out = set(but)
    for parameter in command.params:
        if not isinstance(parameter, click.Option) or parameter.is_eager:
            continue
        if parameter.opts[0].removeprefix("--") not in left_out:
            option = copy.copy(parameter)
            option.callback = None
            option.type = _Text(parameter.type)
            yield option


class _Text(click.ParamType[str]):
    """Text that is handed on: it looks like what it will be, in help and completion."""

    def __init__(self, kind: click.ParamType[Any]) -> None:
        self.kind, self.name = kind, kind.name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value as it is."""
        del param, ctx
        return value

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """Return what stands for a value in help."""
        return self.kind.get_metavar(param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[Any]]:
        """Return how a value goes on."""
        return self.kind.shell_complete(ctx, param, incomplete)


def retold(
    error: LosscliError,
    settings: Mapping[str, Setting],
    place: Callable[[Setting], str] = lambda setting: setting.origin,
    otherwise: str = "",
) -> LosscliError:
    """Return an error about an option as one about what stands for it.

    Args:
        error: where it names an option, or what it found, as click says it.
        settings: what was set, by key.
        place: says where a setting comes from, the key of a config included.
        otherwise: where the rest is wrong.
    """
    where, found, remedy = error.where, error.found, error.remedy
    said = _INVALID.match(found)
    option = _OPTION.match(where) or (None if where else said or _OPTION.search(found))
    name = "" if option is None else option[1 if option is said else 0].removeprefix("--")
    setting = settings.get(name)
    if setting is None:
        if not otherwise:
            return error
        new = f"{otherwise}: {where}" if where else otherwise
    elif setting.source == "option":
        return error
    else:
        new = place(setting) + (where.removeprefix(f"--{name}") if where else "")
    if said:
        found = found[said.end() :]
    if "--help` shows the usage" in remedy:
        remedy = ""
    return type(error)(new, found, error.needed, remedy) if not isinstance(error, SeveralErrors) else error


def _note_unknown(ctx: click.Context) -> None:
    """Say on stderr which variables look like ours and are not: a typo would pass in silence."""
    ours = [name for name in os.environ if name.startswith(PREFIX) and name not in SPECIAL]
    if not ours:
        return
    root = ctx.find_root()
    group = root.command
    known = {key.variable for key in keys_of(ctx.command) if not key.argument}
    if any(name not in known for name in ours) and isinstance(group, click.Group):
        for name in group.list_commands(root):
            command = group.get_command(root, name)
            if isinstance(command, EnvironmentCommand):
                known |= {key.variable for key in keys_of(command) if not key.argument}
    from losscli.cli.terminal.streams import complain

    for name in ours:
        if name not in known:
            hint = nearest(name, [*known, *SPECIAL])
            complain(f"losscli: note: {visible(name)} stands for no option.{' ' + hint if hint else ''}")
