"""From the state of a finished run to its report."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from losscli.analyses.evaluate.report import Report, Result
from losscli.analyses.report import Picture, Sample, head_fields
from losscli.analyses.signature import Identity, Signature, canonical_label, edits
from losscli.analyses.sure import Sure, finished_error, sure_of
from losscli.common.text import exact_value, shorten
from losscli.compute.fold import SHOW, LossState, LossStates, One, States, What
from losscli.compute.plan import QUANTILES, Plan
from losscli.compute.row_losses import sample_errors
from losscli.compute.statistics.distribution import Distribution
from losscli.compute.statistics.moments import Moments
from losscli.compute.statistics.worst import NO_ROWS, Rows
from losscli.inputs.groups import members
from losscli.inputs.ids import texts
from losscli.inputs.pairing.alike import note_of_cases, refuse_alike
from losscli.inputs.places import PlaceOf
from losscli.inputs.provenance import Provenance
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss

if TYPE_CHECKING:
    from losscli.analyses.evaluate.grounds import Grounds

PICTURE_BINS = 12


Worst = Callable[[BoundLoss, LossState[Distribution], str | None], tuple[Sample, ...]]
"""Returns the samples to be shown of a loss, and of a group."""


def summarise(plan: Plan, state: LossStates, provenance: Provenance, worst: Worst | None = None) -> Report:
    """Return the report of a run; `worst` gives the samples to be shown, by default those of the state."""
    common = signature_of(plan, provenance)

    def shown(bound: BoundLoss, found: LossState[Distribution], _group: str | None) -> tuple[Sample, ...]:
        return samples_of(bound, found, provenance.classes, provenance.place)

    results = tuple(
        _result(
            plan,
            bound,
            state.losses[place],
            replace(common, losses=(common.losses[place],)),
            worst=worst or shown,
            columns=provenance.group,
            groups=groups_of(state, place, provenance),
        )
        for place, bound in enumerate(plan.losses)
    )
    signature = replace(common, n=tuple(result.n for result in results))
    head = head_of(provenance, signature, state)
    head["notes"] = (*head["notes"], *theirs_of(plan))
    return Report(**head, reduction=plan.reduction, results=results, level=plan.level)


def theirs_of(plan: Plan) -> Iterator[str]:
    """Yield for each loss that is as a library has it which call is meant, and what differs from ours."""
    for bound in plan.losses:
        if bound.convention:
            from losscli.conventions.theirs import Theirs, told

            assert isinstance(bound, Theirs)
            yield told(bound)


def groups_of(state: States[One], place: int, provenance: Provenance) -> dict[str, One]:
    """Return the state of each group, in order, of the loss at a place.

    Raises LosscliError where two of them look the same: they are one group, or a mistake.
    """
    # In memory there may be text that is no Unicode, and two of it are not one.
    names = {name: name.decode("utf-8", "surrogatepass") for name in sorted(state.groups)}
    found = {shown: state.groups[name][place] for name, shown in names.items()}
    for column in zip(*(members(provenance.group, name) for name in found), strict=True):
        refuse_alike((value for _, value in column), "groups", "groups")
    return found


def head_of(provenance: Provenance, signature: Signature, state: States[Any]) -> dict[str, Any]:
    """Return the fields of `Head`."""
    groups = (name.decode("utf-8", "replace") for name in sorted(state.groups))
    notes = (*provenance.notes, *note_of_cases(groups), *_none_ignored(provenance, state))
    return head_fields(provenance, signature=str(signature), notes=notes)


def _none_ignored(provenance: Provenance, state: States[Any]) -> Iterator[str]:
    """Yield a note where no row has one of the labels to be left out: they may be misspelt."""
    if provenance.ignored and not any(found.ignored for found in state.losses):
        yield f"no label is {' or '.join(map(shorten, provenance.ignored))} (--ignore-label)"


def loss_result(plan: Plan, bound: BoundLoss, state: LossState[What], group: str | None) -> dict[str, Any]:
    """Return the fields of `LossResult`."""
    moments = state.moments
    return {
        "loss": bound.spec,
        "parameters": dict(bound.parameters),
        "n": moments.n,
        "dropped": state.dropped,
        "ignored": state.ignored,
        "clipped": state.clipped,
        "weight_sum": moments.weight_sum,
        "cost": moments.sum if plan.reduction == "sum" else _cost(bound, state),
        "standard_error": None if plan.reduction == "sum" else standard_error(bound, moments),
        "as_": bound.convention or None,
        "group": group,
    }


def _cost(bound: BoundLoss, state: LossState[What]) -> float:
    if not bound.convention:
        return bound.finish(state.moments.mean)
    from losscli.compute.reduced import cost_of

    return cost_of(bound, state.moments, state.aside)


def _is_plain(bound: BoundLoss, moments: Moments) -> bool:
    if not bound.convention:
        return True
    from losscli.compute.reduced import is_plain

    return is_plain(bound, weighted=moments.weighted is not None)


def standard_error(bound: BoundLoss, moments: Moments) -> float | None:
    """Return the standard error of a cost; None for less than two samples, and see `finished_error`."""
    error = moments.standard_error if _is_plain(bound, moments) else None
    return None if error is None else finished_error(bound, moments.mean, error)


def _sure(plan: Plan, bound: BoundLoss, state: LossState[What]) -> Sure | None:
    """Return how sure a cost is by what is kept for that; None where nothing is."""
    if state.evidence is None or plan.reduction == "sum" or not _is_plain(bound, state.moments):
        return None
    if not math.isfinite(state.moments.mean):
        return Sure()
    importance = state.moments.weighted is not None and not plan.counts
    return sure_of(bound, state.evidence.estimate(), plan.level, importance=importance)


def _grounds(plan: Plan, bound: BoundLoss, state: LossState[Distribution]) -> Grounds | None:
    """Return what gates with a confidence are judged from; None where nobody asked for it."""
    if not plan.grounds or state.evidence is None:
        return None
    # Another run does without.
    from losscli.analyses.evaluate.grounds import grounds_of

    weighted = state.moments.weighted is not None
    mean = state.evidence.estimate()
    return grounds_of(plan, bound, state.evidence, mean, state.what, weighted=weighted)


def signature_of(plan: Plan, provenance: Provenance) -> Signature:
    """Return what all signatures of a run have in common."""
    alike = {canonical_label(name) for name in provenance.classes}
    by_value = len(alike) == len(provenance.classes)
    ignored, mapped = edits(provenance.ignored, dict(provenance.mapped), by_value=by_value)
    numbers = by_value and all(exact_value(name) is not None for name in provenance.classes)
    return Signature(
        losses=tuple(map(Identity.of, plan.losses)),
        n=(),
        reduction=plan.reduction,
        as_=next((bound.convention for bound in plan.losses), ""),
        alignment=provenance.alignment,
        unmatched="error" if provenance.unmatched is None else "drop",
        bad="drop" if plan.drop else "error",
        version=provenance.version,
        weight=provenance.weight,
        weights_are=provenance.weights_are,
        cluster=provenance.cluster,
        level=plan.level,
        ignored=ignored,
        mapped=mapped,
        edited=provenance.edits.parts(canonical_label if numbers else str),
    )


def _result(
    plan: Plan,
    bound: BoundLoss,
    state: LossState[Distribution],
    signature: Signature,
    *,
    worst: Worst,
    columns: tuple[str, ...],
    groups: dict[str, LossState[Distribution]],
    group: str | None = None,
) -> Result:
    moments, distribution = state.moments, state.what
    parts = () if group is None else tuple(sorted(members(columns, group)))
    signature = replace(signature, n=(moments.n,), group=parts)
    common, sure = loss_result(plan, bound, state, group), _sure(plan, bound, state)
    if sure is not None:
        common["standard_error"] = sure.standard_error
    ordered = distribution.ordered()
    picture = ordered.picture(PICTURE_BINS) if moments.n else None
    return Result(
        **common,
        sure=sure if plan.level is not None else None,
        grounds=_grounds(plan, bound, state),
        finish=bound.loss.finish_formula,
        sum=moments.sum,
        mean=moments.mean,
        std=moments.std,
        min=moments.min,
        max=moments.max,
        quantiles=dict(zip(QUANTILES, ordered.quantiles(QUANTILES), strict=True)),
        quantiles_exact=distribution.exact,
        worst=worst(bound, state, group),
        picture=Picture(tuple(picture[0]), tuple(picture[1])) if picture is not None else None,
        sketch=ordered.sketch(PICTURE_BINS) if group is None else None,
        signature=str(signature),
        groups=tuple(
            _result(
                plan,
                bound,
                part,
                signature,
                worst=worst,
                columns=columns,
                groups={},
                group=name,
            )
            for name, part in groups.items()
        ),
    )


def samples_of(
    bound: BoundLoss, state: LossState[Distribution], classes: tuple[str, ...], place: PlaceOf
) -> tuple[Sample, ...]:
    """Return the samples that a state keeps to be shown, the worst first."""
    rows = rows_of(state)
    cells = carried(rows)
    return tuple(
        Sample(at.row, *shown, loss, line=at.line, shard=at.shard or None, show=cells[number])
        for number, (at, shown, loss) in enumerate(
            zip(
                map(place, rows.row.tolist()),
                shown_rows(bound, rows, classes),
                rows.losses.tolist(),
                strict=True,
            )
        )
    )


def carried(rows: Rows) -> list[dict[str, str]]:
    """Return of each sample the cells of the columns that are carried along, by their titles."""
    columns = {
        name.removeprefix(SHOW): [cell.decode("utf-8", "replace") for cell in column.tolist()]
        for name, column in rows.columns.items()
        if name.startswith(SHOW)
    }
    return [{title: cells[place] for title, cells in columns.items()} for place in range(len(rows))]


def rows_of(state: LossState[What]) -> Rows:
    """Return the samples that a state keeps to be shown, the worst first."""
    return NO_ROWS if state.worst is None else state.worst.read()


def shown_rows(
    bound: BoundLoss, rows: Rows, classes: tuple[str, ...]
) -> Iterator[tuple[str | None, Any, Any, float]]:
    """Yield id, label, prediction and error of samples, as a report shows them."""
    if not len(rows):
        return
    label, prediction, ids = rows.columns["label"], rows.columns["prediction"], rows.columns.get("id")
    yield from zip(
        [None] * len(rows) if ids is None else texts(ids),
        shown_values(bound, label, classes),
        shown_values(bound, prediction, classes),
        sample_errors(bound, label, prediction).tolist(),
        strict=True,
    )


def shown_values(bound: BoundLoss, values: Any, classes: tuple[str, ...]) -> list[Any]:
    """Return labels or predictions as a report shows them: a number, a tuple, the (most probable) class."""
    if bound.layout is not Layout.CLASSES:
        return _numbers(values)
    index = values if values.ndim == 1 else values.argmax(axis=1)
    return [classes[place] for place in index.tolist()]


def _numbers(values: Any) -> list[Any]:
    return [tuple(row) for row in values.tolist()] if values.ndim == 2 else values.tolist()
