"""Brier score of several classes: the squared distance between probabilities and what happened."""

from collections.abc import Mapping

import numpy as np

from losscli.loss import Array, Convention, Example, Value
from losscli.loss.formulas import classwise
from losscli.loss.numeric import row_sum
from losscli.loss.references import BRIER, GNEITING_AND_RAFTERY


def value(label: Array, prediction: Array, *, from_logits: bool, normalize: bool, **_: Value) -> Array:
    residuals = classwise.residuals(label, prediction, from_logits=from_logits, normalize=normalize)
    return row_sum(np.square(residuals, out=residuals))


def gradient(label: Array, prediction: Array, *, from_logits: bool, normalize: bool, **_: Value) -> Array:
    slope = 2.0 * classwise.residuals(label, prediction, from_logits=from_logits, normalize=normalize)
    if not (from_logits or normalize):
        return slope
    p = classwise.probabilities(prediction, from_logits=from_logits, normalize=normalize)
    if from_logits:
        return classwise.through_softmax(p, slope)
    return classwise.through_sum(prediction, p, slope)


def bounds(parameters: Mapping[str, Value], _columns: int) -> tuple[float, float]:
    return 0.0, 2.0 * classwise.tolerance(parameters) ** 2


LOSS = classwise.ProbabilityLoss(
    name="multiclass_brier",
    value=value,
    gradient=gradient,
    soft_labels=True,
    parameters=classwise.OR_LOGITS,
    bounds=bounds,
    summary="the sum over classes of the squared difference between probability and label: 0 to 2",
    formula="Σ (pₖ − yₖ)²;  with logits p = softmax(z)",
    gradient_formula="2(pₖ − yₖ);  by the logit zₖ: 2pₖ (pₖ − yₖ − Σ pⱼ (pⱼ − yⱼ))",
    use="a proper score of probabilities that no single sample can dominate: the worst costs 2",
    avoid="where rare events count: it hardly distinguishes a probability of 0.01 from one of 0.0001 (see "
    "cross_entropy)",
    pitfalls=(
        "the sum over classes is at most 2; with two classes it is twice the binary brier",
        "some report half of it, or the mean over classes: see the conventions before comparing",
        "costs depend on the frequencies of the classes: compare models on the same labels",
    ),
    conventions=(
        Convention("mse of the class columns", "the mean over the K classes", "1/K"),
        Convention("brier of the second of two classes", "one class alone", "1/2"),
    ),
    examples=(
        Example(label=0.0, prediction=(0.5, 0.25, 0.25), loss=0.375, note="¼ + 1/16 + 1/16"),
        Example(label=2.0, prediction=(1.0, 0.0, 0.0), loss=2.0, note="the worst"),
        Example(label=(0.5, 0.5, 0.0), prediction=(0.5, 0.25, 0.25), loss=0.125),
        Example(label=1.0, prediction=(3.0, 1.0), loss=1.125, parameters={"normalize": True}),
        Example(label=1.0, prediction=(7.0, 7.0), loss=0.5, parameters={"from_logits": True}),
    ),
    references=(BRIER, GNEITING_AND_RAFTERY),
    remedies=classwise.remedies("multiclass_brier", classwise.SOFT),
)
