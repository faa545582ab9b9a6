"""The options that judge: gates, the baseline that they compare with, and what a failure does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import options
from losscli.cli.options.inputs import collected
from losscli.cli.options.outputs import no_stream
from losscli.cli.sections import GATES
from losscli.cli.terminal.complete import complete_gate
from losscli.common.errors import LosscliError, UsageError
from losscli.common.options import given
from losscli.common.text import plain_number

if TYPE_CHECKING:
    from losscli.verdicts.gates.baseline import Baseline
    from losscli.verdicts.gates.grammar import Gate


def gate_conflicts(options: Mapping[str, Any], gates: list[Gate]) -> list[LosscliError]:
    """Add the gate of --fail-above to `gates`; return which gates do not fit the rest of the call."""
    specs = [bound.spec for bound in options["losses"]]
    limit, path = options["fail_above"], options["baseline"]
    if path is None and limit is None and not gates:
        return []
    from losscli.verdicts.gates.judge import check_against, fail_above

    grouped = bool(options["group"])
    # Without a loss the call ends with those that fit; the gates are then about none yet.
    computed = specs or [gate.spec for gate in gates]
    summed = options["reduction"] == "sum"
    errors: list[LosscliError] = [
        *check_against(gates, computed, grouped=grouped, baseline=path is not None, summed=summed)
    ]
    if limit is not None and len(specs) > 1:
        found = f"{len(specs)} losses are asked for"
        remedy = f"Name it: {given('gate', f'{specs[0]} <= {plain_number(limit)}')}"
        errors.append(UsageError("--fail-above", found, "one", remedy))
    elif limit is not None and specs:
        gates.append(fail_above(specs[0], limit))
    return errors


def read_baseline(options: Mapping[str, Any]) -> Baseline | None:
    """Return the baseline of a call; None without one."""
    if options["baseline"] is None:
        return None
    from losscli.verdicts.gates.baseline import load_baseline

    return load_baseline(options["baseline"])


def _gates(context: click.Context, _parameter: click.Parameter, texts: Sequence[str]) -> list[Gate]:
    if not texts or context.resilient_parsing:
        return []
    from losscli.loss import registry
    from losscli.verdicts.gates.grammar import parse_gate

    return collected(texts, lambda text: parse_gate(text, registry.find))


def _limit(_context: click.Context, _parameter: click.Parameter, limit: float | None) -> float | None:
    if limit is not None:
        from losscli.verdicts.gates.judge import fail_above

        # Made in vain, so that a limit that is none is told with all else that is wrong.
        fail_above("", limit)
    return limit


gate_options = options(
    GATES.option(
        "--gate",
        "-g",
        callback=_gates,
        shell_complete=complete_gate,
        multiple=True,
        metavar="GATE",
        help='A limit, such as "mse <= 0.3" (repeatable); also "mae.p95[f] < 2" or '
        '"mse <= baseline + 2%". If it fails, the exit status is 1.',
    ),
    GATES.option(
        "--fail-above",
        type=float,
        callback=_limit,
        metavar="X",
        help='Fail if the cost is above X; short for --gate "LOSS <= X" with a single loss.',
    ),
    GATES.option(
        "--baseline",
        type=click.Path(),
        callback=no_stream("standard input"),
        metavar="FILE",
        help="An earlier JSON report to compare with.",
    ),
    GATES.rare.option(
        "--exit-zero", is_flag=True, help="Exit with 0 even if a gate fails; failures are still reported."
    ),
)
