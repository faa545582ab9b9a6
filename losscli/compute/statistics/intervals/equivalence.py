"""Better, equivalent or worse by no more than a margin: two one-sided tests, and three probabilities.

D. J. Schuirmann, J. Pharmacokinet. Biopharm. 15 (1987) 657–680; A. Benavoli et al., J. Mach. Learn. Res. 18
(2017) 77: with a flat prior the mean has the t distribution about its estimate, so that the probabilities
are of closed form.
"""

from __future__ import annotations

from typing import NamedTuple

from losscli.compute.statistics.intervals.bounds import check_finite
from losscli.compute.statistics.special import t_cdf, t_sf


class Equivalence(NamedTuple):
    """P(better), P(equivalent), P(worse), whose sum is 1, and the p of two one-sided tests."""

    p_better: float
    p_equivalent: float
    p_worse: float
    p: float


def equivalence(difference: float, standard_error: float, df: float, margin: float) -> Equivalence:
    """Return what is known of a difference, negative for better, against a margin ≥ 0 on either side of 0.

    It is equivalent at level 1 − α where p < α: each of the two one-sided tests, by t, is at α.
    """
    check_finite(difference=difference, standard_error=standard_error, margin=margin)
    if standard_error <= 0.0 or margin < 0.0:
        msg = f"standard error {standard_error} must be > 0, margin {margin} ≥ 0"
        raise ValueError(msg)
    low, high = (-margin - difference) / standard_error, (margin - difference) / standard_error
    better, worse = t_cdf(low, df), t_sf(high, df)
    # What is between, from the tails on one side: taken from 1 it would cancel.
    between = t_sf(low, df) - worse if low > 0.0 else t_cdf(high, df) - better
    return Equivalence(better, between, worse, max(better, worse))
