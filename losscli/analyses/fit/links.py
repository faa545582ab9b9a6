"""Scales on which corrections act: a prediction may be any number there, and no correction leaves the domain.

A link takes predictions to such a scale (`link`) and back (`inverse`), and a slope by the prediction
to one by its place on the scale (`chain`, by the chain rule). Predictions on the scale are called places.

- real numbers: the predictions themselves;
- numbers beyond an edge, such as positive ones: the log of the distance from it;
- probabilities: their log-odds;
- probabilities of classes: their logs, and back by a softmax; log-probabilities likewise.

Probabilities of 0 and 1 have no finite place: they count as 2⁻⁵² and 1 − 2⁻⁵².
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from losscli.common.array import Array
from losscli.loss.domain import Columns, Domain, Interval, Simplex
from losscli.loss.numeric import EPS, log_softmax, row_sum, sigmoid, softmax

_TINY, _HUGE = np.finfo(np.float64).tiny, np.finfo(np.float64).max


class Link(Protocol):
    """A scale on which corrections act."""

    @property
    def acts_on(self) -> str:
        """What a correction adds to and multiplies, in words."""

    def link(self, prediction: Array) -> Array:
        """Return the places of predictions, finite, in their shape."""

    def inverse(self, place: Array) -> Array:
        """Return the predictions at places, inside the domain."""

    def chain(self, slope: Array, prediction: Array) -> Array:
        """Return the slope by the place, given that by the prediction; `slope` may be overwritten."""


class Identity:
    """Real numbers: a place is the prediction."""

    acts_on = "predictions"

    def link(self, prediction: Array) -> Array:
        """Return the predictions."""
        return prediction

    def inverse(self, place: Array) -> Array:
        """Return the predictions."""
        return place

    def chain(self, slope: Array, prediction: Array) -> Array:
        """Return the slope."""
        del prediction
        return slope


@dataclass(frozen=True, slots=True)
class Log:
    """Numbers above an edge: the log of the distance from it."""

    edge: float = 0.0

    @property
    def acts_on(self) -> str:
        """What a correction acts on."""
        if self.edge == 0.0:
            return "logs of predictions"
        return f"logs of (prediction {'-' if self.edge > 0 else '+'} {abs(self.edge):g})"

    def link(self, prediction: Array) -> Array:
        """Return the logs."""
        return np.log(np.maximum(prediction - self.edge, _TINY))

    def inverse(self, place: Array) -> Array:
        """Return the predictions: above the edge, and finite."""
        distance = np.clip(np.exp(place), _TINY, _HUGE)
        if self.edge == 0.0:
            return distance
        return np.maximum(distance + self.edge, math.nextafter(self.edge, math.inf))

    def chain(self, slope: Array, prediction: Array) -> Array:
        """Return the slope by the log."""
        return slope * (prediction - self.edge)


@dataclass(frozen=True, slots=True)
class LogOdds:
    """Numbers between two edges, such as probabilities: their log-odds."""

    low: float = 0.0
    high: float = 1.0
    acts_on = "log-odds"

    def link(self, prediction: Array) -> Array:
        """Return the log-odds, at most 36.04 in size."""
        p = prediction if (self.low, self.high) == (0.0, 1.0) else (prediction - self.low) / self._span
        p = np.clip(p, EPS, 1.0 - EPS)
        return np.log(p) - np.log1p(-p)

    def inverse(self, place: Array) -> Array:
        """Return the predictions."""
        p = sigmoid(place)
        return p if (self.low, self.high) == (0.0, 1.0) else self.low + self._span * p

    def chain(self, slope: Array, prediction: Array) -> Array:
        """Return the slope by the log-odds."""
        return slope * ((prediction - self.low) * (self.high - prediction) / self._span)

    @property
    def _span(self) -> float:
        return self.high - self.low


class Softmax:
    """Probabilities of classes: their logs; a softmax leads back."""

    acts_on = "logs of the class probabilities"

    def link(self, prediction: Array) -> Array:
        """Return the logs, no less than −36.04."""
        return np.log(np.maximum(prediction, EPS))

    def inverse(self, place: Array) -> Array:
        """Return probabilities that sum to 1."""
        return softmax(place)

    def chain(self, slope: Array, prediction: Array) -> Array:
        """Return the slope by the logs."""
        # A class that cannot be pulls nothing, however steep the loss is there.
        pulled = np.where(prediction == 0.0, 0.0, slope * prediction)
        return np.asarray(pulled - prediction * row_sum(pulled)[:, None])


class LogSoftmax:
    """Log-probabilities of classes: themselves; back they are normalised."""

    acts_on = "log-probabilities"

    def link(self, prediction: Array) -> Array:
        """Return the log-probabilities."""
        return prediction

    def inverse(self, place: Array) -> Array:
        """Return log-probabilities whose exponentials sum to 1."""
        return np.minimum(log_softmax(place), 0.0)

    def chain(self, slope: Array, prediction: Array) -> Array:
        """Return the slope by the place."""
        return np.asarray(slope - np.exp(prediction) * row_sum(slope)[:, None])


def link_of(domain: Domain) -> Link | None:
    """Return the scale for predictions of a domain, None where there is none."""
    if isinstance(domain, Simplex):
        return Softmax()
    if isinstance(domain, Columns):
        if domain.nonzero:
            return None
        if domain.each.low == -math.inf and domain.each.high == 0.0:
            return LogSoftmax()
        return link_of(domain.each) if domain.each.low == -math.inf else None
    if not isinstance(domain, Interval):
        return None
    if domain.low == -math.inf:
        return Identity() if domain.high == math.inf else None
    if domain.high == math.inf:
        return Log(domain.low)
    return LogOdds(domain.low, domain.high)
