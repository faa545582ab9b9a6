"""Whole comparisons against slow references, row by row in fractions; and that these find planted bugs."""

import math
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from helpers.exactly import exact
from scipy import optimize, stats

import losscli
from losscli.analyses.compare import pairs
from losscli.compute import evidence
from losscli.compute.statistics import estimate
from losscli.loss.spec import BoundLoss

LEVELS = (0.8, 0.95, 0.99)


def identity(label, prediction):
    return prediction - label


def compared(baseline, candidate, loss=identity, *, weight=None, cluster=None, **more):
    table = {"old": baseline, "new": candidate, "label": np.zeros(len(baseline))}
    columns = {"label": "label"}
    for name, column in (("weight", weight), ("cluster", cluster)):
        if column is not None:
            table[name], columns[name] = np.asarray(column), name
    report = losscli.compare(pd.DataFrame(table), loss=loss, prediction=["old", "new"], **columns, **more)
    return report[0].comparisons[0]


def drawn(seed, rows=60):
    """Losses of a baseline and a candidate, skewed and correlated."""
    chance = np.random.default_rng(seed)
    shared = chance.normal(size=rows) ** 2
    return shared + chance.exponential(size=rows), 0.7 * shared + chance.exponential(size=rows) ** 1.5


def skewness(u):
    """(Σu³/n)/(Σu²/n)^1.5 of numbers whose mean is taken to be 0."""
    n = len(u)
    return float(sum(one**3 for one in u) / n) / float(sum(one * one for one in u) / n) ** 1.5


def ends(mean, error, df, alpha, gamma=None, n=None):
    """The wider of Student's interval and of Hall's, whose ends are found by halving, not by a formula."""
    t = stats.t.ppf(1 - alpha / 2, df)
    found = [mean - t * error, mean + t * error]
    if gamma is None:
        return found

    def g(x):
        root = math.sqrt(n)
        return x + gamma * x**2 / (3 * root) + gamma**2 * x**3 / (27 * n) + gamma / (6 * root)

    upper, lower = (optimize.brentq(lambda x, at=at: g(x) - at, -1e4, 1e4, xtol=1e-13) for at in (t, -t))
    return [min(found[0], mean - upper * error), max(found[1], mean - lower * error)]


def agrees(found, mean, error, df, gamma=None, n=None, alpha=0.05):
    """Hold a comparison against a mean, its standard error, and what its interval depends on."""
    assert math.isclose(found.difference, mean, rel_tol=1e-12)
    assert math.isclose(found.standard_error, error, rel_tol=1e-12)
    assert math.isclose(found.t, mean / error, rel_tol=1e-12)
    assert found.df == df
    assert (found.skewness is None) == (gamma is None)
    if gamma is not None:
        assert math.isclose(found.skewness, gamma, rel_tol=1e-10)
    assert found.ci == pytest.approx(ends(mean, error, df, alpha, gamma, n), rel=1e-9, abs=1e-9 * error)
    outside = not found.ci[0] <= 0.0 <= found.ci[1]
    assert outside == (found.p < alpha)
    assert found.verdict == ("undecided" if not outside else "better" if found.difference < 0.0 else "worse")


def plain(seed, alpha=0.05, **more):
    old, new = drawn(seed)
    d = [x - y for x, y in zip(exact(new), exact(old), strict=True)]
    n, mean = len(d), sum(d) / len(d)
    about = [one - mean for one in d]
    error = math.sqrt(sum(one * one for one in about) / (n - 1) / n)
    found = compared(old, new, level=1 - alpha if alpha != 0.05 else 0.95, **more)
    agrees(found, float(mean), error, n - 1, skewness(about), n, alpha)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("level", LEVELS)
def test_of_independent_rows(seed, level):
    plain(seed, round(1 - level, 10))


def weighted(seed):
    old, new = drawn(seed)
    weight = np.random.default_rng(seed + 100).choice([0.0, 0.5, 1.0, 2.25, 7.0], len(old))
    rows = [(Fraction(w), x - y) for w, x, y in zip(exact(weight), exact(new), exact(old), strict=True) if w]
    n, total = len(rows), sum(w for w, _ in rows)
    mean = sum(w * d for w, d in rows) / total
    u = [w * (d - mean) for w, d in rows]
    error = math.sqrt(Fraction(n, n - 1) * sum(one * one for one in u) / total**2)
    found = compared(old, new, weight=weight)
    agrees(found, float(mean), error, n - 1, skewness(u), n)


@pytest.mark.parametrize("seed", range(6))
def test_of_weights_that_say_how_much_a_row_matters(seed):
    weighted(seed)


