"""Published values, and values computed by exact fractions and SciPy, come out of whole comparisons."""

import numpy as np
import pytest
from scipy import stats

import losscli


def identity(label, prediction):
    return prediction - label


def differences_of(candidate, baseline, loss=identity, **more):
    """Return the comparison of two series of losses, whose labels are 0."""
    labels = np.zeros(len(candidate))
    models = {"baseline": np.asarray(baseline, float), "candidate": np.asarray(candidate, float)}
    return losscli.compare(models, labels, loss, **more)[0].comparisons[0]


SLEEP = (
    (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0),
    (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4),
)
DARWIN = (49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48)


def test_sleep_of_student_1908():
    found = differences_of(*SLEEP)
    assert found.difference == pytest.approx(-1.58, rel=1e-15)
    assert found.t == pytest.approx(-4.0621, abs=5e-5)
    assert found.df == 9.0
    assert found.skewness == pytest.approx(-1.4719767296659394, rel=1e-12)
    assert found.p == pytest.approx(0.002832890197384273, rel=1e-10)
    assert found.ci == pytest.approx((-5.206478603398066, -0.7001142366), rel=1e-9)
    assert (found.verdict, found.approximation) == ("better", "small")


def test_maize_of_darwin_is_undecided_as_fisher_found():
    found = differences_of(DARWIN, np.zeros(15))
    assert found.difference == pytest.approx(314 / 15, rel=1e-15)
    assert found.t == pytest.approx(2.148, abs=5e-4)
    assert found.skewness == pytest.approx(-0.9920929152, rel=1e-9)
    assert found.ci == pytest.approx((-6.4141075656, 41.8354733483), rel=1e-9)
    assert found.p > 0.05
    assert found.verdict == "undecided"


MCNEMAR = {
    (70, 59): 0.378688,
    (80, 59): 0.089452,
    (30, 60): 0.00206,
    (10, 30): 0.002221,
    (10, 10): 1.0,
}


@pytest.mark.parametrize(("table", "p"), MCNEMAR.items())
def test_exact_mcnemar_of_losses_of_0_and_1(table, p):
    worse, better = table
    labels = np.zeros(worse + better + 40, dtype=int)
    candidate = np.r_[np.ones(worse, int), np.zeros(better, int), np.zeros(20, int), np.ones(20, int)]
    baseline = np.r_[np.zeros(worse, int), np.ones(better, int), np.zeros(20, int), np.ones(20, int)]
    (found,) = losscli.compare({"b": baseline, "a": candidate}, labels, "zero_one")[0].comparisons
    assert found.p == pytest.approx(p, abs=1e-6)
    assert found.interval == "tango"
    assert (found.effect.worse, found.effect.better, found.effect.equal) == (worse, better, 40)
    least = min(worse, better)
    tie = stats.binom.pmf(least, worse + better, 0.5)
    mid = 2.0 * stats.binom.cdf(least, worse + better, 0.5) - tie
    assert found.p_mid == pytest.approx(min(1.0, mid), rel=1e-9)


@pytest.mark.parametrize(
    ("better", "worse", "n", "ends"), [(9, 1, 50, (0.0445, 0.2929)), (12, 2, 50, (0.0611, 0.3447))]
)
def test_interval_of_tango(better, worse, n, ends):
    baseline = np.r_[np.ones(better, int), np.zeros(n - better, int)]
    candidate = np.r_[np.zeros(better, int), np.ones(worse, int), np.zeros(n - better - worse, int)]
    (found,) = losscli.compare({"b": baseline, "a": candidate}, np.zeros(n, int), "zero_one")[0].comparisons
    assert found.ci == pytest.approx((-ends[1], -ends[0]), abs=5e-5)


