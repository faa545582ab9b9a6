"""The report as the document that `--format json` promises: keys in order, strict JSON values."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from losscli.analyses.report import Checked, GateOutcome, Head, Report, Result, Sample, worst_verdict
from losscli.common.errors import LosscliError, kind, message, single
from losscli.common.text import encodable, exact_number
from losscli.common.version import __version__
from losscli.inputs.provenance import Input
from losscli.loss import Value

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


def laid_out(value: Json, indent: str = "") -> str:
    """Return `value` as strict JSON for `diff`: what nests nothing but lists stands on one line."""
    if _fits_a_line(value):
        return encode(value)
    inner = indent + " "
    if isinstance(value, dict):
        lines = [f"{encode(key)}: {laid_out(part, inner)}" for key, part in value.items()]
        opening, closing = "{", "}"
    else:
        assert isinstance(value, list)
        lines = [laid_out(part, inner) for part in value]
        opening, closing = "[", "]"
    return opening + "\n" + ",\n".join(inner + line for line in lines) + f"\n{indent}{closing}"


def _fits_a_line(value: Json) -> bool:
    """Tell whether nothing is nested in `value` but lists of plain values."""
    if isinstance(value, dict):
        return not any(isinstance(part, dict) or not _fits_a_line(part) for part in value.values())
    return not isinstance(value, list) or not any(isinstance(part, dict | list) for part in value)


def head(report: Head) -> Object:
    """Return what a result needs beside it to be understood: version, signature, inputs.

    On a line of its own the signature of the result takes the place of the report's.
    """
    return {
        "schema": SCHEMA,
        "losscli": report.version,
        "signature": encodable(report.signature),
        "predictions": input_object(report.predictions),
        "labels": input_object(report.labels),
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


def lines(report: Report, who: Object | None = None) -> Iterator[Object]:
    """Yield an object per loss and group, each of which stands by itself; `who` stands behind its head."""
    common = head(report) | (who or {})
    for result in report.results:
        for part in (result, *result.groups):
            yield common | result_object(part, nested=False)


def documents(checks: Sequence[Checked]) -> Object:
    """Return the document of several checks, or that of one: with `errors` where it has no results."""
    if len(checks) == 1 and not checks[0].name:
        (check,) = checks
        report = check.report
        if report is not None and check.error is None:
            return document(report)
        return {"schema": SCHEMA, "losscli": __version__, **errors(check), "verdict": check.verdict}
    found: list[Json] = []
    for check in checks:
        one: Object = {"check": encodable(check.name), "verdict": check.verdict}
        if check.error is not None:
            one |= errors(check)
        elif check.report is not None:
            whole = document(check.report)
            one |= {key: value for key, value in whole.items() if key not in ("schema", "losscli", "verdict")}
        found.append(one)
    return {"schema": SCHEMA, "losscli": __version__, "checks": found, "verdict": worst_verdict(checks)}


def errors(check: Checked) -> Object:
    """Return what was wrong with a check, as the one key `errors`."""
    return {"errors": [] if check.error is None else [_error(one) for one in single(check.error)]}


def _error(error: LosscliError) -> Object:
    parts = ("where", "found", "needed", "remedy")
    return {
        "kind": kind(error),
        **{part: encodable(getattr(error, part)) for part in parts},
        "message": message(error),
    }


def result_object(result: Result, *, nested: bool = True) -> Object:
    """Return one result; with `nested`, its groups within it where there are any."""
    found: Object = {} if result.group is None else {"group": encodable(result.group)}
    found |= {
        "loss": encodable(result.loss),
        "parameters": parameters_object(result.parameters),
        "n": int(result.n),
        "dropped": int(result.dropped),
        "ignored": int(result.ignored),
        "clipped": int(result.clipped),
    }
    for key in ("weight_sum", "cost", "sum", "mean", "std", "min", "max"):
        found |= number_object(key, getattr(result, key))
    found |= quantiles_object(result.quantiles)
    found["quantiles_exact"] = bool(result.quantiles_exact)
    found["signature"] = encodable(result.signature)
    found["worst"] = [_sample(sample) for sample in result.worst]
    if nested and result.groups:
        found["groups"] = [result_object(group) for group in result.groups]
    return found


def input_object(source: Input) -> Object:
    """Return an input: its path and its rows."""
    return {"path": encodable(source.path), "rows": int(source.rows)}


def number_object(key: str, value: float | None) -> Object:
    """Return a figure under its key, and beside one that JSON does not know its text."""
    # JSON has no infinity: null says that there is no number, the text beside it which one it is.
    if value is None or math.isfinite(value):
        return {key: None if value is None else float(value)}
    return {key: None, f"{key}_text": exact_number(value)}


def parameters_object(parameters: Mapping[str, Value]) -> Object:
    """Return the parameters of a loss, each under its name."""
    found: Object = {}
    for name, value in parameters.items():
        found |= {name: value} if isinstance(value, bool) else number_object(name, value)
    return found


def quantiles_object(quantiles: Mapping[float, float]) -> Object:
    """Return quantiles under that key, and beside them the texts of those that JSON does not know."""
    found: Object = {"quantiles": {str(q): finite(value) for q, value in quantiles.items()}}
    odd: Object = {str(q): exact_number(v) for q, v in quantiles.items() if not math.isfinite(v)}
    return found | {"quantiles_text": odd} if odd else found


def _sample(sample: Sample) -> Object:
    return {
        "row": int(sample.row),
        "id": None if sample.id is None else encodable(sample.id),
        **values_object("label", sample.label),
        **values_object("prediction", sample.prediction),
        **number_object("error", sample.error),
        **number_object("loss", sample.loss),
    }


def values_object(key: str, value: float | str | tuple[float, ...]) -> Object:
    """Return a number, a class name, or a list of numbers under its key."""
    if isinstance(value, str):
        return {key: encodable(value)}
    if not isinstance(value, tuple):
        return number_object(key, value)
    found: Object = {key: [finite(part) for part in value]}
    if not all(map(math.isfinite, value)):
        found[f"{key}_text"] = [exact_number(part) for part in value]
    return found


def _gate(gate: GateOutcome) -> Object:
    return {
        "gate": encodable(gate.gate),
        **number_object("value", gate.value),
        **number_object("threshold", gate.threshold),
        **number_object("margin", gate.margin),
        **({} if gate.baseline is None else number_object("baseline", gate.baseline)),
        "verdict": gate.verdict,
        **({"reason": encodable(gate.reason)} if gate.reason else {}),
    }


def finite(value: float | None) -> float | None:
    """Return a number that JSON knows, and None for any other."""
    return float(value) if value is not None and math.isfinite(value) else None
