"""Portraits of losses: sampled from the declaration, over a range that shows something."""

import numpy as np
import pytest

from losscli.loss import Layout, Loss, registry
from losscli.loss.contract.curve import portraits
from losscli.loss.domain import BINARY, CLASS, POSITIVE, REAL, Columns, Fields, Interval, Simplex
from losscli.loss.spec import bind, parse_spec

NAMES = list(registry.modules())


@pytest.mark.parametrize("name", NAMES)
def test_every_loss_has_a_portrait_that_shows_something(name):
    curves = portraits(bind(registry.find(name), {}))
    assert curves
    for curve in curves:
        assert np.all(np.diff(curve.x) > 0.0)
        finite = curve.loss[np.isfinite(curve.loss)]
        assert finite.size >= 0.9 * curve.x.size
        assert np.ptp(finite) > 0.0
        assert curve.gradient is None or curve.gradient.shape == curve.x.shape


def only(spec):
    (curve,) = portraits(parse_spec(spec, registry.find))
    return curve


def test_a_loss_of_the_error_is_shown_over_the_error():
    curve = only("mse")
    assert curve.axis.startswith("error")
    assert curve.ends == (-3.0, 3.0)
    np.testing.assert_allclose(curve.loss, curve.x**2, rtol=0, atol=0)
    np.testing.assert_allclose(curve.gradient, 2 * curve.x, rtol=0, atol=0)


def test_a_margin_loss_is_shown_over_the_margin():
    curve = only("hinge:margin=2")
    np.testing.assert_allclose(curve.loss, np.maximum(0.0, 2.0 - curve.x), rtol=1e-15)


def test_a_binary_loss_is_shown_for_both_labels():
    one, zero = portraits(parse_spec("bce", registry.find))
    assert (one.title, zero.title) == ("label 1", "label 0")
    assert one.ends == (0.0, 1.0)
    np.testing.assert_allclose(one.loss, -np.log(one.x), rtol=1e-14)
    np.testing.assert_allclose(zero.loss, one.loss[::-1], rtol=1e-12)


def test_logits_get_a_range_of_their_own():
    one, _ = portraits(parse_spec("bce:from_logits=true", registry.find))
    assert one.ends == (-5.0, 5.0)
    np.testing.assert_allclose(one.loss, np.log1p(np.exp(-one.x)), rtol=1e-14)


def test_a_multiclass_loss_is_shown_over_what_the_true_class_gets():
    curve = only("cross_entropy")
    np.testing.assert_allclose(curve.loss, -np.log(curve.x), rtol=1e-14)
    np.testing.assert_allclose(curve.gradient, -1.0 / curve.x, rtol=1e-14)
    scores = only("cross_entropy:from_logits=true")
    np.testing.assert_allclose(scores.loss, np.log1p(2.0 * np.exp(-scores.x)), rtol=1e-14)


def declared(value, label, prediction, layout=Layout.SCALAR, **more):
    texts = dict.fromkeys(("name", "family", "summary", "formula", "use", "avoid"), "stub")
    return bind(Loss(value=value, label=label, prediction=prediction, layout=layout, **texts, **more), {})


def test_what_the_true_class_does_not_get_the_wrong_ones_share():
    def brier(label, prediction):
        return (1.0 - prediction[:, 0]) ** 2 + prediction[:, 1] ** 2 + prediction[:, 2] ** 2

    (curve,) = portraits(declared(brier, CLASS, Simplex(), Layout.CLASSES))
    np.testing.assert_allclose(curve.loss, 1.5 * (1.0 - curve.x) ** 2, rtol=1e-12)


def test_log_probabilities_are_shown_over_the_probability():
    domain = Columns(Interval(high=0.0))
    (curve,) = portraits(declared(lambda label, p: -p[:, 0], CLASS, domain, Layout.CLASSES))
    assert curve.ends == (0.0, 1.0)
    np.testing.assert_allclose(curve.loss, -np.log(curve.x), rtol=1e-14)


def test_a_label_that_does_not_count_has_no_curve():
    bound = declared(lambda label, p: p, BINARY, REAL, counts=lambda label, p: label == 0.0)
    assert [curve.title for curve in portraits(bound)] == ["label 0"]


def test_a_loss_of_relative_errors_is_shown_for_label_1():
    (curve,) = portraits(
        declared(lambda label, p: np.abs(p - label) / np.maximum(np.abs(label), 1e-16), REAL, REAL)
    )
    assert (curve.title, curve.axis) == ("label 1", "prediction")
    assert curve.ends == (-2.0, 4.0)
    (positive,) = portraits(declared(lambda label, p: p - label * np.log(p), POSITIVE, POSITIVE))
    assert positive.x[0] > 0.0
    assert positive.loss[np.argmin(positive.loss)] == pytest.approx(1.0, abs=1e-3)


def test_columns_with_names_are_shown_by_what_they_are():
    mean = Fields((("prediction", REAL), ("variance", POSITIVE)))
    (curve,) = portraits(declared(lambda y, p: (p[:, 0] - y) ** 2 / p[:, 1], REAL, mean, Layout.NAMED))
    assert (curve.title, curve.axis) == ("label 0, variance 1", "prediction")
    np.testing.assert_allclose(curve.loss, curve.x**2)
    bounds = Fields((("lower", REAL), ("upper", REAL)), ordered=(("lower", "upper"),))
    (curve,) = portraits(declared(lambda y, p: p[:, 1] - p[:, 0] + p[:, 0] ** 2, REAL, bounds, Layout.NAMED))
    np.testing.assert_allclose(curve.loss, 2.0 + (curve.x - 1.0) ** 2)
    corners = Fields(tuple((name, REAL) for name in ("x1", "y1", "x2", "y2")))
    (curve,) = portraits(declared(lambda y, p: np.abs(p - y).sum(axis=1), corners, corners, Layout.NAMED))
    np.testing.assert_allclose(curve.loss, 2.0 * np.abs(curve.x))


def test_vectors_are_turned_away_from_the_label():
    vectors = Columns(REAL, nonzero=True)
    (curve,) = portraits(declared(lambda y, p: 1.0 - (y * p).sum(axis=1), vectors, vectors, Layout.VECTOR))
    np.testing.assert_allclose(curve.loss, 1.0 - np.cos(np.radians(curve.x)), atol=1e-15)
