"""Adagrad: steps are divided by the root of the sum of all squared gradients, so they shrink."""

from __future__ import annotations

import numpy as np

from losscli.analyses.fit.optimizers import Optimizer
from losscli.common.array import Array
from losscli.loss import Reference


class Adagrad:
    """s ← s + g², θ ← θ − η g/(√s + ε)."""

    def __init__(self, size: int, eps: float = 1e-10) -> None:
        self._eps, self._square = eps, np.zeros(size)

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move `parameters` in place."""
        self._square += gradient * gradient
        parameters -= rate * gradient / (np.sqrt(self._square) + self._eps)


OPTIMIZER = Optimizer(
    name="adagrad",
    summary="steps divided by the root of the sum of all squared gradients",
    update="s ← s + g²;  θ ← θ − η g/(√s + ε);  ε = 1e-10",
    rate=0.5,
    make=Adagrad,
    settings={"eps": 1e-10},
    references=(
        Reference(
            "Duchi, Hazan and Singer, Adaptive Subgradient Methods for Online Learning, 2011",
            url="https://jmlr.org/papers/v12/duchi11a.html",
        ),
    ),
)
