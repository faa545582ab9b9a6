"""`losscli losses`: every loss there is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Command
from losscli.cli.options.outputs import color_option, deliver, format_option, full_as
from losscli.cli.sections import COMPUTE, UNDERSTAND
from losscli.common.errors import UsageError

if TYPE_CHECKING:
    from losscli.loss import Loss


@click.command(
    "losses",
    cls=Command,
    short_help="List all losses, by family.",
    group=UNDERSTAND,
    manual="losses",
    examples=(
        "losscli losses",
        "losscli losses --family margin",
        "losscli losses outliers --json",
    ),
)
@click.argument("word", required=False)
@COMPUTE.option("--family", metavar="NAME", help="Only the losses of this family.")
@full_as("Also show domains and parameters; formats other than table always do.")
@format_option("the list")
@color_option
def command(word: str | None, family: str | None, **options: Any) -> None:
    """List the losses by family, one line each; --full adds domains and parameters.

    With WORD, list only the losses that have it in their name, here or in another library, or in their
    family, summary or use. `losscli explain LOSS` tells everything about one of them.
    """
    found = _choose(word, family)
    from losscli.outputs.views.losses import LossesView

    deliver(LossesView(found, full=options["full"]), options)


def _choose(word: str | None, family: str | None) -> list[Loss]:
    from losscli.common.text import nearest, shorten
    from losscli.loss import registry
    from losscli.loss.no_losses import no_loss

    known = list(registry.all_losses())
    families = list(dict.fromkeys(loss.family for loss in known))
    if family is not None and family not in families:
        found = f"there is no family '{shorten(family)}'"
        raise UsageError(
            "--family", found, f"the families are {', '.join(families)}", nearest(family, families)
        )
    chosen = [loss for loss in known if family in (None, loss.family)]
    if word is None:
        return chosen
    matching = [loss for loss in chosen if _has(loss, word)]
    if not matching:
        other = no_loss(word)
        found = f"'{shorten(word)}' is not a loss per sample: {other.why}" if other else ""
        hint = nearest(word.lower(), [loss.name for loss in known], 3) or "To list them all: losscli losses"
        raise UsageError(
            "WORD",
            found or f"no loss has '{shorten(word)}' in its name or description",
            "",
            other.instead if other else hint,
        )
    return matching


def _has(loss: Loss, word: str) -> bool:
    from losscli.loss.names import bare, key

    names = (loss.name, *loss.aliases, *(alias.called for alias in loss.elsewhere))
    refused = (name for convention in loss.conventions for name in convention.names)
    told = " ".join((*names, loss.family, loss.summary, loss.use)).lower()
    return (
        # At the beginning of a word: auc is not in Cauchy.
        re.search(rf"(?<!\w){re.escape(word.lower())}", told) is not None
        or any(key(word) in key(name) for name in names)
        or any(key(word) in (key(name), key(bare(name))) for name in refused)
    )
