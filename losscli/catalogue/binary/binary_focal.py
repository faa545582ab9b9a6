"""Focal loss of two outcomes: cross-entropy that plays down easy samples."""

import math
from collections.abc import Mapping

import numpy as np

from losscli.loss import (
    NON_NEGATIVE,
    PROBABILITY,
    Array,
    Example,
    Parameter,
    Reference,
    Value,
    called,
    number,
)
from losscli.loss.formulas.binary import UNDER_LOGARITHM, OutcomeLoss, missing_probability, remedies
from losscli.loss.numeric import log_clipped, log_complement_clipped, sigmoid, softplus


def log_right(label: Array, prediction: Array, *, from_logits: bool, eps: float) -> Array:
    """Return log p of the label."""
    if from_logits:
        return -softplus(prediction * (1.0 - 2.0 * label))
    log_p = log_complement_clipped(prediction, eps)
    positive = np.flatnonzero(label == 1.0)
    log_p[positive] = log_clipped(prediction[positive], eps)
    return log_p


def balance(label: Array, alpha: float | None) -> Array | float:
    return 1.0 if alpha is None else np.where(label == 1.0, alpha, 1.0 - alpha)


def value(
    label: Array, prediction: Array, *, gamma: float, alpha: float | None, from_logits: bool, eps: float
) -> Array:
    loss = log_right(label, prediction, from_logits=from_logits, eps=eps)
    loss *= missing_probability(label, prediction, from_logits=from_logits) ** gamma
    loss *= balance(label, alpha)
    # What is subtracted from 0 cannot come out as −0.
    return np.subtract(0.0, loss, out=loss)


def gradient(
    label: Array, prediction: Array, *, gamma: float, alpha: float | None, from_logits: bool, eps: float
) -> Array:
    wrong = missing_probability(label, prediction, from_logits=from_logits)
    log_p = log_right(label, prediction, from_logits=from_logits, eps=eps)
    if from_logits:
        right = sigmoid(prediction * (2.0 * label - 1.0))
        slope = gamma * right * log_p - wrong
    else:
        right = 1.0 - prediction
        positive = np.flatnonzero(label == 1.0)
        right[positive] = prediction[positive]
        right = np.maximum(right, eps)
        # log(1 − w)/w goes to −1 with w.
        slope = gamma * np.where(wrong > 0.0, log_p / wrong, -1.0) - 1.0 / right
    return 0.0 + (2.0 * label - 1.0) * balance(label, alpha) * wrong**gamma * slope


def clipped(label: Array, prediction: Array, *, from_logits: bool, eps: float, **_: Value) -> Array:
    if from_logits:
        return np.zeros(len(label), dtype=np.bool_)
    return np.where(label == 1.0, prediction < eps, 1.0 - prediction < eps)


def bounds(parameters: Mapping[str, Value], _columns: int) -> tuple[float, float] | None:
    if parameters["from_logits"]:
        return None
    alpha = parameters["alpha"]
    weight = 1.0 if alpha is None else max(float(alpha), 1.0 - float(alpha))
    return 0.0, -math.log(number(parameters, "eps")) * weight


LOSS = OutcomeLoss(
    name="binary_focal",
    value=value,
    gradient=gradient,
    clipped=clipped,
    convex=lambda parameters: not parameters["from_logits"] or parameters["gamma"] == 0.0,
    parameters={
        "gamma": Parameter(
            2.0, NON_NEGATIVE, "how strongly easy samples are played down; 0 is cross-entropy"
        ),
        "alpha": Parameter(
            None, PROBABILITY, "the weight of label 1 (label 0 has 1 − alpha); none: both weigh 1"
        ),
        **UNDER_LOGARITHM,
    },
    bounds=bounds,
    summary="cross-entropy times the missing probability to the power of gamma: easy samples hardly count",
    formula="−αₜ (1 − pₜ)^γ log pₜ;  pₜ = p if y = 1 else 1 − p;  αₜ = α if y = 1 else 1 − α",
    gradient_formula="±αₜ (1 − pₜ)^γ (γ log pₜ / (1 − pₜ) − 1/pₜ);  "
    "by the logit z: ±αₜ (1 − pₜ)^γ (γ pₜ log pₜ − (1 − pₜ));  + if y = 1",
    use="training with few positives among many easy negatives, as in object detection",
    avoid="to judge probabilities: it is not a proper score, so the best prediction is not the true "
    "probability (see binary_cross_entropy)",
    pitfalls=(
        "alpha is the weight of label 1, 1 − alpha that of label 0: α = 0.25 favours the negatives",
        "libraries differ in their default alpha: 0.25, or none as here",
        "detection code divides the sum by the number of positives, not of samples",
    ),
    elsewhere=(
        *called("torchvision.ops.sigmoid_focal_loss", from_logits=True, alpha=0.25),
        *called("optax.sigmoid_focal_loss", from_logits=True),
        *called("literature focal_loss", "keras.losses.BinaryFocalCrossentropy"),
    ),
    examples=(
        Example(label=1.0, prediction=0.5, loss=0.17328679513998632, note="log 2 / 4"),
        Example(label=0.0, prediction=0.75, loss=0.7797905781299384, note="9/16 log 4"),
        Example(
            label=1.0, prediction=0.5, loss=0.04332169878499658, parameters={"alpha": 0.25}, note="log 2 / 16"
        ),
        Example(label=0.0, prediction=1000.0, loss=1000.0, parameters={"from_logits": True}),
        Example(label=1.0, prediction=1.0, loss=0.0),
    ),
    references=(
        Reference("Lin et al., Focal Loss for Dense Object Detection, 2017", doi="10.1109/ICCV.2017.324"),
        Reference(
            "Charoenphakdee et al., On Focal Loss for Class-Posterior Probability Estimation, 2021",
            doi="10.1109/CVPR46437.2021.00516",
        ),
    ),
    remedies=remedies("binary_focal"),
)
