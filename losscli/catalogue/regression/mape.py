"""Mean absolute percentage error: the absolute residual as a fraction of the label."""

import numpy as np

from losscli.loss import CLIP, REAL, Array, Convention, Example, Loss, Parameter, Reference, called
from losscli.loss.numeric import EPS
from losscli.loss.references import HYNDMAN_AND_KOEHLER


def value(label: Array, prediction: Array, *, eps: float) -> Array:
    return np.asarray(np.abs(prediction - label) / np.maximum(np.abs(label), eps))


def gradient(label: Array, prediction: Array, *, eps: float) -> Array:
    return np.asarray(np.sign(prediction - label) / np.maximum(np.abs(label), eps))


def clipped(label: Array, prediction: Array, *, eps: float) -> Array:
    return np.asarray((np.abs(label) < eps) & (prediction != label))


LOSS = Loss(
    name="mape",
    family="regression",
    value=value,
    gradient=gradient,
    clipped=clipped,
    label=REAL,
    prediction=REAL,
    parameters={
        "eps": Parameter(
            EPS, CLIP.domain, "the smallest denominator: a label whose size is below this counts as this"
        )
    },
    summary="the absolute residual as a fraction of the absolute label",
    formula="|r|/max(|y|, ε),  r = ŷ − y",
    gradient_formula="sign(r)/max(|y|, ε)",
    kink="at r = 0; the subgradient 0 is returned",
    use="positive labels far from 0, where being off by 10 % is as bad for a small label as for a large one",
    avoid="where labels can be 0 or close to it: a single one decides the cost (see smape, msle, mae); and "
    "for choosing models: it favours those that predict too low",
    pitfalls=(
        "a fraction, not per cent: 0.1 is 10 %",
        "a label of 0 costs |r|/ε, about 1e15 times the residual: such rows are counted as clipped",
        "it favours low predictions: of positive numbers, too low costs 1 at most, too high has no limit",
    ),
    conventions=(
        Convention(
            "keras.losses.MeanAbsolutePercentageError",
            "per cent; eps=1e-7",
            "100",
            ("keras.losses.MeanAbsolutePercentageError", "keras.losses.mape"),
        ),
        Convention(
            "LightGBM mape, CatBoost MAPE",
            "divided by max(1, |y|): a different loss for |y| < 1",
            "",
            ("LightGBM mape", "CatBoost MAPE"),
        ),
    ),
    elsewhere=called(
        "sklearn.metrics.mean_absolute_percentage_error", "torchmetrics.MeanAbsolutePercentageError"
    ),
    examples=(
        Example(label=4.0, prediction=5.0, loss=0.25),
        Example(label=-4.0, prediction=2.0, loss=1.5),
        Example(label=0.0, prediction=1.0, loss=4503599627370496.0, note="1/eps = 2⁵²"),
        Example(label=0.125, prediction=0.375, loss=1.0, parameters={"eps": 0.25}),
    ),
    references=(
        Reference(
            "de Myttenaere et al., Mean Absolute Percentage Error for regression models, 2016",
            doi="10.1016/j.neucom.2015.12.114",
        ),
        HYNDMAN_AND_KOEHLER,
    ),
)
