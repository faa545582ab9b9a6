"""A reconciliation as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.evaluate.document import head
from losscli.analyses.reconcile.report import Match, Reconciliation
from losscli.common.json import Object, number_object
from losscli.common.text import encodable


def document(report: Reconciliation) -> Object:
    """Return the whole document."""
    return {**_about(report), "matches": [match_object(one) for one in report.matches]}


def lines(report: Reconciliation) -> Iterator[Object]:
    """Yield an object per match, each of which stands by itself."""
    common = _about(report)
    for one in report.matches:
        yield common | match_object(one)


def _about(report: Reconciliation) -> Object:
    schema, *rest = head(report).items()
    return {
        schema[0]: schema[1],
        "document": "reconcile",
        **dict(rest),
        "loss": encodable(report.loss),
        "n": report.n,
        **number_object("cost", report.cost),
        "observed": report.observed,
        "digits": report.digits,
        "outcome": report.outcome,
        "tried": report.tried,
        "different": report.different,
        **number_object("accidental", report.accidental),
    }


def match_object(one: Match) -> Object:
    """Return one match."""
    return {
        "library": one.library,
        "libraries": [*one.libraries],
        "calls": [*one.calls],
        "deviations": [*one.deviations],
        "lie": one.lie or None,
        **number_object("value", one.value),
        "command": None if one.command is None else [*map(encodable, one.command)],
        "others": [*one.others],
    }
