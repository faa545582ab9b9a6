"""The losses of rows under a convention: what happens to labels and predictions, the formula, what follows.

Each step is a function of its own. With `float32` all of them work on float32 arrays: a step of NumPy keeps
the type of what it is given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from losscli.common.array import Array
from losscli.conventions.kernels import KERNELS
from losscli.conventions.overrides import Overrides
from losscli.loss import Layout, Value, number
from losscli.loss.numeric import row_sum, sigmoid, softmax

if TYPE_CHECKING:
    from losscli.loss.spec import BoundLoss

Numbers = TypeVar("Numbers", Array, float)


def row_losses(bound: BoundLoss, how: Overrides, label: Array, prediction: Array) -> Array:
    """Return the loss of each row, float64 `(rows,)`; of several outputs their mean, or sum.

    `bound` is the loss with the parameters of the convention.
    """
    label, prediction = rounded_inputs(how, label, prediction)
    if prediction.ndim == 1 and how.terms is not None:
        how = replace(how, terms=None)
    if bound.layout is Layout.OUTPUTS and prediction.ndim == 2:
        columns = [
            _of_output(bound, how, label[:, at], prediction[:, at]) for at in range(prediction.shape[1])
        ]
        total = columns[0]
        for one in columns[1:]:
            total = total + one
        summed = how.reduction is not None and how.reduction.kind == "sum_outputs"
        return np.asarray(total if summed else total / len(columns), dtype=np.float64)
    return np.asarray(_of_output(bound, how, label, prediction), dtype=np.float64)


def output_losses(bound: BoundLoss, how: Overrides, label: Array, prediction: Array) -> list[Array]:
    """Return the losses of each output, float64 `(rows,)` each."""
    label, prediction = rounded_inputs(how, label, prediction)
    if prediction.ndim == 1:
        label, prediction = label[:, None], prediction[:, None]
    return [
        np.asarray(_of_output(bound, how, label[:, at], prediction[:, at]), dtype=np.float64)
        for at in range(prediction.shape[1])
    ]


def _of_output(bound: BoundLoss, how: Overrides, label: Array, prediction: Array) -> Array:
    classes = prediction.shape[1] if bound.layout is Layout.CLASSES and prediction.ndim == 2 else 0
    if how.squash == "logits" and bound.parameters.get("from_logits"):
        bound = replace(bound, parameters={**bound.parameters, "from_logits": False})
        prediction = sigmoid(prediction) if prediction.ndim == 1 else softmax(prediction)
    label, prediction = prepared(bound, how, label, prediction)
    kernel = KERNELS.get(bound.loss.name)
    if kernel is not None:
        losses = kernel(label, prediction, bound.parameters, how)
    else:
        losses = declared(bound, how, label, prediction)
    rounded = np.float32 if how.precision == "float32" else np.float64
    return changed(how, np.asarray(losses, dtype=rounded), classes)


def rounded_inputs(how: Overrides, label: Array, prediction: Array) -> tuple[Array, Array]:
    """Return labels and predictions as the library has them: in float32, or the labels alone."""
    if how.precision == "float32":
        label, prediction = (
            column.astype(np.float32) if column.dtype.kind == "f" else column
            for column in (label, prediction)
        )
    elif how.precision == "labels32" and label.dtype.kind == "f":
        label = label.astype(np.float32).astype(np.float64)
    return label, prediction


def prepared(bound: BoundLoss, how: Overrides, label: Array, prediction: Array) -> tuple[Array, Array]:
    """Return what the formula is given: each step changes labels or predictions alone."""
    if how.link == "log":
        prediction = np.exp(prediction)
    elif how.link == "logit":
        prediction = sigmoid(prediction)
    prediction = squashed(how.squash, prediction)
    if how.negatives is not None:
        label, prediction = np.maximum(label, how.negatives), np.maximum(prediction, how.negatives)
    if how.add_label is not None:
        label = label + how.add_label
    if how.add_prediction is not None:
        prediction = prediction + how.add_prediction
    if how.normalize and prediction.ndim == 2 and not bound.parameters.get("from_logits"):
        prediction = prediction / row_sum(prediction)[:, None]
    if how.variance_floor is not None:
        prediction = _spread_floored(prediction, bound.parameters, how.variance_floor)
    if how.dead_zone is not None:
        residual = prediction - label
        prediction = label + np.sign(residual) * np.maximum(np.abs(residual) - how.dead_zone, 0.0)
    return label, prediction


def squashed(kind: str | None, scores: Array) -> Array:
    """Return scores as probabilities, or as they are."""
    if kind == "sigmoid_outside":
        # Whether a score of another row is outside is asked where all rows are known.
        kind = "sigmoid" if scores.ndim == 1 else "softmax"
    if kind == "sigmoid":
        return sigmoid(scores)
    return softmax(scores) if kind == "softmax" else scores


def _spread_floored(prediction: Array, parameters: Mapping[str, Value], floor: float) -> Array:
    width = prediction[:, 1]
    least = math.sqrt(floor) if parameters.get("spread") == "std" else floor
    return np.stack([prediction[:, 0], np.maximum(width, least)], axis=1)


def declared(bound: BoundLoss, how: Overrides, label: Array, prediction: Array) -> Array:
    """Return what the loss's own declaration makes of it, with a clip and a `q` as the convention says."""
    parameters = dict(bound.parameters)
    if how.clip is not None and not parameters.get("from_logits"):
        kind, amount = how.clip
        if kind == "two":
            prediction = np.clip(prediction, amount, 1.0 - amount)
        if kind == "add":
            prediction = prediction + amount
        if "eps" in parameters:
            parameters["eps"] = amount if kind == "below" else _LEAST
    if how.reversed and "q" in parameters:
        parameters["q"] = 1.0 - number(parameters, "q")
    if how.smoothing is not None and "label_smoothing" in parameters:
        parameters["label_smoothing"] = how.smoothing
    # The catalogue's formulas are made for float64: what they round to float32 is the loss.
    label, prediction = (
        column.astype(np.float64) if column.dtype == np.float32 else column for column in (label, prediction)
    )
    value: Array = bound.loss.value(label, prediction, **parameters)
    return value


_LEAST = 5e-324
"""An eps that clips nothing but 0."""


def changed(how: Overrides, losses: Array, classes: int) -> Array:
    """Return losses behind the formula: what is added, and what they are multiplied by."""
    if how.reduction is not None and how.reduction.kind == "mean_elements" and classes:
        losses = losses / classes
    if how.constant == "half_log_2pi":
        losses = losses + 0.5 * math.log(2.0 * math.pi)
    if how.scale_by_half == "true" or (how.scale_by_half == "auto" and 0 < classes < 3):
        losses = losses * 0.5
    return scaled(how, losses)


def scaled(how: Overrides, losses: Numbers) -> Numbers:
    """Return losses, or their mean, with another factor, base and offset."""
    if how.factor is not None:
        losses = losses * how.factor
    if how.base is not None:
        losses = losses / math.log(how.base)
    if how.offset is not None:
        losses = losses + how.offset
    return losses
