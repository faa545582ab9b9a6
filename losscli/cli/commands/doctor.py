"""`losscli doctor`: inputs that lie, and what would mend them."""

from __future__ import annotations

import sys
from typing import Any

import click

from losscli.cli.command import run_of
from losscli.cli.options.engine import ENGINE, crew_asked, engine_conflicts, engine_options
from losscli.cli.options.environment import EnvironmentCommand
from losscli.cli.options.inputs import (
    column_options,
    conflicts,
    loss_option,
    request_of,
    row_options,
    text_options,
)
from losscli.cli.options.outputs import (
    color_option,
    deliver,
    full_option,
    output_conflicts,
    picture_options,
)
from losscli.cli.options.repeat import command_line
from losscli.cli.options.reports import plain_report_option, reports_of
from losscli.cli.sections import COMPUTE, MEASURE, OUTPUT
from losscli.common.errors import ExitStatus, UsageError, raise_together

NOT_ASKED = {"group": (), "per_sample": None, "all_": False}
"""Options of other commands that make no sense here."""

_SEE_HELP = "`losscli doctor --help` describes the call."


@click.command(
    cls=EnvironmentCommand,
    environment=ENGINE,
    no_args_is_help=True,
    short_help="Find what is wrong with the inputs: permuted classes, shifted rows, units.",
    group=MEASURE,
    manual="doctor",
    examples=(
        "losscli doctor sample_data/wine_bayes.csv sample_data/wine_labels.csv",
        "losscli doctor sample_data/diabetes.csv --loss mae --format json",
        "losscli doctor --list",
    ),
)
@click.argument("predictions", type=click.Path(allow_dash=True), required=False)
@click.argument("labels", type=click.Path(allow_dash=True), required=False)
@OUTPUT.option(
    "--list", "list_", is_flag=True, help="List all checks, a line each; with --full, all about them."
)
@loss_option()
@column_options(group=None)
@text_options
@row_options
@COMPUTE.option(
    "--train",
    metavar="FILE",
    help="The data that the model was trained on: to see whether test samples are among them.",
)
@picture_options
@engine_options
@OUTPUT.option("--quiet", "-q", is_flag=True, help="Print only the check and level of each finding.")
@full_option
@plain_report_option
@color_option
@click.pass_context
def command(context: click.Context, /, **options: Any) -> int:
    """Say what is wrong with PREDICTIONS and LABELS, and what would mend it.

    Each check knows one lie: class columns exchanged, rows shifted, a softmax applied twice, per cent against
    fractions, and more. A finding is a repair that was tried: the cost as it stands, the cost when mended,
    and the command that mends it. Exit status 1 says that something certain or likely was found, 0 that
    nothing was, or only hints and notes.
    """
    reports = reports_of(context)
    if options.pop("list_"):
        if reports.wanted:
            raise UsageError("--list", "--report is given too", "one of the two")
        from losscli.analyses.doctor.checks import every
        from losscli.outputs.views.checks_of_doctor import DoctorChecksView

        deliver(DoctorChecksView(every(), full=options["full"]), options)
        return ExitStatus.OK
    if options["predictions"] is None:
        raise UsageError("", "PREDICTIONS is missing", "a file of predictions", _SEE_HELP)
    options |= NOT_ASKED
    wrong = [*conflicts(options), *output_conflicts(options, reports.outputs())]
    raise_together([*wrong, *engine_conflicts(options)])
    reports.begin()
    run = run_of(context)
    run.repeat = command_line(run.arguments, context.command, "doctor")
    from losscli.analyses.doctor.in_parts import doctor
    from losscli.cli.terminal.progress import Progress
    from losscli.outputs.views.examination import ExaminationView

    with Progress(sys.stderr) as progress:
        crew = crew_asked(options)
        report = doctor(request_of(options), crew, train=options["train"], observe=progress)
    view = ExaminationView(report, full=options["full"], command=run.repeat)
    lost = reports.write((), view=view)
    deliver(view, options)
    raise_together(lost)
    return ExitStatus.GATE_FAILED if report.alarms else ExitStatus.OK
