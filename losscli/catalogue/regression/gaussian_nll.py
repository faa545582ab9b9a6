"""Gaussian negative log-likelihood: of a mean and a variance predicted together."""

import math
from collections.abc import Mapping

import numpy as np

from losscli.loss import SPREAD, Array, Convention, Example, Layout, Loss, Parameter, Reference, Value, called
from losscli.loss.domain import BOOLEAN, POSITIVE, REAL, Domain, Fields

HALF_LOG_2_PI = 0.5 * math.log(2.0 * math.pi)


def value(label: Array, prediction: Array, *, full: bool, spread: str) -> Array:
    residual, width = prediction[:, 0] - label, prediction[:, 1]
    # In this order r² cannot overflow where r²/v does not, nor σ² at all.
    loss = residual / width
    if spread == "std":
        loss *= 0.5 * loss
        loss += np.log(width)
    else:
        loss *= 0.5 * residual
        far = np.isinf(loss)
        if far.any():
            # Beside a variance this small r/v overflows where r²/v may not.
            z = residual[far] / np.sqrt(width[far])
            loss[far] = 0.5 * z * z
        loss += 0.5 * np.log(width)
    return loss + HALF_LOG_2_PI if full else loss


def gradient(label: Array, prediction: Array, *, full: bool, spread: str) -> Array:
    residual, width = prediction[:, 0] - label, prediction[:, 1]
    pull = residual / width
    if spread == "std":
        return np.stack([pull / width, (1.0 - pull * pull) / width], axis=1)
    return np.stack([pull, 0.5 * (1.0 - residual * pull) / width], axis=1)


def error(label: Array, prediction: Array, **_: Value) -> Array:
    return prediction[:, 0] - label


def prediction_domain(parameters: Mapping[str, Value]) -> Domain:
    return Fields((("prediction", REAL), (str(parameters["spread"]), POSITIVE)))


def perfect(label: Array, prediction: Array, **_: Value) -> Array:
    # There is no best variance at a residual of 0: the smaller, the better.
    return np.stack([label, prediction[:, 1]], axis=1)


LOSS = Loss(
    name="gaussian_nll",
    family="regression",
    value=value,
    gradient=gradient,
    error=error,
    perfect=perfect,
    non_negative=False,
    zero_at_perfect=False,
    convex=False,
    label=REAL,
    prediction=prediction_domain,
    columns=("prediction", "variance"),
    layout=Layout.NAMED,
    parameters={"full": Parameter(False, BOOLEAN, "add the constant log(2π)/2"), "spread": SPREAD},
    summary="minus the log of the density at the label of a normal distribution with the predicted mean and "
    "variance",
    formula="(log v + r²/v)/2,  r = ŷ − y,  v = variance, or std²;  full: + log(2π)/2",
    gradient_formula="by the mean r/v;  by the variance (1 − r²/v)/(2v);  by std σ (1 − r²/σ²)/σ",
    use="predictions with an uncertainty, where the noise is roughly normal and sharpness should be rewarded",
    avoid="with outliers or variances near 0: one overconfident row can dominate the mean (see "
    "gaussian_crps)",
    pitfalls=(
        "a column whose name does not say is taken as a variance, not as a std or a log: see spread",
        "variances are not clipped: libraries clamp them at 1e-6, which hides overconfidence",
        "it may be negative, and changes with the unit of the label: only differences are meaningful",
    ),
    conventions=(
        Convention(
            "scipy.stats.norm.logpdf, TensorFlow Probability log_prob",
            "full=true, with the opposite sign",
            "−1",
        ),
        Convention("logarithmic score of weather and econometrics", "full=true", "1"),
    ),
    elsewhere=called("torch.nn.GaussianNLLLoss"),
    examples=(
        Example(label=0.0, prediction=(2.0, 1.0), loss=2.0),
        Example(label=1.0, prediction=(1.0, 1.0), loss=0.0),
        Example(label=0.0, prediction=(2.0, 4.0), loss=1.1931471805599454, note="(log 4 + 1)/2"),
        Example(
            label=0.0,
            prediction=(0.0, 1.0),
            loss=0.9189385332046727,
            parameters={"full": True},
            note="log(2π)/2",
        ),
        Example(
            label=0.0,
            prediction=(2.0, 2.0),
            loss=1.1931471805599454,
            parameters={"spread": "std"},
            note="log 2 + ½: a variance of 4",
        ),
    ),
    references=(
        Reference(
            "Nix and Weigend, Estimating the mean and variance of the target probability distribution, 1994",
            doi="10.1109/ICNN.1994.374138",
        ),
        Reference(
            "Gneiting and Raftery, Strictly Proper Scoring Rules, Prediction, and Estimation, 2007",
            doi="10.1198/016214506000001437",
        ),
    ),
)
