"""Training: epochs of mini-batches, a learning rate that falls, and the end of it.

The update is the optimiser's, as published. Around it, the cost of all samples is taken after every
epoch, and the best parameters are kept. With the decay

- `halving`, an epoch that brings no progress is undone: the run goes on from the best parameters with
  half the rate and a memory as at the start. After `patience` such epochs in a row the round is over:
  the units of θ are taken anew, and another round begins. A round that brings little may have ended in
  the noise of small batches, or in units that are too wide: batches grow first (Smith et al., Don't
  decay the learning rate, increase the batch size, 2018), then the units shrink, and when that brings
  nothing either the run has converged. A size of batches that was asked for stays;
- `cosine`, the rate falls to 0 over the epochs, along half a wave, step by step;
- `none`, it stays. A run with one of these two has converged when `patience` epochs in a row left
  the cost where it was.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from losscli.analyses.fit.objective import Batch, Objective
from losscli.analyses.fit.optimizers import Optimizer
from losscli.common.array import Array
from losscli.common.options import CHOICES

DECAYS = CHOICES["decay"]
STEPS, MOST_ROWS = 16, 8192
EXPLODED = 1e6
"""How many times the cost of the start a cost may grow by before it is beyond hope."""
LONGEST_ROUND = 10
"""Epochs after which the units are taken anew, though there still is progress."""
NOTHING = 1e-12
"""The share of the cost of the start that counts as nothing."""
NOISY_ROUND = 1e-2
"""The share of the cost that a round has to bring while batches are small, lest they grow."""
CLOSER, CLOSEST = 0.25, 1.0 / 16.0
"""By how much units shrink for another look, and how far at most."""
LEAP, MOST_LEAPS = 0.1, 4
"""How far a default rate falls where an epoch ended beyond hope, and how often in a row at most."""
ROUND, SECOND_WIND = 1e-4, 8.0
"""What share of the cost a round has to bring for another one, and how much longer than the last
useful steps those of another round begin."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long to train, and in what steps.

    Attributes:
        epochs: how often all samples are gone through, at most.
        batch_rows: the samples of a step; None for one that suits their number.
        decay: how the learning rate falls, one of `DECAYS`.
        tolerance: the share of the cost that an epoch has to bring to count as progress.
        patience: after how many epochs without progress in a row the run has converged.
        momentum: that of optimisers that have one; None for their own.
        seed: which samples meet in a batch.
    """

    epochs: int = 100
    batch_rows: int | None = None
    decay: str = "halving"
    tolerance: float = 1e-6
    patience: int = 5
    momentum: float | None = None
    seed: int = 0

    def largest_batch(self, rows: int) -> int:
        """Return the samples of a step once smaller steps bring nothing, of `rows` samples in all."""
        return self.batch_size(rows) if self.batch_rows is not None else max(1, min(MOST_ROWS, rows))

    def batch_size(self, rows: int) -> int:
        """Return the samples of a step, of `rows` samples in all."""
        if self.batch_rows is not None:
            return min(self.batch_rows, rows)
        return max(1, min(MOST_ROWS, rows // STEPS))


@dataclass(frozen=True, slots=True)
class Trained:
    """One run.

    Attributes:
        parameters: the best ones, as the objective has them.
        best: the mean loss there.
        epochs: how many were gone through.
        converged: whether more of them would bring nothing.
        diverged: whether the cost grew without bound, or was no number.
        curve: the mean loss after each epoch; NaN or infinite where a run diverged.
    """

    parameters: Array
    best: float
    epochs: int
    converged: bool
    diverged: bool
    curve: tuple[float, ...] = field(default=())


def batches(objective: Objective, size: int, random: np.random.Generator) -> Iterator[Batch]:
    """Yield the samples of one epoch, shuffled, `size` at a time; the last batch may be smaller."""
    rows = len(objective.batch.place)
    if size >= rows:
        yield objective.batch
        return
    # Gathered once an epoch: a step then reads what lies side by side.
    shuffled = objective.batch.take(random.permutation(rows))
    for first in range(0, rows, size):
        yield shuffled.take(slice(first, first + size))


def train(
    objective: Objective,
    cost: Callable[[Array], float],
    optimizer: Optimizer,
    schedule: Schedule,
    *,
    rate: float | None = None,
    stream: int = 1,
) -> Trained:
    """Minimise a mean loss.

    Args:
        objective: gives the slope.
        cost: the mean loss of all samples, of the parameters.
        optimizer: how to step.
        schedule: how long, and how far.
        rate: the learning rate at the start; None for the optimiser's own.
        stream: which of the seed's streams of random numbers makes the batches.
    """
    return _Run(objective, cost, optimizer, schedule, rate, stream).result()


class _Run:
    """One run; where it stands between epochs."""

    def __init__(
        self,
        objective: Objective,
        cost: Callable[[Array], float],
        optimizer: Optimizer,
        schedule: Schedule,
        rate: float | None,
        stream: int,
    ) -> None:
        self._objective, self._cost = objective, cost
        self._optimizer, self._schedule = optimizer, schedule
        self._random = np.random.default_rng([schedule.seed, stream])
        self._batch_rows = schedule.batch_size(len(objective.batch.place))
        self._first, self._own_rate = (optimizer.rate, True) if rate is None else (rate, False)
        self._kept = objective.origin
        self._begin = self._best = cost(objective.origin)
        self._curve: list[float] = []
        self._diverged = self._converged = False
        self._round = self._best
        self._idle, self._since, self._useful = 0, 0, self._first
        self._largest = schedule.largest_batch(len(objective.batch.place))
        self._steady, self._width, self._leaps = False, 1.0, 0
        self._restart(self._first)

    def result(self) -> Trained:
        """Go through epochs until one of the reasons to stop."""
        with np.errstate(all="ignore"):
            while len(self._curve) < self._schedule.epochs and not (self._converged or self._diverged):
                self._epoch()
        return Trained(
            self._kept, self._best, len(self._curve), self._converged, self._diverged, tuple(self._curve)
        )

    def _restart(self, rate: float) -> None:
        """Begin at θ = 0 with a memory as at the start."""
        settings = {}
        if self._schedule.momentum is not None and "momentum" in self._optimizer.settings:
            settings["momentum"] = self._schedule.momentum
        self._theta, self._rate = np.zeros(self._objective.size), rate
        self._stepper = self._optimizer.make(self._objective.size, **settings)

    def _epoch(self) -> None:
        objective, schedule = self._objective, self._schedule
        steps = -(-len(objective.batch.place) // self._batch_rows)
        for step, batch in enumerate(self._batches(steps)):
            if schedule.decay == "cosine":
                done = (len(self._curve) + step / steps) / schedule.epochs
                self._rate = 0.5 * self._first * (1.0 + math.cos(math.pi * done))
            self._stepper.step(self._theta, objective.gradient(self._theta, batch), self._rate)
        parameters = objective.parameters(self._theta)
        now = self._cost(parameters) if np.isfinite(parameters).all() else math.nan
        before = self._curve[-1] if self._curve else self._begin
        self._curve.append(now)
        exploded = self._exploded(now)
        self._leaps = self._leaps + 1 if exploded else 0
        self._diverged = exploded and not (self._may_shorten() and self._leaps <= MOST_LEAPS)
        progress = self._best - now > schedule.tolerance * self._size()
        if now < self._best:
            self._best, self._kept = now, parameters
        if schedule.decay == "halving":
            self._halve(progress)
        else:
            still = abs(now - before) <= schedule.tolerance * self._size()
            self._idle = self._idle + 1 if still else 0
            self._converged = self._idle >= schedule.patience

    def _batches(self, steps: int) -> Iterator[Batch]:
        """Yield the batches of an epoch; where they have grown, still as many as there were, or about."""
        for _ in range(max(1, STEPS // steps) if self._steady else 1):
            yield from batches(self._objective, self._batch_rows, self._random)

    def _halve(self, progress: bool) -> None:
        """Undo an epoch without progress; after some of them look around, or end."""
        objective, rate = self._objective, (LEAP if self._leaps else 0.5) * self._rate
        self._since += 1
        if progress:
            self._idle, self._useful = 0, self._rate
            if self._since < LONGEST_ROUND:
                return
        else:
            self._idle += 1
        if self._idle >= self._schedule.patience or self._since >= LONGEST_ROUND:
            rate = min(self._first, SECOND_WIND * self._useful)
            if self._ended():
                self._converged = not self._looked_closer()
                rate = self._first
            self._round, self._idle, self._since = self._best, 0, 0
            objective.look_around(self._kept, self._width)
        else:
            objective.origin = self._kept
        self._restart(rate)

    def _may_shorten(self) -> bool:
        """Whether a rate that leads astray may fall: nobody asked for it."""
        return self._schedule.decay == "halving" and self._own_rate

    def _looked_closer(self) -> bool:
        """Make the noise of a step smaller, then the units; return whether there was either to be done."""
        if self._largest > self._batch_rows:
            self._batch_rows, self._steady = self._largest, True
            return True
        self._width *= CLOSER
        return self._steady and self._width >= CLOSEST

    def _ended(self) -> bool:
        """Whether a round brought too little for another one like it."""
        gain = self._round - self._best
        if self._largest > self._batch_rows:
            # A third of the epochs is enough of the noise.
            late = len(self._curve) * 3 >= self._schedule.epochs
            return late or not gain > NOISY_ROUND * self._size()
        return self._idle >= self._schedule.patience and not gain > ROUND * self._size()

    def _size(self) -> float:
        """Return what shares of a cost are taken of: a cost of 0 has none of itself."""
        return (
            max(abs(self._best), NOTHING * abs(self._begin))
            if math.isfinite(self._begin)
            else abs(self._best)
        )

    def _exploded(self, now: float) -> bool:
        if math.isinf(self._begin):
            return math.isnan(now)
        return not math.isfinite(now) or now - self._begin > EXPLODED * max(
            self._objective.unit, abs(self._begin)
        )
