"""`losscli losses`: every loss there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Command
from losscli.cli.options.outputs import color_option, deliver, format_option
from losscli.cli.sections import COMPUTE, UNDERSTAND
from losscli.common.errors import UsageError

if TYPE_CHECKING:
    from losscli.loss import Loss


@click.command(
    "losses",
    cls=Command,
    short_help="Every loss there is, by family, with domains and parameters.",
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
@format_option("How the list looks.")
@color_option
def command(word: str | None, family: str | None, **options: Any) -> None:
    """List the losses, by family, with domains and parameters.

    With WORD only those whose name, alias, family, summary or use holds it.
    `losscli explain LOSS` tells everything about one of them.
    """
    found = _choose(word, family)
    from losscli.outputs.views.losses import LossesView

    deliver(LossesView(found), options)


def _choose(word: str | None, family: str | None) -> list[Loss]:
    from losscli.common.text import nearest, shorten
    from losscli.loss import registry

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
    needle = word.lower()
    matching = [loss for loss in chosen if needle in _words(loss)]
    if not matching:
        hint = nearest(needle, [loss.name for loss in known], 3) or "Without a word all are listed."
        raise UsageError("WORD", f"no loss has '{shorten(word)}' in its name or description", "", hint)
    return matching


def _words(loss: Loss) -> str:
    return "\n".join((loss.name, loss.family, loss.summary, loss.use, *loss.aliases)).lower()
