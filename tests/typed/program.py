"""What a program of a user's looks like to a type checker: mypy reads it under `strict`, and it runs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

import losscli

Floats = NDArray[np.float64]


def asymmetric(y_true: Floats, y_pred: Floats, *, factor: float = 2.0) -> Floats:
    """Cost more where the prediction is too low."""
    error = y_pred - y_true
    return np.where(error < 0, factor, 1.0) * np.abs(error)


def costs(predictions: list[float], labels: list[float]) -> Iterator[tuple[str, float]]:
    """Yield what each of several losses costs."""
    report = losscli.evaluate(predictions, labels, ["mse", losscli.load_loss("huber:delta=2"), asymmetric])
    for spec in report:
        yield spec, report[spec].cost


def figures(predictions: list[float], labels: list[float]) -> dict[str, float]:
    """Return figures of every kind of report."""
    report = losscli.evaluate(predictions, labels, "mse", gate="mse <= 9", top=None, bad_rows="drop")
    verdict: str | None = report.verdict
    document: dict[str, object] = report.to_dict()
    slopes = losscli.gradient(predictions, labels, "mse", of="cost")
    fitted = losscli.fit(predictions, labels, "mse", model="bias", folds=0)
    samples = losscli.per_sample(predictions, labels, "mse", gradient="loss")
    names = [loss.name for loss in losscli.losses() if loss.gradient is not None]
    values = losscli.load_loss("mae").value(labels, predictions)
    return {
        "cost": report.cost,
        "passed": float(verdict == "pass"),
        "keys": float(len(document)),
        "norm": slopes["mse"].gradient.norm,
        "after": fitted.best.after,
        "rows": float(len(samples)),
        "worst": float(len(report.worst_frame())),
        "frame": float(len(report.to_frame())),
        "losses": float(len(names)),
        "value": float(values[0]),
        "text": float(len(str(losscli.load_loss("mse").explain()))),
    }
