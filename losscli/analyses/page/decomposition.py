"""What a cost is made of: uncertainty − discrimination + miscalibration, as CORP takes it apart.

With S(x) the mean score of predictions x: uncertainty is S(the mean of the labels), discrimination is how
much better recalibrated predictions are than that, and miscalibration how much worse the predictions are
than recalibrated ones. Recalibrated are the monotone predictions with the best score, which pooling adjacent
violators finds for every proper score: T. Dimitriadis, T. Gneiting, A. I. Jordan, Stable reliability
diagrams for probabilistic classifiers, PNAS 118 (2021), doi:10.1073/pnas.2016191118.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import fsum

import numpy as np

from losscli.analyses.page.probabilities import BINS, Calibrated
from losscli.common.array import Array
from losscli.compute.statistics.special import log

Pool = tuple[int, int]
"""How many rows, and of how many of them the event happened."""


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The parts of a cost, which is uncertainty − discrimination + miscalibration.

    Attributes:
        cost: the score of the predictions as they are.
        uncertainty: that of the mean of the labels, for every row.
        recalibrated: that of the predictions made monotone in the best way.
    """

    cost: float
    uncertainty: float
    recalibrated: float

    @property
    def discrimination(self) -> float:
        """How much better predictions are, once recalibrated, than the mean of the labels."""
        return self.uncertainty - self.recalibrated

    @property
    def miscalibration(self) -> float:
        """How much of the cost recalibrating would save."""
        return self.cost - self.recalibrated


def pooled(pools: Iterable[Pool]) -> list[Pool]:
    """Return pools of which each has a larger share of events than the one before, by putting some together.

    No rounding decides: shares are compared as fractions of integers. Those without rows are left out.
    """
    found: list[Pool] = []
    for rows, events in pools:
        if not rows:
            continue
        while found and found[-1][1] * rows >= events * found[-1][0]:
            before = found.pop()
            rows, events = rows + before[0], events + before[1]  # noqa: PLW2901
        found.append((rows, events))
    return found


def entropy(pools: Iterable[Pool]) -> float:
    """Return the mean logarithmic score, in nats, where each pool is predicted its own share of events."""
    rows, terms = 0, []
    for n, k in pools:
        rows += n
        terms += [-count * log(count / n) for count in (k, n - k) if 0 < count < n]
    return fsum(terms) / rows


def variance(pools: Iterable[Pool]) -> float:
    """Return the mean squared error where each pool is predicted its own share of events."""
    rows, total = 0, Fraction(0)
    for n, k in pools:
        rows += n
        total += Fraction(k * (n - k), n)
    return float(total / rows)


BLURRED = 0.05
"""More of a recalibrated score than this may not be in bins that tell too little apart."""
SCORES: Mapping[str, Callable[[Iterable[Pool]], float]] = {
    "binary_cross_entropy": entropy,
    "brier": variance,
}
"""The losses of one probability that are proper scores, and what the best constant of each pool costs."""


def of_probability(loss: str, cost: float, calibrated: Calibrated) -> Decomposition | None:
    """Return what the cost of a probability is made of; None of a loss that is no proper score.

    Predictions are recalibrated by their fixed bins: all in one bin alike. None too where that hides what
    they tell apart, as of rare events: to a logarithm, probabilities in an outer bin are far from each other.
    """
    score = SCORES.get(loss)
    every = list(zip(calibrated.counts.tolist(), calibrated.happened.tolist(), strict=True))
    rows, events = sum(n for n, _ in every), sum(k for _, k in every)
    if score is None or not rows:
        return None
    recalibrated = score(pooled(every))
    if score is entropy and _in_outer_bins(calibrated) / rows > BLURRED * recalibrated:
        return None
    return Decomposition(cost, score([(rows, events)]), recalibrated)


def _in_outer_bins(calibrated: Calibrated) -> float:
    """Return the sum of the logarithmic scores in the outer bins, but of rows that are all 0, or all 1."""
    found = 0.0
    for place in (0, BINS - 1):
        rows, events = int(calibrated.counts[place]), int(calibrated.happened[place])
        if rows and 0.0 < calibrated.mean(np.array([place])) < 1.0:
            found += rows * entropy([(rows, events)])
    return found


def of_numbers(label: Array, prediction: Array) -> Decomposition | None:
    """Return what the mean squared error of rows is made of; None without rows, and beyond finite numbers."""
    if not len(label):
        return None
    with np.errstate(all="ignore"):
        cost = float(np.mean((prediction - label) ** 2))
        uncertainty = float(np.mean((label - label.mean()) ** 2))
        recalibrated = float(np.mean((monotone(label, prediction) - label) ** 2))
    found = Decomposition(cost, uncertainty, recalibrated)
    return found if np.isfinite([cost, uncertainty, recalibrated]).all() else None


def monotone(label: Array, prediction: Array) -> Array:
    """Return the monotone function of the predictions that is nearest to the labels, at each of them.

    Rows of one prediction have one value.
    """
    order = np.argsort(prediction)
    ascending = prediction[order]
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.concatenate([[0], np.cumsum(ascending[1:] != ascending[:-1])])
    counts = np.bincount(place)
    means = np.bincount(place, weights=label) / counts
    found: list[tuple[float, int, int]] = []  # the mean, the rows, and how many predictions
    for mean, rows in zip(means.tolist(), counts.tolist(), strict=True):
        several = 1
        while found and found[-1][0] >= mean:
            before = found.pop()
            mean = (mean * rows + before[0] * before[1]) / (rows + before[1])  # noqa: PLW2901
            rows, several = rows + before[1], several + before[2]  # noqa: PLW2901
        found.append((mean, rows, several))
    return np.repeat([one[0] for one in found], [one[2] for one in found])[place]
