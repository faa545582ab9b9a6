"""From the state of a finished run to its report."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from fractions import Fraction

from losscli.analyses.evaluate.summary import (
    PICTURE_BINS,
    carried,
    groups_of,
    head_of,
    loss_result,
    rows_of,
    shown_rows,
    signature_of,
)
from losscli.analyses.gradient.report import Gradient, GradientReport, GradientResult, GradientSample, Of
from losscli.analyses.gradient.state import State
from losscli.analyses.report import Picture
from losscli.common.errors import LosscliError
from losscli.compute.fold import LossState
from losscli.compute.plan import QUANTILES, Plan
from losscli.compute.row_gradients import is_numerical
from losscli.compute.statistics.gradients import Pull
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
            groups=groups_of(state, place, provenance),
        )
        for place, bound in enumerate(plan.losses)
    )
    signature = replace(signature_of(plan, provenance), n=tuple(result.n for result in results), gradient=of)
    return GradientReport(
        **head_of(provenance, signature, state), reduction=plan.reduction, of=of, results=results
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
            "a finite cost, for its gradient",
            "--of loss shows the gradients of the losses.",
        )
    factor, total = Fraction(slope) / moments.weights.read(), moments.weight_sum
    if abs(factor) > sys.float_info.max:
        raise LosscliError(
            plan.predictions,
            f"the weights sum to {total!r}",
            "a sum with a finite reciprocal",
            "Multiply all weights by the same number: that changes no mean.",
        )
    return factor


def columns_of(plan: Plan, bound: BoundLoss, classes: tuple[str, ...], several: int) -> tuple[str, ...]:
    """Return the names of the columns of a gradient; none where there is but one.

    They are the classes, the names by which the loss knows its columns, or those of the file.
    """
    if not several:
        return ()
    if bound.layout is Layout.CLASSES:
        return classes
    return bound.columns or plan.outputs


def _result(
    plan: Plan,
    bound: BoundLoss,
    state: LossState[Pull],
    provenance: Provenance,
    of: Of,
    *,
    groups: dict[str, LossState[Pull]],
    group: str | None = None,
) -> GradientResult:
    pull, sizes = state.what, state.what.sizes
    factor = factor_of(plan, bound, state.moments, of)
    scale = abs(float(factor))
    ordered = sizes.ordered()
    picture = ordered.picture(PICTURE_BINS, scale) if pull.n and scale else None
    only = sizes.only()
    return GradientResult(
        **loss_result(plan, bound, state, group),
        gradient=_gradient(plan, bound, pull, factor, provenance.classes),
        top_share=pull.top_share(TOP),
        top_count=pull.top_count(TOP),
        quantiles={q: size * scale for q, size in zip(QUANTILES, ordered.quantiles(QUANTILES), strict=True)},
        quantiles_exact=sizes.exact,
        same_size=None if only is None else only * scale,
        worst=_worst(bound, state, float(factor), provenance),
        as_large=_as_large(state),
        picture=Picture(tuple(picture[0]), tuple(picture[1])) if picture is not None else None,
        groups=tuple(
            _result(plan, bound, part, provenance, of, groups={}, group=name) for name, part in groups.items()
        ),
        kink=bound.loss.kink,
    )


def _gradient(
    plan: Plan, bound: BoundLoss, pull: Pull, factor: Fraction, classes: tuple[str, ...]
) -> Gradient:
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


def _as_large(state: LossState[Pull]) -> int | None:
    """Return how many samples beside the worst have a gradient as large as the last of those."""
    shown = rows_of(state).losses
    if not len(shown):
        return 0
    there_are = state.what.sizes.count(float(shown[-1]))
    return None if there_are is None else there_are - int((shown == shown[-1]).sum())


def _worst(
    bound: BoundLoss, state: LossState[Pull], factor: float, provenance: Provenance
) -> tuple[GradientSample, ...]:
    rows = rows_of(state)
    if not len(rows):
        return ()
    gradient = rows.columns["gradient"] * factor
    if gradient.ndim == 2 and gradient.shape[1] == 1:
        gradient = gradient[:, 0]
    return tuple(
        GradientSample(
            at.row,
            *shown,
            loss,
            tuple(slope) if isinstance(slope, list) else slope,
            line=at.line,
            shard=at.shard or None,
            show=cells,
        )
        for at, shown, loss, slope, cells in zip(
            map(provenance.place, rows.row.tolist()),
            shown_rows(bound, rows, provenance.classes),
            rows.columns["loss"].tolist(),
            gradient.tolist(),
            carried(rows),
            strict=True,
        )
    )
