"""A comparison as the document that `--format json` promises."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from losscli.analyses.compare.report import (
    CompareReport,
    ComparisonFigures,
    Ends,
    Entrant,
    LossComparison,
    ModelFigures,
    Moved,
)
from losscli.analyses.evaluate.document import (
    GATE,
    HEAD,
    INPUT,
    SCHEMA,
    SHOW,
    Json,
    Object,
    number_object,
    parameters_object,
    values_object,
)
from losscli.common import codec
from losscli.common.text import encodable

KIND = "compare"


def head(report: CompareReport) -> Object:
    """Return what a result needs beside it to be understood: version, signature, models and labels."""
    whole = codec.written(report, HEAD)
    # The predictions are those of the models, each with its path.
    del whole["predictions"]
    return {
        "schema": SCHEMA,
        "document": KIND,
        **whole,
        "models": [_entrant(one) for one in report.models],
        "level": report.level,
        "interval": report.interval,
        "adjust": report.adjust,
        **({} if report.planned_rows is None else {"planned_rows": report.planned_rows}),
    }


def document(report: CompareReport) -> Object:
    """Return the whole document. `gates` and `verdict` are there only where a gate was given."""
    found = head(report) | {"results": [result_object(result) for result in report.results]}
    if report.gates:
        found["gates"] = [codec.written(gate, GATE) for gate in report.gates]
        found["verdict"] = report.verdict
    return found


def lines(report: CompareReport) -> Iterator[Object]:
    """Yield an object per loss, group and comparison, each of which stands by itself."""
    common = head(report)
    for result in report.results:
        for part in (result, *result.groups):
            whole = _about(part)
            costs = {one.name: one for one in part.models}
            for comparison in part.comparisons:
                pair: Object = {
                    "candidate_cost": _number(costs[comparison.candidate].cost),
                    "baseline_cost": _number(costs[comparison.baseline].cost),
                }
                yield common | whole | pair | comparison_object(comparison)


def _entrant(entrant: Entrant) -> Object:
    found: Object = {"name": encodable(entrant.name), "role": entrant.role}
    found |= codec.written(entrant.predictions, INPUT)
    return found if entrant.prediction is None else found | {"prediction": encodable(entrant.prediction)}


def _about(result: LossComparison) -> Object:
    return {
        **({} if result.group is None else {"group": encodable(result.group)}),
        "loss": encodable(result.loss),
        "parameters": parameters_object(result.parameters),
        "n": result.n,
        "dropped": result.dropped,
        "ignored": result.ignored,
        **number_object("weight_sum", result.weight_sum),
        "n_effective": result.n_effective,
        "clusters": result.clusters,
    }


def result_object(result: LossComparison) -> Object:
    """Return one result, with its groups within it."""
    return {
        **_about(result),
        "models": [_model(one) for one in result.models],
        "comparisons": [comparison_object(one) for one in result.comparisons],
        "best": [encodable(name) for name in result.best],
        "groups": [result_object(group) for group in result.groups],
    }


def _model(model: ModelFigures) -> Object:
    return {
        "name": encodable(model.name),
        **number_object("cost", model.cost),
        "clipped": model.clipped,
        "standard_error": model.standard_error,
        "ci": _ends(model.ci),
        "skewness": model.skewness,
    }


def comparison_object(one: ComparisonFigures) -> Object:
    """Return a candidate beside a baseline."""
    found: Object = {
        "candidate": encodable(one.candidate),
        "baseline": encodable(one.baseline),
        **number_object("difference", one.difference),
        "ci": _ends(one.ci),
        "relative": one.relative,
        "relative_ci": _ends(one.relative_ci),
        "std": one.std,
        "standard_error": one.standard_error,
        "t": one.t,
        "df": one.df,
        "skewness": one.skewness,
        "p": one.p,
        "p_adjusted": one.p_adjusted,
        **({} if one.p_mid is None else {"p_mid": one.p_mid}),
        "correlation": one.correlation,
        "effect": {
            "dz": one.effect.dz,
            "better": one.effect.better,
            "worse": one.effect.worse,
            "equal": one.effect.equal,
            "win_rate": one.effect.win_rate,
        },
        "approximation": one.approximation,
        "interval": one.interval,
        "verdict": one.verdict,
    }
    if one.equivalence is not None:
        found["equivalence"] = {
            name: getattr(one.equivalence, name)
            for name in ("margin", "p_better", "p_equivalent", "p_worse", "p", "verdict")
        }
    if one.check is not None:
        found["check"] = {name: getattr(one.check, name) for name in ("method", "seed", "draws", "p", "by")}
    if one.shares is not None:
        found["shares"] = {encodable(name): share for name, share in one.shares.items()}
    found["moved"] = _moved((*one.gained, *one.lost))
    return found


def _moved(samples: Sequence[Moved]) -> list[Json]:
    found: list[Json] = []
    for sample in samples:
        shard: Object = {} if sample.shard is None else {"shard": encodable(sample.shard)}
        found.append(
            {
                "row": int(sample.row),
                **shard,
                "id": None if sample.id is None else encodable(sample.id),
                **values_object("label", sample.label),
                **number_object("candidate", sample.candidate),
                **number_object("baseline", sample.baseline),
                **number_object("difference", sample.difference),
                **SHOW.write("show", sample.show),
            }
        )
    return found


def _ends(ends: Ends | None) -> Json:
    return None if ends is None else [_number(end) for end in ends]


def _number(value: float) -> Json:
    return value if math.isfinite(value) else None
