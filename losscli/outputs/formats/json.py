"""JSON: one strict document, floats in full precision, laid out for `diff`."""

from __future__ import annotations

from collections.abc import Sequence

from losscli.analyses.evaluate.document import document, documents, laid_out
from losscli.analyses.report import Checked, Report
from losscli.outputs.formats import Format


def render(report: Report) -> str:
    """Return the document; each sample, gate and set of quantiles on a line of its own."""
    return laid_out(document(report)) + "\n"


def render_all(checks: Sequence[Checked]) -> str:
    """Return one document of all checks."""
    return laid_out(documents(checks)) + "\n"


FORMAT = Format("json", "one document with every figure, for programs", render, render_all)
