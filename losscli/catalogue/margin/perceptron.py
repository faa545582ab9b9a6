"""Perceptron loss: nothing on the right side of 0, a line on the wrong one."""

import numpy as np

from losscli.loss import Array, Convention, Example, Reference, called
from losscli.loss.formulas.margin import MarginLoss


def value(label: Array, prediction: Array) -> Array:
    # What is added to 0 cannot come out as −0.
    return 0.0 + np.maximum(-label * prediction, 0.0)


def gradient(label: Array, prediction: Array) -> Array:
    return np.where(label * prediction < 0.0, -label, 0.0)


LOSS = MarginLoss(
    name="perceptron",
    value=value,
    gradient=gradient,
    summary="how far a score is on the wrong side of 0",
    formula="max(0, −y·ŷ),  y = ±1",
    gradient_formula="−y if y·ŷ < 0 else 0",
    kink="at y·ŷ = 0; the subgradient 0 is returned",
    use="scores of which only the sign counts, where a miss should cost its size",
    avoid="to choose among models: scores that are all 0 cost nothing (see hinge, which asks for a margin)",
    pitfalls=(
        "scores of 0 cost nothing, and shrinking all scores towards 0 lowers the cost: neither shows skill",
        "it depends on the scale of the scores: compare costs only where that is the same",
    ),
    conventions=(
        Convention(
            "scikit-learn SGDClassifier(loss='perceptron')",
            "the same loss; at a score of 0 its subgradient is −y, so that training can start there",
            "1",
        ),
        Convention("hinge:margin=0", "the same", "1"),
    ),
    elsewhere=called("optax.perceptron_loss"),
    examples=(
        Example(label=1.0, prediction=-2.5, loss=2.5),
        Example(label=1.0, prediction=0.5, loss=0.0),
        Example(label=-1.0, prediction=0.5, loss=0.5),
    ),
    references=(
        Reference(
            "Rosenblatt, The perceptron: a probabilistic model for information storage and organization "
            "in the brain, 1958",
            doi="10.1037/h0042519",
        ),
    ),
)
