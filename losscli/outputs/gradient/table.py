"""Tables for a terminal, as text: figures, what has how much of the pull, and which samples pull hardest."""

from __future__ import annotations

from losscli.analyses.gradient.report import GradientReport
from losscli.outputs.drawing.screen import as_text
from losscli.outputs.views.gradient import page


def render(report: GradientReport) -> str:
    """Return the tables without colours, as wide as they need to be."""
    return as_text(page(report))
