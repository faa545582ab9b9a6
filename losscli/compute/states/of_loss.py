"""What is known of one loss as the text of a state, without the samples that are shown.

Nothing that is read is trusted: figures that no losses have together are refused.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from losscli.common import codec
from losscli.common.json import Document, Object
from losscli.compute.fold import LossState
from losscli.compute.states import spread, sure
from losscli.compute.states.numbers import EXACT
from losscli.compute.statistics.distribution import INFINITE, Counts, Distribution, Histogram
from losscli.compute.statistics.exact_sum import ExactSum
from losscli.compute.statistics.moments import Moments, Weighted

_COUNTS: codec.Record = dict.fromkeys(("dropped", "ignored", "clipped"), codec.COUNT)
_SUMS: codec.Record = dict.fromkeys(("weights", "first", "second"), EXACT)
_WEIGHTED: codec.Record = {"rows": codec.COUNT, **_SUMS}
_MOMENTS: codec.Record = {
    "n": codec.COUNT,
    **_SUMS,
    "low": codec.renamed("min", codec.NUMBER),
    "high": codec.renamed("max", codec.NUMBER),
    "above": codec.COUNT,
    "below": codec.COUNT,
    "weighted": codec.optional(codec.nested(Weighted, _WEIGHTED)),
}


class Sure(NamedTuple):
    """Whether weights are counts, and whether there are clusters."""

    counts: bool
    clustered: bool


def written(state: LossState[Distribution]) -> Object:
    """Return what is known of a loss; the same of the same rows, whatever the blocks and their order."""
    return {
        **codec.written(state, _COUNTS),
        **codec.written(state.moments, _MOMENTS),
        **spread.written(state.what),
        **sure.written(state.evidence),
    }


def read(part: Document, how: Sure | None = None) -> LossState[Distribution]:
    """Return what was `written`; `how` says how sure the mean is, where that was asked for.

    Raises:
        LosscliError: for what is none, or contradicts itself.
    """
    counts, moments = codec.read(part, _COUNTS), Moments(**codec.read(part, _MOMENTS))
    if counts["clipped"] > moments.n:
        part.refuse("clipped", f"at most {moments.n}, which n is")
    found = spread.read(part, moments.n)
    _refuse_moments(part, moments, found)
    evidence = None
    if how is not None:
        evidence = sure.read(part, moments, counts=how.counts, clustered=how.clustered)
    return LossState(
        counts["dropped"], counts["ignored"], counts["clipped"], moments, found, evidence=evidence
    )


def _refuse_moments(part: Document, moments: Moments, found: Distribution) -> None:
    """Raise LosscliError where sums and counts are not those of the losses, as far as these tell."""
    settled = found.settled()
    if isinstance(settled, Histogram):
        low, high = settled.low, settled.high
        above, below = _infinite(settled.positive), _infinite(settled.negative)
    else:
        low, high = (float(settled[0]), float(settled[-1])) if len(settled) else (math.inf, -math.inf)
        above, below = (int(np.count_nonzero(settled == end)) for end in (math.inf, -math.inf))
    if moments.low != low:
        part.refuse("min", f"the least of the losses, {low!r}")
    if moments.high != high:
        part.refuse("max", f"the largest of the losses, {high!r}")
    weighted = moments.weighted is not None
    for key, there in (("above", above), ("below", below)):
        said = getattr(moments, key)
        # Infinite losses of weight 0 are not counted.
        if said > there or (said < there and not weighted):
            part.refuse(key, f"{there}, as many infinite losses as there are")
    if moments.weighted is None:
        if moments.weights != ExactSum.of_integer(moments.n):
            part.refuse("weights", "n, as there are no weights")
        if not isinstance(settled, Histogram) and moments != Moments.of(settled):
            part.refuse("first", "the exact sum of the losses, and of their squares in `second`")
    _refuse_sums(part, "", moments.weights, moments.first, moments.second)
    if moments.weighted is not None:
        inner = moments.weighted
        if not (inner.rows <= moments.n and (inner.rows > 0) == (inner.weights.mantissa > 0)):
            part.refuse("weighted", "at most n samples, and a sum of weights where there are some")
        _refuse_sums(part, "weighted", inner.weights, inner.first, inner.second)
    _refuse_range(part, moments)


def _refuse_sums(part: Document, key: str, weights: ExactSum, first: ExactSum, second: ExactSum) -> None:
    """Raise LosscliError for sums that no weights ≥ 0 and no losses have: Cauchy and Schwarz."""
    w, one, two = weights.read(), first.read(), second.read()
    if w < 0 or two < 0 or one * one > w * two:
        part.refuse(key or "second", "sums that weights and losses can have")


def _refuse_range(part: Document, moments: Moments) -> None:
    """Raise LosscliError where the mean of finite losses is not between the least and the largest."""
    if moments.above or moments.below or not (math.isfinite(moments.low) and math.isfinite(moments.high)):
        return
    w, first = moments.weights.read(), moments.first.read()
    low, high = (ExactSum.of(np.array([end])).read() for end in (moments.low, moments.high))
    if not low * w <= first <= high * w:
        part.refuse("first", "a sum that is between n times the least and the largest loss")


def _infinite(counts: Counts) -> int:
    place = INFINITE - counts.start
    return int(counts.counts[place]) if 0 <= place < len(counts.counts) else 0
