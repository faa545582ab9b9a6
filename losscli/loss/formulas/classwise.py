"""What losses on class columns share: probabilities, log-probabilities, labels and gradients by class.

Labels are hard, int64 indices `(rows,)`, or soft, float64 `(rows, classes)`; predictions are
float64 `(rows, classes)`. Beside `numeric`, this is what a multiclass loss may build on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

import numpy as np

from losscli.common.array import Array
from losscli.loss.declaration import (
    CLIP,
    FROM_LOGITS,
    LABEL_SMOOTHING,
    Layout,
    Loss,
    Parameter,
    Reference,
    Value,
    number,
)
from losscli.loss.domain import BOOLEAN, NON_NEGATIVE, REAL, ClassIndex, Columns, Domain, Simplex
from losscli.loss.numeric import log_clipped, log_softmax, one_hot, row_sum, softmax, true_column

PROBABILITIES = {
    "normalize": Parameter(False, BOOLEAN, "divide the probabilities of each row by their sum"),
    "sum_tolerance": Parameter(1e-3, NON_NEGATIVE, "how far from 1 the sum of a row's probabilities may be"),
}
"""The parameters of every loss of class probabilities, behind its own and those for logits.

A loss's functions take what they only hand on to those below as `**form`.
"""
OR_LOGITS = {"from_logits": FROM_LOGITS, **PROBABILITIES}
UNDER_LOGARITHM = {"from_logits": FROM_LOGITS, "eps": CLIP, **PROBABILITIES}
CROSS_ENTROPY = {
    "from_logits": FROM_LOGITS, "eps": CLIP, "label_smoothing": LABEL_SMOOTHING, **PROBABILITIES
}  # fmt: skip


def label_domain(parameters: Mapping[str, Value]) -> Domain:
    """Return the domain of class labels whose soft rows sum to 1 within `sum_tolerance`."""
    return ClassIndex(number(parameters, "sum_tolerance", 1e-3))


def prediction_domain(parameters: Mapping[str, Value]) -> Domain:
    """Return the domain of logits, or of probabilities with a sum of 1, or (to normalise) of any sum."""
    if parameters.get("from_logits"):
        return Columns(REAL)
    return Simplex(number(parameters, "sum_tolerance", 1e-3), any_sum=bool(parameters.get("normalize")))


def certainty_is_free(parameters: Mapping[str, Value]) -> bool:
    """Tell whether all probability for what is true costs 0: logits never give it, smoothing spreads it."""
    return not (parameters.get("from_logits") or parameters.get("label_smoothing"))


def neither_logits_nor_normalized(parameters: Mapping[str, Value]) -> bool:
    """Tell whether predictions count as they are, so that what is convex in probabilities is in them."""
    return not (parameters.get("from_logits") or parameters["normalize"])


def cross_entropy_is_convex(parameters: Mapping[str, Value]) -> bool:
    """Tell whether cross-entropy is convex; the log of the row's sum, which normalising adds, is concave."""
    return bool(parameters["from_logits"]) or not parameters["normalize"]


def tolerance(parameters: Mapping[str, Value]) -> float:
    """Return how much more than 1 probabilities sum to at most, as a factor."""
    return 1.0 + number(parameters, "sum_tolerance", 1e-3)


def cross_entropy_bounds(parameters: Mapping[str, Value], _columns: int) -> tuple[float, float] | None:
    """Return the range of a cross-entropy: of probabilities it is clipped, of logits there is none."""
    if parameters["from_logits"]:
        return None
    return 0.0, -math.log(number(parameters, "eps")) * tolerance(parameters)


def probabilities(prediction: Array, *, from_logits: bool, normalize: bool = False) -> Array:
    """Return the probability of every class `(rows, classes)`."""
    if from_logits:
        return softmax(prediction)
    return np.asarray(prediction / row_sum(prediction)[:, None]) if normalize else prediction


def log_probabilities(prediction: Array, *, from_logits: bool, eps: float, normalize: bool = False) -> Array:
    """Return the log of every class's probability; of logits it is exact, and never clipped.

    With `eps` 0 nothing is: the log of a probability of 0 is −∞.
    """
    if from_logits:
        return log_softmax(prediction)
    return log_share(prediction, eps) if normalize else log_clipped(prediction, eps)


def log_and_missing(
    label: Array, prediction: Array, *, from_logits: bool, eps: float, normalize: bool, **_: Value
) -> tuple[Array, Array]:
    """Return log p, clipped at `eps` unless it comes from logits, and 1 − p, which never is.

    Both are those of the label, `(rows,)`; of every class, `(rows, classes)`, where labels are soft.
    """
    soft = label.ndim > 1
    if not (from_logits or normalize):
        p = prediction if soft else true_column(prediction, label)
        return log_clipped(p, eps), 1.0 - p
    log_p = log_probabilities(prediction, from_logits=from_logits, eps=eps, normalize=normalize)
    if from_logits:
        log_p = log_p if soft else true_column(log_p, label)
        return log_p, 0.0 - np.expm1(log_p)
    missing = complement(probabilities(prediction, from_logits=False, normalize=True))
    return (log_p, missing) if soft else (true_column(log_p, label), true_column(missing, label))


