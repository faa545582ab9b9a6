"""What an optimiser sees: parameters and a slope without units, the same whatever the unit of the labels.

An optimiser walks in θ, which begins at 0. At first one unit of θ moves places about as far as labels
are from predictions, or, where places have a unit of their own (logits, log-odds, logs), by one of it.
Then the slope is taken one unit to both sides of each parameter: how it changes tells how the loss
bends. Along the axes of that bend θ is stretched until it bends alike in all directions, and the mean
loss is divided by how much it bends. Thus one learning rate suits all data, and labels and predictions
in other units give the same walk.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from losscli.analyses.fit.links import Identity, Link
from losscli.analyses.fit.models import Shape
from losscli.analyses.fit.samples import Samples, moved, slopes
from losscli.common.array import Array
from losscli.compute.row_losses import sample_losses
from losscli.loss.domain import Interval
from losscli.loss.spec import BoundLoss

PROBED_ROWS = 1 << 16
"""Of more samples, evenly spaced ones tell how the loss bends."""
MOST_STRETCHED = 10.0
"""A direction that hardly bends is stretched no further: beyond, it may bend more."""
STEEPER = 100.0
"""How many times as much a loss may bend uphill as downhill before only the latter counts."""
MOST_TURNED = 64
"""Of more parameters than this, each is stretched along its own axis."""
MOST_LOG = 300.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Some samples as a step needs them: labels, places from their centre, weights with a mean of 1."""

    label: Array
    place: Array
    weight: Array | None

    def take(self, rows: Any) -> Batch:
        """Return the samples that a slice or positions choose."""
        weight = None if self.weight is None else self.weight[rows]
        return Batch(self.label[rows], self.place[rows], weight)


