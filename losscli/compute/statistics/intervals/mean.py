"""The interval `wide-t` of a mean: the wider of Student's t and Hall's skewness-corrected t, at each end.

P. Hall, On the removal of skewness by transformation, J. R. Statist. Soc. B 54 (1992) 221–228: with T = (m
− μ)/SE, g(T) = T + γT²/(3√n) + γ²T³/(27n) + γ/(6√n) is closer to normal than T. g is monotone, so its
interval and its p say the same. The quantile is t's where Hall has the normal one. Student's interval alone
is too short where losses are skewed, and Hall's alone where tails are heavy on both sides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from losscli.compute.statistics.intervals.bounds import Bounds, check_finite, check_tail
from losscli.compute.statistics.special import cube_root, t_cdf, t_sf, t_upper_quantile


@dataclass(frozen=True, slots=True)
class WideT:
    """A mean, its standard error > 0, and what its distribution depends on.

    `skewness` is γ of the terms, `n` the number of them (of clusters, where they are the terms), `df` the
    degrees of freedom. Without a skewness it is Student's t alone.
    """

    mean: float
    standard_error: float
    df: float
    skewness: float | None = None
    n: int = 0

    def __post_init__(self) -> None:
        check_finite(mean=self.mean, standard_error=self.standard_error)
        if self.skewness is not None:
            check_finite(skewness=self.skewness)
            if self.n < 1:
                msg = f"skewness of {self.n} terms"
                raise ValueError(msg)
        if self.standard_error <= 0.0:
            msg = f"standard error {self.standard_error} must be > 0"
            raise ValueError(msg)

    def quantiles(self, tail: float) -> tuple[float, float]:
        """Return how many standard errors the bounds are below and above the mean: ≥ t's quantile."""
        check_tail(tail)
        t = t_upper_quantile(tail, self.df)
        return max(t, self._hall_inverse(t)), max(t, -self._hall_inverse(-t))

    def bounds(self, tail: float) -> Bounds:
        """Return both bounds, each wrong with probability `tail`."""
        below, above = self.quantiles(tail)
        return Bounds(self.mean - below * self.standard_error, self.mean + above * self.standard_error)

    def p_below(self, threshold: float = 0.0) -> float:
        """Return the one-sided p of "the true mean is below the threshold": the larger of t's and Hall's."""
        t = self.t(threshold)
        return max(t_cdf(t, self.df), t_cdf(self._hall(t), self.df))

    def p_above(self, threshold: float = 0.0) -> float:
        """Return the one-sided p of "the true mean is above the threshold": the larger of t's and Hall's."""
        t = self.t(threshold)
        return max(t_sf(t, self.df), t_sf(self._hall(t), self.df))

    def p(self, threshold: float = 0.0) -> float:
        """Return the two-sided p of "the true mean is not the threshold": the larger of t's and Hall's."""
        t = self.t(threshold)
        return min(1.0, 2.0 * max(t_sf(abs(t), self.df), t_sf(abs(self._hall(t)), self.df)))

    def interval(self, alpha: float, threshold: float = 0.0) -> tuple[Bounds, float]:
        """Return the interval of level 1 − α and the two-sided p: it excludes `threshold` exactly if p < α.

        Beyond the rounding of both that is so by itself; within it, p is moved to the side of α that the
        interval says.
        """
        bounds, p = self.bounds(0.5 * alpha), self.p(threshold)
        if bounds.low <= threshold <= bounds.high:
            return bounds, max(p, alpha)
        return bounds, min(p, math.nextafter(alpha, 0.0))

    def t(self, threshold: float = 0.0) -> float:
        """Return (mean − threshold) / standard error."""
        return (self.mean - threshold) / self.standard_error

    def _hall(self, t: float) -> float:
        """Return g(t); in factors, of which no two cancel or are ∞ − ∞."""
        if self.skewness is None or math.isinf(t):
            return t
        root = math.sqrt(self.n)
        bend = self.skewness * t / (3.0 * root)
        return t * (1.0 + bend + bend * bend / 3.0) + self.skewness / (6.0 * root)

    def _hall_inverse(self, x: float) -> float:
        """Return g⁻¹(x) = (3√n/γ)·(c − 1) with c³ = 1 + γ(x − γ/(6√n))/√n; c − 1 = (c³ − 1)/(c² + c + 1)."""
        if self.skewness is None:
            return x
        root = math.sqrt(self.n)
        middle = x - self.skewness / (6.0 * root)
        c = cube_root(1.0 + self.skewness * middle / root)
        return 3.0 * middle / (c * c + c + 1.0)
