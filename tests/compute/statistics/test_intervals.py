"""Intervals and tests: published values, values computed by exact fractions, SciPy, and their own laws."""

import math

import numpy as np
import pytest
from helpers.calls import SAMPLES
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from losscli.compute.statistics.intervals import pairs, percentile, proportion, rows_needed
from losscli.compute.statistics.intervals.anytime import (
    anytime,
    anytime_one_sided,
    anytime_width,
    anytime_width_one_sided,
)
from losscli.compute.statistics.intervals.approximation import approximation, least_rows, may_decide
from losscli.compute.statistics.intervals.bounds import Bounds, error_rate
from losscli.compute.statistics.intervals.equivalence import equivalence
from losscli.compute.statistics.intervals.guarantee import maurer_pontil
from losscli.compute.statistics.intervals.mean import WideT
from losscli.compute.statistics.intervals.ratio import fieller
from losscli.compute.statistics.intervals.several import benjamini_hochberg, holm
from losscli.compute.statistics.intervals.unpaired import welch
from losscli.compute.statistics.special import t_upper_quantile

fixed = settings(max_examples=examples(200), deadline=None)
SLEEP = [-1.2, -2.4, -1.3, -1.3, 0.0, -1.0, -1.8, -0.8, -4.6, -1.4]  # Student 1908
DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]  # Zea mays, Fisher 1935
NEAR = 1e-10


def near(expected, rel=NEAR):
    return pytest.approx(expected, rel=rel)


def of(values):
    """Return the WideT of a mean of values."""
    d = np.asarray(values, dtype=float)
    about = d - d.mean()
    skewness = float((about**3).mean() / (about**2).mean() ** 1.5)
    return WideT(float(d.mean()), float(stats.sem(d)), len(d) - 1.0, skewness, len(d))


def student(wide):
    return WideT(wide.mean, wide.standard_error, wide.df)


def test_sleep_is_that_of_student():
    wide = of(SLEEP)
    assert wide.skewness == near(-1.4719767296659394)
    assert wide.t() == pytest.approx(-4.0621, abs=5e-5)
    bounds, p = wide.interval(0.05)
    assert bounds == near((-5.206478603398066, -0.7001142367230173))
    assert p == near(0.002832890197384273)
    assert student(wide).bounds(0.025) == pytest.approx((-2.4598858, -0.7001142), abs=5e-8)
    assert wide.mean + wide._hall_inverse(t_upper_quantile(0.975, 9.0)) * -wide.standard_error == near(
        -0.9195646266276635
    )
    tested = stats.ttest_1samp(SLEEP, 0.0)
    assert student(wide).p() == near(tested.pvalue)
    assert student(wide).bounds(0.025) == near(tuple(tested.confidence_interval(0.95)))


def test_darwin_is_undecided():
    wide = of(DARWIN)
    assert wide.t() == pytest.approx(2.148, abs=5e-4)
    assert wide.skewness == near(-0.9920929152, 1e-9)
    bounds, p = wide.interval(0.05)
    assert bounds == pytest.approx((-6.4141075656, 41.8354733483), abs=5e-10)
    assert student(wide).bounds(0.025).low == pytest.approx(0.0311933184, abs=5e-10)
    assert student(wide).p() == pytest.approx(0.0497, abs=5e-5)
    assert p > 0.05


def sample(name):
    """Return predictions or labels of the diabetes data by id."""
    rows = (SAMPLES / f"diabetes_{name}.csv").read_text(encoding="utf-8").splitlines()[1:]
    return {row.split(",")[0]: float(row.split(",")[1]) for row in rows}


@pytest.fixture(scope="module")
def errors():
    """Return the errors of the baseline (forest) and of the candidate (linear)."""
    labels = sample("labels")
    ids = sorted(labels)
    label = np.array([labels[one] for one in ids])
    return tuple(
        np.array([prediction[one] for one in ids]) - label
        for prediction in (sample("forest"), sample("linear"))
    )


