"""CSV: a row per loss and per group, under a header that stays the same.

Of several prediction columns, a row each follows with its mean alone. Numbers and texts are written as
in the CSV of `evaluate`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from losscli.analyses.evaluate.figures import PERCENTILES as QUANTILES
from losscli.analyses.gradient.report import GradientReport, GradientResult
from losscli.common.text import exact_number, spreadsheet_text, unlike_command

COUNTS = ("n", "dropped", "ignored", "clipped")
FIGURES = ("norm", "max_abs", "zeros", "infinite", "numerical")
INPUTS = ("alignment", "predictions", "prediction_rows", "labels", "label_rows", "signature", "losscli")
HEADER = (
    *("loss", "group", "of", "column", *COUNTS, "weight_sum", "cost", "mean", *FIGURES, "top_share"),
    *QUANTILES.values(),
    *("quantiles_exact", *INPUTS),
)


def render(report: GradientReport) -> str:
    """Return the rows, below `HEADER`."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, restval="", lineterminator="\n")
    writer.writeheader()
    common = _inputs(report)
    for result in report.results:
        for part in (result, *result.groups):
            writer.writerows({**row, **common} for row in _rows(part))
    return text.getvalue()


def _rows(result: GradientResult) -> Iterator[dict[str, str]]:
    gradient = result.gradient
    about = {
        "loss": unlike_command(spreadsheet_text(result.loss)),
        "group": "" if result.group is None else spreadsheet_text(result.group),
    }
    means = gradient.mean if isinstance(gradient.mean, tuple) else (gradient.mean,)
    yield {
        **about,
        **{count: str(int(getattr(result, count))) for count in COUNTS},
        "weight_sum": exact_number(result.weight_sum),
        "cost": exact_number(result.cost),
        "mean": "" if gradient.columns else exact_number(means[0]),
        "norm": exact_number(gradient.norm),
        "max_abs": exact_number(gradient.max_abs),
        "zeros": str(int(gradient.zeros)),
        "infinite": str(int(gradient.infinite)),
        "numerical": _truth(gradient.numerical),
        "top_share": "" if result.top_share is None else exact_number(result.top_share),
        **{name: exact_number(result.quantiles[q]) for q, name in QUANTILES.items()},
        "quantiles_exact": _truth(result.quantiles_exact),
    }
    for name, mean in zip(gradient.columns, means, strict=False):
        yield {**about, "column": spreadsheet_text(name), "mean": exact_number(mean)}


def _inputs(report: GradientReport) -> dict[str, str]:
    return {
        "of": report.of,
        "alignment": report.alignment,
        "predictions": spreadsheet_text(report.predictions.path),
        "prediction_rows": str(int(report.predictions.rows)),
        "labels": spreadsheet_text(report.labels.path),
        "label_rows": str(int(report.labels.rows)),
        "signature": spreadsheet_text(report.signature),
        "losscli": report.version,
    }


def _truth(value: bool) -> str:
    return "true" if value else "false"
