"""An examination as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.doctor.check import Finding
from losscli.analyses.doctor.report import Examination
from losscli.analyses.evaluate.document import head
from losscli.common.json import Object, number_object
from losscli.common.text import encodable


def document(report: Examination) -> Object:
    """Return the whole document."""
    return {
        **_about(report),
        "findings": [finding_object(one) for one in report.findings],
        "checked": [*report.checked],
        "not_applicable": [{"check": name, "reason": reason} for name, reason in report.not_applicable],
    }


def lines(report: Examination) -> Iterator[Object]:
    """Yield an object per finding, each of which stands by itself."""
    common = _about(report)
    for one in report.findings:
        yield common | finding_object(one)


def _about(report: Examination) -> Object:
    schema, *rest = head(report).items()
    return {
        schema[0]: schema[1],
        "document": "doctor",
        **dict(rest),
        "kind": report.kind.name.lower(),
        "n": report.n,
        "loss": encodable(report.loss),
        **number_object("cost", report.cost),
    }


def finding_object(one: Finding) -> Object:
    """Return one finding."""
    return {
        "check": one.check,
        "level": one.level,
        **number_object("statistic", one.statistic),
        **number_object("threshold", one.threshold),
        "rows": one.rows,
        "loss": encodable(one.loss),
        **number_object("cost", one.cost),
        **number_object("cost_repaired", one.cost_repaired),
        "message": encodable(one.message),
        "remedy": encodable(one.remedy),
        "command": None if one.command is None else [*map(encodable, one.command)],
    }
