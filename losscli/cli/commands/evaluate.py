"""`losscli evaluate`: the cost of predictions against labels."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import run_of
from losscli.cli.options.engine import crew_asked, engine_conflicts, engine_options
from losscli.cli.options.environment import EnvironmentCommand
from losscli.cli.options.gates import (
    confidence_conflicts,
    confidence_of,
    confidence_options,
    gate_conflicts,
    gate_options,
    read_baseline,
)
from losscli.cli.options.inputs import conflicts, input_options, request_of
from losscli.cli.options.outputs import (
    as_option,
    color_option,
    deliver,
    full_option,
    output_conflicts,
    per_sample_option,
    picture_options,
    reduction_option,
    show_option,
    shown_options,
    shows_charts,
)
from losscli.cli.options.receipt import receipt_option, receipt_written
from losscli.cli.options.repeat import command_line
from losscli.cli.options.reports import report_option, reports_of
from losscli.cli.options.slices import slices_conflicts, slices_option
from losscli.cli.options.state import state_conflicts, state_option, state_written
from losscli.cli.options.sure import sure_conflicts, sure_options
from losscli.cli.sections import COMPUTE, MEASURE
from losscli.common.errors import ExitStatus, LosscliError, raise_together

if TYPE_CHECKING:
    from losscli.analyses.evaluate.report import Checked, Report
    from losscli.analyses.evaluate.states.state import State
    from losscli.inputs.request import Request
    from losscli.outputs.views.evaluation import EvaluationView
    from losscli.verdicts.gates.grammar import Gate
    from losscli.verdicts.judged import Standard

doctor_option = COMPUTE.option(
    "--doctor", is_flag=True, help="Note what `losscli doctor` finds; it is the same pass over the rows."
)


@click.command(
    cls=EnvironmentCommand,
    no_args_is_help=True,
    group=MEASURE,
    manual="inputs",
    examples=(
        "losscli evaluate sample_data/diabetes.csv -l mse -l mae --group sex",
        "losscli evaluate sample_data/wine_bayes.csv sample_data/wine_labels.csv -l ce",
        "losscli evaluate sample_data/diabetes.csv -l mse -g 'mse <= 3000' -o report.md",
    ),
)
@input_options
@reduction_option
@as_option
@sure_options
@picture_options
@per_sample_option
@receipt_option
@state_option("Write the exact state, for `losscli merge`.")
@shown_options("cost", samples="worst samples", first="worst")
@show_option
@full_option
@gate_options
@confidence_options
@report_option
@doctor_option
@slices_option
@engine_options
@color_option
@click.pass_context
def command(context: click.Context, /, **options: Any) -> int:
    """Measure how wrong PREDICTIONS are, given LABELS.

    Both are files of CSV, JSON Lines, Parquet, Arrow or NumPy arrays, plain or compressed; folders or quoted
    globs of them; or addresses; - is standard input. Columns are found by name. Rows are paired by id if both
    have one, else by position. Leave LABELS out if one file has both columns.
    """
    reports, run = reports_of(context), run_of(context)
    request, gates = requested(options, reports.outputs())
    reports.begin()
    run.repeat = command_line(run.arguments, context.command)
    if not request.loss:
        from losscli.analyses.suitable import which_losses_fit

        raise which_losses_fit(request)
    states: list[State] = []
    report = _evaluate(request, standard_of(options, gates), options, states)
    from losscli.analyses.evaluate.report import Checked

    checked = Checked("", report, None, run.repeat, run.seconds())
    lost = reports.write([checked])
    with receipt_written(options["receipt"], request, report), state_written(options["state"], states):
        source = context.get_parameter_source("top")
        _publish(checked, options, top_given=source is not click.ParameterSource.DEFAULT)
        raise_together(lost)
    return ExitStatus.OK if options["exit_zero"] else ExitStatus.of_verdict(report.verdict)


def requested(
    options: dict[str, Any], reports: list[tuple[str, str | None]]
) -> tuple[Request, tuple[Gate, ...]]:
    """Return what the options ask for, and the gates; the baseline is a file, and read later.

    Args:
        options: those of the command.
        reports: the options that write reports, each with its path.

    Raises:
        LosscliError: all that is wrong with the options taken together.
    """
    gates: list[Gate] = list(options["gate"])
    as_, unknown = "", list[LosscliError]()
    if options["as_"] is not None:
        from losscli.compute.reduced import as_asked

        as_, losses, unknown = as_asked(options["as_"], options["losses"])
        options = {**options, "losses": losses}
    outputs = [("--receipt", options["receipt"]), ("--state", options["state"]), *reports]
    wrong = [*conflicts(options), *output_conflicts(options, outputs), *gate_conflicts(options, gates)]
    wrong += [*unknown, *sure_conflicts(options), *confidence_conflicts(options, gates)]
    wrong += slices_conflicts(options)
    raise_together([*wrong, *state_conflicts(options), *engine_conflicts(options)])
    mergeable = options["state"] is not None
    request = request_of(
        options,
        show=options["show"],
        reduction=options["reduction"],
        as_=as_,
        level=options["level"],
        cluster=options["cluster"],
        weights_are=options["weights_are"] or "importance",
        top=None if options["all_"] else options["top"],
        grounds=options["confidence"] is not None,
        fingerprints=mergeable or options["receipt"] is not None,
        mergeable=mergeable,
        doctor=options["doctor"],
        slices=options["slices"],
        page=shows_charts(options, reports),
    )
    if as_:
        from losscli.compute.reduced import refusals

        raise_together(refusals(request))
    return request, tuple(gates)


def standard_of(options: Mapping[str, Any], gates: tuple[Gate, ...]) -> Standard:
    """Return what the figures have to keep to; reads the baseline. Raises LosscliError if that is none."""
    from losscli.verdicts.judged import Standard

    return Standard(gates, read_baseline(options), options["baseline_predictions"], confidence_of(options))


def _evaluate(request: Request, standard: Standard, options: dict[str, Any], states: list[State]) -> Report:
    """Return the judged report, and put the state, if it is wanted, into `states`."""
    from losscli.cli.terminal.progress import Progress
    from losscli.verdicts.judged import evaluate

    per_sample = options["per_sample"]
    with ExitStack() as stack:
        progress = stack.enter_context(Progress(sys.stderr))
        samples: Any = None
        crew = crew_asked(options)
        if per_sample is not None:
            from losscli.outputs.samples.file import SampleSink
            from losscli.outputs.samples.folder import samples_to

            samples = stack.enter_context(samples_to(per_sample, SampleSink, in_parts=crew is not None))
        if crew is not None:
            return evaluate(request, standard, observe=progress, crew=crew, samples=samples)
        keep = states.append if request.mergeable else None
        return evaluate(request, standard, sink=samples, observe=progress, keep=keep)


def view_of(
    report: Report, options: Mapping[str, Any], *, top_given: bool, command: str = ""
) -> EvaluationView:
    """Return what is shown of a report: so many samples as were asked for, or as fit on a screen."""
    from losscli.outputs.views.evaluation import EvaluationView
    from losscli.outputs.views.first_screen import SAMPLES

    samples = None if options["all_"] else options["top"] if top_given else SAMPLES
    return EvaluationView(report, full=options["full"], samples=samples, command=command)


def _publish(checked: Checked, options: dict[str, Any], *, top_given: bool) -> None:
    """Write the report where it was asked for, and to stderr which gates did not pass."""
    from losscli.cli.terminal import failing

    assert checked.evaluation is not None
    view = view_of(checked.evaluation, options, top_given=top_given, command=checked.command)
    deliver(view, options, lambda shown: failing.tell(checked, on_page=shown))
