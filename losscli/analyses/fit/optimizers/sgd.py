"""Stochastic gradient descent: a step against the gradient of each batch."""

from __future__ import annotations

from losscli.analyses.fit.optimizers import Optimizer
from losscli.common.array import Array
from losscli.loss import Reference


class Sgd:
    """θ ← θ − η g. It remembers nothing."""

    def __init__(self, size: int) -> None:
        del size

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move `parameters` in place."""
        parameters -= rate * gradient


OPTIMIZER = Optimizer(
    name="sgd",
    summary="a step against the gradient of each batch",
    update="θ ← θ − η g",
    rate=0.5,
    make=Sgd,
    references=(
        Reference(
            "Robbins and Monro, A Stochastic Approximation Method, 1951", doi="10.1214/aoms/1177729586"
        ),
    ),
)
