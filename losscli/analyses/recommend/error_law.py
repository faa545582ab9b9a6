"""The distribution that the errors follow: of several, the one under which the labels are most probable.

Minimising a loss is maximising a likelihood, so to ask for the loss is to ask for the distribution. Each
is fitted by its maximum likelihood to the labels given the predictions, and pays `PRICE` for each of its
parameters (Akaike's criterion asks 1, doi:10.1109/TAC.1974.1100705; Schwarz's half the log of the samples,
doi:10.1214/aos/1176344136); one that is less plain has to be better by `WORTH` a sample, too: of very
many samples none is exactly normal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from losscli.common.array import Array
from losscli.loss.formulas.deviance import poisson_at_label

PRICE = 2.0
"""In nats: what one more parameter gains by chance alone in one of 44 draws of a plain distribution."""
WORTH = 0.003
"""In nats a sample. Student's t of ten degrees of freedom gains 0.007 over the normal
distribution, of five 0.03, Laplace's 0.07."""
WORTH_OF_DEGREES = 0.01
"""What one of more parameters has to gain over Laplace's, whose peak the model's own error blunts."""
WORTH_OF_SHAPE = 0.02
"""The same for distributions whose spread grows with the prediction."""
SKEWED = 0.5
OVER_DISPERSED = 1.5
"""A variance this many times the mean is more than the error of a good model makes of Poisson counts."""
DEGREES = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 30.0)
STEPS = 40
LOG_2PI = math.log(2.0 * math.pi)

Fit = tuple[float, int]
"""The log-likelihood of all samples, and how many parameters were fitted."""


@dataclass(frozen=True, slots=True)
class Law:
    """The distribution that fits best.

    Attributes:
        name: `normal`, `laplace`, `student_t`, `contaminated_normal`, `gamma`, `log_normal`, `poisson`,
            `negative_binomial` or `zero_inflated_poisson`; `none` where nothing is wrong at all.
        scores: of each distribution that was tried, its penalised log-likelihood a sample.
        gain: how much better it is than the normal distribution.
    """

    name: str
    scores: dict[str, float]
    gain: float


def law_of(label: Array, prediction: Array, *, counts: bool, ratios: bool) -> Law:
    """Return the distribution of labels `(rows,)` given predictions `(rows,)`.

    Args:
        label: the labels.
        prediction: what was predicted.
        counts: whether distributions of counts come into question: whole labels ≥ 0, predictions > 0.
        ratios: whether distributions of ratios do: labels and predictions > 0.
    """
    with np.errstate(all="ignore"):
        error = label - prediction
        scale = robust_scale(error)
        if not (0.0 < scale < math.inf) or not np.isfinite(error / scale).all():
            return Law("none", {}, 0.0)
        laws: dict[str, Callable[[], Fit]] = {
            "normal": lambda: _normal(error / scale),
            "laplace": lambda: _laplace(error / scale),
        }
        # With most errors equal, a distribution with a narrow middle would fit them without bound.
        if _mad(error) > 0.0:
            laws["student_t"] = lambda: _student(error / scale)
            laws["contaminated_normal"] = lambda: _contaminated(error / scale)
        in_units = set(laws)
        if ratios:
            laws |= {"gamma": lambda: _gamma(label, prediction)}
            laws |= {"log_normal": lambda: _log_normal(label, prediction)}
        if counts:
            laws |= {"poisson": lambda: _poisson(label, prediction)}
            laws |= {"negative_binomial": lambda: _negative_binomial(label, prediction)}
            laws |= {"zero_inflated_poisson": lambda: _zero_inflated(label, prediction)}
        scores = {}
        for name, fit in laws.items():
            likelihood, parameters = fit()
            score = (likelihood - PRICE * parameters) / len(label)
            scores[name] = score - math.log(scale) if name in in_units else score
        dispersion = float((np.square(error) / prediction).mean()) if counts else 0.0
    known = {name: score for name, score in scores.items() if math.isfinite(score)}
    return _choose(known, skewness(label), dispersion)


