"""Squared hinge loss: nothing beyond the margin, a parabola before it."""

import numpy as np

from losscli.loss import MARGIN, Array, Convention, Example, Reference, called
from losscli.loss.formulas.margin import MarginLoss, at_margin


def value(label: Array, prediction: Array, *, margin: float) -> Array:
    return np.square(np.maximum(margin - label * prediction, 0.0))


def gradient(label: Array, prediction: Array, *, margin: float) -> Array:
    return 0.0 - 2.0 * label * np.maximum(margin - label * prediction, 0.0)


LOSS = MarginLoss(
    name="squared_hinge",
    value=value,
    gradient=gradient,
    perfect=at_margin,
    parameters={"margin": MARGIN},
    summary="the square of how far a score is from the right side of the margin",
    formula="max(0, m − y·ŷ)²,  y = ±1,  m = margin",
    gradient_formula="−2y max(0, m − y·ŷ)",
    kink="none; the second derivative jumps at y·ŷ = m",
    use="like hinge, where a smooth gradient helps the optimiser and far misses should weigh more",
    avoid="with wrong labels: a confident score on the other side costs its square",
    pitfalls=(
        "labels are −1 and +1: 0 in place of −1 gives a wrong figure elsewhere, and an error here",
        "it depends on the square of the scale of the scores: compare costs only where that is the same",
    ),
    conventions=(
        Convention("scikit-learn LinearSVC(loss='squared_hinge')", "C times the sum, plus a penalty"),
    ),
    elsewhere=called("keras.losses.SquaredHinge", "literature squared_hinge_loss"),
    examples=(
        Example(label=1.0, prediction=0.5, loss=0.25),
        Example(label=1.0, prediction=2.0, loss=0.0),
        Example(label=-1.0, prediction=0.5, loss=2.25),
        Example(label=1.0, prediction=0.5, loss=2.25, parameters={"margin": 2.0}),
    ),
    references=(
        Reference(
            "Lee and Mangasarian, SSVM: A Smooth Support Vector Machine, 2001", doi="10.1023/A:1011215321374"
        ),
        Reference(
            "Zhang, Statistical Behavior and Consistency of Classification Methods Based on Convex Risk "
            "Minimization, 2004",
            doi="10.1214/aos/1079120130",
        ),
    ),
)
