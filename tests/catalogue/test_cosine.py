"""Cosine loss: every digit at every angle and length, and as in other libraries."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import spatial
from sklearn.metrics.pairwise import cosine_distances

from losscli.loss import registry
from losscli.loss.spec import parse_spec

mp.mp.dps = 80

EXACT = 1e-13
LIBRARY = 1e-12
RANDOM = np.random.default_rng(20240229)
LABEL, PREDICTION = RANDOM.normal(0, 3, (200, 5)), RANDOM.normal(0, 3, (200, 5))
COSINE = parse_spec("cosine", registry.find)


def losses(label, prediction) -> np.ndarray:
    with np.errstate(all="ignore"):
        return COSINE.value(np.atleast_2d(label).astype(float), np.atleast_2d(prediction).astype(float))


def gradients(label, prediction) -> np.ndarray:
    with np.errstate(all="ignore"):
        return COSINE.gradient(np.atleast_2d(label).astype(float), np.atleast_2d(prediction).astype(float))


def exact(label, prediction) -> mp.mpf:
    y, p = ([mp.mpf(float(part)) for part in row] for row in (label, prediction))
    return 1 - mp.fdot(y, p) / mp.sqrt(mp.fdot(y, y) * mp.fdot(p, p))


@given(
    seed=st.integers(0, 2**32 - 1), columns=st.integers(2, 12),
    angle=st.integers(-15, 1), length=st.integers(-250, 250),
)  # fmt: skip
def test_every_angle_and_length(seed, columns, angle, length):
    random = np.random.default_rng(seed)
    label, across = random.normal(size=(2, columns))
    prediction = (label + 10.0**angle * across) * 10.0**length
    for mine, other in ((label, prediction), (prediction, label), (label, -prediction)):
        found = losses(mine, other)[0]
        assert found == pytest.approx(float(exact(mine, other)), rel=EXACT, abs=0.0)


def test_angles_of_which_the_naive_formula_knows_nothing():
    # cos of 1e-9 rounds to 1, and the naive loss is 0 or less.
    for angle in (1e-5, 1e-9, 1e-14):
        found = losses((1.0, 0.0), (math.cos(angle), math.sin(angle)))[0]
        assert found == pytest.approx(angle**2 / 2, rel=1e-9, abs=0.0)


@pytest.mark.parametrize("tiny", [1e-9, 1e-20, 1e-25, 1e-100])
@pytest.mark.parametrize("first", [1.0, 3.0])
def test_an_angle_beneath_what_rounding_a_multiple_leaves(tiny, first):
    if first == 3.0 and tiny < 1e-30:
        pytest.skip("a third has a rounding error of 1e-17, whose own is 1e-33")
    found = losses((first, 0.0), (1.0, tiny))[0]
    assert found == pytest.approx(tiny**2 / 2, rel=1e-9, abs=0.0)


@pytest.mark.parametrize("threshold", [0.99])
@pytest.mark.parametrize("side", [-1e-9, 0.0, 1e-9])
def test_where_the_two_forms_meet(threshold, side):
    angle = math.acos(threshold) + side
    prediction = (math.cos(angle), math.sin(angle))
    assert losses((1.0, 0.0), prediction)[0] == pytest.approx(
        float(exact((1.0, 0.0), prediction)), rel=EXACT, abs=0.0
    )


@pytest.mark.parametrize("scale", [5e-324, 1e-310, 1e-200, 1e-51, 1e-49, 1.0, 1e49, 1e51, 1e200, 1e308])
def test_lengths_neither_overflow_nor_vanish(scale):
    for other in (5e-324, 1.0, 1e308):
        assert losses((scale, 0.0), (0.0, other))[0] == 1.0
        assert losses((scale, 0.0), (-other, 0.0))[0] == 2.0
        assert losses((scale, 0.0), (other, 0.0))[0] == 0.0
        assert losses((scale, scale), (other, 0.0))[0] == pytest.approx(1.0 - math.sqrt(0.5), rel=EXACT)


def test_multiples_cost_nothing():
    for factor in (3.0, 0.1, 1e-7, 1e200):
        # A multiple is rounded, and no longer quite one.
        assert losses(LABEL, factor * LABEL).max() < 1e-31
    assert not losses(LABEL, LABEL).any()
    whole = np.round(LABEL)
    assert not losses(3.0 * whole[whole.any(axis=1)], 7.0 * whole[whole.any(axis=1)]).any()
    assert losses(LABEL, -LABEL) == pytest.approx(2.0, rel=1e-15)


def test_a_row_of_wild_length_leaves_the_bits_of_others_alone():
    label, prediction = LABEL.copy(), PREDICTION.copy()
    alone = losses(label[1:], prediction[1:])
    label[0] *= 1e300
    prediction[0] *= 1e-300
    assert losses(label, prediction)[1:].tobytes() == alone.tobytes()


def test_scikit_learn_and_scipy_agree():
    theirs = np.diag(cosine_distances(LABEL, PREDICTION))
    assert losses(LABEL, PREDICTION) == pytest.approx(theirs, rel=LIBRARY)
    theirs = [spatial.distance.cosine(*pair) for pair in zip(LABEL, PREDICTION, strict=True)]
    assert losses(LABEL, PREDICTION) == pytest.approx(theirs, rel=LIBRARY)


def test_values_of_the_keras_documentation():
    # keras.losses.CosineSimilarity, reduction=None: [-0., -0.99999994], in float32.
    assert losses([[0, 1], [1, 1]], [[1, 0], [1, 1]]) - 1.0 == pytest.approx([0.0, -0.99999994], abs=1e-7)


def test_pytorch_agrees():
    torch = pytest.importorskip("torch")
    prediction = torch.tensor(PREDICTION, requires_grad=True)
    label = torch.tensor(LABEL)
    theirs = torch.nn.functional.cosine_embedding_loss(
        prediction, label, torch.ones(len(label)), reduction="none"
    )
    assert losses(LABEL, PREDICTION) == pytest.approx(theirs.detach().numpy(), rel=1e-11)
    cosine = (prediction * label).sum(1) / (prediction.norm(dim=1) * label.norm(dim=1))
    (1.0 - cosine).sum().backward()
    assert gradients(LABEL, PREDICTION) == pytest.approx(prediction.grad.numpy(), rel=1e-10, abs=1e-14)


def test_the_gradient_is_across_the_prediction_and_shrinks_with_its_length():
    slope = gradients(LABEL, PREDICTION)
    assert np.abs((slope * PREDICTION).sum(axis=1)).max() < 1e-14
    assert gradients(LABEL, 1e200 * PREDICTION) == pytest.approx(1e-200 * slope, rel=EXACT, abs=1e-215)
    assert gradients((2.0, 0.0), (4.0, 0.0)).tolist() == [[0.0, 0.0]]
    assert gradients((2.0, 0.0), (-4.0, 0.0)).tolist() == [[0.0, 0.0]]
    assert gradients((2.0, 0.0), (0.0, 4.0)).tolist() == [[-0.25, 0.0]]


def test_a_vector_of_zeros_has_no_direction():
    rows = np.array([[0.0, 0.0], [1.0, 0.0]])
    for domain in (COSINE.label_domain, COSINE.prediction_domain):
        assert domain.outside(rows).tolist() == [True, False]


def test_the_error_is_the_distance():
    assert COSINE.error(np.array([[1.0, 1.0]]), np.array([[4.0, 5.0]])).tolist() == [5.0]
    assert COSINE.error(np.array([[0.0, 0.0]]), np.array([[3e200, 4e200]])) == pytest.approx([5e200])
