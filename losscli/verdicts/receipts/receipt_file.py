"""Receipts read back, strictly: a receipt comes from outside, and nothing in it is trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from losscli.analyses.report import VERDICTS, Result, Verdict
from losscli.analyses.signature import Signature, parts
from losscli.common.errors import LosscliError
from losscli.common.json import Object, read_json
from losscli.common.text import encodable
from losscli.inputs.provenance import Fingerprint
from losscli.verdicts.receipts.receipt import CHOICES, KIND, OPTIONS, SCHEMA, TEXTS, field_of

MOST_BYTES = 64 << 20
REMEDY = "Make it with: losscli evaluate … --receipt FILE"
_QUANTILES = (0.5, 0.9, 0.95, 0.99)
_LISTS = ("prediction", "label", "ignore-label")
_TEXT_FORMAT = (
    "delimiter",
    "decimal",
    "encoding",
    "comment",
    "label-delimiter",
    "label-encoding",
    "label-comment",
)
_HEADERS = ("header", "label-header")


@dataclass(frozen=True, slots=True)
class RecordedInput:
    """One input of a receipt: the path as it was given, the bytes, and the data rows."""

    role: str
    path: str
    fingerprint: Fingerprint
    rows: int


@dataclass(frozen=True, slots=True)
class RecordedCode:
    """Where a loss came from: a file and its SHA-256, or a package and its version."""

    loss: str
    path: str = ""
    package: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class RecordedGate:
    """A gate and what was found: its text, value, threshold, margin, verdict, and the baseline's figure."""

    gate: str
    value: float | None
    threshold: float
    margin: float | None
    verdict: Verdict
    baseline: float | None


@dataclass(frozen=True)
class Receipt:
    """A receipt that was read.

    Attributes:
        path: that of the receipt.
        version: of the losscli that wrote it.
        signature: of the report.
        losses: the specs, in order.
        options: what a request is made of besides, by its fields.
        inputs: the predictions, and the labels where they are a file of their own.
        code: the losses that do not come with losscli.
        versions: what it was computed with.
        results: the figures.
        gates: what they were held against.
    """

    path: str
    version: str
    signature: Signature
    losses: tuple[str, ...]
    options: Mapping[str, Any]
    inputs: tuple[RecordedInput, ...]
    code: tuple[RecordedCode, ...]
    versions: Mapping[str, str]
    results: tuple[Result, ...]
    gates: tuple[RecordedGate, ...]


def read_receipt(path: str) -> Receipt:
    """Return the receipt in a file.

    Raises:
        LosscliError: if it cannot be read, or is not exactly a receipt, with the place in it.
    """
    where = f"receipt {path}"
    document = read_json(path, where, most_bytes=MOST_BYTES, remedy=REMEDY)
    if not isinstance(document, Mapping) or document.get("document") != KIND:
        raise LosscliError(where, "this is no receipt", "", REMEDY)
    whole = Object(document, where, "", REMEDY)
    if whole.count("schema") != SCHEMA:
        found = f"its schema is {whole.count('schema')}"
        raise LosscliError(
            where, found, f"this version reads schema {SCHEMA}", "Use the losscli that wrote it."
        )
    _refuse_surrogates(document, where)
    call = whole.object("call")
    _refuse_unknown(call)
    inputs = whole.object("inputs")
    names = ("predictions", "labels") if "labels" in inputs.data else ("predictions",)
    for role in ("predictions", "labels"):
        if call.data.get(role) != (inputs.object(role).text("path") if role in names else None):
            call.refuse(role, "the path that stands among the inputs")
    results = tuple(_result(part, "loss") for part in whole.objects("results"))
    losses = _texts(call, "loss")
    if not results or [result.loss for result in results] != list(losses):
        whole.refuse("results", "a result for each loss of the call")
    gates = tuple(map(_gate, whole.objects("gates", optional=True)))
    worst = max((gate.verdict for gate in gates), key=VERDICTS.index, default=None)
    if whole.data.get("verdict") != worst:
        whole.refuse("verdict", "the worst verdict of the gates")
    return Receipt(
        path=path,
        version=whole.text("losscli"),
        signature=_signature(whole),
        losses=losses,
        options=dict(_options(call)),
        inputs=tuple(_input(inputs.object(role), role) for role in names),
        code=tuple(map(_code, whole.objects("code"))),
        versions=_mapping(whole, "versions"),
        results=results,
        gates=gates,
    )