def test_a_comparison_of_mse(errors):
    wide = of(errors[1] ** 2 - errors[0] ** 2)
    assert (wide.mean, wide.standard_error, wide.t(), wide.skewness) == near(
        (-1153.5011301587797, 224.99548541957665, -5.12677455731036, -2.4256642382154485)
    )
    bounds, p = wide.interval(0.05)
    assert bounds == near((-1639.2380036459358, -711.3044918040714))
    assert p == near(4.4202600867812406e-07)
    assert student(wide).bounds(0.025) == near((-1595.697768513488, -711.3044918040714))


def test_a_comparison_of_mae(errors):
    bounds, p = of(abs(errors[1]) - abs(errors[0])).interval(0.05)
    assert bounds == near((-9.279002484763861, -3.4612824565922256))
    assert p == near(1.9809461062976582e-05)


def test_gates(errors):
    wide = of(errors[1] ** 2)
    assert wide.bounds(0.05) == near((2671.4944916498557, 3310.364671063373))
    assert student(wide).bounds(0.05).high == pytest.approx(3285.33, abs=5e-3)
    assert least_rows(wide.skewness) == 139  # 138.1
    std = wide.standard_error * math.sqrt(442)
    assert rows_needed.rows_for_mean(std, wide.mean - 3300.0, wide.skewness, 0.05) == 917
    assert rows_needed.rows_for_mean(std, wide.mean - 3100.0, wide.skewness, 0.05) == 6409
    paired = of(errors[1] ** 2 - 0.8 * errors[0] ** 2)
    assert paired.bounds(0.05) == pytest.approx((-645.67, -24.00), abs=5e-3)
    paired = of(errors[1] ** 2 - 0.75 * errors[0] ** 2)
    assert paired.bounds(0.05) == pytest.approx((-420.52, 168.20), abs=5e-3)
    std = paired.standard_error * math.sqrt(442)
    assert rows_needed.rows_for_mean(std, paired.mean, paired.skewness, 0.05) == 5772


MEANS = st.floats(-1e3, 1e3)
ERRORS = st.floats(1e-3, 1e3)
ALPHAS = st.sampled_from([0.001, 0.01, 0.05, 0.1, 0.2, 0.32])


@fixed
@given(MEANS, ERRORS, st.integers(2, 10**6), st.floats(-1.0, 1.0), ALPHAS)
def test_an_interval_excludes_0_exactly_if_p_is_small(mean, error, n, share, alpha):
    wide = WideT(mean, error, n - 1.0, share * (n - 2) / math.sqrt(n - 1), n)  # as skewed as n values can be
    bounds, p = wide.interval(alpha)
    assert (not bounds.low <= 0.0 <= bounds.high) == (p < alpha)
    assert p == near(wide.p(), 1e-9)  # what makes them agree is rounding
    assert wide.bounds(alpha / 2).low <= student(wide).bounds(alpha / 2).low
    assert wide.bounds(alpha / 2).high >= student(wide).bounds(alpha / 2).high


@pytest.mark.parametrize("skewness", [None, 0.0, -1.3, 2.5])
@pytest.mark.parametrize("alpha", [0.01, 0.05])
def test_a_threshold_at_a_bound_has_p_alpha(skewness, alpha):
    wide = WideT(3.0, 0.7, 39.0, skewness, 40)
    low, high = wide.bounds(alpha)
    assert wide.p_above(low) == near(alpha, 1e-9)
    assert wide.p_below(high) == near(alpha, 1e-9)
    for threshold in wide.bounds(alpha / 2):
        assert wide.p(threshold) == near(alpha, 1e-9)
        for moved in (math.nextafter(threshold, 0.0), threshold, math.nextafter(threshold, 9.0)):
            bounds, p = wide.interval(alpha, moved)
            assert (not bounds.low <= moved <= bounds.high) == (p < alpha)


def test_no_skewness_is_that_of_student():
    wide = WideT(1.0, 0.5, 9.0, 0.0, 10)
    assert wide.bounds(0.025) == near(WideT(1.0, 0.5, 9.0).bounds(0.025), 1e-14)
    assert WideT(1e300, 1e-300, 9.0, -2.0, 10).p() == 0.0


