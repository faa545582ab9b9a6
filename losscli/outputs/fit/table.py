"""Tables and curves for a person."""

from __future__ import annotations

from losscli.analyses.fit.report import FitReport
from losscli.outputs.drawing import screen
from losscli.outputs.views.fit import page


def render(report: FitReport) -> str:
    """Return the page as text without colours, as wide as it needs to be."""
    return screen.as_text(page(report))
