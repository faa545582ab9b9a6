"""Formulas that conventions change from within: what stands under a logarithm or a fraction, and ties.

Each takes labels, predictions, the loss's parameters and the overrides, and keeps the type of its arrays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from losscli.common.array import Array
from losscli.conventions.overrides import Clip, Denominator, Overrides
from losscli.loss import Value, number
from losscli.loss.formulas.classwise import label_rows
from losscli.loss.formulas.deviance import half_gamma, half_poisson, half_tweedie, poisson_at_label
from losscli.loss.numeric import log_softmax, row_sum, sigmoid, softplus, true_column

Kernel = Callable[[Array, Array, Mapping[str, Value], Overrides], Array]
KERNELS: dict[str, Kernel] = {}
"""By the names of the losses; the others are as they are declared."""


def _of(*names: str) -> Callable[[Kernel], Kernel]:
    def keep(kernel: Kernel) -> Kernel:
        KERNELS.update(dict.fromkeys(names, kernel))
        return kernel

    return keep


def clip_of(parameters: Mapping[str, Value], how: Overrides) -> Clip:
    """Return what clips: what the convention says, else the loss's own eps, from below."""
    return Clip("below", number(parameters, "eps")) if how.clip is None else how.clip


def logarithm(p: Array, clip: Clip) -> Array:
    """Return log p, clipped."""
    kind, amount = clip
    if kind == "two":
        return np.asarray(np.log(np.clip(p, amount, 1.0 - amount)))
    if kind == "below":
        return np.log(np.maximum(p, amount))
    if kind == "add":
        return np.log(p + amount)
    logs: Array = np.log(p)
    return np.maximum(logs, amount) if kind == "floor" else logs


def divisor(label: Array, by: Denominator) -> Array:
    """Return what a residual is divided by, given the label or a size."""
    kind, amount = by
    size = np.abs(label)
    if kind == "eps":
        return np.maximum(size, amount)
    if kind == "clamp":
        return np.maximum(label, amount)
    return size + amount if kind == "add" else size


def times(weight: Array, values: Array) -> Array:
    """Return the product, in which 0 · ∞ is 0."""
    return np.where(weight == 0.0, values.dtype.type(0.0), weight * values)


@_of("binary_cross_entropy")
def binary_cross_entropy(label: Array, p: Array, parameters: Mapping[str, Value], how: Overrides) -> Array:
    """Return −y log p − (1 − y) log(1 − p), each logarithm clipped."""
    share = number(parameters, "label_smoothing") if how.smoothing is None else how.smoothing
    y = label * (1.0 - share) + 0.5 * share if share else label
    seen = number(parameters, "pos_weight") * y
    if parameters["from_logits"]:
        return seen * softplus(-p) + (1.0 - y) * softplus(p)
    clip = clip_of(parameters, how)
    if clip.kind == "two":
        p, clip = np.clip(p, clip.amount, 1.0 - clip.amount), Clip("none")
    found = 0.0 - times(seen, logarithm(p, clip))
    return found if how.terms == "positive" else found - times(1.0 - y, logarithm(1.0 - p, clip))


@_of("binary_focal")
def binary_focal(label: Array, p: Array, parameters: Mapping[str, Value], how: Overrides) -> Array:
    """Return the cross-entropy times what was missed, to the power of gamma; its logarithm is clipped."""
    gamma, alpha = number(parameters, "gamma"), parameters["alpha"]
    if parameters["from_logits"]:
        missed, loss = sigmoid(np.where(label == 1.0, -p, p)), softplus(np.where(label == 1.0, -p, p))
    else:
        # What is clipped is under the logarithm alone.
        missed = np.where(label == 1.0, 1.0 - p, p)
        loss = binary_cross_entropy(label, p, {**parameters, "label_smoothing": 0.0, "pos_weight": 1.0}, how)
    found = missed**gamma * loss
    if alpha is None:
        return np.asarray(found)
    share = number(parameters, "alpha")
    return np.where(label == 1.0, share, 1.0 - share).astype(found.dtype) * found


@_of("cross_entropy", "perplexity")
def cross_entropy(label: Array, p: Array, parameters: Mapping[str, Value], how: Overrides) -> Array:
    """Return −Σ y log p, each logarithm clipped."""
    share = number(parameters, "label_smoothing") if how.smoothing is None else how.smoothing
    if parameters["from_logits"]:
        logs = log_softmax(p)
    else:
        if parameters.get("normalize") and not how.normalize:
            p = p / row_sum(p)[:, None]
        logs = logarithm(p, clip_of(parameters, how))
    if label.ndim == 1 and not share:
        return 0.0 - true_column(logs, label)
    rows = label_rows(label, p.shape[1], share).astype(p.dtype)
    found = 0.0 - row_sum(times(rows, logs))
    if how.constant == "entropy":
        found = found + row_sum(times(rows, np.log(rows)))
    return found


@_of("kl_divergence")
def kl_divergence(label: Array, p: Array, parameters: Mapping[str, Value], how: Overrides) -> Array:
    """Return Σ y log(y/p); with a clip on both sides, labels are clipped too."""
    y = label_rows(label, p.shape[1]).astype(p.dtype)
    if parameters.get("from_logits"):
        logs = log_softmax(p)
    else:
        if parameters.get("normalize") and not how.normalize:
            p = p / row_sum(p)[:, None]
        clip = clip_of(parameters, how)
        if clip.kind == "two":
            # What clips on both sides clips labels too, and a probability of 1 is in its range.
            y, clip = np.clip(y, clip.amount, 1.0), Clip("below", clip.amount)
        logs = logarithm(np.minimum(p, 1.0), clip)
    own = times(y, np.log(y))
    return row_sum(own - times(y, logs)) if how.constant != "left_out" else 0.0 - row_sum(times(y, logs))


