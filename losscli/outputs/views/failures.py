"""What reports on checks share: who they are, what failed, and the samples behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from losscli.common.errors import message, single
from losscli.common.text import readable_number, shorten, visible

if TYPE_CHECKING:
    from losscli.analyses.compare.report import ComparisonFigures, LossComparison
    from losscli.analyses.evaluate.report import Checked, GateOutcome, Report, Result
    from losscli.analyses.report import Sample

FEW = 3
"""How many of the worst samples stand behind a failed gate."""

_NOT_OF_SAMPLES = ("n", "dropped", "min")
_LONGEST = 80


def messages(check: Checked) -> tuple[str, ...]:
    """Return what was wrong with a check, a sentence each, line ends only where they are our own."""
    return () if check.error is None else tuple(message(one) for one in single(check.error))


def not_passed(check: Checked) -> tuple[GateOutcome, ...]:
    """Return the gates that failed, and behind them those that could not be decided."""
    gates = () if check.report is None else check.report.gates
    return (
        *(gate for gate in gates if gate.verdict == "fail"),
        *(gate for gate in gates if gate.verdict == "undecided"),
    )


def failure(gate: GateOutcome) -> str:
    """Return what is said of a gate that did not pass, on one line, its data visible."""
    from losscli.verdicts.gates.judge import explain

    return visible(explain(gate))


def behind(report: Report | None, gate: GateOutcome, most: int = FEW) -> tuple[Sample, ...]:
    """Return the worst samples behind a gate that failed: of its group, where it is about one.

    None of a comparison, and none where large losses are not what failed it: the gate asks for larger
    values, or is about a count, or about the smallest loss.
    """
    if gate.operator[:1] != "<" or gate.figure in _NOT_OF_SAMPLES:
        return ()
    found = result_of(report, gate)
    return () if found is None else found.worst[:most]


def result_of(report: Report | None, gate: GateOutcome) -> Result | None:
    """Return the result that a gate is about: that of its group, where it is about one."""
    results = () if report is None else report.results
    found = next((one for one in results if one.loss == gate.loss), None)
    if found is None or gate.group is None:
        return found
    return next((one for one in found.groups if one.group == gate.group), None)


def describe(sample: Sample) -> str:
    """Return one sample on one line: `row 57, id 57: label 52, prediction 214.74, loss 26484.1`."""
    from losscli.inputs.places import told

    file = f"{shorten(sample.shard)} " if sample.shard else ""
    id_ = "" if sample.id is None else f", id {shorten(sample.id)}"
    who = f"{file}{told(sample.row, sample.line)}{id_}"
    label, prediction = _value(sample.label), _value(sample.prediction)
    return f"{who}: label {label}, prediction {prediction}, loss {readable_number(sample.loss)}"


def without_samples(check: Checked, most: int) -> Checked:
    """Return the check with `most` samples of each loss and group, or of each comparison, at the most."""
    from losscli.analyses.compare.report import CompareReport

    if isinstance(check.report, CompareReport):
        compared = (replace(one, comparisons=_fewer(one, most)) for one in check.report.results)
        return replace(check, report=replace(check.report, results=tuple(compared)))
    if check.evaluation is None:
        return check
    results = tuple(
        replace(one, worst=one.worst[:most], groups=tuple(_cut(one.groups, most)))
        for one in check.evaluation.results
    )
    return replace(check, report=replace(check.evaluation, results=results))


def _fewer(result: LossComparison, most: int) -> tuple[ComparisonFigures, ...]:
    return tuple(replace(one, gained=one.gained[:most], lost=one.lost[:most]) for one in result.comparisons)


def _cut(groups: Iterable[Result], most: int) -> Iterable[Result]:
    return (replace(group, worst=group.worst[:most]) for group in groups)


def _value(value: float | str | tuple[float, ...]) -> str:
    if isinstance(value, str):
        return shorten(value)
    if not isinstance(value, tuple):
        return readable_number(value)
    shown = ", ".join(map(readable_number, value))
    return f"({shown})" if len(shown) <= _LONGEST else f"({shown[:_LONGEST]}…)"
