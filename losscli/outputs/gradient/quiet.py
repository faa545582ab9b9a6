"""Quiet: the norm of the gradient alone, a line per loss."""

from __future__ import annotations

from losscli.analyses.gradient.report import GradientReport
from losscli.common.text import exact_number


def render(report: GradientReport) -> str:
    """Return the norms in full precision, in the order in which the losses were asked for."""
    return "".join(f"{exact_number(result.gradient.norm)}\n" for result in report.results)