def _choose(scores: dict[str, float], skew: float, dispersion: float) -> Law:
    """Return the best distribution; each that is less plain has to be worth it."""

    def best(*names: str) -> str | None:
        found = [name for name in names if name in scores]
        return max(found, key=scores.__getitem__) if found else None

    name = "normal"
    if not {name, "laplace"} <= scores.keys():
        # The numbers are too large, or too small, to tell.
        return Law("none", {}, 0.0)
    heavy = best("laplace", "student_t", "contaminated_normal")
    if heavy and scores[heavy] - scores["laplace"] <= WORTH_OF_DEGREES:
        heavy = "laplace"
    if heavy and scores[heavy] - scores[name] > WORTH:
        name = heavy
    ratio = best("gamma", "log_normal")
    if ratio and skew > SKEWED and scores[ratio] - scores[name] > WORTH_OF_SHAPE:
        name = ratio
    count = best("poisson", "negative_binomial", "zero_inflated_poisson")
    if count and scores[count] > scores[name]:
        plain = scores.get("poisson", -math.inf)
        plainly = count == "negative_binomial" and dispersion < OVER_DISPERSED
        name = count if scores[count] - plain > WORTH_OF_SHAPE and not plainly else "poisson"
    return Law(name, scores, scores.get(name, 0.0) - scores.get("normal", 0.0))


def robust_scale(error: Array) -> float:
    """Return the median absolute deviation × 1.4826: the standard deviation of a normal distribution.

    Where half of the errors are equal, the mean absolute deviation takes its place.
    """
    spread = 1.4826 * _mad(error)
    return spread or float(np.abs(error - np.median(error)).mean())


def skewness(values: Array) -> float:
    """Return the third standardised moment; 0 where all values are equal."""
    deviation = values - values.mean()
    top = float(np.abs(deviation).max())
    if not 0.0 < top < math.inf:
        return 0.0
    deviation = deviation / top
    return float((deviation**3).mean() / (deviation**2).mean() ** 1.5)


def excess_kurtosis(values: Array) -> float:
    """Return the fourth standardised moment less 3, which a normal one has; 0 where all are equal."""
    deviation = values - values.mean()
    top = float(np.abs(deviation).max())
    if not 0.0 < top < math.inf:
        return 0.0
    deviation = deviation / top
    return float((deviation**4).mean() / (deviation**2).mean() ** 2 - 3.0)


def _mad(error: Array) -> float:
    return float(np.median(np.abs(error - np.median(error))))


def _normal(error: Array) -> Fit:
    spread = float(np.log(error.var()))
    if spread == math.inf:
        # One error is so large that its square is none.
        top = float(np.abs(error).max())
        spread = float(np.log((error / top).var())) + 2.0 * math.log(top)
    return -0.5 * len(error) * (LOG_2PI + spread + 1.0), 2


def _laplace(error: Array) -> Fit:
    width = np.abs(error - np.median(error)).mean()
    return -len(error) * (float(np.log(2.0 * width)) + 1.0), 2


def _student(error: Array) -> Fit:
    """Fit location and scale by iterated weights, for each of a few degrees of freedom."""
    best = -math.inf
    for degrees in DEGREES:
        middle, square = float(np.median(error)), 1.0
        for _ in range(STEPS):
            weight = (degrees + 1.0) / (degrees + np.square(error - middle) / square)
            middle = float((weight * error).sum() / weight.sum())
            square = float((weight * np.square(error - middle)).mean())
        constant = math.lgamma(0.5 * (degrees + 1.0)) - math.lgamma(0.5 * degrees)
        constant -= 0.5 * float(np.log(degrees * math.pi * square))
        bend = np.log1p(np.square(error - middle) / (degrees * square)).sum()
        best = max(best, len(error) * constant - 0.5 * (degrees + 1.0) * float(bend))
    return best, 3


