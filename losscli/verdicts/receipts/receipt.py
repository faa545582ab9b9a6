"""Receipts: what was computed of which bytes, and what came out, so that anybody can compute it again.

A receipt is a JSON document that says the same whenever the same call reads the same files on the
same machine: it holds no time, no place and no sample. When it comes back it comes from outside:
nothing in it is trusted, and what is not exactly a receipt is refused.
"""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from losscli.analyses.evaluate.document import (
    GATE,
    LEVEL,
    READ_INPUT,
    RESULT,
    SHA256,
    UNMATCHED,
    judged,
    read_result,
    result_object,
)
from losscli.analyses.evaluate.report import VERDICTS, Report, Result, Sound, Verdict
from losscli.analyses.signature import Signature, parts
from losscli.common import codec
from losscli.common.addresses import shown
from losscli.common.codec import TEXT, optional, renamed
from losscli.common.errors import LosscliError
from losscli.common.json import Document, Object, laid_out, read_json
from losscli.common.options import CHOICES
from losscli.common.text import encodable
from losscli.common.version import __version__
from losscli.inputs import edits
from losscli.inputs.formats.csv.numbers import parser_version
from losscli.inputs.header import TextFormat
from losscli.inputs.provenance import Input
from losscli.inputs.request import Request
from losscli.loss import Origin

SCHEMA = 1
EXCLUDE = "exclude-ids"
"""The role of a file of ids whose samples are left out."""
KIND = "receipt"
MOST_BYTES = 64 << 20
REMEDY = "Make it with: losscli evaluate … --receipt FILE"

# A default, such as a point, is not written down; that of labels is never taken over from the predictions.
_TEXT: codec.Record = {
    known.name: optional(codec.FLAG if known.name in ("header", "hive") else TEXT, known.default)
    for known in fields(TextFormat)
}
CALL: codec.Record = {
    name: renamed(name.rstrip("_").replace("_", "-"), field)
    for name, field in {
        **dict.fromkeys(("prediction", "label", "classes", "ignore_label"), optional(codec.TEXTS, ())),
        **dict.fromkeys(("id", "label_id", "weight", "cluster"), optional(TEXT)),
        "weights_are": optional(codec.one_of(CHOICES["weights-are"]), "importance"),
        "group": optional(codec.TEXT_OR_TEXTS, ()),
        "map_labels": optional(codec.TEXTS_BY_NAME, {}),
        "edits": edits.beside(lambda name: name.replace("_", "-")),
        "align": codec.one_of(CHOICES["align"]),
        # Older receipts know of no other way than to refuse.
        "unmatched": optional(codec.one_of(CHOICES["unmatched"]), "error"),
        "bad_rows": codec.one_of(CHOICES["bad-rows"]),
        "reduction": codec.one_of(CHOICES["reduction"]),
        "as_": optional(TEXT, ""),
        **LEVEL,
        **_TEXT,
        **{f"label_{name}": field for name, field in _TEXT.items()},
    }.items()
}
"""The options that decide on the figures, beside the inputs and the losses, by the fields of a request."""
GATES = optional(codec.TEXTS, ())
"""Older receipts do not say for which gates they were asked."""


_FILE: codec.Record = {"file": renamed("path", TEXT), "version": SHA256}
_PACKAGE: codec.Record = {"package": TEXT, "version": TEXT}
# A receipt may be shown to more people than the data; parameters stand in the spec.
_RESULT = {name: field for name, field in RESULT.items() if name not in ("parameters", "worst", "slices")}
_RESULT["signature"] = TEXT
# A receipt of a version that had none says nothing of it, which is not that there is none.
_RESULT["standard_error"] = codec.Field(codec.NUMBER.write, optional(codec.NUMBER_OR_NONE, math.nan).read)


