"""`losscli explain LOSS`: all there is to know about a loss, on one page."""

from __future__ import annotations

from typing import Any

import click

from losscli.cli.command import Command
from losscli.cli.options.outputs import color_option, deliver, format_option
from losscli.cli.sections import UNDERSTAND
from losscli.cli.terminal.complete import complete_loss
from losscli.common.errors import UsageError


@click.command(
    "explain",
    cls=Command,
    short_help="Explain a loss: formula, gradient, domain, use, pitfalls, curve, references.",
    group=UNDERSTAND,
    manual="losses",
    examples=(
        "losscli explain mse",
        "losscli explain huber:delta=1.5",
        "losscli explain bce:from_logits=true",
        "losscli explain huber --json",
    ),
)
@click.argument("loss", shell_complete=complete_loss)
@format_option("the page")
@color_option
def command(loss: str, **options: Any) -> None:
    """Explain LOSS, a name with or without parameters, such as `huber` or `huber:delta=1.5`.

    The curves are drawn with these parameters.
    """
    from losscli.loss import registry
    from losscli.loss.spec import parse_spec
    from losscli.outputs.views.explanation import ExplanationView

    try:
        bound = parse_spec(loss, registry.find)
    except UsageError as error:
        raise UsageError("LOSS", error.found, error.needed, error.remedy) from None
    deliver(ExplanationView(bound), options)
