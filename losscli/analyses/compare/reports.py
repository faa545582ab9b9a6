"""The report that `evaluate` gives of one model, from what was folded of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from losscli.analyses.evaluate.report import Report
from losscli.analyses.evaluate.summary import summarise
from losscli.analyses.report import refuse_nothing
from losscli.compute.comparison import Compared, ComparedStates, Comparing
from losscli.compute.fold import LossState, States
from losscli.compute.statistics.clusters import Clusters
from losscli.compute.statistics.distribution import Distribution
from losscli.inputs.provenance import Provenance


def report_of(
    comparing: Comparing, state: ComparedStates, place: int, provenance: Sequence[Provenance]
) -> Report:
    """Return the report of the model at a place, whose distribution was kept.

    Raises:
        LosscliError: where no row is left.
    """
    plan, own = comparing.plans[place], provenance[place]
    # What the models have in common may stand in the first one's input alone.
    own = replace(own, group=provenance[0].group, weight=provenance[0].weight, cluster=provenance[0].cluster)
    losses = States(
        tuple(_of_model(one, place, evidence=plan.evidence) for one in state.losses),
        {
            name: tuple(_of_model(one, place, evidence=plan.evidence) for one in found)
            for name, found in state.groups.items()
        },
    )
    report = summarise(plan, losses, own)
    refuse_nothing(report, report.results)
    return report


def _of_model(found: Compared, place: int, *, evidence: bool) -> LossState[Distribution]:
    model = found.models[place]
    if not evidence:
        return model.state
    clusters = found.clusters
    own = None if clusters is None else Clusters(clusters.names, (clusters.limbs[place], clusters.limbs[-1]))
    return replace(model.state, evidence=replace(model.evidence, clusters=own))