@pytest.mark.parametrize(
    "arguments",
    [
        (math.nan, 1.0, 3.0),
        (1.0, 0.0, 3.0),
        (1.0, math.inf, 3.0),
        (1.0, 1.0, 3.0, math.nan, 9),
        (1.0, 1.0, 3.0, 1.0, 0),
    ],
)
def test_a_mean_that_has_no_interval_raises(arguments):
    with pytest.raises(ValueError, match=r"."):
        WideT(*arguments)


@pytest.mark.parametrize(
    ("k", "n", "score", "exact"),  # Newcombe 1998
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_proportions_are_those_of_newcombe_and_scipy(k, n, score, exact):
    assert proportion.wilson(k, n, 0.025) == pytest.approx(score, abs=5.1e-5)
    assert proportion.clopper_pearson(k, n, 0.025) == pytest.approx(exact, abs=5.1e-5)
    tested = stats.binomtest(k, n)
    # SciPy's Clopper-Pearson is found to 2e-12.
    for ours, method in ((proportion.wilson, "wilson"), (proportion.clopper_pearson, "exact")):
        expected = tuple(tested.proportion_ci(0.95, method))
        assert ours(k, n, 0.025) == pytest.approx(expected, abs=1e-11)
        mirrored = ours(n - k, n, 0.025)
        assert ours(k, n, 0.025) == pytest.approx((1.0 - mirrored.high, 1.0 - mirrored.low), abs=1e-14)
    assert proportion.p_above(k, n, 0.1) == near(stats.binomtest(k, n, 0.1, "greater").pvalue)
    assert proportion.p_below(k, n, 0.1) == near(stats.binomtest(k, n, 0.1, "less").pvalue)


@pytest.mark.parametrize(("k", "n"), [(1, 30), (40, 100), (3, 10**7)])
def test_one_sided_bounds_of_a_proportion_have_p_alpha(k, n):
    low, high = proportion.clopper_pearson(k, n, 0.05)
    assert proportion.p_above(k, n, low) == near(0.05)
    assert proportion.p_below(k, n, high) == near(0.05)


@pytest.mark.parametrize(
    ("worse", "better", "p"),  # statsmodels, test_nonparametric.py
    [(70, 59, 0.378688), (80, 59, 0.089452), (30, 60, 0.00206), (10, 30, 0.002221), (10, 10, 1.0)],
)
def test_mcnemar_is_that_of_statsmodels(worse, better, p):
    assert pairs.mcnemar(worse, better) == pytest.approx(p, abs=5.1e-7)
    assert pairs.mcnemar(worse, better) == near(stats.binomtest(worse, worse + better).pvalue)
    fewer = min(worse, better)
    mid = 2.0 * stats.binom.cdf(fewer, worse + better, 0.5) - stats.binom.pmf(fewer, worse + better, 0.5)
    assert pairs.mcnemar_mid(worse, better) == pytest.approx(mid, abs=1e-13)
    assert pairs.mcnemar(0, 0) == pairs.mcnemar_mid(0, 0) == 1.0


@pytest.mark.parametrize(("worse", "better", "bounds"), [(9, 1, (0.0445, 0.2929)), (12, 2, (0.0611, 0.3447))])
def test_tango(worse, better, bounds):
    found = pairs.tango(worse, better, 50, 0.025)
    assert found == pytest.approx(bounds, abs=5.1e-5)
    mirrored = pairs.tango(better, worse, 50, 0.025)
    assert found == pytest.approx((-mirrored.high, -mirrored.low), abs=1e-14)
    # At 0 the score is McNemar's.
    assert pairs.tango_z(worse, better, 50, 0.0) == near((worse - better) / math.sqrt(worse + better))
    assert pairs.p_above(worse, better, 50, found.low) == near(0.025)
    assert pairs.p_below(worse, better, 50, found.high) == near(0.025)


@fixed
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 10**6), st.sampled_from([0.005, 0.025, 0.05]))
def test_tango_holds_its_estimate(worse, better, equal, tail):
    n = max(1, worse + better + equal)
    low, high = pairs.tango(worse, better, n, tail)
    assert -1.0 <= low <= (worse - better) / n <= high <= 1.0
    assert low < high