@_of("mape")
def mape(label: Array, prediction: Array, parameters: Mapping[str, Value], how: Overrides) -> Array:
    """Return |r| over what the label is taken for."""
    by = how.denominator or Denominator("eps", number(parameters, "eps"))
    return np.asarray(np.abs(prediction - label) / divisor(label, by))


@_of("smape")
def smape(label: Array, prediction: Array, _: Mapping[str, Value], how: Overrides) -> Array:
    """Return 2|r| over the sizes of both."""
    total, apart = np.abs(label) + np.abs(prediction), np.abs(prediction - label)
    if how.denominator is not None:
        return np.asarray(2.0 * apart / divisor(total, how.denominator))
    return np.asarray(np.where(total > 0.0, 2.0 * apart / total, total.dtype.type(0.0)))


@_of("poisson_nll")
def poisson_nll(label: Array, mean: Array, parameters: Mapping[str, Value], how: Overrides) -> Array:
    """Return ŷ − y log ŷ, and the constant that is asked for."""
    clip = how.clip or Clip("none")
    if parameters["log_input"] and clip.kind == "below":
        floored = np.maximum(np.exp(mean), clip.amount)
        found = floored - label * np.maximum(mean, math.log(clip.amount))
    elif parameters["log_input"]:
        found = np.exp(mean) - label * mean
    else:
        found = mean - times(label, logarithm(mean, clip))
    constant = how.constant or "lgamma"
    if not parameters["full"] and how.constant != "lgamma":
        constant = "none"
    if constant == "lgamma":
        counts = label.astype(np.float64)
        logs = poisson_at_label(counts) - counts + times(counts, np.log(counts))
        found = found + logs.astype(mean.dtype)
    elif constant == "stirling":
        far = label * np.log(label) - label + 0.5 * np.log(2.0 * math.pi * label)
        found = found + np.where(label > 1.0, far, label.dtype.type(0.0))
    return np.asarray(found)


@_of("gamma_deviance")
def gamma_deviance(label: Array, mean: Array, _: Mapping[str, Value], how: Overrides) -> Array:
    """Return the deviance, or what of half of it depends on the prediction: y/ŷ + log ŷ."""
    if how.constant == "left_out":
        if how.clip is not None and how.clip.kind == "below":
            mean = np.maximum(mean, how.clip.amount)
        return label / mean + np.log(mean)
    return 2.0 * half_gamma(label, mean)


@_of("poisson_deviance")
def poisson_deviance(label: Array, mean: Array, _: Mapping[str, Value], how: Overrides) -> Array:
    """Return the deviance, or what of half of it depends on the prediction: ŷ − y log ŷ."""
    if how.constant == "left_out":
        return mean - times(label, logarithm(mean, how.clip or Clip("none")))
    if how.clip is not None and how.clip.kind == "add":
        return np.asarray(2.0 * (label * (np.log(label + how.clip.amount) - np.log(mean)) - (label - mean)))
    return 2.0 * half_poisson(label, mean)


@_of("tweedie_deviance")
def tweedie_deviance(label: Array, mean: Array, parameters: Mapping[str, Value], how: Overrides) -> Array:
    """Return the deviance, or what of half of it depends on the prediction."""
    power = mean.dtype.type(number(parameters, "power"))
    if power == 1.0:
        return poisson_deviance(label, mean, parameters, how)
    if power == 2.0:
        return gamma_deviance(label, mean, parameters, how)
    if how.constant == "left_out":
        return np.asarray(
            mean ** (2.0 - power) / (2.0 - power) - label * mean ** (1.0 - power) / (1.0 - power)
        )
    return np.square(mean - label) if power == 0.0 else 2.0 * half_tweedie(label, mean, power)


@_of("multiclass_hinge")
def multiclass_hinge(label: Array, scores: Array, parameters: Mapping[str, Value], how: Overrides) -> Array:
    """Return the missing lead over the strongest other class, with or without a 0 of its own."""
    others = scores.copy()
    others[np.arange(len(label)), label] = 0.0 if how.true_class_zero else -np.inf
    return np.asarray(
        np.maximum(number(parameters, "margin") - true_column(scores, label) + others.max(axis=1), 0.0)
    )


@_of("zero_one")
def zero_one(label: Array, prediction: Array, parameters: Mapping[str, Value], how: Overrides) -> Array:
    """Return 1 for a wrong class, of ties as the convention says."""
    threshold = parameters["threshold"]
    if threshold is not None:
        return np.asarray((prediction > number(parameters, "threshold")) != (label == 1.0), dtype=np.float64)
    if prediction.ndim == 1:
        return np.asarray(label != prediction, dtype=np.float64)
    if how.ties == "wrong":
        others = prediction.copy()
        others[np.arange(len(label)), label] = -np.inf
        return np.asarray(others.max(axis=1) >= true_column(prediction, label), dtype=np.float64)
    return np.asarray(prediction.argmax(axis=1) != label, dtype=np.float64)