def test_clusters():
    table = {"b": np.zeros(8), "a": np.array([1.0, 2, 3, 10, 11, 12, 4, 5]), "label": np.zeros(8)}
    table["who"] = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    asked = {"label": "label", "cluster": "who"}
    result = losscli.compare(table, loss=identity, prediction=["b", "a"], **asked)[0]
    (found,) = result.comparisons
    assert found.difference == 6.0
    assert found.standard_error == pytest.approx(2.9764702249476644, rel=1e-12)
    assert (found.df, result.clusters) == (2.0, 3)


def test_lag_is_the_test_of_diebold_and_mariano_with_the_correction_of_harvey_and_others():
    d = np.sin(np.arange(60) / 3.0) + 0.3 + np.cos(np.arange(60))
    n, lag, centred = 60, 2, d - d.mean()
    auto = [centred[h:] @ centred[: n - h] / n for h in range(lag + 1)]
    factor = (n + 1 - 2 * (lag + 1) + (lag + 1) * lag / n) / n
    error = np.sqrt((auto[0] + 2 * sum(auto[1:])) / n / factor)
    found = differences_of(d, np.zeros(60), lag=lag)
    assert found.standard_error == pytest.approx(error, rel=1e-12)
    assert found.t == pytest.approx(d.mean() / error, rel=1e-12)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(d.mean() / error), n - 1), rel=1e-10)
    half = stats.t.ppf(0.975, n - 1) * error
    assert found.ci == pytest.approx((d.mean() - half, d.mean() + half), rel=1e-10)


@pytest.fixture(scope="module")
def diabetes():
    from helpers.calls import SAMPLES as FOLDER

    files = {name: str(FOLDER / f"diabetes_{name}.csv") for name in ("forest", "linear")}
    labels = str(FOLDER / "diabetes_labels.csv")
    return losscli.compare(files, labels, ["mse", "mae", "rmse"])


def test_diabetes(diabetes):
    result = diabetes["mse"]
    assert result.n == 442
    assert [one.cost for one in result.models] == pytest.approx([4131.914027149322, 2978.4128969905414])
    (found,) = result.comparisons
    wanted = {
        "difference": -1153.5011301587797,
        "std": 4730.25919574841,
        "standard_error": 224.99548541957665,
        "t": -5.12677455731036,
        "df": 441.0,
        "skewness": -2.4256642382154485,
        "p": 4.4202600867812406e-07,
        "correlation": 0.636442799759695,
    }
    for name, value in wanted.items():
        assert getattr(found, name) == pytest.approx(value, rel=1e-10), name
    assert found.ci == pytest.approx((-1639.2380036459358, -711.3044918040714), rel=1e-10)
    assert (found.effect.better, found.effect.worse, found.effect.equal) == (247, 195, 0)
    assert found.effect.dz == pytest.approx(-0.24385579783779174, rel=1e-10)
    assert found.verdict == "better"


def test_other_losses_of_diabetes(diabetes):
    (found,) = diabetes["mae"].comparisons
    assert found.difference == pytest.approx(-6.357779544464917, rel=1e-12)
    assert found.standard_error == pytest.approx(1.4737759444013365, rel=1e-12)
    assert found.p == pytest.approx(1.9809461062976582e-05, rel=1e-10)
    assert found.ci == pytest.approx((-9.279002484763861, -3.4612824565922256), rel=1e-10)
    (found,) = diabetes["rmse"].comparisons
    assert found.difference == pytest.approx(-9.705128404924913, rel=1e-12)
    assert found.standard_error == pytest.approx(1.769596691599134, rel=1e-10)
    assert found.relative_ci is None


def test_p_is_that_of_a_paired_t_test_where_it_is_the_larger():
    random = np.random.default_rng(7)
    for n in (30, 100, 1000):
        a, b = random.normal(size=n), random.normal(0.05, size=n)
        found, wanted = differences_of(a, b), stats.ttest_rel(a, b)
        assert found.t == pytest.approx(wanted.statistic, rel=1e-10)
        assert found.p >= wanted.pvalue * (1 - 1e-10)
        low, high = wanted.confidence_interval(0.95)
        assert found.ci[0] <= low * (1 - np.sign(low) * -1e-12)
        assert found.ci[1] >= high * (1 - np.sign(high) * 1e-12)


