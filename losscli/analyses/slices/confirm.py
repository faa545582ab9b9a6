"""Slices of one half of the samples, tested in the other half, which had no part in finding them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from losscli.analyses.slices.candidates import Candidate
from losscli.analyses.slices.found import ALPHA, Slice
from losscli.analyses.slices.score import Scored
from losscli.analyses.slices.sums import Samples, difference
from losscli.analyses.sure import sure_of
from losscli.common.array import Array
from losscli.compute.evidence import Evidence
from losscli.compute.statistics.intervals.several import holm
from losscli.compute.statistics.moments import Moments
from losscli.compute.statistics.special import t_sf
from losscli.loss.spec import BoundLoss


def confirmed(
    bound: BoundLoss,
    found: Sequence[Scored],
    columns: Sequence[Candidate],
    second: Samples,
    losses: Array,
    level: float,
) -> tuple[Slice, ...]:
    """Return the slices with what the second half says of them, in their order.

    Args:
        bound: the loss.
        found: the slices.
        columns: the columns that describe them.
        second: the second half.
        losses: its losses as they are, float64 `(rows,)`.
        level: of the intervals.
    """
    masks = [
        np.logical_and.reduce([columns[place].code[second.place] == value for place, value in one.parts])
        for one in found
    ]
    ps = [_p(second, mask) for mask in masks]
    slices = []
    for one, mask, p in zip(found, masks, holm(ps), strict=True):
        weight = second.weight
        cost, ci = _cost(bound, losses[mask], None if weight is None else weight[mask], second.counts, level)
        others = Moments.of(losses[~mask], None if weight is None else weight[~mask])
        rest = bound.finish(others.mean)
        effect = cost - rest
        slices.append(
            Slice(
                slice={columns[place].name: columns[place].values[value] for place, value in one.parts},
                n=one.n,
                n_second=int(np.count_nonzero(mask)),
                cost=cost,
                ci=ci,
                rest=rest,
                effect=effect,
                p_adjusted=p,
                score=one.score,
                weak=effect > 0.0 and p <= ALPHA,
            )
        )
    return tuple(slices)


def _p(second: Samples, mask: Array) -> float:
    """Return the two-sided p of no difference between the slice and the rest."""
    whole, sums = second.total(), second.of(mask)
    found = difference(sums, whole - sums, whole.variance)
    value, error, degrees = (float(one[0]) for one in found)
    if not error > 0.0 or not math.isfinite(value) or not degrees > 0.0:
        return 1.0
    return min(1.0, 2.0 * t_sf(abs(value) / error, degrees))


def _cost(
    bound: BoundLoss, losses: Array, weight: Array | None, counts: bool, level: float
) -> tuple[float, tuple[float, float] | None]:
    """Return the cost of some samples, and its interval."""
    estimate = Evidence.of(losses, weight, None, counts=counts).estimate()
    sure = sure_of(bound, estimate, level, importance=weight is not None and not counts)
    return bound.finish(Moments.of(losses, weight).mean), sure.ci