@pytest.mark.parametrize("seed", range(4))
def test_weights_that_say_how_often_a_row_was_seen_repeat_it(seed):
    old, new = drawn(seed, 25)
    weight = np.random.default_rng(seed).integers(0, 4, 25)
    one = compared(old, new, weight=weight, weights_are="counts")
    other = compared(np.repeat(old, weight), np.repeat(new, weight))
    told = ("difference", "ci", "standard_error", "std", "t", "df", "skewness", "p", "verdict", "relative_ci")
    assert [getattr(one, name) for name in told] == [getattr(other, name) for name in told]


def clustered(seed, count=9, *, weights=False):
    old, new = drawn(seed, 70)
    chance = np.random.default_rng(seed + 200)
    names = np.array([f"c{one}" for one in chance.integers(0, count, 70)])
    weight = chance.choice([0.5, 1.0, 3.0], 70) if weights else None
    w = exact(np.ones(70) if weight is None else weight)
    d = [x - y for x, y in zip(exact(new), exact(old), strict=True)]
    total = sum(w)
    mean = sum(k * x for k, x in zip(w, d, strict=True)) / total
    sums = dict.fromkeys(names.tolist(), Fraction(0))
    for name, k, x in zip(names.tolist(), w, d, strict=True):
        sums[name] += k * (x - mean)
    u, found = list(sums.values()), len(sums)
    error = math.sqrt(Fraction(found, found - 1) * sum(one * one for one in u) / total**2)
    agrees(
        compared(old, new, cluster=names, weight=weight), float(mean), error, found - 1, skewness(u), found
    )


@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("count", [2, 9, 40])
@pytest.mark.parametrize("seed", range(3))
def test_of_clusters(seed, count, weights):
    clustered(seed, count, weights=weights)


def lagged(seed, lag=2, rows=50):
    old, new = drawn(seed, rows)
    d = [x - y for x, y in zip(exact(new), exact(old), strict=True)]
    mean = sum(d) / rows
    about = [one - mean for one in d]
    covariances = [
        sum((about[i] * about[i + h] for i in range(rows - h)), Fraction(0)) / rows for h in range(lag + 1)
    ]
    variance = covariances[0] + 2 * sum(covariances[1:], Fraction(0))
    if variance <= 0:
        variance = covariances[0] + 2 * sum(
            ((1 - Fraction(h, lag + 1)) * covariances[h] for h in range(1, lag + 1)), Fraction(0)
        )
    steps = lag + 1
    factor = Fraction(rows + 1 - 2 * steps, rows) + Fraction(steps * (steps - 1), rows * rows)
    agrees(compared(old, new, lag=lag), float(mean), math.sqrt(variance / rows / factor), rows - 1)


@pytest.mark.parametrize("lag", [1, 2, 7])
@pytest.mark.parametrize("seed", range(4))
def test_of_forecasts(seed, lag):
    lagged(seed, lag)


def finished(seed, loss, old, new, labels, cost, *, cluster=None):
    """Hold a difference of finished costs against its derivative by every row's weight, taken numerically."""
    n = len(labels)

    def difference(weight):
        return cost(new, weight) - cost(old, weight)

    step, ones = 1e-5, np.ones(n)
    influence = np.array(
        [
            (difference(ones + step * row) - difference(ones - step * row)) / (2 * step) * n
            for row in np.eye(n)
        ]
    )
    u = influence - influence.mean()
    if cluster is not None:
        u = np.array([u[cluster == one].sum() for one in np.unique(cluster)])
    size = len(u)
    error = math.sqrt(size / (size - 1) * (u @ u)) / n
    table = {"old": old, "new": new, "label": labels}
    more = {} if cluster is None else {"cluster": "cluster"}
    if cluster is not None:
        table["cluster"] = cluster
    report = losscli.compare(pd.DataFrame(table), loss=loss, prediction=["old", "new"], label="label", **more)
    (found,) = report[0].comparisons
    assert math.isclose(found.difference, difference(ones), rel_tol=1e-12)
    assert math.isclose(found.standard_error, error, rel_tol=1e-6)
    gamma = (u**3).mean() / (u**2).mean() ** 1.5
    assert math.isclose(found.skewness, gamma, rel_tol=1e-5)
    assert found.ci == pytest.approx(
        ends(found.difference, error, size - 1, 0.05, gamma, size), rel=1e-5, abs=1e-5 * error
    )


