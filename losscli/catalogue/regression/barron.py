"""Barron's general and adaptive robust loss: one family from Welsch to least squares and beyond."""

import math
from collections.abc import Mapping

import numpy as np

from losscli.loss import (
    POSITIVE,
    REAL,
    Array,
    Convention,
    Example,
    Loss,
    Parameter,
    Reference,
    Value,
    called,
    number,
)
from losscli.loss.numeric import soft_absolute

# Beside rounding, alpha is as good as 0, or as infinite, beyond these.
VANISHING, ENDLESS = 1e-20, 1e20
LARGEST = float(np.finfo(np.float64).max)


def value(label: Array, prediction: Array, *, alpha: float, scale: float) -> Array:
    x = prediction - label
    x /= scale
    if alpha == 1.0:
        return soft_absolute(x, 1.0)
    if alpha not in (2.0, -2.0) and abs(alpha) <= ENDLESS:
        return _general(x, alpha)
    loss = np.square(x, out=x)
    if alpha == -2.0:
        # 2x²/(x² + 4): 2 where x² overflows.
        np.divide(4.0, loss, out=loss)
        loss += 1.0
        return np.divide(2.0, loss, out=loss)
    loss *= math.copysign(0.5, alpha)
    if alpha == 2.0:
        return np.asarray(loss)
    np.expm1(loss, out=loss)
    return np.abs(loss, out=loss)


def _general(x: Array, alpha: float) -> Array:
    """Return b/α ((1 + x²/b)^(α/2) − 1), b = |α − 2|, as b/α (e^(α/2 · log(1 + x²/b)) − 1)."""
    spread = abs(alpha - 2.0)
    loss = np.square(x)
    loss /= spread
    tiny, far = loss < 1e-17 / max(abs(alpha), 1.0), np.isinf(loss)
    np.log1p(loss, out=loss)
    if far.any():
        loss[far] = 2.0 * np.log(np.abs(x[far])) - math.log(spread)
    if abs(alpha) < VANISHING:
        loss *= 0.5 * spread
    else:
        loss *= 0.5 * alpha
        np.expm1(loss, out=loss)
        loss *= spread / alpha
    # The ratio may have lost digits to underflow where the loss itself has not.
    if tiny.any():
        loss[tiny] = 0.5 * np.square(x[tiny])
    return np.asarray(loss)


def weights(ratio: Array, alpha: float) -> Array:
    """Return the gradient by x over x, (1 + x²/b)^(α/2 − 1); `ratio` is x²/b."""
    if alpha == 1.0:
        return np.asarray(1.0 / np.sqrt(1.0 + ratio))
    if alpha == 0.0:
        return np.asarray(1.0 / (1.0 + ratio))
    if alpha == -2.0:
        return np.asarray(1.0 / np.square(1.0 + ratio))
    return np.exp((0.5 * alpha - 1.0) * np.log1p(ratio))


def gradient(label: Array, prediction: Array, *, alpha: float, scale: float) -> Array:
    x = (prediction - label) / scale
    if alpha == 2.0:
        return np.asarray(x / scale)
    if abs(alpha) > ENDLESS:
        # Clipped far beyond where the exponential is 0 or ∞, which is no number times ∞ or 0.
        x = np.clip(x, -1e150, 1e150)
        return np.asarray(x * np.exp(math.copysign(0.5, alpha) * x * x) / scale)
    spread = abs(alpha - 2.0)
    ratio = np.square(x) / spread
    slope = x * weights(ratio, alpha)
    far = ratio > 1e20
    if far.any():
        # x^(α−1) b^(1−α/2): 1 is nothing beside the ratio, which may have overflowed.
        size = np.log(np.minimum(np.abs(x[far]), LARGEST))
        power = (alpha - 1.0) * size - (0.5 * alpha - 1.0) * math.log(spread)
        slope[far] = np.copysign(np.exp(power), x[far])
    slope /= scale
    return np.asarray(slope)


def bounds(parameters: Mapping[str, Value], _columns: int) -> tuple[float, float] | None:
    alpha = number(parameters, "alpha")
    if alpha >= -VANISHING:
        return None
    return 0.0, 1.0 if alpha < -ENDLESS else (2.0 - alpha) / -alpha


LOSS = Loss(
    name="barron",
    family="regression",
    value=value,
    gradient=gradient,
    label=REAL,
    prediction=REAL,
    parameters={
        "alpha": Parameter(1.0, REAL, "how much outliers count: lower is more robust", infinite=True),
        "scale": Parameter(1.0, POSITIVE, "the residual within which the loss is close to a parabola"),
    },
    convex=lambda parameters: float(parameters["alpha"] or 0.0) >= 1.0,
    bounds=bounds,
    summary="a parabola near zero; alpha sets the tails, from least squares down to a constant",
    formula="(b/α) ((x²/b + 1)^(α/2) − 1),  b = |α − 2|,  x = (ŷ − y)/c;  its limits x²/2 at α = 2, "
    "log(x²/2 + 1) at 0, 1 − e^(−x²/2) at −∞, e^(x²/2) − 1 at ∞",
    gradient_formula="(x/c) (x²/b + 1)^(α/2 − 1);  x/c at α = 2, (x/c) e^(∓x²/2) at ∓∞",
    use="regression with outliers, with tunable robustness: α = 2 is least squares, 1 Charbonnier "
    "(pseudo-Huber), 0 Cauchy (Lorentz), −2 Geman-McClure, −inf Welsch (Leclerc)",
    avoid="with α < 1, without good starting values: it is not convex, and far outliers lose their gradient; "
    "and to compare costs with different α or scale",
    pitfalls=(
        "at α = 2 it is x²/2: half of mse, and divided by the square of the scale",
        "at α = 1 it is pseudo_huber divided by the square of its delta",
        "no α gives exactly huber or mae",
        "choosing α by the lowest cost always ends at the smallest: use the paper's normalised density",
    ),
    conventions=(
        Convention("robust_loss lossfun (Barron, TensorFlow and PyTorch)", "the same", "1"),
        Convention(
            "scipy.optimize.least_squares(loss='cauchy'), Open3D CauchyLoss",
            "alpha=0 with scale √2 k; they divide by 2 (and multiply by k²)",
        ),
        Convention(
            "Geman-McClure of Zhang 1997, x²/(2(1 + x²))", "alpha=-2 with scale 1/2 gives 4 times it", "1/4"
        ),
    ),
    elsewhere=called("literature robust_loss", "literature general_robust_loss"),
    examples=(
        Example(label=0.0, prediction=0.75, loss=0.25, note="√(1 + 9/16) − 1"),
        Example(label=0.0, prediction=4.0, loss=2.0, parameters={"alpha": 2.0, "scale": 2.0}),
        Example(label=0.0, prediction=2.0, loss=1.0986122886681098, parameters={"alpha": 0.0}, note="log 3"),
        Example(label=0.0, prediction=2.0, loss=1.0, parameters={"alpha": -2.0}, note="2 · 4/(4 + 4)"),
        Example(label=0.0, prediction=1.0, loss=0.3934693402873666, parameters={"alpha": -math.inf}),
        Example(label=0.0, prediction=1.0, loss=0.6487212707001282, parameters={"alpha": math.inf}),
        Example(label=0.0, prediction=2.0, loss=4.0, parameters={"alpha": 4.0}, note="½ (3² − 1), b = 2"),
    ),
    references=(
        Reference("Barron, A General and Adaptive Robust Loss Function, 2019", doi="10.1109/CVPR.2019.00446"),
    ),
)
