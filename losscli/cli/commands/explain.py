"""`losscli explain LOSS`: all there is to know about a loss, on one page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Command
from losscli.cli.options.outputs import color_option, deliver, file_options, suffix_conflict
from losscli.cli.sections import UNDERSTAND
from losscli.cli.terminal.complete import complete_loss
from losscli.common.errors import UsageError, raise_together
from losscli.common.text import shorten

if TYPE_CHECKING:
    from losscli.loss.spec import BoundLoss


@click.command(
    "explain",
    cls=Command,
    short_help="Explain a loss: formula, gradient, domain, use, pitfalls, curve, references.",
    group=UNDERSTAND,
    manual="losses",
    examples=(
        "losscli explain mse",
        "losscli explain huber:delta=1.5",
        "losscli explain huber --json",
        "losscli explain huber mse mae --output curves.svg",
    ),
)
@click.argument("losses", metavar="LOSS...", nargs=-1, required=True, shell_complete=complete_loss)
@file_options("the page", pictures=True)
@color_option
def command(losses: tuple[str, ...], **options: Any) -> None:
    """Explain LOSS, a name with or without parameters, such as `huber` or `huber:delta=1.5`.

    The curves are drawn with these parameters. Of several losses, a page on each is shown one behind the
    other, and pictures have their curves in one chart.
    """
    raise_together([*suffix_conflict(options), *_apart(losses)])
    from losscli.outputs.views.explanation import ExplanationsView, ExplanationView

    bounds = [*dict.fromkeys(map(_bound, losses))]
    deliver(ExplanationView(bounds[0]) if len(bounds) == 1 else ExplanationsView(bounds), options)


def _apart(losses: tuple[str, ...]) -> Iterator[UsageError]:
    """Yield an error for a parameter that stands apart from its loss."""
    for before, word in pairwise(losses):
        if "=" in word and ":" not in word:
            meant = f"{before}{',' if ':' in before else ':'}{word}"
            found = f"unexpected argument {shorten(word)!r}"
            yield UsageError("", found, "LOSS", f"Did you mean {shorten(meant)}?")


def _bound(loss: str) -> BoundLoss:
    from losscli.loss import registry
    from losscli.loss.spec import parse_spec

    try:
        return parse_spec(loss, registry.find)
    except UsageError as error:
        raise UsageError("LOSS", error.found, error.needed, error.remedy) from None
