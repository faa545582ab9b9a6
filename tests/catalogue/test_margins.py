"""Margin losses, Brier score and binary focal loss: against mpmath, scikit-learn, PyTorch, and each other."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn import metrics

from losscli.loss import registry
from losscli.loss.numeric import EPS
from losscli.loss.spec import parse_spec

mp.mp.dps = 120

UNIT = 2.0**-53
ROUNDED = 6 * UNIT
ELEMENTARY = 24 * UNIT
"""Two or three of NumPy's elementary functions, each within 1 to 4 ulp."""
SMALLEST = 2.0**-1022
LIBRARY = 1e-12

RANDOM = np.random.default_rng(1958)
ROWS = 400
SCORE = RANDOM.normal(0, 3, ROWS)
BINARY = RANDOM.integers(0, 2, ROWS).astype(np.float64)
SIGN = 2.0 * BINARY - 1.0
PROBABILITY = RANDOM.uniform(0, 1, ROWS)

signs = st.sampled_from((-1.0, 1.0))
binary = st.sampled_from((0.0, 1.0))
scores = st.one_of(st.floats(-1000.0, 1000.0), st.floats(-3.0, 3.0), st.floats(-1e300, 1e300))
logits = st.floats(-1000.0, 1000.0)
probabilities = st.one_of(
    st.floats(0.0, 1.0), st.floats(0.0, 1e-300), st.integers(0, 60).map(lambda power: 1.0 - 2.0**-power)
)
gammas = st.sampled_from((0.0, 0.5, 1.0, 2.0, 5.5))


def compute(what: str, spec: str, label, prediction) -> np.ndarray:
    bound = parse_spec(spec, registry.find)
    label, prediction = (np.atleast_1d(np.asarray(part, dtype=np.float64)) for part in (label, prediction))
    with np.errstate(all="ignore"):
        return getattr(bound, what)(label, prediction)


def losses(spec: str, label, prediction) -> np.ndarray:
    return compute("value", spec, label, prediction)


def both(spec: str, label: float, prediction: float) -> list[float]:
    return [float(compute(what, spec, label, prediction)[0]) for what in ("value", "gradient")]


def close(found: float, exact: mp.mpf, tolerance: float) -> bool:
    if abs(exact) > np.finfo(np.float64).max:
        return found == np.inf * mp.sign(exact)
    return abs(mp.mpf(float(found)) - exact) <= tolerance * abs(exact) + SMALLEST


@given(label=signs, score=logits)
@example(label=1.0, score=1000.0)
@example(label=1.0, score=-1000.0)
@example(label=-1.0, score=-40.0)
def test_logistic_keeps_every_digit_in_both_tails(label, score):
    m = mp.mpf(label) * mp.mpf(score)
    value, gradient = both("logistic", label, score)
    assert close(value, mp.log1p(mp.exp(-m)), ELEMENTARY)
    assert close(gradient, -label / (1 + mp.exp(m)), ELEMENTARY)


@given(label=signs, score=logits)
@example(label=-1.0, score=709.0)
@example(label=-1.0, score=710.0)
def test_exponential_overflows_only_where_it_must(label, score):
    exact = mp.exp(-mp.mpf(label) * mp.mpf(score))
    value, gradient = both("exponential", label, score)
    assert close(value, exact, ELEMENTARY)
    assert close(gradient, -label * exact, ELEMENTARY)


@given(label=signs, score=scores)
@example(label=1.0, score=1.0)
@example(label=-1.0, score=1.0)
@example(label=1.0, score=0.0)
@example(label=-1.0, score=0.0)
@example(label=1.0, score=-1e300)
def test_losses_of_pieces(label, score):
    m = mp.mpf(label) * mp.mpf(score)
    value, gradient = both("perceptron", label, score)
    assert (value, gradient) == (max(-m, 0), -label if m < 0 else 0)
    value, gradient = both("modified_huber", label, score)
    if m >= -1:
        assert close(value, max(1 - m, mp.mpf(0)) ** 2, ROUNDED)
        assert close(gradient, -2 * label * max(1 - m, mp.mpf(0)), ROUNDED)
    else:
        assert close(value, -4 * m, ROUNDED)
        assert gradient == -4 * label


