"""Symmetric mean absolute percentage error: the residual over the mean size of label and prediction."""

import numpy as np

from losscli.loss import REAL, Array, Convention, Example, Loss, Reference, called


def value(label: Array, prediction: Array) -> Array:
    total = np.abs(label) + np.abs(prediction)
    loss = np.abs(prediction - label)
    loss /= total
    loss *= 2.0
    rare = ~((total > 0.0) & (total < np.inf))
    if rare.any():
        # Both are 0, or their sum overflows; a quarter of two huge numbers is exact.
        label, prediction = 0.25 * label[rare], 0.25 * prediction[rare]
        total = np.abs(label) + np.abs(prediction)
        loss[rare] = np.where(total > 0.0, np.abs(prediction - label) / total * 2.0, 0.0)
    return np.asarray(loss)


def gradient(label: Array, prediction: Array) -> Array:
    known, size = np.abs(label), np.abs(prediction)
    # |y|/(|y| + |ŷ|)², with both divided by the larger of them: no sum or square overflows.
    large = np.maximum(known, size)
    slope = 4.0 * (known / large) / np.square(1.0 + np.minimum(known, size) / large) / large
    slope *= np.sign(prediction - label)
    slope *= np.maximum(np.sign(label) * np.sign(prediction), 0.0)
    # Beside labels of 1e-308 it overflows, and ∞ · 0 is no number, nor is 0/0.
    undefined = np.isnan(slope)
    if undefined.any():
        slope[undefined] = 0.0
    return np.asarray(slope)


LOSS = Loss(
    name="smape",
    family="regression",
    value=value,
    gradient=gradient,
    label=REAL,
    prediction=REAL,
    convex=False,
    steep=True,
    bounds=(0.0, 2.0),
    summary="the absolute residual as a fraction of the mean size of prediction and label",
    formula="2|r|/(|y| + |ŷ|), 0 where both are 0,  r = ŷ − y",
    gradient_formula="4|y| sign(r)/(|y| + |ŷ|)² where y and ŷ have the same sign, else 0",
    kink="at r = 0, and at ŷ = 0; 0 is returned at both",
    use="forecasts of series on different scales, compared with published figures of forecasting "
    "competitions",
    avoid="with labels of 0 (any other prediction costs 2, near or far), with labels of both signs, and for "
    "training: its gradient is 0 wherever the sign is wrong",
    pitfalls=(
        "0 to 2, not per cent: competitions report up to 200 %, others halve it",
        "not symmetric after all: for y = 100, 90 costs 0.105 and 110 costs 0.095",
        "0/0 is 0 here; other tools leave such rows out, which changes the mean",
    ),
    conventions=(
        Convention("M3 and M4 competitions, Makridakis 1993", "per cent, 0 to 200", "100"),
        Convention("Kaggle and others without the 2", "0 to 1", "1/2"),
        Convention(
            "GluonTS smape, pmdarima smape", "the same, and the same times 100; 0/0 is NaN in GluonTS"
        ),
    ),
    elsewhere=called("torchmetrics.SymmetricMeanAbsolutePercentageError"),
    examples=(
        Example(label=3.0, prediction=5.0, loss=0.5),
        Example(label=-1.0, prediction=7.0, loss=2.0, note="signs differ"),
        Example(label=0.0, prediction=1e-300, loss=2.0),
        Example(label=0.0, prediction=0.0, loss=0.0),
    ),
    references=(
        Reference(
            "Makridakis, Accuracy measures: theoretical and practical concerns, 1993",
            doi="10.1016/0169-2070(93)90079-3",
        ),
        Reference(
            "Goodwin and Lawton, On the asymmetry of the symmetric MAPE, 1999",
            doi="10.1016/S0169-2070(99)00007-2",
        ),
    ),
)
