"""The report of `fit` as the document that `--format json` promises: keys in order, strict JSON values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from losscli.analyses.evaluate.document import Json, Object, finite, head, number_object
from losscli.analyses.fit.report import FitReport, Parameter, Run
from losscli.common.text import encodable


def document(report: FitReport) -> Object:
    """Return the whole document."""
    return {**_head(report), "runs": [_run(run) for run in report.runs]}


def lines(report: FitReport) -> Iterator[Object]:
    """Yield an object per run, each of which stands by itself."""
    for run in report.runs:
        yield _head(report) | _run(run)


def _head(report: FitReport) -> Object:
    return {
        **head(report),
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
        **number_object("before", report.before),
        **({} if report.skill is None else {"skill": report.skill}),
    }


def _run(run: Run) -> Object:
    held: Object | None = None
    if run.held_out is not None:
        held = {
            **number_object("before", run.held_out.before),
            **number_object("after", run.held_out.after),
            "folds": int(run.held_out.folds),
        }
    return {
        "optimizer": run.optimizer,
        "learning_rate": float(run.learning_rate),
        "epochs": int(run.epochs),
        "parameters": {name: _parameter(value) for name, value in run.parameters.items()},
        **number_object("after", run.after),
        "held_out": held,
        "converged": bool(run.converged),
        "diverged": bool(run.diverged),
        "curve": [finite(cost) for cost in run.curve],
    }


def _parameter(value: Parameter) -> Json:
    if isinstance(value, Mapping):
        return {encodable(name): finite(part) for name, part in value.items()}
    return finite(value)
