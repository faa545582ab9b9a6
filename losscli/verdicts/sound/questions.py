"""What a gate with a confidence is judged from: the losses alone, beside another model's, or a document."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from losscli.analyses.evaluate.figures import Figure
from losscli.analyses.evaluate.grounds import Grounds
from losscli.compute.statistics.estimate import Estimate, of_samples
from losscli.compute.statistics.intervals.bounds import Bounds
from losscli.compute.statistics.powers import ALONE, Form, Powers, sums_of
from losscli.loss.spec import BoundLoss
from losscli.verdicts.gates.grammar import Constant, Gate, Relative
from losscli.verdicts.sound.confidence import SHARES, Confidence
from losscli.verdicts.sound.held import Held, doubt_of, of_estimate, of_percentile, of_share, of_shares
from losscli.verdicts.sound.judge import Question
from losscli.verdicts.sound.ordered import Ranked
from losscli.verdicts.sound.relative import (
    Both,
    Side,
    apart,
    by_slopes,
    form_of,
    less,
    line_of,
)

NO_SLOPE = "the difference of two such costs has no bounds here"
NO_ERROR = "the baseline has no standard error"
UNPAIRED = "not paired, as a document has no rows; to pair: --baseline-predictions FILE"


def absolute(gate: Gate, figure: Figure, grounds: Grounds, confidence: Confidence) -> Question:
    """Return the question of a gate whose threshold is a number."""
    assert isinstance(gate.threshold, Constant)
    limit = gate.threshold.value
    if figure.value is None:
        return Question(gate, figure, limit)
    if gate.figure in SHARES:
        assert grounds.losses is not None
        ordered = Ranked(grounds.losses)
        held = of_percentile(ordered, SHARES[gate.figure], figure.value, limit)
        return Question(gate, figure, limit, None, held, limit, n=ordered.n)
    bound = grounds.bound
    finishes = gate.figure == "cost" and bound.loss.finish is not None
    at = raw_threshold(bound, limit) if finishes else limit

    def hold(found: Estimate) -> Held:
        if bound.loss.indicator and grounds.plain and confidence.planned_rows is None and found.n:
            return of_share(int(found.mean * Fraction(found.n)), int(found.n), at)
        return of_estimate(found, at, confidence, span=grounds.span)

    ranked = None if grounds.losses is None else Ranked(grounds.losses)

    def without(rows: int, largest: bool) -> Held | None:
        values = None if ranked is None or grounds.sums is None else ranked.values
        if values is None or grounds.sums is None:
            return None
        taken = values[len(values) - rows :] if largest else values[:rows]
        return hold(of_samples(less(grounds.sums, sums_of(ALONE, Powers.of(taken)))))

    return Question(
        gate,
        figure,
        limit,
        held=hold(grounds.mean),
        limit=limit,
        shown=_finishing(bound) if finishes else _same,
        without=without,
        n=round(grounds.mean.n) if grounds.plain else 0,
    )


def paired(gate: Gate, figure: Figure, earlier: Figure, both: Both, confidence: Confidence) -> Question:
    """Return the question of a gate relative to another model's losses of the same rows."""
    question, rule = _relative(gate, figure, earlier)
    if question.reason or figure.value is None or earlier.value is None:
        return question
    line, bound = line_of(rule, earlier.value), both.candidate.bound
    form = form_of(bound, gate.figure, line)
    if form is None:
        linear = by_slopes(both, line)
        held = None if linear is None else of_estimate(linear, 0.0, confidence)
        return replace(question, held=held or _nothing(figure.value - question.threshold))
    shares = (
        bound.loss.indicator
        and both.candidate.plain
        and form.is_difference
        and confidence.planned_rows is None
        and not confidence.guarantee
    )
    span = _span(both.candidate.span, form)

    def hold(found: Estimate, taken: int = 0) -> Held:
        """Return the number; `taken` rows were taken away, of those that are worse, or (< 0) better."""
        if shares:
            worse, better = both.beside.higher - max(taken, 0), both.beside.lower + min(taken, 0)
            return of_shares(worse, better, found, -float(form.constant))
        return of_estimate(found, 0.0, confidence, span=span)

    def without(rows: int, largest: bool) -> Held | None:
        if shares and rows > (both.beside.higher if largest else both.beside.lower):
            return None
        found = both.without(form, rows, lost=largest)
        return None if found is None else hold(found, rows if largest else -rows)

    found = both.estimate(form)
    return replace(
        question, held=hold(found), without=without, n=round(found.n) if both.candidate.plain else 0
    )


