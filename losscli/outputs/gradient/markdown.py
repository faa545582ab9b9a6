"""Markdown: the tables for a pull request, a job summary or a page."""

from __future__ import annotations

from losscli.analyses.gradient.report import GradientReport
from losscli.outputs.drawing.markdown import lines
from losscli.outputs.views.gradient import page


def render(report: GradientReport) -> str:
    """Return the page."""
    return "\n".join(lines(page(report))).rstrip("\n") + "\n"
