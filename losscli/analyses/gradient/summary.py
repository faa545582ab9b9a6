"""From the state of a finished run to its report."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

from losscli.analyses.evaluate.summary import PICTURE_BINS, shown_values, signature_of
from losscli.analyses.gradient.report import Gradient, GradientReport, GradientResult, Of, Puller
from losscli.analyses.gradient.state import PullState, State
from losscli.analyses.report import Picture
from losscli.common.errors import LosscliError
from losscli.compute.plan import QUANTILES, Plan
from losscli.compute.row_gradients import is_numerical
from losscli.compute.row_losses import sample_errors
from losscli.compute.statistics.moments import Moments
from losscli.inputs.provenance import Provenance
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss

TOP = Fraction(1, 100)
"""The share of the samples whose share of the whole pull is told."""


def summarise(plan: Plan, state: State, provenance: Provenance, of: Of) -> GradientReport:
    """Return the report of a run.

    Raises:
        LosscliError: where a cost is infinite, and its gradient was asked for.
    """
    results = tuple(
        _result(
            plan,
            bound,
            state.losses[place],
            provenance,
            of,
            groups={
                name.decode("utf-8", "replace"): states[place]
                for name, states in sorted(state.groups.items())
            },
        )
        for place, bound in enumerate(plan.losses)
    )
    signature = replace(signature_of(plan, provenance), n=tuple(result.n for result in results), gradient=of)
    return GradientReport(
        version=provenance.version,
        signature=str(signature),
        predictions=provenance.predictions,
        labels=provenance.labels,
        alignment=provenance.alignment,
        reduction=plan.reduction,
        of=of,
        results=results,
        notes=provenance.notes,
    )


def factor_of(plan: Plan, bound: BoundLoss, moments: Moments, of: Of) -> Fraction:
    """Return what stands before w·g of every sample in the gradient that was asked for, exactly.

    It is 1 for the gradients of losses and of their sum; for the mean finish′(mean) / Σ w.

    Raises:
        LosscliError: where the cost is infinite, and has no gradient.
    """
    if of == "loss" or plan.reduction == "sum" or not moments.weight_sum:
        return Fraction(1)
    mean = moments.mean
    slope = bound.finish_derivative(mean) if math.isfinite(mean) else math.nan
    if not math.isfinite(slope):
        raise LosscliError(
            plan.predictions,
            f"the cost of {bound.spec} is {bound.finish(mean)!r}",
            "a finite cost, to have a gradient",
            "--of loss shows the gradients of the losses.",
        )
    return Fraction(slope) / moments.weights.read()


def columns_of(plan: Plan, bound: BoundLoss, classes: tuple[str, ...], several: int) -> tuple[str, ...]:
    """Return the names of the columns of a gradient; none where there is but one.

    They are the classes, the names by which the loss knows its columns, or those of the file.
    """
    if not several:
        return ()
    if bound.loss.layout is Layout.CLASSES:
        return classes
    return bound.loss.columns or plan.outputs


def _result(
    plan: Plan,
    bound: BoundLoss,
    state: PullState,
    provenance: Provenance,
    of: Of,
    *,
    groups: dict[str, PullState],
    group: str | None = None,
) -> GradientResult:
    moments, sizes = state.moments, state.pull.sizes
    factor = factor_of(plan, bound, moments, of)
    scale = abs(float(factor))
    cost = moments.sum if plan.reduction == "sum" else bound.finish(moments.mean)
    picture = sizes.picture(PICTURE_BINS, scale) if state.pull.n and scale else None
    return GradientResult(
        loss=bound.spec,
        parameters=bound.parameters,
        n=moments.n,
        dropped=state.dropped,
        ignored=state.ignored,
        clipped=state.clipped,
        weight_sum=moments.weight_sum,
        cost=cost,
        gradient=_gradient(plan, bound, state, factor, provenance.classes),
        top_share=state.pull.top_share(TOP),
        top_count=state.pull.top_count(TOP),
        quantiles={q: size * scale for q, size in zip(QUANTILES, sizes.quantiles(QUANTILES), strict=True)},
        quantiles_exact=sizes.exact,
        worst=_worst(bound, state, float(factor), provenance.classes),
        picture=Picture(tuple(picture[0]), tuple(picture[1])) if picture is not None else None,
        group=group,
        groups=tuple(
            _result(plan, bound, part, provenance, of, groups={}, group=name) for name, part in groups.items()
        ),
        kink=bound.loss.kink,
    )


def _gradient(
    plan: Plan, bound: BoundLoss, state: PullState, factor: Fraction, classes: tuple[str, ...]
) -> Gradient:
    pull = state.pull
    means = pull.means(factor)
    columns = columns_of(plan, bound, classes, len(means) if len(means) > 1 else 0)
    return Gradient(
        columns=columns,
        mean=means if columns else means[0] if means else math.nan,
        norm=pull.norm(factor),
        max_abs=pull.largest * abs(float(factor)),
        zeros=pull.zeros,
        infinite=pull.infinite,
        numerical=is_numerical(bound),
    )


def _worst(bound: BoundLoss, state: PullState, factor: float, classes: tuple[str, ...]) -> tuple[Puller, ...]:
    rows = None if state.worst is None else state.worst.read()
    if rows is None or not len(rows):
        return ()
    label, prediction = rows.columns["label"], rows.columns["prediction"]
    gradient = rows.columns["gradient"] * factor
    if gradient.ndim == 2 and gradient.shape[1] == 1:
        gradient = gradient[:, 0]
    ids = rows.columns.get("id")
    return tuple(
        Puller(
            row,
            None if id_ is None else id_.decode("utf-8", "replace"),
            shown,
            said,
            error,
            loss,
            tuple(slope) if isinstance(slope, list) else slope,
        )
        for row, id_, shown, said, error, loss, slope in zip(
            rows.row.tolist(),
            [None] * len(rows) if ids is None else ids.tolist(),
            shown_values(bound, label, classes),
            shown_values(bound, prediction, classes),
            sample_errors(bound, label, prediction).tolist(),
            rows.columns["loss"].tolist(),
            gradient.tolist(),
            strict=True,
        )
    )
