"""Losses and gradients equal what mpmath finds with 50 digits, to the edges of their domains."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from losscli.loss import registry
from losscli.loss.numeric import EPS
from losscli.loss.spec import parse_spec

mp.mp.dps = 50

UNIT = 2.0**-53
ROUNDED = 4 * UNIT
"""Three or four operations, each rounded once."""
ELEMENTARY = 12 * UNIT
"""NumPy's exp, log and log1p are within 1 to 4 ulp, depending on the processor's instructions."""
SMALLEST = 2.0**-1022
"""Beneath the normal numbers digits go one by one."""

small = st.floats(-1000.0, 1000.0)
moderate = st.floats(-1e150, 1e150)
probability = st.one_of(
    st.floats(0.0, 1.0), st.floats(0.0, 1e-300), st.integers(0, 60).map(lambda power: 1.0 - 2.0**-power)
)
binary = st.sampled_from((0.0, 1.0))
share = st.floats(0.0, 0.99)


def evaluate(spec: str, label, prediction) -> tuple[float, np.ndarray]:
    """Return the loss and the gradient of one sample."""
    bound = parse_spec(spec, registry.find)
    label = np.array([label])
    prediction = np.array([prediction], dtype=np.float64)
    with np.errstate(all="ignore"):
        return bound.value(label, prediction)[0], bound.gradient(label, prediction)[0]


def close(found: float, exact: mp.mpf, tolerance: float) -> bool:
    return abs(mp.mpf(float(found)) - exact) <= tolerance * abs(exact) + SMALLEST


@given(label=moderate, prediction=moderate)
@example(label=1.0, prediction=1.0 + 1e-12)
@example(label=1e300, prediction=1e300)
def test_residual_losses(label, prediction):
    # The residual is rounded once, and that is an error of the loss by as many ulps as it has factors.
    exact = mp.mpf(prediction) - mp.mpf(label)
    for spec in ("mse", "rmse"):
        value, gradient = evaluate(spec, label, prediction)
        assert close(value, exact**2, ROUNDED)
        assert close(gradient, 2 * exact, ROUNDED)
    value, gradient = evaluate("mae", label, prediction)
    assert close(value, abs(exact), ROUNDED)
    assert gradient == mp.sign(exact)


@pytest.mark.parametrize(("residual", "squared"), [(1e-12, 1e-24), (1e150, 1e300), (1e-150, 1e-300)])
def test_residuals_far_from_1(residual, squared):
    assert evaluate("mse", 0.0, residual)[0] == pytest.approx(squared, rel=ROUNDED)
    assert evaluate("mae", 0.0, -residual)[0] == residual


def test_what_overflows_is_infinite():
    assert evaluate("mse", 0.0, 1e300)[0] == np.inf
    assert evaluate("mae", -1e308, 1e308)[0] == np.inf
    assert evaluate("mae", 0.0, 1e300)[0] == 1e300
    assert evaluate("squared_hinge", 1.0, -1e300)[0] == np.inf
    assert evaluate("ce:from_logits=true", 0, (-1e308, 1e308))[0] == np.inf
    assert evaluate("ce:from_logits=true", 0, (1e308, -1e308))[0] == 0.0


def smoothed(label, smoothing: float, classes: int = 2) -> mp.mpf:
    return mp.mpf(label) * (1 - mp.mpf(smoothing)) + mp.mpf(smoothing) / classes


@given(label=binary, p=probability, weight=st.floats(0.01, 100.0))
@example(label=1.0, p=1e-12, weight=1.0)
@example(label=0.0, p=1e-12, weight=1.0)
@example(label=0.0, p=1.0 - 2.0**-52, weight=1.0)
def test_binary_cross_entropy_of_probabilities(label, p, weight):
    value, gradient = evaluate(f"bce:pos_weight={weight!r}", label, p)
    seen = max(mp.mpf(p) if label else 1 - mp.mpf(p), mp.mpf(EPS))
    factor = mp.mpf(weight) if label else mp.mpf(1)
    exact = mp.log(seen) if label or seen <= EPS else mp.log1p(-mp.mpf(p))
    assert close(value, -factor * exact, ELEMENTARY)
    assert close(gradient, (-factor if label else 1) / seen, ROUNDED)


@given(label=binary, p=probability, smoothing=share)
def test_binary_cross_entropy_with_smoothed_labels(label, p, smoothing):
    value, _ = evaluate(f"bce:label_smoothing={smoothing!r}", label, p)
    y = smoothed(label, smoothing)
    seen, missed = max(mp.mpf(p), mp.mpf(EPS)), max(1 - mp.mpf(p), mp.mpf(EPS))
    # 1 − y is rounded on the scale of 1, whatever is left of it.
    doubt = ELEMENTARY * (abs(mp.log(seen)) + abs(mp.log(missed)))
    assert abs(mp.mpf(value) - (-y * mp.log(seen) - (1 - y) * mp.log(missed))) <= doubt


@given(label=binary, logit=small, weight=st.floats(0.01, 100.0))
@example(label=1.0, logit=1000.0, weight=1.0)
@example(label=1.0, logit=-1000.0, weight=1.0)
@example(label=0.0, logit=-40.0, weight=1.0)
@example(label=0.0, logit=40.0, weight=1.0)
def test_binary_cross_entropy_of_logits_keeps_every_digit_in_both_tails(label, logit, weight):
    value, gradient = evaluate(f"bce:from_logits=true,pos_weight={weight!r}", label, logit)
    z = mp.mpf(logit)
    if label:
        assert close(value, weight * mp.log1p(mp.exp(-z)), ELEMENTARY)
        assert close(gradient, -weight / (1 + mp.exp(z)), ELEMENTARY)
    else:
        assert close(value, mp.log1p(mp.exp(z)), ELEMENTARY)
        assert close(gradient, 1 / (1 + mp.exp(-z)), ELEMENTARY)


@given(label=st.sampled_from((-1.0, 1.0)), score=moderate, margin=st.floats(0.0, 100.0))
def test_margin_losses(label, score, margin):
    missing = max(mp.mpf(margin) - mp.mpf(label) * mp.mpf(score), mp.mpf(0))
    value, gradient = evaluate(f"hinge:margin={margin!r}", label, score)
    assert close(value, missing, ROUNDED)
    assert gradient == (-label if missing else 0.0)
    value, gradient = evaluate(f"squared_hinge:margin={margin!r}", label, score)
    assert close(value, missing**2, ROUNDED)
    assert close(gradient, -2 * label * missing, ROUNDED)


def softmax(logits) -> list[mp.mpf]:
    grown = [mp.exp(mp.mpf(logit)) for logit in logits]
    return [part / mp.fsum(grown) for part in grown]


def spread(logits) -> float:
    """Return what a rounded difference of two logits may change a probability by, relatively."""
    return ELEMENTARY + 2 * UNIT * (max(logits) - min(logits)) + len(logits) * UNIT


@given(logits=st.lists(small, min_size=2, max_size=12), at=st.integers(0, 11))
@example(logits=[1000.0, -1000.0], at=0)
@example(logits=[1000.0, -1000.0], at=1)
@example(logits=[40.0, 0.0], at=0)
@example(logits=[3.0, 3.0, 3.0], at=2)
def test_cross_entropy_of_logits_keeps_every_digit_of_a_certain_class(logits, at):
    at %= len(logits)
    value, gradient = evaluate("ce:from_logits=true", at, logits)
    p = softmax(logits)
    others = mp.fsum(part for k, part in enumerate(p) if k != at)
    exact = -mp.log1p(-others) if others < 0.5 else -mp.log(p[at])
    assert close(value, exact, spread(logits))
    for k, part in enumerate(p):
        assert close(gradient[k], -others if k == at else part, spread(logits))


@given(
    parts=st.lists(st.integers(0, 2**40), min_size=2, max_size=12).filter(any),
    at=st.integers(0, 11),
    normalize=st.booleans(),
)
@example(parts=[2**40, 1], at=0, normalize=True)
@example(parts=[0, 5], at=0, normalize=False)
def test_cross_entropy_of_probabilities(parts, at, normalize):
    at %= len(parts)
    amounts = [float(part) for part in parts] if normalize else [part / sum(parts) for part in parts]
    value, gradient = evaluate(f"ce:normalize={str(normalize).lower()}", at, amounts)
    total = mp.fsum(amounts) if normalize else mp.mpf(1)
    p = max(mp.mpf(amounts[at]) / total, mp.mpf(EPS))
    assert close(value, -mp.log(p), ELEMENTARY)
    others = mp.fsum(amount for k, amount in enumerate(amounts) if k != at)
    for k, found in enumerate(gradient):
        if not normalize:
            exact = -1 / p if k == at else mp.mpf(0)
        elif mp.mpf(amounts[at]) / total < EPS:
            continue
        else:
            exact = -others / (amounts[at] * total) if k == at else 1 / total
        assert close(found, exact, ELEMENTARY)


@given(data=st.data(), classes=st.integers(2, 8), smoothing=share, from_logits=st.booleans())
def test_cross_entropy_of_soft_and_smoothed_labels(data, classes, smoothing, from_logits):
    def rows():
        parts = st.lists(st.integers(0, 1000), min_size=classes, max_size=classes).filter(any)
        return [part / sum(drawn) for drawn in [data.draw(parts)] for part in drawn]

    label = rows()
    logits = st.lists(small, min_size=classes, max_size=classes)
    prediction = data.draw(logits) if from_logits else rows()
    flag = str(from_logits).lower()
    value, _ = evaluate(f"ce:from_logits={flag},label_smoothing={smoothing!r}", label, prediction)
    p = softmax(prediction) if from_logits else [max(mp.mpf(part), mp.mpf(EPS)) for part in prediction]
    y = [smoothed(part, smoothing, classes) for part in label]
    terms = [-weight * mp.log(part) for weight, part in zip(y, p, strict=True) if weight]
    size = mp.fsum(abs(term) for term in terms) + (max(map(abs, prediction)) if from_logits else 0)
    assert abs(mp.mpf(value) - mp.fsum(terms)) <= (ELEMENTARY + classes * UNIT) * size + SMALLEST


def test_a_certain_class_costs_exactly_0_and_never_minus_0():
    for spec, label, prediction in (
        ("bce", 1.0, 1.0), ("bce", 0.0, 0.0), ("ce", 0, (1.0, 0.0)), ("ce", [0.0, 1.0], (0.0, 1.0)),
        ("ce:normalize=true", 1, (0.0, 7.0)), ("hinge", 1.0, 1.0), ("squared_hinge", -1.0, -3.0),
    ):  # fmt: skip
        value, gradient = evaluate(spec, label, prediction)
        assert value == 0.0
        assert not np.signbit(value), spec
        assert not np.signbit(gradient[gradient == 0.0]).any(), spec


def test_a_true_class_of_probability_0_costs_minus_log_eps():
    for eps in (EPS, 1e-7, 0.25):
        exact = -mp.log(mp.mpf(eps))
        for spec, label, prediction in (
            (f"bce:eps={eps!r}", 1.0, 0.0), (f"bce:eps={eps!r}", 0.0, 1.0),
            (f"ce:eps={eps!r}", 0, (0.0, 1.0)),
            (f"ce:eps={eps!r},normalize=true", 0, (0.0, 5.0)),
        ):  # fmt: skip
            value, gradient = evaluate(spec, label, prediction)
            assert close(value, exact, ELEMENTARY)
            if "normalize" not in spec:
                assert np.abs(gradient).max() == pytest.approx(1 / eps, rel=ROUNDED)


CLIPPED = [
    ("bce", [1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 1.0], [True, False, False, True]),
    ("bce:eps=0.125", [1.0, 1.0, 0.0, 0.0], [0.125, 0.12, 0.875, 0.9], [False, True, False, True]),
    ("bce:label_smoothing=0.1", [1.0, 1.0, 0.0], [0.0, 1.0, 0.5], [True, True, False]),
    ("bce:from_logits=true", [1.0, 0.0], [-1000.0, 1000.0], [False, False]),
    ("ce", [0, 0, 1], [[0, 1], [1, 0], [0.5, 0.5]], [True, False, False]),
    ("ce:eps=0.1", [0, 1], [[0.05, 0.95], [0.05, 0.95]], [True, False]),
    ("ce:normalize=true,eps=0.1", [0, 0], [[0.2, 9.8], [0.2, 0.2]], [True, False]),
    ("ce:label_smoothing=0.1", [0, 0], [[1, 0], [0.5, 0.5]], [True, False]),
    ("ce", [[1.0, 0.0], [0.5, 0.5]], [[1, 0], [1, 0]], [False, True]),
    ("ce:eps=0.125", [[0.5, 0.5], [0.5, 0.5]], [[0.125, 0.875], [0.12, 0.88]], [False, True]),
    ("ce:from_logits=true", [0], [[-1000, 1000]], [False]),
]


@pytest.mark.parametrize(("spec", "label", "prediction", "expected"), CLIPPED)
def test_rows_are_clipped_where_that_changed_the_loss(spec, label, prediction, expected):
    bound = parse_spec(spec, registry.find)
    assert bound.clipped(np.array(label), np.array(prediction, dtype=float)).tolist() == expected


ERRORS = [
    ("mse", [1.0, 5.0], [3.0, 2.0], [2.0, -3.0]),
    ("hinge", [1.0, -1.0], [0.25, 3.0], [0.75, 4.0]),
    ("bce", [1.0, 0.0], [0.75, 0.75], [0.25, 0.75]),
    ("bce:from_logits=true", [1.0, 0.0, 1.0], [0.0, 0.0, 50.0], [0.5, 0.5, 1.9287498479639178e-22]),
    ("ce", [0, 1], [[0.25, 0.75], [0.25, 0.75]], [0.75, 0.25]),
    ("ce", [[0.5, 0.5]], [[0.25, 0.75]], [0.5]),
    ("ce:normalize=true", [0, 0], [[1, 3], [1e20, 1]], [0.75, 1e-20]),
    ("ce:from_logits=true", [0, 1], [[50.0, 0.0], [50.0, 0.0]], [1.9287498479639178e-22, 1.0]),
    ("ce:from_logits=true", [[1.0, 0.0]], [[50.0, 0.0]], [1.9287498479639178e-22]),
]


@pytest.mark.parametrize(("spec", "label", "prediction", "expected"), ERRORS)
def test_the_error_before_any_loss(spec, label, prediction, expected):
    bound = parse_spec(spec, registry.find)
    found = bound.error(np.array(label), np.array(prediction, dtype=float))
    assert found == pytest.approx(expected, rel=1e-15)


def test_a_perplexity_that_overflows_is_infinite():
    bound = parse_spec("perplexity", registry.find)
    assert bound.finish(1e4) == np.inf
    assert bound.finish(0.0) == 1.0


def test_the_root_of_no_error_has_a_slope_of_0():
    assert parse_spec("rmse", registry.find).finish_derivative(0.0) == 0.0
