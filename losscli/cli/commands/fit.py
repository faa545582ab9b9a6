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
    click.option(
        "--model",
        type=click.Choice(found.names("losscli.analyses.fit.models")),
        default="affine",
        show_default=True,
        help="The correction: b, ŷ + b, a·ŷ, a·ŷ + b, or ŷ/T; of probabilities on their log-odds, of "
        "what has to be positive on its log.",
    ),
    click.option(
        "--optimizer",
        "optimizers",
        type=click.Choice(found.names("losscli.analyses.fit.optimizers")),
        multiple=True,
        default=("adam",),
        show_default=True,
        help="How to find it; repeatable, to compare.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        metavar="N",
        help="Which samples meet in a batch, and in a fold.",
    ),
    click.option(
        "--folds",
        type=click.IntRange(min=0),
        default=5,
        show_default=True,
        metavar="N",
        help="Parts that are held out in turn, to judge what a correction is worth on samples it has not "
        "seen; 0 for none. Samples of one --group stay together.",
    ),
    click.option(
        "--save-predictions",
        type=click.Path(),
        metavar="FILE",
        help="Write the predictions, corrected by the best run, in the format of the input.",
    ),
)
"""What is fitted, and what is made of it."""


training_options = options(
    click.option(
        "--learning-rate",
        "learning_rates",
        multiple=True,
        type=click.FloatRange(min=0.0, min_open=True),
        callback=_finite,
        metavar="RATE",
        help="The rate at the start, without a unit: the same for data in any unit; repeatable, to compare.  "
        "[default: the optimiser's own]",
    ),
    click.option(
        "--momentum",
        type=click.FloatRange(min=0.0, max=1.0, max_open=True),
        callback=_finite,
        metavar="SHARE",
        help="That of the optimisers momentum and nesterov.  [default: 0.9]",
    ),
    click.option(
        "--decay",
        type=click.Choice(CHOICES["decay"]),
        default="halving",
        show_default=True,
        help="How the rate falls: by half when an epoch brings nothing, along a half-wave, or not.",
    ),
    click.option(
        "--epochs",
        type=click.IntRange(min=1),
        default=100,
        show_default=True,
        metavar="N",
        help="How often to go through the samples, at most.",
    ),
    click.option(
        "--batch-size",
        type=click.IntRange(min=1),
        metavar="N",
        help="The samples of a step.  [default: a 16th of them, at most 8192]",
    ),
    click.option(
        "--tolerance",
        type=click.FloatRange(min=0.0),
        callback=_finite,
        default=1e-6,
        show_default=True,
        metavar="SHARE",
        help="The share of the cost that an epoch has to bring to count as progress, and by which runs have "
        "to differ lest they share the lowest cost.",
    ),
    click.option(
        "--patience",
        type=click.IntRange(min=1),
        default=5,
        show_default=True,
        metavar="N",
        help="After how many epochs without progress in a row to look around, or to stop.",
    ),
)
"""How it is fitted."""


@click.command(cls=Command, no_args_is_help=True, short_help="Minimise the cost by a small correction.")
@file_arguments
@loss_option("The loss whose cost is minimised: NAME or NAME:param=value,…")
@column_options("A column of groups, whose samples stay together in a fold; repeatable.")
@text_options
@row_options
@fit_options
@training_options
@format_options
@click.option("--quiet", is_flag=True, help="Print the cost after each run alone, in full precision.")
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
        save=options["save_predictions"],
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
