"""Sums over samples of a slice, of many slices at once, and how far the means of two of them are apart."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from losscli.common.array import Array


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What is known of some samples; each an array with an entry for each slice, or a number.

    Attributes:
        rows: how many there are.
        weight: the sum of their weights.
        loss: that of their weighted losses.
        power, power_loss, power_square: the sums of p, p·loss and p·loss², of which standard errors are
            made: p is the square of a weight, and the weight itself where that is a count.
    """

    rows: Array
    weight: Array
    loss: Array
    power: Array
    power_loss: Array
    power_square: Array

    def __sub__(self, part: Sums) -> Sums:
        """Return what is known of those of these samples that are not of a part of them."""
        return Sums(*(getattr(self, one.name) - getattr(part, one.name) for one in fields(self)))

    def take(self, places: Array) -> Sums:
        """Return what is known of the slices at some places."""
        return Sums(*(getattr(self, one.name)[places] for one in fields(self)))

    @property
    def mean(self) -> Array:
        """The weighted mean of the losses."""
        return np.asarray(self.loss / self.weight)

    @property
    def effective(self) -> Array:
        """How many samples of equal weight would tell as much."""
        return np.asarray(self.weight * self.weight / self.power)

    @property
    def variance(self) -> Array:
        """The variance of the losses, unbiased for equal weights."""
        mean, effective = self.mean, self.effective
        square = self.power_square - 2.0 * mean * self.power_loss + mean * mean * self.power
        return np.asarray(np.maximum(square, 0.0) / self.power * effective / (effective - 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """The samples of one half.

    Attributes:
        place: their places among all.
        loss: their losses, less a number near the mean of all, so that sums of squares stay exact enough.
        weight: their weights, or None.
        counts: whether these say how often a sample is there.
        size: the mean size of the losses as they were.
    """

    place: Array
    loss: Array
    weight: Array | None = None
    counts: bool = False
    size: float = 1.0

    def __len__(self) -> int:
        return len(self.place)

    def by(self, code: Array, size: int) -> Sums:
        """Return the sums of the samples of each code, from 0 to `size` − 1."""

        def summed(values: Array) -> Array:
            return np.bincount(code, weights=values, minlength=size)

        rows = np.bincount(code, minlength=size)
        loss, weight = self.loss, self.weight
        if weight is None:
            wide, sums = rows.astype(np.float64), summed(loss)
            return Sums(rows, wide, sums, wide, sums, summed(loss * loss))
        power = weight if self.counts else weight * weight
        return Sums(
            rows,
            summed(weight),
            summed(weight * loss),
            summed(power),
            summed(power * loss),
            summed(power * loss * loss),
        )

    def of(self, mask: Array) -> Sums:
        """Return the sums of the samples that a mask chooses, as arrays of one entry."""
        return self.by(mask.astype(np.int64), 2).take(np.array([1]))

    def total(self) -> Sums:
        """Return the sums of all, as arrays of one entry."""
        return self.by(np.zeros(len(self), dtype=np.int64), 1)


class Difference(NamedTuple):
    """How far the mean of slices is above that of other samples: standard error, degrees of freedom."""

    value: Array
    error: Array
    degrees: Array


def difference(sums: Sums, rest: Sums, least: Array) -> Difference:
    """Return the differences of Welch's test (B. L. Welch, Biometrika 34 (1947) 28-35).

    `least` is the variance of all samples, which none of both is taken to be below: where no sample makes a
    difference, a few of them have a smaller one by chance alone, and a test that took it for theirs would
    find weak slices among losses that are 0 or 1, or have a long tail.
    """
    with np.errstate(all="ignore"):
        own = np.maximum(sums.variance, least) / sums.effective
        other = np.maximum(rest.variance, least) / rest.effective
        total = own + other
        parts = own * own / (sums.effective - 1.0) + other * other / (rest.effective - 1.0)
        return Difference(sums.mean - rest.mean, np.sqrt(total), total * total / parts)
