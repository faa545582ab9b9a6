"""Jensen-Shannon divergence: how far label and prediction, as distributions, are from their midpoint."""

import math
from collections.abc import Mapping

import numpy as np

from losscli.loss import Array, Convention, Example, Reference, Value, called
from losscli.loss.formulas import classwise
from losscli.loss.numeric import row_sum, true_column

SERIES = tuple(1.0 / (n * (2 * n - 1)) for n in range(12, 0, -1))
"""(1 + d) log(1 + d) + (1 − d) log(1 − d) = Σ d²ⁿ / (n (2n − 1)); twelve terms suffice up to d = ¼."""
LEAST = 2.0**-1074


def value(label: Array, prediction: Array, *, normalize: bool, **_: Value) -> Array:
    p = classwise.probabilities(prediction, from_logits=False, normalize=normalize)
    if label.ndim > 1:
        return row_sum(terms(label, p))
    at_label = true_column(p, label)
    others = p.copy()
    others[np.arange(len(label)), label] = 0.0
    return terms(np.ones(len(label)), at_label) + 0.5 * math.log(2.0) * row_sum(others)


def terms(y: Array, p: Array) -> Array:
    """Return (y log(y/m) + p log(p/m))/2, m = (y + p)/2: never negative, and exact near y = p."""
    high, low, total = np.maximum(y, p), np.minimum(y, p), np.maximum(y + p, LEAST)
    square = (high - low) / total
    square *= square
    series = np.full(square.shape, SERIES[0])
    for term in SERIES[1:]:
        series *= square
        series += term
    series *= square
    series *= 0.25 * total
    far = high * np.log(2.0 * high / total)
    far += np.where(low > 0.0, low * np.log(2.0 * low / total), 0.0)
    return np.where(square <= 0.0625, series, 0.5 * far)


def gradient(label: Array, prediction: Array, *, normalize: bool, **_: Value) -> Array:
    p = classwise.probabilities(prediction, from_logits=False, normalize=normalize)
    y = classwise.label_rows(label, prediction.shape[1])
    total = np.maximum(y + p, LEAST)
    slope = 0.5 * np.where(p < 0.5 * y, np.log(2.0 * p / total), np.log1p((p - y) / total))
    # At p = y = 0 too the line of slope ½ log 2 begins that p log 2 / 2 is.
    slope[(y == 0.0) & (p == 0.0)] = 0.5 * math.log(2.0)
    if not normalize:
        return slope
    steep = np.isneginf(slope)
    slope[steep] = 0.0
    found = classwise.through_sum(prediction, p, slope)
    found[steep] = -np.inf
    return found


def bounds(parameters: Mapping[str, Value], _columns: int) -> tuple[float, float]:
    return 0.0, math.log(2.0) * classwise.tolerance(parameters)


LOSS = classwise.ProbabilityLoss(
    name="js_divergence",
    value=value,
    gradient=gradient,
    soft_labels=True,
    parameters=classwise.PROBABILITIES,
    steep=True,
    bounds=bounds,
    summary="the mean divergence of label and prediction from the distribution halfway between them",
    formula="(KL(y‖m) + KL(p‖m))/2,  m = (y + p)/2,  natural logarithm: 0 to log 2",
    gradient_formula="log(pₖ/mₖ)/2;  with normalize: (log(pₖ/mₖ) − Σ pⱼ log(pⱼ/mⱼ)) / (2 Σ predictions)",
    kink="none; at pₖ = 0 < yₖ the slope is −∞, and is returned as such; at pₖ = yₖ = 0 it is log(2)/2",
    use="distributions that may contain zeros on either side: it is symmetric, bounded, and never clipped",
    avoid="where overconfidence has to be punished: a prediction that rules out the truth costs log 2, and "
    "no more",
    pitfalls=(
        "it is the divergence, not the distance: the distance is its square root",
        "natural logarithm: at most 0.693, where base 2 gives at most 1",
        "the gradient at a probability of 0 is infinite where the label is not 0",
    ),
    conventions=(
        Convention(
            "scipy.spatial.distance.jensenshannon",
            "the distance, which is the square root; silently normalises",
            "",
            ("scipy.spatial.distance.jensenshannon",),
        ),
        Convention("bits: base 2", "at most 1", "1/log 2"),
        Convention("Jeffreys divergence, KL(y‖p) + KL(p‖y)", "another symmetric divergence, unbounded"),
    ),
    elsewhere=called("literature jensen_shannon_divergence", "literature jsd"),
    examples=(
        Example(label=0.0, prediction=(0.0, 1.0), loss=0.6931471805599453, note="log 2, the maximum"),
        Example(label=(1.0, 0.0), prediction=(0.5, 0.5), loss=0.21576155433883568, note="¾ log 4/3"),
        Example(label=(0.25, 0.75), prediction=(0.25, 0.75), loss=0.0),
        Example(label=1.0, prediction=(1.0, 1.0), loss=0.21576155433883568, parameters={"normalize": True}),
    ),
    references=(
        Reference("Lin, Divergence Measures Based on the Shannon Entropy, 1991", doi="10.1109/18.61115"),
        Reference(
            "Endres and Schindelin, A New Metric for Probability Distributions, 2003: the square root",
            doi="10.1109/TIT.2003.813506",
        ),
    ),
    aliases=("js",),
    remedies=classwise.remedies("js_divergence", classwise.SOFT, logits=False),
)
