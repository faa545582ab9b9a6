"""JSON Lines: a line per run, each of which stands by itself."""

from __future__ import annotations

from losscli.analyses.evaluate.document import encode
from losscli.analyses.fit.document import head_object, run_object
from losscli.analyses.fit.report import FitReport


def render(report: FitReport) -> str:
    """Return the lines: the keys of the JSON document's head, then those of one of its runs."""
    return "".join(encode(head_object(report) | run_object(run)) + "\n" for run in report.runs)