def _contaminated(error: Array) -> Fit:
    """Fit two normal distributions of one mean by expectation and maximisation, from three beginnings."""
    best = -math.inf
    for ratio in (3.0, 10.0, 30.0):
        share, inner, outer, middle = 0.1, 1.0, ratio, float(np.median(error))
        for _ in range(STEPS):
            near = (1.0 - share) / inner * np.exp(-0.5 * np.square((error - middle) / inner))
            far = share / outer * np.exp(-0.5 * np.square((error - middle) / outer))
            total = np.maximum(near + far, 1e-300)
            belongs = far / total
            share = float(belongs.mean())
            if not 1e-6 < share < 1.0 - 1e-6:
                break
            middle = float(((1.0 - belongs) * error).sum() / (1.0 - belongs).sum())
            square = np.square(error - middle)
            inner = max(float(np.sqrt(((1.0 - belongs) * square).sum() / (1.0 - belongs).sum())), 1e-3)
            outer = max(float(np.sqrt((belongs * square).sum() / belongs.sum())), 1e-3)
        best = max(best, float(np.log(total).sum()) - 0.5 * len(error) * LOG_2PI)
    return best, 4


def _gamma(label: Array, prediction: Array) -> Fit:
    ratio = label / prediction
    mean = prediction * ratio.mean()
    gap = float(np.log(ratio.mean()) - np.log(ratio).mean())
    if not 0.0 < gap < math.inf:
        # Where all ratios are equal, a distribution without a spread would fit them without bound.
        return -math.inf, 2
    # An approximation of the likeliest shape that is within 1.5 % of it.
    shape = (3.0 - gap + math.sqrt((gap - 3.0) ** 2 + 24.0 * gap)) / (12.0 * gap)
    terms = shape * np.log(shape * label / mean) - shape * label / mean - np.log(label)
    return float(terms.sum()) - len(label) * math.lgamma(shape), 2


def _log_normal(label: Array, prediction: Array) -> Fit:
    likelihood, parameters = _normal(np.log(label / prediction))
    return likelihood - float(np.log(label).sum()), parameters


def _log_factorial(y: Array) -> Array:
    """Return log Γ(y + 1), y ≥ 0."""
    return np.asarray(poisson_at_label(y) + np.where(y > 0.0, y * np.log(np.maximum(y, 1e-300)), 0.0) - y)


def _poisson(label: Array, prediction: Array) -> Fit:
    mean = prediction * (label.sum() / prediction.sum())
    return float((label * np.log(mean) - mean - _log_factorial(label)).sum()), 1


def _negative_binomial(label: Array, prediction: Array) -> Fit:
    """Fit the shape k, the variance being mean + mean²/k, on a grid of its logarithm."""
    mean = prediction * (label.sum() / prediction.sum())
    values, places = np.unique(label, return_inverse=True)
    constant = -_log_factorial(values)
    best = -math.inf
    for shape in np.exp(np.linspace(math.log(0.02), math.log(5e3), 50)).tolist():
        # log Γ(y + k) through (y + k)!, whose argument is never below 0.
        rising = _log_factorial(values + shape) - np.log(values + shape) - math.lgamma(shape)
        terms = (constant + rising)[places] - shape * np.log1p(mean / shape)
        terms += label * (np.log(mean) - np.log(mean + shape))
        best = max(best, float(terms.sum()))
    return best, 2


def _zero_inflated(label: Array, prediction: Array) -> Fit:
    """Fit the share of extra zeros on a grid; the predictions are of the mean, zeros and all."""
    mean = prediction * (label.sum() / prediction.sum())
    zero = label == 0.0
    constant = float(_log_factorial(label).sum())
    best = -math.inf
    for share in np.linspace(0.01, 0.95, 48).tolist():
        rate = mean / (1.0 - share)
        none = np.log(share + (1.0 - share) * np.exp(-rate[zero])).sum()
        some = (math.log1p(-share) + label * np.log(rate) - rate)[~zero].sum()
        best = max(best, float(none) + float(some) - constant)
    return best, 2
