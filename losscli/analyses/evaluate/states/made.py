"""From a finished run to its state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from losscli.analyses.evaluate.states.state import Kept, Known, Part, Planned, State
from losscli.analyses.evaluate.summary import samples_of
from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import encodable
from losscli.compute.fold import LossState, LossStates
from losscli.compute.plan import Plan
from losscli.compute.statistics.distribution import Distribution
from losscli.inputs.across import Across
from losscli.inputs.provenance import Input, Provenance
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import BoundLoss


def no_states(
    losses: tuple[BoundLoss, ...], reduction: str, where: str = "--state"
) -> Iterator[LosscliError]:
    """Yield an error for each loss of which another process cannot make a cost without code of a user's."""
    for bound in losses:
        loss = bound.loss
        if bound.convention:
            found = f"{bound.spec} is as {bound.convention} has it"
            yield UsageError(where, found, "a loss as losscli has it", f"Leave out --as or {where}.")
        elif loss.origin is None and (
            loss.name not in registry.modules() or registry.find(loss.name) is not loss
        ):
            found, needed = f"{bound.spec} was made in this program", "a loss that has a name elsewhere too"
            yield UsageError(where, found, needed, "Put it into a file of its own: my_losses.py:NAME")
        elif loss.origin is not None and loss.finish is not None and reduction != "sum":
            found = f"the cost of {bound.spec} is what its own code makes of the mean"
            yield UsageError(
                where, found, "a cost that needs no code: a state runs none", "Use --reduction sum."
            )


def made_of(request: Request, plan: Plan, state: LossStates, provenance: Provenance, across: Across) -> State:
    """Return the state of a run.

    Raises:
        LosscliError: where an input has no bytes, such as a data frame.
    """
    read = read_by(request, plan, provenance, across)
    (part,) = read.parts

    def known(bound: BoundLoss, of_loss: LossState[Distribution]) -> Known:
        samples = samples_of(bound, of_loss, provenance.classes, provenance.place)
        worst = (Kept(part.key, sample) for sample in samples)
        return Known(replace(of_loss, worst=None), tuple(sorted(worst, key=lambda kept: kept.place)))

    def each(states: tuple[LossState[Distribution], ...]) -> tuple[Known, ...]:
        return tuple(map(known, plan.losses, states))

    groups = {name.decode("utf-8", "replace"): each(states) for name, states in sorted(state.groups.items())}
    # With groups they say all: what is known of all samples would be said twice.
    losses = () if provenance.group else each(state.losses)
    return replace(read, losses=losses, groups=groups)


def read_by(request: Request, plan: Plan, provenance: Provenance, across: Across) -> State:
    """Return what a run read, without what is known of its losses; it merges as a state does.

    Raises:
        LosscliError: where an input has no bytes, such as a data frame.
    """
    part = _part(request, provenance, across)
    return State(provenance.version, planned(request, plan, provenance, across), (part,))


def _part(request: Request, provenance: Provenance, across: Across) -> Part:
    labels = None if request.labels is None else provenance.labels
    for role, source in (("predictions", provenance.predictions), ("labels", labels)):
        if source is not None and source.fingerprint is None:
            raise LosscliError(role, "they are in memory, and have no bytes of their own", "a file")
    notes = tuple(note for note in provenance.notes if note not in provenance.of_rows)
    return Part(
        _named(provenance.predictions),
        None if labels is None else _named(labels),
        provenance.unmatched,
        across,
        notes,
        provenance.rows_left_out,
    )


def _named(source: Input) -> Input:
    # As it is read back, so that it stands in the same place among others.
    return replace(source, path=encodable(source.path), shards=tuple(map(_named, source.shards)))


def planned(request: Request, plan: Plan, provenance: Provenance, across: Across) -> Planned:
    """Return what makes the state of a run comparable with others."""
    origins = {bound.loss.name: bound.loss.origin for bound in plan.losses}
    return Planned(
        loss=tuple(bound.spec for bound in plan.losses),
        parameters=tuple(dict(bound.parameters) for bound in plan.losses),
        code={name: origin for name, origin in origins.items() if origin is not None},
        reduction=plan.reduction,
        top=plan.top,
        align=provenance.alignment,
        one_input=request.labels is None,
        unmatched=request.unmatched,
        bad_rows=request.bad_rows,
        weight=request.weight,
        weights_are=request.weights_are,
        cluster=request.cluster,
        level=request.level,
        group=request.group,
        show=request.show,
        ignore_label=request.ignore_label,
        map_labels=dict(sorted(request.map_labels.items())),
        edits=provenance.edits.effective,
        columns=provenance.columns,
        found=provenance.found,
        classes=() if across.names else provenance.classes,
        why_paired=provenance.why_paired,
        agreeing=provenance.agreeing,
    )
