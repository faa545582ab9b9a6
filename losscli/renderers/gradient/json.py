"""JSON: one strict document, floats in full precision, laid out for `diff`."""

from __future__ import annotations

from losscli.gradient_report import GradientReport
from losscli.renderers._document import laid_out
from losscli.renderers.gradient._document import document_head, result_object


def render(report: GradientReport) -> str:
    """Return the document; each sample and set of figures on a line of its own."""
    results = [result_object(result) for result in report.results]
    return laid_out({**document_head(report), "results": [*results]}) + "\n"
