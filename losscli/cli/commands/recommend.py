"""`losscli recommend`: which loss suits the data, with the evidence."""

from __future__ import annotations

import sys
from typing import Any

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
from losscli.cli.options.outputs import (
    color_option,
    deliver,
    format_options,
    full_option,
    output_conflicts,
)
from losscli.cli.sections import MEASURE, OUTPUT
from losscli.common.errors import ExitStatus, raise_together

NOT_ASKED = {"losses": (), "group": ()}
"""Options of the inputs that make no sense here."""


@click.command(
    cls=Command,
    no_args_is_help=True,
    short_help="Recommend a loss that suits the data, with the evidence.",
    group=MEASURE,
    manual="recommend",
    examples=(
        "losscli recommend sample_data/diabetes.csv",
        "losscli recommend sample_data/wine_bayes.csv sample_data/wine_labels.csv -n 3",
        "losscli recommend sample_data/diabetes.csv --quiet",
    ),
)
@file_arguments
@column_options(group=None)
@text_options
@row_options
@format_options
@OUTPUT.option("--quiet", "-q", is_flag=True, help="Print only the spec of the first loss.")
@OUTPUT.option(
    "--top",
    "-n",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    metavar="N",
    help="Recommend at most N losses.",
)
@full_option
@color_option
def command(**options: Any) -> int:
    """Recommend a loss that suits PREDICTIONS and LABELS, with the evidence.

    It looks at labels, predictions and errors, rules out losses whose domains the data are outside of, and
    ranks the others by rules whose sources are named. It shows the best losses and a summary of the
    evidence; --full adds the reasons, their sources, what is ruled out, and what the data cannot tell.
    Leave LABELS out if one file has both columns. All rows are read more than once, so the inputs have
    to be files.
    """
    options |= NOT_ASKED
    raise_together([*conflicts(options), *output_conflicts(options)])
    from losscli.analyses.recommend.run import recommend
    from losscli.cli.terminal.progress import Progress
    from losscli.outputs.views.advice import AdviceView

    with Progress(sys.stderr) as progress:
        advice = recommend(request_of(options), top=options["top"], observe=progress)
    deliver(AdviceView(advice, full=options["full"]), options)
    return ExitStatus.OK
