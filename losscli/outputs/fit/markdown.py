"""Markdown: tables and curves for a pull request or a page."""

from __future__ import annotations

from losscli.analyses.fit.report import FitReport
from losscli.outputs.drawing.markdown import lines
from losscli.outputs.views.fit import page


def render(report: FitReport) -> str:
    """Return the page, as it is drawn on a terminal."""
    return "\n".join(lines(page(report))).rstrip("\n") + "\n"
