"""What the losses of models say about how sure their means and differences are, in exact sums.

Weights say how much a sample matters (`importance`), or how often it was seen (`counts`); in the
first case what varies is w·(loss − mean), so that w² and w³ are factors too.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from losscli.common.array import Array
from losscli.compute.statistics.clusters import Clusters
from losscli.compute.statistics.estimate import Estimate, of_clusters, of_samples, of_weighted
from losscli.compute.statistics.powers import ALONE, Form, Mixed, Powers, Sums, factors_of, sums_of

WEIGHTS_ARE = ("importance", "counts")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the losses of one model; a commutative monoid.

    Attributes:
        rows: the samples; with weights, those of positive weight.
        powers: the sums, one for each of `factors_of`.
        clusters: the sums by cluster, of these losses alone; None without clusters, and where those of
            several models are kept together.
    """

    rows: int
    powers: tuple[Powers, ...]
    clusters: Clusters | None = None

    @staticmethod
    def of(losses: Array, weight: Array | None, cluster: Array | None, *, counts: bool) -> Evidence:
        """Return what one block says: losses and weights float64 `(rows,)`; infinite losses add nothing."""
        losses, weight, cluster = _finite(losses, weight, cluster)
        return Evidence(
            len(losses) if weight is None else int(np.count_nonzero(weight)),
            tuple(Powers.of(losses, factor) for factor in factors_of(weight, counts=counts)),
            None if cluster is None else Clusters.of(cluster, (losses,), weight),
        )

    def merge(self, other: Evidence) -> Evidence:
        """Return what the rows of both say."""
        both = self.clusters, other.clusters
        return Evidence(
            self.rows + other.rows,
            tuple(mine.merge(its) for mine, its in zip(self.powers, other.powers, strict=True)),
            None if both[0] is None or both[1] is None else both[0].merge(both[1]),
        )

    def estimate(self, form: Form = ALONE) -> Estimate:
        """Return the mean of the losses, or of a form of them, and how sure it is."""
        found = _estimate(self.rows, [sums_of(form, one) for one in self.powers])
        if self.clusters is None:
            return found
        return of_clusters(found, self.clusters, (form.first,), form.constant)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of the losses of two models beside each other; a commutative monoid.

    Attributes:
        lower, higher, equal: the samples where the loss of the first is lower than that of the second, and
            so on; infinite losses too.
        mixed: the sums, one for each of `factors_of`.
    """

    lower: int
    higher: int
    equal: int
    mixed: tuple[Mixed, ...]

    def merge(self, other: Beside) -> Beside:
        """Return what the rows of both say."""
        return Beside(
            self.lower + other.lower,
            self.higher + other.higher,
            self.equal + other.equal,
            tuple(mine.merge(its) for mine, its in zip(self.mixed, other.mixed, strict=True)),
        )


def estimate_of_two(
    form: Form,
    first: Evidence,
    second: Evidence,
    beside: Beside,
    clusters: Clusters | None = None,
    columns: tuple[int, int] = (0, 1),
) -> Estimate:
    """Return the mean of a form of two models' losses, and how sure it is.

    Args:
        form: what is made of the losses of a sample.
        first: what is known of the one model.
        second: what is known of the other.
        beside: what is known of both.
        clusters: the sums by cluster of all models; None without clusters.
        columns: which columns of these are of the two models.
    """
    sums = [sums_of(form, *pair) for pair in zip(first.powers, second.powers, beside.mixed, strict=True)]
    found = _estimate(first.rows, sums)
    if clusters is None:
        return found
    factors = [Fraction(0)] * (len(clusters.limbs) - 1)
    factors[columns[0]], factors[columns[1]] = form.first, form.second
    return of_clusters(found, clusters, tuple(factors), form.constant)


def _estimate(rows: int, sums: list[Sums]) -> Estimate:
    if not sums:
        # Not even a block was read.
        return Estimate(0.0, Fraction(0))
    return of_samples(sums[0]) if len(sums) == 1 else of_weighted(rows, sums[0], sums[1], sums[2])


def _finite(
    losses: Array, weight: Array | None, cluster: Array | None
) -> tuple[Array, Array | None, Array | None]:
    with np.errstate(all="ignore"):
        if np.isfinite(losses.sum()):
            return losses, weight, cluster
    finite = np.isfinite(losses)
    return (
        losses[finite],
        None if weight is None else weight[finite],
        None if cluster is None else cluster[finite],
    )
