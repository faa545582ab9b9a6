"""Continuous ranked probability score of a normal prediction: absolute error for whole distributions."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from losscli.loss import SPREAD, Array, Convention, Example, Layout, Loss, Reference, Value, called
from losscli.loss.domain import POSITIVE, REAL, Domain, Fields
from losscli.loss.numeric import erf

TWICE_DENSITY = math.sqrt(2.0 / math.pi)
APART = 1.0 / math.sqrt(math.pi)
"""How far apart two draws of a standard normal distribution are on average, halved."""


def residual_and_std(label: Array, prediction: Array, spread: str) -> tuple[Array, Array]:
    width = prediction[:, 1]
    return prediction[:, 0] - label, np.sqrt(width) if spread == "variance" else width


def by_std(z: Array) -> Array:
    """Return 2 φ(z) − 1/√π, φ the standard normal density."""
    return TWICE_DENSITY * np.exp(-0.5 * np.square(z)) - APART


def central(z: Array) -> Array:
    """Return 2 Φ(z) − 1; of |z| it is the probability of being nearer to the mean than the label is."""
    return erf(math.sqrt(0.5) * z)


def value(label: Array, prediction: Array, *, spread: str) -> Array:
    residual, std = residual_and_std(label, prediction, spread)
    z = residual / std
    # |r| (2Φ − 1) is σ z (2Φ − 1), which would overflow with z.
    return residual * central(z) + std * by_std(z)


def gradient(label: Array, prediction: Array, *, spread: str) -> Array:
    residual, std = residual_and_std(label, prediction, spread)
    z = residual / std
    slope = by_std(z)
    return np.stack([central(z), slope / (2.0 * std) if spread == "variance" else slope], axis=1)


def error(label: Array, prediction: Array, **_: Value) -> Array:
    return prediction[:, 0] - label


def prediction_domain(parameters: Mapping[str, Value]) -> Domain:
    return Fields((("prediction", REAL), (str(parameters["spread"]), POSITIVE)))


def perfect(label: Array, prediction: Array, **_: Value) -> Array:
    # There is no best std at a residual of 0: the smaller, the better.
    return np.stack([label, prediction[:, 1]], axis=1)


def is_convex(parameters: Mapping[str, Value]) -> bool:
    return parameters["spread"] == "std"


LOSS = Loss(
    name="gaussian_crps",
    family="regression",
    value=value,
    gradient=gradient,
    error=error,
    perfect=perfect,
    zero_at_perfect=False,
    convex=is_convex,
    label=REAL,
    prediction=prediction_domain,
    columns=("prediction", "std"),
    layout=Layout.NAMED,
    parameters={"spread": replace(SPREAD, default="std")},
    summary="how far a normal distribution with the predicted mean and standard deviation is from the label",
    formula="σ (z (2Φ(z) − 1) + 2φ(z) − 1/√π),  z = (y − ŷ)/σ,  σ = std, or √variance",
    gradient_formula="by the mean 1 − 2Φ(z);  by σ 2φ(z) − 1/√π;  by the variance (2φ(z) − 1/√π)/(2σ)",
    use="predictions with an uncertainty, scored in the unit of the label: it approaches mae as std goes to "
    "0, and outliers cost no more than in mae",
    avoid="where rare large errors should weigh heavily (see gaussian_nll), or the noise is far from normal",
    pitfalls=(
        "a column whose name does not say is taken as a standard deviation, not a variance: see spread",
        "it is in the unit of the label: costs on two data sets cannot be compared",
        "a std of 0 is outside its domain: score such predictions with mae",
    ),
    conventions=(
        Convention("papers where larger is better", "with the opposite sign", "−1"),
        Convention("mae", "the limit where std goes to 0"),
    ),
    elsewhere=called(
        "literature crps",
        "properscoring crps_gaussian",
        "R crps_norm",
        "literature continuous_ranked_probability_score",
    ),
    examples=(
        Example(
            label=0.0,
            prediction=(0.0, 1.0),
            loss=0.23369497725510907,
            note="√(2/π) − 1/√π = (√2 − 1)/√π",
        ),
        Example(label=1.0, prediction=(0.0, 1.0), loss=0.6024413576276163),
        Example(
            label=2.0,
            prediction=(0.0, 4.0),
            loss=1.2048827152552326,
            parameters={"spread": "variance"},
            note="twice that of 1 and a std of 1",
        ),
        Example(label=0.0, prediction=(1000.0, 1.0), loss=999.4358104164522, note="1000 − 1/√π"),
    ),
    references=(
        Reference(
            "Matheson and Winkler, Scoring Rules for Continuous Probability Distributions, 1976",
            doi="10.1287/mnsc.22.10.1087",
        ),
        Reference(
            "Gneiting et al., Calibrated Probabilistic Forecasting Using Ensemble Model Output Statistics "
            "and Minimum CRPS Estimation, 2005",
            doi="10.1175/MWR2904.1",
        ),
    ),
)
