"""Tweedie deviance: one family from squared error over Poisson to gamma, and beyond."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from losscli.loss import Array, Convention, Example, Loss, Parameter, Reference, Value, called, number
from losscli.loss.domain import NON_NEGATIVE, POSITIVE, REAL, Domain, Numbers
from losscli.loss.formulas.deviance import JORGENSEN, half_gamma, half_poisson, half_tweedie


class Power(Numbers):
    """The powers for which there is a distribution: between 0 and 1 there is none."""

    __slots__ = ()

    def _describe(self) -> str:
        return "a number ≤ 0 or ≥ 1"

    def __contains__(self, value: float) -> bool:
        return math.isfinite(value) and not 0.0 < value < 1.0

    def _outside(self, values: Array) -> Array:
        return ~(np.isfinite(values) & ((values <= 0.0) | (values >= 1.0)))

    def _sample(self, random: np.random.Generator, rows: int, classes: int) -> Array:
        del classes
        usual = np.concatenate([random.uniform(-3.0, 0.0, 2), random.uniform(1.0, 4.0, 4), [0.0, 1.0, 2.0]])
        return random.choice(usual, rows)


def value(label: Array, prediction: Array, *, power: float) -> Array:
    if power == 0.0:
        return np.square(prediction - label)
    if power == 1.0:
        return 2.0 * half_poisson(label, prediction)
    if power == 2.0:
        return 2.0 * half_gamma(label, prediction)
    return 2.0 * half_tweedie(label, prediction, power)


def gradient(label: Array, prediction: Array, *, power: float) -> Array:
    gap = prediction - label
    if power == 0.0:
        return 2.0 * gap
    if power == 1.0:
        return 2.0 * (gap / prediction)
    # In two steps: the power of a small prediction may overflow where the product does not.
    root = np.power(prediction, -0.5 * power)
    return np.where(gap == 0.0, 0.0, 2.0 * (gap * root * root))


def label_domain(parameters: Mapping[str, Value]) -> Domain:
    power = number(parameters, "power")
    if power <= 0.0:
        return REAL
    return NON_NEGATIVE if power < 2.0 else POSITIVE


def prediction_domain(parameters: Mapping[str, Value]) -> Domain:
    return REAL if parameters["power"] == 0.0 else POSITIVE


def convex(parameters: Mapping[str, Value]) -> bool:
    return parameters["power"] in (0.0, 1.0)


LOSS = Loss(
    name="tweedie_deviance",
    family="regression",
    value=value,
    gradient=gradient,
    convex=convex,
    label=label_domain,
    prediction=prediction_domain,
    parameters={"power": Parameter(1.5, Power(), "the power of the mean with which the variance grows")},
    summary="the deviance of a distribution whose variance grows as a power of its mean",
    formula="2 (max(y, 0)²⁻ᵖ/((1 − p)(2 − p)) − y ŷ¹⁻ᵖ/(1 − p) + ŷ²⁻ᵖ/(2 − p)),  p = power;  "
    "(y − ŷ)² for p = 0, poisson_deviance for p = 1, gamma_deviance for p = 2",
    gradient_formula="2 (ŷ − y) ŷ⁻ᵖ",
    use="amounts that are often 0 and else positive (1 < p < 2): claim costs over all policies, rainfall; "
    "the prediction that minimises it is the mean",
    avoid="without a reason for a power: costs with different powers cannot be compared",
    pitfalls=(
        "labels may be 0 only for p < 2, negative only for p ≤ 0; predictions have to be > 0 unless p = 0",
        "except for p = 0 and p = 1 it is not convex in the prediction",
        "it has a unit: the label's to the power of 2 − p",
    ),
    conventions=(
        Convention(
            "scikit-learn HalfTweedieLoss, LightGBM tweedie",
            "half of it, without the term of y alone",
            "",
            (
                "sklearn.HalfTweedieLoss",
                "LightGBM tweedie",
                "CatBoost Tweedie",
                "XGBoost reg:tweedie",
                "XGBoost tweedie-nloglik",
            ),
        ),
    ),
    elsewhere=called("sklearn.metrics.mean_tweedie_deviance", power=0.0),
    examples=(
        Example(label=4.0, prediction=1.0, loss=4.0, note="2 (−8 + 8 + 2)"),
        Example(label=0.0, prediction=4.0, loss=8.0, note="2 · √4 / ½"),
        Example(label=1.0, prediction=3.0, loss=4.0, parameters={"power": 0.0}),
        Example(label=0.0, prediction=2.0, loss=4.0, parameters={"power": 1.0}),
        Example(label=2.0, prediction=1.0, loss=0.5, parameters={"power": 3.0}, note="(y − ŷ)²/(y ŷ²)"),
    ),
    references=(
        Reference("Tweedie, An index which distinguishes between some important exponential families, 1984"),
        JORGENSEN,
        Reference(
            "Dunn and Smyth, Series evaluation of Tweedie exponential dispersion model densities, 2005",
            doi="10.1007/s11222-005-4070-y",
        ),
    ),
)
