"""Losses on boxes: exact from boxes that nearly agree to boxes far apart, at any scale, and as in PyTorch."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from losscli.loss import registry
from losscli.loss.spec import parse_spec

mp.mp.dps = 60

EXACT = 1e-14
NAMES = ("iou", "giou", "diou", "ciou")
RANDOM = np.random.default_rng(20240229)


def boxes(rows: int, spread: float = 1.0) -> np.ndarray:
    low = RANDOM.normal(0.0, spread, (rows, 2))
    return np.hstack([low, low + RANDOM.lognormal(0.0, 0.7, (rows, 2))])


LABEL, PREDICTION = boxes(400), boxes(400)


def losses(name: str, label, prediction) -> np.ndarray:
    bound = parse_spec(name, registry.find)
    with np.errstate(all="ignore"):
        return bound.value(np.atleast_2d(label).astype(float), np.atleast_2d(prediction).astype(float))


def gradients(name: str, label, prediction) -> np.ndarray:
    bound = parse_spec(name, registry.find)
    with np.errstate(all="ignore"):
        return bound.gradient(np.atleast_2d(label).astype(float), np.atleast_2d(prediction).astype(float))


def exact(name: str, label, prediction) -> mp.mpf:
    """The formulas as the papers have them."""
    (a1, b1, a2, b2), (x1, y1, x2, y2) = ([mp.mpf(float(v)) for v in box] for box in (label, prediction))
    width, height = max(min(a2, x2) - max(a1, x1), 0), max(min(b2, y2) - max(b1, y1), 0)
    union = (a2 - a1) * (b2 - b1) + (x2 - x1) * (y2 - y1) - width * height
    iou = width * height / union
    around = max(a2, x2) - min(a1, x1), max(b2, y2) - min(b1, y1)
    if name == "iou":
        return 1 - iou
    if name == "giou":
        return 1 - iou + (around[0] * around[1] - union) / (around[0] * around[1])
    centre = (x1 + x2 - a1 - a2) / 2, (y1 + y2 - b1 - b2) / 2
    far = (centre[0] ** 2 + centre[1] ** 2) / (around[0] ** 2 + around[1] ** 2)
    if name == "diou":
        return 1 - iou + far
    v = 4 / mp.pi**2 * (mp.atan((a2 - a1) / (b2 - b1)) - mp.atan((x2 - x1) / (y2 - y1))) ** 2
    return 1 - iou + far + (v**2 / (1 - iou + v) if v else 0)


@st.composite
def pairs(draw):
    """A box, and one that overlaps it, is apart from it, lies within it, or nearly is it."""
    whole = st.integers(-40, 40)
    label = np.array(draw(st.lists(whole, min_size=4, max_size=4)), dtype=np.float64)
    other = np.array(draw(st.lists(whole, min_size=4, max_size=4)), dtype=np.float64)
    label, other = (
        np.concatenate([np.minimum(b[:2], b[2:]), np.maximum(b[:2], b[2:])]) for b in (label, other)
    )
    assume((label[:2] < label[2:]).all() and (other[:2] < other[2:]).all())
    apart = 10.0 ** draw(st.integers(-15, 0))
    return label, label + apart * (other - label)


@settings(max_examples=examples(200))
@given(pair=pairs())
@example(pair=(np.array([0.0, 0, 2, 2]), np.array([0.0, 0, 2, 2])))
@example(pair=(np.array([0.0, 0, 1, 1]), np.array([1.0, 1, 2, 2])))
@example(pair=(np.array([0.0, 0, 4, 4]), np.array([1.0, 1, 2, 3])))
@example(pair=(np.array([0.0, 0, 4, 1]), np.array([1.0, -5, 2, 3])))
@example(pair=(np.array([0.0, 0, 1, 1]), np.array([1e12, 1e12, 1e12 + 1, 1e12 + 1])))
def test_values_keep_every_digit_however_near_the_boxes_are(pair):
    label, prediction = pair
    assume((prediction[:2] < prediction[2:]).all())
    for name in NAMES:
        for mine, other in ((label, prediction), (prediction, label)):
            found = losses(name, mine, other)[0]
            assert found == pytest.approx(float(exact(name, mine, other)), rel=EXACT, abs=0.0), name


@given(pair=pairs(), across=st.integers(-300, 300), up=st.integers(-300, 300))
def test_units_change_nothing(pair, across, up):
    label, prediction = pair
    assume((prediction[:2] < prediction[2:]).all())
    units = np.array([2.0**across, 2.0**up, 2.0**across, 2.0**up])
    for name in NAMES:
        found = losses(name, label * units, prediction * units)[0]
        if name in ("iou", "giou"):
            assert found == losses(name, label, prediction)[0]
        assert found == pytest.approx(
            float(exact(name, label * units, prediction * units)), rel=EXACT, abs=0.0
        ), name


@pytest.mark.parametrize("scale", [1e-300, 1e-61, 1e-59, 1e59, 1e61, 1e300, 4e307])
def test_areas_neither_overflow_nor_vanish(scale):
    label, prediction = scale * np.array([0.0, 0, 2, 2]), scale * np.array([1.0, 1, 3, 4])
    for name in NAMES:
        plain = losses(name, [0, 0, 2, 2], [1, 1, 3, 4])[0]
        assert losses(name, label, prediction)[0] == pytest.approx(plain, rel=EXACT)
        slope = gradients(name, [0, 0, 2, 2], [1, 1, 3, 4])
        assert gradients(name, label, prediction) * scale == pytest.approx(slope, rel=1e-9)


def test_a_box_wider_than_the_largest_number():
    label, prediction = [-1e308, -1e308, 1e308, 1e308], [-1e308, -0.5e308, 1e308, 0.5e308]
    assert losses("iou", label, prediction)[0] == 0.5
    assert losses("ciou", label, prediction)[0] == pytest.approx(
        float(exact("ciou", label, prediction)), rel=EXACT
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_same_box_costs_exactly_0_and_has_no_slope(name):
    found = losses(name, LABEL, LABEL)
    assert not found.any()
    assert not np.signbit(found).any()
    assert np.abs(gradients(name, LABEL, LABEL)).max() < 1e-14


def test_what_the_papers_say_of_their_losses():
    iou, giou, diou, ciou = (losses(name, LABEL, PREDICTION) for name in NAMES)
    assert (iou <= giou).all()
    assert (iou <= diou).all()
    assert (diou <= ciou).all()
    assert giou.max() < 2.0
    assert diou.max() < 2.0
    # Symmetric, but for ciou's direction of nothing: v is symmetric too.
    for name, each in zip(NAMES, (iou, giou, diou, ciou), strict=True):
        assert losses(name, PREDICTION, LABEL) == pytest.approx(each, rel=1e-15)
    # One box within the other: the box around both is the outer one, and giou is iou.
    inside = (
        LABEL + np.array([0.1, 0.1, -0.1, -0.1]) * (LABEL[:, 2:] - LABEL[:, :2]).repeat(2, 1)[:, [0, 2, 1, 3]]
    )
    assert losses("giou", LABEL, inside).tolist() == losses("iou", LABEL, inside).tolist()
    # Of one centre and one shape, all four are one.
    for name in NAMES:
        assert losses(name, [0, 0, 4, 8], [1, 2, 3, 6])[0] == 0.75


def test_rezatofighis_two_boxes_apart():
    # Squares of side 1 with their left edges d apart: |C| = d + 1, and giou's loss is 1 + (d − 1)/(d + 1).
    for d in (1.0, 1.5, 3.0, 1e6):
        assert losses("giou", [0, 0, 1, 1], [d, 0, d + 1, 1])[0] == pytest.approx(
            1.0 + (d - 1.0) / (d + 1.0), rel=1e-15
        )
        assert losses("diou", [0, 0, 1, 1], [d, 0, d + 1, 1])[0] == pytest.approx(
            1.0 + d**2 / ((d + 1.0) ** 2 + 1.0), rel=1e-15
        )


def written_out(torch, name, label, prediction, *, constant: bool = False, eps: float = 0.0):
    """The losses as torchvision's functions of the same names compute them, their eps apart."""
    low, high = torch.maximum(label[:, :2], prediction[:, :2]), torch.minimum(label[:, 2:], prediction[:, 2:])
    overlap = (high - low).clamp(min=0).prod(1)
    size, true = prediction[:, 2:] - prediction[:, :2], label[:, 2:] - label[:, :2]
    union = size.prod(1) + true.prod(1) - overlap
    iou = overlap / (union + eps)
    span = torch.maximum(label[:, 2:], prediction[:, 2:]) - torch.minimum(label[:, :2], prediction[:, :2])
    if name == "iou":
        return 1 - iou
    if name == "giou":
        return 1 - iou + (span.prod(1) - union) / (span.prod(1) + eps)
    centre = (prediction[:, :2] + prediction[:, 2:] - label[:, :2] - label[:, 2:]) / 2
    diou = 1 - iou + (centre**2).sum(1) / ((span**2).sum(1) + eps)
    if name == "diou":
        return diou
    v = 4 / math.pi**2 * (torch.atan(true[:, 0] / true[:, 1]) - torch.atan(size[:, 0] / size[:, 1])) ** 2
    alpha = v / (1 - iou + v + eps)
    return diou + (alpha.detach() if constant else alpha) * v


