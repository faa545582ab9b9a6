"""Continuous ranked probability score of a normal prediction: absolute error for whole distributions."""

import math

import numpy as np

from losscli.loss import Array, Convention, Example, Layout, Loss, Reference, Value
from losscli.loss.domain import POSITIVE, REAL, Fields
from losscli.loss.numeric import erf

TWICE_DENSITY = math.sqrt(2.0 / math.pi)
SPREAD = 1.0 / math.sqrt(math.pi)
"""How far apart two draws of a standard normal law are on average, halved."""


def density(label: Array, prediction: Array) -> Array:
    """Return 2 φ(z), φ the standard normal density, z = (y − μ)/σ."""
    z = (prediction[:, 0] - label) / prediction[:, 1]
    return TWICE_DENSITY * np.exp(-0.5 * np.square(z))


def central(label: Array, prediction: Array) -> Array:
    """Return 2 Φ(z) − 1 of |z|: the probability of being nearer to the mean than the label is."""
    z = (prediction[:, 0] - label) / prediction[:, 1]
    return erf(math.sqrt(0.5) * z)


def value(label: Array, prediction: Array) -> Array:
    # |r| (2Φ − 1) is σ z (2Φ − 1), which would overflow with z.
    residual, std = prediction[:, 0] - label, prediction[:, 1]
    return residual * central(label, prediction) + std * (density(label, prediction) - SPREAD)


def gradient(label: Array, prediction: Array) -> Array:
    return np.stack([central(label, prediction), density(label, prediction) - SPREAD], axis=1)


def error(label: Array, prediction: Array, **_: Value) -> Array:
    return prediction[:, 0] - label


def perfect(label: Array, prediction: Array, **_: Value) -> Array:
    # There is no best std at a residual of 0: the smaller, the better.
    return np.stack([label, prediction[:, 1]], axis=1)


LOSS = Loss(
    name="gaussian_crps",
    family="regression",
    value=value,
    gradient=gradient,
    error=error,
    perfect=perfect,
    zero_at_perfect=False,
    label=REAL,
    prediction=Fields((("prediction", REAL), ("std", POSITIVE))),
    layout=Layout.NAMED,
    summary="how far a normal law with the predicted mean and standard deviation is from what happened",
    formula="σ (z (2Φ(z) − 1) + 2φ(z) − 1/√π),  z = (y − ŷ)/σ,  σ = std",
    gradient_formula="by the mean 1 − 2Φ(z);  by σ 2φ(z) − 1/√π",
    use="predictions that say how sure they are, in the unit of the label: it is mae where std goes to 0, "
    "and outliers cost no more than there",
    avoid="where rare large errors should weigh much (see gaussian_nll), or the noise is far from normal",
    pitfalls=(
        "the column is the standard deviation, not the variance",
        "it is in the unit of the label: figures of two data sets do not compare",
        "a std of 0 is outside of its domain: score such predictions with mae",
    ),
    conventions=(
        Convention("properscoring crps_gaussian, R scoringRules crps_norm", "the same", "1"),
        Convention("papers where larger is better", "with its sign turned", "−1"),
        Convention("mae", "the limit where std goes to 0"),
    ),
    examples=(
        Example(
            label=0.0,
            prediction=(0.0, 1.0),
            loss=0.23369497725510907,
            note="√(2/π) − 1/√π = (√2 − 1)/√π",
        ),
        Example(label=1.0, prediction=(0.0, 1.0), loss=0.6024413576276163),
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
