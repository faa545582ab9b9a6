"""Ranked probability score: the Brier score of every cumulative event, for classes that have an order."""

from collections.abc import Mapping

import numpy as np

from losscli.loss import Array, Convention, Example, Reference, Value, called
from losscli.loss.formulas import classwise
from losscli.loss.numeric import row_sum


def cumulative(label: Array, prediction: Array, normalize: bool) -> Array:
    """Return Σ (pⱼ − yⱼ) over the classes j ≤ k; differences first, so that nothing cancels later."""
    residuals = classwise.residuals(label, prediction, normalize=normalize)
    return np.cumsum(residuals, axis=1, out=residuals)


def value(label: Array, prediction: Array, *, normalize: bool, **_: Value) -> Array:
    gaps = cumulative(label, prediction, normalize)
    return row_sum(np.square(gaps, out=gaps))


def gradient(label: Array, prediction: Array, *, normalize: bool, **_: Value) -> Array:
    gaps = cumulative(label, prediction, normalize)
    # The probability of a class is in its own cumulative event, and in all that follow.
    slope = 2.0 * np.cumsum(gaps[:, ::-1], axis=1)[:, ::-1]
    if not normalize:
        return slope
    p = classwise.probabilities(prediction, from_logits=False, normalize=True)
    return classwise.through_sum(prediction, p, slope)


def bounds(parameters: Mapping[str, Value], columns: int) -> tuple[float, float]:
    # The last of the cumulative events is everything, of which a sum of 1 leaves no doubt.
    most = classwise.tolerance(parameters)
    return 0.0, (columns - 1) * most**2 + (2.0 * (most - 1.0)) ** 2


LOSS = classwise.ProbabilityLoss(
    name="ranked_probability",
    value=value,
    gradient=gradient,
    soft_labels=True,
    ordered_classes=True,
    parameters=classwise.PROBABILITIES,
    bounds=bounds,
    summary="the squared difference between cumulative probabilities, summed over the classes in order",
    formula="Σₖ (Pₖ − Yₖ)²,  Pₖ = Σⱼ≤ₖ pⱼ,  Yₖ = Σⱼ≤ₖ yⱼ,  classes in the order of the columns",
    gradient_formula="2 Σⱼ≥ₖ (Pⱼ − Yⱼ)",
    use="classes with an order (grades, terciles, home–draw–away), where a near miss should cost less than "
    "a far one",
    avoid="classes without an order: the figure changes with the order of the columns (see multiclass_brier)",
    pitfalls=(
        "numeric classes are ordered by value, others in the order of their columns, or of --prediction",
        "it ranges from 0 to K − 1; some divide by K − 1, and report 0 to 1",
        "a miss by two classes costs more than two misses by one: it is a sum of squares",
    ),
    conventions=(
        Convention("Constantinou and Fenton, 2012, and most of sports forecasting", "a mean", "1/(K − 1)"),
        Convention("R, scoringRules and verification::rps", "the latter divides by K − 1"),
        Convention("multiclass_brier of two classes", "counts both classes", "2"),
    ),
    elsewhere=called("literature ranked_probability_score", "literature rps"),
    examples=(
        Example(label=0.0, prediction=(0.5, 0.25, 0.25), loss=0.3125, note="(−½)² + (−¼)²"),
        Example(label=1.0, prediction=(0.5, 0.25, 0.25), loss=0.3125, note="(½)² + (−¼)²"),
        Example(label=2.0, prediction=(1.0, 0.0, 0.0), loss=2.0, note="the worst: K − 1"),
        Example(label=(0.5, 0.5, 0.0), prediction=(0.5, 0.25, 0.25), loss=0.0625),
        Example(label=1.0, prediction=(3.0, 1.0), loss=0.5625, parameters={"normalize": True}),
    ),
    references=(
        Reference(
            "Epstein, A Scoring System for Probability Forecasts of Ranked Categories, 1969",
            doi="10.1175/1520-0450(1969)008<0985:ASSFPF>2.0.CO;2",
        ),
        Reference(
            "Murphy, A Note on the Ranked Probability Score, 1971",
            doi="10.1175/1520-0450(1971)010<0155:ANOTRP>2.0.CO;2",
        ),
        Reference(
            "Constantinou and Fenton, Solving the Problem of Inadequate Scoring Rules for Assessing "
            "Probabilistic Football Forecast Models, 2012",
            doi="10.1515/1559-0410.1418",
        ),
    ),
    remedies=classwise.remedies("ranked_probability", classwise.SOFT, logits=False),
)
