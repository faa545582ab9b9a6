"""What a loss does to training: how it pulls at far and near samples, on these data and by its nature."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from losscli.analyses.recommend.survey import Kept
from losscli.common.array import Array
from losscli.compute.row_losses import about, as_read, hard_labels
from losscli.loss import Layout
from losscli.loss.contract.tails import character
from losscli.loss.spec import BoundLoss

_TAILS = {
    "tails: quadratic": "an error ten times as large pulls ten times as hard: outliers dominate training",
    "tails: linear": "for large errors the gradient stops growing: no outlier pulls harder than that",
    "tails: sublinear": "for large errors the gradient fades: outliers count little, and a bad start learns "
    "slowly",
    "tails: bounded": "for large errors the gradient vanishes: outliers do not count, nor may a bad start "
    "recover",
    "tails: exponential": "the gradient grows exponentially: a single extreme sample can derail training",
}


def pulls(bound: BoundLoss, kept: Kept) -> tuple[float | None, float | None]:
    """Return the share of the whole pull that the top hundredth of samples has, and the share without any.

    The pull of a sample is the size of its gradient, the Euclidean length where it has several columns.
    Both are None where the loss has no gradient, or it is not finite.
    """
    if bound.loss.gradient is None or kept.prediction.dtype.kind == "i":
        return None, None
    with np.errstate(all="ignore"):
        size = _sizes(bound, kept)
        total = float(size.sum())
    if not math.isfinite(total):
        return None, None
    # Rounded up to whole samples, as `gradient` does.
    count = -(-len(size) // 100)
    top = float(np.partition(size, len(size) - count)[len(size) - count :].sum())
    return top / total if total > 0.0 else None, float((size == 0.0).mean())


def _sizes(bound: BoundLoss, kept: Kept) -> Array:
    label, prediction = as_read(bound, hard_labels(bound, kept.label), kept.prediction)
    counted = about(bound, label, prediction)
    if counted is not None:
        label, prediction = label[counted], prediction[counted]
    if bound.layout is Layout.OUTPUTS and prediction.ndim == 2:
        columns = [bound.gradient(label[:, at], prediction[:, at]) for at in range(prediction.shape[1])]
        return np.asarray(np.hypot.reduce(np.stack(columns, axis=1), axis=1))
    gradient = bound.gradient(label, prediction)
    return np.asarray(np.abs(gradient) if gradient.ndim == 1 else np.hypot.reduce(gradient, axis=1))


def training(bound: BoundLoss) -> Iterator[str]:
    """Yield what changes in training with a loss, from its declaration and its curve."""
    if bound.loss.gradient is None:
        yield "it has no gradient: use it to measure, not to train"
        return
    told = character(bound)
    whole = "; ".join(told)
    for start, sentence in _TAILS.items():
        if start in whole:
            yield sentence
            break
    flat = next((part[part.index("flat where") :] for part in told if "flat where" in part), "")
    if flat:
        yield f"{flat}: samples there have no influence"
    if bound.convex:
        yield "convex in the prediction: no local minima"
    elif bound.convex is False:
        yield "not convex in the prediction: where training starts may decide where it ends"
    if bound.loss.kink and not bound.loss.kink.startswith("none"):
        yield f"no derivative: {bound.loss.kink}"
    yield f"avoid: {bound.loss.avoid}"
