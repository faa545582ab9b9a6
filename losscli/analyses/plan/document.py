"""A plan as the document that `--format json` promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from losscli.analyses.evaluate.document import SCHEMA
from losscli.analyses.plan.report import Planned
from losscli.common.json import Object
from losscli.common.text import encodable

KIND = "plan"


def document(plan: Planned) -> Object:
    """Return the whole document."""
    found = asdict(plan)
    head = {"schema": SCHEMA, "document": KIND, "losscli": found.pop("version")}
    texts = {name: encodable(found.pop(name)) for name in ("signature", "gate")}
    return {**head, **texts, **found}


def lines(plan: Planned) -> Iterator[Object]:
    """Yield the document, on one line."""
    yield document(plan)
