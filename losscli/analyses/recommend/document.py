"""Advice for programs: one JSON document, JSON lines, CSV, and the bare spec."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator

from losscli.analyses.evaluate.document import SCHEMA, Json, Object, encode
from losscli.analyses.recommend.evidence import Side
from losscli.analyses.recommend.report import Advice, Recommendation
from losscli.common.text import encodable, exact_number, spreadsheet_text, unlike_command
from losscli.inputs.provenance import Input

HEADER = ("verdict", "rank", "loss", "cost", "pull", "flat", "reason", "label_kind", "prediction_kind", "n",
          "alignment", "predictions", "prediction_rows", "labels", "label_rows", "losscli")  # fmt: skip


def document(advice: Advice) -> Object:
    """Return the document: the keys of the contract, under a head like that of `evaluate`."""
    case = advice.case
    return {
        **_head(advice),
        "evidence": {
            key: value if isinstance(value, str | bool | int) else _finite(value)
            for key, value in case.evidence.known().items()
        },
        "recommendations": [_recommendation(one) for one in advice.recommendations],
        "others": list(advice.others),
        "ruled_out": [{"loss": one.loss, "reason": encodable(one.reason)} for one in advice.ruled_out],
        "consider": [{"question": one.question, "losses": list(one.losses)} for one in advice.consider],
        "notes": [encodable(note) for note in advice.notes],
    }


def as_json(advice: Advice) -> str:
    """Return the document, each entry of a list on a line of its own."""
    lines = []
    for key, value in document(advice).items():
        if isinstance(value, list) and value:
            inner = ",\n".join(f"  {encode(part)}" for part in value)
            lines.append(f" {encode(key)}: [\n{inner}\n ]")
        else:
            lines.append(f" {encode(key)}: {encode(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def as_jsonl(advice: Advice) -> str:
    """Return a line for each loss of the catalogue, each of which stands by itself."""
    head = _head(advice)
    return "".join(encode(head | row) + "\n" for row in _rows(advice))


def as_csv(advice: Advice) -> str:
    """Return a row for each loss of the catalogue, below `HEADER`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    case = advice.case
    common = [
        case.labels.kind,
        case.predictions.kind,
        str(case.labels.n),
        advice.alignment,
        spreadsheet_text(advice.predictions.path),
        str(advice.predictions.rows),
        spreadsheet_text(advice.labels.path),
        str(advice.labels.rows),
        advice.version,
    ]
    for row in _rows(advice):
        cells = [row.get(key) for key in ("verdict", "rank", "loss", "cost", "pull", "flat")]
        shown = [unlike_command(_cell(cell)) for cell in cells]
        writer.writerow([*shown, spreadsheet_text(" ".join(_reasons(row))), *common])
    return text.getvalue()


def quiet(advice: Advice) -> str:
    """Return the first spec, and nothing else."""
    return f"{advice.recommendations[0].loss}\n"


def _head(advice: Advice) -> Object:
    return {
        "schema": SCHEMA,
        "losscli": advice.version,
        "signature": encodable(advice.signature),
        "predictions": _side(advice.predictions, advice.case.predictions),
        "labels": _side(advice.labels, advice.case.labels),
        "alignment": advice.alignment,
        "left_out": advice.left_out,
        "weighted": advice.weighted,
    }


def _side(source: Input, side: Side) -> Object:
    found: Object = {"path": encodable(source.path), "rows": source.rows, "kind": side.kind, "n": side.n}
    found["columns"] = [encodable(name) for name in side.columns]
    return found if side.low is None else found | {"min": _finite(side.low), "max": _finite(side.high)}


def _recommendation(one: Recommendation) -> Object:
    found: Object = {"loss": one.loss, "rank": one.rank, "cost": _finite(one.cost)}
    if not math.isfinite(one.cost):
        found["cost_text"] = exact_number(one.cost)
    return found | {
        "reasons": list(one.reasons),
        "training": list(one.training),
        "sources": list(one.sources),
        "pull": _finite(one.pull),
        "flat": _finite(one.flat),
    }


def _rows(advice: Advice) -> Iterator[Object]:
    for one in advice.recommendations:
        yield {"verdict": "recommended", **_recommendation(one)}
    for spec in advice.others:
        yield {"verdict": "possible", "loss": spec}
    for out in advice.ruled_out:
        yield {"verdict": "ruled_out", "loss": out.loss, "reasons": [encodable(out.reason)]}


def _reasons(row: Object) -> list[str]:
    reasons = row.get("reasons", [])
    return [str(reason) for reason in reasons] if isinstance(reasons, list) else []


def _cell(value: Json) -> str:
    if value is None:
        return ""
    return exact_number(value) if isinstance(value, float) else str(value)


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