@dataclass(frozen=True, slots=True)
class RecordedGate:
    """A gate of a receipt and what was found: the figures of a `GateOutcome`, without its parts."""

    gate: str
    value: float | None
    threshold: float
    margin: float | None
    baseline: float | None
    verdict: Verdict
    reason: str
    sound: Sound | None = None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What every receipt says.

    Attributes:
        path: that of the receipt.
        version: of the losscli that wrote it.
        signature: of the report.
        losses: the specs, in order.
        code: by name, where the losses come from that do not come with losscli.
        versions: what it was computed with.
    """

    path: str
    version: str
    signature: Signature
    losses: tuple[str, ...]
    code: Mapping[str, Origin]
    versions: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Receipt(Recorded):
    """A receipt of an evaluation.

    Attributes:
        options: what a request is made of besides, by its fields.
        unmatched: how many rows of each input were left out for their ids; None where that is an error.
        rows_left_out: by option how many rows of each input were left out because somebody asked for it.
        inputs: by role, the predictions, and the labels where they are a file of their own.
        results: the figures.
        gates: what they were held against.
    """

    options: Mapping[str, Any]
    inputs: Mapping[str, Input]
    results: tuple[Result, ...]
    gates: tuple[RecordedGate, ...]
    unmatched: Mapping[str, int] | None = None
    rows_left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def receipt(request: Request, report: Report) -> str:
    """Return the receipt of a run, as the text of a file.

    Args:
        request: what was asked for, `fingerprints` among it; the inputs were paths.
        report: what was found.

    Raises:
        LosscliError: where an input has no bytes, such as a data frame.
    """
    inputs = {"predictions": report.predictions}
    if request.labels is not None:
        inputs["labels"] = report.labels
    if report.excluded is not None:
        inputs[EXCLUDE] = report.excluded
    for role, source in inputs.items():
        if source.fingerprint is None:
            raise LosscliError(role, "they are in memory, not in a file", "a file")
    found: Object = {
        "schema": SCHEMA,
        "document": KIND,
        "losscli": report.version,
        "signature": encodable(report.signature),
        "call": call(request) | GATES.write("gate", tuple(gate.gate for gate in report.gates)),
        "inputs": {role: codec.written(source, READ_INPUT) for role, source in inputs.items()},
        **codec.written(report, UNMATCHED),
        **origins(request),
        "results": [result_object(result, _RESULT) for result in report.results],
        **judged(report),
    }
    return laid_out(found) + "\n"


def origins(request: Request) -> Object:
    """Return where the losses come from that do not come with losscli, and what they are computed with."""
    found = {bound.loss.name: bound.loss.origin for bound in request.loss}
    return {
        "code": [
            {"loss": encodable(name), **codec.written(origin, _FILE if origin.file else _PACKAGE)}
            for name, origin in found.items()
            if origin is not None
        ],
        "versions": dict(versions()),
    }


def call(request: Request) -> Object:
    """Return the options that decide on the figures, under their long names, each in one way.

    Those that are not given and have no default are left out.
    """
    found: Object = {"predictions": encodable(shown(str(request.predictions)))}
    if request.labels is not None:
        found["labels"] = encodable(shown(str(request.labels)))
    return found | asked(request, CALL)


def asked(request: Request, record: codec.Record) -> Object:
    """Return the losses, and the options of a record."""
    labels = request.label_format if request.labels is not None else None
    text: dict[str, Any] = {f"label_{name}": labels and getattr(labels, name) for name in _TEXT}
    found: Object = {"loss": [encodable(bound.spec) for bound in request.loss]}
    return found | codec.written(replace(request, **text), record)


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


def opened(path: str) -> Document:
    """Return the document of a receipt, of which nothing is known but that it is one.

    Raises:
        LosscliError: if it cannot be read, or is no receipt.
    """
    where = f"receipt {path}"
    document = read_json(path, where, most_bytes=MOST_BYTES, remedy=REMEDY)
    if not isinstance(document, Mapping) or document.get("document") != KIND:
        raise LosscliError(where, "this is not a receipt", "a receipt", REMEDY)
    whole = Document(document, where, "", REMEDY)
    whole.value("document")
    schema = whole.count("schema")
    if schema != SCHEMA:
        found, needed = f"its schema is {schema}", f"this version reads schema {SCHEMA}"
        raise LosscliError(where, found, needed, "Use the version of losscli that wrote it.")
    text = json.dumps(document, ensure_ascii=False)
    if encodable(text) != text:
        raise LosscliError(where, "a text in it is not valid Unicode", "valid Unicode", REMEDY)
    return whole


def head(whole: Document) -> dict[str, Any]:
    """Return what every receipt says, but for its losses, by the fields of `Recorded`."""
    code = [_read_code(part) for part in whole.objects("code")]
    whole.refuse_twice("code of the loss", [name for name, _ in code])
    version = whole.text("losscli")
    return {
        "path": whole.where.removeprefix("receipt "),
        "version": version,
        "signature": _read_signature(whole),
        "code": dict(code),
        "versions": _read_versions(whole.object("versions"), version),
    }


def read_receipt(path: str) -> Receipt:
    """Return the receipt of an evaluation in a file; see `opened` and `read`."""
    return read(opened(path))


def read(whole: Document) -> Receipt:
    """Return the receipt of an evaluation. Raises LosscliError where it is none, with the place in it."""
    inputs = _read_inputs(whole.object("inputs"))
    asked = whole.object("call")
    losses, options = _read_call(asked, inputs)
    results = tuple(read_result(part, _RESULT) for part in whole.objects("results"))
    if not results or tuple(result.loss for result in results) != losses:
        whole.refuse("results", "a result for each loss of the call")
    gates = tuple(RecordedGate(**codec.read(part, GATE)) for part in whole.objects("gates", optional=True))
    if "gate" in asked.data and GATES.read(asked, "gate") != tuple(gate.gate for gate in gates):
        asked.refuse("gate", "the gates of the receipt, in their order")
    worst = max((gate.verdict for gate in gates), key=VERDICTS.index, default=None)
    if whole.value("verdict") != worst:
        whole.refuse("verdict", "the worst verdict of the gates")
    if options["unmatched"] == "drop" and "labels" in inputs:
        # A single input has every id, and leaves no row out.
        whole.object("unmatched")
    for option in options["edits"].options_of_rows:
        whole.object("rows_left_out").object(option)
    found = Receipt(
        losses=losses,
        options=options,
        inputs=inputs,
        results=results,
        gates=gates,
        **head(whole),
        **codec.read(whole, UNMATCHED),
    )
    # Whoever made it up may have written anything that is not read.
    whole.refuse_unread()
    return found


def _read_inputs(inputs: Document) -> dict[str, Input]:
    roles = ("predictions", *(role for role in ("labels", EXCLUDE) if role in inputs.data))
    return {role: Input(**codec.read(inputs.object(role), READ_INPUT)) for role in roles}


def _read_call(call: Document, inputs: Mapping[str, Input]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return the specs of the losses, and the other options by the fields of a request."""
    for role in ("predictions", "labels", EXCLUDE):
        if call.value(role, None) != (inputs[role].path if role in inputs else None):
            call.refuse(role, "the path listed among the inputs")
    options = codec.read(call, CALL)
    if "labels" not in inputs:
        # Labels of no file have no text of their own, not even a decimal point.
        options |= {f"label_{name}": None for name in _TEXT if f"label-{name}" not in call.data}
    return call.texts("loss"), options


def _read_versions(part: Document, losscli: str) -> dict[str, str]:
    found = {name: part.text(name) for name in versions()}
    if found["losscli"] != losscli:
        part.refuse("losscli", "the version of losscli that wrote the receipt")
    return found


def _read_code(part: Document) -> tuple[str, Origin]:
    return part.text("loss"), Origin(**codec.read(part, _PACKAGE if "package" in part.data else _FILE))


def _read_signature(whole: Document) -> Signature:
    try:
        return parts(whole.text("signature"))
    except ValueError:
        whole.refuse("signature", "a signature that losscli writes")
