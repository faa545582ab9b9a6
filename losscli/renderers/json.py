"""JSON: one strict document, floats in full precision, laid out for `diff`."""

from __future__ import annotations

from losscli.renderers import Format
from losscli.renderers._document import document, laid_out
from losscli.report import Report


def render(report: Report) -> str:
    """Return the document; each sample, gate and set of quantiles on a line of its own."""
    return laid_out(document(report)) + "\n"


FORMAT = Format("json", "one document with every figure, for programs", render)
