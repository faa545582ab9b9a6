"""Deviances that keep their digits where a prediction is near its label, and their range far from it.

All functions take float64 arrays `(rows,)`: the label y and the mean μ, and return half a deviance.
Textbook forms cancel where μ is near y: there a deviance is about (y − μ)², and its terms are about y.

Jørgensen, The Theory of Dispersion Models, 1997; for forms without cancellation see Loader, Fast and
Accurate Computation of Binomial Probabilities, 2000.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from losscli.common.array import Array
from losscli.loss.declaration import Reference
from losscli.loss.numeric import in_slices, log1p_bend

JORGENSEN = Reference(
    "Jørgensen, Exponential Dispersion Models, 1987", doi="10.1111/j.2517-6161.1987.tb01685.x"
)
NELDER_AND_WEDDERBURN = Reference(
    "Nelder and Wedderburn, Generalized Linear Models, 1972", doi="10.2307/2344614"
)

_SMALLEST = 2.0**-1022
_LARGEST = 2.0**1023
# B₂ₖ/(2k(2k − 1)), k = 7 … 1.
_STIRLING = (1 / 156, -691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12)
# (ζ(k) − 1)/k, k = 27 … 2.
_ZETA = (
    2.7595228851242334e-10,
    5.731367241678862e-10,
    1.1921401405860912e-09,
    2.4836745438024785e-09,
    5.183475041970047e-09,
    1.0838659214896955e-08,
    2.2711094608943164e-08,
    4.7698101693639804e-08,
    1.0043224823968099e-07,
    2.1207184805554665e-07,
    4.492469198764566e-07,
    9.55141213040742e-07,
    2.039215753801366e-06,
    4.374866789907488e-06,
    9.439488275268397e-06,
    2.050721277567069e-05,
    4.492623673813314e-05,
    9.945751278180853e-05,
    0.00022315475845357939,
    0.0005096695247430425,
    0.001192753911703261,
    0.0028905103307415234,
    0.007385551028673986,
    0.020580808427784546,
    0.0673523010531981,
    0.3224670334241132,
)
_LOG_FACTORIALS = np.array([math.log(math.factorial(n)) for n in range(11)])
_ONE_MINUS_EULER = 0.42278433509846713
_NEAR = 1.0 / 16.0
"""Up to this relative difference series are used: beyond it no more than a digit or two cancels."""
_LARGE = 30.0
"""Up to this exponent eˣ is taken of it; beyond, a power of the quotient itself is more exact."""
_FAR = 700.0
"""Beyond this log-ratio powers are taken of each number by itself: those of their ratio may overflow."""


def half_poisson(label: Array, mean: Array) -> Array:
    """Return y log(y/μ) − y + μ, for y ≥ 0 and μ > 0 (or both 0)."""
    return in_slices(_half_poisson, label, mean)


def _half_poisson(label: Array, mean: Array) -> Array:
    gap = mean - label
    half = log_ratio(mean, label)
    half *= label
    np.subtract(gap, half, out=half)
    near = np.flatnonzero(np.abs(gap) <= _NEAR * label)
    half[near] = label[near] * _excess_of_log(gap[near] / label[near])
    # Last, as 0 · ∞ and 0/0 have come of it so far.
    none = np.flatnonzero(label == 0.0)
    half[none] = mean[none]
    return half


def half_poisson_of_log(label: Array, log_mean: Array) -> Array:
    """Return y log(y/μ) − y + μ of log μ, for y ≥ 0."""
    return in_slices(_half_poisson_of_log, label, log_mean)


def _half_poisson_of_log(label: Array, log_mean: Array) -> Array:
    mean = np.exp(log_mean)
    ratio = log_mean - np.log(label)
    half = np.asarray(np.expm1(ratio))
    half -= ratio
    half *= label
    # Where μ/y overflows, and where y is 0, the mean alone counts.
    alone = np.flatnonzero(ratio > 700.0)
    half[alone] = mean[alone]
    near = np.flatnonzero(np.abs(ratio) <= _NEAR)
    half[near] = label[near] * _excess_of_log((mean[near] - label[near]) / label[near])
    return half


def poisson_at_label(label: Array) -> Array:
    """Return log y! − y log y + y, y ≥ 0: what the likelihood costs at best, where the mean is the label.

    From 10 on by Stirling's series, in which the terms of log y! that cancel do not occur.
    """
    return in_slices(_poisson_at_label, label)


def _poisson_at_label(label: Array) -> Array:
    inverse = 1.0 / label
    square = inverse * inverse
    cost = np.full_like(label, _STIRLING[0])
    for coefficient in _STIRLING[1:]:
        cost *= square
        cost += coefficient
    cost *= inverse
    cost += 0.5 * (math.log(2.0 * math.pi) + np.log(label))
    few = np.flatnonzero(label < 10.0)
    y = label[few]
    cost[few] = log_factorial(y) - np.where(y == 0.0, 0.0, y * np.log(y)) + y
    return cost


def log_factorial(y: Array) -> Array:
    """Return log y! = log Γ(y + 1) for 0 ≤ y ≤ 10, with all digits near its zeros at 0 and 1."""
    whole = np.round(y)
    result = _LOG_FACTORIALS[whole.astype(np.intp)]
    between = np.flatnonzero(y != whole)
    whole = whole[between]
    x = y[between] - whole
    # log Γ(2 + x) for |x| ≤ 1/2, to which the factors between 2 and y + 1 are missing.
    series = np.zeros_like(x)
    for coefficient in _ZETA:
        series *= -x
        series += coefficient
    product = np.ones_like(x)
    for factor in range(2, 11):
        product *= np.where(whole >= factor, factor + x, 1.0)
    excess = np.where(whole == 0.0, np.log1p(x), 0.0)
    result[between] = (x * _ONE_MINUS_EULER + x * x * series) + np.log(product) - excess
    return np.asarray(result)


def half_gamma(label: Array, mean: Array) -> Array:
    """Return log(μ/y) + y/μ − 1, for y > 0 and μ > 0."""
    return in_slices(_half_gamma, label, mean)


def _half_gamma(label: Array, mean: Array) -> Array:
    excess = (label - mean) / mean
    half = excess - log_ratio(label, mean)
    near = np.flatnonzero(np.abs(excess) <= _NEAR)
    half[near] = _excess_of_log(excess[near])
    return np.asarray(half)


def half_tweedie(label: Array, mean: Array, power: float) -> Array:
    """Return y₊²⁻ᵖ/((1−p)(2−p)) − y μ¹⁻ᵖ/(1−p) + μ²⁻ᵖ/(2−p), for μ > 0 and p none of 0, 1 and 2.

    Labels y = 0 are for p < 2, and y < 0 for p < 0.
    """
    return in_slices(partial(_half_tweedie, above=2.0 - power), label, mean)


def log_ratio(above: Array, below: Array) -> Array:
    """Return log(above / below) of numbers ≥ 0, also where the quotient overflows or loses digits."""
    quotient = np.asarray(above / below)
    odd = np.flatnonzero(~((quotient >= _SMALLEST) & (quotient <= _LARGEST)))
    result = np.asarray(np.log(quotient, out=quotient))
    result[odd] = np.log(above[odd]) - np.log(below[odd])
    return result


def _excess_of_log(x: Array) -> Array:
    """Return x − log(1 + x)."""
    return np.asarray(np.square(x) * log1p_bend(x))


def _half_tweedie(label: Array, mean: Array, above: float) -> Array:
    bend = max(1.0, abs(above))
    excess, ratio = (label - mean) / mean, log_ratio(label, mean)
    size = np.abs(excess)
    # The quotient of two near numbers has lost digits that their difference still has.
    close = np.flatnonzero(size <= 0.5)
    ratio[close] = np.log1p(excess[close])
    half = _tweedie_far(label / mean, excess, ratio, above)
    near = np.flatnonzero(size * bend <= 0.5 * _NEAR)
    half[near] = _tweedie_near(excess[near], above)
    half = _times_power(half, mean, above)
    extreme = np.flatnonzero(bend * np.abs(ratio) > _FAR)
    half[extreme] = _tweedie_extreme(label[extreme], mean[extreme], above)
    beneath = np.flatnonzero(label <= 0.0)
    half[beneath] = _tweedie_beneath(label[beneath], mean[beneath], above)
    # There the root may be infinite, and ∞ · 0 is undefined.
    half[np.flatnonzero(size == 0.0)] = 0.0
    return half


def _tweedie_near(x: Array, a: float) -> Array:
    """Return ((1 + x)ᵃ − 1 − a x) / (a (a − 1)) by its power series, for |x| max(1, |a|) ≤ 1/32."""
    series = np.ones_like(x)
    for order in range(13, 1, -1):
        series *= x * ((a - order) / (order + 1.0))
        series += 1.0
    return np.asarray(0.5 * x * x * series)


def _tweedie_far(quotient: Array, x: Array, ratio: Array, a: float) -> Array:
    """Return the same of x = quotient − 1 not near 0, by the form that does not cancel for this a."""
    power, divisor = (a, 1.0 - a) if a <= 0.5 else (a - 1.0, a)
    exponent = power * ratio
    grown = np.asarray(np.expm1(exponent))
    # The exponent is rounded, which counts the more the larger it is.
    large = np.flatnonzero(np.abs(exponent) > _LARGE)
    grown[large] = np.power(quotient[large], power) - 1.0
    grown /= power
    return np.asarray((x - grown if a <= 0.5 else quotient * grown - x) / divisor)


def _tweedie_extreme(label: Array, mean: Array, a: float) -> Array:
    """Return half a deviance of y and μ whose ratio, or its a-th power, may overflow."""
    power, divisor = (a, 1.0 - a) if a <= 0.5 else (a - 1.0, a)
    amount = np.ones_like(label) if a <= 0.5 else label
    exponent = power * (np.log(label) - np.log(mean))
    linear = _times_power(label - mean, mean, a - 1.0, 1.0 / divisor)
    grown = _times_power(amount, mean, power, np.expm1(exponent) / (power * divisor))
    of_label = _times_power(np.ones_like(label), label, a, 1.0 / (power * divisor))
    of_both = _times_power(amount, mean, power, 1.0 / (power * divisor))
    apart = np.where(np.abs(exponent) > _LARGE, of_label - of_both, grown)
    half = linear - apart if a <= 0.5 else apart - linear
    # One of the two outweighs the other: where both overflow, so does the difference.
    return np.where(np.isnan(half), np.inf, half)


def _times_power(amount: Array, base: Array, power: float, factor: Array | float = 1.0) -> Array:
    """Return amount · baseᵖ · factor, in an order in which only the result may overflow or vanish."""
    root = np.power(base, 0.5 * power)
    small, large = np.clip(factor, -1.0, 1.0), np.maximum(np.abs(factor), 1.0)
    return np.asarray(small * amount * root * root * large)


def _tweedie_beneath(label: Array, mean: Array, a: float) -> Array:
    """Return half a deviance of y ≤ 0."""
    linear = np.where(label == 0.0, 0.0, _times_power(-label, mean, a - 1.0, 1.0 / (a - 1.0)))
    return np.asarray(linear + np.power(mean, a) / a)
