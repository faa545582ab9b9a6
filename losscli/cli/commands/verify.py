"""`losscli verify SPEC`: a loss held against the contract that built-in losses meet."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from losscli.cli.command import Command
from losscli.cli.terminal.complete import complete_loss
from losscli.common.errors import ExitStatus, UsageError
from losscli.outputs.drawing.console import Color, looks
from losscli.outputs.drawing.page import Line, show

if TYPE_CHECKING:
    from losscli.loss.contract.clauses import Check

_WIDEST = 100
_INDENT = 28


@click.command(
    "verify", cls=Command, short_help="Hold a loss, yours or a built-in one, against the contract of losses."
)
@click.argument("spec", shell_complete=complete_loss)
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Which samples the loss is tried on.",
)
@click.option(
    "--rows",
    type=click.IntRange(min=8, max=1_000_000),
    default=256,
    show_default=True,
    metavar="N",
    help="How many samples the loss is tried on.",
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
def command(spec: str, format_: str, seed: int, rows: int, color: Color) -> int:
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

    try:
        bound = parse_spec(spec, registry.find)
    except UsageError as error:
        raise UsageError("SPEC", error.found, error.needed, error.remedy) from None
    found = checks(bound, np.random.default_rng(seed), rows)
    verdict = "fail" if any(check.verdict == "fail" for check in found) else "pass"
    shape = looks(sys.stdout, color)
    if format_ == "json":
        listed = [{"check": check.name, "verdict": check.verdict, "detail": check.detail} for check in found]
        document = {"loss": bound.spec, "checks": listed, "verdict": verdict}
        click.echo(json.dumps(document, indent=2, ensure_ascii=shape.ascii_only, allow_nan=False))
    else:
        show(_page(bound.spec, found, min(shape.width or _WIDEST, _WIDEST)), color)
    return ExitStatus.OK if verdict == "pass" else ExitStatus.GATE_FAILED


def _page(spec: str, checks: list[Check], width: int) -> Iterator[Line]:
    yield Line(spec, "heading")
    yield Line("")
    for check in checks:
        first, *rest = textwrap.wrap(check.detail, max(20, width - _INDENT)) or [""]
        head = f"  {check.name:<17}{check.verdict:<9}"
        quiet = check.verdict == "skipped"
        bold = len(head) if check.verdict == "fail" else 0
        yield Line(f"{head}{first}".rstrip(), "faint" if quiet else "plain", bold)
        yield from (Line(" " * _INDENT + line, "faint" if quiet else "plain") for line in rest)
    yield Line("")
    broken = [check.name for check in checks if check.verdict == "fail"]
    if broken:
        yield Line(f"It breaks the contract: {', '.join(broken)}.", bold=len("It breaks the contract:"))
    else:
        yield Line("It keeps the contract.")
