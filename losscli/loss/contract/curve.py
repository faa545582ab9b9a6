"""What a loss looks like: its values and gradients over a range that shows its character.

Everything is sampled from the declaration itself, so that a picture cannot disagree with the
number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from losscli.common.array import Array
from losscli.loss.declaration import Layout
from losscli.loss.domain import BINARY, PROBABILITY, SIGN, Fields, Interval, Simplex
from losscli.loss.spec import BoundLoss

POINTS = 241


@dataclass(frozen=True, slots=True)
class Portrait:
    """One curve: `loss` and, where there is one, `gradient` over `x`, all `(points,)`.

    `title` says what is held fixed, `axis` what x is, `ends` the range it stands for: x stops short
    of ends where poles may lie. The gradient is that by the column which x
    moves.
    """

    title: str
    axis: str
    x: Array
    loss: Array
    gradient: Array | None
    ends: tuple[float, float]


def portraits(bound: BoundLoss) -> tuple[Portrait, ...]:
    """Return the curves of a loss: one, or one for each label where labels are two."""
    layout, label = bound.layout, bound.label_domain
    if layout is Layout.CLASSES:
        return (_of_classes(bound),)
    if layout is Layout.VECTOR:
        return (_of_angle(bound),)
    if layout is Layout.NAMED:
        return (_of_fields(bound),)
    if label == SIGN:
        x = np.linspace(-2.0, 3.0, POINTS)
        return (_sampled(bound, "label 1", "margin: label · prediction", x, np.ones(POINTS), x),)
    if label == BINARY:
        axis, low, high = ("predicted score", -5.0, 5.0)
        if bound.prediction_domain == PROBABILITY:
            axis, low, high = ("predicted probability", 0.0, 1.0)
        x, ends = _inside(low, high), (low, high)
        both = (
            _sampled(bound, f"label {y:g}", axis, x, np.full(POINTS, y), x, ends=ends) for y in (1.0, 0.0)
        )
        return tuple(curve for curve in both if np.isfinite(curve.loss).any())
    return (_of_numbers(bound),)


def _of_numbers(bound: BoundLoss) -> Portrait:
    """Return the curve over the error if that alone decides, else over the prediction for label 1."""
    x = np.linspace(-3.0, 3.0, POINTS)
    zero, one = np.zeros(POINTS), np.ones(POINTS)
    domain = bound.label_domain, bound.prediction_domain
    if all(part.outside(np.array([-1.0, 0.0, 1.0])) is None for part in domain):
        at_zero = _sampled(bound, "label 0", "error: prediction − label", x, zero, x)
        with np.errstate(all="ignore"):
            at_one = bound.value(one, one + x)
        if np.allclose(at_zero.loss, at_one, rtol=1e-9, atol=1e-9):
            return at_zero
    low = -2.0
    if isinstance(bound.prediction_domain, Interval):
        low = max(low, bound.prediction_domain.low)
    x = _inside(low, 4.0)
    return _sampled(bound, "label 1", "prediction", x, one, x, ends=(low, 4.0))


def _of_classes(bound: BoundLoss) -> Portrait:
    """Return the curve over what the true class of three gets; the others get equal shares."""
    domain, label = bound.prediction_domain, np.zeros(POINTS, dtype=np.int64)
    p = _inside(0.0, 1.0)
    shares = np.stack([p, (1.0 - p) / 2.0, (1.0 - p) / 2.0], axis=1)
    title, axis = "three classes, the two wrong ones equal", "probability of the true class"
    if isinstance(domain, Simplex):
        return _sampled(bound, title, axis, p, label, shares, ends=(0.0, 1.0))
    if domain.outside(np.ones((1, 3))) is not None:
        return _sampled(bound, title, axis, p, label, np.log(shares), ends=(0.0, 1.0))
    lead = np.linspace(-4.0, 4.0, POINTS)
    scores = np.stack([lead, np.zeros(POINTS), np.zeros(POINTS)], axis=1)
    return _sampled(bound, title, "lead of the true class's score", lead, label, scores)


def _of_angle(bound: BoundLoss) -> Portrait:
    angle = np.linspace(0.0, 180.0, POINTS)
    turned = np.stack([np.cos(np.radians(angle)), np.sin(np.radians(angle))], axis=1)
    label = np.broadcast_to([1.0, 0.0], turned.shape)
    # Both columns move: no single component of the gradient belongs to the angle.
    return _sampled(bound, "two columns", "angle to the label, in degrees", angle, label, turned, column=None)


def _of_fields(bound: BoundLoss) -> Portrait:
    """Return the curve over the place of a box, an interval, or the first of several columns."""
    fields = bound.prediction_domain
    x = np.linspace(-3.0, 3.0, POINTS)
    if bound.loss.label_columns:
        box = np.broadcast_to([0.0, 0.0, 1.0, 1.0], (POINTS, 4))
        moved = box + x[:, None] * np.array([1.0, 0.0, 1.0, 0.0])
        return _sampled(bound, "two squares of side 1", "shift of the prediction", x, box, moved, column=None)
    if isinstance(fields, Fields) and fields.ordered:
        bounds = np.stack([x - 1.0, x + 1.0], axis=1)
        axis = "middle of the interval − label"
        return _sampled(bound, "an interval of width 2", axis, x, np.zeros(POINTS), bounds, column=None)
    columns = np.ones((POINTS, len(bound.columns)))
    columns[:, 0] = x
    title = f"label 0, {', '.join(f'{name} 1' for name in bound.columns[1:])}"
    return _sampled(bound, title, bound.columns[0], x, np.zeros(POINTS), columns)


def _sampled(
    bound: BoundLoss,
    title: str,
    axis: str,
    x: Array,
    label: Array,
    prediction: Array,
    *,
    column: int | None = 0,
    ends: tuple[float, float] | None = None,
) -> Portrait:
    """Return the portrait at these samples; the gradient is that by `column`, if any."""
    with np.errstate(all="ignore"):
        loss = np.asarray(bound.value(label, prediction), dtype=np.float64).copy()
        gradient = None
        if bound.loss.gradient is not None and column is not None:
            gradient = np.array(bound.gradient(label, prediction), dtype=np.float64)
            gradient = gradient if gradient.ndim == 1 else gradient[:, column]
        counts = bound.counts(label, prediction)
    if counts is not None:
        loss[~counts] = np.nan
    return Portrait(title, axis, x, loss, gradient, ends or (float(x[0]), float(x[-1])))


def _inside(low: float, high: float) -> Array:
    """Return points spread evenly between `low` and `high`, both left out: poles may lie there."""
    return low + (high - low) * (np.arange(POINTS) + 0.5) / POINTS
