"""JSON Lines: a line per loss and per group, each of which stands by itself."""

from __future__ import annotations

from losscli.analyses.evaluate.document import encode
from losscli.analyses.gradient.document import document_head, result_object
from losscli.analyses.gradient.report import GradientReport


def render(report: GradientReport) -> str:
    """Return the lines: the keys of the document's head, then those of one of its results."""
    common = document_head(report)
    lines = [
        encode(common | result_object(part, nested=False)) + "\n"
        for result in report.results
        for part in (result, *result.groups)
    ]
    return "".join(lines)
