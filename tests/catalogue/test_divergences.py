"""Kullback-Leibler and Jensen-Shannon divergences: exact near equality and at zeros, and as libraries'."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import spatial, stats

from losscli.loss import registry
from losscli.loss.numeric import EPS
from losscli.loss.spec import parse_spec

mp.mp.dps = 60

EXACT = 1e-14
"""A few dozen roundings, of logarithms among them."""
LIBRARY = 1e-12
RANDOM = np.random.default_rng(20240229)
ROWS, CLASSES = 300, 5
SOFT, OTHER = RANDOM.dirichlet(np.full(CLASSES, 0.7), ROWS), RANDOM.dirichlet(np.full(CLASSES, 0.7), ROWS)
HARD = RANDOM.integers(0, CLASSES, ROWS)
BOTH = ("kl", "js")


def losses(spec: str, label, prediction) -> np.ndarray:
    bound = parse_spec(spec, registry.find)
    with np.errstate(all="ignore"):
        return bound.value(np.asarray(label), np.asarray(prediction, dtype=np.float64))


def gradients(spec: str, label, prediction) -> np.ndarray:
    bound = parse_spec(spec, registry.find)
    with np.errstate(all="ignore"):
        return bound.gradient(np.asarray(label), np.asarray(prediction, dtype=np.float64))


def exact_kl(label, prediction, least: float = EPS) -> mp.mpf:
    pairs = [
        (mp.mpf(float(y)), max(mp.mpf(float(p)), mp.mpf(least)))
        for y, p in zip(label, prediction, strict=True)
    ]
    return mp.fsum(y * mp.log(y / p) for y, p in pairs if y)


def exact_js(label, prediction) -> mp.mpf:
    pairs = [(mp.mpf(float(y)), mp.mpf(float(p))) for y, p in zip(label, prediction, strict=True)]
    parts = [a * mp.log(2 * a / (y + p)) for y, p in pairs for a in (y, p) if a]
    return mp.fsum(parts) / 2


@st.composite
def pairs(draw):
    """Two distributions over the same classes: apart, with zeros, or next to each other."""
    classes = draw(st.integers(2, 8))
    parts = st.lists(st.integers(0, 2**30), min_size=classes, max_size=classes).filter(any)
    label, other = (np.array(draw(parts), dtype=np.float64) for _ in range(2))
    label, other = label / label.sum(), other / other.sum()
    apart = 10.0 ** draw(st.integers(-12, 0))
    return label, label + apart * (other - label)


@given(pair=pairs())
def test_kl_keeps_its_digits_however_near_the_distributions_are(pair):
    label, prediction = pair
    exact = exact_kl(label, prediction)
    # Where the rows' sums differ by a rounding, that is in the figure, and as exact as the rest.
    terms = mp.fsum(abs(mp.mpf(float(y)) - mp.mpf(float(p))) for y, p in zip(*pair, strict=True))
    assert abs(losses("kl", [label], [prediction])[0] - exact) <= EXACT * abs(exact) + 2e-16 * terms


def test_kl_of_neighbours():
    # 1e-9 apart the naive sum has no digit left, and 50 digits give what the expansion gives.
    label = np.array([0.25, 0.25, 0.5])
    prediction = label + np.array([2.0**-30, -(2.0**-30), 0.0])
    exact = exact_kl(label, prediction)
    assert float(exact) == pytest.approx(4.0 * 2.0**-60, rel=1e-8, abs=0.0)
    assert losses("kl", [label], [prediction])[0] == pytest.approx(float(exact), rel=1e-15, abs=0.0)
    naive = np.sum(label * np.log(label / prediction))
    assert naive < 0.0


@given(pair=pairs())
@example(pair=(np.array([1.0, 0.0]), np.array([0.0, 1.0])))
@example(pair=(np.array([1.0, 0.0]), np.array([1.0, 5e-324])))
@example(pair=(np.array([0.5, 0.5]), np.array([0.5, 0.5])))
def test_js_keeps_every_digit_and_is_symmetric(pair):
    label, prediction = pair
    exact = float(exact_js(label, prediction))
    found = losses("js", [label], [prediction])[0]
    assert found == pytest.approx(exact, rel=EXACT, abs=5e-324)
    assert found == losses("js", [prediction], [label])[0]
    assert 0.0 <= found <= math.log(2.0) * (1.0 + EXACT)


@pytest.mark.parametrize("ratio", [0.6, 0.6000001, 0.5999999, 1 / 0.6, 1.0 - 1e-9, 1.0 + 1e-15])
def test_js_where_its_two_forms_meet(ratio):
    label, prediction = [[0.5, 0.5]], [[0.5 * ratio, 1.0 - 0.5 * ratio]]
    assert losses("js", label, prediction)[0] == pytest.approx(
        float(exact_js(label[0], prediction[0])), rel=EXACT
    )


@pytest.mark.parametrize("p", [0.0, 5e-324, 1e-300, 1e-9, 0.25, 0.6, 0.75, 1.0 - 1e-9, 1.0])
def test_one_true_class_is_its_one_hot_row(p):
    prediction = np.array([[p, 1.0 - p, 0.0]])
    for spec in BOTH:
        hard = losses(spec, [0], prediction)
        assert hard == pytest.approx(losses(spec, [[1.0, 0.0, 0.0]], prediction), rel=EXACT)
        assert gradients(spec, [0], prediction).tolist() == pytest.approx(
            gradients(spec, [[1.0, 0.0, 0.0]], prediction)
        )
    assert losses("js", [0], prediction)[0] == pytest.approx(
        float(exact_js((1, 0, 0), prediction[0])), rel=EXACT
    )


@pytest.mark.parametrize("label", [HARD, SOFT], ids=["hard", "soft"])
@pytest.mark.parametrize("normalize", ["true", "false"])
def test_kl_is_cross_entropy_less_the_entropy_of_the_label(label, normalize):
    rows = np.eye(CLASSES)[HARD] if label is HARD else SOFT
    entropy = -np.where(rows > 0, rows * np.log(np.where(rows > 0, rows, 1.0)), 0.0).sum(axis=1)
    flag = f"normalize={normalize}"
    assert losses(f"kl:{flag}", label, OTHER) + entropy == pytest.approx(
        losses(f"ce:{flag}", label, OTHER), rel=LIBRARY
    )
    assert gradients(f"kl:{flag}", label, OTHER).tolist() == gradients(f"ce:{flag}", label, OTHER).tolist()


def test_scipy_agrees():
    assert losses("kl", SOFT, OTHER) == pytest.approx(stats.entropy(SOFT, OTHER, axis=1), rel=LIBRARY)
    distance = spatial.distance.jensenshannon(SOFT, OTHER, axis=1)
    assert losses("js", SOFT, OTHER) == pytest.approx(distance**2, rel=LIBRARY)
    bits = spatial.distance.jensenshannon(SOFT, OTHER, axis=1, base=2) ** 2
    assert losses("js", SOFT, OTHER) / math.log(2.0) == pytest.approx(bits, rel=LIBRARY)
    in_bits = stats.entropy(SOFT, OTHER, axis=1, base=2)
    assert losses("kl", SOFT, OTHER) / math.log(2.0) == pytest.approx(in_bits, rel=LIBRARY)


def test_pytorch_agrees_on_kl_in_its_two_means():
    functional = pytest.importorskip("torch").nn.functional
    torch = pytest.importorskip("torch")
    ours = losses("kl", SOFT, OTHER).mean()
    arguments = torch.tensor(OTHER).log(), torch.tensor(SOFT)
    theirs = functional.kl_div(*arguments, reduction="batchmean").item()
    assert ours == pytest.approx(theirs, rel=LIBRARY)
    with pytest.warns(UserWarning, match="batchmean"):
        mean = functional.kl_div(*arguments, reduction="mean").item()
    assert ours / CLASSES == pytest.approx(mean, rel=LIBRARY)


def test_keras_agrees_on_kl():
    # keras.losses.KLDivergence computed by its definition: both clipped to [1e-7, 1].
    label, prediction = np.clip(SOFT, 1e-7, 1.0), np.clip(OTHER, 1e-7, 1.0)
    theirs = (label * np.log(label / prediction)).sum(axis=1)
    assert losses("kl:eps=1e-7", SOFT, OTHER) == pytest.approx(theirs, abs=1e-5)


@pytest.mark.parametrize("soft", [True, False])
@pytest.mark.parametrize("spec", ["kl", "kl:normalize=true", "js", "js:normalize=true"])
def test_gradients_equal_automatic_differentiation(spec, soft):
    random = np.random.default_rng(20240229)
    torch = pytest.importorskip("torch")
    rows = SOFT if soft else np.eye(CLASSES)[HARD]
    scaled = OTHER * (random.uniform(0.5, 4.0, (ROWS, 1)) if "normalize" in spec else 1.0)
    prediction, label = torch.tensor(scaled, requires_grad=True), torch.tensor(rows)
    p = prediction / prediction.sum(1, keepdim=True) if "normalize" in spec else prediction
    if spec.startswith("kl"):
        each = torch.special.xlogy(label, label) - torch.special.xlogy(label, p)
    else:
        xlogy, log_middle = torch.special.xlogy, ((label + p) / 2).log()
        each = (xlogy(label, label) + xlogy(p, p) - (label + p) * log_middle) / 2
    each.sum().backward()
    label = SOFT if soft else HARD
    assert losses(spec, label, scaled) == pytest.approx(each.sum(1).detach().numpy(), rel=LIBRARY, abs=1e-15)
    found = gradients(spec, label, scaled)
    assert found == pytest.approx(prediction.grad.numpy(), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("p", [1e-300, 1e-20, 1e-9, 0.2, 0.4999, 0.5, 0.5001, 0.9, 1.0])
@pytest.mark.parametrize("y", [0.0, 1e-20, 0.4, 1.0])
def test_the_slope_of_js_keeps_its_digits(y, p):
    found = gradients("js", [[y, 1.0 - y]], [[p, 1.0 - p]])[0, 0]
    y, p = mp.mpf(y), mp.mpf(p)
    assert found == pytest.approx(float(mp.log(2 * p / (y + p)) / 2), rel=EXACT, abs=0.0)


def test_at_a_probability_of_0_the_slope_of_js_is_infinite_unless_the_label_is_0_too():
    found = gradients("js", [[0.5, 0.0, 0.5]], [[0.0, 0.0, 1.0]])[0]
    assert found[0] == -np.inf
    assert found[1] == pytest.approx(math.log(2.0) / 2)
    found = gradients("js:normalize=true", [[0.5, 0.0, 0.5]], [[0.0, 0.0, 4.0]])[0]
    assert found[0] == -np.inf
    assert np.isfinite(found[1:]).all()
    expected = gradients("js:normalize=true", [[0.5, 0.0, 0.5]], [[1e-30, 0.0, 4.0]])[0, 1:]
    assert found[1:] == pytest.approx(expected, rel=1e-12)


def test_zeros():
    # 0 log 0 is 0; what is 0 in the prediction alone is clipped by kl, and bounded by js.
    label, prediction = [[0.5, 0.5, 0.0]], [[0.5, 0.0, 0.5]]
    assert losses("kl", label, prediction)[0] == pytest.approx(0.5 * math.log(0.5 / EPS), rel=1e-15)
    assert losses("kl:eps=0.125", label, prediction)[0] == pytest.approx(0.5 * math.log(4.0), rel=1e-15)
    assert losses("js", label, prediction)[0] == pytest.approx(0.5 * math.log(2.0), rel=1e-15)
    bound = parse_spec("kl", registry.find)
    assert bound.clipped(np.array(label), np.array(prediction)).tolist() == [True]
    assert bound.clipped(np.array(prediction), np.array([[0.5, 0.5, 0.0]])).tolist() == [True]
    assert bound.clipped(np.array([0]), np.array([[0.5, 0.0, 0.5]])).tolist() == [False]
    assert parse_spec("js", registry.find).clipped(np.array(label), np.array(prediction)) is None


@pytest.mark.parametrize("spec", BOTH)
def test_equal_distributions_cost_exactly_0(spec):
    rows = np.vstack([SOFT, np.eye(CLASSES)])
    found = losses(spec, rows, rows)
    assert not found.any()
    assert not np.signbit(found).any()


def test_tiny_probabilities_overflow_nothing():
    label, prediction = [[1.0, 5e-324]], [[1.0, 1e-310]]
    assert losses("js", label, prediction)[0] == pytest.approx(
        float(exact_js(label[0], prediction[0])), rel=1e-6, abs=1e-323
    )
    assert abs(losses("kl:eps=5e-324", label, prediction)[0]) < 1e-300
    assert losses("kl:eps=5e-324", [[0.5, 0.5]], [[0.0, 1.0]])[0] == pytest.approx(
        float(exact_kl((0.5, 0.5), (0.0, 1.0), 5e-324)), rel=EXACT
    )


def test_names():
    assert parse_spec("kl:eps=0.01", registry.find).spec == "kl_divergence:eps=0.01"
    assert parse_spec("js", registry.find).spec == "js_divergence"
