"""Losses of regression are each other's special cases, limits, multiples and mirror images."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from losscli.loss import registry
from losscli.loss.spec import parse_spec

ROWS = 300
RANDOM = np.random.default_rng(1805)
LABEL = np.concatenate([RANDOM.normal(0, 2, ROWS), [0.0, 1.0, -1.0]])
PREDICTION = np.concatenate([LABEL[:ROWS] + RANDOM.standard_t(2, ROWS), [0.0, 1.0, 1.0]])
RESIDUAL = PREDICTION - LABEL
EXACT = 1e-14


def losses(spec: str, label=LABEL, prediction=PREDICTION) -> np.ndarray:
    bound = parse_spec(spec, registry.find)
    with np.errstate(all="ignore"):
        return bound.value(label, prediction)


def gradients(spec: str, label=LABEL, prediction=PREDICTION) -> np.ndarray:
    bound = parse_spec(spec, registry.find)
    with np.errstate(all="ignore"):
        return bound.gradient(label, prediction)


# Theirs, ours, and by how much theirs is more.
EQUAL = [
    ("huber:delta=1e9", "mse", 0.5, EXACT),
    ("huber:delta=1", "smooth_l1:beta=1", 1.0, EXACT),
    ("huber:delta=0.3", "smooth_l1:beta=0.3", 0.3, EXACT),
    ("smooth_l1:beta=0", "mae", 1.0, 0.0),
    ("quantile:q=0.5", "mae", 0.5, 0.0),
    ("pinball:q=0.5", "quantile", 1.0, 0.0),
    ("expectile:q=0.5", "mse", 0.5, EXACT),
    ("lp:p=1", "mae", 1.0, 0.0),
    ("lp:p=2", "mse", 1.0, EXACT),
    ("l1", "mae", 1.0, 0.0),
    ("barron", "pseudo_huber", 1.0, EXACT),
    ("barron:alpha=1,scale=3", "pseudo_huber:delta=3", 1 / 9, EXACT),
    ("barron:alpha=2", "mse", 0.5, EXACT),
    ("barron:alpha=2,scale=4", "mse", 1 / 32, EXACT),
    ("pseudo_huber:delta=1e9", "mse", 0.5, EXACT),
    ("fair:c=1e16", "mse", 0.5, 1e-12),
    ("mse", "rmse", 1.0, 0.0),
]


@pytest.mark.parametrize(("theirs", "ours", "factor", "tolerance"), EQUAL)
def test_one_loss_is_a_multiple_of_another(theirs, ours, factor, tolerance):
    assert losses(theirs) == pytest.approx(factor * losses(ours), rel=tolerance, abs=0.0)
    assert gradients(theirs) == pytest.approx(factor * gradients(ours), rel=tolerance, abs=0.0)


def test_small_deltas_make_lines_of_all_of_them():
    size = np.abs(RESIDUAL)
    for spec in ("huber:delta=1e-9", "pseudo_huber:delta=1e-9", "fair:c=1e-9"):
        assert losses(spec) == pytest.approx(1e-9 * size, rel=1e-6, abs=1e-16), spec
        assert gradients(spec) == pytest.approx(1e-9 * np.sign(RESIDUAL), rel=1e-6), spec


def test_near_zero_all_smooth_losses_are_half_the_square():
    tiny = np.array([1e-12, -1e-12, 1e-100, 1e-8])
    for spec in ("huber", "pseudo_huber", "log_cosh", "fair", "barron", "barron:alpha=0",
                 "barron:alpha=-2", "barron:alpha=-inf", "barron:alpha=inf", "barron:alpha=-0.3",
                 "barron:alpha=5", "expectile", "smooth_l1"):  # fmt: skip
        assert losses(spec, 0 * tiny, tiny) == pytest.approx(0.5 * tiny**2, rel=1e-7), spec
        assert gradients(spec, 0 * tiny, tiny) == pytest.approx(tiny, rel=2e-8), spec


def test_far_off_they_are_parallel_lines():
    far = np.array([1e9, -1e12])
    size = np.abs(far)
    lines = {"huber": 0.5, "smooth_l1": 0.5, "pseudo_huber": 1.0, "log_cosh": math.log(2), "barron": 1.0}
    for spec, beneath in lines.items():
        assert losses(spec, 0 * far, far) == pytest.approx(size - beneath, rel=1e-15), spec


def test_weights_of_both_sides_add_up():
    for loss, whole in (("quantile", "mae"), ("expectile", "mse")):
        both = losses(f"{loss}:q=0.2") + losses(f"{loss}:q=0.8")
        assert both == pytest.approx(losses(whole), rel=EXACT)
        mirrored = losses(f"{loss}:q=0.8", -LABEL, -PREDICTION)
        assert losses(f"{loss}:q=0.2") == pytest.approx(mirrored, rel=EXACT)


@pytest.mark.parametrize(
    "spec", ["huber", "pseudo_huber", "log_cosh", "fair", "barron:alpha=0", "lp", "smape", "mape", "mae"]
)
def test_a_loss_does_not_know_up_from_down(spec):
    assert losses(spec, -LABEL, -PREDICTION).tolist() == losses(spec).tolist()
    assert gradients(spec, -LABEL, -PREDICTION).tolist() == (-gradients(spec)).tolist()


@pytest.mark.parametrize(
    ("spec", "scaled", "power"),
    [
        ("huber:delta=2", "huber:delta=16", 2),
        ("pseudo_huber:delta=2", "pseudo_huber:delta=16", 2),
        ("fair:c=2", "fair:c=16", 2),
        ("smooth_l1:beta=2", "smooth_l1:beta=16", 1),
        ("barron:alpha=0,scale=2", "barron:alpha=0,scale=16", 0),
        ("barron:alpha=0.3,scale=2", "barron:alpha=0.3,scale=16", 0),
        ("lp:p=2", "lp:p=2", 2),
        ("smape", "smape", 0),
    ],
)
def test_units_of_the_label_go_through_parameters(spec, scaled, power):
    found = losses(scaled, 8 * LABEL, 8 * PREDICTION)
    assert found == pytest.approx(8.0**power * losses(spec), rel=EXACT)


def test_relative_losses_agree_where_label_and_prediction_are_close():
    label = np.array([10.0, 1e3, 1e6])
    prediction = label * (1 + 1e-9)
    relative = losses("mape", label, prediction)
    assert losses("smape", label, prediction) == pytest.approx(relative, rel=1e-8)
    shrunk = label / (1 + label)
    assert np.sqrt(losses("msle", label, prediction)) == pytest.approx(relative * shrunk, rel=1e-8)


def test_msle_is_mse_of_logs():
    label, prediction = np.abs(LABEL), np.abs(PREDICTION)
    logs = losses("mse", np.log1p(label), np.log1p(prediction))
    assert losses("msle", label, prediction) == pytest.approx(logs, rel=1e-10, abs=1e-15)
    assert losses("rmsle", label, prediction).tolist() == losses("msle", label, prediction).tolist()


def test_barron_rises_with_alpha():
    specs = [f"barron:alpha={alpha}" for alpha in ("-inf", -9, -2, -0.5, 0, 0.5, 1, 1.5, 2, 3, "inf")]
    for lower, upper in itertools.pairwise(specs):
        assert (losses(lower) <= losses(upper) * (1 + EXACT)).all()


def test_no_loss_of_an_exact_prediction():
    for spec in ("huber", "smooth_l1", "smooth_l1:beta=0", "pseudo_huber", "log_cosh", "quantile:q=0",
                 "expectile:q=1", "fair", "barron", "barron:alpha=-inf", "barron:alpha=0.3", "lp:p=0.1",
                 "mape", "smape"):  # fmt: skip
        found = losses(spec, LABEL, LABEL)
        assert not found.any(), spec
        assert not np.signbit(found).any(), spec
        assert not np.signbit(gradients(spec, LABEL, LABEL)).any(), spec
