"""`losscli fit`: a small correction of predictions that minimises the cost, and how optimisers find it."""

from __future__ import annotations

import math
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Command, options, run_of
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
    full_option,
    output_conflicts,
    picture_options,
)
from losscli.cli.options.repeat import command_line
from losscli.cli.options.reports import plain_report_option, reports_of
from losscli.cli.sections import ADVANCED, COMPUTE, OUTPUT, UNDERSTAND
from losscli.common import found
from losscli.common.errors import ExitStatus, LosscliError, UsageError, raise_together
from losscli.common.options import CHOICES

if TYPE_CHECKING:
    from losscli.analyses.fit.report import FitReport
    from losscli.analyses.fit.request import FitRequest


def _finite(_context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    for one in value if parameter.multiple else [value]:
        if one is not None and not math.isfinite(one):
            raise UsageError(parameter.opts[0], str(one), "a finite number")
    return value


fit_options = options(
    COMPUTE.option(
        "--model",
        type=click.Choice(found.names("losscli.analyses.fit.models")),
        default="affine",
        show_default=True,
        help="The correction; affine: a·ŷ + b, bias: ŷ + b, constant: b, scale: a·ŷ, temperature: ŷ/T; "
        "probabilities are corrected on their log-odds, predictions that have to be positive on their log.",
    ),
    COMPUTE.option(
        "--optimizer",
        "optimizers",
        type=click.Choice(found.names("losscli.analyses.fit.optimizers")),
        multiple=True,
        default=("adam",),
        show_default=True,
        help="The optimiser (repeatable, to compare).",
    ),
    ADVANCED.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        metavar="N",
        help="Seed of batches and folds.",
    ),
    COMPUTE.option(
        "--folds",
        type=click.IntRange(min=0),
        default=5,
        show_default=True,
        metavar="N",
        help="Folds of the cross-validation; each is held out in turn, to show what the correction is worth "
        "on unseen samples. 0: none. Samples of the same --group stay together.",
    ),
    OUTPUT.option(
        "--save-predictions",
        type=click.Path(allow_dash=True),
        metavar="FILE",
        help="Write the predictions, corrected by the best run, to this file, as CSV.",
    ),
)
"""What is fitted, and what is made of it."""


training_options = options(
    COMPUTE.option(
        "--learning-rate",
        "learning_rates",
        multiple=True,
        type=click.FloatRange(min=0.0, min_open=True),
        callback=_finite,
        metavar="RATE",
        help="The initial rate (repeatable, to compare); it does not depend on the unit of the data.  "
        "[default: the optimiser's own]",
    ),
    ADVANCED.rare.option(
        "--momentum",
        type=click.FloatRange(min=0.0, max=1.0, max_open=True),
        callback=_finite,
        metavar="SHARE",
        help="The momentum of the optimisers momentum and nesterov.  [default: 0.9]",
    ),
    ADVANCED.rare.option(
        "--decay",
        type=click.Choice(CHOICES["decay"]),
        default="halving",
        show_default=True,
        help="How the learning rate falls; halving: by half after an epoch without progress; cosine: to 0 "
        "along half a cosine wave; none: not at all.",
    ),
    COMPUTE.option(
        "--epochs",
        type=click.IntRange(min=1),
        default=100,
        show_default=True,
        metavar="N",
        help="The maximum number of passes over the samples.",
    ),
    ADVANCED.rare.option(
        "--batch-size",
        type=click.IntRange(min=1),
        metavar="N",
        help="Samples per step.  [default: a 16th of all, at most 8192]",
    ),
    ADVANCED.rare.option(
        "--tolerance",
        type=click.FloatRange(min=0.0),
        callback=_finite,
        default=1e-6,
        show_default=True,
        metavar="SHARE",
        help="The share of the cost that an epoch has to gain to count as progress; runs whose costs differ "
        "by less count as equal.",
    ),
    ADVANCED.rare.option(
        "--patience",
        type=click.IntRange(min=1),
        default=5,
        show_default=True,
        metavar="N",
        help="Epochs in a row without progress after which a run stops; with halving, it tries nearby values "
        "first.",
    ),
)
"""How it is fitted."""


@click.command(
    cls=Command,
    no_args_is_help=True,
    short_help="Minimise the cost with a small correction of the predictions.",
    group=UNDERSTAND,
    manual="training",
    examples=(
        "losscli fit sample_data/diabetes.csv -l mae",
        "losscli fit sample_data/diabetes.csv -l mse --optimizer sgd --optimizer adam",
        "losscli fit sample_data/diabetes.csv -l mse --save-predictions corrected.csv",
    ),
)
@file_arguments
@loss_option("The loss whose cost is minimised, as NAME or NAME:param=value,….")
@column_options("Keep samples with the same value in this column in one fold (repeatable).")
@text_options
@row_options
@fit_options
@training_options
@picture_options
@OUTPUT.option("--quiet", "-q", is_flag=True, help="Print only the cost after each run; in full precision.")
@full_option
@plain_report_option
@color_option
@click.pass_context
def command(context: click.Context, /, **options: Any) -> int:
    """Minimise the cost of PREDICTIONS, given LABELS, with a small correction.

    It shows how much of the cost a correction recovers, on the samples that it was fitted to and on
    unseen samples, and how each optimiser gets there. The inputs are the same as for evaluate, with one
    loss.
    """
    reports = reports_of(context)
    run = run_of(context)
    asked = _asked(options, reports.outputs())
    reports.begin()
    run.repeat = command_line(run.arguments, context.command, "fit")
    report = _fit(asked)
    from losscli.outputs.views.fit import FitView

    view = FitView(report, full=options["full"], command=run.repeat)
    lost = reports.write((), view=view)
    deliver(view, options)
    raise_together(lost)
    return ExitStatus.OK


def _asked(options: dict[str, Any], reports: list[tuple[str, str | None]]) -> FitRequest:
    """Return what the options ask for. Raises all that is wrong with them, together."""
    from losscli.analyses.fit.request import FitRequest, impossible
    from losscli.analyses.fit.train import Schedule

    found: list[LosscliError] = [*conflicts(options)]
    found.extend(output_conflicts(options, [("--save-predictions", options["save_predictions"]), *reports]))
    asked = FitRequest(
        request=request_of(options),
        model=options["model"],
        optimizers=tuple(dict.fromkeys(options["optimizers"])),
        rates=tuple(dict.fromkeys(options["learning_rates"])) or (None,),
        schedule=Schedule(
            epochs=options["epochs"],
            batch_rows=options["batch_size"],
            decay=options["decay"],
            tolerance=options["tolerance"],
            patience=options["patience"],
            momentum=options["momentum"],
            seed=options["seed"],
        ),
        folds=options["folds"],
        # To Python `-` means nothing.
        save="/dev/stdout" if options["save_predictions"] == "-" else options["save_predictions"],
    )
    found.extend(impossible(asked))
    raise_together(found)
    if not asked.request.loss:
        from losscli.analyses.suitable import which_losses_fit

        raise which_losses_fit(asked.request)
    return asked


def _fit(asked: FitRequest) -> FitReport:
    from losscli.analyses.fit.run import fit
    from losscli.cli.terminal.progress import Progress

    with ExitStack() as stack:
        return fit(asked, observe=stack.enter_context(Progress(sys.stderr)))
