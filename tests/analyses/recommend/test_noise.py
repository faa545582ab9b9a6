"""The laws of the errors against SciPy, the look as a monoid, the sample as a draw."""

from __future__ import annotations

import random
import warnings
from contextlib import suppress

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

import losscli
from losscli.analyses.recommend import error_law
from losscli.analyses.recommend import survey as looking
from losscli.analyses.recommend.measured import _rank_correlation, _slope
from losscli.analyses.recommend.survey import Kept, Look, look
from losscli.common.errors import LosscliError
from losscli.compute.plan import Plan
from losscli.compute.statistics.drawn import mixed
from losscli.inputs.block import DROPPED, Block
from losscli.loss.registry import find
from losscli.loss.spec import bind

RANDOM = np.random.default_rng(11)
MEAN = RANDOM.uniform(0.5, 9.0, 400)
ERROR = RANDOM.standard_t(4, 400)


def test_normal_and_laplace_are_scipys_at_their_best():
    location, scale = stats.norm.fit(ERROR)
    assert error_law._normal(ERROR)[0] == pytest.approx(stats.norm.logpdf(ERROR, location, scale).sum())
    location, scale = stats.laplace.fit(ERROR)
    assert error_law._laplace(ERROR)[0] == pytest.approx(stats.laplace.logpdf(ERROR, location, scale).sum())


def test_the_normal_law_is_known_of_errors_whose_squares_are_no_numbers():
    """As it would be of errors a power of ten smaller, which moves the density by that power."""
    error = np.array([*ERROR, 1e160])
    small, samples = error_law._normal(error / 1e60)[0], len(error)
    with np.errstate(over="ignore"):
        found = error_law._normal(error)[0]
    assert found == pytest.approx(small - samples * 60 * np.log(10))


EXTREME = (
    *(5e-324, 1e-323, 1e-310, 1e-200, 1e-155, 1e-10, 0.1, 1.0, 2.0, 3.0, 1000.0),
    *(1e150, 1e154, 1e155, 1e200, 1e300, 1.7e308, 0.0, -1.0, -5e-324, -1e300),
)


NUMBERS = st.sampled_from(EXTREME) | st.floats(allow_nan=False, allow_infinity=False)


@example([(float(label), 2.0 * label) for label in range(1, 20)])
@example([(1e155, 0.0), *((0.1 * n, 0.1 * n + 1.0) for n in range(20))])
@example([(5e-324, 1e-323)] * 20)
@example([(1.0, 1e155), (2.0, 1e30), (3.0, 2.0)])
@settings(max_examples=examples(120), deadline=None)
@given(
    st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=30)
    | st.lists(NUMBERS.map(lambda label: (label, label * 2.0 if abs(label) < 1e307 else label)), min_size=1)
)
def test_no_number_is_too_large_or_too_small_to_be_told_of(pairs):
    label, prediction = np.array(pairs).T
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # What no loss accepts is refused, which is an answer too.
        with suppress(LosscliError):
            losscli.recommend(prediction, label)


def test_student_is_as_probable_as_scipys_fit():
    degrees, location, scale = stats.t.fit(ERROR)
    best = stats.t.logpdf(ERROR, degrees, location, scale).sum()
    assert best - 0.5 < error_law._student(ERROR)[0] <= best + 1e-6


def test_outliers_are_as_probable_as_the_truth_at_least():
    random = np.random.default_rng(11)
    outlier = random.random(3000) < 0.07
    error = random.normal(size=3000) * np.where(outlier, 8.0, 1.0)
    truth = np.log(0.93 * stats.norm.pdf(error) + 0.07 * stats.norm.pdf(error, scale=8.0)).sum()
    assert truth - 0.1 <= error_law._contaminated(error)[0] < truth + 10.0


@np.errstate(all="ignore")
def test_counts_are_scipys():
    random = np.random.default_rng(11)
    label = random.poisson(MEAN).astype(float)
    scaled = MEAN * label.sum() / MEAN.sum()
    assert error_law._poisson(label, MEAN)[0] == pytest.approx(stats.poisson.logpmf(label, scaled).sum())
    label = random.negative_binomial(2.0, 2.0 / (2.0 + MEAN)).astype(float)
    scaled = MEAN * label.sum() / MEAN.sum()
    shapes = np.exp(np.linspace(np.log(0.02), np.log(5e3), 50))
    wanted = max(stats.nbinom.logpmf(label, k, k / (k + scaled)).sum() for k in shapes)
    assert error_law._negative_binomial(label, MEAN)[0] == pytest.approx(wanted)
    label[::3] = 0.0
    scaled = MEAN * label.sum() / MEAN.sum()
    found = []
    for share in np.linspace(0.01, 0.95, 48):
        chance = (1.0 - share) * stats.poisson.pmf(label, scaled / (1.0 - share)) + share * (label == 0.0)
        with np.errstate(divide="ignore"):
            found.append(np.log(chance).sum())
    assert error_law._zero_inflated(label, MEAN)[0] == pytest.approx(max(found))


def test_ratios_are_scipys():
    random = np.random.default_rng(11)
    label = random.gamma(2.5, MEAN / 2.5)
    ratio = label / MEAN
    shape, _, scale = stats.gamma.fit(ratio, floc=0.0)
    best = (stats.gamma.logpdf(ratio, shape, scale=scale) - np.log(MEAN)).sum()
    assert best - 0.2 < error_law._gamma(label, MEAN)[0] <= best + 1e-6
    shape, _, scale = stats.lognorm.fit(ratio, floc=0.0)
    best = (stats.lognorm.logpdf(ratio, shape, scale=scale) - np.log(MEAN)).sum()
    assert error_law._log_normal(label, MEAN)[0] == pytest.approx(best, abs=1e-3)


