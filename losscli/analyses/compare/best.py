"""Which models may be the best: those that cannot be told from the one of the lowest cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

from losscli.analyses.compare.pairs import difference_of, interval_of
from losscli.analyses.compare.report import ComparisonFigures
from losscli.analyses.compare.request import Asked
from losscli.compute.comparison import Compared, Comparing
from losscli.compute.statistics.intervals.bounds import error_rate
from losscli.loss.spec import BoundLoss


def best(
    asked: Asked,
    comparing: Comparing,
    bound: BoundLoss,
    found: Compared,
    costs: Sequence[float],
    comparisons: Sequence[ComparisonFigures],
    span: float | None,
) -> tuple[str, ...]:
    """Return the models that cannot be told from the one of the lowest cost, in the order of the call.

    Of two models that were compared the verdict says so. Of others the skewness is not known, and Student's
    interval does.

    Args:
        asked: the models, and how sure intervals are to be.
        comparing: which pairs there are.
        bound: the loss.
        found: what is known of it.
        costs: of each model.
        comparisons: of the pairs that were asked for.
        span: how far losses can differ, if that is known.
    """
    known = [place for place, cost in enumerate(costs) if not math.isnan(cost)]
    if not known:
        return ()
    lowest = min(known, key=lambda place: costs[place])
    verdicts = dict(zip(asked.pairs, (one.verdict for one in comparisons), strict=True))

    def is_worse(place: int) -> bool:
        if (place, lowest) in verdicts:
            return verdicts[place, lowest] == "worse"
        if (lowest, place) in verdicts:
            return verdicts[lowest, place] == "better"
        return _is_worse(asked, comparing, bound, found, place, lowest, span)

    return tuple(asked.names[place] for place in known if place == lowest or not is_worse(place))


def _is_worse(
    asked: Asked,
    comparing: Comparing,
    bound: BoundLoss,
    found: Compared,
    place: int,
    lowest: int,
    span: float | None,
) -> bool:
    """Whether a model is worse than that of the lowest cost, of two that nobody asked to compare."""
    if asked.lag is not None:
        # How neighbours depend on each other is only known of those that were asked for.
        return False
    others = zip(comparing.others, found.others, strict=True)
    pair, beside = next(one for one in others if {*one[0]} == {place, lowest})
    there = difference_of(bound, found, pair, beside)
    sign = 1.0 if pair[0] == place else -1.0
    error = there.estimate.standard_error
    if not error or not math.isfinite(error) or not math.isfinite(there.value):
        if error != 0.0 or there.estimate.std != 0.0:
            return False
        return sign * there.value > 0.0 and 2.0 ** (1.0 - there.estimate.size) < error_rate(asked.level)
    ends, _ = interval_of(asked, there.value, there.estimate, None if span is None else (-span, span))
    if ends is None:
        return False
    return ends.low > 0.0 if sign > 0.0 else ends.high < 0.0
