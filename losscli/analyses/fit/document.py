"""The report of `fit` as the document that `--format json` promises: keys in order, strict JSON values."""

from __future__ import annotations

import math
from collections.abc import Mapping

from losscli.analyses.evaluate.document import SCHEMA, Object
from losscli.analyses.fit.report import FitReport, Parameter, Run
from losscli.common.text import encodable, exact_number


def head_object(report: FitReport) -> Object:
    """Return all but the runs."""
    return {
        "schema": SCHEMA,
        "losscli": report.version,
        "signature": encodable(report.signature),
        "predictions": {"path": encodable(report.predictions.path), "rows": int(report.predictions.rows)},
        "labels": {"path": encodable(report.labels.path), "rows": int(report.labels.rows)},
        "alignment": report.alignment,
        "loss": encodable(report.loss),
        "model": report.model,
        "acts_on": report.acts_on,
        "n": int(report.n),
        "dropped": int(report.dropped),
        "ignored": int(report.ignored),
        "weight_sum": float(report.weight_sum),
        "held_bytes": int(report.held_bytes),
        "seed": int(report.seed),
        "batch_size": int(report.batch_size),
        "decay": report.decay,
        **_figure("before", report.before),
        **({} if report.skill is None else {"skill": report.skill}),
    }


def run_object(run: Run) -> Object:
    """Return one run."""
    held: Object | None = None
    if run.held_out is not None:
        held = {
            **_figure("before", run.held_out.before),
            **_figure("after", run.held_out.after),
            "folds": int(run.held_out.folds),
        }
    return {
        "optimizer": run.optimizer,
        "learning_rate": float(run.learning_rate),
        "epochs": int(run.epochs),
        "parameters": {name: _parameter(value) for name, value in run.parameters.items()},
        **_figure("after", run.after),
        "held_out": held,
        "converged": bool(run.converged),
        "diverged": bool(run.diverged),
        "curve": [cost if math.isfinite(cost) else None for cost in run.curve],
    }


def _parameter(value: Parameter) -> Object | float | None:
    if isinstance(value, Mapping):
        return {encodable(name): _finite(part) for name, part in value.items()}
    return _finite(value)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _figure(key: str, value: float) -> Object:
    # JSON has no infinity: null says that there is no number, the text beside it which one it is.
    return {key: float(value)} if math.isfinite(value) else {key: None, f"{key}_text": exact_number(value)}
