"""One candidate beside one baseline: what the sums of a loss say of their difference."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, replace
from fractions import Fraction

from losscli.analyses.compare.report import Better, ComparisonFigures, Effect, Ends, Equivalence
from losscli.analyses.compare.request import Asked, Margin
from losscli.compute.comparison import Compared
from losscli.compute.evidence import Beside, estimate_of_two
from losscli.compute.statistics.estimate import Estimate, of_clusters, of_lags
from losscli.compute.statistics.intervals.anytime import anytime
from losscli.compute.statistics.intervals.approximation import approximation
from losscli.compute.statistics.intervals.bounds import Bounds, error_rate
from losscli.compute.statistics.intervals.equivalence import equivalence
from losscli.compute.statistics.intervals.guarantee import maurer_pontil
from losscli.compute.statistics.intervals.mean import WideT
from losscli.compute.statistics.intervals.pairs import mcnemar, mcnemar_mid, tango
from losscli.compute.statistics.intervals.ratio import fieller
from losscli.compute.statistics.moments import root
from losscli.compute.statistics.powers import DIFFERENCE, Form, sums_of
from losscli.loss.spec import BoundLoss


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one model, and its mean before any `finish`, with how sure that is."""

    value: float
    mean: Estimate


def cost_of(bound: BoundLoss, found: Compared, place: int, lag: int | None = None) -> Cost:
    """Return the cost of the model at a place.

    Nothing else is known of an infinite one, nor of one beside another model's infinite losses.
    """
    model = found.models[place]
    mean = model.state.moments.mean
    estimate = model.evidence.estimate()
    moments = model.state.moments
    rows = moments.n if moments.weighted is None else moments.weighted.rows
    if not math.isfinite(mean) or model.evidence.rows < rows:
        return Cost(bound.finish(mean), Estimate(estimate.n, Fraction(0)))
    if found.clusters is not None:
        factors = [Fraction(0)] * len(found.models)
        factors[place] = Fraction(1)
        estimate = of_clusters(estimate, found.clusters, tuple(factors))
    if lag is not None:
        sums = sums_of(Form(), model.evidence.powers[0])
        estimate = of_lags(estimate, sums, found.lags[place].covariances(sums.first) if lag else ())
    return Cost(bound.finish(mean), estimate)


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of the costs of a candidate and a baseline.

    Attributes:
        value: candidate − baseline.
        estimate: of that difference; of finished costs it has the spread of what they depend on linearly.
    """

    value: float
    estimate: Estimate


def difference_of(
    bound: BoundLoss, found: Compared, pair: tuple[int, int], beside: Beside, lag: int | None = None
) -> Difference:
    """Return the difference of the costs of the models at two places, and how sure it is."""
    candidate, baseline = (found.models[place].evidence for place in pair)
    first, second = (cost_of(bound, found, place, lag) for place in pair)
    plain = estimate_of_two(DIFFERENCE, candidate, baseline, beside, found.clusters, pair)
    if not (math.isfinite(first.value) and math.isfinite(second.value)):
        return Difference(first.value - second.value, Estimate(plain.n, Fraction(0)))
    if bound.loss.finish is None:
        if lag is not None:
            plain = _of_lags(plain, DIFFERENCE, found, pair, beside, lag)
        return Difference(plain.value, plain)
    value = first.value - second.value
    slopes = [bound.finish_derivative(cost.mean.value) for cost in (first, second)]
    if not all(slope and math.isfinite(slope) for slope in slopes):
        return Difference(value, Estimate(plain.n, Fraction(value), effective=plain.effective))
    alpha, beta = Fraction(slopes[0]), -Fraction(slopes[1])
    form = Form(alpha, beta, -(alpha * first.mean.mean + beta * second.mean.mean))
    linear = estimate_of_two(form, candidate, baseline, beside, found.clusters, pair)
    if lag is not None:
        linear = _of_lags(linear, form, found, pair, beside, lag)
    return Difference(value, replace(linear, mean=Fraction(value)))


def _of_lags(
    estimate: Estimate, form: Form, found: Compared, pair: tuple[int, int], beside: Beside, lag: int
) -> Estimate:
    """Return the estimate of a form of two models' losses, each of which depends on those before it."""
    first, second = (found.models[place].evidence.powers[0] for place in pair)
    sums = sums_of(form, first, second, beside.mixed[0])
    if not lag:
        return of_lags(estimate, sums, ())
    place = next(number for number, one in enumerate(found.pairs) if one.beside is beside)
    of_d = found.pairs[place].lags.covariances(first.first.read() - second.first.read())
    of_a, of_b = (
        found.lags[at].covariances(one.first.read()) for at, one in zip(pair, (first, second), strict=True)
    )
    # Of a − b it is γ(a) + γ(b) less what a and b have in common, either way round.
    x, y = form.first, form.second
    common = [a + b - d for a, b, d in zip(of_a, of_b, of_d, strict=True)]
    each = zip(of_a, of_b, common, strict=True)
    return of_lags(estimate, sums, [x * x * a + y * y * b + x * y * ab for a, b, ab in each])


