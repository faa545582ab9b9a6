"""What gates with a confidence are judged from, beside the figures of a result."""

from __future__ import annotations

from dataclasses import dataclass

from losscli.compute.evidence import Evidence
from losscli.compute.plan import Plan
from losscli.compute.statistics.distribution import Distribution
from losscli.compute.statistics.estimate import Estimate
from losscli.compute.statistics.powers import ALONE, Sums, sums_of
from losscli.loss.spec import BoundLoss


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is known of one loss of one model.

    Attributes:
        bound: the loss.
        mean: how sure the mean of the losses is.
        losses: their distribution; None where it is not kept.
        sums: of the losses; None with weights or clusters.
        span: between which numbers every loss is; None without a range.
        importance: whether samples have weights that say how much they matter.
    """

    bound: BoundLoss
    mean: Estimate
    losses: Distribution | None = None
    sums: Sums | None = None
    span: tuple[float, float] | None = None
    importance: bool = False

    @property
    def plain(self) -> bool:
        """Whether there are neither weights nor clusters."""
        return self.sums is not None


def span_of(plan: Plan, bound: BoundLoss) -> tuple[float, float] | None:
    """Return between which numbers every loss of a run is; None where a loss can be any number."""
    return bound.bounds(max(1, len(plan.outputs)))


def grounds_of(
    plan: Plan,
    bound: BoundLoss,
    evidence: Evidence,
    mean: Estimate,
    losses: Distribution | None,
    *,
    weighted: bool,
) -> Grounds:
    """Return what gates are judged from.

    Args:
        plan: of the run.
        bound: the loss.
        evidence: the exact sums of its losses.
        mean: what they say, clusters included.
        losses: their distribution; None where it is not kept.
        weighted: whether samples have weights.
    """
    plain = not weighted and mean.clusters is None
    return Grounds(
        bound,
        mean,
        losses,
        sums_of(ALONE, evidence.powers[0]) if plain and evidence.powers else None,
        span_of(plan, bound),
        importance=weighted and not plan.counts,
    )
