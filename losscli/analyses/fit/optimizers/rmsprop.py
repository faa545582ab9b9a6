"""RMSProp: steps are divided by the size of recent gradients."""

from __future__ import annotations

import numpy as np

from losscli.analyses.fit.optimizers import Optimizer
from losscli.common.array import Array
from losscli.loss import Reference


class RmsProp:
    """s ← ρ s + (1 − ρ) g², θ ← θ − η g/(√s + ε)."""

    def __init__(self, size: int, decay: float = 0.9, eps: float = 1e-8) -> None:
        self._decay, self._eps, self._square = decay, eps, np.zeros(size)

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move `parameters` in place."""
        self._square *= self._decay
        self._square += (1.0 - self._decay) * gradient * gradient
        parameters -= rate * gradient / (np.sqrt(self._square) + self._eps)


OPTIMIZER = Optimizer(
    name="rmsprop",
    summary="steps divided by the size of recent gradients",
    update="s ← ρ s + (1 − ρ) g²;  θ ← θ − η g/(√s + ε);  ρ = 0.9, ε = 1e-8",
    rate=0.1,
    make=RmsProp,
    settings={"decay": 0.9, "eps": 1e-8},
    references=(
        Reference(
            "Tieleman and Hinton, Lecture 6.5: divide the gradient by a running average of its recent "
            "magnitude, 2012"
        ),
    ),
)
