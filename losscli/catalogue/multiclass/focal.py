"""Focal loss: cross-entropy that plays down samples that are already right."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from losscli.loss import (
    NON_NEGATIVE,
    PROBABILITY,
    Array,
    Convention,
    Example,
    Parameter,
    Reference,
    Value,
    called,
    number,
)
from losscli.loss.formulas import classwise
from losscli.loss.numeric import true_column

LARGEST = float(np.finfo(np.float64).max)


def value(label: Array, prediction: Array, *, gamma: float, alpha: float, **form: Any) -> Array:
    log_p, missing = classwise.log_and_missing(label, prediction, **form)
    return alpha * missing**gamma * (0.0 - log_p)


def gradient(label: Array, prediction: Array, *, gamma: float, alpha: float, **form: Any) -> Array:
    log_p, missing = classwise.log_and_missing(label, prediction, **form)
    if form["from_logits"]:
        # p log p is 0 where p is, also where log p is −∞: there logits lie farther apart than any number.
        slope = gamma * np.exp(log_p) * bend(np.maximum(log_p, -LARGEST), missing) - 1.0
    else:
        all_p = classwise.probabilities(prediction, from_logits=False, normalize=form["normalize"])
        p = np.maximum(true_column(all_p, label), form["eps"])
        missing = np.minimum(missing, 1.0 - form["eps"])
        slope = gamma * bend(log_p, missing) - 1.0 / p
    return classwise.true_class_gradient(label, prediction, alpha * missing**gamma * slope, **form)


def bend(log_p: Array, missing: Array) -> Array:
    """Return log p / (1 − p), and its limit −1 at certainty."""
    return np.where(missing == 0.0, -1.0, log_p / missing)


def bounds(parameters: Mapping[str, Value], _columns: int) -> tuple[float, float] | None:
    if parameters["from_logits"]:
        return None
    return 0.0, -math.log(number(parameters, "eps")) * number(parameters, "alpha")


LOSS = classwise.ProbabilityLoss(
    name="focal",
    value=value,
    gradient=gradient,
    clipped=classwise.any_clipped,
    parameters={
        "gamma": Parameter(
            2.0, NON_NEGATIVE, "how fast the weight of a sample fades as its prediction improves"
        ),
        "alpha": Parameter(1.0, PROBABILITY, "a factor, the same for every class"),
        **classwise.UNDER_LOGARITHM,
    },
    bounds=bounds,
    summary="cross-entropy times a power of the missing probability",
    formula="−α (1 − pₜ)^γ log pₜ,  t the true class;  with logits p = softmax(z)",
    gradient_formula="by pₜ: α (1 − pₜ)^γ (γ log pₜ/(1 − pₜ) − 1/pₜ) =: g, 0 by the others;  "
    "by the logit zₖ: g pₜ ([k = t] − pₖ)",
    use="training where easy samples are so many that their small losses drown out those of the hard ones",
    avoid="as a figure to quote: it is not a proper score, and a model that minimises it is underconfident",
    pitfalls=(
        "alpha scales all classes alike here; class weights belong in --weight",
        "costs with different gamma cannot be compared: a larger gamma makes any cost smaller",
        "a true class of probability 0 would cost infinity: it is clipped at eps and counted as clipped",
    ),
    conventions=(
        Convention(
            "keras.losses.CategoricalFocalCrossentropy",
            "alpha=0.25 by default; silently normalises rows and clips at 1e-7",
            "",
            ("keras.losses.CategoricalFocalCrossentropy",),
        ),
        Convention(
            "torchvision.ops.sigmoid_focal_loss",
            "applied to each class separately: binary_focal on its logits",
        ),
        Convention("cross_entropy", "gamma=0, alpha=1", "1"),
    ),
    elsewhere=called("literature focal_loss"),
    examples=(
        Example(label=0.0, prediction=(0.5, 0.25, 0.25), loss=0.17328679513998632, note="¼ log 2"),
        Example(label=1.0, prediction=(0.75, 0.25), loss=0.7797905781299385, note="9/16 log 4"),
        Example(
            label=0.0,
            prediction=(0.5, 0.5),
            loss=0.08664339756999316,
            parameters={"gamma": 1.0, "alpha": 0.25},
            note="⅛ log 2",
        ),
        Example(label=1.0, prediction=(1000.0, 0.0), loss=1000.0, parameters={"from_logits": True}),
        Example(label=2.0, prediction=(0.0, 0.0, 1.0), loss=0.0),
    ),
    references=(
        Reference("Lin et al., Focal Loss for Dense Object Detection, 2017", doi="10.1109/ICCV.2017.324"),
        Reference(
            "Charoenphakdee et al., On Focal Loss for Class-Posterior Probability Estimation, 2021: "
            "why it is underconfident",
            doi="10.1109/CVPR46437.2021.00516",
        ),
    ),
    remedies=classwise.remedies("focal", classwise.ONE_CLASS),
)
