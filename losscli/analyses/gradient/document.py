"""The report of gradients as a JSON document: the head is that of `evaluate`, so are keys of one name."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.evaluate.document import (
    IN_SHARD,
    SHOW,
    head,
    parameters_object,
    quantiles_object,
    values_object,
)
from losscli.analyses.gradient.report import Gradient, GradientReport, GradientResult, GradientSample
from losscli.common.json import Object, number_object
from losscli.common.text import encodable


def document(report: GradientReport) -> Object:
    """Return the whole document."""
    return {**_head(report), "results": [result_object(result) for result in report.results]}


def lines(report: GradientReport) -> Iterator[Object]:
    """Yield an object per loss and group, each of which stands by itself."""
    common = _head(report)
    for result in report.results:
        for part in (result, *result.groups):
            yield common | result_object(part, nested=False)


def _head(report: GradientReport) -> Object:
    return {**head(report), "of": report.of}


def result_object(result: GradientResult, *, nested: bool = True) -> Object:
    """Return one result; with `nested`, its groups within it where there are any."""
    found: Object = {} if result.group is None else {"group": encodable(result.group)}
    found |= {
        "loss": encodable(result.loss),
        "parameters": parameters_object(result.parameters),
        "n": int(result.n),
        "dropped": int(result.dropped),
        "ignored": int(result.ignored),
        "clipped": int(result.clipped),
        **number_object("weight_sum", result.weight_sum),
        **number_object("cost", result.cost),
        **number_object("standard_error", result.standard_error),
        "gradient": _gradient(result.gradient),
        **number_object("top_share", result.top_share),
        **quantiles_object(result.quantiles),
        "quantiles_exact": bool(result.quantiles_exact),
        **number_object("same_size", result.same_size),
        "worst": [_sample(sample) for sample in result.worst],
        "as_large": result.as_large,
    }
    if nested and result.groups:
        found["groups"] = [result_object(group) for group in result.groups]
    return found


def _gradient(gradient: Gradient) -> Object:
    return {
        **({"columns": [encodable(name) for name in gradient.columns]} if gradient.columns else {}),
        **values_object("mean", gradient.mean),
        **number_object("norm", gradient.norm),
        **number_object("max_abs", gradient.max_abs),
        "zeros": int(gradient.zeros),
        "infinite": int(gradient.infinite),
        "numerical": bool(gradient.numerical),
    }


def _sample(sample: GradientSample) -> Object:
    return {
        **IN_SHARD.write("shard", sample.shard),
        "row": int(sample.row),
        "id": None if sample.id is None else encodable(sample.id),
        **values_object("label", sample.label),
        **values_object("prediction", sample.prediction),
        **number_object("error", sample.error),
        **number_object("loss", sample.loss),
        **values_object("gradient", sample.gradient),
        **SHOW.write("show", sample.show),
    }
