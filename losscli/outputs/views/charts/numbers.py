"""Charts of numbers: labels beside predictions, and by how much predictions are off."""

from __future__ import annotations

import numpy as np

from losscli.common.array import Array
from losscli.common.text import readable_number
from losscli.compute.statistics.drawn import Drawn
from losscli.outputs.drawing.elements import Column, Figure, Kind, Section
from losscli.outputs.drawing.svg.marks import Axis, Cells, Chart, Diagonal, Line, Mark, Points, Ribbon, Rule

CELLS = 40
FEW = 500
"""Rows up to which each is a point; more are counted in cells."""
BINS = 12


def labels_by_prediction(sample: Drawn) -> Figure | None:
    """Return labels against predictions."""
    label, prediction = sample.columns["label"], sample.columns["prediction"]
    low, high = _range(np.concatenate([label, prediction]))
    if not high > low:
        return None
    marks: list[Mark] = [_rows(prediction, label, (low, high), (low, high)), Diagonal("second")]
    correlation = _correlation(label, prediction)
    words = "Each point is a sample" if len(label) <= FEW else "The darker a cell, the more samples"
    said = "" if correlation is None else f" Their correlation is {readable_number(correlation, 3)}."
    chart = Chart(
        Axis("prediction", low, high),
        Axis("label", low, high),
        tuple(marks),
        (("first", "samples"), ("second", "label = prediction")),
        square=True,
    )
    return Figure(
        "Labels and predictions",
        f"{words}; on the line they agree.{said}{_drawn(sample)}",
        chart,
        _table(sample),
    )


def residuals(sample: Drawn) -> Figure | None:
    """Return by how much predictions are off, by the prediction: medians, and where 8 in 10 samples are."""
    label, prediction = sample.columns["label"], sample.columns["prediction"]
    residual = prediction - label
    x, y = _range(prediction), _range(residual)
    if not (x[1] > x[0] and y[1] > y[0]):
        return None
    bins = _bins(prediction, residual)
    marks: list[Mark] = [
        _rows(prediction, residual, x, y),
        Ribbon(bins["at"], bins["p10"], bins["p90"], "third"),
        Line(bins["at"], bins["p50"], "third"),
        Rule(0.0, "x", "second"),
    ]
    chart = Chart(
        Axis("prediction", *x),
        Axis("prediction − label", *y),
        tuple(marks),
        (("first", "samples"), ("third", "median; 8 in 10 samples around it"), ("second", "no error")),
    )
    return Figure("Errors by prediction", _where_off(bins) + _drawn(sample), chart, _of_bins(bins))


def _drawn(sample: Drawn) -> str:
    shown = len(sample.key)
    return "" if shown == sample.n else f" Drawn are {shown} of {sample.n} samples, chosen by chance."


def _range(values: Array) -> tuple[float, float]:
    """Return between which numbers nearly all values are, with a little room."""
    low, high = (float(value) for value in np.quantile(values, [0.002, 0.998]))
    if len(values) <= FEW:
        low, high = float(values.min()), float(values.max())
    room = 0.03 * (high - low)
    return low - room, high + room


def _rows(x: Array, y: Array, of_x: tuple[float, float], of_y: tuple[float, float]) -> Points | Cells:
    if len(x) <= FEW:
        return Points(x.tolist(), y.tolist(), small=True)
    counts, x_edges, y_edges = np.histogram2d(
        np.clip(x, *of_x), np.clip(y, *of_y), bins=CELLS, range=[of_x, of_y]
    )
    columns, rows = np.nonzero(counts)
    found = counts[columns, rows]
    return Cells(
        x_edges[columns].tolist(),
        x_edges[columns + 1].tolist(),
        y_edges[rows].tolist(),
        y_edges[rows + 1].tolist(),
        # Its root, so that few samples are seen beside many.
        np.sqrt(found / found.max()).tolist(),
    )


def _bins(prediction: Array, residual: Array) -> dict[str, list[float]]:
    """Return quantiles of residuals, and their mean and its standard error, of bins of equally many rows."""
    order = np.argsort(prediction, kind="stable")
    found: dict[str, list[float]] = {name: [] for name in ("at", "n", "mean", "error", "p10", "p50", "p90")}
    for rows in np.array_split(order, min(BINS, max(1, len(order) // 10))):
        values = residual[rows]
        found["at"].append(float(np.median(prediction[rows])))
        found["n"].append(float(len(rows)))
        found["mean"].append(float(values.mean()))
        found["error"].append(float(values.std(ddof=1) / len(rows) ** 0.5) if len(rows) > 1 else float("nan"))
        for name, value in zip(("p10", "p50", "p90"), np.quantile(values, [0.1, 0.5, 0.9]), strict=True):
            found[name].append(float(value))
    return found


def _where_off(bins: dict[str, list[float]]) -> str:
    off = [
        (at, mean)
        for at, mean, error in zip(bins["at"], bins["mean"], bins["error"], strict=True)
        if error > 0.0 and abs(mean) > 3.0 * error
    ]
    if not off:
        return "In no part of the predictions are they off in one direction beyond chance."
    at, mean = max(off, key=lambda one: abs(one[1]))
    way = "high" if mean > 0.0 else "low"
    return (
        f"Predictions near {readable_number(at)} are too {way}, by {readable_number(abs(mean))} on average."
    )


def _of_bins(bins: dict[str, list[float]]) -> Section:
    names = {"at": "prediction near", "n": "samples", "mean": "mean error", "error": "standard error"}
    names |= {"p10": "p10", "p50": "median", "p90": "p90"}
    columns = tuple(
        Column(title, Kind.NUMBER, [readable_number(value) for value in bins[name]])
        for name, title in names.items()
    )
    return Section("", columns)


def _table(sample: Drawn) -> Section:
    """Return the quantiles of labels and predictions."""
    shares = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
    names = ("least", "p10", "p25", "median", "p75", "p90", "largest")
    columns = [Column("", Kind.WORD, names)]
    for role in ("label", "prediction"):
        values = np.quantile(sample.columns[role], shares)
        columns.append(Column(role, Kind.NUMBER, [readable_number(float(value)) for value in values]))
    return Section("", tuple(columns))


def _correlation(one: Array, other: Array) -> float | None:
    with np.errstate(all="ignore"):
        a, b = one - one.mean(), other - other.mean()
        value = float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))
    return value if -1.0 <= value <= 1.0 else None
