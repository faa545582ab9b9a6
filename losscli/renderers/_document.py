"""The report as the document that `--format json` promises: keys in order, strict JSON values."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from losscli.loss import Value
from losscli.report import GateOutcome, Input, Report, Result, Sample
from losscli.text import encodable, exact_number

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Object: TypeAlias = dict[str, Json]

SCHEMA = 1
_ENCODER = json.JSONEncoder(allow_nan=False)


def encode(value: Json) -> str:
    r"""Return `value` on one line of strict JSON, in ASCII.

    In ASCII no encoding of a terminal or a pipe can spoil it, and nothing in it can steer one; DEL
    and ``##`` (the start of a command to a CI runner) are escaped too. Parsers see the exact text.
    """
    return _ENCODER.encode(value).replace("\x7f", "\\u007f").replace("##", "#\\u0023")


def head(report: Report) -> Object:
    """Return what a result needs beside it to be understood: version, signature, inputs."""
    return {
        "schema": SCHEMA,
        "losscli": report.version,
        "signature": encodable(report.signature),
        "predictions": _input(report.predictions),
        "labels": _input(report.labels),
        "alignment": report.alignment,
    }


def document(report: Report) -> Object:
    """Return the whole document. `gates` and `verdict` are there only where a gate was given."""
    whole = head(report)
    whole["results"] = [result_object(result) for result in report.results]
    if report.gates:
        whole["gates"] = [_gate(gate) for gate in report.gates]
        whole["verdict"] = report.verdict
    return whole


def result_object(result: Result, *, nested: bool = True) -> Object:
    """Return one result; with `nested`, its groups within it where there are any."""
    found: Object = {} if result.group is None else {"group": encodable(result.group)}
    found |= {
        "loss": encodable(result.loss),
        "parameters": _parameters(result.parameters),
        "n": int(result.n),
        "dropped": int(result.dropped),
        "ignored": int(result.ignored),
        "clipped": int(result.clipped),
    }
    for key in ("weight_sum", "cost", "sum", "mean", "std", "min", "max"):
        found |= _number(key, getattr(result, key))
    found |= _quantiles(result.quantiles)
    found["quantiles_exact"] = bool(result.quantiles_exact)
    found["worst"] = [_sample(sample) for sample in result.worst]
    if nested and result.groups:
        found["groups"] = [result_object(group) for group in result.groups]
    return found


def _input(source: Input) -> Object:
    return {"path": encodable(source.path), "rows": int(source.rows)}


def _number(key: str, value: float | None) -> Object:
    # JSON has no infinity: null says that there is no number, the text beside it which one it is.
    if value is None or math.isfinite(value):
        return {key: None if value is None else float(value)}
    return {key: None, f"{key}_text": exact_number(value)}


def _parameters(parameters: Mapping[str, Value]) -> Object:
    found: Object = {}
    for name, value in parameters.items():
        found |= {name: value} if isinstance(value, bool) else _number(name, value)
    return found


def _quantiles(quantiles: Mapping[float, float]) -> Object:
    found: Object = {"quantiles": {str(q): _finite(value) for q, value in quantiles.items()}}
    odd: Object = {str(q): exact_number(v) for q, v in quantiles.items() if not math.isfinite(v)}
    return found | {"quantiles_text": odd} if odd else found


def _sample(sample: Sample) -> Object:
    return {
        "row": int(sample.row),
        "id": None if sample.id is None else encodable(sample.id),
        **_values("label", sample.label),
        **_values("prediction", sample.prediction),
        **_number("error", sample.error),
        **_number("loss", sample.loss),
    }


def _values(key: str, value: float | str | tuple[float, ...]) -> Object:
    if isinstance(value, str):
        return {key: encodable(value)}
    if not isinstance(value, tuple):
        return _number(key, value)
    found: Object = {key: [_finite(part) for part in value]}
    if not _all_finite(value):
        found[f"{key}_text"] = [exact_number(part) for part in value]
    return found


def _gate(gate: GateOutcome) -> Object:
    return {
        "gate": encodable(gate.gate),
        **_number("value", gate.value),
        **_number("threshold", gate.threshold),
        **_number("margin", gate.margin),
        **({} if gate.baseline is None else _number("baseline", gate.baseline)),
        "verdict": gate.verdict,
        **({"reason": encodable(gate.reason)} if gate.reason else {}),
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _all_finite(values: Iterable[float]) -> bool:
    return all(map(math.isfinite, values))
