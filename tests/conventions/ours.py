"""What losscli says of the same data, as a library has it."""

from __future__ import annotations

import numpy as np

import losscli
from conventions.data import DataSet


def columns(data: DataSet, *, weighted: bool) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the columns of predictions and labels, named so that each loss finds its own."""
    kind = data.name.partition(":")[0]
    labels = _named("label", data.label)
    if data.prediction.ndim == 1:
        predictions = {"prediction": data.prediction}
    elif kind in ("normal", "narrow"):
        predictions = {"mean": data.prediction[:, 0], "variance": data.prediction[:, 1]}
    elif data.label.ndim == 1:
        names = data.ids or tuple(map(str, range(data.prediction.shape[1])))
        predictions = {f"prob_{name}": column for name, column in zip(names, data.prediction.T, strict=True)}
        labels = {"label": np.array(names)[data.label]}
    elif kind.startswith("soft"):
        predictions, labels = _named("prob", data.prediction), _named("label", data.label)
    else:
        predictions = _named("prediction", data.prediction)
    if weighted:
        labels["weight"] = data.weight
    return predictions, labels


def _named(word: str, values: np.ndarray) -> dict[str, np.ndarray]:
    if values.ndim == 1:
        return {word: values}
    return {f"{word}_{place}": column for place, column in enumerate(values.T)}


def cost(loss: str, as_: str | None, data: DataSet, *, weighted: bool = False) -> float:
    """Return the cost of a loss; `as_` is what `--as` says."""
    predictions, labels = columns(data, weighted=weighted)
    report = losscli.evaluate(
        predictions, labels, loss, as_=as_, weight="weight" if weighted else None, top=0
    )
    return float(report.cost)
