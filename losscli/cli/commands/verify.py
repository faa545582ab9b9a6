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
    short_help="Hold a loss, yours or ours, against the contract of losses.",
    group=EXTEND,
    manual="custom",
    examples=(
        "losscli verify sample_data/custom/asymmetric.py:asymmetric",
        "losscli verify sample_data/custom/asymmetric.py:asymmetric:alpha=3",
        "losscli verify huber:delta=2 --json",
    ),
)
@click.argument("spec", shell_complete=complete_loss)
@format_option("How the verdicts look.")
@COMPUTE.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Which samples the loss is tried on.",
)
@COMPUTE.option(
    "--rows",
    type=click.IntRange(min=8, max=1_000_000),
    default=256,
    show_default=True,
    metavar="N",
    help="How many samples the loss is tried on.",
)
@color_option
def command(spec: str, seed: int, rows: int, **options: Any) -> int:
    """Try whether SPEC keeps the contract of losses: `my_losses.py:asymmetric:alpha=3`, or `huber`.

    \b
    shape            one number for each row; a gradient like the predictions
    finite           a number for every sample of its domains; nothing is raised
    pure             the arguments stay as they were
    deterministic    the same answer twice
    rowwise          a row's answer depends on no other row, nor on the size of the block
    gradient         equals a central difference; at a kink, lies between the slopes to its sides
    non_negative     no sample costs less than 0
    zero_at_perfect  a perfect prediction costs 0
    convex           convex in the prediction; growth in the tails, and where it is flat

    The last three are held against what a `Loss` claims, and are facts where nothing is claimed, as
    of a function. A failed check names the first counter-example, made as small as possible.

    Exit status: 0 the contract is kept, 1 it is broken, 2 there is no such loss.
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
