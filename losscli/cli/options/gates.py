"""The options that judge: gates, the baseline that they compare with, and what a failure does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Function, options
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
    from losscli.verdicts.gates.of_models import ModelGate
    from losscli.verdicts.sound.confidence import Confidence


def gate_conflicts(options: Mapping[str, Any], gates: list[Gate]) -> list[LosscliError]:
    """Add the gate of --fail-above to `gates`; return which gates do not fit the rest of the call."""
    specs = [bound.spec for bound in options["losses"]]
    limit = options["fail_above"]
    there = options["baseline"] is not None or options.get("baseline_predictions") is not None
    if not there and limit is None and not gates:
        return []
    from losscli.verdicts.gates.judge import check_against, fail_above

    grouped = bool(options["group"])
    # Without a loss the call ends with those that fit; the gates are then about none yet.
    computed = specs or [gate.spec for gate in gates]
    summed = options["reduction"] == "sum"
    errors: list[LosscliError] = [
        *check_against(gates, computed, grouped=grouped, baseline=there, summed=summed)
    ]
    if limit is not None and len(specs) > 1:
        found = f"{len(specs)} losses are asked for"
        remedy = f"Name it: {given('gate', f'{specs[0]} <= {plain_number(limit)}')}"
        errors.append(UsageError("--fail-above", found, "one", remedy))
    elif limit is not None and specs:
        gates.append(fail_above(specs[0], limit))
    return errors


def confidence_conflicts(options: Mapping[str, Any], gates: list[Gate]) -> Iterator[LosscliError]:
    """Yield what is wrong with how sure gates are to be, and with the predictions of a baseline.

    `gates` are all gates of the call, that of --fail-above among them.
    """
    predictions, level = options["baseline_predictions"], options["confidence"]
    names = ("confidence", "anytime", "planned_rows", "guarantee", "baseline_predictions")
    if not any(options[name] for name in names) and level is None:
        return
    from losscli.verdicts.sound.confidence import Confidence, refusals, useless, wrong_confidence

    flags = {name: options[name] for name in ("anytime", "planned_rows", "guarantee")}
    both = {"baseline_predictions": predictions is not None, "baseline": options["baseline"] is not None}
    yield from useless(level, gates=bool(gates), **flags, **both)
    if predictions is not None:
        yield from _one_pass(options)
    if level is None:
        return
    yield from (wrong := [*wrong_confidence(level)])
    if not wrong:
        yield from refusals(
            gates,
            options["losses"],
            Confidence(level, options["planned_rows"], options["guarantee"]),
            paired=predictions is not None,
            weighted=options["weight"] is not None,
            importance=options["weight"] is not None and options["weights_are"] != "counts",
            clustered=options["cluster"] is not None,
            summed=options["reduction"] == "sum",
        )
    relative = next((gate for gate in gates if not hasattr(gate.threshold, "value")), None)
    if options["receipt"] is not None and relative is not None and predictions is None:
        found = f"the gate {relative} is decided by how sure the baseline is, which is in no receipt"
        yield UsageError("--receipt", found, "gates on numbers", "Leave out --confidence or --receipt.")


def _one_pass(options: Mapping[str, Any]) -> Iterator[LosscliError]:
    """Yield an error for each option that has no use where two models are read side by side."""
    at = "--baseline-predictions is there"
    if options["labels"] is None:
        found, needed = "the labels are in the file of the predictions", "labels in a file of their own"
        remedy = "Name it: losscli evaluate PREDICTIONS LABELS --baseline-predictions FILE"
        yield UsageError("--baseline-predictions", found, needed, remedy)
    if options["engine"] != "local":
        yield UsageError("--engine", at, "--engine local")
    for name in ("state", "receipt"):
        if options[name] is not None:
            yield UsageError(f"--{name}", at, "one of the two", f"Write the {name} in a call of its own.")


def confidence_of(options: Mapping[str, Any]) -> Confidence | None:
    """Return how sure gates are to be; None where figures are compared as they are."""
    if options["confidence"] is None:
        return None
    from losscli.verdicts.sound.confidence import Confidence

    return Confidence(options["confidence"], options["planned_rows"], options["guarantee"])


def model_gates(
    options: Mapping[str, Any], names: Sequence[str], wrong: list[LosscliError]
) -> tuple[ModelGate, ...]:
    """Return the gates of a comparison of models of these names; what is wrong goes into `wrong`."""
    level = options["confidence"]
    if not options["gate"] and level is None:
        return ()
    from losscli.loss import registry
    from losscli.verdicts.gates.judge import check_against
    from losscli.verdicts.gates.of_models import parse_gates
    from losscli.verdicts.sound.confidence import Confidence, refusals, useless, wrong_confidence

    found, errors = parse_gates(options["gate"], names, registry.find) if names else ([], [])
    wrong += errors
    if level is not None and not options["gate"]:
        wrong += useless(level, gates=False)
    gates = [one.gate for one in found]
    specs = [bound.spec for bound in options["losses"]] or [gate.spec for gate in gates]
    wrong += check_against(gates, specs, grouped=bool(options["group"]))
    bad = [] if level is None else [*wrong_confidence(level)]
    wrong += bad
    if level is not None and not bad:
        weighted = options["weight"] is not None
        wrong += refusals(
            gates,
            options["losses"],
            Confidence(level, options["planned_rows"], options["guarantee"]),
            paired=True,
            weighted=weighted,
            importance=weighted and options["weights_are"] != "counts",
            clustered=options["cluster"] is not None,
            summed=False,
        )
        if options["lag"] is not None:
            found_, needed = "--lag is given too", "gates without it"
            wrong.append(UsageError("--confidence", found_, needed, "Leave out one of them."))
    return tuple(found)


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


exit_zero_option = GATES.rare.option(
    "--exit-zero", is_flag=True, help="Exit with 0 even if a gate fails; failures are still reported."
)
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
    exit_zero_option,
)


def confidence_option(help_: str) -> Callable[[Function], Function]:
    """Add `--confidence`."""
    return GATES.option("--confidence", type=click.FLOAT, metavar="X", help=help_)


model_gate_options = options(
    GATES.option(
        "--gate",
        "-g",
        multiple=True,
        metavar="GATE",
        help='A limit, such as "mse <= 0.3" or "NAME:mse < baseline" (repeatable). If it fails, the exit '
        "status is 1.",
    ),
    confidence_option("Pass or fail only if so sure, such as 0.95; else undecided, exit status 3."),
    exit_zero_option,
)
"""Gates of a comparison; the baseline is one of its models."""
confidence_options = options(
    confidence_option("Pass or fail only if so sure, such as 0.95; else undecided, exit status 3."),
    GATES.rare.option(
        "--baseline-predictions",
        type=click.Path(),
        callback=no_stream("standard input"),
        metavar="FILE",
        help="Another model's predictions of the same rows, to compare with row by row.",
    ),
    GATES.rare.option(
        "--anytime",
        is_flag=True,
        help="Bounds that hold however often one looks again after adding rows; needs --planned-rows.",
    ),
    GATES.rare.option(
        "--planned-rows",
        type=click.IntRange(min=1),
        metavar="N",
        help="The number of rows at which --anytime is the narrowest.",
    ),
    GATES.rare.option(
        "--guarantee",
        is_flag=True,
        help="Bounds that hold for every number of rows; for losses with a largest value.",
    ),
)