@pytest.mark.parametrize("name", NAMES)
def test_values_and_gradients_equal_pytorch(name):
    torch = pytest.importorskip("torch")
    prediction, label = torch.tensor(PREDICTION, requires_grad=True), torch.tensor(LABEL)
    each = written_out(torch, name, label, prediction)
    each.sum().backward()
    assert losses(name, LABEL, PREDICTION) == pytest.approx(each.detach().numpy(), rel=1e-12)
    assert gradients(name, LABEL, PREDICTION) == pytest.approx(prediction.grad.numpy(), rel=1e-10, abs=1e-13)
    theirs = written_out(torch, name, label, prediction, eps=1e-7).detach().numpy()
    assert losses(name, LABEL, PREDICTION) == pytest.approx(theirs, rel=1e-4)


def test_torchvision_holds_alpha_constant_and_we_do_not():
    torch = pytest.importorskip("torch")
    prediction, label = torch.tensor(PREDICTION, requires_grad=True), torch.tensor(LABEL)
    written_out(torch, "ciou", label, prediction, constant=True).sum().backward()
    constant = prediction.grad.numpy()
    ours = gradients("ciou", LABEL, PREDICTION)
    assert np.abs(ours - constant).max() > 0.01
    alike = LABEL + 0.25
    assert gradients("ciou", LABEL, alike) == pytest.approx(gradients("diou", LABEL, alike), abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_at_coinciding_edges_the_slope_is_the_mean_of_both_sides(name):
    label, prediction, step = [0, 0, 2, 2], [0, 1, 2, 4], 1e-7
    found = gradients(name, label, prediction)[0]
    here = losses(name, label, prediction)[0]
    for corner in range(4):
        moved = step * np.eye(4)[corner]
        right = (losses(name, label, prediction + moved)[0] - here) / step
        left = (here - losses(name, label, prediction - moved)[0]) / step
        assert found[corner] == pytest.approx((left + right) / 2, abs=1e-6)


@pytest.mark.parametrize("prediction", [[2, 0, 4, 2], [2, 2, 4, 4], [3, 0, 4, 2]])
def test_boxes_that_touch_or_are_apart_have_no_slope_of_iou(prediction):
    assert not gradients("iou", [0, 0, 2, 2], prediction).any()
    for name in NAMES[1:]:
        assert gradients(name, [0, 0, 2, 2], prediction).any()


def test_boxes_have_their_corners_in_order():
    wrong = np.array([[0.0, 0, 0, 1], [0, 0, 1, 0], [1, 0, 0, 1], [0, 2, 1, 1], [0, 0, 1, 1]])
    for name in NAMES:
        bound = parse_spec(name, registry.find)
        for domain in (bound.label_domain, bound.prediction_domain):
            assert domain.outside(wrong).tolist() == [True, True, True, True, False]
        assert bound.loss.columns == bound.loss.label_columns == ("x1", "y1", "x2", "y2")


def test_the_error_is_the_distance_of_all_four_numbers():
    bound = parse_spec("iou", registry.find)
    assert bound.error(np.array([[0.0, 0, 1, 1]]), np.array([[1.0, 1, 2, 2]])).tolist() == [2.0]