def test_tango_without_a_difference_has_a_closed_form():
    square = stats.norm.isf(0.025) ** 2
    edge = square / (50 + square)
    assert pairs.tango(0, 0, 50, 0.025) == near((-edge, edge))
    assert pairs.tango(50, 0, 50, 0.025).high == 1.0


@fixed
@given(
    st.floats(-10, 10),
    st.floats(0.1, 10),
    ERRORS,
    ERRORS,
    st.floats(-0.99, 0.99),
    st.floats(1, 4),
    st.floats(1, 4),
)
def test_fieller_is_where_its_definition_says(d, b, one, other, correlation, below, above):
    one, other = one * 1e-2, other * 1e-3
    covariance = correlation * one * other
    found = fieller(d, b, (one**2, other**2), covariance, (below, above))
    if b * b <= max(below, above) ** 2 * other**2:
        assert found is None
        return
    for ratio, quantile in zip(found, (below, above), strict=True):
        spread = math.sqrt(max(0.0, one**2 - 2.0 * ratio * covariance + (ratio * other) ** 2))
        assert abs(d - ratio * b) == pytest.approx(quantile * spread, rel=1e-6, abs=1e-9)
    assert found.low <= d / b <= found.high
    assert (found.low > 0.0) == (d > below * one)
    assert (found.high < 0.0) == (d < -above * one)
    # |baseline|: the sign of the difference decides
    assert fieller(d, -b, (one**2, other**2), -covariance, (below, above)) == found


def test_welch_is_that_of_scipy():
    a, b = np.array(SLEEP), np.array(DARWIN, dtype=float)
    tested = stats.ttest_ind(a, b, equal_var=False)
    found = welch((float(stats.sem(a)), float(stats.sem(b))), (9.0, 14.0))
    assert found.df == near(tested.df)
    assert WideT(float(a.mean() - b.mean()), *found).p() == near(tested.pvalue)
    assert welch((1.0, 0.0), (9.0, 14.0)) == (1.0, 9.0)
    assert welch((1.0, 1.0), (9.0, 9.0), -2.0).standard_error == near(math.sqrt(5.0))


PS = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262]
PS += [0.5719, 0.6528, 0.7590, 1.0]  # Benjamini and Hochberg 1995


def test_adjusted_are_those_of_benjamini_and_hochberg():
    assert holm(PS)[:4] == near([0.0015, 0.0056, 0.0247, 0.114])
    assert benjamini_hochberg(PS)[:5] == near([0.0015, 0.003, 0.0095, 0.035625, 0.0603])
    assert benjamini_hochberg(PS) == near(stats.false_discovery_control(PS).tolist())
    assert sum(p < 0.05 for p in holm(PS)) == 3
    assert sum(p < 0.05 for p in benjamini_hochberg(PS)) == 4
    for adjust in (holm, benjamini_hochberg):
        assert adjust(PS[::-1]) == adjust(PS)[::-1]
        assert adjust([]) == []
        assert adjust([0.3]) == [0.3]
        with pytest.raises(ValueError, match="p nan"):
            adjust([math.nan])


def test_anytime():
    assert anytime_width(1.0, 1000, 0.05, 1000) == near(0.09598173584209047)
    assert anytime_width(1.0, 10000, 0.05, 1000) == near(0.032417231454054375)
    assert anytime_width_one_sided(1.0, 1000, 0.05, 1000) == near(0.08788267615834675)
    assert anytime_width_one_sided(1.0, 10000, 0.05, 1000) == near(0.029886924212838457)
    assert anytime(2.0, 1.0, 1000, 0.05, 1000).high == near(2.0 + 0.09598173584209047)
    assert anytime_one_sided(2.0, 3.0, 1000, 0.05, 1000).low == near(2.0 - 3.0 * 0.08788267615834675)


