"""Brier score: the square of the distance between a probability and what happened."""

import numpy as np

from losscli.loss import FROM_LOGITS, Array, Convention, Example, called
from losscli.loss.formulas.binary import OutcomeLoss, missing_probability, remedies
from losscli.loss.numeric import sigmoid
from losscli.loss.references import BRIER, GNEITING_AND_RAFTERY


def value(label: Array, prediction: Array, *, from_logits: bool) -> Array:
    wrong = missing_probability(label, prediction, from_logits=True) if from_logits else prediction - label
    return np.square(wrong, out=wrong)


def gradient(label: Array, prediction: Array, *, from_logits: bool) -> Array:
    if not from_logits:
        return 2.0 * (prediction - label)
    side = 1.0 - 2.0 * label
    return 2.0 * side * np.square(sigmoid(side * prediction)) * sigmoid(-side * prediction)


LOSS = OutcomeLoss(
    name="brier",
    value=value,
    gradient=gradient,
    convex=lambda parameters: not parameters["from_logits"],
    parameters={"from_logits": FROM_LOGITS},
    bounds=(0.0, 1.0),
    summary="the square of the distance between a probability and what happened",
    formula="(p − y)²;  with logits p = 1/(1 + e⁻ᶻ)",
    gradient_formula="2(p − y);  by the logit z: 2(p − y) p (1 − p)",
    use="honest probabilities of one of two outcomes, where no single miss should dominate: the loss is at "
    "most 1",
    avoid="for very rare outcomes: always predicting 0 costs next to nothing (see binary_cross_entropy)",
    pitfalls=(
        "its size depends on how common the outcome is: compare with the score of the base rate, q(1 − q)",
        "in the logits it is not convex, and its gradient vanishes for confident misses: poor for training",
        "multiclass_brier of the same two probabilities is twice this",
    ),
    conventions=(
        Convention("Brier's paper, 1950", "sums over both classes", "2"),
        Convention("Brier skill score", "1 − cost / cost of the base rate: higher is better"),
    ),
    elsewhere=called("sklearn.metrics.brier_score_loss", "literature brier_score"),
    examples=(
        Example(label=1.0, prediction=0.75, loss=0.0625),
        Example(label=0.0, prediction=0.75, loss=0.5625),
        Example(label=1.0, prediction=0.0, loss=1.0),
        Example(label=1.0, prediction=0.0, loss=0.25, parameters={"from_logits": True}),
    ),
    references=(BRIER, GNEITING_AND_RAFTERY),
    remedies=remedies("brier"),
)
