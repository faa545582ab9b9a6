"""Generalized cross-entropy: between cross-entropy and absolute error, for labels that may be wrong."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from losscli.loss import Array, Convention, Example, Interval, Parameter, Reference, Value, called, number
from losscli.loss.formulas import classwise
from losscli.loss.numeric import true_column


def value(label: Array, prediction: Array, *, q: float, **form: Any) -> Array:
    log_p, _missing = classwise.log_and_missing(label, prediction, eps=0.0, **form)
    # 1 − p^q, with the digits that a small q and a p near 1 would lose; minus infinity is p = 0.
    return 0.0 - np.expm1(q * log_p) / q


def gradient(
    label: Array, prediction: Array, *, q: float, from_logits: bool, normalize: bool, **_: Value
) -> Array:
    if from_logits:
        log_p = classwise.log_probabilities(prediction, from_logits=True, eps=0.0)
        slope = 0.0 - np.exp(q * true_column(log_p, label))
    else:
        p = classwise.probabilities(prediction, from_logits=False, normalize=normalize)
        slope = 0.0 - true_column(p, label) ** (q - 1.0)
    return classwise.true_class_gradient(
        label, prediction, slope, from_logits=from_logits, normalize=normalize
    )


def bounds(parameters: Mapping[str, Value], _columns: int) -> tuple[float, float]:
    return 0.0, 1.0 / number(parameters, "q")


LOSS = classwise.ProbabilityLoss(
    name="generalized_cross_entropy",
    value=value,
    gradient=gradient,
    parameters={
        "q": Parameter(
            0.7, Interval(0.0, 1.0, low_open=True), "0 would be cross-entropy, 1 is the missing probability"
        ),
        **classwise.OR_LOGITS,
    },
    steep=True,
    bounds=bounds,
    summary="how far a power of the true class's probability is from 1",
    formula="(1 − pₜ^q)/q,  t the true class;  with logits p = softmax(z)",
    gradient_formula="−pₜ^(q−1) by pₜ, 0 by the others;  by the logit zₖ: −pₜ^q ([k = t] − pₖ)",
    kink="none; at pₜ = 0 the slope is −∞ unless q = 1, and is returned as such",
    use="training on labels some of which are wrong: a sample costs at most 1/q, so none can dominate the "
    "mean",
    avoid="where labels are right: cross_entropy learns faster, and is a proper score",
    pitfalls=(
        "a confident miss costs 1/q at most: 1.43 for q = 0.7, where cross-entropy is unbounded",
        "costs with different q cannot be compared",
        "there is no logarithm, so nothing is clipped; the gradient at a probability of 0 is infinite",
    ),
    conventions=(
        Convention("cross_entropy", "the limit of a small q"),
        Convention("mean absolute error of all classes", "q=1; it counts each miss twice", "2"),
        Convention(
            "AlanChou/Truncated-Loss", "the code of a follow-up: it subtracts (1 − k^q)/q for a fixed k = 0.5"
        ),
    ),
    elsewhere=called("literature gce"),
    examples=(
        Example(label=0.0, prediction=(0.25, 0.75), loss=1.0, parameters={"q": 0.5}, note="(1 − ½)/½"),
        Example(label=0.0, prediction=(0.25, 0.75), loss=0.75, parameters={"q": 1.0}),
        Example(label=0.0, prediction=(0.0, 1.0), loss=1.4285714285714286, note="1/q"),
        Example(label=1.0, prediction=(0.0, 1.0), loss=0.0),
        Example(label=1.0, prediction=(2000.0, 0.0), loss=2.0, parameters={"q": 0.5, "from_logits": True}),
    ),
    references=(
        Reference(
            "Zhang and Sabuncu, Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy "
            "Labels, 2018",
            doi="10.48550/arXiv.1805.07836",
        ),
        Reference(
            "Box and Cox, An Analysis of Transformations, 1964", doi="10.1111/j.2517-6161.1964.tb00553.x"
        ),
    ),
    remedies=classwise.remedies("generalized_cross_entropy", classwise.ONE_CLASS),
)
