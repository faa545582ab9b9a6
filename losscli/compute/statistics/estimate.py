"""A mean and how sure it is: what intervals, tests and gates are computed from.

Everything is read from exact sums and rounded once, so that it is the same to the last bit for any
blocks, their order and engine. Formulas: of a mean without weights the textbook's; with importance
weights linearised (Särndal, Swensson and Wretman, Model Assisted Survey Sampling, 1992, 5.6); of
clusters CR1 (Cameron and Miller, J. Human Resources 50 (2015), doi:10.3368/jhr.50.2.317); of numbers
in time Diebold and Mariano, J. Business & Economic Statistics 13 (1995), doi:10.1080/07350015.1995.10524599,
with the factor of Harvey, Leybourne and Newbold, Int. J. Forecasting 13 (1997),
doi:10.1016/S0169-2070(96)00719-4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from losscli.compute.statistics.clusters import Clusters
from losscli.compute.statistics.exact_sum import rounded
from losscli.compute.statistics.moments import root
from losscli.compute.statistics.powers import Sums


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean of some numbers, and what is known of how far it may be from that of all there could be.

    Attributes:
        n: the samples (of weights of repetition, what they repeat).
        mean: exact.
        std: the sample standard deviation, with importance weights that of w·(number − mean)·n/Σw, which is
            the same for weights in any unit; None where it is undefined.
        standard_error: of the mean; None where it is undefined.
        skewness: of what the standard error is made of; None where all of it is equal, or unknown.
        size: what the formulas of intervals call n: the samples, or the clusters.
        effective: how many alike samples would tell as much; the rule of thumb asks for 30 of them.
        degrees: of freedom.
        clusters: how many; None without.
        by_t: whether intervals are Student's alone, since no skewness belongs to them.
    """

    n: float
    mean: Fraction
    std: float | None = None
    standard_error: float | None = None
    skewness: float | None = None
    size: float = 0.0
    effective: float = 0.0
    degrees: float = 0.0
    clusters: int | None = None
    by_t: bool = False

    @property
    def value(self) -> float:
        """The mean, rounded once."""
        return rounded(self.mean)

    @property
    def is_constant(self) -> bool:
        """Whether nothing varies, so that the samples say nothing about how sure the mean is."""
        return self.standard_error == 0.0


def of_samples(sums: Sums) -> Estimate:
    """Return the estimate of numbers that count as often as their weights say; once, without weights."""
    n = sums.none
    if n <= 0:
        return Estimate(0.0, Fraction(0))
    mean = sums.first / n
    if n <= 1:
        return Estimate(float(n), mean, size=float(n), effective=float(n))
    about = sums.about(mean)
    variance = about.second / (n - 1)
    return Estimate(
        float(n),
        mean,
        root(variance),
        root(variance / n),
        skewness_of(n, about.second, about.third),
        float(n),
        float(n),
        float(n - 1),
    )


def of_weighted(rows: int, sums: Sums, squared: Sums, cubed: Sums) -> Estimate:
    """Return the estimate of a mean whose weights say how much a sample matters.

    Args:
        rows: the samples of positive weight.
        sums: those with factors w.
        squared: those with factors w².
        cubed: those with factors w³.
    """
    total = sums.none
    if total <= 0:
        return Estimate(0.0, Fraction(0))
    mean = sums.first / total
    effective = float(total * total / squared.none)
    if rows < 2:
        return Estimate(float(rows), mean, size=float(rows), effective=effective)
    square, cube = (one.about(mean) for one in (squared, cubed))
    variance = square.second * rows / ((rows - 1) * total * total)
    return Estimate(
        float(rows),
        mean,
        root(variance * rows),
        root(variance),
        skewness_of(Fraction(rows), square.second, cube.third),
        float(rows),
        effective,
        float(rows - 1),
    )


def of_clusters(
    found: Estimate, clusters: Clusters, factors: tuple[Fraction, ...], constant: Fraction = Fraction(0)
) -> Estimate:
    """Return an estimate with the standard error of samples that come in clusters.

    Args:
        found: the estimate without them.
        clusters: the sums of the columns by cluster.
        factors: of each column, whose sum with a constant is what the estimate is of.
        constant: that constant.
    """
    count = len(clusters)
    weights = clusters.weights if count else Fraction(0)
    one = Estimate(found.n, found.mean, found.std, size=float(count), effective=float(count), clusters=count)
    if count < 2:
        return one
    squares, cubes = clusters.residuals(factors, found.mean - constant)
    error = root(squares * count / ((count - 1) * weights * weights))
    skewness = skewness_of(Fraction(count), squares, cubes)
    return Estimate(
        found.n,
        found.mean,
        found.std,
        error,
        skewness,
        float(count),
        float(count),
        float(count - 1),
        count,
    )


def of_lags(found: Estimate, sums: Sums, covariances: Sequence[Fraction]) -> Estimate:
    """Return an estimate with the standard error of numbers that depend on those before them.

    Args:
        found: the estimate without that.
        sums: the sums of the numbers, without weights.
        covariances: γ₁ … γ_H, each divided by n.
    """
    n, most = sums.none, len(covariances)
    if n < 2:
        return found
    variance = sums.about(sums.first / n).second / n
    whole = variance + 2 * sum(covariances, Fraction(0))
    if whole <= 0:
        # Bartlett's weights, under which it cannot be negative.
        fading = (
            covariance * (1 - Fraction(lag, most + 1)) for lag, covariance in enumerate(covariances, start=1)
        )
        whole = variance + 2 * sum(fading, Fraction(0))
    factor = (n + 1 - 2 * (most + 1) + Fraction((most + 1) * most) / n) / n
    # Of as many lags as numbers nothing is known, though the factor is above 0 again.
    error = root(max(whole, Fraction(0)) / n / factor) if factor > 0 and most + 1 < n else None
    return Estimate(found.n, found.mean, found.std, error, None, float(n), float(n), float(n - 1), by_t=True)


def skewness_of(n: Fraction, squares: Fraction, cubes: Fraction | None) -> float | None:
    """Return (Σu³/n)/(Σu²/n)^(3/2), rounded once, of numbers u whose mean is 0; None where all are 0.

    No n numbers have one beyond √n: where differences are so alike that rounding says so, it is that.
    """
    if cubes is None or not squares:
        return None
    size = root(min(cubes * cubes * n / squares**3, n))
    return size if cubes >= 0 else -size
