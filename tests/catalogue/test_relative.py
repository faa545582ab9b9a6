"""Losses relative to the label, and powers, against mpmath, torch autograd and scikit-learn."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from losscli.loss import registry
from losscli.loss.spec import parse_spec

UNIT = 2.0**-53
ROUNDED = 8 * UNIT
ELEMENTARY = 24 * UNIT
"""A residual, a ratio, log1p (up to 4 ulp), and the square of all that."""
SMALLEST = 2.0**-1022
LARGEST = float(np.finfo(np.float64).max)

anything = st.one_of(st.floats(-1e308, 1e308), st.floats(-5.0, 5.0), st.sampled_from((0.0, 5e-324, -1.0)))
above_minus_1 = st.one_of(
    st.floats(-1.0, 1e308, exclude_min=True),
    st.floats(-1.0, 1.0, exclude_min=True),
    st.integers(1, 53).map(lambda power: 2.0**-power - 1.0),
)
ROWS = 400
RANDOM = np.random.default_rng(1993)
POSITIVE = RANDOM.lognormal(2, 1.5, ROWS)
FORECAST = POSITIVE * RANDOM.lognormal(0, 0.5, ROWS)
LABEL = RANDOM.normal(0, 2, ROWS)
PREDICTION = LABEL + RANDOM.normal(0, 1, ROWS)


def losses(spec: str, label, prediction) -> np.ndarray:
    bound = parse_spec(spec, registry.find)
    with np.errstate(all="ignore"):
        return bound.value(np.asarray(label, dtype=float), np.asarray(prediction, dtype=float))


def gradients(spec: str, label, prediction) -> np.ndarray:
    bound = parse_spec(spec, registry.find)
    with np.errstate(all="ignore"):
        return bound.gradient(np.asarray(label, dtype=float), np.asarray(prediction, dtype=float))


def cost(spec: str, label, prediction) -> float:
    each = losses(spec, label, prediction)
    return parse_spec(spec, registry.find).finish(math.fsum(each) / len(each))


def close(found: float, exact: mp.mpf, tolerance: float) -> bool:
    if abs(exact) > LARGEST:
        return found == math.copysign(math.inf, exact)
    return abs(mp.mpf(float(found)) - exact) <= tolerance * abs(exact) + SMALLEST


@given(label=above_minus_1, prediction=above_minus_1)
@example(label=1e6, prediction=1e6 + 1e-6)
@example(label=1e-20, prediction=3e-20)
@example(label=1e20, prediction=0.0)
@example(label=-1.0 + 2.0**-53, prediction=1e308)
@example(label=1e308, prediction=-1.0 + 2.0**-53)
@example(label=2.0, prediction=2.0)
def test_squared_distances_of_logs(label, prediction):
    with mp.workdps(60):
        distance = mp.log1p(mp.mpf(prediction)) - mp.log1p(mp.mpf(label))
        grown = 1 + mp.mpf(prediction)
        for spec in ("msle", "rmsle"):
            assert close(losses(spec, [label], [prediction])[0], distance**2, ELEMENTARY)
            found = gradients(spec, [label, 1.0], [prediction, 1.5])[0]
            assert close(found, 2 * distance / grown, ELEMENTARY)


@given(label=anything, prediction=anything, eps=st.floats(1e-20, 0.49))
@example(label=0.0, prediction=1.0, eps=2.0**-52)
@example(label=1e308, prediction=-1e308, eps=2.0**-52)
@example(label=3.0, prediction=3.0, eps=2.0**-52)
def test_mape(label, prediction, eps):
    residual = mp.mpf(prediction) - mp.mpf(label)
    size = max(abs(mp.mpf(label)), mp.mpf(eps))
    if abs(residual) <= LARGEST:
        assert close(losses(f"mape:eps={eps!r}", [label], [prediction])[0], abs(residual) / size, ROUNDED)
    found = gradients(f"mape:eps={eps!r}", [label], [prediction])[0]
    assert close(found, mp.sign(residual) / size, ROUNDED)


def test_labels_that_eps_stands_in_for_are_counted_unless_it_changes_nothing():
    bound = parse_spec("mape:eps=0.25", registry.find)
    label, prediction = np.array([0.0, 0.2, -0.2, 0.25, 0.0, 3.0]), np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    assert bound.clipped(label, prediction).tolist() == [True, True, True, False, False, False]


@given(label=anything, prediction=anything)
@example(label=1e308, prediction=1.7e308)
@example(label=-1e308, prediction=1.7e308)
@example(label=5e-324, prediction=0.0)
@example(label=5e-324, prediction=1e-323)
@example(label=-0.0, prediction=0.0)
@example(label=1e300, prediction=1e-300)
@example(label=1.0, prediction=1.0 + 2.0**-52)
def test_smape(label, prediction):
    y, p = mp.mpf(label), mp.mpf(prediction)
    total = abs(y) + abs(p)
    exact = 2 * abs(p - y) / total if total else mp.mpf(0)
    found = losses("smape", [label, 1.0], [prediction, 3.0])[0]
    assert close(found, exact, ROUNDED)
    assert 0.0 <= found <= 2.0
    slope = 4 * abs(y) * mp.sign(p - y) / total**2 if y * p > 0 else mp.mpf(0)
    found = gradients("smape", [label, 1.0], [prediction, 3.0])[0]
    # Where 1/label is beyond float64 a ratio of subnormal numbers has few digits.
    assert close(found, slope, ROUNDED) or total < 1e-300
    assert not np.isnan(found)


@pytest.mark.parametrize(
    ("spec", "label", "prediction", "expected"),
    [
        ("mape", 2.0, 2.0, 0.0),
        ("mape", 0.0, 0.0, 0.0),
        ("smape", 2.0, 2.0, 0.0),
        ("smape", 2.0, 0.0, 0.0),  # between 0 and −2
        ("smape", 2.0, 1e-9, -2.0),
        ("smape", 2.0, -1e-9, 0.0),
        ("smape", 0.0, 0.0, 0.0),
        ("smape", 0.0, 1.0, 0.0),
        ("msle", 2.0, 2.0, 0.0),
    ],
)
def test_what_the_gradient_is_at_kinks(spec, label, prediction, expected):
    assert gradients(spec, [label], [prediction])[0] == pytest.approx(expected, rel=1e-8)


# scikit-learn's docstrings, version 1.9.
@pytest.mark.parametrize(
    ("spec", "label", "prediction", "expected"),
    [
        ("msle", [3, 5, 2.5, 7], [2.5, 5, 4, 8], 0.03973012298459379),  # mean_squared_log_error: 0.039...
        ("msle", [0.5, 1, 7], [0.5, 1, 8], 0.00462428),  # raw_values: 0.00462428
        ("msle", [1, 2, 6], [2, 2.5, 8], 0.08377444),  # raw_values: 0.08377444
        ("rmsle", [3, 5, 2.5, 7], [2.5, 5, 4, 8], 0.19932416558108),  # root_mean_squared_log_error: 0.199...
        ("mape", [3, -0.5, 2, 7], [2.5, 0.0, 2, 8], 0.3273809523809524),  # 0.3273...
        ("mape", [1.0, 0.0, 2.4, 7.0], [1.2, 0.1, 2.4, 8.0], 112589990684262.48),  # 112589990684262.48
        # torchmetrics' docstring of SymmetricMeanAbsolutePercentageError: tensor(0.2290)
        ("smape", [1, 10, 1e6], [0.9, 15, 1.2e6], 0.22902713),
    ],
)
def test_published_values(spec, label, prediction, expected):
    assert cost(spec, label, prediction) == pytest.approx(expected, rel=1e-6)


def test_smape_of_the_docstring_of_pmdarima_which_is_in_per_cent():
    label = [0.07533, 0.07533, 0.07533, 0.07533, 0.07533, 0.07533, 0.0672, 0.0672]
    prediction = [0.102, 0.107, 0.047, 0.1, 0.032, 0.047, 0.108, 0.089]
    assert 100 * cost("smape", label, prediction) == pytest.approx(42.60306631890196, rel=1e-14)


def test_scikit_learn_agrees():
    metrics = pytest.importorskip("sklearn.metrics")
    agrees = {
        metrics.mean_squared_log_error(POSITIVE, FORECAST): cost("msle", POSITIVE, FORECAST),
        metrics.root_mean_squared_log_error(POSITIVE, FORECAST): cost("rmsle", POSITIVE, FORECAST),
        metrics.mean_absolute_percentage_error(LABEL, PREDICTION): cost("mape", LABEL, PREDICTION),
    }
    for theirs, ours in agrees.items():
        assert ours == pytest.approx(theirs, rel=1e-12)
    with_zeros = np.where(np.arange(ROWS) % 50 == 0, 0.0, LABEL)
    theirs = metrics.mean_absolute_percentage_error(with_zeros, PREDICTION)
    assert cost("mape", with_zeros, PREDICTION) == pytest.approx(theirs, rel=1e-12)


# As documented by libraries that are not installed here; each formula in the words of its library.
def test_formulas_of_other_libraries():
    keras = 100 * np.mean(np.abs((LABEL - PREDICTION) / np.maximum(np.abs(LABEL), 1e-7)))
    assert 100 * cost("mape:eps=1e-7", LABEL, PREDICTION) == pytest.approx(keras, rel=1e-12)
    logs = np.log(np.maximum(FORECAST, 1e-7) + 1.0), np.log(np.maximum(POSITIVE, 1e-7) + 1.0)
    assert cost("msle", POSITIVE, FORECAST) == pytest.approx(np.mean((logs[0] - logs[1]) ** 2), rel=1e-11)
    xgboost = np.mean(0.5 * (np.log(FORECAST + 1) - np.log(POSITIVE + 1)) ** 2)
    assert 0.5 * cost("msle", POSITIVE, FORECAST) == pytest.approx(xgboost, rel=1e-11)
    sizes = np.abs(LABEL) + np.abs(PREDICTION)
    m4 = np.mean(200 * np.abs(LABEL - PREDICTION) / sizes)
    assert 100 * cost("smape", LABEL, PREDICTION) == pytest.approx(m4, rel=1e-12)
    halved = np.mean(np.abs(LABEL - PREDICTION) / sizes)
    assert 0.5 * cost("smape", LABEL, PREDICTION) == pytest.approx(halved, rel=1e-12)
    torchmetrics = np.mean(2 * np.abs(LABEL - PREDICTION) / np.maximum(sizes, 1.17e-6))
    assert cost("smape", LABEL, PREDICTION) == pytest.approx(torchmetrics, rel=1e-12)


@pytest.mark.parametrize("spec", ["msle", "rmsle", "mape", "mape:eps=0.3", "smape"])
def test_torch_agrees_on_loss_and_gradient(spec):
    torch = pytest.importorskip("torch")
    label, prediction = (POSITIVE, FORECAST) if "msle" in spec else (LABEL, PREDICTION)
    y, p = torch.tensor(label), torch.tensor(prediction, requires_grad=True)
    each = {
        "msle": lambda: (torch.log1p(p) - torch.log1p(y)) ** 2,
        "rmsle": lambda: (torch.log1p(p) - torch.log1p(y)) ** 2,
        "mape": lambda: (p - y).abs() / y.abs(),
        "mape:eps=0.3": lambda: (p - y).abs() / y.abs().clamp(min=0.3),
        "smape": lambda: 2 * (p - y).abs() / (y.abs() + p.abs()),
    }[spec]()
    each.sum().backward()
    assert losses(spec, label, prediction) == pytest.approx(each.detach().numpy(), rel=1e-11, abs=1e-15)
    assert gradients(spec, label, prediction) == pytest.approx(p.grad.numpy(), rel=1e-10, abs=1e-13)


def test_what_the_pitfalls_say():
    def each(spec):
        return losses(spec, [100.0, 100.0], [90.0, 110.0])

    assert each("smape") == pytest.approx([0.105, 0.095], abs=5e-4)
    assert losses("msle", [100.0, 100.0], [50.0, 150.0]) == pytest.approx([0.47, 0.16], abs=5e-3)
    assert losses("mape", [100.0], [0.0])[0] == 1.0


def test_labels_and_predictions_of_minus_1_have_no_logarithm():
    for spec in ("msle", "rmsle"):
        bound = parse_spec(spec, registry.find)
        wrong = bound.label_domain.outside(np.array([-1.0, -0.999, -3.0, 0.0]))
        assert wrong.tolist() == [True, False, True, False]
        assert bound.prediction_domain.outside(np.array([-1.0, 5.0])).tolist() == [True, False]


def test_the_root_of_no_error_has_a_slope_of_0():
    assert parse_spec("rmsle", registry.find).finish_derivative(0.0) == 0.0
    assert cost("rmsle", [3.0, 3.0], [1.0, 1.0]) == pytest.approx(math.log(2), rel=1e-15)


# |r|^p at residuals whose powers are known by heart.
@pytest.mark.parametrize(
    ("p", "residual", "expected"),
    [("1.5", 4.0, 8.0), ("1.5", -9.0, 27.0), ("0.5", 1e300, 1e150), ("3", -1e100, 1e300), ("2", 0.0, 0.0)],
)
def test_powers(p, residual, expected):
    assert losses(f"lp:p={p}", [0.0], [residual])[0] == pytest.approx(expected, rel=1e-15)


def test_lp_is_the_power_of_the_minkowski_distance():
    distance = pytest.importorskip("scipy.spatial.distance")
    for p in (1.0, 1.5, 2.0, 3.7):
        found = math.fsum(losses(f"lp:p={p}", LABEL, PREDICTION)) ** (1 / p)
        assert found == pytest.approx(distance.minkowski(LABEL, PREDICTION, p), rel=1e-12)


def test_lp_below_1_is_not_convex_and_has_a_slope_without_bound():
    for p, convex in (("0.5", False), ("1", True), ("1.5", True)):
        bound = parse_spec(f"lp:p={p}", registry.find)
        assert bound.convex is convex
        assert bound.steep is not convex
    # 0.5 / √1e-300
    assert gradients("lp:p=0.5", [0.0], [1e-300])[0] == pytest.approx(5e149, rel=1e-14)
