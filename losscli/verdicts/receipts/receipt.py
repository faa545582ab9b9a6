"""Receipts: what was computed of which bytes, and what came out, so that anybody can compute it again.

A receipt is a JSON document that says the same whenever the same call reads the same files on the
same machine: it holds no time, no place and no sample.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from typing import Any

from losscli.analyses.evaluate.document import Json, Object, document, laid_out
from losscli.analyses.report import Report
from losscli.common.errors import LosscliError
from losscli.common.text import encodable
from losscli.common.version import __version__
from losscli.inputs.formats.csv.numbers import parser_version
from losscli.inputs.formats.csv.source import TextFormat
from losscli.inputs.provenance import Input
from losscli.inputs.request import Request

SCHEMA = 1
KIND = "receipt"
TEXTS = ("id", "label-id", "weight", "group")
CHOICES = {"align": ("auto", "id", "position"), "bad-rows": ("error", "drop"), "reduction": ("mean", "sum")}
OPTIONS = ("prediction", "label", "ignore-label", *TEXTS, "map-labels", *CHOICES)
"""The options that decide on the figures, beside the inputs, the losses and the text of files."""


def receipt(request: Request, report: Report) -> str:
    """Return the receipt of a run, as the text of a file.

    Args:
        request: what was asked for, `fingerprints` among it; the inputs were paths.
        report: what was found.

    Raises:
        LosscliError: where an input has no bytes, such as a data frame.
    """
    inputs: Object = {"predictions": _input(report.predictions, "predictions")}
    if request.labels is not None:
        inputs["labels"] = _input(report.labels, "labels")
    whole = document(report)
    for result in _every_result(whole["results"]):
        # A receipt may be shown to more people than the data; parameters stand in the spec.
        del result["worst"], result["parameters"]
    found: Object = {
        "schema": SCHEMA,
        "document": KIND,
        "losscli": report.version,
        "signature": whole["signature"],
        "call": call(request),
        "inputs": inputs,
        "code": [dict(part) for part in _code(request)],
        "versions": dict(versions()),
        "results": whole["results"],
    }
    if report.gates:
        found |= {"gates": whole["gates"], "verdict": whole["verdict"]}
    return laid_out(found) + "\n"


def call(request: Request) -> Object:
    """Return the options that decide on the figures, under their long names, each in one way.

    Those that are not given and have no default are left out.
    """
    found: Object = {"predictions": encodable(str(request.predictions))}
    if request.labels is not None:
        found["labels"] = encodable(str(request.labels))
    found["loss"] = [encodable(bound.spec) for bound in request.loss]
    given = {name: getattr(request, field_of(name)) for name in OPTIONS}
    found |= {name: _plain(value) for name, value in given.items() if value}
    found |= _text_format(request.prediction_format, "")
    if request.labels is not None:
        found |= _text_format(request.label_format, "label-")
    return found


def field_of(option: str) -> str:
    """Return the field of a request for an option by its long name."""
    return option.replace("-", "_")


def _plain(value: Any) -> Json:
    match value:
        case str():
            return encodable(value)
        case Mapping():
            return {encodable(old): encodable(new) for old, new in value.items()}
    return [encodable(text) for text in value]


def versions() -> dict[str, str]:
    """Return what, beside the call and the data, the last bit of a logarithm may depend on."""
    import numpy as np

    vectors = np.show_config(mode="dicts")["SIMD Extensions"]
    return {
        "losscli": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pandas": parser_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "libc": " ".join(platform.libc_ver()).strip(),
        "vectors": " ".join([*vectors.get("baseline", ()), *vectors.get("found", ())]),
    }


def _input(source: Input, role: str) -> Object:
    if source.fingerprint is None:
        raise LosscliError(role, "they are in memory, and have no bytes of their own", "a file")
    return {
        "path": encodable(source.path),
        "bytes": source.fingerprint.size,
        "sha256": source.fingerprint.sha256,
        "rows": source.rows,
    }


def _code(request: Request) -> Iterator[dict[str, Json]]:
    """Yield where the losses come from that do not come with losscli."""
    for name, origin in {bound.loss.name: bound.loss.origin for bound in request.loss}.items():
        if origin is not None and origin.file:
            yield {"loss": encodable(name), "path": encodable(origin.file), "sha256": origin.version}
        elif origin is not None:
            yield {"loss": encodable(name), "package": origin.package, "version": origin.version}


def _text_format(text_format: TextFormat, prefix: str) -> Object:
    parts = {
        "delimiter": text_format.delimiter,
        "decimal": None if text_format.decimal == "." else text_format.decimal,
        "encoding": text_format.encoding,
        "header": text_format.header,
    }
    return {prefix + name: value for name, value in parts.items() if value is not None}


def _every_result(results: Json) -> Iterator[Object]:
    assert isinstance(results, list)
    for result in results:
        assert isinstance(result, dict)
        yield result
        yield from _every_result(result.get("groups", []))
