"""Whether a report passes its gates, such as `mse.p95[f] <= 9000`: pass, fail, or undecided."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence

from losscli.analyses.evaluate.figures import COUNTS, Figure, find_result, read_figure
from losscli.analyses.evaluate.report import GateOutcome, Report, Verdict
from losscli.common.errors import UsageError
from losscli.common.options import given
from losscli.common.text import listed, nearest, plain_number, readable_number
from losscli.inputs.groups import quoted_name
from losscli.verdicts.gates.baseline import Baseline
from losscli.verdicts.gates.grammar import Constant, Gate, Relative

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}


def fail_above(spec: str, limit: float) -> Gate:
    """Return the gate of `--fail-above`: the cost of the loss is at most `limit`.

    Raises:
        UsageError: if `limit` is not finite; nothing could fail it, or nothing could pass.
    """
    if not math.isfinite(limit):
        raise UsageError("--fail-above", f"{limit} is not a limit", "it has to be a finite number")
    return Gate(spec, "cost", None, "<=", Constant(limit))


def check_against(
    gates: Iterable[Gate],
    specs: Sequence[str],
    where: str = "--gate",
    *,
    grouped: bool = True,
    baseline: bool = True,
    summed: bool = False,
) -> list[UsageError]:
    """Return what is wrong with gates in a call, before anything is read.

    Args:
        gates: all gates of the call.
        specs: the losses that are asked for; empty if that is not known, and told elsewhere.
        where: where gates come from, for messages.
        grouped: whether the samples are grouped.
        baseline: whether there is a baseline, or that is all the same.
        summed: whether costs are sums, which have no standard error.
    """
    gates = list(dict.fromkeys(gates))
    errors = [
        UsageError(
            f"{where} {gate}",
            f"{gate.spec} is not computed",
            f"the losses asked for are {listed(list(specs), 20)}" if specs else "no loss was asked for",
            f"Add {given('loss', gate.spec)}; or name one of those.",
        )
        for gate in gates
        if gate.spec not in specs
    ]
    if not grouped:
        errors += [
            UsageError(f"{where} {gate}", "the samples are not grouped", "groups", "Add --group COLUMN.")
            for gate in gates
            if gate.group is not None
        ]
    if summed:
        found, remedy = "a sum has no standard error", "Leave out --reduction sum."
        errors += [
            UsageError(f"{where} {gate}", found, "a mean", remedy)
            for gate in gates
            if gate.figure == "stderr"
        ]
    if not baseline:
        needed, remedy = "an earlier document of evaluate", "Add --baseline FILE."
        errors += [
            UsageError(f"{where} {gate}", "there is no baseline", needed, remedy)
            for gate in gates
            if isinstance(gate.threshold, Relative)
        ]
    return errors


def strangers(report: Report, gates: Iterable[Gate]) -> list[UsageError]:
    """Return an error for each gate on a group that does not occur: a typo, or data that is missing."""
    found = ((gate, find_result(report, gate.spec, gate.group)) for gate in dict.fromkeys(gates))
    names = sorted({quoted_name(part.group or "") for result in report.results for part in result.groups})
    return [
        UsageError(f"gate {gate}", said, "a group that exists", nearest(gate.group, names))
        for gate, said in found
        if gate.group is not None and isinstance(said, str)
    ]


def judge(report: Report, gates: Iterable[Gate], baseline: Baseline | None = None) -> tuple[GateOutcome, ...]:
    """Compare each gate's value with its threshold. A gate that is given twice is judged once.

    A value that is missing, undefined or not finite fails, and so does any value of zero rows, and
    any value if the threshold is not finite; the outcome's `reason` then says why.
    """
    return tuple(_judge(report, gate, baseline) for gate in dict.fromkeys(gates))


def _judge(report: Report, gate: Gate, baseline: Baseline | None) -> GateOutcome:
    figure = read_figure(find_result(report, gate.spec, gate.group), gate.figure)
    threshold, earlier = _threshold(gate, baseline)
    verdict = decide(gate, figure, threshold)
    undecided = verdict == "undecided"
    reason = _undecided(gate, figure, threshold) if undecided else figure.reason or threshold.reason
    return GateOutcome(
        str(gate),
        figure.value,
        threshold.value if threshold.value is not None else threshold.low,
        verdict,
        reason,
        loss=gate.spec,
        figure=gate.figure,
        group=gate.group,
        operator=gate.operator,
        baseline=earlier,
    )


def decide(gate: Gate, figure: Figure, threshold: Figure) -> Verdict:
    """Return the verdict on a figure: undecided where the ends of the two ranges say different things."""
    if figure.value is None or threshold.value is None:
        return "fail"
    compare = _COMPARE[gate.operator]
    ends = {
        compare(value, limit)
        for value in (figure.low, figure.high)
        for limit in (threshold.low, threshold.high)
    }
    return "undecided" if len(ends) > 1 else "pass" if True in ends else "fail"


def _threshold(gate: Gate, baseline: Baseline | None) -> tuple[Figure, float | None]:
    """Return a threshold and the range in which the exact one lies, and the baseline's figure."""
    rule = gate.threshold
    if isinstance(rule, Constant):
        ends, figure = [rule.value], None
    elif baseline is None:
        return Figure(None, reason="there is no baseline"), None
    else:
        earlier = read_figure(find_result(baseline.report, gate.spec, gate.group), gate.figure)
        figure = earlier.value
        if figure is None:
            return Figure(None, reason=f"{baseline.where}: {earlier.reason}"), None
        ends = [rule.at(end) for end in (figure, earlier.low, earlier.high)]
    value = ends[0]
    if not math.isfinite(value):
        return Figure(None, value, value, f"the threshold is {value}"), figure
    return Figure(value, min(ends), max(ends)), figure


def _undecided(gate: Gate, figure: Figure, threshold: Figure) -> str:
    """Return why a gate cannot decide, and what would help."""
    ranges = []
    if not figure.exact:
        ranges.append(f"{gate.figure} is between {_ends(figure.low, figure.high)}")
    if not threshold.exact:
        ranges.append(f"the threshold is between {_ends(threshold.low, threshold.high)}")
    return (
        f"too close to decide from a histogram: {', '.join(ranges)}; "
        "use a gate with more room, or one on the cost, which is exact"
    )


def _ends(low: float, high: float) -> str:
    return f"{readable_number(low)} and {readable_number(high)}"


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
        parts.extend(_bounds(outcome))
    figures = ", ".join(parts)
    return "; ".join(part for part in (figures, outcome.reason) if part)


def _bounds(outcome: GateOutcome) -> Iterator[str]:
    """Yield in words the bounds of a gate with a confidence: of the figure, or of how far it is off."""
    if outcome.sound is None or outcome.sound.bounds is None:
        return
    low, high = (readable_number(end) if math.isfinite(end) else "none" for end in outcome.sound.bounds)
    of = " of the distance from it" if outcome.baseline is not None else ""
    yield f"bounds{of} {low} and {high}"


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
    if outcome.figure in COUNTS or not math.isfinite(share):
        return [f"{readable_number(size, 3)} {side} {it}"]
    return [f"{readable_number(share, 3)} % {side} {it}"]
