"""How sure a gate has to be, and whether that makes sense."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from losscli.analyses.evaluate.figures import PERCENTILES
from losscli.common.errors import UsageError
from losscli.compute.statistics.intervals.bounds import error_rate
from losscli.loss.spec import BoundLoss
from losscli.verdicts.gates.grammar import Constant, Gate, Relative

MEANS = ("cost", "mean")
SHARES = {name: share for share, name in PERCENTILES.items()}


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure gates have to be.

    Attributes:
        level: the probability, above 0.5, with which a verdict of pass is right, and one of fail.
        planned_rows: for how many rows bounds that hold at every look are the narrowest; None for bounds
            that hold at one.
        guarantee: whether bounds hold for every n, of losses with a range.
    """

    level: float
    planned_rows: int | None = None
    guarantee: bool = False

    @property
    def alpha(self) -> float:
        """The probability of a wrong verdict, each way."""
        return error_rate(self.level)


def wrong_confidence(level: float) -> Iterator[UsageError]:
    """Yield an error for a confidence that no gate can have."""
    if not 0.5 < level < 1.0:
        hint = f"For {level:g} %: --confidence {level / 100.0:g}" if 50.0 < level < 100.0 else ""
        yield UsageError("--confidence", f"{level:g}", "a number above 0.5 and below 1, such as 0.95", hint)


def useless(
    confidence: float | None,
    *,
    gates: bool,
    anytime: bool = False,
    planned_rows: int | None = None,
    guarantee: bool = False,
    baseline_predictions: bool = False,
    baseline: bool = False,
) -> Iterator[UsageError]:
    """Yield an error for each of these that has no use beside the others."""
    if confidence is not None and not gates:
        yield UsageError("--confidence", "there is no gate", "a gate that it is about", 'Add --gate "GATE"')
    if confidence is None:
        for option, there in (("--anytime", anytime), ("--guarantee", guarantee)):
            if there:
                yield UsageError(option, "gates have no confidence", "one", "Add --confidence 0.95")
    if anytime and planned_rows is None:
        found = "it is not said for how many rows"
        yield UsageError("--anytime", found, "about how many there will be", "Add --planned-rows N")
    if planned_rows is not None and not anytime:
        yield UsageError("--planned-rows", "--anytime is not given", "both or neither", "Add --anytime")
    if anytime and guarantee:
        yield UsageError("--anytime", "--guarantee is given too", "one of them", "Leave out one of them.")
    if baseline_predictions and baseline:
        found, needed = "--baseline is given too", "one baseline"
        yield UsageError("--baseline-predictions", found, needed, "Leave out one of them.")


def refusals(
    gates: Iterable[Gate],
    losses: Iterable[BoundLoss],
    confidence: Confidence,
    where: str = "--gate",
    *,
    paired: bool,
    weighted: bool,
    importance: bool,
    clustered: bool,
    summed: bool,
) -> Iterator[UsageError]:
    """Yield an error for each gate that cannot have a confidence.

    Args:
        gates: those of the call.
        losses: those that are asked for.
        confidence: what is asked.
        where: where gates come from, for messages.
        paired: whether a baseline has rows that are paired with these.
        weighted: whether samples have weights.
        importance: whether weights say how much a sample matters.
        clustered: whether samples come in clusters.
        summed: whether costs are sums.
    """
    bounds = {bound.spec: bound for bound in losses}
    for gate in dict.fromkeys(gates):
        at, bound = f"{where} {gate}", bounds.get(gate.spec)
        figure, relative = gate.figure, isinstance(gate.threshold, Relative)
        if figure not in MEANS and figure not in SHARES:
            found = f"nobody knows how sure {figure} is"
            remedy = "Leave out --confidence, or judge it in a call of its own."
            yield UsageError(at, found, "a gate on the cost, the mean or a percentile", remedy)
        elif summed and figure == "cost":
            found, remedy = "the cost is a sum", f"Use {gate.spec}.mean, or leave out --reduction sum."
            yield UsageError(at, found, "a cost that is a mean", remedy)
        elif figure in SHARES:
            yield from _of_percentile(at, gate, confidence, dependent=weighted or clustered)
        elif confidence.planned_rows is not None and relative and not paired:
            yield _not_paired(at)
        elif confidence.guarantee:
            yield from _guaranteed(at, gate, bound, paired=paired, dependent=importance or clustered)
        elif bound is not None and bound.loss.indicator and not weighted and not clustered:
            yield from _impossible(at, gate)


def _not_paired(at: str) -> UsageError:
    remedy = "Add --baseline-predictions FILE in place of --baseline."
    return UsageError(at, "the baseline is a report, which has no rows", "its predictions", remedy)


def _of_percentile(at: str, gate: Gate, confidence: Confidence, *, dependent: bool) -> Iterator[UsageError]:
    remedy = "Leave out --confidence, or use a gate on the cost."
    if isinstance(gate.threshold, Relative):
        yield UsageError(at, "a percentile beside that of a baseline has no bounds", "a number", remedy)
    if dependent:
        found = "percentiles with weights or clusters have no bounds"
        yield UsageError(at, found, "neither weights nor clusters", remedy)
    if confidence.planned_rows is not None:
        found = "bounds of percentiles do not hold at every look"
        yield UsageError(at, found, "a gate on the cost, judged once", remedy)


def _guaranteed(
    at: str, gate: Gate, bound: BoundLoss | None, *, paired: bool, dependent: bool
) -> Iterator[UsageError]:
    relative = isinstance(gate.threshold, Relative)
    if bound is not None and bound.bounds(2) is None:
        found = f"{gate.spec} can be any number, so nothing is guaranteed"
        yield UsageError(at, found, "a loss with a range, such as brier", "Leave out --guarantee.")
    elif dependent:
        found = "with weights or clusters nothing is guaranteed"
        yield UsageError(at, found, "neither", "Leave out --guarantee.")
    elif relative and not paired:
        yield _not_paired(at)
    elif relative and bound is not None and gate.figure == "cost" and _is_offset(gate, bound):
        found = "the difference of two such costs is not a mean"
        yield UsageError(at, found, f"{gate.spec} <= baseline * FACTOR", "Leave out --guarantee.")


def _is_offset(gate: Gate, bound: BoundLoss) -> bool:
    rule = gate.threshold
    return (
        bound.loss.finish is not None
        and isinstance(rule, Relative)
        and rule.operation in ("+", "-")
        and not rule.percent
    )


def _impossible(at: str, gate: Gate) -> Iterator[UsageError]:
    """Yield an error for a gate that no number of losses of 0 and 1 can pass."""
    if not isinstance(gate.threshold, Constant):
        return
    limit, upper = gate.threshold.value, gate.operator[0] == "<"
    if (upper and limit <= 0.0) or (not upper and limit >= 1.0):
        found = f"no number of rows shows a share of {0 if upper else 1}"
        needed = f"a limit {'above 0' if upper else 'below 1'}, such as {'0.01' if upper else '0.99'}"
        yield UsageError(at, found, needed, "Or leave out --confidence.")
