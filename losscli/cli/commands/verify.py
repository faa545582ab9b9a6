"""`losscli verify SPEC`: a loss held against the contract that built-in losses meet."""

from __future__ import annotations

from typing import Any

import click

from losscli.cli.command import Command
from losscli.cli.options.outputs import color_option, deliver, format_option
from losscli.cli.sections import COMPUTE, EXTEND
from losscli.cli.terminal.complete import complete_loss
from losscli.common.errors import ExitStatus, UsageError


@click.command(
    "verify",
    cls=Command,
    short_help="Test a loss, yours or a built-in one, against the contract of losses.",
    group=EXTEND,
    manual="custom",
    examples=(
        "losscli verify sample_data/custom/asymmetric.py:asymmetric",
        "losscli verify sample_data/custom/asymmetric.py:asymmetric:alpha=3",
        "losscli verify huber:delta=2 --json",
    ),
)
@click.argument("spec", shell_complete=complete_loss)
@format_option("the verdicts")
@COMPUTE.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Seed of the random samples that the loss is tested on.",
)
@COMPUTE.option(
    "--rows",
    type=click.IntRange(min=8, max=1_000_000),
    default=256,
    show_default=True,
    metavar="N",
    help="How many samples the loss is tested on.",
)
@color_option
def command(spec: str, seed: int, rows: int, **options: Any) -> int:
    """Test whether SPEC meets the contract of losses: `my_losses.py:asymmetric:alpha=3`, or `huber`.

    \b
    shape            one number per row; a gradient of the shape of the predictions
    finite           a number for every sample of its domains; no exception
    pure             the arguments stay as they were
    deterministic    the same result twice
    rowwise          the result of a row does not depend on other rows, or on the block size
    gradient         equals a central difference; at a kink, it is between the slopes on both sides
    non_negative     no sample costs less than 0
    zero_at_perfect  a perfect prediction costs 0
    convex           convex in the prediction; growth in the tails, and where it is flat

    The last three are tested against what a `Loss` claims, and are facts where nothing is claimed, as
    for a function. A failed check shows the first counter-example, made as small as possible.

    Exit status: 0 the contract is met, 1 it is broken, 2 there is no such loss.
    """  # noqa: D301 - click looks for the character, which a raw text has not
    import numpy as np

    from losscli.loss import registry
    from losscli.loss.contract.verify import checks
    from losscli.loss.spec import parse_spec
    from losscli.outputs.views.verification import VerificationView

    try:
        bound = parse_spec(spec, registry.find)
    except UsageError as error:
        raise UsageError("SPEC", error.found, error.needed, error.remedy) from None
    by_position = bound.loss.family == "custom" and "=label" in bound.loss.formula
    called = bound.loss.formula if by_position else ""
    view = VerificationView(bound.spec, checks(bound, np.random.default_rng(seed), rows), called)
    deliver(view, options)
    return ExitStatus.GATE_FAILED if view.broken else ExitStatus.OK
