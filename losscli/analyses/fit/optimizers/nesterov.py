"""Nesterov's momentum: the gradient is taken where the momentum leads."""

from __future__ import annotations

import numpy as np

from losscli.analyses.fit.optimizers import Optimizer
from losscli.common.array import Array
from losscli.loss import Reference


class Nesterov:
    """v ← μ v − η g(θ + μ v), θ ← θ + v, told of the place θ + μ v, at which the slope is taken."""

    def __init__(self, size: int, momentum: float = 0.9) -> None:
        self._momentum, self._velocity = momentum, np.zeros(size)

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move `parameters`, which are the place ahead, in place."""
        self._velocity *= self._momentum
        self._velocity -= rate * gradient
        # From θ + μ v the way to the next such place is −η g and then once more μ v.
        parameters += self._momentum * self._velocity - rate * gradient


OPTIMIZER = Optimizer(
    name="nesterov",
    summary="momentum, with the gradient taken where the momentum leads",
    update="v ← μ v − η g(θ + μ v);  θ ← θ + v",
    rate=0.05,
    make=Nesterov,
    settings={"momentum": 0.9},
    references=(
        Reference("Nesterov, A method of solving a convex programming problem with rate O(1/k²), 1983"),
        Reference(
            "Sutskever et al., On the importance of initialization and momentum in deep learning, 2013",
            url="https://proceedings.mlr.press/v28/sutskever13.html",
        ),
    ),
)
