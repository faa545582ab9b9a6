"""Error rates that need no draws, by the binomial distribution: of losses of 0 and 1, and of percentiles."""

import math
from collections.abc import Iterator
from typing import Any

from losscli.compute.statistics.intervals.pairs import mcnemar, mcnemar_mid, tango_z
from losscli.compute.statistics.intervals.percentile import coverage, percentile_ranks
from losscli.compute.statistics.intervals.proportion import clopper_pearson
from losscli.compute.statistics.special import binomial_pmf, normal_upper_quantile, t_upper_quantile

Row = dict[str, Any]
RATES = (0.01, 0.05, 0.2)
DISCORDANT = 0.1
NEGLIGIBLE = 1e-15


def measured(alpha: float, sizes: tuple[int, ...]) -> dict[str, list[Row]]:
    return {
        "proportions": list(proportions(alpha, sizes)),
        "tables": list(tables(alpha, sizes)),
        "percentiles": list(percentiles(alpha)),
    }


def proportions(alpha: float, sizes: tuple[int, ...]) -> Iterator[Row]:
    """Gates on an error rate, the threshold at the truth: Clopper and Pearson's bounds, and Student's."""
    for rate in RATES:
        for n in sizes:
            row: Row = {"rate": rate, "n": n, "passed": 0.0, "failed": 0.0, "t_passed": 0.0, "t_failed": 0.0}
            t = t_upper_quantile(alpha, n - 1)
            for k in range(n + 1):
                chance = binomial_pmf(k, n, rate)
                if chance < NEGLIGIBLE:
                    continue
                low, high = clopper_pearson(k, n, alpha)
                width = t * math.sqrt(k / n * (1.0 - k / n) / (n - 1))
                row["passed"] += chance * (high <= rate)
                row["failed"] += chance * (low > rate)
                row["t_passed"] += chance * (k / n + width <= rate)
                row["t_failed"] += chance * (k / n - width > rate)
            yield row


def tables(alpha: float, sizes: tuple[int, ...]) -> Iterator[Row]:
    """Two models that are wrong equally often, and differ on one row in ten: a difference is wrong."""
    z = normal_upper_quantile(alpha / 2.0)
    for n in sizes:
        row: Row = dict.fromkeys(("ours", "exact", "mid", "tango", "chi"), 0.0)
        for differ in range(1, n + 1):
            outer = binomial_pmf(differ, n, DISCORDANT)
            if outer < NEGLIGIBLE:
                continue
            for worse in range(differ + 1):
                better, chance = differ - worse, outer * binomial_pmf(worse, differ, 0.5)
                exact = mcnemar(worse, better) < alpha
                score = abs(tango_z(worse, better, n, 0.0)) > z
                row["ours"] += chance * (exact and score)
                row["exact"] += chance * exact
                row["tango"] += chance * score
                row["mid"] += chance * (mcnemar_mid(worse, better) < alpha)
                row["chi"] += chance * ((worse - better) ** 2 > z * z * differ)
        yield {"n": n, **row}


def percentiles(alpha: float) -> Iterator[Row]:
    """How often the interval of a percentile contains it, whatever the distribution of the losses."""
    for share in (0.5, 0.95, 0.99):
        for n in (100, 300, 1000, 10_000):
            low, high = percentile_ranks(n, share, alpha / 2.0)
            there = None if low is None or high is None else coverage(n, share, (low, high))
            yield {"share": share, "n": n, "coverage": there}
