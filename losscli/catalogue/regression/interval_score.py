"""Interval score: the width of a prediction interval, and a penalty for each label it misses."""

import numpy as np

from losscli.loss import Array, Convention, Example, Layout, Loss, Parameter, Reference, Value, called
from losscli.loss.domain import REAL, Fields, Interval
from losscli.loss.references import GNEITING_AND_RAFTERY


def value(label: Array, prediction: Array, *, alpha: float) -> Array:
    lower, upper = prediction[:, 0], prediction[:, 1]
    missed = np.maximum(lower - label, 0.0) + np.maximum(label - upper, 0.0)
    return (upper - lower) + 2.0 * (missed / alpha)


def gradient(label: Array, prediction: Array, *, alpha: float) -> Array:
    lower, upper = prediction[:, 0], prediction[:, 1]
    fine = 2.0 / alpha
    by_lower = np.where(label < lower, fine - 1.0, -1.0)
    by_upper = np.where(label > upper, 1.0 - fine, 1.0)
    return np.stack([by_lower, by_upper], axis=1)


def error(label: Array, prediction: Array, **_: Value) -> Array:
    # What is nearest of the interval, less the label: 0 inside.
    return np.clip(label, prediction[:, 0], prediction[:, 1]) - label


def perfect(label: Array, prediction: Array, **_: Value) -> Array:
    return np.stack([label, label], axis=1)


LOSS = Loss(
    name="interval_score",
    family="regression",
    value=value,
    gradient=gradient,
    error=error,
    perfect=perfect,
    label=REAL,
    prediction=Fields((("lower", REAL), ("upper", REAL)), ordered=(("lower", "upper"),)),
    layout=Layout.NAMED,
    parameters={
        "alpha": Parameter(
            0.1,
            Interval(0.0, 1.0, low_open=True, high_open=True),
            "the share of labels that may fall outside: 0.1 for 90 % intervals",
        )
    },
    summary="the width of a prediction interval, plus 2/alpha times how far the label is outside",
    formula="(u − l) + 2/α (l − y)⁺ + 2/α (y − u)⁺,  l = lower,  u = upper",
    gradient_formula="by l: −1, and 2/α − 1 if y < l;  by u: 1, and 1 − 2/α if y > u",
    kink="at y = l and at y = u; the slopes of a label inside are returned",
    use="intervals that should be as narrow as possible while containing 1 − alpha of the labels; the best "
    "ends are the quantiles alpha/2 and 1 − alpha/2",
    avoid="for intervals that are not central, or whose level is not 1 − alpha: it then rewards other ends "
    "(see quantile)",
    pitfalls=(
        "alpha is the share outside, not the coverage: 0.1 for 90 %",
        "the error is how far the nearest end is from the label, and 0 inside",
        "it depends on the scale of the label: costs on two data sets cannot be compared",
    ),
    conventions=(
        Convention("quantile losses", "2/α times the sum of those of l at q=α/2 and of u at q=1−α/2", "1"),
        Convention("R scoringutils, weighted interval score", "α/2 times it", "α/2"),
        Convention(
            "MSIS of the M4 competition", "divided by the seasonal naive forecast's error in the past"
        ),
    ),
    elsewhere=called("literature winkler_score", "literature winkler", "literature mean_interval_score"),
    examples=(
        Example(label=5.0, prediction=(4.0, 7.0), loss=3.0),
        Example(label=3.0, prediction=(4.0, 7.0), loss=23.0, note="3 + 20"),
        Example(label=8.0, prediction=(4.0, 7.0), loss=7.0, parameters={"alpha": 0.5}, note="3 + 4"),
        Example(label=5.0, prediction=(5.0, 5.0), loss=0.0),
    ),
    references=(
        Reference(
            "Winkler, A Decision-Theoretic Approach to Interval Estimation, 1972",
            doi="10.1080/01621459.1972.10481224",
        ),
        GNEITING_AND_RAFTERY,
        Reference(
            "Bracher et al., Evaluating epidemic forecasts in an interval format, 2021",
            doi="10.1371/journal.pcbi.1008618",
        ),
    ),
)
