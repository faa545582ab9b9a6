"""Quiet: the cost alone, a line per loss."""

from __future__ import annotations

from losscli.analyses.report import Report
from losscli.common.text import exact_number
from losscli.outputs.formats import Format


def render(report: Report) -> str:
    """Return the costs in full precision, in the order in which the losses were asked for."""
    return "".join(f"{exact_number(result.cost)}\n" for result in report.results)


FORMAT = Format("quiet", "the cost alone, a line per loss, for scripts", render)
