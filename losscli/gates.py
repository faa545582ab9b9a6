"""Gates: conditions on the figures of a report, such as `mse.p95[f] <= 9000`, and their verdicts."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence

from losscli.errors import UsageError
from losscli.gate_text import OPERATORS, STATISTICS, Constant, Gate, Threshold, parse_gate
from losscli.report import GateOutcome, Report, Result
from losscli.text import listed, plain_number, readable_number

__all__ = [
    "OPERATORS",
    "STATISTICS",
    "Constant",
    "Gate",
    "Threshold",
    "check_against",
    "explain",
    "fail_above",
    "judge",
    "parse_gate",
    "why",
]

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}

_READ: dict[str, Callable[[Result], float | None]] = {
    "cost": lambda result: result.cost,
    "mean": lambda result: result.mean,
    "sum": lambda result: result.sum,
    "std": lambda result: result.std,
    "min": lambda result: result.min,
    "max": lambda result: result.max,
    "n": lambda result: result.n,
    "dropped": lambda result: result.dropped,
    "p50": lambda result: result.quantiles.get(0.5),
    "p90": lambda result: result.quantiles.get(0.9),
    "p95": lambda result: result.quantiles.get(0.95),
    "p99": lambda result: result.quantiles.get(0.99),
}


def fail_above(spec: str, limit: float) -> Gate:
    """Return the gate of `--fail-above`: the cost of the loss is at most `limit`.

    Raises:
        UsageError: if `limit` is not finite; nothing could fail it, or nothing could pass.
    """
    if not math.isfinite(limit):
        raise UsageError("--fail-above", f"{limit} is no limit", "it has to be a finite number")
    return Gate(spec, "cost", None, "<=", Constant(limit))


def check_against(gates: Iterable[Gate], specs: Sequence[str], where: str = "--gate") -> list[UsageError]:
    """Return an error for each gate on a loss that is not among those asked for, `specs`."""
    return [
        UsageError(
            f"{where} {gate}",
            f"{gate.spec} is not computed",
            f"the losses asked for are {listed(list(specs), 20)}" if specs else "no loss was asked for",
            f"Add --loss {gate.spec}, or name one of those.",
        )
        for gate in gates
        if gate.spec not in specs
    ]


def judge(report: Report, gates: Iterable[Gate]) -> tuple[GateOutcome, ...]:
    """Compare each gate's value with its threshold.

    A value that is missing, undefined or not finite fails, and so does any value of zero rows;
    the outcome's `reason` then says why, and its `value` is None.
    """
    return tuple(_judge(report, gate) for gate in gates)


def explain(outcome: GateOutcome) -> str:
    """Return the sentence that a log or a report says about a gate, on one line unless a name breaks it.

    `gate failed: mse <= baseline + 2%: the value is 3100.2, the threshold 3037.9 (baseline 2978.4),
    2.05 % beyond it`. Names in it are as they were found; who shows it makes them harmless first.
    """
    told = {"pass": "passed", "undecided": "undecided", "fail": "failed"}[outcome.verdict]
    return f"gate {told}: {outcome.gate}: {why(outcome)}"


def why(outcome: GateOutcome) -> str:
    """Return `explain` without the gate and its verdict: the figures, the distance, the reason."""
    parts = []
    if outcome.value is not None:
        parts.append(f"the value is {plain_number(outcome.value)}")
        if outcome.baseline is not None:
            baseline = plain_number(outcome.baseline)
            parts.append(f"the threshold {plain_number(outcome.threshold)} (baseline {baseline})")
        parts.extend(_distance(outcome))
    figures = ", ".join(parts)
    return "; ".join(part for part in (figures, outcome.reason) if part)


def _distance(outcome: GateOutcome) -> list[str]:
    """Return in words how far the value is from the threshold; nothing where that is no number."""
    margin = outcome.margin
    if margin is None:
        return []
    it = "it" if outcome.baseline is not None else "the threshold"
    if margin == 0.0:
        return [f"equal to {it}"]
    side = "within" if margin > 0.0 else "beyond"
    size = abs(margin)
    share = 100.0 * size / abs(outcome.threshold) if outcome.threshold else math.inf
    if outcome.figure in ("n", "dropped") or not math.isfinite(share):
        return [f"{readable_number(size, 3)} {side} {it}"]
    return [f"{readable_number(share, 3)} % {side} {it}"]


def _judge(report: Report, gate: Gate) -> GateOutcome:
    value, reason = _value(report, gate)
    threshold = gate.threshold.value
    holds = value is not None and not reason and _COMPARE[gate.operator](value, threshold)
    return GateOutcome(
        str(gate),
        value,
        threshold,
        "pass" if holds else "fail",
        reason,
        loss=gate.spec,
        figure=gate.statistic,
        group=gate.group,
        operator=gate.operator,
    )


def _value(report: Report, gate: Gate) -> tuple[float | None, str]:
    """Return the figure that a gate is about, or None and why there is none that could be compared."""
    found = _find_result(report, gate)
    if isinstance(found, str):
        return None, found
    value = _READ[gate.statistic](found)
    if found.n == 0:
        return None, "no row counts"
    if value is None:
        return None, f"{gate.statistic} is undefined for {found.n} row{'s' if found.n != 1 else ''}"
    if not math.isfinite(value):
        return None, f"{gate.statistic} is {value}"
    if not math.isfinite(gate.threshold.value):
        return None, f"the threshold is {gate.threshold.value}"
    return value, ""


def _find_result(report: Report, gate: Gate) -> Result | str:
    """Return the figures that the gate is about, or why there are none."""
    result = next((result for result in report.results if result.loss == gate.spec), None)
    if result is None:
        return f"{gate.spec} was not computed"
    if gate.group is None:
        return result
    for group in result.groups:
        if group.group == gate.group:
            return group
    names = [group.group or "" for group in result.groups]
    return f"there is no such group; there are {listed(names)}" if names else "there are no groups"
