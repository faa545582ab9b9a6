"""`losscli completion SHELL`: the script that makes a shell complete our command lines."""

from __future__ import annotations

import click

from losscli.cli.command import Command
from losscli.cli.sections import HELP
from losscli.cli.terminal import complete

_HELP = """Print the completion script for a shell.

\b
bash        losscli completion bash > ~/.local/share/bash-completion/completions/losscli
zsh         losscli completion zsh > FOLDER/_losscli, where FOLDER is in $fpath
fish        losscli completion fish > ~/.config/fish/completions/losscli.fish
powershell  losscli completion powershell >> $PROFILE

It completes commands, options, columns, checks, and the names and parameters of losses.
"""


@click.command(
    "completion",
    cls=Command,
    help=_HELP,
    short_help="Print a completion script for bash, zsh, fish or powershell.",
    group=HELP,
    manual="index",
    examples=(
        "losscli completion bash > losscli.bash",
        'eval "$(losscli completion bash)"',
    ),
)
@click.argument("shell", type=click.Choice(complete.SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script for a shell."""
    click.echo(complete.script(ctx.find_root().command, shell), nl=False)
