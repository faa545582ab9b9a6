"""Whether the mean of so many terms is near enough to normal: the rule n ≥ 25γ² of W. G. Cochran.

Sampling Techniques (1977), p. 42. N. J. Johnson, J. Amer. Statist. Assoc. 73 (1978) 536–544 shows why γ²/n
decides.
"""

from __future__ import annotations

import math
from typing import Literal

Approximation = Literal["ok", "small", "skewed", "constant"]
LEAST_ROWS = 30
_PER_SQUARED_SKEWNESS = 25.0


def least_rows(skewness: float | None) -> int:
    """Return max(30, ⌈25γ²⌉): the rows (clusters, effective rows) that the rule asks for."""
    return (
        LEAST_ROWS
        if skewness is None
        else max(LEAST_ROWS, math.ceil(_PER_SQUARED_SKEWNESS * skewness * skewness))
    )


def may_decide(n: float, skewness: float | None) -> bool:
    """Return whether n ≥ 30 and n ≥ 25γ²; n is the number of rows, of clusters, or the effective one."""
    return n >= least_rows(skewness)


def approximation(n: float, skewness: float | None, *, constant: bool = False) -> Approximation:
    """Return the first that holds of constant, small (n < 30), skewed (n < 25γ²) and ok."""
    if constant:
        return "constant"
    if n < LEAST_ROWS:
        return "small"
    return "ok" if may_decide(n, skewness) else "skewed"