def test_anytime_is_that_of_tensorzero():
    # theirs: mean 0.5, variance 0.25, n 100, α 0.05, ρ 0.296, which is ours times the standard deviation
    square = 0.296**2
    planned = (-2.0 * math.log(0.05) + math.log(1.0 - 2.0 * math.log(0.05))) / (0.25 * square)
    expected = math.sqrt((1 + 25 * square) / (1e4 * square) * math.log((1 + 25 * square) / 0.0025))
    assert anytime_width(0.5, 100, 0.05, planned) == near(expected)


def test_guarantee():
    width = 0.2 * math.sqrt(2 * math.log(40) / 100) + 7 * math.log(40) / (3 * 99)
    assert maurer_pontil(0.3, 0.2, 100, (0.0, 1.0), 0.05) == near((0.3 - width, 0.3 + width))
    assert maurer_pontil(0.3, 0.2, 5, (0.0, 1.0), 0.05) == (0.0, 1.0)
    assert maurer_pontil(0.0, 0.0, 1000, (-1.0, 1.0), 0.025).high == near(14 * math.log(80) / (3 * 999))
    assert maurer_pontil(0.3, 0.2, 1, (0.0, 1.0), 0.05) is None
    with pytest.raises(ValueError, match="in the range"):
        maurer_pontil(1.1, 0.2, 9, (0.0, 1.0), 0.05)


def test_ranks_of_percentiles():
    assert percentile.percentile_ranks(1000, 0.95, 0.025) == (936, 964)
    assert percentile.coverage(1000, 0.95, (936, 964)) == pytest.approx(0.95810, abs=5.1e-6)
    assert percentile.percentile_ranks(58, 0.95, 0.05).high is None
    assert percentile.percentile_ranks(59, 0.95, 0.05).high == 59
    assert percentile.percentile_ranks(298, 0.99, 0.05).high is None
    assert percentile.percentile_ranks(299, 0.99, 0.05).high == 299
    assert percentile.percentile_ranks(58, 0.05, 0.05).low is None


@fixed
@given(
    st.integers(1, 5000), st.sampled_from([0.05, 0.5, 0.9, 0.95, 0.99]), st.sampled_from([0.005, 0.025, 0.05])
)
def test_ranks_are_the_nearest_that_are_sure(n, share, tail):
    low, high = percentile.percentile_ranks(n, share, tail)
    # A rank r is wrong as a lower bound with P(K ≤ r − 1), as an upper one with P(K ≥ r).
    assert low is None or stats.binom.cdf(low - 1, n, share) <= tail * (1 + 1e-9)
    assert stats.binom.cdf(low or 0, n, share) >= tail * (1 - 1e-9)
    assert high is None or stats.binom.sf(high - 1, n, share) <= tail * (1 + 1e-9)
    assert stats.binom.sf((high or n + 1) - 2, n, share) >= tail * (1 - 1e-9)
    # The p of a threshold just beyond a bound is below α, that of one just inside is not.
    if low is not None:
        assert percentile.p_above(low - 1, n, share) <= tail < percentile.p_above(low, n, share)
    if high is not None:
        assert percentile.p_below(high, n, share) <= tail < percentile.p_below(high - 1, n, share)