def test_weights_are_those_of_the_linearised_mean():
    random = np.random.default_rng(3)
    table = {"b": random.normal(size=80), "a": random.normal(size=80), "label": np.zeros(80)}
    w = table["w"] = random.uniform(0.1, 3.0, 80)
    asked = {"label": "label", "weight": "w"}
    (found,) = losscli.compare(table, loss=identity, prediction=["b", "a"], **asked)[0].comparisons
    d = table["a"] - table["b"]
    mean = (w @ d) / w.sum()
    error = np.sqrt(80 / 79 * (w**2 @ (d - mean) ** 2)) / w.sum()
    assert found.difference == pytest.approx(mean, rel=1e-12)
    assert found.standard_error == pytest.approx(error, rel=1e-12)
    assert found.df == 79.0


def test_p_of_several_comparisons_is_adjusted_by_holm():
    random = np.random.default_rng(5)
    truth = random.normal(size=60)
    models = {
        name: truth + random.normal(0, size, 60)
        for name, size in zip("abcd", (1, 1.1, 1.4, 2.0), strict=True)
    }
    report = losscli.compare(models, truth, ["mse", "mae"], pairs="all")
    found = [one for result in report.results for one in result.comparisons]
    assert len(found) == 12
    ps = np.array([one.p for one in found])
    order = np.argsort(ps)
    holm = np.empty(12)
    holm[order] = np.minimum(1.0, np.maximum.accumulate(ps[order] * np.arange(12, 0, -1)))
    assert [one.p_adjusted for one in found] == pytest.approx(holm.tolist(), rel=1e-12)
    plain = losscli.compare(models, truth, ["mse", "mae"], pairs="all", adjust="none")
    assert all(one.p == one.p_adjusted for result in plain.results for one in result.comparisons)
    hochberg = losscli.compare(models, truth, ["mse", "mae"], pairs="all", adjust="bh")
    values = [one.p_adjusted for result in hochberg.results for one in result.comparisons]
    assert values == pytest.approx(stats.false_discovery_control(ps).tolist(), rel=1e-12)


def test_equivalence_is_two_one_sided_tests():
    random = np.random.default_rng(11)
    a, b = random.normal(size=200), random.normal(size=200)
    found = differences_of(a, b, margin=0.4)
    d = a - b
    error = d.std(ddof=1) / np.sqrt(200)
    low, high = stats.t.cdf((-0.4 - d.mean()) / error, 199), stats.t.sf((0.4 - d.mean()) / error, 199)
    assert found.equivalence.p_better == pytest.approx(low, rel=1e-9)
    assert found.equivalence.p_worse == pytest.approx(high, rel=1e-9)
    assert found.equivalence.p == pytest.approx(max(low, high), rel=1e-9)
    assert found.equivalence.verdict == ("equivalent" if max(low, high) < 0.05 else "undecided")


def test_relative_difference_is_within_the_interval_of_fieller(diabetes):
    (found,) = diabetes["mse"].comparisons
    assert found.relative == pytest.approx(-1153.5011301587797 / 4131.914027149322, rel=1e-12)
    low, high = found.relative_ci
    assert low < found.relative < high < 0.0


def test_losses_of_0_and_1_are_decided_where_the_interval_and_the_exact_p_agree():
    """Five samples are all better: Tango's interval leaves 0 out, and the exact p is 2/32."""
    baseline = np.r_[np.ones(5, int), np.zeros(45, int)]
    models = {"b": baseline, "a": np.zeros(50, int)}
    (found,) = losscli.compare(models, np.zeros(50, int), "zero_one")[0].comparisons
    assert found.ci[1] < 0.0
    assert (found.p, found.verdict) == (0.0625, "undecided")
    (found,) = losscli.compare(models, np.zeros(50, int), "zero_one", level=0.9)[0].comparisons
    assert found.verdict == "better"
