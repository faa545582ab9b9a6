"""`losscli gradient`: how the loss of each sample changes with its prediction."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from losscli.cli.command import run_of
from losscli.cli.options.engine import ENGINE, crew_asked, engine_conflicts, engine_options
from losscli.cli.options.environment import EnvironmentCommand
from losscli.cli.options.inputs import conflicts, input_options, request_of
from losscli.cli.options.outputs import (
    color_option,
    deliver,
    full_option,
    output_conflicts,
    per_sample_option,
    picture_options,
    reduction_option,
    show_option,
    shown_options,
)
from losscli.cli.options.repeat import command_line
from losscli.cli.sections import COMPUTE, UNDERSTAND
from losscli.common.errors import ExitStatus, raise_together
from losscli.common.options import CHOICES

if TYPE_CHECKING:
    from losscli.analyses.gradient.report import GradientReport
    from losscli.inputs.request import Request


@click.command(
    cls=EnvironmentCommand,
    environment=ENGINE,
    no_args_is_help=True,
    short_help="Show the gradient of a loss: d loss / d prediction.",
    group=UNDERSTAND,
    manual="gradient",
    examples=(
        "losscli gradient sample_data/diabetes.csv -l huber:delta=50 -n 3",
        "losscli gradient sample_data/diabetes.csv -l rmse --of cost --json",
        "losscli gradient sample_data/wine_bayes.csv sample_data/wine_labels.csv -l ce",
    ),
)
@input_options
@COMPUTE.option(
    "--of",
    type=click.Choice(CHOICES["of"]),
    default="loss",
    show_default=True,
    help="Whose derivative: that of each sample's own loss, or that of the cost, which includes the mean, "
    "the weights, and a root where the loss has one.",
)
@reduction_option
@picture_options
@per_sample_option
@shown_options("norm", samples="samples with the largest gradients", first="largest")
@show_option
@full_option
@engine_options
@color_option
@click.pass_context
def command(context: click.Context, /, **options: Any) -> int:
    """Show how the loss changes with each prediction, and for which samples it changes most.

    This is the derivative of the loss with respect to the prediction, for every sample of PREDICTIONS and
    LABELS: what an optimiser sees. The inputs are the same as for `losscli evaluate`.
    """
    raise_together([*conflicts(options), *output_conflicts(options), *engine_conflicts(options)])
    request = request_of(
        options,
        show=options["show"],
        reduction=options["reduction"],
        top=None if options["all_"] else options["top"],
    )
    if not request.loss:
        from losscli.analyses.suitable import which_losses_fit

        raise which_losses_fit(request)
    report = _gradient(request, options)
    from losscli.outputs.views.gradient import GradientView

    typed = context.get_parameter_source("top") is not ParameterSource.DEFAULT
    whole = options["full"] or options["all_"] or typed
    repeat = command_line(run_of(context).given, context.command, "gradient")
    top = {"top": None} if whole else {}
    deliver(GradientView(report, full=options["full"], command=repeat, **top), options)
    return ExitStatus.OK


def _gradient(request: Request, options: Mapping[str, Any]) -> GradientReport:
    from losscli.analyses.gradient.run import gradient
    from losscli.cli.terminal.progress import Progress

    of, per_sample = options["of"], options["per_sample"]
    with ExitStack() as stack:
        progress = stack.enter_context(Progress(sys.stderr))
        samples: Any = None
        crew = crew_asked(options)
        if per_sample is not None:
            from losscli.outputs.samples.folder import samples_to
            from losscli.outputs.samples.gradient import GradientSink

            make = partial(GradientSink, weigh=of == "cost")
            samples = stack.enter_context(samples_to(per_sample, make, in_parts=crew is not None))
        if crew is not None:
            from losscli.analyses.gradient import in_parts

            return in_parts.gradient(request, of, crew, progress, samples)
        return gradient(request, of, sink=samples, observe=progress)