def root_mean_square(seed, **more):
    chance = np.random.default_rng(seed)
    labels = chance.normal(size=50)
    old, new = (labels + scale * chance.standard_t(4, size=50) for scale in (2.0, 1.0))

    def cost(prediction, weight):
        return math.sqrt(weight @ (prediction - labels) ** 2 / weight.sum())

    finished(seed, "rmse", old, new, labels, cost, **more)


@pytest.mark.parametrize("seed", range(4))
def test_difference_of_roots(seed):
    root_mean_square(seed)
    root_mean_square(seed, cluster=np.random.default_rng(seed).integers(0, 12, 50))


@pytest.mark.parametrize("seed", range(3))
def test_difference_of_exponentials(seed):
    """Perplexity, of class probabilities."""
    chance = np.random.default_rng(seed)
    n = 50
    labels = chance.integers(0, 3, n)
    models = [chance.dirichlet([1.0, 2.0, 3.0], n) + bonus * np.eye(3)[labels] for bonus in (0.1, 0.6)]
    old, new = (one / one.sum(axis=1, keepdims=True) for one in models)
    step = 1e-5

    def difference(weight):
        costs = [math.exp(weight @ -np.log(one[np.arange(n), labels]) / weight.sum()) for one in (new, old)]
        return costs[0] - costs[1]

    ones = np.ones(n)
    u = np.array(
        [
            (difference(ones + step * row) - difference(ones - step * row)) / (2 * step) * n
            for row in np.eye(n)
        ]
    )
    error = math.sqrt(u @ u / (n - 1) / n)
    (found,) = losscli.compare({"old": old, "new": new}, labels, "perplexity")[0].comparisons
    assert math.isclose(found.difference, difference(ones), rel_tol=1e-12)
    assert math.isclose(found.standard_error, error, rel_tol=1e-6)
    assert math.isclose(found.skewness, skewness(u), rel_tol=1e-5)


def test_a_difference_of_roots_is_not_the_root_of_a_difference():
    old, new = drawn(3)
    root, square = (compared(old, new, loss) for loss in ("rmse", "mse"))
    assert root.difference != square.difference
    assert math.copysign(1.0, root.difference) == math.copysign(1.0, square.difference)


# Losses that are 0 or 1.


def of_tables(worse, better, both, neither, loss="zero_one", **more):
    """The comparison of a table of who is wrong."""
    old = np.repeat([0, 1, 1, 0], [worse, better, both, neither])
    new = np.repeat([1, 0, 1, 0], [worse, better, both, neither])
    return losscli.compare({"old": old, "new": new}, np.zeros(len(old), int), loss, **more)[0].comparisons[0]


def binomial(k, n):
    return Fraction(math.comb(n, k), 2**n)


def score(worse, better, n, d):
    """Tango's score, of the share that is most likely under the difference: found by searching for it."""
    if abs(worse - better - n * d) < 1e-12:
        return 0.0
    least = max(0.0, -d)

    def slope(q):
        rest = n - worse - better
        # of b·log(q + d) + c·log q + rest·log(1 − 2q − d), q the share of the rows that are better
        return worse / (q + d) + (better / q if better else 0.0) - 2 * rest / (1 - 2 * q - d)

    most = (1 - d) / 2
    inside = (least + 1e-14, most - 1e-14)
    if slope(inside[0]) <= 0.0:
        q = least
    elif slope(inside[1]) >= 0.0:
        q = most
    else:
        q = optimize.brentq(slope, *inside, xtol=1e-16)
    return (worse - better - n * d) / math.sqrt(n * (2 * q + d * (1 - d)))


def tables(worse, better, both=30, neither=50, alpha=0.05):
    found = of_tables(worse, better, both, neither, level=0.95 if alpha == 0.05 else 1 - alpha)
    n, differ, least = worse + better + both + neither, worse + better, min(worse, better)
    tail = sum(binomial(k, differ) for k in range(least + 1))
    p = min(Fraction(1), 2 * tail)
    mid = Fraction(1) if worse == better else 2 * tail - binomial(least, differ)
    assert found.interval == "tango"
    assert math.isclose(found.p, float(p), rel_tol=1e-12)
    assert math.isclose(found.p_mid, float(mid), rel_tol=1e-12)
    assert (found.effect.worse, found.effect.better, found.effect.equal) == (worse, better, both + neither)
    assert found.difference == float(Fraction(worse - better, n))
    z = stats.norm.ppf(1 - alpha / 2)
    assert score(worse, better, n, found.ci[0]) == pytest.approx(z, abs=1e-6)
    assert score(worse, better, n, found.ci[1]) == pytest.approx(-z, abs=1e-6)
    outside = not found.ci[0] <= 0.0 <= found.ci[1]
    decided = outside and p < Fraction(str(alpha))
    assert found.verdict == ("undecided" if not decided else "better" if better > worse else "worse")


