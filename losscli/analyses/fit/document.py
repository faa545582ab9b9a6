"""The report of `fit` as the document that `--format json` promises: keys in order, strict JSON values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from losscli.analyses.evaluate.document import head
from losscli.analyses.fit.report import FitReport, Parameter, Run
from losscli.common.codec import COUNT, FLAG, NUMBER, NUMBER_OR_NONE, TEXT, Record, optional, written
from losscli.common.json import Object, finite
from losscli.common.text import encodable

_REPORT: Record = {
    "loss": TEXT,
    "model": TEXT,
    "acts_on": TEXT,
    **dict.fromkeys(("n", "dropped", "ignored"), COUNT),
    "weight_sum": NUMBER,
    **dict.fromkeys(("held_bytes", "seed", "batch_size"), COUNT),
    "decay": TEXT,
    "tolerance": NUMBER,
    "before": NUMBER,
    "before_standard_error": NUMBER_OR_NONE,
    "skill": optional(NUMBER),
}
_HELD_OUT: Record = {"before": NUMBER, "after": NUMBER, "folds": COUNT}


def document(report: FitReport) -> Object:
    """Return the whole document."""
    return {**_head(report), "runs": [_run(report, run) for run in report.runs]}


def lines(report: FitReport) -> Iterator[Object]:
    """Yield an object per run, each of which stands by itself."""
    for run in report.runs:
        yield _head(report) | _run(report, run)


def _head(report: FitReport) -> Object:
    return head(report) | written(report, _REPORT)


def _run(report: FitReport, run: Run) -> Object:
    return {
        **written(run, {"optimizer": TEXT, "learning_rate": NUMBER, "epochs": COUNT}),
        "parameters": {name: _parameter(value) for name, value in run.parameters.items()},
        **written(run, {"after": NUMBER, "standard_error": NUMBER_OR_NONE}),
        "held_out": None if run.held_out is None else written(run.held_out, _HELD_OUT),
        **written(run, {"converged": FLAG, "diverged": FLAG}),
        "best": any(run is one for one in report.tied),
        "curve": [finite(cost) for cost in run.curve],
    }


def _parameter(value: Parameter) -> Object | float | None:
    if isinstance(value, Mapping):
        return {encodable(name): finite(part) for name, part in value.items()}
    return finite(value)
