"""Tables and curves for a person."""

from __future__ import annotations

from losscli.analyses.fit.report import FitReport
from losscli.renderers import _screen
from losscli.renderers.fit._page import page


def render(report: FitReport) -> str:
    """Return the page as text without colours, as wide as it needs to be."""
    return _screen.as_text(page(report))
