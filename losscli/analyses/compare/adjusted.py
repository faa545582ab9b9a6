"""The p of all comparisons of a report together, and which models cannot be told from the best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from losscli.analyses.compare.report import ComparisonFigures, LossComparison
from losscli.analyses.compare.request import Adjust
from losscli.compute.statistics.intervals.several import benjamini_hochberg, holm

_BY: dict[Adjust, Callable[[Sequence[float]], Sequence[float]]] = {
    "holm": holm,
    "bh": benjamini_hochberg,
    "none": lambda ps: ps,
}


def adjusted(results: Sequence[LossComparison], adjust: Adjust) -> tuple[LossComparison, ...]:
    """Return results with `p_adjusted`: the family is every comparison with a p, overall and of groups."""
    ps = [one.p for one in _comparisons(results) if one.p is not None]
    found = iter(_BY[adjust](ps))

    def of(comparison: ComparisonFigures) -> ComparisonFigures:
        return comparison if comparison.p is None else replace(comparison, p_adjusted=next(found))

    def with_p(result: LossComparison) -> LossComparison:
        comparisons = tuple(map(of, result.comparisons))
        return replace(result, comparisons=comparisons, groups=tuple(map(with_p, result.groups)))

    return tuple(map(with_p, results))


def _comparisons(results: Sequence[LossComparison]) -> Iterator[ComparisonFigures]:
    for result in results:
        yield from result.comparisons
        yield from _comparisons(result.groups)