def complement(p: Array) -> Array:
    """Return 1 − p of every class, where Σ p is 1 but for rounding; of the largest, the sum of the others.

    Near certainty that sum has digits that 1 − p has lost.
    """
    missing = 1.0 - p
    top = np.arange(len(p)), p.argmax(axis=1)
    others = p.copy()
    others[top] = 0.0
    missing[top] = row_sum(others)
    return missing


def log_share(amounts: Array, eps: float) -> Array:
    """Return log max(amount / Σ amounts, eps); of the largest amount, with the digits that 1 − p keeps."""
    shares = log_clipped(amounts / row_sum(amounts)[:, None], eps)
    top = np.arange(len(amounts)), amounts.argmax(axis=1)
    others = amounts.copy()
    others[top] = 0.0
    least = math.log(eps) if eps else -math.inf
    shares[top] = np.maximum(-np.log1p(row_sum(others) / amounts[top]), least)
    return shares


def label_rows(label: Array, classes: int, smoothing: float = 0.0) -> Array:
    """Return the label as float64 rows `(rows, classes)`: y(1 − s) + s/K."""
    rows = one_hot(label, classes) if label.ndim == 1 else label
    return rows * (1.0 - smoothing) + smoothing / classes if smoothing else rows


def weighted_sum(weight: Array, columns: Array) -> Array:
    """Return Σ weight · column of each row, in which 0 · ∞ is 0: a class that cannot be costs nothing."""
    return row_sum(np.where(weight == 0.0, 0.0, weight * columns))


def at_label(columns: Array, label: Array) -> Array:
    """Return each row's entry at its label; for soft labels the mean of the entries, Σ y · column."""
    return true_column(columns, label) if label.ndim == 1 else weighted_sum(label, columns)


def missing_probability(
    label: Array, prediction: Array, *, from_logits: bool = False, normalize: bool = False, **_: Value
) -> Array:
    """Return the error of a class problem: 1 − p(label), and 1 − Σ y p for soft labels.

    Of logits, or of what is normalised, it is what the other classes have: near certainty that keeps
    its digits.
    """
    p = probabilities(prediction, from_logits=from_logits, normalize=normalize)
    if not (from_logits or normalize):
        return np.asarray(1.0 - at_label(p, label))
    missing = at_label(complement(p), label)
    return missing if label.ndim == 1 else np.asarray(missing + (1.0 - row_sum(label)))


def certain(label: Array, prediction: Array, **_: Value) -> Array:
    """Return the perfect probabilities: 1 for the label's class; for soft labels, the label."""
    return label_rows(label, prediction.shape[1])


def any_clipped(
    label: Array,
    prediction: Array,
    *,
    eps: float,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    normalize: bool = False,
    **_: Value,
) -> Array:
    """Return the mask of rows in which a class that the label gives weight to stands below `eps`."""
    p = prediction if from_logits else probabilities(prediction, from_logits=False, normalize=normalize)
    if from_logits or p.min(initial=1.0) >= eps:
        return np.zeros(len(prediction), dtype=np.bool_)
    if label.ndim == 1 and not label_smoothing:
        return np.asarray(true_column(p, label) < eps)
    weight = label_rows(label, prediction.shape[1], label_smoothing)
    return np.asarray(((p < eps) & (weight > 0.0)).any(axis=1))


def cross_entropy(
    label: Array,
    prediction: Array,
    *,
    eps: float,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    normalize: bool = False,
    **_: Value,
) -> Array:
    """Return −Σ y log p of each row, y smoothed, p clipped at `eps` unless it comes from logits."""
    if label.ndim == 1 and not (label_smoothing or from_logits or normalize):
        # The one probability that counts is taken out before anything is computed of it.
        return 0.0 - log_clipped(true_column(prediction, label), eps)
    log_p = log_probabilities(prediction, from_logits=from_logits, eps=eps, normalize=normalize)
    if label.ndim == 1 and not label_smoothing:
        return 0.0 - true_column(log_p, label)
    return 0.0 - weighted_sum(label_rows(label, prediction.shape[1], label_smoothing), log_p)


def cross_entropy_gradient(
    label: Array,
    prediction: Array,
    *,
    eps: float,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    normalize: bool = False,
    **_: Value,
) -> Array:
    """Return d cross_entropy / d prediction: p Σy − y for logits, −y / max(p, eps) for probabilities."""
    weight = label_rows(label, prediction.shape[1], label_smoothing)
    if not from_logits:
        p = probabilities(prediction, from_logits=False, normalize=normalize)
        slope = 0.0 - weight / np.maximum(p, eps)
        return through_sum(prediction, p, slope) if normalize else slope
    p = softmax(prediction)
    # p Σy − y, in an order that keeps the digits of a class that is nearly certain.
    return np.asarray(p * (row_sum(weight)[:, None] - weight) - weight * complement(p))


