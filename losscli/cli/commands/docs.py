"""`losscli docs [PAGE]`: the manual, in a terminal."""

from __future__ import annotations

import sys

import click

from losscli.cli.command import Command
from losscli.cli.sections import HELP
from losscli.cli.terminal.complete import complete_page


@click.command(
    "docs",
    cls=Command,
    short_help="Show the manual.",
    group=HELP,
    manual="index",
    examples=(
        "losscli docs",
        "losscli docs gates",
        "losscli docs losses/huber",
    ),
)
@click.argument("page", required=False, shell_complete=complete_page)
def command(page: str | None) -> None:
    """Show PAGE of the manual, or list its pages.

    On a terminal the page is formatted and shown in a pager (the one that PAGER names, else less). In a pipe
    or a file it is plain Markdown.
    """
    from losscli.cli.terminal import manual
    from losscli.outputs.drawing.console import looks
    from losscli.outputs.drawing.screen import drawn

    if page is None:
        click.echo(drawn(manual.listing(), looks(sys.stdout)), nl=False)
    else:
        manual.show(manual.page(page))
