"""Pseudo-Huber loss: Huber's loss without its seam."""

import numpy as np

from losscli.loss import POSITIVE, REAL, Array, Convention, Example, Loss, Parameter, Reference, called
from losscli.loss.numeric import soft_absolute


def value(label: Array, prediction: Array, *, delta: float) -> Array:
    return soft_absolute(prediction - label, delta)


def gradient(label: Array, prediction: Array, *, delta: float) -> Array:
    residual = prediction - label
    root = residual / delta
    root *= root
    root += 1.0
    np.sqrt(root, out=root)
    far = np.isinf(root)
    slope = np.divide(residual, root, out=root)
    if far.any():
        slope[far] = np.copysign(delta, residual[far])
    return np.asarray(slope)


LOSS = Loss(
    name="pseudo_huber",
    family="regression",
    value=value,
    gradient=gradient,
    label=REAL,
    prediction=REAL,
    parameters={"delta": Parameter(1.0, POSITIVE, "the residual around which the parabola becomes a line")},
    summary="half the square of the residual near zero, smoothly turning into a line around delta",
    formula="δ²(√(1 + (r/δ)²) − 1),  r = ŷ − y",
    gradient_formula="r/√(1 + (r/δ)²)",
    use="like huber, where the optimiser uses second derivatives: this loss has all of them (gradient "
    "boosting, Newton's method)",
    avoid="when the scale of the noise is unknown: δ is in units of the label",
    pitfalls=(
        "far from zero it approaches δ|r| − δ², below huber's δ|r| − δ²/2: the two agree only at 0",
        "the formula as written gives 0 for every |r| below 1e-8 δ; here it does not",
    ),
    conventions=(
        Convention("scipy.optimize.least_squares(loss='soft_l1')", "its cost is the sum; f_scale is δ", "n"),
        Convention(
            "Charbonnier loss of computer vision",
            "√(r² + ε²), which is ours/ε + ε with δ = ε",
            "",
            ("literature charbonnier", "literature charbonnier_loss"),
        ),
    ),
    elsewhere=(
        *called("scipy.special.pseudo_huber", "literature pseudo_huber_loss"),
        *called("XGBoost reg:pseudohubererror", renamed={"huber_slope": "delta"}),
    ),
    examples=(
        Example(label=0.0, prediction=0.75, loss=0.25, note="√(1 + 9/16) = 5/4"),
        Example(label=0.0, prediction=-4.0, loss=6.0, parameters={"delta": 3.0}, note="9 (5/3 − 1)"),
        Example(label=0.0, prediction=1e-12, loss=5e-25),
        Example(label=0.0, prediction=1e300, loss=1e300),
    ),
    references=(
        Reference(
            "Charbonnier et al., Deterministic Edge-Preserving Regularization in Computed Imaging, 1997",
            doi="10.1109/83.551699",
        ),
        Reference(
            "Hartley and Zisserman, Multiple View Geometry in Computer Vision, 2004, A6.8",
            doi="10.1017/CBO9780511811685",
        ),
    ),
)
