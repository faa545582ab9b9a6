"""JSON: one strict document, floats in full precision, laid out for `diff`."""

from __future__ import annotations

from losscli.analyses.evaluate.document import laid_out
from losscli.analyses.gradient.document import document_head, result_object
from losscli.analyses.gradient.report import GradientReport


def render(report: GradientReport) -> str:
    """Return the document; each sample and set of figures on a line of its own."""
    results = [result_object(result) for result in report.results]
    return laid_out({**document_head(report), "results": [*results]}) + "\n"
