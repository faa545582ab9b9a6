"""Root mean squared logarithmic error: the root of the mean squared difference of logs."""

import math

import numpy as np

from losscli.loss import Array, Convention, Example, Interval, Loss, Reference
from losscli.loss.numeric import log1p_distance

ABOVE_MINUS_1 = Interval(low=-1.0, low_open=True)


def value(label: Array, prediction: Array) -> Array:
    return np.square(log1p_distance(label, prediction))


def gradient(label: Array, prediction: Array) -> Array:
    distance = np.sign(prediction - label) * log1p_distance(label, prediction)
    return np.asarray(2.0 * distance / (1.0 + prediction))


def finish_derivative(mean: float) -> float:
    # At a mean of 0 every prediction is right, and 0 is a subgradient of the cost.
    return 0.5 / math.sqrt(mean) if mean > 0.0 else 0.0


LOSS = Loss(
    name="rmsle",
    family="regression",
    value=value,
    gradient=gradient,
    finish=math.sqrt,
    finish_derivative=finish_derivative,
    finish_formula="√(mean)",
    label=ABOVE_MINUS_1,
    prediction=ABOVE_MINUS_1,
    convex=False,
    summary="the squared difference of log(1 + prediction) and log(1 + label); the cost is the root",
    formula="(log(1 + ŷ) − log(1 + y))²",
    gradient_formula="2(log(1 + ŷ) − log(1 + y))/(1 + ŷ)",
    use="as msle, where the figure should read as a relative error: 0.1 is off by about 10 % either way",
    avoid="as msle; and where costs of parts are to be averaged: the mean of two roots is not the root of "
    "the mean",
    pitfalls=(
        "the losses of single samples are squares: only the cost is a root",
        "too low costs more than too high by as much, as in msle",
        "it is rmse of log(1 + y): a model of those logs, trained with mse, minimises it",
    ),
    conventions=(
        Convention(
            "scikit-learn root_mean_squared_log_error",
            "the same for one output; for several, the mean of each output's root",
        ),
        Convention("XGBoost eval_metric rmsle, Kaggle RMSLE", "the same", "1"),
    ),
    examples=(
        Example(label=0.0, prediction=1.718281828459045, loss=1.0, note="1 + ŷ = e"),
        Example(label=3.0, prediction=1.0, loss=0.4804530139182014, note="(log 2)², a cost of log 2"),
    ),
    references=(
        Reference(
            "Tofallis, A better measure of relative prediction accuracy for model selection and model "
            "estimation, 2015",
            doi="10.1057/jors.2014.103",
        ),
    ),
    remedies={
        "label": "Labels of −1 and less have no log(1 + y): leave them out, or see rmse, huber",
        "prediction": "Predictions of −1 and less have no log(1 + ŷ): clip them yourself, or see rmse, huber",
    },
)
