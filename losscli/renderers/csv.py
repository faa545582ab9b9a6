"""CSV: a row per loss and per group, under a header that stays the same.

Quoting is that of RFC 4180; lines end with a line feed alone, as everywhere else in losscli.
Numbers are in full precision, `inf`, `-inf` and `nan` written so; an undefined standard deviation
and the group of a result over all samples are empty. Text is made visible, and harmless to
spreadsheets: an apostrophe stands before what they would compute.
"""

from __future__ import annotations

import csv
import io

from losscli.renderers import Format
from losscli.report import Report, Result
from losscli.text import exact_number, spreadsheet_text, unlike_command

QUANTILES = {0.5: "p50", 0.9: "p90", 0.95: "p95", 0.99: "p99"}
COUNTS = ("n", "dropped", "ignored", "clipped")
FIGURES = ("weight_sum", "cost", "sum", "mean", "std", "min", "max")
INPUTS = ("alignment", "predictions", "prediction_rows", "labels", "label_rows", "signature", "losscli")
HEADER = ("loss", "group", *COUNTS, *FIGURES, *QUANTILES.values(), "quantiles_exact", *INPUTS)


def render(report: Report) -> str:
    """Return the rows, below `HEADER`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    common = _inputs(report)
    for result in report.results:
        for part in (result, *result.groups):
            writer.writerow([*_figures(part), *common, spreadsheet_text(part.signature), report.version])
    return text.getvalue()


def _figures(result: Result) -> list[str]:
    return [
        unlike_command(spreadsheet_text(result.loss)),
        "" if result.group is None else spreadsheet_text(result.group),
        *(str(int(getattr(result, count))) for count in COUNTS),
        *(_number(getattr(result, figure)) for figure in FIGURES),
        *(_number(result.quantiles.get(q)) for q in QUANTILES),
        "true" if result.quantiles_exact else "false",
    ]


def _inputs(report: Report) -> list[str]:
    return [
        report.alignment,
        spreadsheet_text(report.predictions.path),
        str(int(report.predictions.rows)),
        spreadsheet_text(report.labels.path),
        str(int(report.labels.rows)),
    ]


def _number(value: float | None) -> str:
    return "" if value is None else exact_number(value)


FORMAT = Format("csv", "a row per loss and group, for spreadsheets", render)
