"""`losscli version`: what runs here, and which reader of CSV files is in use."""

from __future__ import annotations

from typing import Any

import click

from losscli.cli.command import Command
from losscli.cli.options.outputs import color_option, deliver, format_option
from losscli.cli.sections import HELP


@click.command(
    "version",
    cls=Command,
    short_help="Show versions, and which CSV reader is in use.",
    group=HELP,
    manual="text",
    examples=(
        "losscli version",
        "losscli version --json",
    ),
)
@format_option("the versions")
@color_option
def command(**options: Any) -> None:
    """Show the versions of losscli, Python, NumPy and pandas, and which CSV reader is in use.

    That is the compiled reader where it was built, unless LOSSCLI_PURE=1 switches it off, else pandas.
    The figures are the same.
    """
    from losscli.outputs.views.version import VersionView, installed

    deliver(VersionView(installed()), options)
