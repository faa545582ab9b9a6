"""The gradient of each sample: as declared, or by difference quotients that agree with it."""

import dataclasses

import numpy as np
import pytest

from losscli.compute.row_gradients import is_numerical, sample_gradients
from losscli.loss import Layout, Loss, registry
from losscli.loss.contract.samples import draw
from losscli.loss.domain import POSITIVE, PROBABILITY, REAL
from losscli.loss.spec import bind

LOSSES = list(registry.all_losses())
DECLARED = [loss for loss in LOSSES if loss.gradient is not None]
each_loss = pytest.mark.parametrize("loss", DECLARED, ids=lambda loss: loss.name)
NUMERICAL = 1e-5
"""How far a numerical gradient may be off, as a part of itself or of 1: what its documentation says."""


def without_gradient(loss):
    return dataclasses.replace(loss, gradient=None)


def make(value, **more):
    words = {"name": "made", "family": "custom", "summary": "s", "formula": "f", "use": "u", "avoid": "a"}
    return bind(Loss(**{"label": REAL, "prediction": REAL, **words, "value": value, **more}), {})


@each_loss
def test_what_is_declared_is_what_is_returned(loss):
    bound = bind(loss, {})
    for samples in draw(bound, np.random.default_rng(1), rows=64):
        with np.errstate(all="ignore"):
            right = bound.gradient(samples.label, samples.prediction)
        assert not is_numerical(bound)
        assert np.array_equal(sample_gradients(bound, samples.label, samples.prediction), right)


@each_loss
def test_a_numerical_gradient_is_the_declared_one_wherever_quotients_are_sharp(loss):
    bound, plain = bind(loss, {}), bind(without_gradient(loss), {})
    assert is_numerical(plain)
    for samples in draw(bound, np.random.default_rng(2), rows=200):
        clipped = bound.clipped(samples.label, samples.prediction)
        kept = samples if clipped is None else samples.take(~clipped)
        # On a tame scale, where neither poles nor the last digits of a large number are in the way;
        # and not at perfect predictions, where losses have their kinks.
        kept = kept.take((kept.size() < 1e3) & (bound.error(kept.label, kept.prediction) != 0.0))
        mine = sample_gradients(plain, kept.label, kept.prediction)
        right = sample_gradients(bound, kept.label, kept.prediction)
        near = np.abs(mine - right) <= NUMERICAL * np.maximum(1.0, np.abs(right))
        assert near.mean() > 0.9


@pytest.mark.parametrize(
    "name", ["mse", "log_cosh", "pseudo_huber", "fair", "logistic", "exponential", "cosine"]
)
def test_where_a_loss_is_smooth_a_numerical_gradient_has_nine_digits(name):
    loss, random = registry.find(name), np.random.default_rng(4)
    label, prediction = random.normal(0, 2, (2, 300, 2) if name == "cosine" else (2, 300))
    label = np.sign(label) if loss.family == "margin" else label
    right = sample_gradients(bind(loss, {}), label, prediction)
    mine = sample_gradients(bind(without_gradient(loss), {}), label, prediction)
    assert (np.abs(mine - right) <= 1e-9 * np.maximum(1.0, np.abs(right))).all()


def test_several_outputs_share_the_gradient_of_their_mean():
    label = np.array([[1.0, 2.0], [3.0, -1.0]])
    prediction = np.array([[2.0, 0.0], [3.0, 1.0]])
    found = sample_gradients(bind(registry.find("mse"), {}), label, prediction)
    assert np.array_equal(found, [[1.0, -2.0], [0.0, 2.0]])
    numerical = bind(without_gradient(registry.find("mse")), {})
    assert sample_gradients(numerical, label, prediction) == pytest.approx(found, abs=1e-8)


def test_one_column_of_a_vector_keeps_its_shape():
    label, prediction = np.array([1.0, 2.0]), np.array([2.0, -1.0])
    found = sample_gradients(bind(registry.find("cosine"), {}), label, prediction)
    assert found.shape == (2,)


def test_one_hot_rows_are_read_as_their_class():
    bound = bind(registry.find("multiclass_hinge"), {})
    prediction = np.array([[1.0, 2.0, 0.5], [0.0, 0.0, 3.0]])
    one_hot = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    right = sample_gradients(bound, np.array([0, 1]), prediction)
    assert np.array_equal(sample_gradients(bound, one_hot, prediction), right)


def test_at_a_kink_a_numerical_gradient_is_the_middle_of_both_sides():
    bound = make(lambda label, prediction: np.where(prediction > label, 3.0, -1.0) * (prediction - label))
    assert sample_gradients(bound, np.zeros(1), np.zeros(1)) == pytest.approx([1.0])


@pytest.mark.parametrize("at", [0.0, 1.0])
def test_at_an_edge_of_the_domain_it_is_the_slope_to_the_inside(at):
    bound = make(lambda label, prediction: prediction**2 + 0.0 * label, prediction=PROBABILITY)
    assert sample_gradients(bound, np.zeros(1), np.array([at])) == pytest.approx([2.0 * at], abs=1e-5)


def test_a_function_with_no_value_beside_the_point_has_the_slope_to_the_other_side():
    bound = make(
        lambda label, prediction: np.sqrt(prediction - 1.0) ** 3 + 0.0 * label, layout=Layout.TOGETHER
    )
    assert sample_gradients(bound, np.zeros(1), np.ones(1)) == pytest.approx([0.0], abs=0.01)


def test_with_no_value_to_either_side_there_is_no_gradient():
    bound = make(lambda label, prediction: np.where(prediction == 1.0, 2.0, np.nan), prediction=POSITIVE)
    assert np.isnan(sample_gradients(bound, np.zeros(1), np.ones(1))).all()


def test_zero_one_is_flat_also_where_two_classes_tie():
    bound = bind(registry.find("zero_one"), {})
    prediction = np.array([[0.5, 0.5], [0.9, 0.1], [0.2, 0.8]])
    found = sample_gradients(bound, np.array([0, 1, 1]), prediction)
    assert np.array_equal(found, np.zeros((3, 2)))


def test_no_rows_have_no_gradient():
    for name in ("mse", "zero_one", "cross_entropy"):
        columns = () if name == "mse" else (3,)
        label = np.zeros(0) if name == "mse" else np.zeros(0, dtype=np.int64)
        found = sample_gradients(bind(registry.find(name), {}), label, np.zeros((0, *columns)))
        assert found.shape == (0, *columns)


def test_the_arguments_stay_as_they_were():
    bound = bind(without_gradient(registry.find("cross_entropy")), {})
    label, prediction = np.array([0, 1]), np.array([[0.25, 0.75], [0.5, 0.5]])
    before = prediction.copy()
    prediction.setflags(write=False)
    sample_gradients(bound, label, prediction)
    assert np.array_equal(prediction, before)