def residuals(
    label: Array, prediction: Array, *, from_logits: bool = False, normalize: bool = False
) -> Array:
    """Return p − y of every class `(rows, classes)`; near certainty of logits too, it keeps its digits."""
    p = probabilities(prediction, from_logits=from_logits, normalize=normalize)
    y = label_rows(label, prediction.shape[1])
    if not (from_logits or normalize):
        return np.asarray(p - y)
    return np.where(y > 0.5, (1.0 - y) - complement(p), p - y)


def true_class_gradient(
    label: Array, prediction: Array, slope: Array, *, from_logits: bool, normalize: bool, **_: Value
) -> Array:
    """Return the gradient `(rows, classes)` of a loss of the true class's probability p alone.

    `slope` `(rows,)` is d loss / d log p for logits, and d loss / d p otherwise.
    """
    true = np.arange(len(label)), label
    if from_logits:
        p = softmax(prediction)
        found = 0.0 - slope[:, None] * p
        found[true] = slope * complement(p)[true]
        return found
    found = np.zeros(prediction.shape)
    if not normalize:
        found[true] = slope
        return found
    p = probabilities(prediction, from_logits=False, normalize=True)
    total = row_sum(prediction)
    # Where p is 0 the slope may be infinite, but not what the other classes feel of it.
    found -= (np.where(p[true] == 0.0, 0.0, slope * p[true]) / total)[:, None]
    found[true] = slope * complement(p)[true] / total
    return found


def through_sum(prediction: Array, p: Array, slope: Array) -> Array:
    """Return the gradient behind the division p = prediction / Σ prediction, of `slope` = d loss / d p."""
    return np.asarray(_centred(p, slope) / row_sum(prediction)[:, None])


def through_softmax(p: Array, slope: Array) -> Array:
    """Return the gradient by the logits of p = softmax(logits), of `slope` = d loss / d p."""
    return np.asarray(p * _centred(p, slope))


def _centred(p: Array, slope: Array) -> Array:
    """Return slope − Σ slope · p, with the digits that a nearly certain class would lose.

    It is slope · (1 − p) less what the other classes add to the sum; of the class that adds most, a
    difference would round that away.
    """
    part = slope * p
    rest = row_sum(part)[:, None] - part
    top = np.arange(len(p)), np.abs(part).argmax(axis=1)
    part[top] = 0.0
    rest[top] = row_sum(part)
    # Adding 0 turns −0 into 0: no slope is nothing, in neither direction.
    return np.asarray(slope * complement(p) - rest + 0.0)


def rivals(label: Array, scores: Array) -> Array:
    """Return the scores with minus infinity in the column of the label."""
    others = scores.copy()
    others[np.arange(len(label)), label] = -np.inf
    return others


def missing_lead(label: Array, prediction: Array, **_: Value) -> Array:
    """Return the error of raw scores: 1 − the lead of the true class over the strongest other."""
    return np.asarray(1.0 - (true_column(prediction, label) - rivals(label, prediction).max(axis=1)))


def leading(label: Array, prediction: Array, *, margin: float, **_: Value) -> Array:
    """Return perfect scores: the true class leads all others by the margin."""
    return np.asarray(margin * one_hot(label, prediction.shape[1]))


DOGAN = Reference(
    "Dogan, Glasmachers and Igel, A Unified View on Multi-class Support Vector Classification, 2016",
    url="https://jmlr.org/papers/v17/11-229.html",
)
LEAD = Parameter(1.0, NON_NEGATIVE, "by how much the true class has to lead every other to cost nothing")
SOFT = "Soft labels have to be probabilities; the loss never normalises them"
ONE_CLASS = "Soft labels need cross_entropy; here a label is one class"


def remedies(name: str, label: str, *, logits: bool = True) -> dict[str, str]:
    """Return what to do about labels, `SOFT` or `ONE_CLASS`, and about predictions outside the domain."""
    remedy = f"If these are logits: --loss {name}:from_logits=true; if " if logits else "If "
    remedy += f"rows may be divided by their sum: --loss {name}:normalize=true"
    return {"label": label, "prediction": remedy}


ProbabilityLoss = partial(
    Loss,
    family="multiclass",
    layout=Layout.CLASSES,
    label=label_domain,
    prediction=prediction_domain,
    error=missing_probability,
    perfect=certain,
    zero_at_perfect=certainty_is_free,
    convex=neither_logits_nor_normalized,
)
"""A loss of the probabilities of classes, or of their logits; it claims what most of them can."""
ScoreLoss = partial(
    Loss,
    family="multiclass",
    layout=Layout.CLASSES,
    label=label_domain,
    prediction=Columns(REAL),
    error=missing_lead,
    perfect=leading,
    remedies={"label": ONE_CLASS},
)
"""A loss of the lead that the true class's raw score has over the others."""
