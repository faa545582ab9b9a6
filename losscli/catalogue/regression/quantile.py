"""Quantile loss: the absolute error, with a different weight on each side."""

import numpy as np

from losscli.loss import REAL, Array, Convention, Example, Interval, Loss, Parameter, Reference, called


def value(label: Array, prediction: Array, *, q: float) -> Array:
    low = prediction - label
    loss = (1.0 - q) * low
    low *= -q
    np.fmax(loss, low, out=loss)
    if q in (0.0, 1.0):
        # A side of weight 0 costs nothing, however far off, where 0 · ∞ was no number.
        np.fmax(loss, 0.0, out=loss)
    # Makes 0 of −0.
    loss += 0.0
    return np.asarray(loss)


def gradient(label: Array, prediction: Array, *, q: float) -> Array:
    residual = prediction - label
    return (1.0 - q) * (residual > 0.0) - q * (residual < 0.0)


LOSS = Loss(
    name="quantile",
    family="regression",
    value=value,
    gradient=gradient,
    label=REAL,
    prediction=REAL,
    parameters={"q": Parameter(0.5, Interval(0.0, 1.0), "which quantile of the label is predicted")},
    summary="the absolute residual, times q where the prediction is too low, 1 − q where it is too high",
    formula="max(q(y − ŷ), (q − 1)(y − ŷ))",
    gradient_formula="−q if ŷ < y, 1 − q if ŷ > y",
    kink="at ŷ = y; the subgradient 0 is returned",
    use="predictions of a quantile: stock that lasts on 95 of 100 days is q=0.95; the prediction that "
    "minimises it is that quantile of the label",
    avoid="for predictions of a mean; and for quantiles so extreme that hardly any label is beyond them",
    pitfalls=(
        "q weighs labels above the prediction: q = 0.9 punishes predictions that are too low",
        "q = 0.5 is mae/2, not mae",
        "with several q each has its own cost; the mean of those follows the largest",
    ),
    conventions=(
        Convention("GluonTS quantile_loss", "twice the sum: at q = 0.5 the sum of the absolute errors", "2n"),
    ),
    elsewhere=(
        *called("literature quantile_loss", "literature check_loss"),
        *called(
            "sklearn.metrics.mean_pinball_loss",
            "LightGBM quantile",
            "CatBoost Quantile",
            renamed={"alpha": "q"},
        ),
        *called("tfa.losses.PinballLoss", renamed={"tau": "q"}),
        *called("XGBoost reg:quantileerror", renamed={"quantile_alpha": "q"}),
    ),
    examples=(
        Example(label=5.0, prediction=3.0, loss=1.0),
        Example(label=5.0, prediction=3.0, loss=1.5, parameters={"q": 0.75}, note="too low by 2: 0.75 · 2"),
        Example(label=3.0, prediction=5.0, loss=0.5, parameters={"q": 0.75}, note="too high by 2: 0.25 · 2"),
        Example(label=3.0, prediction=5.0, loss=0.0, parameters={"q": 1.0}),
    ),
    references=(
        Reference("Koenker and Bassett, Regression Quantiles, 1978", doi="10.2307/1913643"),
        Reference(
            "Gneiting, Quantiles as optimal point forecasts, 2011", doi="10.1016/j.ijforecast.2009.12.015"
        ),
    ),
    aliases=("pinball",),
)
