"""Advice as the document that `--format json` promises, under a head like that of `evaluate`."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.evaluate.document import INPUT, head
from losscli.analyses.recommend.evidence import Side
from losscli.analyses.recommend.report import Advice, Recommendation
from losscli.common.codec import written
from losscli.common.json import Object, finite, number_object
from losscli.common.text import encodable
from losscli.inputs.provenance import Input


def document(advice: Advice) -> Object:
    """Return the whole document."""
    return {
        **_head(advice),
        "evidence": {
            key: value if isinstance(value, str | bool | int) else finite(value)
            for key, value in advice.case.evidence.known().items()
        },
        "recommendations": [_recommendation(one) for one in advice.recommendations],
        "others": list(advice.others),
        "ruled_out": [{"loss": one.loss, "reason": encodable(one.reason)} for one in advice.ruled_out],
        "consider": [{"question": one.question, "losses": list(one.losses)} for one in advice.consider],
        "notes": [encodable(note) for note in advice.notes],
    }


def lines(advice: Advice) -> Iterator[Object]:
    """Yield an object for each loss of the catalogue, each of which stands by itself."""
    common = _head(advice)
    for one in advice.recommendations:
        yield common | {"verdict": "recommended", **_recommendation(one)}
    for spec in advice.others:
        yield common | {"verdict": "possible", "loss": spec}
    for out in advice.ruled_out:
        yield common | {"verdict": "ruled_out", "loss": out.loss, "reasons": [encodable(out.reason)]}


def _head(advice: Advice) -> Object:
    return {
        **head(advice),
        "predictions": _side(advice.predictions, advice.case.predictions),
        "labels": _side(advice.labels, advice.case.labels),
        "left_out": advice.left_out,
        "weighted": advice.weighted,
    }


def _side(source: Input, side: Side) -> Object:
    found: Object = written(source, INPUT) | {"kind": side.kind, "n": side.n}
    found["columns"] = [encodable(name) for name in side.columns]
    return found if side.low is None else found | {"min": finite(side.low), "max": finite(side.high)}


def _recommendation(one: Recommendation) -> Object:
    return {
        "loss": one.loss,
        "rank": one.rank,
        **number_object("cost", one.cost),
        "standard_error": finite(one.standard_error),
        "reasons": list(one.reasons),
        "training": list(one.training),
        "sources": list(one.sources),
        "pull": finite(one.pull),
        "flat": finite(one.flat),
    }
