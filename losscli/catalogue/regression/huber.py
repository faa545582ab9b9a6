"""Huber loss: a parabola near zero, a line beyond `delta`."""

import numpy as np

from losscli.loss import POSITIVE, REAL, Array, Convention, Example, Loss, Parameter, Reference, called


def value(label: Array, prediction: Array, *, delta: float) -> Array:
    size = np.abs(prediction - label)
    near = np.minimum(size, delta)
    # Both branches in one, without a square that could overflow where the line is meant.
    return np.asarray(near * (size - 0.5 * near))


def gradient(label: Array, prediction: Array, *, delta: float) -> Array:
    return np.clip(prediction - label, -delta, delta)


LOSS = Loss(
    name="huber",
    family="regression",
    value=value,
    gradient=gradient,
    label=REAL,
    prediction=REAL,
    parameters={"delta": Parameter(1.0, POSITIVE, "the residual at which the parabola becomes a line")},
    summary="half the square of the residual near zero, a line beyond delta",
    formula="r²/2 if |r| ≤ δ else δ(|r| − δ/2),  r = ŷ − y",
    gradient_formula="r if |r| ≤ δ else δ sign(r)",
    kink="none; the second derivative jumps at |r| = δ",
    use="regression with some outliers that should count, but not dominate; with δ = 1.345 σ it keeps 95 % "
    "of the efficiency of least squares under normal noise of standard deviation σ",
    avoid="when the scale of the noise is unknown: δ is in units of the label",
    pitfalls=(
        "a large δ makes it mse/2, not mse",
        "far out it grows as δ|r|: costs with different δ cannot be compared (smooth_l1 divides by β)",
    ),
    conventions=(
        Convention("scipy.optimize.least_squares(loss='huber')", "its cost is the sum, f_scale is δ", "n"),
        Convention(
            "scikit-learn HuberRegressor",
            "r² near zero, of residuals divided by a σ that it fits too",
            "2",
            ("sklearn.HuberRegressor",),
        ),
        Convention("torch.nn.SmoothL1Loss", "huber/δ (see smooth_l1)", "1/δ"),
    ),
    elsewhere=(
        *called("torch.nn.HuberLoss", "keras.losses.Huber", "optax.huber_loss", "scipy.special.huber"),
        *called("LightGBM huber", renamed={"alpha": "delta"}),
    ),
    examples=(
        Example(label=0.0, prediction=0.5, loss=0.125),
        Example(label=0.0, prediction=3.0, loss=2.5),
        Example(label=2.0, prediction=0.0, loss=2.0, parameters={"delta": 2.0}, note="at the seam, 2²/2"),
        Example(label=0.0, prediction=1e300, loss=1e300),
    ),
    references=(
        Reference("Huber, Robust Estimation of a Location Parameter, 1964", doi="10.1214/aoms/1177703732"),
    ),
)