TABLES = [(1, 0), (0, 7), (3, 12), (9, 1), (25, 24), (40, 15), (10, 10), (150, 190)]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_of_losses_of_0_and_1(table, alpha):
    tables(*table, alpha=alpha)


@pytest.mark.parametrize("table", [(1, 9), (9, 1), (0, 6), (1, 8), (2, 9), (2, 10)])
def test_interval_and_p_have_to_agree(table):
    """Of few rows that differ the score interval may exclude 0 while the exact p is above 0.05."""
    tables(*table, both=0, neither=4)


def test_there_are_tables_on_which_they_do_not_agree():
    found = of_tables(0, 5, 0, 45)
    assert found.ci[1] < 0.0
    assert found.p == 0.0625
    assert found.verdict == "undecided"


# Bugs that were planted are found.


def chi_squared(worse, better):
    return float(stats.chi2.sf((worse - better) ** 2 / (worse + better), 1))


def _with(found, **fields):
    return replace(found, **fields)


def _shorter(right, factor):
    """A function of estimates whose standard errors are multiplied."""

    def wrong(*given):
        found = right(*given)
        return replace(found, standard_error=found.standard_error * factor)

    return wrong


def _without_factor(right, found, sums, some):
    n, steps = float(sums.none), len(some) + 1
    factor = (n + 1 - 2 * steps + steps * (steps - 1) / n) / n
    return right(found, sums, some).standard_error * math.sqrt(factor)


BUGS = {
    "χ² for the exact p": (pairs, "mcnemar", lambda right: chi_squared, lambda: tables(12, 3)),
    "exact p for mid-p": (pairs, "mcnemar_mid", lambda right: pairs.mcnemar, lambda: tables(12, 3)),
    "better and worse exchanged": (
        pairs,
        "tango",
        lambda right: lambda worse, better, n, tail: right(better, worse, n, tail),
        lambda: tables(12, 3),
    ),
    "clusters without G/(G − 1)": (
        evidence,
        "of_clusters",
        lambda right: _shorter(right, math.sqrt(8 / 9)),
        lambda: clustered(1, 9),
    ),
    "clusters with the degrees of rows": (
        evidence,
        "of_clusters",
        lambda right: lambda found, *rest: _with(right(found, *rest), degrees=found.degrees),
        lambda: clustered(1, 9),
    ),
    "no factor of Harvey, Leybourne and Newbold": (
        pairs,
        "of_lags",
        lambda right: (
            lambda found, sums, some: _with(
                right(found, sums, some), standard_error=_without_factor(right, found, sums, some)
            )
        ),
        lambda: lagged(1, 2),
    ),
    "one lag too few": (
        pairs,
        "of_lags",
        lambda right: lambda found, sums, some: right(found, sums, some[:-1]),
        lambda: lagged(1, 2),
    ),
    "weights as if they were counts": (
        evidence,
        "of_weighted",
        lambda right: lambda rows, sums, squared, cubed: estimate.of_samples(sums),
        lambda: weighted(1),
    ),
    "skewness of the weighted rows without w³": (
        evidence,
        "of_weighted",
        lambda right: lambda rows, sums, squared, cubed: right(rows, sums, squared, squared),
        lambda: weighted(1),
    ),
    "the sign of the skewness": (
        estimate,
        "skewness_of",
        lambda right: lambda *given: -right(*given),
        lambda: plain(1),
    ),
    "the derivative of the root": (
        BoundLoss,
        "finish_derivative",
        lambda right: lambda bound, mean: 1.0,
        lambda: root_mean_square(1),
    ),
    "α for α/2": (
        pairs,
        "error_rate",
        lambda right: lambda level: 2 * right(level),
        lambda: plain(1),
    ),
}


@pytest.mark.parametrize("bug", BUGS)
def test_planted_bugs_are_found(bug, monkeypatch):
    module, name, wrong, check = BUGS[bug]
    check()
    monkeypatch.setattr(module, name, wrong(getattr(module, name)))
    with pytest.raises(AssertionError):
        check()


def test_order_and_blocks_of_rows_change_nothing():
    old, new = drawn(4, 500)
    order = list(range(500))
    random.Random(1).shuffle(order)
    names = np.arange(500) % 31
    one = compared(old, new, cluster=names)
    other = compared(old[order], new[order], cluster=names[order])
    told = ("difference", "ci", "relative_ci", "standard_error", "skewness", "p", "correlation", "effect")
    assert [getattr(one, name) for name in told] == [getattr(other, name) for name in told]
