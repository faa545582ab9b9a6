"""`losscli explain-check NAME`: all there is to know about a check of doctor, on one page."""

from __future__ import annotations

from typing import Any

import click

from losscli.cli.command import Command
from losscli.cli.options.outputs import color_option, deliver, format_option
from losscli.cli.sections import UNDERSTAND
from losscli.cli.terminal.complete import complete_check
from losscli.common.errors import UsageError


@click.command(
    "explain-check",
    cls=Command,
    short_help="Explain a check of doctor: what it looks at, its rule, its evidence.",
    group=UNDERSTAND,
    manual="doctor",
    examples=("losscli explain-check classes_permuted", "losscli explain-check D8 --json"),
)
@click.argument("name", shell_complete=complete_check)
@format_option("the page")
@color_option
def command(name: str, **options: Any) -> None:
    """Explain the check NAME of `losscli doctor`, or the one with this number, such as `D8`."""
    from losscli.analyses.doctor.checks import find
    from losscli.outputs.views.checks_of_doctor import DoctorChecksView

    try:
        check = find(name)
    except UsageError as error:
        raise UsageError("NAME", error.found, error.needed, error.remedy) from None
    deliver(DoctorChecksView([check], full=True), options)
