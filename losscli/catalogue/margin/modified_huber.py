"""Modified Huber loss: squared hinge up to a clear miss, and a line beyond it."""

import numpy as np

from losscli.loss import Array, Convention, Example, Reference
from losscli.loss.formulas.margin import MarginLoss


def value(label: Array, prediction: Array) -> Array:
    margin = label * prediction
    return np.where(margin >= -1.0, np.square(np.maximum(1.0 - margin, 0.0)), -4.0 * margin)


def gradient(label: Array, prediction: Array) -> Array:
    # From −1 on the missing margin is 2 and the parabola's slope stays what it is there.
    return 0.0 - 2.0 * label * np.clip(1.0 - label * prediction, 0.0, 2.0)


LOSS = MarginLoss(
    name="modified_huber",
    value=value,
    gradient=gradient,
    summary="squared hinge down to a margin of −1, and a line below it",
    formula="max(0, 1 − m)² if m ≥ −1 else −4m,  m = y·ŷ,  y = ±1",
    gradient_formula="−2y max(0, 1 − m) if m ≥ −1 else −4y",
    kink="none; the second derivative jumps at m = −1 and at m = 1",
    use="like squared_hinge, where some labels may be wrong; scores clipped to [−1, 1] estimate 2p − 1",
    avoid="where scores beyond ±1 should still be told apart: those on the right side all cost 0 (see "
    "logistic)",
    pitfalls=(
        "it is not the Huber loss of regression, which is huber",
        "labels are −1 and +1: 0 in place of −1 gives a wrong figure elsewhere, and an error here",
    ),
    conventions=(
        Convention("scikit-learn SGDClassifier(loss='modified_huber')", "the same", "1"),
        Convention("squared_hinge", "the same for margins of −1 and above", "1"),
    ),
    examples=(
        Example(label=1.0, prediction=0.5, loss=0.25),
        Example(label=1.0, prediction=-1.0, loss=4.0),
        Example(label=-1.0, prediction=3.0, loss=12.0),
        Example(label=1.0, prediction=1.5, loss=0.0),
    ),
    references=(
        Reference(
            "Zhang, Solving large scale linear prediction problems using stochastic gradient descent "
            "algorithms, 2004",
            doi="10.1145/1015330.1015332",
        ),
    ),
)
