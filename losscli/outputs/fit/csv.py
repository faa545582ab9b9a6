"""CSV: a row per run, under a header that stays the same.

Quoting is that of RFC 4180; numbers are in full precision, and what there is none of is empty. A bias
for each class is written as JSON.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from losscli.analyses.evaluate.document import encode
from losscli.analyses.fit.report import FitReport, Parameter, Run
from losscli.common.text import encodable, exact_number, spreadsheet_text, unlike_command

PARAMETERS = ("scale", "bias", "temperature")
HEADER = (
    "loss", "model", "optimizer", "learning_rate", "epochs", "converged", "diverged", *PARAMETERS,
    "before", "after", "held_out_before", "held_out_after", "folds", "skill", "n", "dropped", "ignored",
    "weight_sum", "seed", "batch_size", "decay", "alignment", "predictions", "prediction_rows", "labels",
    "label_rows", "signature", "losscli",
)  # fmt: skip


def render(report: FitReport) -> str:
    """Return the rows, below `HEADER`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for run in report.runs:
        writer.writerow([*_run(report, run), *_samples(report)])
    return text.getvalue()


def _run(report: FitReport, run: Run) -> list[str]:
    held = run.held_out
    return [
        unlike_command(spreadsheet_text(report.loss)),
        report.model,
        run.optimizer,
        exact_number(run.learning_rate),
        str(run.epochs),
        "true" if run.converged else "false",
        "true" if run.diverged else "false",
        *("" if name not in run.parameters else _parameter(run.parameters[name]) for name in PARAMETERS),
        exact_number(report.before),
        exact_number(run.after),
        *(["", "", ""] if held is None else [*map(exact_number, (held.before, held.after)), str(held.folds)]),
        "" if report.skill is None else exact_number(report.skill),
    ]


def _samples(report: FitReport) -> list[str]:
    return [
        *(str(int(count)) for count in (report.n, report.dropped, report.ignored)),
        exact_number(report.weight_sum),
        str(report.seed),
        str(report.batch_size),
        report.decay,
        report.alignment,
        spreadsheet_text(report.predictions.path),
        str(int(report.predictions.rows)),
        spreadsheet_text(report.labels.path),
        str(int(report.labels.rows)),
        spreadsheet_text(report.signature),
        report.version,
    ]


def _parameter(value: Parameter) -> str:
    if isinstance(value, Mapping):
        return encode({encodable(name): float(part) for name, part in value.items()})
    return exact_number(value)
