"""CSV: a row per loss and per group, under a header that stays the same.

Quoting is that of RFC 4180; lines end with a line feed alone, as everywhere else in losscli.
Numbers are in full precision, `inf`, `-inf` and `nan` written so; an undefined standard deviation
and the group of a result over all samples are empty. Text is made visible, and harmless to
spreadsheets: an apostrophe stands before what they would compute.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from losscli.analyses.evaluate.figures import PERCENTILES as QUANTILES
from losscli.analyses.report import Checked, Report, Result
from losscli.common.text import exact_number, spreadsheet_text, unlike_command
from losscli.outputs.formats import Format
from losscli.outputs.views.failures import messages, only

COUNTS = ("n", "dropped", "ignored", "clipped")
FIGURES = ("weight_sum", "cost", "sum", "mean", "std", "min", "max")
INPUTS = ("alignment", "predictions", "prediction_rows", "labels", "label_rows", "signature", "losscli")
HEADER = ("loss", "group", *COUNTS, *FIGURES, *QUANTILES.values(), "quantiles_exact", *INPUTS)
HEADER_OF_CHECKS = ("check", "verdict", *HEADER, "error")


def render(report: Report) -> str:
    """Return the rows, below `HEADER`."""
    return _text([HEADER, *_rows(report)])


def render_all(checks: Sequence[Checked]) -> str:
    """Return the rows of all checks, below `HEADER_OF_CHECKS`; of one without a report, its errors."""
    report = only(checks)
    if report is not None:
        return render(report)
    rows: list[Sequence[str]] = [HEADER_OF_CHECKS]
    for check in checks:
        who = [unlike_command(spreadsheet_text(check.name)), check.verdict]
        if check.report is None or check.error is not None:
            said = spreadsheet_text(" ".join(" ".join(messages(check)).split()))
            rows.append([*who, *[""] * len(HEADER), said])
        else:
            rows.extend([*who, *row, ""] for row in _rows(check.report))
    return _text(rows)


def _text(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _rows(report: Report) -> Iterator[list[str]]:
    common = _inputs(report)
    for result in report.results:
        for part in (result, *result.groups):
            yield [*_figures(part), *common, spreadsheet_text(part.signature), report.version]


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


FORMAT = Format("csv", "a row per loss and group, for spreadsheets", render, render_all)
