"""`losscli reconcile`: which convention gives the number that somebody else reported."""

from __future__ import annotations

import sys
from typing import Any

import click

from losscli.cli.command import Command, run_of
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
from losscli.cli.options.repeat import command_line
from losscli.cli.options.reports import plain_report_option, reports_of
from losscli.cli.sections import COMPUTE, MEASURE, OUTPUT
from losscli.common.errors import ExitStatus, UsageError, raise_together

STATUS = {"found": ExitStatus.OK, "none": ExitStatus.GATE_FAILED, "ambiguous": ExitStatus.UNDECIDED}


@click.command(
    cls=Command,
    no_args_is_help=True,
    short_help="Say which library, or which fault, gives a number that somebody reported.",
    group=MEASURE,
    manual="reconcile",
    examples=(
        "losscli reconcile sample_data/diabetes.csv -l mse --observed 2978.413",
        "losscli reconcile sample_data/diabetes.csv -l mape --observed 39.66347",
    ),
)
@file_arguments
@loss_option("NAME or NAME:param=value,…, of which the number is.")
@COMPUTE.option(
    "--observed",
    metavar="NUMBER",
    required=True,
    help="The number that was reported, with all its digits; zeros at its end count.",
)
@column_options(group=None)
@text_options
@row_options
@format_options
@OUTPUT.option("--quiet", "-q", is_flag=True, help="Print only what gives the number, a line each.")
@full_option
@plain_report_option
@color_option
@click.pass_context
def command(context: click.Context, /, **options: Any) -> int:
    """Say which convention gives a number that somebody else reported for PREDICTIONS and LABELS.

    Libraries clip, weight and average differently. Each library's own convention is tried, then one or two
    deviations from it, and at last what may be wrong with the inputs: shifted rows, exchanged classes, other
    units. Each match comes with the call that gives the number. Exit status 0 says that it was found, 1 that
    nothing gives it, 3 that several do, or that it has too few digits.
    """
    reports, run = reports_of(context), run_of(context)
    options |= {"group": ()}
    wrong = [*conflicts(options), *output_conflicts(options, reports.outputs())]
    if len(options["losses"]) != 1:
        found = "no loss is named" if not options["losses"] else f"{len(options['losses'])} losses"
        wrong.append(UsageError("--loss", found, "the one loss that the number is of"))
    raise_together(wrong)
    reports.begin()
    run.repeat = command_line(run.given, context.command, "reconcile")
    from losscli.analyses.reconcile.observed import observed_of
    from losscli.analyses.reconcile.run import reconcile
    from losscli.cli.terminal.progress import Progress
    from losscli.outputs.views.reconciliation import ReconciliationView

    observed = observed_of(options["observed"])
    with Progress(sys.stderr) as progress:
        report = reconcile(request_of(options), observed, observe=progress)
    view = ReconciliationView(report, full=options["full"], command=run.repeat)
    lost = reports.write((), view=view)
    deliver(view, options)
    raise_together(lost)
    return STATUS[report.outcome]
