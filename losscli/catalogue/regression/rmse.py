"""Root mean squared error: the square root of the mean of the squared residuals."""

import numpy as np

from losscli.loss import REAL, Array, Convention, Example, called
from losscli.loss.formulas.root import RootLoss
from losscli.loss.references import HYNDMAN_AND_KOEHLER


def value(label: Array, prediction: Array) -> Array:
    return np.square(prediction - label)


def gradient(label: Array, prediction: Array) -> Array:
    return 2.0 * (prediction - label)


LOSS = RootLoss(
    name="rmse",
    value=value,
    gradient=gradient,
    label=REAL,
    prediction=REAL,
    summary="the square of the residual; the cost is the root of the mean",
    formula="r²,  r = ŷ − y",
    gradient_formula="2r",
    use="like mse, where the figure should be in units of the label",
    avoid="with outliers or heavy tails, like mse; and to average the costs of parts: the mean of two roots "
    "is not the root of the mean",
    pitfalls=(
        "the losses of single samples are r², not |r|: only the cost is a root",
        "with several outputs it is the root of the pooled mean, not the mean of the roots",
    ),
    conventions=(
        Convention(
            "normalised RMSE of some papers", "divided by the range, the mean or the std of the label"
        ),
    ),
    elsewhere=called(
        "sklearn.metrics.root_mean_squared_error",
        "keras.metrics.RootMeanSquaredError",
        "literature root_mean_square_error",
        "literature rmsd",
    ),
    examples=(
        Example(label=2.0, prediction=5.0, loss=9.0),
        Example(label=0.5, prediction=-1.0, loss=2.25),
    ),
    references=(HYNDMAN_AND_KOEHLER,),
)
