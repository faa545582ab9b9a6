"""The difference of two means of different rows: B. L. Welch, Biometrika 34 (1947) 28–35."""

from __future__ import annotations

import math
from typing import NamedTuple


class Unpaired(NamedTuple):
    """The standard error of a − k·b, and its degrees of freedom."""

    standard_error: float
    df: float


def welch(errors: tuple[float, float], dfs: tuple[float, float], factor: float = 1.0) -> Unpaired:
    """Return √(SE_a² + k²·SE_b²) and Welch's degrees of freedom; `errors` and `dfs` are of a and b.

    Raises ValueError where both errors are 0.
    """
    one, other = errors[0], abs(factor) * errors[1]
    total = math.sqrt(one * one + other * other)
    if not (0.0 < total < math.inf and min(dfs) > 0.0):
        msg = f"standard errors {errors} and degrees of freedom {dfs}"
        raise ValueError(msg)
    share = (one / total) * (one / total)
    rest = (other / total) * (other / total)
    return Unpaired(total, 1.0 / (share * share / dfs[0] + rest * rest / dfs[1]))
