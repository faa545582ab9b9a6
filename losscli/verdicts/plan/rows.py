"""From the figures of a report to the rows that a gate needs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from losscli.analyses.evaluate.figures import find_result, read_figure
from losscli.analyses.evaluate.report import Report, Result
from losscli.analyses.plan.report import Planned
from losscli.common.errors import LosscliError
from losscli.common.version import __version__
from losscli.compute.statistics.intervals.approximation import least_rows
from losscli.compute.statistics.intervals.bounds import error_rate
from losscli.compute.statistics.intervals.rows_needed import (
    rows_for_lower_percentile,
    rows_for_mean,
    rows_for_proportion,
    rows_for_upper_percentile,
)
from losscli.compute.statistics.special import normal_upper_quantile
from losscli.loss.spec import BoundLoss
from losscli.verdicts.gates.grammar import Constant, Gate
from losscli.verdicts.sound.confidence import SHARES
from losscli.verdicts.sound.held import NOTHING_VARIES, TOO_FEW
from losscli.verdicts.sound.questions import raw_threshold

ONLY_A_BOUND = "fewer rows have no bound of such a percentile; how many decide it is not known"
NO_DIFFERENCE = "the figure is at the threshold"
BEYOND = "no cost is beyond the threshold"
NOT_FINITE = "the figure is not finite"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What has to be decided, and how sure.

    Attributes:
        gate: the gate; its threshold is a number.
        bound: its loss.
        confidence: of the verdict.
        power: the probability that there is one.
    """

    gate: Gate
    bound: BoundLoss
    confidence: float
    power: float

    @property
    def alpha(self) -> float:
        """The probability of a wrong verdict, each way."""
        return error_rate(self.confidence)

    @property
    def threshold(self) -> float:
        """What the figure is compared with."""
        assert isinstance(self.gate.threshold, Constant)
        return self.gate.threshold.value

    @property
    def upper(self) -> bool:
        """Whether the figure has to be below the threshold."""
        return self.gate.operator[0] == "<"

    def passes(self, value: float) -> bool:
        """Whether a figure is on the right side of the threshold."""
        return value < self.threshold if self.upper else value > self.threshold


@dataclass(frozen=True, slots=True)
class _Rows:
    needed: int | None
    reason: str = ""
    smallest: float | None = None


def planned(wanted: Wanted, report: Report, where: str) -> Planned:
    """Return how many rows a gate needs, by the figures of a report.

    Args:
        wanted: what has to be decided.
        report: the figures.
        where: where they are from, for messages.

    Raises:
        LosscliError: for a report that has no such figure, or that does not say how the losses spread.
    """
    result = _result_of(wanted.gate, report, where)
    figure = read_figure(result, wanted.gate.figure)
    value = figure.value
    rows = _Rows(None, NOT_FINITE) if value is None else _rows(wanted, result, value, where)
    return Planned(
        gate=str(wanted.gate),
        confidence=wanted.confidence,
        power=wanted.power,
        n=_size(result),
        value=value,
        threshold=wanted.threshold,
        rows_needed=rows.needed,
        unit="rows" if result.clusters is None else "clusters",
        expected="pass" if value is not None and wanted.passes(value) else "fail",
        smallest=rows.smallest,
        reason=rows.reason,
        signature=result.signature or report.signature,
        version=__version__,
    )


def _result_of(gate: Gate, report: Report, where: str) -> Result:
    """Return the figures that a gate is about."""
    found = find_result(report, gate.spec, gate.group)
    if isinstance(found, Result):
        return found
    specs = ", ".join(one.loss for one in report.results)
    if gate.group is not None and any(one.loss == gate.spec for one in report.results):
        remedy = "Add --group COLUMN, or leave out the group of the gate."
        raise LosscliError(where, found, "figures by group", remedy)
    remedy = f"Make it with: losscli evaluate … --loss {gate.spec} --level 0.95 --format json"
    raise LosscliError(
        where, f"there is no {gate.spec}", f"a report of that loss; this is one of {specs}", remedy
    )


def _size(result: Result) -> int:
    return result.n if result.clusters is None else result.clusters


def _rows(wanted: Wanted, result: Result, value: float, where: str) -> _Rows:
    alpha, gate, bound = wanted.alpha, wanted.gate, wanted.bound
    weighted = result.n_effective is not None or result.weight_sum != result.n
    if gate.figure in SHARES:
        above = wanted.upper == wanted.passes(value)
        by = rows_for_upper_percentile if above else rows_for_lower_percentile
        return _Rows(by(SHARES[gate.figure], alpha), ONLY_A_BOUND)
    finishes = gate.figure == "cost" and bound.loss.finish is not None
    at = raw_threshold(bound, wanted.threshold) if finishes else wanted.threshold
    if not math.isfinite(at):
        return _Rows(None, BEYOND)
    if value == wanted.threshold:
        return _Rows(None, NO_DIFFERENCE)
    if bound.loss.indicator and not weighted and result.clusters is None:
        errors = round(result.mean * result.n)
        k, limit = (errors, at) if wanted.upper else (result.n - errors, 1.0 - at)
        return _Rows(rows_for_proportion(k, result.n, limit, alpha, wanted.power))
    if result.sure is None:
        found, needed = "it does not say how skewed the losses are", "a report with intervals"
        raise LosscliError(
            where, found, needed, "Make it with: losscli evaluate … --level 0.95 --format json"
        )
    spread = _spread(wanted, result)
    if spread is None:
        return _Rows(None, NOTHING_VARIES if _size(result) > 1 else TOO_FEW)
    rows = rows_for_mean(spread, result.mean - at, result.skewness, alpha, wanted.power)
    if rows is None:
        return _Rows(None, NO_DIFFERENCE)
    if result.n_effective is not None and result.clusters is None:
        # The rule of the least rows is about rows of equal weight.
        each = result.n / result.n_effective
        rows = max(rows, math.ceil(least_rows(result.skewness) * each))
    return _Rows(rows, "", _smallest(wanted, result, spread, finishes=finishes))


def _spread(wanted: Wanted, result: Result) -> float | None:
    """Return the standard deviation of a row, or of a cluster, on the scale of the losses; None for none."""
    if result.clusters is None and result.n_effective is None:
        return result.std or None
    error = result.standard_error
    if not error:
        return None
    slope = abs(wanted.bound.finish_derivative(result.mean)) if wanted.bound.loss.finish is not None else 1.0
    return error / slope * math.sqrt(_size(result)) if slope else None


def _smallest(wanted: Wanted, result: Result, spread: float, *, finishes: bool) -> float | None:
    """Return how far from the figure a threshold has to be that as many rows decide."""
    n = _size(result)
    if n < least_rows(result.skewness):
        return None
    quantiles = normal_upper_quantile(wanted.alpha) + normal_upper_quantile(1.0 - wanted.power)
    distance = quantiles * spread / math.sqrt(n)
    if not finishes:
        return distance
    moved = result.mean + (distance if wanted.threshold > result.cost else -distance)
    if wanted.bound.non_negative and moved < 0.0:
        return None
    return abs(wanted.bound.finish(moved) - result.cost)
