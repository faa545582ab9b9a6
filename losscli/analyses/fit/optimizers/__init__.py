"""Optimisers: one a file, found by its name and imported on use.

A module of this folder holds `OPTIMIZER`. An optimiser takes a gradient to a step, and keeps what it
has to remember between steps. Its update is the published one; how the learning rate falls is not
its business (`losscli.analyses.fit.train`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from losscli.common import found
from losscli.common.array import Array
from losscli.loss import Reference


class Stepper(Protocol):
    """One run of an optimiser over parameters `(parameters,)`."""

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move `parameters` in place, given the gradient there and the learning rate."""


@dataclass(frozen=True, slots=True)
class Optimizer:
    """The declaration of an optimiser.

    Attributes:
        name: the name of its file.
        summary: what it does, in a clause.
        update: its update, g the gradient, θ the parameters, η the learning rate.
        rate: the default learning rate, without a unit: parameters and objective have none either.
        make: `make(size, **settings)` starts a run of it.
        settings: what can be set besides the rate, with its default.
    """

    name: str
    summary: str
    update: str
    rate: float
    make: Callable[..., Stepper]
    references: tuple[Reference, ...]
    settings: Mapping[str, float] = field(default_factory=dict)


def names() -> tuple[str, ...]:
    """Return the names of all optimisers, in order; imports none of them."""
    return found.names(__name__)


def load(name: str) -> Optimizer:
    """Return the optimiser called `name`, which is one of `names()`."""
    optimizer = found.load(__name__, name, "OPTIMIZER")
    assert isinstance(optimizer, Optimizer)
    return optimizer