def test_rows_needed():
    assert rows_needed.rows_for(math.sqrt(1 / 9), 0.03, 0.025) == 969  # Miller 2024
    assert rows_needed.rows_for(math.sqrt(1 / 9 + 2 / 6), 0.03, 0.025) == 3876
    assert rows_needed.rows_for(1.0, 0.0, 0.05) is None
    assert rows_needed.rows_for_mean(1.0, 1.0, 0.1, 0.05) == 30
    assert rows_needed.rows_for_mean(1.0, 1.0, 2.0, 0.05) == 100
    assert rows_needed.rows_without_error(0.01, 0.05) == 299
    assert rows_needed.rows_without_error(0.001, 0.05) == 2995
    assert rows_needed.rows_without_error(0.0, 0.05) is None
    assert rows_needed.rows_without_error(1e-300, 0.05) == pytest.approx(2.995732e300, rel=1e-6)
    assert rows_needed.rows_for_upper_percentile(0.95, 0.05) == 59
    assert rows_needed.rows_for_upper_percentile(0.99, 0.05) == 299
    assert rows_needed.rows_for_lower_percentile(0.05, 0.05) == 59
    s = math.sqrt(0.1 * 0.9 * 200 / 199)
    assert rows_needed.rows_for_proportion(20, 200, 0.12, 0.05) == rows_needed.rows_for(s, 0.02, 0.05)
    assert rows_needed.rows_for_proportion(0, 200, 0.01, 0.05) == 299
    assert rows_needed.rows_for_proportion(20, 200, 0.1, 0.05) is None


@pytest.mark.parametrize("tail", [0.01, 0.025, 0.05])
def test_power_of_the_rows_needed_is_what_was_asked(tail):
    n = rows_needed.rows_for(3.0, -0.2, tail, 0.9)
    assert rows_needed.power(3.0, 0.2, n - 1, tail) < 0.9 <= rows_needed.power(3.0, 0.2, n, tail)
    assert rows_needed.power(3.0, 0.0, n, tail) == near(tail)


def test_equivalence():
    found = equivalence(0.1, 1.0, 20.0, 0.5)
    assert found[:3] == near(
        (stats.t.cdf(-0.6, 20), stats.t.cdf(0.4, 20) - stats.t.cdf(-0.6, 20), stats.t.sf(0.4, 20))
    )
    assert found.p == max(found.p_better, found.p_worse)
    far = equivalence(60.0, 1.0, 441.0, 0.5)
    assert far.p_equivalent == near(stats.t.sf(59.5, 441) - stats.t.sf(60.5, 441), 1e-9)
    mirrored = equivalence(-60.0, 1.0, 441.0, 0.5)
    assert mirrored.p_equivalent == near(far.p_equivalent, 1e-12)
    assert mirrored.p_better == far.p_worse
    with pytest.raises(ValueError, match="margin"):
        equivalence(1.0, 1.0, 3.0, -1.0)


@fixed
@given(MEANS, ERRORS, st.floats(1, 1e6), st.floats(0, 1e3))
def test_probabilities_sum_to_1(difference, error, df, margin):
    found = equivalence(difference, error, df, margin)
    assert math.fsum(found[:3]) == near(1.0, 1e-13)
    assert min(found) >= 0.0
    # p < α exactly where the interval of level 1 − 2α is inside the margin
    bounds = WideT(difference, error, df).bounds(0.05)
    if abs(found.p - 0.05) > 1e-9:
        assert (found.p < 0.05) == (-margin < bounds.low and bounds.high < margin)


def test_the_rule():
    assert [least_rows(one) for one in (None, 0.0, -1.0, 1.2, -2.3502867511669367)] == [30, 30, 30, 36, 139]
    assert may_decide(36.0, 1.2)
    assert not may_decide(35.9, -1.2)
    assert not may_decide(29, 0.0)
    assert approximation(5, 9.0, constant=True) == "constant"
    assert approximation(29, 9.0) == "small"
    assert approximation(35, 1.2) == "skewed"
    assert approximation(30, None) == "ok"


def test_levels():
    assert [error_rate(level) for level in (0.95, 0.99, 0.9, 0.999)] == [0.05, 0.01, 0.1, 0.001]
    for level in (0.0, 1.0, math.nan):
        with pytest.raises(ValueError, match="level"):
            error_rate(level)
    assert Bounds(-1.0, 3.0).cut(0.0, 2.0) == (0.0, 2.0)
    for tail in (0.0, 0.5, math.nan):
        with pytest.raises(ValueError, match="tail"):
            proportion.wilson(1, 2, tail)
