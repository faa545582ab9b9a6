"""Intervals of many runs at once: ours, by the formulas that ship, and what others make of the same data."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from losscli.common.array import Array
from losscli.compute.evidence import Evidence
from losscli.compute.statistics.estimate import Estimate
from losscli.compute.statistics.intervals.approximation import may_decide
from losscli.compute.statistics.intervals.bounds import Bounds
from losscli.compute.statistics.intervals.mean import WideT
from losscli.compute.statistics.special import normal_upper_quantile, t_upper_quantile

DRAWS = 999


@dataclass(frozen=True)
class Runs:
    """The means of many runs, their standard errors and skewness, each `(runs,)`; `size` is n, or G."""

    mean: Array
    error: Array
    skewness: Array
    size: int

    @staticmethod
    def of(values: Array) -> "Runs":
        """Those of numbers `(runs, rows)`."""
        n = values.shape[1]
        mean = values.mean(axis=1)
        about = values - mean[:, None]
        squares = about * about
        second, third = squares.sum(axis=1), (squares * about).sum(axis=1)
        # What has no spread is equal to the last bit, or its spread is rounding.
        second[np.ptp(values, axis=1) == 0.0] = 0.0
        with np.errstate(all="ignore"):
            skewness = np.where(second > 0.0, third / n / (second / n) ** 1.5, 0.0)
        return Runs(mean, np.sqrt(second / (n - 1) / n), skewness, n)

    @staticmethod
    def of_clusters(values: Array, cluster: Array) -> "Runs":
        """Those with CR1, of rows that come in clusters, numbered from 0 `(rows,)`."""
        rows = values.shape[1]
        count = int(cluster.max()) + 1
        mean = values.mean(axis=1)
        about = np.ascontiguousarray((values - mean[:, None])[:, np.argsort(cluster, kind="stable")])
        starts = np.searchsorted(np.sort(cluster), np.arange(count))
        sums = np.add.reduceat(about, starts, axis=1)
        second, third = (sums**2).sum(axis=1), (sums**3).sum(axis=1)
        error = np.sqrt(second * count / (count - 1)) / rows
        return Runs(mean, error, third / count / (second / count) ** 1.5, count)

    @property
    def decides(self) -> Array:
        """Whether a gate may pass or fail: n ≥ 30 and n ≥ 25γ², and something varies."""
        allowed = np.array([may_decide(self.size, one) for one in self.skewness.tolist()])
        return allowed & (self.error > 0.0)


def student(runs: Runs, tail: float) -> tuple[Array, Array]:
    """Student's bounds."""
    width = t_upper_quantile(tail, runs.size - 1) * runs.error
    return runs.mean - width, runs.mean + width


def wide_t(runs: Runs, tail: float) -> tuple[Array, Array]:
    """Our bounds: `WideT.bounds`, for many runs at once."""
    t, root = t_upper_quantile(tail, runs.size - 1), runs.size**0.5

    def inverse(x: float) -> Array:
        middle = x - runs.skewness / (6.0 * root)
        c = np.cbrt(1.0 + runs.skewness * middle / root)
        return np.asarray(3.0 * middle / (c * c + c + 1.0))

    below, above = np.maximum(t, inverse(t)), np.maximum(t, -inverse(-t))
    return runs.mean - below * runs.error, runs.mean + above * runs.error


@cache
def _resamples(n: int, seed: int) -> Array:
    """How often each row is in each resample, divided by n: `(draws, n)`."""
    chance = np.random.RandomState(seed)
    return np.asarray(chance.multinomial(n, np.full(n, 1.0 / n), DRAWS) / n)


def resampled(values: Array) -> Array:
    """The means of resamples, `(runs, draws)`; the same resamples in each run, as a fixed seed gives."""
    return np.asarray(values @ _resamples(values.shape[1], 12345).T)


def percentile(values: Array, tail: float) -> tuple[Array, Array]:
    """The percentile bootstrap."""
    low, high = np.quantile(resampled(values), [tail, 1.0 - tail], axis=1)
    return low, high


def sacrebleu(values: Array) -> Array:
    """The recipe of sacrebleu's paired bootstrap, of a plain mean: p of differences `(runs, rows)`.

    `|Δ*| − mean(|Δ*|) > |Δ|` is counted, with one added to the count and to the number of resamples.
    """
    sizes = np.abs(resampled(values))
    beyond = sizes - sizes.mean(axis=1, keepdims=True) > np.abs(values.mean(axis=1))[:, None]
    return np.asarray((beyond.sum(axis=1) + 1) / (DRAWS + 1))


def unpaired_z(a: Array, b: Array, tail: float) -> Array:
    """Whether z = (mean a − mean b)/√(SE_a² + SE_b²) is beyond its quantile."""
    one, other = Runs.of(a), Runs.of(b)
    error = np.sqrt(one.error**2 + other.error**2)
    return np.asarray(np.abs(one.mean - other.mean) > normal_upper_quantile(tail) * error)


def wilcoxon(values: Array) -> Array:
    """The p of Wilcoxon's signed ranks, by the normal distribution; no difference at all is p 1."""
    from scipy.stats import wilcoxon as signed_ranks

    with np.errstate(all="ignore"):
        p = signed_ranks(values, axis=1, method="asymptotic").pvalue
    return np.asarray(np.nan_to_num(p, nan=1.0))


def differing(
    values: Array, runs: Runs, tail: float, edge: float, estimate: Callable[[int], Estimate] | None = None
) -> list[str]:
    """Where the program's own path, exact sums and one run at a time, does not say what `wide_t` says.

    Looked at are the first runs, and those that are decided most closely: whose bounds are next to `edge`.
    """
    low, high = wide_t(runs, tail)
    near = [
        *np.argsort(np.abs(low - edge))[:4],
        *np.argsort(np.abs(high - edge))[:4],
        *range(min(8, len(low))),
    ]
    found = []
    for run in sorted({int(one) for one in near}):
        exact = (
            estimate(run)
            if estimate is not None
            else Evidence.of(values[run], None, None, counts=False).estimate()
        )
        if not exact.standard_error:
            if runs.error[run]:
                found.append(f"run {run}: nothing varies, but the error is {runs.error[run]}")
            continue
        wide = WideT(
            exact.value, exact.standard_error, exact.degrees, exact.skewness, round(exact.size)
        ).bounds(tail)
        mine = Bounds(float(low[run]), float(high[run]))
        if not np.allclose(mine, wide, rtol=1e-9, atol=1e-9 * exact.standard_error):
            found.append(f"run {run}: {mine} and {wide}")
        if (mine.low > edge, mine.high < edge) != (wide.low > edge, wide.high < edge):
            found.append(f"run {run}: other verdict, {mine} and {wide}")
        if may_decide(exact.effective, exact.skewness) != may_decide(runs.size, float(runs.skewness[run])):
            found.append(f"run {run}: skewness {exact.skewness} and {runs.skewness[run]}")
    return found
