"""From the state of a finished run to its report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from losscli.analyses.report import Picture, Report, Result, Sample
from losscli.analyses.signature import Identity, Signature, edits
from losscli.compute.fold import LossState, State
from losscli.compute.plan import QUANTILES, Plan
from losscli.compute.row_losses import sample_errors
from losscli.inputs.provenance import Provenance
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss

PICTURE_BINS = 12


def summarise(plan: Plan, state: State, provenance: Provenance) -> Report:
    """Return the report of a run."""
    common = signature_of(plan, provenance)
    results = tuple(
        _result(
            plan,
            bound,
            state.losses[place],
            replace(common, losses=(common.losses[place],)),
            classes=provenance.classes,
            column=provenance.group or "",
            groups={
                name.decode("utf-8", "replace"): states[place]
                for name, states in sorted(state.groups.items())
            },
        )
        for place, bound in enumerate(plan.losses)
    )
    return Report(
        version=provenance.version,
        signature=str(replace(common, n=tuple(result.n for result in results))),
        predictions=provenance.predictions,
        labels=provenance.labels,
        alignment=provenance.alignment,
        reduction=plan.reduction,
        results=results,
        notes=provenance.notes,
    )


def signature_of(plan: Plan, provenance: Provenance) -> Signature:
    """Return what all signatures of a run have in common."""
    ignored, mapped = edits(provenance.ignored, dict(provenance.mapped))
    return Signature(
        losses=tuple(map(Identity.of, plan.losses)),
        n=(),
        reduction=plan.reduction,
        alignment=provenance.alignment,
        bad="drop" if plan.drop else "error",
        version=provenance.version,
        weight=provenance.weight,
        ignored=ignored,
        mapped=mapped,
    )


def _result(
    plan: Plan,
    bound: BoundLoss,
    state: LossState,
    signature: Signature,
    *,
    classes: tuple[str, ...],
    column: str,
    groups: dict[str, LossState],
    group: str | None = None,
) -> Result:
    moments, distribution = state.moments, state.distribution
    signature = replace(signature, n=(moments.n,), group=None if group is None else (column, group))
    mean = moments.mean
    cost = moments.sum if plan.reduction == "sum" else bound.finish(mean)
    picture = distribution.picture(PICTURE_BINS) if moments.n else None
    return Result(
        loss=bound.spec,
        parameters=bound.parameters,
        finish=bound.loss.finish_formula,
        n=moments.n,
        dropped=state.dropped,
        ignored=state.ignored,
        clipped=state.clipped,
        weight_sum=moments.weight_sum,
        cost=cost,
        sum=moments.sum,
        mean=mean,
        std=moments.std,
        min=moments.min,
        max=moments.max,
        quantiles=dict(zip(QUANTILES, distribution.quantiles(QUANTILES), strict=True)),
        quantiles_exact=distribution.exact,
        worst=_worst(bound, state, classes),
        picture=Picture(tuple(picture[0]), tuple(picture[1])) if picture is not None else None,
        signature=str(signature),
        group=group,
        groups=tuple(
            _result(plan, bound, part, signature, classes=classes, column=column, groups={}, group=name)
            for name, part in groups.items()
        ),
    )


def _worst(bound: BoundLoss, state: LossState, classes: tuple[str, ...]) -> tuple[Sample, ...]:
    if state.worst is None:
        return ()
    rows = state.worst.read()
    if not len(rows):
        return ()
    label, prediction = rows.columns["label"], rows.columns["prediction"]
    ids = rows.columns.get("id")
    errors = sample_errors(bound, label, prediction).tolist()
    return tuple(
        Sample(row, None if id_ is None else id_.decode("utf-8", "replace"), shown, said, error, loss)
        for row, id_, shown, said, error, loss in zip(
            rows.row.tolist(),
            [None] * len(rows) if ids is None else ids.tolist(),
            shown_values(bound, label, classes),
            shown_values(bound, prediction, classes),
            errors,
            rows.losses.tolist(),
            strict=True,
        )
    )


def shown_values(bound: BoundLoss, values: Any, classes: tuple[str, ...]) -> list[Any]:
    """Return labels or predictions as a report shows them: a number, a tuple, the (most probable) class."""
    if bound.loss.layout is not Layout.CLASSES:
        return _numbers(values)
    index = values if values.ndim == 1 else values.argmax(axis=1)
    return [classes[place] for place in index.tolist()]


def _numbers(values: Any) -> list[Any]:
    return [tuple(row) for row in values.tolist()] if values.ndim == 2 else values.tolist()