def test_kinks_and_seams():
    # perceptron: the subgradient 0 at a score of 0, whatever its sign.
    assert compute("gradient", "perceptron", [1, -1, 1], [0.0, 0.0, -0.0]).tolist() == [0.0, 0.0, 0.0]
    # modified_huber: value and slope are continuous where the line begins and where nothing is left.
    near = np.array([np.nextafter(-1, -2), -1.0, np.nextafter(-1, 0)])
    assert losses("modified_huber", np.ones(3), near) == pytest.approx([4.0] * 3, rel=1e-15)
    assert compute("gradient", "modified_huber", np.ones(3), near) == pytest.approx([-4.0] * 3, rel=1e-15)
    assert compute("gradient", "modified_huber", [1.0, -1.0], [1.0, -1.0]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("spec", ["perceptron", "modified_huber", "brier", "binary_focal"])
def test_nothing_is_never_minus_nothing(spec):
    labels = (0.0, 1.0) if spec in ("brier", "binary_focal") else (-1.0, 1.0)
    for label in labels:
        for prediction in (label, 0.0, 1.0):
            for what in ("value", "gradient"):
                found = compute(what, spec, label, prediction)
                assert found[0] != 0.0 or not np.signbit(found[0]), (what, label, prediction)


def test_identities_among_margin_losses():
    assert losses("logistic", SIGN, SCORE) == pytest.approx(
        losses("bce:from_logits=true", BINARY, SCORE), rel=LIBRARY
    )
    assert losses("perceptron", SIGN, SCORE).tolist() == losses("hinge:margin=0", SIGN, SCORE).tolist()
    mild = SIGN * SCORE >= -1
    assert losses("modified_huber", SIGN[mild], SCORE[mild]).tolist() == (
        losses("squared_hinge", SIGN[mild], SCORE[mild]).tolist()
    )
    # log(1 + e^-m) <= e^-m, and in base 2 it bounds the share of wrong decisions.
    logistic = losses("logistic", SIGN, SCORE)
    assert (logistic <= losses("exponential", SIGN, SCORE)).all()
    assert (logistic / math.log(2) >= (SIGN * SCORE <= 0)).all()
    assert losses("logistic", 1.0, 0.0)[0] / math.log(2) == 1.0


def test_the_error_is_the_missing_margin():
    for spec in ("logistic", "exponential", "perceptron", "modified_huber"):
        assert compute("error", spec, [1, -1], [0.25, 3.0]).tolist() == [0.75, 4.0]


def test_scikit_learn_trains_the_same_losses():
    from sklearn.linear_model import _sgd_fast

    cases = {"perceptron": _sgd_fast.Hinge(0.0), "modified_huber": _sgd_fast.ModifiedHuber()}
    for spec, theirs in cases.items():
        each = [theirs.py_loss(score, label) for label, score in zip(SIGN, SCORE, strict=True)]
        slope = [theirs.py_dloss(score, label) for label, score in zip(SIGN, SCORE, strict=True)]
        assert losses(spec, SIGN, SCORE) == pytest.approx(each, rel=LIBRARY)
        assert compute("gradient", spec, SIGN, SCORE) == pytest.approx(slope, rel=LIBRARY)
    # At a score of 0 another subgradient is taken there.
    assert cases["perceptron"].py_dloss(0.0, 1.0) == -1.0


def test_scikit_learn_boosts_the_exponential_loss():
    from sklearn._loss.loss import ExponentialLoss

    theirs = ExponentialLoss().loss(y_true=BINARY, raw_prediction=SCORE)
    assert losses("exponential", SIGN, SCORE) == pytest.approx(theirs, rel=LIBRARY)


def test_pytorch_agrees_on_logistic_until_it_overflows():
    torch = pytest.importorskip("torch")
    theirs = torch.nn.SoftMarginLoss(reduction="none")
    found = theirs(torch.tensor(SCORE), torch.tensor(SIGN)).numpy()
    assert losses("logistic", SIGN, SCORE) == pytest.approx(found, rel=1e-10, abs=1e-15)
    assert theirs(torch.tensor([-1000.0]), torch.tensor([1.0])).item() == math.inf
    assert losses("logistic", 1.0, -1000.0)[0] == 1000.0


def torch_losses(torch) -> dict:
    """Return, by spec, label, prediction, and the loss as an expression of a tensor and the label."""
    functional = torch.nn.functional

    def p_t(p, y):
        return torch.where(y == 1, p, 1 - p)

    def focal(p, y):
        return -((1 - p_t(p, y)) ** 2.5) * torch.log(p_t(p, y))

    def focal_of_logits(z, y):
        cross_entropy = functional.binary_cross_entropy_with_logits(z, y, reduction="none")
        weight = torch.where(y == 1, 0.25, 0.75)
        return weight * (1 - p_t(torch.sigmoid(z), y)) ** 2 * cross_entropy

    return {
        "logistic": (SIGN, SCORE, lambda s, y: functional.softplus(-y * s)),
        "exponential": (SIGN, SCORE, lambda s, y: torch.exp(-y * s)),
        "perceptron": (SIGN, SCORE, lambda s, y: torch.relu(-y * s)),
        "modified_huber": (
            SIGN,
            SCORE,
            lambda s, y: torch.where(y * s >= -1, torch.relu(1 - y * s) ** 2, -4 * y * s),
        ),
        "brier": (BINARY, PROBABILITY, lambda p, y: (p - y) ** 2),
        "brier:from_logits=true": (BINARY, SCORE, lambda z, y: (torch.sigmoid(z) - y) ** 2),
        "binary_focal:gamma=2.5": (BINARY, PROBABILITY, focal),
        "binary_focal:alpha=0.25,from_logits=true": (BINARY, SCORE, focal_of_logits),
    }


TORCH = (
    "logistic", "exponential", "perceptron", "modified_huber", "brier", "brier:from_logits=true",
    "binary_focal:gamma=2.5", "binary_focal:alpha=0.25,from_logits=true",
)  # fmt: skip


@pytest.mark.parametrize("spec", TORCH)
def test_gradients_are_those_of_autograd(spec):
    torch = pytest.importorskip("torch")
    label, prediction, expression = torch_losses(torch)[spec]
    tensor = torch.tensor(prediction, requires_grad=True)
    each = expression(tensor, torch.tensor(label))
    (slope,) = torch.autograd.grad(each.sum(), tensor)
    assert losses(spec, label, prediction) == pytest.approx(each.detach().numpy(), rel=1e-10, abs=1e-13)
    assert compute("gradient", spec, label, prediction) == pytest.approx(
        slope.detach().numpy(), rel=1e-10, abs=1e-13
    )


@given(label=binary, p=probabilities)
@example(label=1.0, p=1.0 - 2.0**-53)
def test_brier_of_probabilities(label, p):
    exact = mp.mpf(p) - mp.mpf(label)
    value, gradient = both("brier", label, p)
    assert close(value, exact**2, ROUNDED)
    assert close(gradient, 2 * exact, ROUNDED)


@given(label=binary, logit=st.floats(-300.0, 300.0))
@example(label=1.0, logit=40.0)
@example(label=0.0, logit=-40.0)
def test_brier_of_logits_keeps_every_digit_in_both_tails(label, logit):
    side = 2 * label - 1
    right, wrong = 1 / (1 + mp.exp(-side * mp.mpf(logit))), 1 / (1 + mp.exp(side * mp.mpf(logit)))
    value, gradient = both("brier:from_logits=true", label, logit)
    assert close(value, wrong**2, ELEMENTARY)
    assert close(gradient, -2 * side * wrong**2 * right, ELEMENTARY)


def test_brier_is_scikit_learns_and_half_of_the_sum_over_classes():
    ours = losses("brier", BINARY, PROBABILITY)
    assert ours.mean() == pytest.approx(metrics.brier_score_loss(BINARY, PROBABILITY), rel=LIBRARY)
    both = metrics.brier_score_loss(
        BINARY, np.column_stack([1 - PROBABILITY, PROBABILITY]), scale_by_half=False, labels=[0, 1]
    )
    assert both == pytest.approx(2 * ours.mean(), rel=LIBRARY)
    # scikit-learn's docstring of brier_score_loss: 0.0375 for [0, 1, 1, 0] and [0.1, 0.9, 0.8, 0.3].
    assert losses("brier", [0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]).mean() == pytest.approx(0.0375, rel=1e-15)


def exact_focal(label: float, p: mp.mpf, wrong: mp.mpf, gamma: float, alpha: float | None) -> list[mp.mpf]:
    """Return the loss, and its slope by the probability of the label, of which `p` is the clipped one."""
    weight = 1 if alpha is None else mp.mpf(alpha) if label else 1 - mp.mpf(alpha)
    log_p = mp.log1p(-wrong) if wrong < 0.5 else mp.log(p)
    ratio = log_p / wrong if wrong else mp.mpf(-1)
    return [-weight * wrong**gamma * log_p, weight * wrong**gamma * (gamma * ratio - 1 / p)]


@given(label=binary, p=probabilities, gamma=gammas, alpha=st.sampled_from((None, 0.25, 0.0, 1.0)))
@example(label=1.0, p=1e-12, gamma=2.0, alpha=None)
@example(label=0.0, p=1e-12, gamma=0.5, alpha=None)
@example(label=1.0, p=1.0, gamma=0.0, alpha=None)
@example(label=1.0, p=1.0, gamma=0.5, alpha=None)
@example(label=0.0, p=1.0, gamma=2.0, alpha=0.25)
def test_binary_focal_of_probabilities(label, p, gamma, alpha):
    given_alpha = "none" if alpha is None else repr(alpha)
    spec = f"binary_focal:gamma={gamma!r},alpha={given_alpha}"
    right, wrong = (mp.mpf(p), 1 - mp.mpf(p)) if label else (1 - mp.mpf(p), mp.mpf(p))
    value, slope = exact_focal(label, max(right, mp.mpf(EPS)), wrong, gamma, alpha)
    assert close(losses(spec, label, p)[0], value, ELEMENTARY)
    assert close(compute("gradient", spec, label, p)[0], (2 * label - 1) * slope, ELEMENTARY)


@given(label=binary, logit=st.floats(-100.0, 100.0), gamma=gammas)
@example(label=1.0, logit=40.0, gamma=2.0)
@example(label=0.0, logit=40.0, gamma=2.0)
def test_binary_focal_of_logits(label, logit, gamma):
    spec = f"binary_focal:gamma={gamma!r},from_logits=true"
    z = mp.mpf(logit) * (2 * label - 1)
    right, wrong = 1 / (1 + mp.exp(-z)), 1 / (1 + mp.exp(z))
    value, slope = exact_focal(label, right, wrong, gamma, None)
    # The power multiplies what 1 − p was rounded by.
    assert close(losses(spec, label, logit)[0], value, ELEMENTARY * (1 + gamma))
    exact = (2 * label - 1) * slope * right * wrong
    assert close(compute("gradient", spec, label, logit)[0], exact, ELEMENTARY * (1 + gamma))


def test_binary_focal_far_off_is_the_logit():
    found = losses("binary_focal:from_logits=true", [0, 1, 1, 0], [1e300, -1e300, 1e300, -1e300])
    assert found.tolist() == [1e300, 1e300, 0.0, 0.0]


def test_binary_focal_without_focus_is_cross_entropy():
    for logits_or_not, prediction in (("false", PROBABILITY), ("true", SCORE)):
        plain = losses(f"bce:from_logits={logits_or_not}", BINARY, prediction)
        focal = losses(f"binary_focal:gamma=0,from_logits={logits_or_not}", BINARY, prediction)
        assert focal == pytest.approx(plain, rel=LIBRARY)
        halved = losses(f"binary_focal:gamma=0,alpha=0.5,from_logits={logits_or_not}", BINARY, prediction)
        assert halved == pytest.approx(0.5 * plain, rel=LIBRARY)


def test_binary_focal_of_the_keras_documentation():
    # keras.losses.binary_focal_crossentropy, docstring: array([0.330, 0.206]), means over two columns.
    found = losses("binary_focal", [0, 1, 0, 0], [0.6, 0.4, 0.4, 0.6]).reshape(2, 2).mean(axis=1)
    assert found == pytest.approx([0.330, 0.206], abs=5e-4)


def test_binary_focal_counts_what_it_clips():
    found = compute("clipped", "binary_focal:eps=0.125", [1, 1, 0, 0], [0.125, 0.12, 0.875, 0.9])
    assert found.tolist() == [False, True, False, True]
    assert not compute("clipped", "binary_focal:from_logits=true", [1.0, 0.0], [-1000.0, 1000.0]).any()


def test_the_error_of_a_probability_is_what_the_label_misses():
    for spec in ("brier", "binary_focal"):
        assert compute("error", spec, [1.0, 0.0], [0.75, 0.75]).tolist() == [0.25, 0.75]
        sure = compute("error", f"{spec}:from_logits=true", [1.0], [50.0])
        assert sure == pytest.approx([1.9287498479639178e-22], rel=1e-15)
