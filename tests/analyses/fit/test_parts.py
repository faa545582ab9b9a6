"""The parts of a fit: scales, slopes, folds, models; each by what has to hold of it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from helpers.fitting_problems import Fit
from hypothesis import given
from hypothesis import strategies as st

import losscli
from losscli import load_loss
from losscli.analyses.fit import models, optimizers
from losscli.analyses.fit.correction import setting_of, unsuited
from losscli.analyses.fit.folds import assign
from losscli.analyses.fit.links import Identity, Log, LogOdds, LogSoftmax, Softmax, link_of
from losscli.analyses.fit.samples import Samples, mean_loss
from losscli.loss import registry
from losscli.loss.domain import NON_NEGATIVE, POSITIVE, PROBABILITY, REAL, SIGN, Columns, Interval, Simplex
from losscli.loss.spec import bind

SMALL = st.floats(-20.0, 20.0)


@pytest.mark.parametrize(
    ("domain", "link"),
    [
        (REAL, Identity()),
        (POSITIVE, Log()),
        (NON_NEGATIVE, Log()),
        (Interval(low=-1.0, low_open=True), Log(-1.0)),
        (PROBABILITY, LogOdds()),
        (Interval(low=2.0, high=5.0), LogOdds(2.0, 5.0)),
        (Simplex(), Softmax()),
        (Columns(REAL), Identity()),
        (Columns(Interval(high=0.0)), LogSoftmax()),
        (Columns(REAL, nonzero=True), None),
        (SIGN, None),
        (Interval(high=0.0), None),
    ],
)
def test_every_domain_has_its_scale_and_is_never_left(domain, link):
    found = link_of(domain)
    assert type(found) is type(link)
    if found is None:
        return
    random = np.random.default_rng(0)
    for reach in (1.0, 30.0, 1000.0):
        with np.errstate(all="ignore"):
            place = found.link(domain.sample(random, 200))
            assert np.isfinite(place).all()
            moved = place * random.normal() * reach + random.normal() * reach
            assert domain.outside(found.inverse(moved)) is None


@given(place=SMALL)
def test_there_and_back_again(place):
    for link in (Identity(), Log(), Log(-1.0), LogOdds(), LogOdds(2.0, 5.0)):
        there = link.inverse(np.array([place]))
        np.testing.assert_allclose(link.link(there), [place], atol=1e-6)


@pytest.mark.parametrize("link", [Log(), Log(-1.0), LogOdds(), LogOdds(2.0, 5.0), Softmax(), LogSoftmax()])
def test_pull_is_the_chain_rule(link):
    random = np.random.default_rng(1)
    shape = (50, 3) if isinstance(link, Softmax | LogSoftmax) else (50,)
    place, weight = random.normal(size=shape), random.normal(size=shape)

    def total(at):
        return float(np.sum(weight * link.inverse(at)))

    found = link.chain(weight.copy(), link.inverse(place))
    for spot in [(0, 0), (7, 2), (49, 1)] if len(shape) == 2 else [(0,), (31,)]:
        step = np.zeros(shape)
        step[spot] = 1e-6
        assert found[spot] == pytest.approx((total(place + step) - total(place - step)) / 2e-6, abs=1e-8)


def problems():
    for loss in registry.all_losses():
        for model in models.names():
            if unsuited(bind(loss, {}), model) is None:
                yield pytest.param(loss.name, model, id=f"{loss.name}-{model}")


@pytest.mark.parametrize(("name", "model"), list(problems()))
def test_gradient_is_the_slope_of_the_mean_loss(name, model):
    bound, random = load_loss(name), np.random.default_rng(3)
    label = bound.label_domain.sample(random, 40)
    prediction = bound.prediction_domain.sample(random, 40)
    # Milder than the edges of the domain, at which a difference says little, and clipping sets in.
    prediction = link_of(bound.prediction_domain).inverse(random.normal(size=prediction.shape))
    if name == "mape":
        label = np.abs(label) + 1.0
    if bound.counts(label, prediction) is not None:
        label = np.zeros(40)
    classes = prediction.shape[1] if prediction.ndim == 2 else 0
    fit = Fit(name, model, label, prediction, random.integers(1, 4, 40).astype(float), classes)
    objective = fit.objective()
    theta = 0.1 * random.normal(size=objective.size)
    with np.errstate(all="ignore"):
        found = objective.gradient(theta, objective.batch)

    def cost(at):
        return fit.cost(objective, objective.parameters(at)) / objective.unit

    for at in range(objective.size):
        step = np.zeros(objective.size)
        step[at] = 1e-6
        slopes = (cost(theta + step) - cost(theta)) / 1e-6, (cost(theta) - cost(theta - step)) / 1e-6
        room = 1e-4 * (1.0 + max(map(abs, slopes)))
        assert min(slopes) - room <= found[at] <= max(slopes) + room


@pytest.mark.parametrize("name", models.names())
def test_parameters_that_are_shown_say_it_all(name):
    for spec, classes in (("mse", 0), ("gamma_deviance", 0), ("bce", 0), ("cross_entropy", 3)):
        bound = load_loss(spec)
        if unsuited(bound, name) is not None:
            continue
        model, setting = models.load(name), setting_of(bound, classes)
        slope = model.shape(setting).slope if not model.shape(setting).moves_slope else 1.7
        level = (
            np.array([0.3, -0.2, 0.1][: classes or 1]) if model.shape(setting).moves_level else np.zeros(1)
        )
        found = model.found(setting, model.named(setting, slope, level))
        assert found[0] == pytest.approx(slope)
        np.testing.assert_allclose(found[1], level - level.mean() if classes else level, rtol=1e-12)


def test_scale_of_amounts_multiplies_them():
    label = np.array([2.0, 4.0, 8.0])
    found = Fit("poisson_deviance", "scale", label, label / 2.0).run("sgd")
    fit = Fit("poisson_deviance", "scale", label, label / 2.0)
    named = models.load("scale").named(fit.setting, *fit.objective().physical(found.parameters))
    assert named["scale"] == pytest.approx(2.0, rel=1e-3)


@given(rows=st.integers(0, 60), folds=st.integers(0, 9), seed=st.integers(0, 3))
def test_folds_are_even_and_cover_all(rows, folds, seed):
    found = assign(rows, folds, np.random.default_rng(seed))
    made = min(folds, rows)
    if made < 2:
        assert len(found) == 0
        return
    counts = np.bincount(found, minlength=made)
    assert (len(counts), counts.sum()) == (made, rows)
    assert counts.max() - counts.min() <= 1


def test_folds_keep_groups_together():
    group = np.repeat(np.arange(7), 5)
    found = assign(35, 3, np.random.default_rng(0), group)
    assert all(len(set(found[group == one])) == 1 for one in range(7))
    assert set(found) == {0, 1, 2}


def test_mean_loss_is_that_of_evaluate_for_infinite_losses_too():
    bound = load_loss("exponential")
    samples = Samples(np.array([1.0, -1.0]), np.array([-800.0, 1.0]))
    assert mean_loss(bound, Identity(), samples, 1.0, np.zeros(1)) == math.inf


def test_what_is_declared_is_there():
    for name in optimizers.names():
        optimizer = optimizers.load(name)
        assert optimizer.name == name
        assert optimizer.references
        optimizer.make(2, **optimizer.settings)
    assert all(models.load(name).name == name for name in models.names())


@pytest.mark.parametrize("weight", [None, [1.0, 2.0, 0.5, 3.0, 0.0, 1.0]])
@pytest.mark.parametrize("loss", ["mse", "rmse"])
def test_standard_errors_are_those_of_evaluate(loss, weight):
    label, prediction = np.array([1.0, 2.0, 4.0, 3.0, 6.0, 5.0]), np.array([2.0, 1.0, 3.0, 5.0, 4.0, 7.0])
    frame = pd.DataFrame({"prediction": prediction, "label": label, "w": weight or 1.0})
    called = {"loss": loss, "weight": weight and "w"}
    fitted = losscli.fit(frame, **called, folds=0, model="affine", epochs=20)
    scale, bias = (fitted.best.parameters[name] for name in ("scale", "bias"))
    for made, cost, error in (
        (prediction, fitted.before, fitted.before_standard_error),
        (scale * prediction + bias, fitted.best.after, fitted.best.standard_error),
    ):
        (result,) = losscli.evaluate(frame.assign(prediction=made), **called).results
        assert (cost, error) == (result.cost, result.standard_error)
        assert error > 0.0
