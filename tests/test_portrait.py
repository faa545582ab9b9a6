"""Portraits of losses: sampled from the declaration, over a range that shows something."""

import numpy as np
import pytest

from losscli import registry
from losscli.portrait import portraits
from losscli.spec import bind, parse_spec

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
