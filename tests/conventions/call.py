"""A call of a library: what it is in the library's words, what it is here, and how to make it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Run = Callable[[np.ndarray, np.ndarray, np.ndarray], float]
"""`f(label, prediction, weight)`: the number that the library gives."""


@dataclass(frozen=True)
class Call:
    """A number that a library gives, and the loss that it is here.

    Attributes:
        text: the call in the library's words.
        loss: the spec of the loss, with the parameters that the call has too.
        data: the kinds of data that it takes.
        run: makes the call.
        profile: what `--as` says to give this number.
        weighted: whether it is given weights.
        tolerance: how far a number may be off, relatively, where the library computes in float32.
    """

    text: str
    loss: str
    data: str
    run: Run
    profile: str
    weighted: bool = False
    tolerance: float = 1e-12

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of data, as names."""
        return tuple(self.data.split())


FLOAT32 = 2.0**-22
"""What steps in float32 may come to."""


def squared(run: Run) -> Run:
    """Return the square of a number."""
    return lambda label, prediction, weight: run(label, prediction, weight) ** 2
