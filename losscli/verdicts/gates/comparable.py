"""Is a baseline about the same thing? What differs is an error where it makes a comparison meaningless.

Where it does not, it is a note. Nothing is compared in silence.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from losscli.analyses.evaluate.figures import PERCENTILES, find_result, read_figure
from losscli.analyses.report import Report, Result
from losscli.analyses.signature import parts
from losscli.common.errors import LosscliError
from losscli.common.text import listed, plain_number, shorten
from losscli.loss import Value
from losscli.loss.spec import BoundLoss
from losscli.verdicts.gates.baseline import REMEDY, Baseline, read_signature
from losscli.verdicts.gates.text import Gate
from losscli.verdicts.gates.threshold import Relative

WEIGHTED = ("cost", "mean", "sum", "std")
"""The figures that weights enter. Percentiles and counts are those of the samples."""

_COUNTS = ("n", "dropped", "ignored", "clipped")


def relative_gates(gates: Iterable[Gate]) -> list[Gate]:
    """Return the gates that compare with a baseline, each once."""
    return [gate for gate in dict.fromkeys(gates) if isinstance(gate.threshold, Relative)]


def refusals(
    gates: Iterable[Gate],
    baseline: Baseline,
    losses: Sequence[BoundLoss],
    *,
    reduction: str,
    weight: str | None,
) -> list[LosscliError]:
    """Return why gates cannot be compared with a baseline, as far as that is known before a run.

    Args:
        gates: all gates of the call.
        baseline: what they are compared with.
        losses: what is computed.
        reduction: `mean` or `sum`.
        weight: the column of weights; None for none.
    """
    found: list[LosscliError] = []
    bound = {loss.spec: loss for loss in losses}
    for gate in relative_gates(gates):
        missing = list(_missing(gate, baseline, bound[gate.spec])) if gate.spec in bound else []
        found.extend(missing or _otherwise(gate, baseline, reduction, weight))
    # Several gates may find the same fault.
    return list({str(error): error for error in found}.values())


def _missing(gate: Gate, baseline: Baseline, bound: BoundLoss) -> Iterator[LosscliError]:
    """Yield an error if the baseline has no figure of the gate's loss, parameters and group."""
    where, needs = baseline.where, f"the gate {shorten(str(gate), 100)} needs it"
    result = find_result(baseline.report, gate.spec, None)
    if isinstance(result, str):
        yield LosscliError(where, f"it has no {gate.spec}", needs, _nearest(baseline.report, bound))
        return
    if (other := _differing(result.parameters, bound.parameters)) != "":
        found = f"its {gate.spec} has other parameters: {other}"
        yield LosscliError(where, found, "the same", "Make the baseline again with this version.")
        return
    figure = read_figure(baseline.report, gate.spec, gate.statistic, gate.group)
    if (
        figure.value is None
        and gate.group is not None
        and isinstance(find_result(baseline.report, gate.spec, gate.group), str)
    ):
        names = [group.group or "" for group in result.groups]
        there = f"it has the groups {listed(names)}" if names else "it has no groups"
        remedy = "" if names else "Make it with --group COLUMN."
        yield LosscliError(where, f"{gate.spec} has no group {shorten(gate.group)}; {there}", needs, remedy)
    elif figure.value is None:
        yield LosscliError(where, f"{gate.metric} is no figure to compare with: {figure.reason}", needs)


def _nearest(report: Report, bound: BoundLoss) -> str:
    """Return what the baseline has in place of a loss."""
    name, specs = bound.loss.name, [result.loss for result in report.results]
    same = [result for result in report.results if result.loss == name or result.loss.startswith(f"{name}:")]
    if same:
        nearest = min(same, key=lambda result: _differing(result.parameters, bound.parameters).count(","))
        other = _differing(nearest.parameters, bound.parameters)
        return (
            f"It has {shorten(nearest.loss)}, with other parameters: {other}."
            if other
            else f"It has {shorten(nearest.loss)}."
        )
    near = difflib.get_close_matches(name, specs, 1)
    return f"It has {listed([*near, *(spec for spec in specs if spec not in near)])}."


def _differing(there: Mapping[str, Value], here: Mapping[str, Value]) -> str:
    """Return in words which parameters differ; nothing where none does."""
    return ", ".join(
        f"{shorten(name, 30)} is {_shown(there, name)} there, {_shown(here, name)} here"
        for name in dict.fromkeys([*here, *there])
        if _shown(there, name) != _shown(here, name)
    )


def _shown(parameters: Mapping[str, Value], name: str) -> str:
    if name not in parameters:
        return "no parameter"
    value = parameters[name]
    if value is None or isinstance(value, bool):
        return "none" if value is None else str(value).lower()
    return plain_number(value)


