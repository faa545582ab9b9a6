"""Means and how sure they are: published values, textbook formulas in fractions, and SciPy."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest
from helpers.exactly import exact, numbers
from scipy import stats

from losscli.compute.evidence import Evidence
from losscli.compute.statistics.clusters import Clusters
from losscli.compute.statistics.estimate import of_clusters, of_lags, of_samples
from losscli.compute.statistics.lags import Lags
from losscli.compute.statistics.moments import Moments
from losscli.compute.statistics.powers import Powers, sums_of

SLEEP = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]) - np.array(
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
)
DARWIN = np.array([49.0, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48])


def estimate(a, weight=None, cluster=None, *, counts=False):
    names = None if cluster is None else np.array([f"{one}".encode() for one in cluster], dtype="S8")
    return Evidence.of(np.array(a, dtype=np.float64), weight, names, counts=counts).estimate()


def test_students_sleep():
    found = estimate(SLEEP)
    assert math.isclose(found.value, -1.58, rel_tol=1e-15)
    assert math.isclose(found.value / found.standard_error, -4.062127683382037, rel_tol=1e-13)
    assert math.isclose(found.skewness, -1.4719767296659394, rel_tol=1e-13)
    assert (found.n, found.size, found.degrees, found.clusters, found.by_t) == (10, 10, 9, None, False)


def test_darwins_maize():
    found = estimate(DARWIN)
    assert found.mean == Fraction(314, 15)
    assert math.isclose(found.skewness, -0.9920929152, rel_tol=1e-9)
    assert math.isclose(found.value / found.standard_error, 2.148, rel_tol=1e-3)


def test_clusters_of_field_and_statsmodels():
    found = estimate([1, 2, 3, 10, 11, 12, 4, 5], cluster=[0, 0, 0, 1, 1, 1, 2, 2])
    assert found.standard_error == 2.9764702249476644
    assert (found.value, found.clusters, found.degrees, found.size, found.effective) == (6.0, 3, 2, 3, 3)
    # u = −12, 15, −3
    u = [Fraction(one) for one in (-12, 15, -3)]
    skewness = float(sum(x**3 for x in u) / 3) / float(sum(x * x for x in u) / 3) ** 1.5
    assert math.isclose(found.skewness, skewness, rel_tol=1e-14)
    assert math.isclose(found.standard_error * math.sqrt(2 / 3), math.sqrt(378) / 8, rel_tol=1e-15)
    naive = estimate([1, 2, 3, 10, 11, 12, 4, 5]).standard_error
    assert math.isclose(naive, 1.5352989471574767, rel_tol=1e-15)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("rows", [2, 3, 30, 500])
def test_scipy_agrees(seed, rows):
    a = np.random.default_rng(seed).normal(3, 2, rows) ** 2
    found = estimate(a)
    assert math.isclose(found.standard_error, stats.sem(a), rel_tol=1e-12)
    assert math.isclose(found.std, a.std(ddof=1), rel_tol=1e-12)
    if rows > 2:
        assert math.isclose(found.skewness, stats.skew(a), rel_tol=1e-10)


@pytest.mark.parametrize("extreme", [0.0, 0.3])
@pytest.mark.parametrize("seed", range(4))
def test_importance_weights_are_linearised(seed, extreme):
    chance = random.Random(seed)
    a = numbers(chance, 40, signs=True, extreme=0.0)
    weight = numbers(chance, 40, extreme=extreme)
    weight[weight > 1e100] = 1e100
    weight[3] = 0.0
    found = estimate(a, weight)
    w, x = exact(weight), exact(a)
    total, n = sum(w), sum(one > 0 for one in w)
    mean = sum(k * v for k, v in zip(w, x, strict=True)) / total
    psi = [k * (v - mean) for k, v in zip(w, x, strict=True)]
    second, third = sum(p * p for p in psi), sum(p**3 for p in psi)
    assert found.mean == mean
    square = float(n * second / ((n - 1) * total * total))
    assert math.isclose(found.standard_error, math.sqrt(square), rel_tol=1e-14)
    assert math.isclose(found.effective, float(total * total / sum(k * k for k in w)), rel_tol=1e-14)
    # (Σψ³/n)/(Σψ²/n)^1.5, of fractions that no float64 holds
    square = third**2 * n / second**3
    wanted = math.copysign(math.sqrt(float(square)), third)
    # Of two rows alone that count, skewness is the rounding of w³.
    assert math.isclose(found.skewness, wanted, rel_tol=1e-9, abs_tol=1e-14)
    assert (found.n, found.size, found.degrees) == (n, n, n - 1)
    # It is the standard error that is reported without a level.
    assert found.standard_error == Moments.of(a, weight).standard_error


@pytest.mark.parametrize("scale", [1e-250, 1e-120, 1.0, 1e120, 1e250])
def test_the_unit_of_weights_is_of_no_account(scale):
    chance = random.Random(1)
    a, weight = (
        numbers(chance, 30, extreme=0.0),
        np.array([chance.choice((0.5, 1.0, 2.0)) for _ in range(30)]),
    )
    unit = 2.0 ** round(math.log2(scale))
    one, other = estimate(a, weight), estimate(a, weight * unit)
    assert (one.standard_error, one.skewness, one.effective) == (
        *(other.standard_error, other.skewness, other.effective),
    )
    grouped = [row % 7 for row in range(30)]
    clustered = [estimate(a, w, grouped) for w in (weight, weight * unit)]
    assert clustered[0].standard_error == clustered[1].standard_error
    assert clustered[0].skewness == clustered[1].skewness


@pytest.mark.parametrize("cluster", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_counts_are_repetition(seed, cluster):
    chance = random.Random(seed)
    a = numbers(chance, 20, signs=True, extreme=0.2)
    weight = np.array([float(chance.randint(0, 4)) for _ in range(20)])
    names = [chance.randrange(5) for _ in range(20)]
    times = weight.astype(int)
    found = estimate(a, weight, names if cluster else None, counts=True)
    repeated = estimate(np.repeat(a, times), None, np.repeat(names, times) if cluster else None)
    assert found == repeated


def test_extremes():
    for size in (1e-200, 1e200, 1e300):
        small, found = estimate([1.0, 2.0, 4.0, 16.0]), estimate(np.array([1.0, 2.0, 4.0, 16.0]) * size)
        assert math.isclose(found.standard_error / size, small.standard_error, rel_tol=1e-13)
        assert math.isclose(found.skewness, small.skewness, rel_tol=1e-13)
    far = estimate([1e200, 1.0, 1e-200])
    assert math.isclose(far.skewness, math.sqrt(0.5), rel_tol=1e-12)


def test_without_variance_and_without_samples():
    constant = estimate([2.0, 2.0, 2.0])
    assert (constant.standard_error, constant.std, constant.skewness) == (0.0, 0.0, None)
    assert constant.is_constant
    one = estimate([2.0])
    assert (one.standard_error, one.std, one.skewness, one.value) == (None, None, None, 2.0)
    assert not one.is_constant
    none = estimate([])
    assert (none.n, none.standard_error) == (0.0, None)
    alone = estimate([1.0, 2.0], cluster=[1, 1])
    assert (alone.standard_error, alone.clusters, alone.std) == (None, 1, math.sqrt(0.5))
    assert estimate([1.0, 2.0], np.array([0.0, 3.0])).standard_error is None
    assert estimate([1.0, 2.0], np.array([0.0, 0.0])).n == 0.0
    # The unit of weights changes nothing.
    assert estimate([1.0, 2.0], np.array([0.25, 0.25])).std == math.sqrt(0.5)


def test_one_row_a_cluster_is_no_cluster():
    a = np.random.default_rng(1).normal(size=50)
    weight = np.random.default_rng(2).uniform(0.5, 2.0, 50)
    for w in (None, weight):
        plain, alone = estimate(a, w), estimate(a, w, range(50))
        assert math.isclose(plain.standard_error, alone.standard_error, rel_tol=1e-14)
        assert math.isclose(plain.skewness, alone.skewness, rel_tol=1e-13)


def test_lags_are_those_of_diebold_and_mariano():
    d = np.array([0.3, 0.4, 0.5, 0.2, 0.1, -0.3, -0.4, -0.1, 0.2, 0.4])
    x, n, most = exact(d), 10, 2
    sums = sums_of(_alone(), Powers.of(d))
    lags = Lags.of((d, np.zeros(0)), most)
    found = of_lags(of_samples(sums), sums, lags.covariances(sum(x)))
    mean = d.mean()
    gamma = [((d[h:] - mean) * (d[: n - h] - mean)).sum() / n for h in range(most + 1)]
    variance = (gamma[0] + 2 * sum(gamma[1:])) / n
    h = most + 1
    factor = math.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    assert math.isclose(found.standard_error, math.sqrt(variance) / factor, rel_tol=1e-12)
    assert (found.by_t, found.skewness, found.degrees) == (True, None, 9)


def test_a_negative_sum_of_lags_is_bartletts():
    d = np.array([1.0, -1.0] * 6 + [0.5])
    sums = sums_of(_alone(), Powers.of(d))
    lags = Lags.of((d, np.zeros(0)), 1)
    covariances = lags.covariances(sum(exact(d)))
    variance = float(np.var(d))
    assert variance + 2 * float(covariances[0]) < 0
    found = of_lags(of_samples(sums), sums, covariances)
    n, h = 13, 2
    factor = (n + 1 - 2 * h + h * (h - 1) / n) / n
    wanted = math.sqrt(max(variance + float(covariances[0]), 0.0) / n / factor)
    assert math.isclose(found.standard_error, wanted, rel_tol=1e-9)


def test_clusters_of_a_form_with_a_constant():
    a = np.array([1.0, 2.0, 4.0, 8.0])
    names = np.array([b"x", b"y", b"x", b"y"], dtype="S8")
    plain = estimate(a, cluster=["x", "y", "x", "y"])
    sums = sums_of(_alone(Fraction(3)), Powers.of(a))
    shifted = of_clusters(of_samples(sums), Clusters.of(names, (a,)), (Fraction(1),), Fraction(3))
    assert shifted.mean == plain.mean + 3
    assert (shifted.standard_error, shifted.skewness) == (plain.standard_error, plain.skewness)


def _alone(constant=Fraction(0)):
    from losscli.compute.statistics.powers import Form

    return Form(constant=constant)


@pytest.mark.parametrize("offset", [0.0, 1e6, 1e12])
def test_an_offset_changes_no_skewness(offset):
    # Their cubes are 10^36, and the one of what varies 1: nothing of them may be lost.
    a = np.array([0.0, 0.0, 0.0, 1.0, 4.0]) + offset
    found = estimate(a)
    assert math.isclose(found.skewness, stats.skew(np.array([0.0, 0.0, 0.0, 1.0, 4.0])), rel_tol=1e-14)


def test_weights_that_leave_one_sample_alone():
    found = estimate([1.0, 2.0, 0.3], np.array([0.5, 1e-300, 1e-300]))
    assert abs(found.skewness) <= math.sqrt(3)
    assert 0.0 < found.standard_error < 1e-299
