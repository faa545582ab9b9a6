"""Hinge loss: nothing beyond the margin, a line before it."""

import numpy as np

from losscli.loss import MARGIN, Array, Convention, Example, Reference, called
from losscli.loss.formulas.margin import MarginLoss, at_margin


def value(label: Array, prediction: Array, *, margin: float) -> Array:
    return np.maximum(margin - label * prediction, 0.0)


def gradient(label: Array, prediction: Array, *, margin: float) -> Array:
    return np.where(label * prediction < margin, -label, 0.0)


LOSS = MarginLoss(
    name="hinge",
    value=value,
    gradient=gradient,
    perfect=at_margin,
    parameters={"margin": MARGIN},
    summary="how far a score is from the right side of the margin",
    formula="max(0, m − y·ŷ),  y = ±1,  m = margin",
    gradient_formula="−y if y·ŷ < m else 0",
    kink="at y·ŷ = m; the subgradient 0 is returned",
    use="scores of a classifier that is meant to separate classes, such as a support vector machine",
    avoid="where scores should become probabilities: beyond the margin all scores cost the same (see "
    "logistic)",
    pitfalls=(
        "labels are −1 and +1: with 0 in place of −1 every negative costs exactly the margin",
        "predictions are raw scores, not probabilities or classes",
    ),
    conventions=(
        Convention(
            "scikit-learn hinge_loss",
            "the same if both classes occur; with one class alone it flips the sign: hinge_loss([1, 1], "
            "[0.5, 2]) gives 2.25 for 0.25",
        ),
        Convention(
            "torch.nn.HingeEmbeddingLoss",
            "a different loss: ŷ itself for y = 1, max(0, m − ŷ) for y = −1",
            "",
            ("torch.nn.HingeEmbeddingLoss",),
        ),
    ),
    elsewhere=called("sklearn.metrics.hinge_loss", "keras.losses.Hinge", "optax.hinge_loss"),
    examples=(
        Example(label=1.0, prediction=0.5, loss=0.5),
        Example(label=1.0, prediction=2.0, loss=0.0),
        Example(label=-1.0, prediction=0.5, loss=1.5),
        Example(label=1.0, prediction=0.5, loss=1.5, parameters={"margin": 2.0}),
    ),
    references=(
        Reference("Cortes and Vapnik, Support-Vector Networks, 1995", doi="10.1007/BF00994018"),
        Reference("Rosasco et al., Are Loss Functions All the Same?, 2004", doi="10.1162/089976604773135104"),
    ),
)
