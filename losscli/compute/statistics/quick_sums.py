"""Exact sums by compiled code, where it was built: the same as those of NumPy, to the last bit, in less time.

Every function returns None where there is no compiled code, and for numbers that it leaves to NumPy.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from losscli.common.array import Array
from losscli.common.compiled import load
from losscli.compute.statistics.exact_sum import ExactSum

_module, why_not = load("losscli.compute.statistics._sums")
_UNIT = -1075
"""Sums are whole numbers of units of two to the power of this."""


class Pair(NamedTuple):
    """Sums over the losses a and b of two models, with d = a − b.

    Attributes:
        joint: Σ a·b.
        cubes: Σ d³.
        neighbours: Σ dᵢ·dᵢ₊₁, of d rounded.
        first, last: the first and the last d, rounded.
    """

    joint: ExactSum
    cubes: ExactSum
    neighbours: ExactSum
    first: float
    last: float


def powers(a: Array) -> tuple[ExactSum, ExactSum, ExactSum] | None:
    """Return Σ a, Σ a² and Σ a³."""
    found = None if _module is None else _module.powers(np.ascontiguousarray(a))
    return None if found is None else (_sum(found[0]), _sum(found[1]), _sum(found[2]))


def products(a: Array, b: Array) -> ExactSum | None:
    """Return Σ a·b."""
    found = None if _module is None else _module.products(np.ascontiguousarray(a), np.ascontiguousarray(b))
    return None if found is None else _sum(found)


def pair(a: Array, b: Array) -> Pair | None:
    """Return what the losses of two models are summed to; None for none."""
    found = None if _module is None else _module.pair(np.ascontiguousarray(a), np.ascontiguousarray(b))
    if found is None:
        return None
    joint, cubes, neighbours, first, last = found
    return Pair(_sum(joint), _sum(cubes), _sum(neighbours), first, last)


def _sum(units: int) -> ExactSum:
    return ExactSum.of_integer(units).shifted(_UNIT)
