"""Quiet: the cost after each run alone, a line for each."""

from __future__ import annotations

from losscli.analyses.fit.report import FitReport
from losscli.common.text import exact_number


def render(report: FitReport) -> str:
    """Return the costs in full precision, in the order in which the optimisers were asked for."""
    return "".join(f"{exact_number(run.after)}\n" for run in report.runs)
