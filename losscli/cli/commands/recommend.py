"""`losscli recommend`: which loss suits the data, with the evidence."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Command
from losscli.cli.options.inputs import (
    column_options,
    conflicts,
    file_arguments,
    request_of,
    row_options,
    text_options,
)
from losscli.cli.options.outputs import color_option, format_options, overwritten, publish
from losscli.common.errors import ExitStatus, LosscliError, UsageError, raise_together

if TYPE_CHECKING:
    from losscli.analyses.recommend.report import Advice

NOT_ASKED = {"losses": (), "group": None}
"""Options of the inputs that make no sense here."""


@click.command(
    cls=Command,
    no_args_is_help=True,
    short_help="Say which loss suits the data, with the evidence.",
)
@file_arguments
@column_options(group=None)
@text_options
@row_options
@format_options
@click.option("--quiet", is_flag=True, help="Print the first spec alone.")
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    metavar="N",
    help="How many losses to recommend at most, each with its cost.",
)
@color_option
def command(**options: Any) -> int:
    """Say which loss suits PREDICTIONS and LABELS, with the evidence.

    Looks at labels, predictions and errors, rules out the losses whose domains the data leave, and ranks
    the others by rules whose sources are named. LABELS is left out where both columns are in one file.
    All rows are read more than once, so inputs have to be files.
    """
    options |= NOT_ASKED
    raise_together([*conflicts(options), *_conflicts(options)])
    from losscli.analyses.recommend.run import recommend
    from losscli.cli.terminal.progress import Progress

    with Progress(sys.stderr) as progress:
        advice = recommend(request_of(options), top=options["top"], observe=progress)
    _publish(advice, options)
    return ExitStatus.OK


def _conflicts(options: dict[str, Any]) -> list[LosscliError]:
    found: list[LosscliError] = []
    if options["quiet"] and options["format_"] != "table":
        found.append(UsageError("--quiet", f"--format {options['format_']} is given too", "one of the two"))
    found.extend(overwritten(options, [("--output", options["output"])]))
    return found


def _publish(advice: Advice, options: dict[str, Any]) -> None:
    """Write the advice where it was asked for, notes to stderr."""
    from losscli.analyses.recommend import document
    from losscli.cli.terminal.streams import complain
    from losscli.common.text import visible
    from losscli.outputs.views.advice import as_markdown, page

    for note in advice.notes:
        complain(f"losscli: note: {visible(note)}")
    writers = {
        "json": document.as_json,
        "jsonl": document.as_jsonl,
        "csv": document.as_csv,
        "markdown": as_markdown,
        "quiet": document.quiet,
        "table": _as_table,
    }
    format_ = "quiet" if options["quiet"] else options["format_"]
    publish(
        format_,
        lambda: page(advice),
        lambda: writers[format_](advice),
        output=options["output"],
        color=options["color"],
    )


def _as_table(advice: Advice) -> str:
    from losscli.outputs.drawing.screen import as_text
    from losscli.outputs.views.advice import page

    return as_text(page(advice))
