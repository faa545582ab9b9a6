"""Markdown: the tables for a pull request, a job summary or a page."""

from __future__ import annotations

from collections.abc import Sequence

from losscli.analyses.report import Checked, Report
from losscli.outputs.formats import Format
from losscli.outputs.views.checks_summary import check_lines, report_lines


def render(report: Report) -> str:
    """Return the page: costs, gates, distribution, groups and worst samples."""
    return "\n".join(report_lines(report)) + "\n"


def render_all(checks: Sequence[Checked]) -> str:
    """Return the page of all checks, with what was wrong where nothing was found."""
    return "\n".join(check_lines(checks)).rstrip("\n") + "\n"


FORMAT = Format("markdown", "tables for a pull request or a page", render, render_all)
