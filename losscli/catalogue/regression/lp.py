"""Lp loss: the absolute residual to the power of p."""

import numpy as np

from losscli.loss import POSITIVE, REAL, Array, Convention, Example, Loss, Parameter, Reference, called


def value(label: Array, prediction: Array, *, p: float) -> Array:
    return np.power(np.abs(prediction - label), p)


def gradient(label: Array, prediction: Array, *, p: float) -> Array:
    residual = prediction - label
    size = np.abs(residual)
    # At a residual of 0 the power is infinite for p < 1, and ∞ · 0 is no number.
    slope = p * np.power(np.where(size > 0.0, size, 1.0), p - 1.0) if p < 1.0 else p * np.power(size, p - 1.0)
    return np.asarray(np.sign(residual) * slope)


LOSS = Loss(
    name="lp",
    family="regression",
    value=value,
    gradient=gradient,
    label=REAL,
    prediction=REAL,
    parameters={"p": Parameter(1.5, POSITIVE, "the power of the absolute residual")},
    convex=lambda parameters: float(parameters["p"] or 0.0) >= 1.0,
    steep=lambda parameters: float(parameters["p"] or 0.0) < 1.0,
    summary="the absolute residual to the power of p",
    formula="|r|ᵖ,  r = ŷ − y",
    gradient_formula="p |r|ᵖ⁻¹ sign(r)",
    kink="at r = 0 where p ≤ 1; 0 is returned; the second derivative is infinite there for p < 2, p ≠ 1",
    use="regression between mae (p = 1) and mse (p = 2): 1 < p < 2 tames outliers without a scale to choose; "
    "p > 2 looks at the worst errors",
    avoid="for fitting with p < 1: it is not convex, and pulls predictions onto single labels",
    pitfalls=(
        "it is the p-th power, not the norm: take the p-th root of the cost for units of the label",
        "costs with different p are in different units and cannot be compared",
    ),
    conventions=(
        Convention("scipy.spatial.distance.minkowski", "the p-th root of the sum"),
        Convention("torch.nn.functional.pairwise_distance", "the p-th root, and 1e-6 is added to residuals"),
    ),
    elsewhere=called("CatBoost Lq", renamed={"q": "p"}),
    examples=(
        Example(label=0.0, prediction=-4.0, loss=8.0),
        Example(label=1.0, prediction=3.0, loss=8.0, parameters={"p": 3.0}),
        Example(label=0.0, prediction=0.25, loss=0.5, parameters={"p": 0.5}),
    ),
    references=(
        Reference("Rice and White, Norms for Smoothing and Estimation, 1964", doi="10.1137/1006061"),
    ),
)
