"""`losscli losses`: every loss there is."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Command
from losscli.common.errors import UsageError
from losscli.outputs.drawing.console import Color, looks

if TYPE_CHECKING:
    from losscli.loss import Loss

_INDENT = 28


@click.command(
    "losses", cls=Command, short_help="Every loss there is, by family, with domains and parameters."
)
@click.argument("word", required=False)
@click.option("--family", metavar="NAME", help="Only the losses of this family.")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
def command(word: str | None, family: str | None, format_: str, color: Color) -> None:
    """List the losses, by family, with domains and parameters.

    With WORD only those whose name, alias, family, summary or use holds it.
    `losscli explain LOSS` tells everything about one of them.
    """
    found = _choose(word, family)
    shape = looks(sys.stdout, color)
    if format_ == "json":
        # Every character that the encoding of stdout may lack is written as JSON escapes it.
        documents = [describe(loss) for loss in found]
        click.echo(json.dumps(documents, indent=2, ensure_ascii=shape.ascii_only, allow_nan=False))
        return
    from losscli.outputs.drawing.page import Line, show

    lines: list[Line] = []
    for name in dict.fromkeys(loss.family for loss in found):
        lines += [Line(""), *_family(name, [loss for loss in found if loss.family == name], shape.width)]
    count = f"{len(found)} losses" if len(found) != 1 else "1 loss"
    lines += [Line(""), Line(f"{count}. `losscli explain LOSS` tells all about one.", "faint")]
    show(lines[1:], color)


def describe(loss: Loss) -> dict[str, Any]:
    """Return a loss as the JSON that `losscli losses --format json` prints."""
    from losscli.loss.spec import bind

    bound = bind(loss, {})
    return {
        "name": loss.name,
        "family": loss.family,
        "summary": loss.summary,
        "aliases": list(loss.aliases),
        "label": bound.label_domain.description,
        "prediction": bound.prediction_domain.description,
        "layout": loss.layout.name.lower(),
        "columns": list(loss.columns),
        "label_columns": list(loss.label_columns),
        "soft_labels": loss.soft_labels,
        "gradient": loss.gradient is not None,
        "parameters": {
            name: {"default": parameter.default, "domain": parameter.description, "help": parameter.help}
            for name, parameter in loss.parameters.items()
        },
        "formula": loss.formula,
        "finish": loss.finish_formula or None,
    }


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


def _family(name: str, losses: list[Loss], width: int | None) -> list[Any]:
    from losscli.loss.spec import bind, show_value
    from losscli.outputs.drawing.page import Line

    lines = [Line(name, "heading")]
    room = None if width is None else max(20, width - _INDENT)
    for loss in losses:
        bound = bind(loss, {})
        parameters = ", ".join(f"{key}={show_value(given)}" for key, given in bound.parameters.items())
        also = f"also called {', '.join(loss.aliases)}" if loss.aliases else ""
        domains = (
            f"label: {bound.label_domain.description}; prediction: {bound.prediction_domain.description}"
        )
        details = [domains, parameters, also]
        first, *rest = _wrap(loss.summary, room)
        lines.append(Line(f"  {loss.name:<{_INDENT - 3}} {first}", bold=len(loss.name) + 2))
        lines += [Line(" " * _INDENT + line) for line in rest]
        lines += [
            Line(" " * _INDENT + line, "faint")
            for detail in details
            if detail
            for line in _wrap(detail, room)
        ]
    return lines


def _wrap(text: str, room: int | None) -> list[str]:
    return [text] if room is None else textwrap.wrap(text, room) or [""]
