"""Gradient descent with momentum: steps accumulate, like those of a heavy ball."""

from __future__ import annotations

import numpy as np

from losscli.analyses.fit.optimizers import Optimizer
from losscli.common.array import Array
from losscli.loss import Reference


class Momentum:
    """v ← μ v − η g, θ ← θ + v."""

    def __init__(self, size: int, momentum: float = 0.9) -> None:
        self._momentum, self._velocity = momentum, np.zeros(size)

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move `parameters` in place."""
        self._velocity *= self._momentum
        self._velocity -= rate * gradient
        parameters += self._velocity


OPTIMIZER = Optimizer(
    name="momentum",
    summary="steps accumulate, like those of a heavy ball",
    update="v ← μ v − η g;  θ ← θ + v",
    rate=0.05,
    make=Momentum,
    settings={"momentum": 0.9},
    references=(
        Reference(
            "Polyak, Some methods of speeding up the convergence of iteration methods, 1964",
            doi="10.1016/0041-5553(64)90137-5",
        ),
    ),
)
