"""Expectile loss: the squared error, with a different weight on each side."""

import numpy as np

from losscli.loss import REAL, Array, Convention, Example, Interval, Loss, Parameter, Reference, called


def weights(residual: Array, q: float) -> Array:
    # |q − [ŷ > y]|, to the bit what choosing between q and 1 − q gives, without a branch a row.
    weight = q - (residual > 0.0)
    return np.abs(weight, out=weight)


def value(label: Array, prediction: Array, *, q: float) -> Array:
    residual = prediction - label
    loss = weights(residual, q)
    loss *= residual
    loss *= residual
    # A side of weight 0 costs nothing, however far off: 0 · ∞ is no number.
    return np.fmax(loss, 0.0) if q in (0.0, 1.0) else loss


def gradient(label: Array, prediction: Array, *, q: float) -> Array:
    residual = prediction - label
    slope = 2.0 * weights(residual, q) * residual
    return np.nan_to_num(slope, nan=0.0, posinf=np.inf, neginf=-np.inf) if q in (0.0, 1.0) else slope


LOSS = Loss(
    name="expectile",
    family="regression",
    value=value,
    gradient=gradient,
    label=REAL,
    prediction=REAL,
    parameters={"q": Parameter(0.5, Interval(0.0, 1.0), "which expectile of the label is predicted")},
    summary="the square of the residual, times q where the prediction is too low and 1 − q where it is too "
    "high",
    formula="|q − [y < ŷ]| r²,  r = ŷ − y",
    gradient_formula="2q r if ŷ ≤ y else 2(1 − q) r",
    kink="none; the second derivative jumps at ŷ = y",
    use="regression where predicting too low and too high cost differently and large errors are much worse "
    "than small ones; the prediction that minimises it is the expectile, as the mean is at q = 0.5",
    avoid="where the share of labels below the prediction is what counts (see quantile); and with outliers, "
    "like mse",
    pitfalls=(
        "q weighs labels above the prediction, as in quantile: q = 0.9 punishes predictions that are too low",
        "q = 0.5 is mse/2, not mse",
        "the 0.9 expectile is not the 0.9 quantile: a different share of labels is below it",
    ),
    conventions=(
        Convention("Newey and Powell 1987, scipy.stats.expectile (alpha is q)", "the same weights", "1"),
        Convention("papers that weigh 2q and 2(1 − q)", "mse at q = 0.5", "2"),
        Convention("Vowpal Wabbit expectile", "its q weighs predictions that are too high: 1 − q here", "1"),
    ),
    elsewhere=called("CatBoost Expectile", renamed={"alpha": "q"}),
    examples=(
        Example(label=5.0, prediction=3.0, loss=2.0),
        Example(label=5.0, prediction=3.0, loss=3.0, parameters={"q": 0.75}, note="too low by 2: 0.75 · 4"),
        Example(label=3.0, prediction=5.0, loss=1.0, parameters={"q": 0.75}, note="too high by 2: 0.25 · 4"),
        Example(label=3.0, prediction=5.0, loss=0.0, parameters={"q": 1.0}),
    ),
    references=(
        Reference(
            "Newey and Powell, Asymmetric Least Squares Estimation and Testing, 1987", doi="10.2307/1911031"
        ),
        Reference("Gneiting, Making and Evaluating Point Forecasts, 2011", doi="10.1198/jasa.2011.r10138"),
    ),
)
