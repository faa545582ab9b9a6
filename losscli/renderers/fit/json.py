"""JSON: one strict document, floats in full precision."""

from __future__ import annotations

from losscli.fit_report import FitReport
from losscli.renderers._document import laid_out
from losscli.renderers.fit._document import head_object, run_object


def render(report: FitReport) -> str:
    """Return the document."""
    return laid_out({**head_object(report), "runs": [run_object(run) for run in report.runs]}) + "\n"
