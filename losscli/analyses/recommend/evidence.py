"""The evidence: figures of labels, predictions and errors that rules ask for."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from losscli.analyses.recommend.survey import Spread
from losscli.loss import Layout


@dataclass(frozen=True, slots=True)
class Side:
    """One side: the kind of its numbers, how many samples, and their range where they are numbers."""

    kind: str
    n: int
    columns: tuple[str, ...]
    low: float | None
    high: float | None

    @staticmethod
    def of(kind: str, n: int, columns: tuple[str, ...], spread: Spread) -> Side:
        """Return a side; classes have no range."""
        return Side(kind, n, columns, *((spread.low, spread.high) if spread.n else (None, None)))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What rules ask for; None where it makes no sense. Shares are of samples, in [0, 1].

    Attributes:
        sample: how many samples the figures rest on that are not counts over all of them.
        outlier_share: errors beyond 3.5 robust standard deviations from their median.
        skewness: of the labels.
        zero_share, negative_share: labels that are 0, and below it; of binary labels too.
        imbalance: how often the commonest class stands for each time that the rarest does.
        rarest_share: the share of the rarest class.
        scale: the robust standard deviation of the errors, 1.4826 × the median absolute deviation.
        bias: the median error in units of it.
        kurtosis: the excess kurtosis of the errors, 0 for a normal distribution.
        law: the most probable distribution of the errors; `law_gain`: how much higher its log-likelihood is
            than that of the normal distribution, per sample.
        heteroscedasticity: Spearman's rank correlation of the size of the errors and the predictions.
        dispersion: Pearson's statistic of counts, the mean of error²/prediction; 1 for Poisson counts.
        power: the power of the mean with which the variance grows.
        row_sum_error: how far sums of class probabilities are from 1; `log_sum_error`: sums of the
            exponentials of other class columns, which are 1 for log-probabilities.
        slope: what multiplies scores in the logit that suits the labels best.
        order: how near wrong probability is to the label's class, 0 as if classes had no order, 1 next to it.
        unimodal: the share of rows whose probability rises to one class and falls behind it.
        peak_chance: how likely rows would rise and fall so around several classes that have no order.
        accuracy: the share of samples whose most probable class is the label.
        unit_length: whether all vectors have length 1.
        apart_share: boxes that do not meet.
        coverage: labels inside their interval.
    """

    sample: int
    outlier_share: float | None = None
    skewness: float | None = None
    zero_share: float | None = None
    negative_share: float | None = None
    imbalance: float | None = None
    rarest_share: float | None = None
    scale: float | None = None
    bias: float | None = None
    kurtosis: float | None = None
    law: str | None = None
    law_gain: float | None = None
    heteroscedasticity: float | None = None
    dispersion: float | None = None
    power: float | None = None
    row_sum_error: float | None = None
    log_sum_error: float | None = None
    slope: float | None = None
    order: float | None = None
    unimodal: float | None = None
    peak_chance: float | None = None
    accuracy: float | None = None
    unit_length: bool | None = None
    apart_share: float | None = None
    coverage: float | None = None

    def known(self) -> dict[str, Any]:
        """Return the figures that there are; the first six always."""
        always = ("sample", "outlier_share", "skewness", "zero_share", "imbalance")
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in found.items() if value is not None or name in always}


@dataclass(frozen=True)
class Case:
    """The data as rules see them: kinds, range, evidence.

    Attributes:
        labels, predictions: both sides.
        layout: the kind of columns; `columns`: their names where the losses ask for some.
        classes: the names of the classes, in the order of the columns.
        evidence: the figures.
    """

    labels: Side
    predictions: Side
    layout: Layout
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    evidence: Evidence = field(default_factory=lambda: Evidence(0))

    @property
    def numeric(self) -> bool:
        """Whether numbers are predicted that are neither classes nor signs nor names of columns."""
        plain = self.layout in (Layout.OUTPUTS, Layout.SCALAR, Layout.VECTOR)
        return plain and self.labels.kind in ("continuous", "positive", "count")

    def law(self, *names: str) -> bool:
        """Whether numbers are predicted, and their errors follow one of these distributions."""
        return self.numeric and self.evidence.law in names

    def pair(self, labels: str, *predictions: str) -> bool:
        """Whether labels and predictions are of these kinds."""
        return self.labels.kind == labels and self.predictions.kind in predictions