def _otherwise(gate: Gate, baseline: Baseline, reduction: str, weight: str | None) -> Iterator[LosscliError]:
    """Yield an error for each way in which the baseline's figure was computed otherwise."""
    there = baseline.report.reduction
    if gate.statistic == "cost" and there != reduction:
        found = f"its cost is a {there} (--reduction {there}), here it is a {reduction}"
        remedy = "Compare what is the same in both, such as LOSS.mean."
        yield LosscliError(baseline.where, found, "the same reduction", remedy)
    weighted = baseline.facts.weight
    if gate.statistic in WEIGHTED and (weighted is None) != (weight is None):
        found = (
            "it is without weights, and this call is with them"
            if weighted is None
            else (f"it is weighted by {shorten(weighted)}, and this call has no weights")
        )
        yield LosscliError(baseline.where, found, "weights in both or in neither", REMEDY)


def sums_of_others(gates: Iterable[Gate], baseline: Baseline, report: Report) -> list[LosscliError]:
    """Return an error for each gate that compares a sum over other numbers of samples.

    A mean over another number of samples may be compared, a sum may not.
    """
    found: list[LosscliError] = []
    for gate in relative_gates(gates):
        summed = gate.statistic == "sum" or (gate.statistic == "cost" and report.reduction == "sum")
        there, here = (find_result(one, gate.spec, gate.group) for one in (baseline.report, report))
        if summed and isinstance(there, Result) and isinstance(here, Result) and there.n != here.n:
            what = f"{gate.metric} is a sum over {there.n} samples there, over {here.n} here"
            remedy = f"Compare {gate.spec}.mean, or make the baseline again."
            found.append(LosscliError(baseline.where, what, "sums over equally many", remedy))
    return found


def differences(gates: Iterable[Gate], baseline: Baseline, report: Report) -> tuple[str, ...]:
    """Return a note for each way in which a baseline differs that leaves a comparison its meaning."""
    relative = relative_gates(gates)
    if not relative:
        return ()
    said = ["; ".join(run)] if (run := [*_run_differs(baseline, report)]) else []
    said.extend(_code_differs(dict.fromkeys(gate.spec for gate in relative), baseline.report, report))
    for spec, group in dict.fromkeys((gate.spec, gate.group) for gate in relative):
        there, here = (find_result(one, spec, group) for one in (baseline.report, report))
        if isinstance(there, Result) and isinstance(here, Result):
            counts = [
                _versus(name, getattr(there, name), getattr(here, name))
                for name in _COUNTS
                if getattr(there, name) != getattr(here, name)
            ]
            if there.n == here.n and there.weight_sum != here.weight_sum:
                sums = plain_number(there.weight_sum), plain_number(here.weight_sum)
                counts.append(_versus("the sum of weights", *sums))
            metric = spec if group is None else f"{spec}[{shorten(group)}]"
            said.extend([f"{metric}: {'; '.join(counts)}"] if counts else [])
    said.extend(
        f"{gate.metric} comes from a histogram there, and is not exact"
        for gate in relative
        if gate.statistic in PERCENTILES and not _exact_there(gate, baseline)
    )
    return tuple(f"{baseline.where}: {what}" for what in said)


def _run_differs(baseline: Baseline, report: Report) -> Iterator[str]:
    there, here = baseline.facts, read_signature(report.signature)
    pairs = (
        ("losscli", baseline.report.version, report.version),
        ("the pairing of rows", baseline.report.alignment, report.alignment),
        ("--reduction", baseline.report.reduction, report.reduction),
        ("--bad-rows", there.bad, here.bad),
        ("--weight", there.weight, here.weight),
        ("--ignore-label", there.ignored, here.ignored),
        ("--map-labels", there.mapped, here.mapped),
    )
    for name, old, new in pairs:
        if old != new:
            yield _versus(name, _words(old), _words(new))


def _code_differs(specs: Iterable[str], there: Report, here: Report) -> Iterator[str]:
    """Yield what differs of losses that do not come with losscli: the same name may be other code."""
    old, new = _origins(there), _origins(here)
    for spec in specs:
        if spec in old and spec in new and old[spec] != new[spec]:
            yield _versus(f"the code of {shorten(spec)}", _words(old[spec]), _words(new[spec]))


def _origins(report: Report) -> dict[str, tuple[str, ...]]:
    """Return where each loss comes from, as the signature says it; nothing where it cannot be read."""
    try:
        losses = parts(report.signature).losses
    except ValueError:
        return {}
    return {result.loss: one.origin for result, one in zip(report.results, losses, strict=False)}


def _words(value: str | tuple[str, ...] | None) -> str:
    parts = [value] if isinstance(value, str) else [*(value or ())]
    return listed(parts) if parts else "nothing"


def _versus(name: str, there: object, here: object) -> str:
    return f"{name} is {there} there, {here} here"


def _exact_there(gate: Gate, baseline: Baseline) -> bool:
    result = find_result(baseline.report, gate.spec, gate.group)
    return isinstance(result, Result) and result.quantiles_exact
