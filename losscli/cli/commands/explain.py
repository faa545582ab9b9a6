"""`losscli explain LOSS`: all there is to know about a loss, on one page."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from losscli.cli.command import Command
from losscli.cli.options.outputs import color_option, write
from losscli.cli.sections import UNDERSTAND
from losscli.cli.terminal.complete import complete_loss
from losscli.common.errors import UsageError

if TYPE_CHECKING:
    from losscli.outputs.drawing.console import Color


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
    ),
)
@click.argument("loss", shell_complete=complete_loss)
@color_option
def command(loss: str, color: Color) -> None:
    """Explain LOSS, a name with or without parameters, such as `huber` or `huber:delta=1.5`.

    The curves are drawn with these parameters.
    """
    from losscli.loss import registry
    from losscli.loss.spec import parse_spec
    from losscli.outputs.drawing.console import looks
    from losscli.outputs.drawing.screen import drawn
    from losscli.outputs.views.explanation import page, width

    try:
        bound = parse_spec(loss, registry.find)
    except UsageError as error:
        raise UsageError("LOSS", error.found, error.needed, error.remedy) from None
    shape = looks(sys.stdout, color)
    write(drawn(page(bound), replace(shape, width=width(shape.width))))
