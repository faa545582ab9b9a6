"""From a report of `fit` to text: one format a file, as for `evaluate`."""

from __future__ import annotations

import importlib

from losscli.analyses.fit.report import FitReport


def render(format_: str, report: FitReport) -> str:
    """Return the report as text that ends with a line end, and in which nothing is interpreted.

    Args:
        format_: `table`, `json`, `jsonl`, `csv`, `markdown` or `quiet`.
        report: what was found.
    """
    text: str = importlib.import_module(f"{__name__}.{format_}").render(report)
    return text