def compared(
    asked: Asked, bound: BoundLoss, found: Compared, place: int, *, indicator: bool, span: float | None
) -> ComparisonFigures:
    """Return the figures of the pair at a place.

    Args:
        asked: how sure intervals are to be.
        bound: the loss.
        found: what is known of it.
        place: of the pair, among those that were asked for.
        indicator: whether the loss is 0 or 1, of samples that all count the same.
        span: how far losses can differ, if that is known.
    """
    pair, known = asked.pairs[place], found.pairs[place]
    beside, names = known.beside, [asked.names[one] for one in asked.pairs[place]]
    there = difference_of(bound, found, pair, beside, asked.lag)
    estimate = there.estimate
    n = beside.lower + beside.higher + beside.equal
    alpha = error_rate(asked.level)
    told = _told(asked, there, beside, alpha, indicator=indicator, span=span)
    baseline = cost_of(bound, found, pair[1], asked.lag)
    relative = there.value / abs(baseline.value) if baseline.value and math.isfinite(there.value) else None
    error = estimate.standard_error
    return ComparisonFigures(
        candidate=names[0],
        baseline=names[1],
        # Costs that are both infinite have no difference; losses that are all the same have one of 0.
        difference=0.0 if told.verdict == "identical" else there.value,
        ci=told.ci,
        relative=_number(relative),
        relative_ci=_relative(asked, bound, found, pair, there, alpha),
        std=_number(estimate.std),
        standard_error=_number(error),
        t=_number(there.value / error) if error else None,
        df=estimate.degrees if error else None,
        skewness=estimate.skewness,
        p=told.p,
        p_mid=told.p_mid,
        correlation=correlation(found, pair, beside),
        effect=Effect(
            dz=_number(there.value / estimate.std) if estimate.std else None,
            better=beside.lower,
            worse=beside.higher,
            equal=beside.equal,
            win_rate=(beside.lower + 0.5 * beside.equal) / n if n else None,
        ),
        approximation=approximation(estimate.effective, estimate.skewness, constant=error == 0.0),
        verdict=told.verdict,
        interval=told.interval,
        equivalence=_equivalence(asked.margin, there, baseline.value, alpha),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    ci: Ends | None
    p: float | None
    verdict: Better
    interval: str
    p_mid: float | None = None


def _told(
    asked: Asked,
    there: Difference,
    beside: Beside,
    alpha: float,
    *,
    indicator: bool,
    span: float | None,
) -> _Told:
    """Return interval, p and verdict of a difference."""
    estimate, name = there.estimate, asked.interval
    n = beside.lower + beside.higher + beside.equal
    if n and not beside.lower and not beside.higher:
        return _Told((0.0, 0.0), 1.0, "identical", name)
    if n < 2 or not math.isfinite(there.value):
        return _Told(None, None, "undecided", name)
    if indicator and name == "wide-t":
        return _of_indicator(beside, n, alpha)
    error = estimate.standard_error
    if error is None:
        return _Told(None, None, "undecided", name)
    if error == 0.0 and name != "guarantee":
        if estimate.std != 0.0:
            # Clusters or neighbours that cancel out: samples are on both sides.
            return _Told(None, None, "undecided", name)
        if not there.value:
            # Those that differ have no weight.
            return _Told((0.0, 0.0), 1.0, "identical", name)
        # Nothing varies: what is left is that all samples, or clusters, are on one side.
        p = 2.0 ** (1.0 - estimate.size)
        word: Better = "undecided" if p >= alpha else "better" if there.value < 0.0 else "worse"
        return _Told(None, p, word, name)
    if not math.isfinite(error):
        return _Told(None, None, "undecided", name)
    bounds, chance = interval_of(asked, there.value, estimate, None if span is None else (-span, span))
    if _known(bounds) is None:
        return _Told(None, None, "undecided", name)
    return _Told(bounds, chance, _verdict(bounds), name)


def interval_of(
    asked: Asked, value: float, estimate: Estimate, span: tuple[float, float] | None
) -> tuple[Bounds | None, float | None]:
    """Return the interval of a value of the kind that is asked for, and p where it has one.

    Args:
        asked: how sure it is to be.
        value: a mean of losses or of differences.
        estimate: how sure that is; the standard error is known, and above 0 unless the kind is `guarantee`.
        span: between which numbers losses, or differences, are; for that kind.
    """
    alpha = error_rate(asked.level)
    if asked.interval == "guarantee":
        assert span is not None
        assert estimate.std is not None
        return maurer_pontil(value, estimate.std, round(estimate.n), span, 0.5 * alpha), None
    if asked.interval == "anytime":
        assert asked.planned_rows is not None
        assert estimate.standard_error is not None
        spread = estimate.standard_error * math.sqrt(estimate.size)
        return anytime(value, spread, round(estimate.size), alpha, asked.planned_rows), None
    return wide_t(value, estimate).interval(alpha)


def _of_indicator(beside: Beside, n: int, alpha: float) -> _Told:
    """Return what is told of losses that are 0 or 1: Tango's interval and McNemar's exact p have to agree."""
    bounds, p = tango(beside.higher, beside.lower, n, 0.5 * alpha), mcnemar(beside.higher, beside.lower)
    word = _verdict(bounds) if p < alpha else "undecided"
    return _Told(bounds, p, word, "tango", mcnemar_mid(beside.higher, beside.lower))


def _known(bounds: Bounds | None) -> Bounds | None:
    """Return an interval; None where an end is beyond float64."""
    return bounds if bounds is not None and all(map(math.isfinite, bounds)) else None


def _number(value: float | None) -> float | None:
    """Return a figure; None where it is beyond float64, for which there is no JSON."""
    return value if value is not None and math.isfinite(value) else None


def _verdict(bounds: Bounds | None) -> Better:
    if bounds is None or bounds.low <= 0.0 <= bounds.high:
        return "undecided"
    return "better" if bounds.high < 0.0 else "worse"


def wide_t(value: float, estimate: Estimate) -> WideT:
    """Return what intervals and p of a value are computed from; its standard error is above 0."""
    assert estimate.standard_error
    skewness = None if estimate.by_t else estimate.skewness
    return WideT(value, estimate.standard_error, estimate.degrees, skewness, round(estimate.size))


def _relative(
    asked: Asked,
    bound: BoundLoss,
    found: Compared,
    pair: tuple[int, int],
    there: Difference,
    alpha: float,
) -> Ends | None:
    """Return Fieller's interval of the relative difference; None for finished costs and other intervals."""
    if bound.loss.finish is not None or asked.interval not in ("wide-t", "t"):
        return None
    errors = [cost_of(bound, found, place, asked.lag).mean.standard_error for place in pair]
    baseline = cost_of(bound, found, pair[1], asked.lag)
    error = there.estimate.standard_error
    if not error or None in errors or not baseline.value:
        return None
    # Cov(d, b) = (V(a) − V(d) − V(b))/2, exact squares of what was rounded once, in units of the baseline.
    unit = Fraction(2) ** math.frexp(baseline.value)[1]
    if not all(map(math.isfinite, (errors[0] or 0.0, errors[1] or 0.0, error))):
        return None
    of_a, of_b, of_d = ((Fraction(one or 0.0) / unit) ** 2 for one in (errors[0], errors[1], error))
    quantiles = wide_t(there.value, there.estimate).quantiles(0.5 * alpha)
    try:
        variances, covariance = (float(of_d), float(of_b)), float((of_a - of_d - of_b) / 2)
        means = float(Fraction(there.value) / unit), float(Fraction(baseline.value) / unit)
    except OverflowError:
        return None
    return _known(fieller(*means, variances, covariance, quantiles))


def _equivalence(
    margin: Margin | None, there: Difference, baseline: float, alpha: float
) -> Equivalence | None:
    if margin is None:
        return None
    size = margin.amount / 100.0 * abs(baseline) if margin.percent else margin.amount
    size = min(size, sys.float_info.max)
    error = there.estimate.standard_error
    if not error or not math.isfinite(error) or not math.isfinite(there.value):
        inside = there.value == 0.0 and error == 0.0
        return Equivalence(size, None, None, None, None, "equivalent" if inside else "undecided")
    found = equivalence(there.value, error, there.estimate.degrees, size)
    return Equivalence(
        size,
        found.p_better,
        found.p_equivalent,
        found.p_worse,
        found.p,
        "equivalent" if found.p < alpha else "undecided",
    )


def correlation(found: Compared, pair: tuple[int, int], beside: Beside) -> float | None:
    """Return the correlation of the losses of two models, rounded once; None where one does not vary."""
    first, second = (found.models[place].evidence.powers[0] for place in pair)
    n = first.none.read()
    if not n:
        return None
    a, b = first.first.read(), second.first.read()
    both = beside.mixed[0].joint.read() - a * b / n
    spread = (first.second.read() - a * a / n) * (second.second.read() - b * b / n)
    if not spread:
        return None
    size = root(both * both / spread)
    return size if both >= 0 else -size
