"""`losscli fit`: a small correction of predictions that minimises the cost, and how optimisers find it."""

from __future__ import annotations

import math
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Command, options
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
        help="The correction; b, ŷ + b, a·ŷ, a·ŷ + b, or ŷ/T: of probabilities on their log-odds, of "
        "what has to be positive on its log.",
    ),
    COMPUTE.option(
        "--optimizer",
        "optimizers",
        type=click.Choice(found.names("losscli.analyses.fit.optimizers")),
        multiple=True,
        default=("adam",),
        show_default=True,
        help="How to find it (repeatable, to compare).",
    ),
    ADVANCED.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        metavar="N",
        help="Which samples meet in a batch, and in a fold.",
    ),
    COMPUTE.option(
        "--folds",
        type=click.IntRange(min=0),
        default=5,
        show_default=True,
        metavar="N",
        help="Parts that are held out in turn; they show what a correction is worth on samples it has not "
        "seen. 0 for none. Samples of one --group stay together.",
    ),
    OUTPUT.option(
        "--save-predictions",
        type=click.Path(allow_dash=True),
        metavar="FILE",
        help="The predictions, corrected by the best run.",
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
        help="The rate at the start (repeatable, to compare); without a unit, for data in any.  "
        "[default: the optimiser's own]",
    ),
    ADVANCED.rare.option(
        "--momentum",
        type=click.FloatRange(min=0.0, max=1.0, max_open=True),
        callback=_finite,
        metavar="SHARE",
        help="Of the optimisers momentum and nesterov.  [default: 0.9]",
    ),
    ADVANCED.rare.option(
        "--decay",
        type=click.Choice(CHOICES["decay"]),
        default="halving",
        show_default=True,
        help="How the rate falls; by half when an epoch brings nothing, along a half-wave, or not.",
    ),
    COMPUTE.option(
        "--epochs",
        type=click.IntRange(min=1),
        default=100,
        show_default=True,
        metavar="N",
        help="Passes through the samples, at most.",
    ),
    ADVANCED.rare.option(
        "--batch-size",
        type=click.IntRange(min=1),
        metavar="N",
        help="The samples of a step.  [default: a 16th, at most 8192]",
    ),
    ADVANCED.rare.option(
        "--tolerance",
        type=click.FloatRange(min=0.0),
        callback=_finite,
        default=1e-6,
        show_default=True,
        metavar="SHARE",
        help="The share of the cost that an epoch has to bring to count as progress, and by which runs have "
        "to differ lest they share the lowest cost.",
    ),
    ADVANCED.rare.option(
        "--patience",
        type=click.IntRange(min=1),
        default=5,
        show_default=True,
        metavar="N",
        help="Epochs without progress after which to stop; or to look around before that.",
    ),
)
"""How it is fitted."""


@click.command(
    cls=Command,
    no_args_is_help=True,
    short_help="Minimise the cost by a small correction.",
    group=UNDERSTAND,
    manual="training",
    examples=(
        "losscli fit sample_data/diabetes.csv -l mae",
        "losscli fit sample_data/diabetes.csv -l mse --optimizer sgd --optimizer adam",
        "losscli fit sample_data/diabetes.csv -l mse --save-predictions corrected.csv",
    ),
)
@file_arguments
@loss_option("Whose cost is minimised; NAME or NAME:param=value,….")
@column_options("A column of groups, whose samples stay together in a fold; repeatable.")
@text_options
@row_options
@fit_options
@training_options
@format_options
@OUTPUT.option("--quiet", "-q", is_flag=True, help="The cost after each run alone; in full precision.")
@full_option
@color_option
def command(**options: Any) -> int:
    """Minimise the cost of PREDICTIONS, given LABELS, by a small correction.

    It shows how much of the cost a correction recovers, on the samples that it was fitted to and on
    samples that it has not seen, and how each optimiser gets there. Inputs are those of evaluate; one
    loss is fitted.
    """
    asked = _asked(options)
    report = _fit(asked)
    from losscli.outputs.views.fit import FitView

    deliver(FitView(report, full=options["full"]), options)
    return ExitStatus.OK


def _asked(options: dict[str, Any]) -> FitRequest:
    """Return what the options ask for. Raises all that is wrong with them, together."""
    from losscli.analyses.fit.request import FitRequest, impossible
    from losscli.analyses.fit.train import Schedule

    found: list[LosscliError] = [*conflicts(options)]
    found.extend(output_conflicts(options, [("--save-predictions", options["save_predictions"])]))
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
