"""Mean absolute error: the absolute residual."""

import numpy as np

from losscli.loss import REAL, Array, Convention, Example, Loss, Reference, called


def value(label: Array, prediction: Array) -> Array:
    return np.abs(prediction - label)


def gradient(label: Array, prediction: Array) -> Array:
    return np.sign(prediction - label)


LOSS = Loss(
    name="mae",
    family="regression",
    value=value,
    gradient=gradient,
    label=REAL,
    prediction=REAL,
    summary="the absolute residual",
    formula="|r|,  r = ŷ − y",
    gradient_formula="sign(r)",
    kink="at r = 0; the subgradient 0 is returned",
    use="regression where an error of 10 is ten times as bad as an error of 1, and outliers should not "
    "dominate; the prediction that minimises it is the median",
    avoid="where the mean is wanted, as for sums and totals; and for labels that are mostly 0, whose "
    "median is 0",
    pitfalls=("its gradient does not shrink near the optimum: lower the learning rate (or see huber)",),
    conventions=(
        Convention(
            "scikit-learn median_absolute_error", "the median of the absolute residuals, not their mean"
        ),
    ),
    elsewhere=called(
        "torch.nn.L1Loss",
        "sklearn.metrics.mean_absolute_error",
        "keras.losses.MeanAbsoluteError",
        "XGBoost reg:absoluteerror",
        "LightGBM regression_l1",
        "literature absolute_error",
    ),
    examples=(
        Example(label=2.0, prediction=5.0, loss=3.0),
        Example(label=0.5, prediction=-1.0, loss=1.5),
    ),
    references=(
        Reference(
            "Willmott and Matsuura, Advantages of the mean absolute error (MAE) over the root mean "
            "square error (RMSE), 2005",
            doi="10.3354/cr030079",
        ),
        Reference("Gneiting, Making and Evaluating Point Forecasts, 2011", doi="10.1198/jasa.2011.r10138"),
    ),
    aliases=("l1",),
)
