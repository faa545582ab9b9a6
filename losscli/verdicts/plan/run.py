"""Planning: a gate and the figures of some rows to the number of rows that the gate needs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from losscli.analyses.evaluate.run import evaluate
from losscli.analyses.plan.report import Planned
from losscli.common.errors import LosscliError, UsageError
from losscli.common.options import given
from losscli.inputs.reading import Observer
from losscli.inputs.request import Request
from losscli.loss.spec import BoundLoss
from losscli.verdicts.gates.baseline import Baseline
from losscli.verdicts.gates.grammar import Gate, Relative
from losscli.verdicts.plan.rows import Wanted, planned
from losscli.verdicts.sound.confidence import Confidence, refusals, wrong_confidence

_DOCUMENT = re.compile(rb'\s*\{\s*"schema"\s*:')


def is_report(path: object) -> bool:
    """Whether a path is of a document such as `evaluate --format json` writes, not of rows."""
    if not isinstance(path, str | os.PathLike) or path == "-":
        return False
    try:
        with Path(path).open("rb") as file:
            return _DOCUMENT.match(file.read(200)) is not None
    except (OSError, ValueError):
        return False


def wrong(
    gate: Gate,
    bound: BoundLoss,
    *,
    confidence: float,
    power: float,
    weighted: bool = False,
    clustered: bool = False,
) -> Iterator[LosscliError]:
    """Yield what is wrong with what is asked."""
    yield from wrong_confidence(confidence)
    if not 0.5 <= power < 1.0:
        hint = f"For {power:g} %: --power {power / 100.0:g}" if 50.0 <= power < 100.0 else ""
        yield UsageError("--power", f"{power:g}", "a number from 0.5 on and below 1, such as 0.8", hint)
    if isinstance(gate.threshold, Relative):
        found, needed = "how two models differ is not known from one", "a gate on a number"
        remedy = f"losscli compare {given('gate', str(gate))} --confidence {confidence:g} says how many."
        yield UsageError(given("gate", str(gate)), found, needed, remedy)
        return
    yield from refusals(
        [gate],
        [bound],
        Confidence(0.95),
        paired=False,
        weighted=weighted,
        importance=weighted,
        clustered=clustered,
        summed=False,
    )


def plan(wanted: Wanted, request: Request, observe: Observer | None = None) -> Planned:
    """Return how many rows a gate needs, by rows that are there; the request has the loss and a level.

    Raises:
        LosscliError: as `evaluate` does, and where the rows have no such figure.
    """
    report = evaluate(request, observe=observe)
    return planned(wanted, report, report.predictions.path)


def plan_by(wanted: Wanted, baseline: Baseline) -> Planned:
    """Return how many rows a gate needs, by an earlier report. Raises LosscliError if it does not say so."""
    theirs = baseline.signature.as_
    if theirs:
        found, remedy = f"its figures are as {theirs} has them", "Make the report without --as."
        raise LosscliError(baseline.where, found, "figures of losscli", remedy)
    return planned(wanted, baseline.report, baseline.where)
