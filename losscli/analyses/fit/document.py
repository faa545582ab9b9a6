"""The report of `fit` as the document that `--format json` promises: keys in order, strict JSON values."""

from __future__ import annotations

import math
from collections.abc import Mapping

from losscli.analyses.evaluate.document import head
from losscli.analyses.fit.report import FitReport, Parameter, Run
from losscli.common.codec import COUNT, FLAG, NUMBER, TEXT, Record, optional, written
from losscli.common.json import Object
from losscli.common.text import encodable

_REPORT: Record = {
    "loss": TEXT,
    "model": TEXT,
    "acts_on": TEXT,
    **dict.fromkeys(("n", "dropped", "ignored"), COUNT),
    "weight_sum": NUMBER,
    **dict.fromkeys(("held_bytes", "seed", "batch_size"), COUNT),
    "decay": TEXT,
    "before": NUMBER,
    "skill": optional(NUMBER),
}
_HELD_OUT: Record = {"before": NUMBER, "after": NUMBER, "folds": COUNT}


def head_object(report: FitReport) -> Object:
    """Return all but the runs."""
    return head(report) | written(report, _REPORT)


def run_object(run: Run) -> Object:
    """Return one run."""
    return {
        **written(run, {"optimizer": TEXT, "learning_rate": NUMBER, "epochs": COUNT}),
        "parameters": {name: _parameter(value) for name, value in run.parameters.items()},
        **written(run, {"after": NUMBER}),
        "held_out": None if run.held_out is None else written(run.held_out, _HELD_OUT),
        **written(run, {"converged": FLAG, "diverged": FLAG}),
        "curve": [_finite(cost) for cost in run.curve],
    }


def _parameter(value: Parameter) -> Object | float | None:
    if isinstance(value, Mapping):
        return {encodable(name): _finite(part) for name, part in value.items()}
    return _finite(value)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