def unpaired(
    gate: Gate,
    figure: Figure,
    earlier: Figure,
    grounds: Grounds,
    baseline: Side | None,
    confidence: Confidence,
) -> Question:
    """Return the question of a gate relative to a document; `baseline` is the mean of its losses."""
    question, rule = _relative(gate, figure, earlier)
    if question.reason or figure.value is None or earlier.value is None:
        return question
    distance = figure.value - question.threshold
    if baseline is None:
        return replace(question, held=_nothing(distance, NO_ERROR), reason=UNPAIRED)
    line = line_of(rule, earlier.value)
    mine, bound = grounds.mean, grounds.bound
    one = Side(mine.value, mine.standard_error, mine.size, mine.skewness)
    form = form_of(bound, gate.figure, line)
    if form is None:
        one, other = (_finished_side(bound, side) for side in (one, baseline))
        form, baseline = Form(Fraction(1), -line.factor, -line.offset), other
    found = apart(one, baseline, form)
    if found.wide is None:
        return replace(question, held=_nothing(found.value, NO_ERROR), reason=UNPAIRED)
    wide, doubt = found.wide, ""
    for estimate in (
        Estimate(mine.n, mine.mean, skewness=mine.skewness, size=mine.size, effective=mine.effective),
        Estimate(
            baseline.size,
            Fraction(0),
            skewness=baseline.skewness,
            size=baseline.size,
            effective=baseline.size,
        ),
    ):
        doubt = doubt or doubt_of(estimate)
    held = Held(
        found.value,
        0.0,
        "welch",
        wide.bounds,
        lambda _: wide.p_below(0.0),
        lambda _: wide.p_above(0.0),
        lambda alpha, _: found.rows(alpha),
        doubt,
        in_clusters=mine.clusters is not None,
    )
    del confidence
    return replace(question, held=held, reason=UNPAIRED)


def raw_threshold(bound: BoundLoss, limit: float) -> float:
    """Return the mean whose finished cost is a threshold; infinite where every cost is on one side of it."""

    def cost(mean: float) -> float:
        try:
            return bound.finish(mean)
        except (OverflowError, ValueError):
            return math.nan

    low, high = (0.0 if bound.non_negative else -1e300), 1e300
    if not cost(low) <= limit:
        return -math.inf
    for _ in range(2200):
        middle = _between(low, high)
        if not low < middle < high:
            break
        if cost(middle) <= limit:
            low = middle
        else:
            high = middle
    return low if high < 1e300 else math.inf


def _between(low: float, high: float) -> float:
    """Return a number between two: by magnitude where they are far apart, so that halving is quick."""
    if low > 0.0 and high > 4.0 * low:
        return math.sqrt(low) * math.sqrt(high)
    if low == 0.0 and high > 1e-300:
        return high * 1e-8
    return low + 0.5 * (high - low)


def _finishing(bound: BoundLoss) -> Callable[[Bounds], Bounds]:
    def shown(bounds: Bounds) -> Bounds:
        least = 0.0 if bound.non_negative else -math.inf
        low, high = sorted(bound.finish(max(end, least)) for end in bounds)
        return Bounds(low + 0.0, high + 0.0)

    return shown


def _same(bounds: Bounds) -> Bounds:
    return bounds


def _relative(gate: Gate, figure: Figure, earlier: Figure) -> tuple[Question, Relative]:
    """Return what is known of a relative gate before its bounds."""
    rule = gate.threshold
    assert isinstance(rule, Relative)
    if earlier.value is None:
        reason = f"the baseline: {earlier.reason}"
        return Question(gate, figure, math.nan, None, reason=reason), rule
    limit = rule.at(earlier.value)
    reason = "" if math.isfinite(limit) else f"the threshold is {limit}"
    return Question(gate, figure, limit, earlier.value, reason=reason), rule


def _nothing(distance: float, why: str = NO_SLOPE) -> Held:
    return Held(distance, 0.0, "wide-t", lambda _: None, doubt=why)


def _span(span: tuple[float, float] | None, form: Form) -> tuple[float, float] | None:
    """Return between which numbers a form of two losses in a range is."""
    if span is None:
        return None
    k, c = -float(form.second), float(form.constant)
    ends = sorted((k * span[0], k * span[1]))
    return span[0] - ends[1] + c, span[1] - ends[0] + c


def _finished_side(bound: BoundLoss, side: Side) -> Side:
    slope = 0.0 if bound.loss.finish_derivative is None else bound.finish_derivative(side.value)
    error = None if side.standard_error is None or not slope else abs(slope) * side.standard_error
    skewness = side.skewness if slope >= 0.0 or side.skewness is None else -side.skewness
    return Side(bound.finish(side.value), error, side.size, skewness)