class Objective:
    """The mean loss of some samples as a function of θ.

    Attributes:
        size: how many parameters there are.
        unit: what the mean loss is divided by.
        origin: the parameters at θ = 0: the slope (or its log), then the level, of centred places.
        axes: `(size, size)`; the parameters at θ are `origin + axes · θ`.
        batch: all samples.
    """

    def __init__(self, bound: BoundLoss, link: Link, shape: Shape, levels: int, samples: Samples) -> None:
        """Look at the samples for the units of θ.

        Args:
            bound: the loss.
            link: the scale of the places.
            shape: what moves.
            levels: 1, or the number of classes where each has a level of its own.
            samples: what is fitted.
        """
        self._bound, self._link, self._shape = bound, link, shape
        self._levels = levels
        axis = 0 if levels > 1 else None
        middle = np.median if shape.from_data else np.mean
        centre = np.atleast_1d(middle(samples.place, axis=axis)) if shape.centred else np.zeros(levels)
        self._centre = centre
        place = samples.place - (centre if levels > 1 else centre[0]) if shape.centred else samples.place
        mean_weight = samples.total_weight / max(1, len(samples))
        weight = None if samples.weight is None else samples.weight / (mean_weight or 1.0)
        self.batch = Batch(samples.label, place, weight)
        self._at = int(shape.moves_slope)
        self.size = self._at + (levels if shape.moves_level else 0)
        first = 0.0 if shape.by_log else shape.slope
        if shape.from_data:
            centre = self._start(centre)
        self.origin = np.concatenate([[first][: self._at], centre if shape.moves_level else []])
        self.unit, self.axes = 1.0, np.eye(self.size)
        self.look_around(self.origin)

    def look_around(self, origin: Array, width: float = 1.0) -> None:
        """Begin at other parameters: θ is 0 there, and its units are those of the place, times `width`."""
        self.origin, self.unit, self.axes = origin, 1.0, np.diag(width * self._reaches(origin))
        bend, rest = self._bends()
        size, turn = np.linalg.eigh(bend) if self.size <= MOST_TURNED else (np.diag(bend), np.eye(self.size))
        size = np.abs(size)
        most = float(size.max(initial=0.0))
        if not (math.isfinite(most) and most > 0.0):
            most = rest
        if not (math.isfinite(most) and most > 0.0):
            return
        # What is seen from close by may be stretched as much more as it is closer.
        stretch = np.sqrt(most / np.maximum(size, most * (width / MOST_STRETCHED) ** 2))
        # Turned back again: where it bends alike in all directions, rounding decides on the axes, and
        # optimisers that treat each parameter by itself would depend on them.
        self.axes = _product(self.axes, _product(turn * stretch, turn.T))
        # Where it all but fails to bend, the slope itself bounds a step.
        self.unit = max(most, 0.25 * rest)

    def parameters(self, theta: Array) -> Array:
        """Return the parameters at θ."""
        return self.origin + _product(self.axes, theta[:, None])[:, 0]

    def physical(self, parameters: Array) -> tuple[float, Array]:
        """Return slope and level, of places as they are."""
        slope, level = self._inner(parameters)
        return slope, level - slope * self._centre if self._shape.centred else level

    def gradient(self, theta: Array, batch: Batch) -> Array:
        """Return the slope of the mean loss of a batch by θ, over the unit.

        It may overflow: NumPy's warnings are for the caller to silence.
        """
        found = self._slope_of(self.parameters(theta), batch)
        found = np.asarray(np.einsum("ij,i->j", self.axes, found))
        found /= self.unit
        return found

    def _slope_of(self, parameters: Array, batch: Batch) -> Array:
        """Return the slope of the mean loss by the parameters."""
        slope, level = self._inner(parameters)
        prediction = self._link.inverse(moved(batch.place, slope, level))
        pull = self._link.chain(slopes(self._bound, batch.label, prediction), prediction)
        if batch.weight is not None:
            pull = pull * (batch.weight if pull.ndim == 1 else batch.weight[:, None])
        found = np.empty(self.size)
        if self._shape.moves_slope:
            # einsum adds up without the threads of a matrix product.
            found[0] = np.einsum("i,i->", pull.ravel(), batch.place.ravel())
            if self._shape.by_log:
                found[0] *= slope
        if self._shape.moves_level:
            found[self._at :] = pull.sum(axis=0) if self._levels > 1 else pull.sum()
        found /= len(pull)
        return found

    def _inner(self, parameters: Array) -> tuple[float, Array]:
        """Return slope and level of places from their centre."""
        shape, slope, level = self._shape, self._shape.slope, self._centre
        if shape.moves_slope:
            slope = float(parameters[0])
            if shape.by_log:
                slope = math.exp(min(max(slope, -MOST_LOG), MOST_LOG))
        if shape.moves_level:
            level = parameters[self._at :]
        return slope, level

    def _start(self, middle: Array) -> Array:
        """Return where a constant starts: at the middle of the places, or where it costs less.

        Predictions that are sure of themselves have their middle where the loss is flat, or far off.
        """
        label, place = self.batch.label, self.batch.place
        starts = [middle, np.zeros_like(middle)]
        if label.shape == place.shape:
            with np.errstate(all="ignore"):
                centre = float(self._link.link(np.array([np.median(label), np.mean(label)])).min())
            starts.append(np.full_like(middle, centre))
        costs = [self._mean_of(start) for start in starts]
        return starts[int(np.argmin(costs))]

    def _probe(self) -> Batch:
        """Return enough samples to tell how the loss runs."""
        step = max(1, -(-len(self.batch.place) // PROBED_ROWS))
        return self.batch.take(slice(None, None, step))

    def _mean_of(self, level: Array) -> float:
        """Return the mean loss of a constant, of some samples; infinite where it is no number."""
        probe = self._probe()
        with np.errstate(all="ignore"):
            prediction = self._link.inverse(moved(probe.place, 0.0, level))
            losses = sample_losses(self._bound, probe.label, prediction)
            if probe.weight is not None:
                losses = losses * probe.weight
            found = float(losses.mean())
        return found if math.isfinite(found) else math.inf

    def _reaches(self, origin: Array) -> Array:
        """Return how far each parameter goes for places to move by one unit."""
        label, place = self.batch.label, self.batch.place
        # Against a power of two, which rounds nothing, squares neither overflow nor vanish.
        power = math.frexp(float(np.abs(place).max(initial=0.0)))[1]
        spread = math.ldexp(float(np.sqrt(np.mean(np.square(np.ldexp(place, -power))))), power)
        amounts = isinstance(self._link, Identity) and isinstance(self._bound.label_domain, Interval)
        if amounts and label.shape == place.shape:
            reach = float(np.mean(np.abs(label - moved(place, *self._inner(origin)))))
            # Perfect predictions leave no distance; any other length will do.
            reach = along = reach or spread or 1.0
        else:
            reach, along = 1.0, math.hypot(1.0, spread)
        along = 1.0 if self._shape.by_log else along / spread if spread > 0.0 else along
        return np.array([*[along][: self._at], *[reach] * (self.size - self._at)])

    def _bends(self) -> tuple[Array, float]:
        """Return how the slope changes over one unit of θ `(size, size)`, and the slope itself at 0."""
        probe, found = self._probe(), np.zeros((self.size, self.size))
        with np.errstate(all="ignore"):
            here = self.gradient(np.zeros(self.size), probe)
            for at in range(self.size):
                theta = np.zeros(self.size)
                theta[at] = 1.0
                above, below = self.gradient(theta, probe), self.gradient(-theta, probe)
                found[at] = (above - below) / 2.0
                # Uphill it may bend so much more that downhill is all that counts.
                down = here - below if here[at] > 0.0 else above - here
                if not abs(down[at]) * STEEPER >= abs(found[at, at]):
                    found[at] = down
        rest = float(np.abs(here).max(initial=0.0))
        if not np.isfinite(found).all():
            # Somewhere in reach the loss overflows: there is no telling how it bends.
            found = np.zeros_like(found)
        return 0.5 * (found + found.T), rest


def _product(left: Array, right: Array) -> Array:
    # einsum adds up without the threads of a matrix product.
    return np.asarray(np.einsum("ij,jk->ik", left, right))
