"""`losscli merge`: states of shards to the report of one run over everything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Command, run_of
from losscli.cli.options.gates import gate_conflicts, gate_options, read_baseline
from losscli.cli.options.outputs import (
    color_option,
    deliver,
    full_option,
    output_conflicts,
    picture_options,
    shows_charts,
)
from losscli.cli.options.repeat import command_line
from losscli.cli.options.reports import report_option, reports_of
from losscli.cli.options.state import state_option, state_written
from losscli.cli.sections import MEASURE, OUTPUT
from losscli.common.errors import ExitStatus, UsageError, raise_together

if TYPE_CHECKING:
    from losscli.analyses.evaluate.report import Report, Result
    from losscli.inputs.request import Request
    from losscli.verdicts.judged import Standard


@click.command(
    cls=Command,
    no_args_is_help=True,
    short_help="Make one report of the states of shards.",
    group=MEASURE,
    manual="states",
    examples=(
        "losscli evaluate sample_data/diabetes.csv -l mse --state a.state",
        "losscli merge a.state",
        "losscli merge a.state -g 'mse <= 3100'",
    ),
)
@click.argument("states", nargs=-1, required=True, metavar="STATE...", type=click.Path())
@picture_options
@state_option("Write the merged state, to be merged again.")
@OUTPUT.option("--quiet", "-q", is_flag=True, help="The cost alone, in full precision; a line for each loss.")
@OUTPUT.option(
    "--top",
    "-n",
    type=click.IntRange(min=0),
    metavar="N",
    help="How many worst samples to show; at most as many as the states keep.",
)
@full_option
@gate_options
@report_option
@color_option
@click.pass_context
def command(context: click.Context, /, **options: Any) -> int:
    """Say how wrong predictions are, given the STATEs of their shards.

    A state is what `losscli evaluate … --state FILE` writes. The figures are those of one run over all
    inputs, to the last bit, in whichever order the states are named. States of other calls than these, or of
    the same input, are refused.
    """
    reports, run = reports_of(context), run_of(context)
    outputs = [("--state", options["state"]), *reports.outputs()]
    raise_together(output_conflicts(options, outputs))
    reports.begin()
    run.repeat = command_line(run.arguments, context.command, "merge")
    from losscli.analyses.evaluate.report import Checked
    from losscli.cli.terminal import failing
    from losscli.outputs.views.evaluation import EvaluationView
    from losscli.outputs.views.first_screen import SAMPLES
    from losscli.verdicts import judged

    top = options["top"]
    page = shows_charts(options, reports.outputs())
    state, report = judged.merge(options["states"], lambda request: _standard(options, request), page=page)
    report = _cut(report, top)
    checked = Checked("", report, None, run.repeat, run.seconds())
    lost = reports.write([checked])
    with state_written(options["state"], [state]):
        samples = SAMPLES if top is None else top
        view = EvaluationView(report, full=options["full"], samples=samples, command=run.repeat)
        deliver(view, options, lambda shown: failing.tell(checked, on_page=shown))
        raise_together(lost)
    return ExitStatus.OK if options["exit_zero"] else ExitStatus.of_verdict(report.verdict)


def _standard(options: dict[str, Any], request: Request) -> Standard:
    """Return gates and baseline. Raises all that is wrong with them, now that the losses are known."""
    from losscli.verdicts.judged import Standard

    gates = list(options["gate"])
    asked = {"losses": request.loss, "group": request.group, "reduction": request.reduction}
    errors = [*gate_conflicts({**options, **asked}, gates)]
    top = options["top"]
    if top is not None and request.top is not None and top > request.top:
        found, remedy = f"the states keep {request.top}", "Make them with --top N."
        errors.append(UsageError("--top", found, f"{top} at least", remedy))
    raise_together(errors)
    return Standard(tuple(gates), read_baseline(options))


def _cut(report: Report, top: int | None) -> Report:
    """Return the report with so many worst samples; None for all that there are."""

    def cut(result: Result) -> Result:
        return replace(result, worst=result.worst[:top], groups=tuple(map(cut, result.groups)))

    return report if top is None else replace(report, results=tuple(map(cut, report.results)))