def _signature(whole: Object) -> Signature:
    try:
        return parts(whole.text("signature"))
    except ValueError:
        whole.refuse("signature", "a signature that losscli writes")


def _options(call: Object) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a request that the call says, each as the request has it."""
    yield from ((field_of(name), _texts(call, name)) for name in _LISTS)
    yield from ((field_of(name), _one_of(call, name)) for name in CHOICES)
    yield "map_labels", _mapping(call, "map-labels")
    yield from ((field_of(name), call.text(name)) for name in (*TEXTS, *_TEXT_FORMAT) if name in call.data)
    yield from ((field_of(name), call.flag(name)) for name in _HEADERS if name in call.data)
    # A point is not written down, and never taken over from the predictions.
    yield "label_decimal", call.text("label-decimal") if "label-decimal" in call.data else "."


def _input(part: Object, role: str) -> RecordedInput:
    fingerprint = Fingerprint(part.count("bytes"), _digest(part))
    return RecordedInput(role, part.text("path"), fingerprint, part.count("rows"))


def _code(part: Object) -> RecordedCode:
    if "package" in part.data:
        return RecordedCode(part.text("loss"), package=part.text("package"), version=part.text("version"))
    return RecordedCode(part.text("loss"), path=part.text("path"), version=_digest(part))


def _digest(part: Object) -> str:
    text = part.text("sha256")
    if not re.fullmatch("[0-9a-f]{64}", text):
        part.refuse("sha256", "64 hexadecimal digits")
    return text


def _gate(part: Object) -> RecordedGate:
    verdict = next((known for known in VERDICTS if known == part.text("verdict")), None)
    if verdict is None:
        part.refuse("verdict", f"one of {', '.join(VERDICTS)}")
    return RecordedGate(
        part.text("gate"),
        _optional(part, "value"),
        part.number("threshold"),
        _optional(part, "margin"),
        verdict,
        _optional(part, "baseline") if "baseline" in part.data else None,
    )


def _result(part: Object, key: str) -> Result:
    quantiles, odd = part.object("quantiles"), part.object("quantiles_text", optional=True)
    figures: dict[str, Any] = {name: part.count(name) for name in ("n", "dropped", "ignored", "clipped")}
    figures |= {name: part.number(name) for name in ("weight_sum", "cost", "sum", "mean", "min", "max")}
    return Result(
        loss=part.text("loss"),
        parameters={},
        **figures,
        std=_optional(part, "std"),
        quantiles={q: quantiles.number(str(q), odd.data) for q in _QUANTILES},
        quantiles_exact=part.flag("quantiles_exact"),
        signature=part.text("signature"),
        group=None if key == "loss" else part.text("group"),
        groups=tuple(_result(group, "group") for group in part.objects("groups", optional=True))
        if key == "loss"
        else (),
    )


def _optional(part: Object, key: str) -> float | None:
    """Return a number that may be undefined, which is null without a text beside it."""
    undefined = key in part.data and part.data[key] is None and f"{key}_text" not in part.data
    return None if undefined else part.number(key)


def _texts(part: Object, key: str) -> tuple[str, ...]:
    value = part.data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        part.refuse(key, "a list of texts")
    return tuple(value)


def _mapping(part: Object, key: str) -> Mapping[str, str]:
    found = part.object(key, optional=True)
    return {name: found.text(name) for name in found.data}


def _one_of(part: Object, key: str) -> str:
    if part.text(key) not in CHOICES[key]:
        part.refuse(key, f"one of {', '.join(CHOICES[key])}")
    return part.text(key)


def _refuse_unknown(call: Object) -> None:
    """Refuse an option that this version does not know: leaving it out would compute something else."""
    known = {"predictions", "labels", "loss", *OPTIONS, *_TEXT_FORMAT, "label-decimal", *_HEADERS}
    for key in call.data:
        if key not in known:
            call.refuse(key, "an option that this version knows")


def _refuse_surrogates(value: Any, where: str) -> None:
    """Refuse text that is no Unicode; losscli writes none."""
    if isinstance(value, str):
        if encodable(value) != value:
            raise LosscliError(where, "a text in it is no Unicode", "", REMEDY)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            _refuse_surrogates(key, where)
            _refuse_surrogates(part, where)
    elif isinstance(value, list):
        for part in value:
            _refuse_surrogates(part, where)
