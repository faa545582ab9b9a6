"""From the state of a finished comparison to its report."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from losscli.analyses.compare.adjusted import adjusted
from losscli.analyses.compare.best import best
from losscli.analyses.compare.cross_check import check_of
from losscli.analyses.compare.pairs import Cost, compared, cost_of, interval_of
from losscli.analyses.compare.report import (
    CompareReport,
    ComparisonFigures,
    Ends,
    Entrant,
    LossComparison,
    ModelFigures,
    Moved,
)
from losscli.analyses.compare.request import Asked
from losscli.analyses.evaluate.summary import carried, groups_of, shown_values, signature_of
from losscli.analyses.report import head_fields
from losscli.analyses.sure import finished, sure_of
from losscli.common.errors import LosscliError
from losscli.compute.comparison import Compared, ComparedStates, Comparing, PairOfModels
from losscli.compute.statistics.exact_sum import rounded
from losscli.compute.statistics.powers import DIFFERENCE, sums_of
from losscli.compute.statistics.worst import Worst
from losscli.inputs.ids import texts
from losscli.inputs.pairing.alike import note_of_cases
from losscli.inputs.provenance import Provenance
from losscli.loss.spec import BoundLoss

NEIGHBOURS = 4.0
"""From this z of the correlation of neighbours on a note says that rows may depend on each other."""


def summarise(
    asked: Asked,
    comparing: Comparing,
    state: ComparedStates,
    provenance: Sequence[Provenance],
    unmatched: Mapping[str, int] | None,
) -> CompareReport:
    """Return the report of a comparison.

    Raises:
        LosscliError: where no sample counts for a loss, or the weights sum to 0.
    """
    plan, first = comparing.plans[0], provenance[0]
    results = []
    for place, bound in enumerate(plan.losses):
        found = state.losses[place]
        _refuse_nothing(asked, bound, found, first)
        groups = groups_of(state, place, first)
        of_groups = tuple(
            _result(asked, comparing, bound, one, first, group=name) for name, one in groups.items()
        )
        whole = _result(asked, comparing, bound, found, first)
        comparisons = tuple(
            _with_shares(one, asked.pairs[number], found, groups)
            for number, one in enumerate(whole.comparisons)
        )
        results.append(replace(whole, comparisons=comparisons, groups=of_groups))
    signature = replace(
        signature_of(plan, first),
        n=tuple(result.n for result in results),
        unmatched="error" if unmatched is None else "drop",
        level=asked.level,
        ci=asked.interval,
        compare=asked.settings,
    )
    groups_shown = (name.decode("utf-8", "replace") for name in sorted(state.groups))
    notes = (
        *dict.fromkeys(note for one in provenance for note in one.notes),
        *note_of_cases(groups_shown),
        *_neighbours(asked, results, state),
    )
    return CompareReport(
        **head_fields(first, signature=str(signature), notes=notes, unmatched=unmatched),
        models=_entrants(asked, provenance),
        level=asked.level,
        interval=asked.interval,
        adjust=asked.adjust,
        results=adjusted(results, asked.adjust),
        planned_rows=asked.planned_rows,
    )


def _entrants(asked: Asked, provenance: Sequence[Provenance]) -> tuple[Entrant, ...]:
    """Return the models, with the column of each where one input has several."""
    several = len(asked.requests) > len({one.predictions.path for one in provenance})
    return tuple(
        Entrant(
            name,
            "candidate" if number else "baseline",
            one.predictions,
            _column(one) if several else None,
            one.columns,
            one.found,
        )
        for number, (name, one) in enumerate(zip(asked.names, provenance, strict=True))
    )


def _column(provenance: Provenance) -> str | None:
    found = provenance.columns.get("prediction")
    names = (found,) if isinstance(found, str) else found or ()
    return names[0] if len(names) == 1 else None


def _refuse_nothing(asked: Asked, bound: BoundLoss, found: Compared, provenance: Provenance) -> None:
    """Raise where there is no sample, or no weight, to take a mean of."""
    moments, where = found.models[0].state.moments, provenance.predictions.path
    if not moments.n:
        raise LosscliError(
            where, f"no row is left for {bound.spec} in all {len(asked.names)} models", "at least one sample"
        )
    if not moments.weight_sum:
        raise LosscliError(where, "the weights sum to 0", "a positive sum of weights", "Leave out --weight.")


def _result(
    asked: Asked,
    comparing: Comparing,
    bound: BoundLoss,
    found: Compared,
    provenance: Provenance,
    *,
    group: str | None = None,
) -> LossComparison:
    state = found.models[0].state
    costs = [cost_of(bound, found, place, asked.lag) for place in range(len(found.models))]
    plain = asked.first.weight is None and found.clusters is None
    bounds = bound.bounds(max(1, len(comparing.plans[0].outputs)))
    span = None if bounds is None else bounds[1] - bounds[0]
    indicator = bound.loss.indicator and plain
    comparisons = tuple(
        replace(
            compared(asked, bound, found, place, indicator=indicator, span=span),
            check=check_of(asked, found, place),
            gained=_moved(bound, pair.gained, provenance, -1.0),
            lost=_moved(bound, pair.lost, provenance, 1.0),
            against=pair.against,
        )
        for place, pair in enumerate(found.pairs)
    )
    # The evidence is of finite losses.
    effective = found.models[0].evidence.estimate().effective
    return LossComparison(
        loss=bound.spec,
        parameters=dict(bound.parameters),
        n=state.moments.n,
        dropped=state.dropped,
        ignored=state.ignored,
        weight_sum=state.moments.weight_sum,
        n_effective=effective if asked.has_importance else state.moments.weight_sum,
        clusters=None if found.clusters is None else len(found.clusters),
        models=tuple(_model(asked, bound, found, place, cost, bounds) for place, cost in enumerate(costs)),
        comparisons=comparisons,
        best=best(asked, comparing, bound, found, [cost.value for cost in costs], comparisons, span),
        group=group,
        finish=bound.loss.finish_formula,
    )


def _with_shares(
    comparison: ComparisonFigures,
    pair: tuple[int, int],
    found: Compared,
    groups: Mapping[str, Compared],
) -> ComparisonFigures:
    """Return a comparison with the share of each group in the sum of the differences, where it is finite."""
    if not (groups and math.isfinite(comparison.difference)):
        return comparison
    total = _total(found, pair)
    shares = {name: rounded(_total(one, pair) / total) for name, one in groups.items()} if total else None
    return replace(comparison, shares=shares)


def _total(found: Compared, pair: tuple[int, int]) -> Fraction:
    candidate, baseline = (found.models[place].evidence.powers[0] for place in pair)
    return candidate.first.read() - baseline.first.read()


def _moved(bound: BoundLoss, found: Worst, provenance: Provenance, sign: float) -> tuple[Moved, ...]:
    rows = found.read()
    if not len(rows):
        return ()
    ids = rows.columns.get("id")
    cells = zip(
        map(provenance.place, rows.row.tolist()),
        [None] * len(rows) if ids is None else texts(ids),
        shown_values(bound, rows.columns["label"], provenance.classes),
        rows.columns["candidate"].tolist(),
        rows.columns["baseline"].tolist(),
        rows.losses.tolist(),
        carried(rows),
        strict=True,
    )
    return tuple(
        Moved(at.row, id_, label, candidate, baseline, sign * size, at.shard or None, shown)
        for at, id_, label, candidate, baseline, size, shown in cells
    )


def _model(
    asked: Asked, bound: BoundLoss, found: Compared, place: int, cost: Cost, bounds: Ends | None
) -> ModelFigures:
    """Return the figures of one model; `bounds` are those between which its losses are."""
    sure = sure_of(bound, cost.mean, asked.level, importance=asked.has_importance)
    ci = sure.ci
    if asked.interval in ("anytime", "guarantee") and ci is not None:
        ends, _ = interval_of(asked, cost.mean.value, cost.mean, bounds)
        ci = None if ends is None else finished(bound, ends)
    return ModelFigures(
        asked.names[place],
        cost.value,
        found.models[place].state.clipped,
        sure.standard_error,
        ci,
        sure.skewness,
    )


def _neighbours(asked: Asked, results: Sequence[LossComparison], state: ComparedStates) -> Iterator[str]:
    """Yield a note where differences of neighbouring rows are alike, so that intervals are too short."""
    if asked.lag is not None or asked.first.cluster is not None or not asked.pairs:
        return
    for place, result in enumerate(results):
        for number, (figures, pair) in enumerate(
            zip(result.comparisons, state.losses[place].pairs, strict=True)
        ):
            z = _z_of_neighbours(state.losses[place], asked.pairs[number], pair)
            if z is not None and abs(z) > NEIGHBOURS:
                yield (
                    f"{result.loss}, {figures.candidate} beside {figures.baseline}: the differences of "
                    f"neighbouring rows are alike (z {z:.1f}). If rows come in groups or in time, intervals "
                    "are too short: --cluster COLUMN or --lag H"
                )
                return


def _z_of_neighbours(found: Compared, pair: tuple[int, int], known: PairOfModels) -> float | None:
    """Return how many standard errors the correlation of neighbouring differences is from 0."""
    candidate, baseline = (found.models[place].evidence.powers for place in pair)
    if len(candidate) > 1 or not known.lags.n:
        return None
    sums = sums_of(DIFFERENCE, candidate[0], baseline[0], known.beside.mixed[0])
    variance = sums.about(sums.first / sums.none).second / sums.none
    if not variance:
        return None
    (covariance, *_) = known.lags.covariances(sums.first)
    share = rounded(covariance / variance)
    # No correlation is larger: the products are beyond float64.
    return share * math.sqrt(known.lags.n) if abs(share) <= 1.0 else None
