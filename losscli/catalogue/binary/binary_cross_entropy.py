"""Binary cross-entropy: minus the log of the probability given to what happened."""

import math
from collections.abc import Mapping

import numpy as np

from losscli.loss import (
    LABEL_SMOOTHING,
    POSITIVE,
    Array,
    Convention,
    Example,
    Parameter,
    Value,
    called,
    number,
)
from losscli.loss.formulas.binary import UNDER_LOGARITHM, OutcomeLoss, remedies
from losscli.loss.numeric import log_clipped, log_complement_clipped, sigmoid, softplus
from losscli.loss.references import GNEITING_AND_RAFTERY, GOOD


def smooth(label: Array, label_smoothing: float) -> Array:
    return label * (1.0 - label_smoothing) + 0.5 * label_smoothing if label_smoothing else label


def value(
    label: Array,
    prediction: Array,
    *,
    from_logits: bool,
    eps: float,
    label_smoothing: float,
    pos_weight: float,
) -> Array:
    y = smooth(label, label_smoothing)
    if from_logits:
        return pos_weight * y * softplus(-prediction) + (1.0 - y) * softplus(prediction)
    # What is subtracted from 0 cannot come out as −0.
    seen = 0.0 - pos_weight * y * log_clipped(prediction, eps)
    return np.asarray(seen - (1.0 - y) * log_complement_clipped(prediction, eps))


def gradient(
    label: Array,
    prediction: Array,
    *,
    from_logits: bool,
    eps: float,
    label_smoothing: float,
    pos_weight: float,
) -> Array:
    y = smooth(label, label_smoothing)
    if from_logits:
        return (1.0 - y) * sigmoid(prediction) - pos_weight * y * sigmoid(-prediction)
    return (1.0 - y) / np.maximum(1.0 - prediction, eps) - pos_weight * y / np.maximum(prediction, eps)


def clipped(
    label: Array, prediction: Array, *, from_logits: bool, eps: float, label_smoothing: float, **_: Value
) -> Array:
    if from_logits:
        return np.zeros(len(label), dtype=np.bool_)
    y = smooth(label, label_smoothing)
    return np.asarray(((prediction < eps) & (y > 0.0)) | ((1.0 - prediction < eps) & (y < 1.0)))


def bounds(parameters: Mapping[str, Value], _columns: int) -> tuple[float, float] | None:
    if parameters["from_logits"]:
        return None
    eps, certain = number(parameters, "eps"), 1.0 - 0.5 * number(parameters, "label_smoothing")
    # At a probability of eps the one logarithm is the least, and the other one not yet 0.
    worst = -certain * math.log(eps) - (1.0 - certain) * math.log1p(-eps)
    return 0.0, worst * max(number(parameters, "pos_weight"), 1.0)


LOSS = OutcomeLoss(
    name="binary_cross_entropy",
    value=value,
    gradient=gradient,
    clipped=clipped,
    parameters={
        **UNDER_LOGARITHM,
        "label_smoothing": LABEL_SMOOTHING,
        "pos_weight": Parameter(
            1.0, POSITIVE, "the weight of a sample with label 1, relative to one with label 0"
        ),
    },
    bounds=bounds,
    summary="minus the log of the probability given to what happened",
    formula="−w⁺ y log p − (1 − y) log(1 − p);  with logits p = 1/(1 + e⁻ᶻ);  y smoothed to y(1 − s) + s/2",
    gradient_formula="(1 − y)/(1 − p) − w⁺ y/p;  by the logit z: (1 − y) p − w⁺ y (1 − p)",
    use="a probability for one of two outcomes, or for each of several labels that can hold at once; it "
    "rewards honest probabilities",
    avoid="where only the decision counts, or labels are often wrong: one confident miss can dominate the "
    "mean (see brier)",
    pitfalls=(
        "a wrong probability of 0 or 1 would cost infinity: it is clipped at eps and counted as clipped",
        "probabilities of logits beyond ±37 lose precision: pass the logits, with from_logits=true",
        "pos_weight and label_smoothing make it a training loss: do not quote it as log loss",
    ),
    conventions=(Convention("bits, as in information theory", "base 2", "1/log 2"),),
    elsewhere=(
        *called(
            "torch.nn.BCELoss",
            "torch.nn.functional.binary_cross_entropy",
            "sklearn.metrics.log_loss",
            "keras.losses.BinaryCrossentropy",
            "XGBoost binary:logistic",
            "XGBoost reg:logistic",
            "XGBoost logloss",
            "LightGBM binary_logloss",
            "CatBoost Logloss",
        ),
        *called(
            "torch.nn.BCEWithLogitsLoss",
            "torch.nn.functional.binary_cross_entropy_with_logits",
            "optax.sigmoid_binary_cross_entropy",
            "tf.nn.sigmoid_cross_entropy_with_logits",
            "XGBoost binary:logitraw",
            from_logits=True,
        ),
    ),
    examples=(
        Example(label=1.0, prediction=0.5, loss=0.6931471805599453, note="−log ½"),
        Example(label=0.0, prediction=0.75, loss=1.3862943611198906, note="−log ¼"),
        Example(label=1.0, prediction=1.0, loss=0.0),
        Example(label=1.0, prediction=0.0, loss=36.04365338911715, note="−log eps = 52 log 2"),
        Example(label=0.0, prediction=1000.0, loss=1000.0, parameters={"from_logits": True}),
        Example(
            label=1.0, prediction=0.5, loss=1.3862943611198906, parameters={"pos_weight": 2.0}, note="2 log 2"
        ),
    ),
    references=(GOOD, GNEITING_AND_RAFTERY),
    aliases=("bce", "log_loss"),
    remedies=remedies("binary_cross_entropy"),
)
