"""What is known of two models of a comparison beside each other, for gates relative to one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from losscli.analyses.evaluate.figures import find_result
from losscli.analyses.evaluate.report import Report, Result
from losscli.compute.comparison import Compared, ComparedStates, Comparing
from losscli.compute.statistics.worst import Worst
from losscli.verdicts.sound.relative import Both

BothOf = Callable[[str, "str | None"], "Both | None"]
"""Returns what is known of a loss, over all samples or over a group, of a candidate and a baseline."""


@dataclass(frozen=True)
class Beside:
    """A candidate and a baseline of a comparison.

    Attributes:
        comparing: the fold.
        state: what it found.
        pair: the place of their pair among those of the fold.
        candidate, baseline: the report of each, with grounds.
    """

    comparing: Comparing
    state: ComparedStates
    pair: int
    candidate: Report
    baseline: Report

    def __call__(self, spec: str, group: str | None) -> Both | None:
        """Return what is known of a loss, over all samples or over a group; None where nothing is."""
        mine, other = (find_result(one, spec, group) for one in (self.candidate, self.baseline))
        found = self._found(spec, mine) if isinstance(mine, Result) else None
        if found is None or not isinstance(mine, Result) or not isinstance(other, Result):
            return None
        if mine.grounds is None or other.grounds is None:
            return None
        places = self.comparing.pairs[self.pair]
        known = found.pairs[self.pair]
        return Both(
            mine.grounds,
            other.grounds,
            (found.models[places[0]].evidence, found.models[places[1]].evidence),
            known.beside,
            found.clusters,
            places,
            _losses(known.lost),
            _losses(known.gained),
        )

    def _found(self, spec: str, result: Result) -> Compared | None:
        specs = [bound.spec for bound in self.comparing.plans[0].losses]
        if spec not in specs:
            return None
        place = specs.index(spec)
        if result.group is None:
            return self.state.losses[place]
        names = {name.decode("utf-8", "surrogatepass"): name for name in self.state.groups}
        return self.state.groups[names[result.group]][place]


def _losses(moved: Worst) -> tuple[tuple[float, float], ...]:
    rows = moved.read()
    if not len(rows):
        return ()
    return tuple(zip(rows.columns["candidate"].tolist(), rows.columns["baseline"].tolist(), strict=True))
