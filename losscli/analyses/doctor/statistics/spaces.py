"""How well predictions fit transformed labels, and transformed predictions fit labels, without a refit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from losscli.analyses.doctor.statistics.outputs import of_outputs
from losscli.common.array import Array
from losscli.compute.statistics.exact_sum import ExactSum, power_sums

TRANSFORMS: Mapping[str, tuple[Callable[[Array], Array], float, str]] = {
    "log": (np.log, 0.0, "exp"),
    "log1p": (np.log1p, -1.0, "expm1"),
    "log10": (np.log10, 0.0, "pow10"),
    "sqrt": (np.sqrt, 0.0, "square"),
}
"""Each with the end of its domain, and its inverse."""
ENDS_COUNT = frozenset(("sqrt",))
"""Those that are finite there."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Sums of the squares of t(y) − f, of t(y) and of its square; or of y − t(f), and the same of y."""

    squares: ExactSum
    of: ExactSum
    of_square: ExactSum

    def merge(self, later: Fit) -> Fit:
        """Return those of both."""
        return Fit(
            self.squares.merge(later.squares), self.of.merge(later.of), self.of_square.merge(later.of_square)
        )

    def error(self, n: int) -> float:
        """Return the mean squared error of n rows."""
        return float(self.squares.read() / n)

    def variance(self, n: int) -> float:
        """Return the variance of what is predicted."""
        return float(self.of_square.read() / n - (self.of.read() / n) ** 2)

    def ratio(self, n: int) -> float:
        """Return the error by the variance."""
        variance = self.variance(n)
        return self.error(n) / variance if variance > 0.0 else np.inf


@dataclass(frozen=True, slots=True)
class Spaces:
    """Fits by the transform, of labels and of predictions; only those of which every row is in the domain.

    Attributes:
        n: the samples.
        plain: the fit of predictions to labels.
        labels, predictions: those with transformed labels, and with transformed predictions.
    """

    n: int = 0
    plain: Fit | None = None
    labels: Mapping[str, Fit] = field(default_factory=dict)
    predictions: Mapping[str, Fit] = field(default_factory=dict)

    def merge(self, later: Spaces) -> Spaces:
        """Return those of both."""
        if not self.n or not later.n:
            return self if self.n else later
        plain = self.plain.merge(later.plain) if self.plain and later.plain else None
        labels, predictions = (
            {name: fit.merge(other[name]) for name, fit in one.items() if name in other}
            for one, other in ((self.labels, later.labels), (self.predictions, later.predictions))
        )
        return Spaces(self.n + later.n, plain, labels, predictions)


def _fit(target: Array, prediction: Array) -> Fit | None:
    try:
        return Fit(ExactSum.of_squares(target - prediction), *power_sums(target))
    except ValueError:
        return None


def _of(label: Array, prediction: Array) -> Spaces:
    plain = _fit(label, prediction)
    if plain is None:
        return Spaces(len(label))
    labels, predictions = dict[str, Fit](), dict[str, Fit]()
    for values, of_labels in ((label, True), (prediction, False)):
        low = float(values.min())
        for name, (transform, end, _) in TRANSFORMS.items():
            if low < end or (low == end and name not in ENDS_COUNT):
                continue
            other = transform(values)
            try:
                if of_labels:
                    labels[name] = Fit(ExactSum.of_squares(other - prediction), *power_sums(other))
                else:
                    squares = ExactSum.of_squares(label - other)
                    predictions[name] = Fit(squares, plain.of, plain.of_square)
            except ValueError:
                continue
    return Spaces(len(label), plain, labels, predictions)


SPACES = of_outputs("spaces", Spaces, _of, some=True)
