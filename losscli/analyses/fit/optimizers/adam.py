"""Adam: running averages of the gradient and of its square, both corrected for their start at 0."""

from __future__ import annotations

import numpy as np

from losscli.analyses.fit.optimizers import Optimizer
from losscli.common.array import Array
from losscli.loss import Reference


class Adam:
    """m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − η m̂/(√v̂ + ε)."""

    def __init__(self, size: int, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> None:
        self._beta1, self._beta2, self._eps = beta1, beta2, eps
        self._mean, self._square, self._steps = np.zeros(size), np.zeros(size), 0

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move `parameters` in place."""
        self._steps += 1
        self._mean *= self._beta1
        self._mean += (1.0 - self._beta1) * gradient
        self._square *= self._beta2
        self._square += (1.0 - self._beta2) * gradient * gradient
        mean = self._mean / (1.0 - self._beta1**self._steps)
        square = self._square / (1.0 - self._beta2**self._steps)
        parameters -= rate * mean / (np.sqrt(square) + self._eps)


OPTIMIZER = Optimizer(
    name="adam",
    summary="running averages of the gradient and of its square",
    update="m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  θ ← θ − η m̂/(√v̂ + ε);  m̂ = m/(1 − β₁ᵗ), "
    "v̂ = v/(1 − β₂ᵗ), β₁ = 0.9, β₂ = 0.999, ε = 1e-8",
    rate=0.1,
    make=Adam,
    settings={"beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    references=(
        Reference(
            "Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015",
            url="https://arxiv.org/abs/1412.6980",
        ),
    ),
)
