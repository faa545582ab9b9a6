"""`losscli doctor`: inputs that lie, and what would mend them."""

from __future__ import annotations

import sys
from typing import Any

import click

from losscli.cli.command import Command
from losscli.cli.options.inputs import (
    column_options,
    conflicts,
    file_arguments,
    loss_option,
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
from losscli.cli.sections import COMPUTE, MEASURE, OUTPUT
from losscli.common.errors import ExitStatus, raise_together


@click.command(
    cls=Command,
    no_args_is_help=True,
    short_help="Find what is wrong with the inputs: permuted classes, shifted rows, units ….",
    group=MEASURE,
    manual="doctor",
    examples=(
        "losscli doctor sample_data/wine_bayes.csv sample_data/wine_labels.csv",
        "losscli doctor sample_data/diabetes.csv --loss mae --format json",
    ),
)
@file_arguments
@loss_option()
@column_options(group=None)
@text_options
@row_options
@COMPUTE.option(
    "--train",
    metavar="FILE",
    help="The data that the model was trained on: are test samples among them?",
)
@format_options
@OUTPUT.option("--quiet", "-q", is_flag=True, help="Print only the check and level of each finding.")
@full_option
@color_option
def command(**options: Any) -> int:
    """Say what is wrong with PREDICTIONS and LABELS, and what would mend it.

    Each check knows one lie: class columns exchanged, rows shifted, a softmax applied twice, per cent against
    fractions, and more. A finding is a repair that was tried: the cost as it stands, the cost when mended,
    and the command that mends it. Exit status 1 says that something certain or likely was found, 0 that
    nothing was, or only hints and notes.
    """
    options |= {"group": ()}
    raise_together([*conflicts(options), *output_conflicts(options)])
    from losscli.analyses.doctor.run import doctor
    from losscli.cli.terminal.progress import Progress
    from losscli.outputs.views.examination import ExaminationView

    with Progress(sys.stderr) as progress:
        report = doctor(request_of(options), train=options["train"], observe=progress)
    deliver(ExaminationView(report, full=options["full"]), options)
    return ExitStatus.GATE_FAILED if report.alarms else ExitStatus.OK
