"""Poisson negative log-likelihood: minus the log of the probability given to a count."""

from collections.abc import Mapping

import numpy as np

from losscli.loss import Array, Constraint, Example, Loss, Parameter, Reference, Value, called
from losscli.loss.domain import BOOLEAN, NON_NEGATIVE, REAL, Domain
from losscli.loss.formulas.deviance import (
    NELDER_AND_WEDDERBURN,
    half_poisson,
    half_poisson_of_log,
    poisson_at_label,
)

FAR = 700.0
"""Beyond this e^ŷ comes near to overflow."""


def value(label: Array, prediction: Array, *, full: bool, log_input: bool) -> Array:
    if full:
        # The likelihood's terms cancel for large counts; those of the deviance do not.
        half = half_poisson_of_log if log_input else half_poisson
        return half(label, prediction) + poisson_at_label(label)
    if not log_input:
        return prediction - np.where(label == 0.0, 0.0, label * np.log(prediction))
    loss = np.exp(prediction) - label * prediction
    far = np.flatnonzero(prediction > FAR)
    z = prediction[far]
    loss[far] = z * (np.exp(z - np.log(z)) - label[far])
    return loss


def gradient(label: Array, prediction: Array, *, full: bool, log_input: bool) -> Array:
    if log_input:
        return np.exp(prediction) - label
    return np.where(label == 0.0, 1.0, (prediction - label) / prediction)


def error(label: Array, prediction: Array, *, log_input: bool, **_: Value) -> Array:
    return (np.exp(prediction) if log_input else prediction) - label


def perfect(label: Array, prediction: Array, *, log_input: bool, **_: Value) -> Array:
    return np.log(label) if log_input else label


def impossible(label: Array, prediction: Array, *, log_input: bool, **_: Value) -> Array:
    if log_input:
        return np.zeros(label.shape, dtype=np.bool_)
    return (prediction == 0.0) & (label > 0.0)


def prediction_domain(parameters: Mapping[str, Value]) -> Domain:
    return REAL if parameters["log_input"] else NON_NEGATIVE


def is_full(parameters: Mapping[str, Value]) -> bool:
    return bool(parameters["full"])


def of_mean(parameters: Mapping[str, Value]) -> bool:
    return not parameters["log_input"]


LOSS = Loss(
    name="poisson_nll",
    family="regression",
    value=value,
    gradient=gradient,
    error=error,
    perfect=perfect,
    non_negative=is_full,
    zero_at_perfect=False,
    steep=of_mean,
    label=NON_NEGATIVE,
    prediction=prediction_domain,
    constraint=Constraint("a mean > 0, or 0 where the label is 0", impossible),
    parameters={
        "full": Parameter(False, BOOLEAN, "add log y!, which depends on the label alone"),
        "log_input": Parameter(False, BOOLEAN, "predictions are logs of the mean"),
    },
    summary="minus the log of the probability that a Poisson distribution with the predicted mean gives to a "
    "count",
    formula="ŷ − y log ŷ;  for log-means e^ŷ − y ŷ;  full: + log y!",
    gradient_formula="1 − y/ŷ;  for log-means e^ŷ − y",
    use="training on counts, and comparing models of the same counts; full=true makes it a likelihood, which "
    "also compares different distributions",
    avoid="as a figure to quote: without full it may be negative and has no natural 0 (see poisson_deviance)",
    pitfalls=(
        "log_input is false here and true by default in PyTorch: the results differ, without an error",
        "it is poisson_deviance/2 up to terms of the label: models rank the same, but ratios of costs differ",
        "labels need not be integers; full then uses the gamma function, log Γ(y + 1)",
    ),
    elsewhere=(
        *called(
            "torch.nn.PoissonNLLLoss",
            "sklearn.HalfPoissonLoss",
            "LightGBM poisson",
            "CatBoost Poisson",
            log_input=True,
        ),
        *called("keras.losses.Poisson", "keras.losses.poisson"),
        *called("XGBoost count:poisson", "XGBoost poisson-nloglik", full=True),
    ),
    examples=(
        Example(label=0.0, prediction=0.0, loss=0.0),
        Example(label=3.0, prediction=1.0, loss=1.0),
        Example(label=2.0, prediction=2.0, loss=0.6137056388801094, note="2 − 2 log 2"),
        Example(
            label=2.0,
            prediction=2.0,
            loss=1.3068528194400546,
            parameters={"full": True},
            note="2 − 2 log 2 + log 2",
        ),
        Example(label=3.0, prediction=0.0, loss=1.0, parameters={"log_input": True}),
    ),
    references=(
        NELDER_AND_WEDDERBURN,
        Reference("Loader, Fast and Accurate Computation of Binomial Probabilities, 2000"),
    ),
    remedies={"prediction": "If these are logs of the mean: --loss poisson_nll:log_input=true"},
)
