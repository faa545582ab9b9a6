"""JSON: one strict document, floats in full precision."""

from __future__ import annotations

from losscli.analyses.evaluate.document import laid_out
from losscli.analyses.fit.document import head_object, run_object
from losscli.analyses.fit.report import FitReport


def render(report: FitReport) -> str:
    """Return the document."""
    return laid_out({**head_object(report), "runs": [run_object(run) for run in report.runs]}) + "\n"
