"""The gates of a report, each with the same confidence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from losscli.analyses.evaluate.figures import find_result, read_figure
from losscli.analyses.evaluate.grounds import Grounds
from losscli.analyses.evaluate.report import GateOutcome, Report, Result
from losscli.verdicts.gates.baseline import Baseline
from losscli.verdicts.gates.grammar import Constant, Gate
from losscli.verdicts.sound.beside import BothOf
from losscli.verdicts.sound.confidence import Confidence
from losscli.verdicts.sound.judge import Question, judge
from losscli.verdicts.sound.questions import absolute, paired, unpaired
from losscli.verdicts.sound.relative import Side


def questions(
    report: Report,
    gates: Iterable[Gate],
    confidence: Confidence,
    *,
    baseline: Baseline | None = None,
    both: BothOf | None = None,
) -> list[Question]:
    """Return what gates are judged from, each gate once.

    Args:
        report: what was found, with grounds.
        gates: the conditions.
        confidence: how sure they have to be.
        baseline: what relative ones compare with.
        both: what is known of its rows beside those of the baseline; None for a baseline without rows.
    """
    return [_question(report, gate, confidence, baseline, both) for gate in dict.fromkeys(gates)]


def judged(
    report: Report,
    gates: Iterable[Gate],
    confidence: Confidence,
    *,
    baseline: Baseline | None = None,
    both: BothOf | None = None,
) -> tuple[GateOutcome, ...]:
    """Return what became of the gates of one report; see `questions`."""
    return judge(questions(report, gates, confidence, baseline=baseline, both=both), confidence)


def without_grounds(report: Report) -> Report:
    """Return a report without what its gates were judged from."""

    def bare(result: Result) -> Result:
        return replace(result, grounds=None, groups=tuple(map(bare, result.groups)))

    return replace(report, results=tuple(map(bare, report.results)))


def _question(
    report: Report, gate: Gate, confidence: Confidence, baseline: Baseline | None, both: BothOf | None
) -> Question:
    result = find_result(report, gate.spec, gate.group)
    figure = read_figure(result, gate.figure)
    grounds = result.grounds if isinstance(result, Result) else None
    if grounds is None:
        limit = gate.threshold.value if isinstance(gate.threshold, Constant) else math.nan
        return Question(gate, replace(figure, value=None), limit, reason="its losses are not known")
    if isinstance(gate.threshold, Constant):
        return absolute(gate, figure, grounds, confidence)
    if baseline is None:
        return Question(gate, figure, math.nan, reason="there is no baseline")
    there = find_result(baseline.report, gate.spec, gate.group)
    earlier = read_figure(there, gate.figure)
    if both is not None:
        known = both(gate.spec, gate.group)
        assert known is not None
        return paired(gate, figure, earlier, known, confidence)
    return unpaired(gate, figure, earlier, grounds, _side(grounds, there), confidence)


def _side(grounds: Grounds, there: Result | str) -> Side | None:
    """Return the mean of a baseline that is a document; None where nothing is said of how sure it is."""
    if isinstance(there, str) or not math.isfinite(there.mean):
        return None
    error, bound = there.standard_error, grounds.bound
    if error is None or math.isnan(error):
        return None
    if bound.loss.finish is not None:
        slope = 0.0 if bound.loss.finish_derivative is None else bound.finish_derivative(there.mean)
        if not slope:
            return None
        error = error / abs(slope)
    sure = there.sure
    size = float(there.n)
    if sure is not None:
        size = float(sure.clusters or sure.n_effective or size)
    return Side(there.mean, error, size, None if sure is None else sure.skewness)