def test_moments_and_ranks_are_scipys():
    random = np.random.default_rng(11)
    skewed = random.gamma(1.0, 1.0, 500).round(1)
    assert error_law.skewness(skewed) == pytest.approx(stats.skew(skewed))
    assert error_law.excess_kurtosis(skewed) == pytest.approx(stats.kurtosis(skewed))
    assert error_law.skewness(1e200 * skewed) == pytest.approx(stats.skew(skewed))
    other = (skewed + random.normal(size=500)).round()
    assert _rank_correlation(skewed, other) == pytest.approx(stats.spearmanr(skewed, other).statistic)
    assert _rank_correlation(skewed, np.ones(500)) is None
    assert error_law.robust_scale(ERROR) == pytest.approx(stats.median_abs_deviation(ERROR) * 1.4826)


@settings(max_examples=examples(20))
@given(st.integers(-300, 280), st.integers(0, 1000))
def test_law_does_not_depend_on_the_unit(power, seed):
    random = np.random.default_rng(seed)
    error, scale = random.laplace(size=400), 2.0**power
    one, other = (
        error_law.law_of(unit * (3.0 + error), np.full(400, 3.0 * unit), counts=False, ratios=False)
        for unit in (1.0, scale)
    )
    assert one.name == other.name
    assert one.gain == pytest.approx(other.gain, abs=1e-9)


@pytest.mark.parametrize(
    "error", [np.zeros(50), np.full(50, 2.0), np.array([1e308, -1e308] * 20), np.zeros(1)]
)
def test_no_law_where_there_is_no_noise_or_no_number(error):
    law = error_law.law_of(error, np.zeros(len(error)), counts=False, ratios=False)
    assert law.name in ("none", "normal", "laplace")


def test_slope_is_that_of_logistic_regression():
    random = np.random.default_rng(11)
    linear = pytest.importorskip("sklearn.linear_model")
    score = random.normal(size=2000)
    label = (random.random(2000) < 1.0 / (1.0 + np.exp(-3.0 * score - 0.5))).astype(float)
    model = linear.LogisticRegression(C=1e12, tol=1e-10).fit(score[:, None], label)
    kept = Kept(np.arange(2000), np.arange(2000), label, score)
    assert _slope(kept, "binary") == pytest.approx(model.coef_[0, 0], rel=1e-4)
    apart = Kept(np.arange(2000), np.arange(2000), (score > 0.0).astype(float), score)
    assert _slope(apart, "binary") > 10.0


def blocks(n, cuts):
    random = np.random.default_rng(2)
    label, prediction = np.rint(random.normal(size=n)), random.normal(size=n)
    row = np.arange(1, n + 1)
    left_out = np.where(random.random(n) < 0.1, DROPPED, 0).astype(np.uint8)
    whole = Block(row, row, label, prediction, left_out=left_out)
    return [whole.take(slice(*pair)) for pair in zip([0, *cuts], [*cuts, n], strict=True)]


@settings(max_examples=examples(25))
@given(st.lists(st.integers(0, 900), max_size=5), st.randoms(use_true_random=False))
@example([216, 217], random.Random(0))
def test_look_depends_on_rows_alone(cuts, shuffler):
    plan = Plan((), "p.csv", "l.csv")
    losses = tuple(bind(find(name), {}) for name in ("mse", "gamma_deviance", "hinge"))
    parts = [look(plan, losses, block) for block in blocks(900, sorted(cuts))]
    shuffler.shuffle(parts)
    found = Look()
    for part in parts:
        found = found.merge(part)
    (wanted,) = (look(plan, losses, block) for block in blocks(900, []))
    for name in ("n", "left_out", "label", "prediction", "counted"):
        assert getattr(found, name) == getattr(wanted, name)
    assert {spec: one.count for spec, one in found.refused.items()} == {
        spec: one.count for spec, one in wanted.refused.items()
    }
    assert [str(one.error) for one in found.refused.values()] == [
        str(one.error) for one in wanted.refused.values()
    ]
    assert (found.kept.in_order().row == wanted.kept.in_order().row).all()
    assert (found.kept.in_order().label == wanted.kept.in_order().label).all()


def test_sample_is_bounded_and_the_same_for_any_blocks(monkeypatch):
    monkeypatch.setattr(looking, "SAMPLE_ROWS", 300)
    plan = Plan((), "p.csv", "l.csv")
    drawn_rows = []
    for cuts in ([], [100, 101, 2500], list(range(0, 5000, 37))):
        found = Look()
        for block in blocks(5000, cuts):
            found = found.merge(look(plan, (), block))
        assert len(found.kept.row) == 300
        drawn_rows.append(found.kept.in_order().row.tolist())
    assert drawn_rows[0] == drawn_rows[1] == drawn_rows[2]
    assert 1500 < np.mean(drawn_rows[0]) < 3500


def test_keys_are_distinct_and_even():
    keys = mixed(np.arange(1, 100_001))
    assert len(np.unique(keys)) == 100_000
    assert stats.kstest(keys / 2.0**64, "uniform").pvalue > 1e-4
