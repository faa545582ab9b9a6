"""`losscli replay`: a receipt run again, its figures proved or refuted."""

from __future__ import annotations

import sys
from typing import Any

import click

from losscli.cli.command import Command
from losscli.cli.options.outputs import color_option, deliver, format_option, quiet_conflict
from losscli.cli.sections import COMPUTE, IN_CI, OUTPUT
from losscli.common.errors import ExitStatus, raise_together


@click.command(
    cls=Command,
    no_args_is_help=True,
    short_help="Prove or refute the figures of a receipt.",
    group=IN_CI,
    manual="receipts",
    examples=(
        "losscli evaluate sample_data/diabetes.csv -l mse --receipt mse.json",
        "losscli replay mse.json",
        "losscli replay mse.json --search .",
    ),
)
@click.argument("receipt", type=click.Path())
@COMPUTE.option("--predictions", type=click.Path(), metavar="FILE", help="Where the predictions are now.")
@COMPUTE.option("--labels", type=click.Path(), metavar="FILE", help="Where the labels are now.")
@COMPUTE.option(
    "--search",
    type=click.Path(exists=True, file_okay=False),
    metavar="FOLDER",
    help="Search below this folder for files with the recorded size and SHA-256, whatever their names.",
)
@format_option("the outcome")
@OUTPUT.option("--quiet", "-q", is_flag=True, help="Print only the verdict: proved or refuted.")
@color_option
def command(**options: Any) -> int:
    """Prove or refute the figures of RECEIPT, a file that `--receipt` of evaluate or compare wrote.

    The files that it names are looked for where they were, next to the receipt, and where the options say.
    They have to be the same, byte for byte; a file that changed is named, and nothing is run. Then
    everything is computed again, and every figure is compared to the last bit.

    Exit status: 0 proved, 1 refuted, 2 a file is missing or RECEIPT is not a receipt.
    """
    from losscli.cli.terminal.messages import plain
    from losscli.cli.terminal.progress import Progress
    from losscli.outputs.views.replay import ReplayView, complaints
    from losscli.verdicts.receipts.replay import replay
    from losscli.verdicts.receipts.rerun import Sought

    raise_together(quiet_conflict(options))
    given = {role: options[role] for role in ("predictions", "labels") if options[role] is not None}
    with Progress(sys.stderr) as progress:
        proof = replay(options["receipt"], Sought(given, options["search"]), progress)

    def tell(shown: bool) -> None:
        # The log of a job has to say why it failed, wherever the outcome went.
        for line in () if proof.proved or shown else complaints(proof):
            plain(line)

    deliver(ReplayView(proof), options, tell)
    return ExitStatus.OK if proof.proved else ExitStatus.GATE_FAILED
