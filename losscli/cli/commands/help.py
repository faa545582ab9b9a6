"""`losscli help [COMMAND]`: what `--help` shows, for those who ask in words."""

from __future__ import annotations

import click

from losscli.cli.command import Command
from losscli.cli.sections import HELP
from losscli.common.errors import UsageError
from losscli.common.text import nearest, shorten


def _complete(context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
    return [name for name in _commands(context) if name.startswith(typed)]


def _commands(context: click.Context) -> list[str]:
    root = context.find_root()
    assert isinstance(root.command, click.Group)
    return root.command.list_commands(root)


@click.command(
    "help",
    cls=Command,
    short_help="Show the help of a command.",
    group=HELP,
    manual="index",
    examples=(
        "losscli help",
        "losscli help evaluate",
    ),
)
@click.argument("name", metavar="[COMMAND]", required=False, shell_complete=_complete)
@click.pass_context
def command(context: click.Context, name: str | None) -> None:
    """Show the help of COMMAND, as its --help does, or list the commands."""
    root = context.find_root()
    if name is None:
        click.echo(root.get_help())
        return
    assert isinstance(root.command, click.Group)
    asked = root.command.get_command(root, name)
    if asked is None:
        known = _commands(context)
        raise UsageError(
            "COMMAND",
            f"there is no command '{shorten(name)}'",
            f"one of {', '.join(known)}",
            nearest(name, known),
        )
    with click.Context(asked, info_name=name, parent=root) as shown:
        click.echo(shown.get_help())
