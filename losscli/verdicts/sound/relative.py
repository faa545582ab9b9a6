"""A gate relative to a baseline as a number that is held against 0: a − k·b − c of the losses of each row."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from losscli.analyses.evaluate.grounds import Grounds
from losscli.compute.evidence import Beside, Evidence, estimate_of_two
from losscli.compute.statistics.clusters import Clusters
from losscli.compute.statistics.estimate import Estimate, of_samples
from losscli.compute.statistics.exact_sum import rounded
from losscli.compute.statistics.intervals.mean import WideT
from losscli.compute.statistics.intervals.rows_needed import POWER
from losscli.compute.statistics.intervals.unpaired import welch
from losscli.compute.statistics.powers import Form, Sums, sums_of
from losscli.compute.statistics.special import log, normal_upper_quantile
from losscli.loss.spec import BoundLoss
from losscli.verdicts.gates.grammar import Relative

ROOT, EXPONENTIAL = "√(mean)", "exp(mean)"


@dataclass(frozen=True, slots=True)
class Line:
    """A threshold as k times the baseline's figure, and c."""

    factor: Fraction
    offset: Fraction


def line_of(rule: Relative, baseline: float) -> Line:
    """Return the line of a threshold; a percentage is one of the size of the baseline's figure."""
    amount = Fraction(rule.amount)
    match rule.operation:
        case "":
            return Line(Fraction(1), Fraction(0))
        case "*":
            return Line(amount, Fraction(0))
    signed = amount if rule.operation == "+" else -amount
    if not rule.percent:
        return Line(Fraction(1), signed)
    return Line(1 + (signed if baseline >= 0.0 else -signed) / 100, Fraction(0))


@dataclass(frozen=True)
class Both:
    """A loss of a candidate and of a baseline on the same rows.

    Attributes:
        candidate, baseline: what is known of each.
        evidence: the exact sums of both.
        beside: what is known of them beside each other.
        clusters: the sums by cluster of all models; None without.
        columns: which columns of these are of the two.
        lost, gained: the losses (candidate's, baseline's) of the rows in which the candidate's is the most
            higher, and lower, in that order; as far as they are kept.
    """

    candidate: Grounds
    baseline: Grounds
    evidence: tuple[Evidence, Evidence]
    beside: Beside
    clusters: Clusters | None = None
    columns: tuple[int, int] = (0, 1)
    lost: tuple[tuple[float, float], ...] = ()
    gained: tuple[tuple[float, float], ...] = ()

    def estimate(self, form: Form) -> Estimate:
        """Return the mean of a form of the two losses."""
        return estimate_of_two(form, *self.evidence, self.beside, self.clusters, self.columns)

    def without(self, form: Form, rows: int, *, lost: bool) -> Estimate | None:
        """Return that of all rows but so many that move the difference the most; None where unknown."""
        kept = self.lost if lost else self.gained
        if rows > len(kept) or not self.candidate.plain or not form.is_difference:
            return None
        whole = sums_of(form, self.evidence[0].powers[0], self.evidence[1].powers[0], self.beside.mixed[0])
        taken = [form.first * Fraction(a) + form.second * Fraction(b) + form.constant for a, b in kept[:rows]]
        of_taken = [sum((one**power for one in taken), Fraction(0)) for power in range(4)]
        return of_samples(less(whole, Sums(*of_taken)))


def less(whole: Sums, part: Sums) -> Sums:
    """Return the sums of all numbers but those of a part of them."""
    third = None if whole.third is None or part.third is None else whole.third - part.third
    return Sums(whole.none - part.none, whole.first - part.first, whole.second - part.second, third)


def form_of(bound: BoundLoss, figure: str, line: Line) -> Form | None:
    """Return what is below 0 exactly where the gate's figure is below its threshold; None where none is.

    Of costs that are finished it is one of the losses all the same, where that says the same.
    """
    k, c = line.factor, line.offset
    if figure == "mean" or bound.loss.finish is None:
        return Form(Fraction(1), -k, -c)
    if c or k <= 0:
        return None
    if k == 1:
        return Form(Fraction(1), Fraction(-1))
    if bound.loss.finish_formula == ROOT:
        return Form(Fraction(1), -k * k)
    if bound.loss.finish_formula == EXPONENTIAL:
        return Form(Fraction(1), Fraction(-1), -Fraction(log(float(k))))
    return None


def by_slopes(both: Both, line: Line) -> Estimate | None:
    """Return a − k·b − c of two finished costs, by the delta method; None where a slope says nothing."""
    bound = both.candidate.bound
    first, second = both.candidate.mean, both.baseline.mean
    if bound.loss.finish_derivative is None:
        return None
    alpha, beta = (bound.finish_derivative(one.value) for one in (first, second))
    if not all(slope and math.isfinite(slope) for slope in (alpha, beta)):
        return None
    a, b = Fraction(alpha), -line.factor * Fraction(beta)
    linear = both.estimate(Form(a, b, -(a * first.mean + b * second.mean)))
    costs = [Fraction(bound.finish(one.value)) for one in (first, second)]
    return replace(linear, mean=costs[0] - line.factor * costs[1] - line.offset)


@dataclass(frozen=True, slots=True)
class Apart:
    """a − k·b − c of different rows.

    Attributes:
        value: the difference.
        wide: what bounds are made from; None where one side has no standard error.
        rows: returns how many rows of the candidate are needed, given the probability of an error.
    """

    value: float
    wide: WideT | None = None
    rows: Callable[[float], int | None] = lambda _alpha: None


@dataclass(frozen=True, slots=True)
class Side:
    """The mean of one side, and how sure it is; a skewness where it is known."""

    value: float
    standard_error: float | None
    size: float
    skewness: float | None


def apart(one: Side, other: Side, form: Form) -> Apart:
    """Return a form of the means of different rows: Welch's t, or wide where both skewnesses are known."""
    k, c = form.second, form.constant
    exact = Fraction(one.value) + k * Fraction(other.value) + c
    value = rounded(exact)
    if not one.standard_error and not other.standard_error:
        return Apart(value)
    if one.standard_error is None or other.standard_error is None or min(one.size, other.size) < 2:
        return Apart(value)
    factor = float(k)
    errors = one.standard_error, other.standard_error
    error, df = welch(errors, (one.size - 1.0, other.size - 1.0), factor)
    skewness = None
    if one.skewness is not None and other.skewness is not None:
        # γ/√n of the sum: of its third cumulant, which is the sum of theirs.
        cubes = (
            one.skewness / math.sqrt(one.size) * (errors[0] / error) ** 3,
            other.skewness / math.sqrt(other.size) * (factor * errors[1] / error) ** 3,
        )
        skewness = cubes[0] + cubes[1]

    def rows(alpha: float) -> int | None:
        if not value:
            return None
        z = normal_upper_quantile(alpha) + normal_upper_quantile(1.0 - POWER)
        # The baseline's rows stay as many as they are.
        left = value * value - (z * factor * errors[1]) ** 2
        return math.ceil((z * errors[0]) ** 2 * one.size / left) if left > 0.0 else None

    return Apart(value, WideT(value, error, df, skewness, 1), rows)
