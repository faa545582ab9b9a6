"""The standard error of a mean of neighbours that are alike, in order of time.

F. X. Diebold, R. S. Mariano, J. Bus. Econ. Statist. 13 (1995) 253–263, with the factor of D. Harvey, S.
Leybourne, P. Newbold, Int. J. Forecast. 13 (1997) 281–291, for n − 1 degrees of freedom of t.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


class Lagged(NamedTuple):
    """A standard error, and whether Bartlett's weights had to make its square positive."""

    standard_error: float
    bartlett: bool


def lagged_error(autocovariances: Sequence[float], n: int) -> Lagged:
    """Return the standard error of the mean of n terms from γ₀ … γ_H, each divided by n.

    √((γ₀ + 2Σγ_h)/n), with weights 1 − h/(H + 1) where that is not > 0, divided by the factor of Harvey,
    Leybourne and Newbold √((n + 1 − 2(H + 1) + (H + 1)H/n)/n). Raises ValueError where not H < n − 1.
    """
    horizon = len(autocovariances)
    if not 0 < horizon < n or not all(map(math.isfinite, autocovariances)) or autocovariances[0] < 0.0:
        msg = f"{horizon} autocovariances of {n} rows: {autocovariances}"
        raise ValueError(msg)
    variance = autocovariances[0] + 2.0 * math.fsum(autocovariances[1:])
    bartlett = variance <= 0.0
    if bartlett:
        weighted = [value * (horizon - lag) / horizon for lag, value in enumerate(autocovariances)]
        variance = max(0.0, weighted[0] + 2.0 * math.fsum(weighted[1:]))
    # n² times the square of the factor: (n + 1 − 2h + h(h − 1)/n)·n = (n − h)(n − h + 1), h = H + 1
    return Lagged(math.sqrt(variance * n / ((n - horizon) * (n - horizon + 1))), bartlett)
