"""Every optimiser, with its defaults, finds what a closed form or SciPy finds; in any unit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from helpers.calls import SAMPLES
from helpers.fitting_problems import Fit
from scipy.optimize import minimize

from losscli.analyses.fit import optimizers
from losscli.analyses.fit.train import Schedule, train

SCALES = (1e-6, 1.0, 1e6)
WITHIN = 0.005
OPTIMIZERS = optimizers.names()


def heavy(seed=0, rows=700):
    """Labels with heavy tails, far from the predictions, which are off by a scale and a bias."""
    random = np.random.default_rng(seed)
    x = random.normal(size=rows)
    return 40.0 + 3.0 * x + random.standard_t(3, size=rows), 0.5 * x - 2.0


def diabetes(seed=0):
    del seed
    frame = pd.read_csv(SAMPLES / "diabetes.csv")
    return frame["label"].to_numpy(np.float64), frame["prediction"].to_numpy()


def skewed(seed=1, rows=500):
    random = np.random.default_rng(seed)
    return np.exp(1.5 * random.normal(size=rows)), np.exp(random.normal(size=rows))


def pinball(label, prediction, q):
    return float(np.mean(np.maximum(q * (label - prediction), (q - 1.0) * (label - prediction))))


def least_squares(label, prediction):
    matrix = np.column_stack([prediction, np.ones_like(prediction)])
    found, *_ = np.linalg.lstsq(matrix, label, rcond=None)
    return float(np.mean((np.sum(matrix * found, axis=1) - label) ** 2))


CONVEX = {
    ("mse", "affine"): least_squares,
    ("mse", "bias"): lambda y, p: float(np.var(y - p)),
    ("mse", "scale"): lambda y, p: float(np.mean((y - p * (np.sum(p * y) / np.sum(p * p))) ** 2)),
    ("mse", "constant"): lambda y, p: float(np.var(y)),
    ("mae", "constant"): lambda y, p: float(np.mean(np.abs(y - np.median(y)))),
    ("mae", "bias"): lambda y, p: float(np.mean(np.abs(y - p - np.median(y - p)))),
    ("quantile:q=0.9", "constant"): lambda y, p: pinball(y, np.quantile(y, 0.9), 0.9),
    ("quantile:q=0.05", "constant"): lambda y, p: pinball(y, np.quantile(y, 0.05), 0.05),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("data", [heavy, diabetes, skewed])
def test_ends_within_half_a_percent_of_the_closed_form(optimizer, scale, data):
    label, prediction = data()
    for (spec, model), closed in CONVEX.items():
        best = closed(label * scale, prediction * scale)
        found = Fit(spec, model, label * scale, prediction * scale).run(optimizer)
        assert found.best <= best * (1.0 + WITHIN), (spec, model, found.best / best)
        assert not found.diverged


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_another_unit_gives_the_same_walk(optimizer):
    label, prediction = heavy(3)
    curves = [np.array(Fit("mse", "affine", label * s, prediction * s).run(optimizer).curve) for s in SCALES]
    for scale, curve in zip(SCALES, curves, strict=True):
        assert len(curve) == len(curves[1])
        np.testing.assert_allclose(curve / scale**2, curves[1], rtol=1e-9)


def classes(name):
    frame, labels = pd.read_csv(SAMPLES / name), pd.read_csv(SAMPLES / "wine_labels.csv")
    columns = sorted(column for column in frame if column != "id")
    frame = labels.merge(frame, on="id")
    return frame["label"].str[-1].astype(np.int64).to_numpy(), frame[columns].to_numpy()


def binary(name):
    frame = pd.read_csv(SAMPLES / "cancer_labels.csv").merge(pd.read_csv(SAMPLES / name), on="id")
    return frame["label"].to_numpy(np.float64), frame["prediction"].to_numpy()


PROBABILITIES = {
    "wine_logistic.csv": ("cross_entropy", 3),
    "wine_bayes.csv": ("cross_entropy", 3),
    "wine_logits.csv": ("cross_entropy:from_logits=true", 3),
    "cancer_logistic.csv": ("binary_cross_entropy", 0),
    "cancer_tree.csv": ("binary_cross_entropy", 0),
    "cancer_logits.csv": ("binary_cross_entropy:from_logits=true", 0),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", PROBABILITIES)
def test_temperature_ends_where_nelder_and_mead_do(optimizer, name):
    spec, columns = PROBABILITIES[name]
    label, prediction = classes(name) if columns else binary(name)
    fit = Fit(spec, "temperature", label, prediction, classes=columns)
    objective = fit.objective()
    best = minimize(lambda p: fit.cost(objective, p), objective.origin, method="Nelder-Mead").fun
    assert fit.run(optimizer).best <= best * (1.0 + WITHIN)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_platt_scaling_ends_where_scipy_does(optimizer):
    fit = Fit("binary_cross_entropy", "affine", *binary("cancer_logistic.csv"))
    objective = fit.objective()
    best = minimize(lambda p: fit.cost(objective, p), objective.origin, method="Nelder-Mead").fun
    assert fit.run(optimizer).best <= best * (1.0 + WITHIN)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", ["wine_bayes.csv", "wine_logistic.csv"])
def test_a_bias_for_each_class_ends_where_scipy_does(optimizer, name):
    fit = Fit("cross_entropy", "affine", *classes(name), classes=3)
    objective = fit.objective()
    found = fit.run(optimizer)
    best = minimize(lambda p: fit.cost(objective, p), found.parameters, method="BFGS").fun
    assert found.best <= best * (1.0 + WITHIN)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_best_constant_is_found_from_predictions_that_are_sure_of_themselves(optimizer):
    label, prediction = classes("wine_bayes.csv")
    share = np.bincount(label) / len(label)
    found = Fit("cross_entropy", "constant", label, prediction, classes=3).run(optimizer)
    assert found.best <= -np.sum(share * np.log(share)) * (1.0 + WITHIN)
    sure = np.where(np.arange(60) % 3 > 0, 1.0, 0.0)
    label = np.roll(sure, 20)
    found = Fit("binary_cross_entropy", "constant", label, sure).run(optimizer)
    share = np.array([1.0, 2.0]) / 3.0
    assert found.best <= -np.sum(share * np.log(share)) * (1.0 + WITHIN)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_few_samples_do_not_end_in_the_noise_of_their_batches(optimizer):
    label, prediction = np.array([1.0, 2.5, 2.0, 7.0]), np.array([0.0, 1.0, 2.0, 4.0])
    found = Fit("mse", "affine", label, prediction).run(optimizer)
    assert found.converged
    assert found.best <= least_squares(label, prediction) * (1.0 + WITHIN)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_squares_of_predictions_may_overflow_or_vanish(scale):
    label, prediction = heavy(4, 200)
    walks = [Fit("mae", "affine", label * by, prediction * by).run("adam") for by in (1.0, scale)]
    assert walks[1].best / scale == pytest.approx(walks[0].best, rel=1e-9)


def test_a_batch_size_that_was_asked_for_stays():
    label, prediction = heavy(9, 100)
    fit, sizes = Fit("mse", "affine", label, prediction), []
    objective = fit.objective()
    slope = objective.gradient
    objective.gradient = lambda theta, batch: sizes.append(len(batch.label)) or slope(theta, batch)
    train(objective, lambda p: fit.cost(objective, p), optimizers.load("sgd"), Schedule(batch_rows=25))
    assert set(sizes) == {25, 100}  # 100: looks at the units


def test_best_constant_of_classes_is_their_shares():
    label, prediction = classes("wine_logistic.csv")
    fit = Fit("cross_entropy", "constant", label, prediction, classes=3)
    share = np.bincount(label) / len(label)
    assert fit.run("adam").best == pytest.approx(-np.sum(share * np.log(share)), rel=1e-4)


def test_weights_count_as_repetition():
    label, prediction = heavy(5, 200)
    weight = np.random.default_rng(1).integers(1, 5, 200)
    found = Fit("mse", "affine", label, prediction, weight.astype(np.float64)).run("adam")
    rows = np.repeat(np.arange(200), weight)
    assert found.best <= least_squares(label[rows], prediction[rows]) * (1.0 + WITHIN)
    assert found.best >= least_squares(label[rows], prediction[rows]) * (1.0 - 1e-12)


@pytest.mark.parametrize("decay", ["cosine", "none"])
def test_other_decays_come_close_too(decay):
    label, prediction = heavy(6)
    found = Fit("mse", "affine", label, prediction).run("adam", decay=decay, epochs=60)
    assert found.best <= least_squares(label, prediction) * 1.02


def test_divergence_is_found_and_the_best_kept():
    label, prediction = heavy(7)
    found = Fit("mse", "affine", label, prediction).run("sgd", rate=1e3)
    assert found.diverged
    assert not found.converged
    assert np.isfinite(found.parameters).all()
    assert np.isfinite(found.best)
    assert len(found.curve) == found.epochs < 100


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_default_rate_that_is_too_large_falls(optimizer):
    random = np.random.default_rng(60)
    x = random.normal(size=60)
    label, prediction = np.exp(3.0 * random.normal(size=60) + x), np.exp(x)
    found = Fit("poisson_deviance", "scale", label, prediction).run(optimizer)
    assert not found.diverged
    scaled = prediction * label.sum() / prediction.sum()
    best = np.mean(2.0 * (label * np.log(label / scaled) - label + scaled))
    assert found.best <= best * (1.0 + WITHIN)


def test_epochs_are_a_limit():
    label, prediction = heavy(8)
    found = Fit("mse", "affine", label, prediction).run("adam", epochs=2)
    assert found.epochs == len(found.curve) == 2
    assert not found.converged


def test_perfect_predictions_stay_as_they_are():
    label = np.arange(50.0)
    for optimizer in OPTIMIZERS:
        found = Fit("mse", "affine", label, label).run(optimizer)
        assert found.best <= 1e-20
        assert found.converged


def test_a_rate_has_one_place_and_every_run_has_the_rate_that_it_says():
    label, prediction = heavy(6)
    walks = {
        rate: Fit("mse", "affine", label, prediction).run("adam", rate=rate, epochs=3) for rate in (0.1, 0.7)
    }
    own = Fit("mse", "affine", label, prediction).run("adam", epochs=3)
    assert walks[0.1].curve == own.curve != walks[0.7].curve
    with pytest.raises(TypeError, match="rate"):
        Schedule(rate=0.7)
