"""The gradient of each sample's loss: the declared one, or where none is declared a numerical one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from losscli.common.array import Array
from losscli.compute.row_losses import as_read, hard_labels
from losscli.loss import Layout, difference
from losscli.loss.domain import Columns, Domain, Simplex
from losscli.loss.spec import BoundLoss

NEAR = 2.0**-18
"""The step, by the size of the prediction, of a slope that is taken to one side alone."""


def is_numerical(bound: BoundLoss) -> bool:
    """Whether the loss declares no gradient, so that difference quotients stand for it."""
    return bound.loss.gradient is None


def sample_gradients(bound: BoundLoss, label: Array, prediction: Array) -> Array:
    """Return d loss / d prediction of each sample, in the shape of `prediction`; every column by itself.

    Of several outputs the loss is the mean over them, so that the gradient of each is divided by their
    number. Without weights, and before `finish`. Where the loss has a kink it is the subgradient that the
    loss declares; it may be infinite at an edge of the domain.

    A loss without a gradient gets a numerical one (see `losscli.loss.difference`): at a kink the middle of
    the slopes to both sides; at an edge of its domain, and where it jumps, the slope to one side.

    Args:
        bound: the loss.
        label: `(rows,)` or `(rows, columns)`, inside the domain of the loss, as in a block.
        prediction: float64 `(rows,)` or `(rows, columns)`, likewise; never class names.
    """
    shape = prediction.shape
    label, prediction = as_read(bound, hard_labels(bound, label), prediction)
    slopes = _numerical if is_numerical(bound) else _declared
    with np.errstate(all="ignore"):
        if bound.layout is not Layout.OUTPUTS or prediction.ndim == 1:
            return slopes(bound, label, prediction).reshape(shape)
        outputs = prediction.shape[1]
        found = np.empty(shape)
        for place in range(outputs):
            found[:, place] = slopes(bound, label[:, place], prediction[:, place]) / outputs
        return found


def _declared(bound: BoundLoss, label: Array, prediction: Array) -> Array:
    return np.asarray(bound.gradient(label, prediction), dtype=np.float64)


def _numerical(bound: BoundLoss, label: Array, prediction: Array) -> Array:
    if not len(prediction):
        return np.zeros(prediction.shape)
    if prediction.ndim == 1:
        beside = label if label.ndim == 1 else None
        return _slope(_along(bound, label, prediction, None), prediction, beside)
    found = np.empty(prediction.shape)
    for place in range(prediction.shape[1]):
        along = _along(bound, label, prediction, place)
        # What a column of classes stands beside is no number.
        paired = label.shape == prediction.shape and bound.layout is not Layout.CLASSES
        found[:, place] = _slope(along, prediction[:, place], label[:, place] if paired else None)
    return found


def _slope(function: difference.Function, at: Array, beside: Array | None) -> Array:
    found = difference.slope(function, at, beside)
    # Half of each, lest the sum of two large slopes overflow.
    slope = np.where(found.low == found.high, found.low, 0.5 * found.low + 0.5 * found.high)
    unsure = ~np.isfinite(found.doubt)
    if unsure.any():
        slope = np.where(unsure, _one_sided(function, at), slope)
    return slope


def _one_sided(function: difference.Function, at: Array) -> Array:
    """Return the slope to the left or to the right, NaN where there is neither.

    At an edge there is only one of them; at a jump the flatter one is that of the side which the
    point belongs to.
    """
    middle = function(at)
    step = NEAR * np.where(at == 0.0, 1.0, np.abs(at))
    sides = [(function(point) - middle) / (point - at) for point in (at - step, at + step)]
    left, right = (np.where(np.isfinite(side), side, np.nan) for side in sides)
    flatter = np.where(np.abs(right) < np.abs(left), right, left)
    return np.where(np.isnan(left), right, np.where(np.isnan(right), left, flatter))


def _along(bound: BoundLoss, label: Array, prediction: Array, place: int | None) -> Callable[[Array], Array]:
    """Return the loss as a function of one prediction column; NaN outside of the domain."""
    domain: Domain = bound.prediction_domain
    if isinstance(domain, Simplex):
        # Each column is a variable of its own: the others stay, and with them leave the sum.
        domain = Columns(domain.part)

    def moved(points: Array) -> Array:
        changed = prediction.copy()
        (changed if place is None else changed[:, place])[...] = points
        wrong = [domain.outside(changed), bound.outside(label, changed)]
        masks = [mask for mask in wrong if mask is not None]
        if not masks:
            return bound.value(label, changed)
        outside = np.logical_or.reduce(masks)
        # A loss may refuse what its domain leaves out.
        changed[outside] = prediction[outside]
        return np.where(outside, np.nan, bound.value(label, changed))

    return moved
