"""Charts of numbers: labels beside predictions, and by how much predictions are off."""

from __future__ import annotations

import math

import numpy as np

from losscli.common.array import Array
from losscli.common.text import readable_number
from losscli.compute.statistics.drawn import Drawn
from losscli.compute.statistics.special import t_upper_quantile
from losscli.outputs.drawing.elements import Column, Figure, Kind, Section
from losscli.outputs.drawing.svg.marks import (
    Axis,
    Bars,
    Cells,
    Chart,
    Diagonal,
    Intervals,
    Line,
    Mark,
    Points,
    Ribbon,
    Role,
    Rule,
)
from losscli.outputs.drawing.svg.places import SQUARE
from losscli.outputs.drawing.svg.ticks import ticks_of
from losscli.outputs.views.results import percent

CELLS = 40
FEW = 500
"""Rows up to which each is a point; more are counted in cells."""
BY_CHANCE = 1
"""Bins that may be off without meaning."""
BINS = 12
LEAST = 10
"""Rows that a bin has at least."""
HIGHER = 1.08
"""How much higher an axis is than the highest bar."""


def labels_by_prediction(sample: Drawn) -> Figure | None:
    """Return labels against predictions."""
    label, prediction = sample.columns["label"], sample.columns["prediction"]
    low, high = _range(np.concatenate([label, prediction]), few=len(label) <= FEW)
    if not _is_axis((low, high)):
        return None
    marks: list[Mark] = [_rows(prediction, label, (low, high), (low, high)), Diagonal("second")]
    correlation = _correlation(label, prediction)
    words = (
        "Each point is a sample"
        if len(label) <= FEW
        else "The stronger its colour, the more samples a cell has"
    )
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


def errors(sample: Drawn) -> Figure | None:
    """Return how the errors are spread; None where they are all alike, or have no room between floats."""
    with np.errstate(over="ignore"):
        error = sample.columns["prediction"] - sample.columns["label"]
    low, high = _range(error)
    edges = _round_edges(low, high) if _is_axis((low, high)) else []
    if len(edges) < 4:
        return None
    counts = np.histogram(np.clip(error, edges[0], edges[-1]), edges)[0].tolist()
    median, mean = float(np.median(error)), float(error.mean())
    marks: list[Mark] = [Bars(edges[:-1], edges[1:], counts)]
    legend: list[tuple[Role, str]] = [("first", "samples"), ("muted", "no error")]
    marks.append(Rule(0.0, "y", "muted"))
    lines: tuple[tuple[Role, str, float], ...] = (("second", "mean", mean), ("third", "median", median))
    for role, name, value in lines:
        if edges[0] <= value <= edges[-1]:
            marks.append(Rule(value, "y", role))
            legend.append((role, f"{name} {readable_number(value, 3)}"))
    chart = Chart(
        Axis("prediction − label", edges[0], edges[-1]),
        Axis("samples", 0.0, max(counts) * HIGHER),
        tuple(marks),
        tuple(legend),
    )
    shown = [[readable_number(edge) for edge in ends] for ends in (edges[:-1], edges[1:])]
    names = ("prediction − label from", "to", "samples")
    cells = (*shown, [*map(str, counts)])
    columns = tuple(Column(name, Kind.NUMBER, some) for name, some in zip(names, cells, strict=True))
    return Figure("How the errors are spread", _half_of(error) + _drawn(sample), chart, Section("", columns))


def _half_of(error: Array) -> str:
    low, high = (readable_number(float(value), 3) for value in np.quantile(error, [0.25, 0.75]))
    above, below = (percent(float(np.mean(side))) for side in (error > 0.0, error < 0.0))
    return (
        f"The middle half of the errors is from {low} to {high}; predictions are too high for {above} of the "
        f"samples, too low for {below}."
    )


def _round_edges(low: float, high: float) -> list[float]:
    """Return round edges around numbers, so that no bin is on both sides of 0."""
    inner = [value for value, _ in ticks_of(Axis("", low, high), CELLS)]
    if len(inner) < 2:
        return inner
    return [inner[0] - (inner[1] - inner[0]), *inner, inner[-1] + (inner[-1] - inner[-2])]


def residuals(sample: Drawn) -> Figure | None:
    """Return by how much predictions are off, by the prediction: medians, and where 8 in 10 samples are."""
    label, prediction = sample.columns["label"], sample.columns["prediction"]
    with np.errstate(over="ignore"):
        residual = prediction - label
    x, y = _range(prediction), _range(residual)
    if not (_is_axis(x) and _is_axis(y)):
        return None
    bins = _bins(prediction, residual)
    marks: list[Mark] = [_rows(prediction, residual, x, y)]
    legend: list[tuple[Role, str]] = [("first", "samples"), ("second", "no error")]
    words = "Above the line predictions are too high, below it too low."
    if len(bins["at"]) > 1:
        marks.append(Ribbon(bins["at"], bins["p10"], bins["p90"], "third"))
        marks.append(Line(bins["at"], bins["p50"], "third"))
        legend.insert(1, ("third", "median; 8 in 10 samples around it"))
        words = "8 in 10 errors are in the band, half of them below the line in it."
    marks.append(Rule(0.0, "x", "second"))
    chart = Chart(
        Axis("prediction", *x),
        Axis("prediction − label", *y),
        tuple(marks),
        tuple(legend),
    )
    return Figure("Errors by prediction", words + _drawn(sample), chart, _of_bins(bins))


def bias(sample: Drawn) -> Figure | None:
    """Return by how much predictions are off on average, by the prediction, with intervals."""
    label, prediction = sample.columns["label"], sample.columns["prediction"]
    with np.errstate(over="ignore"):
        bins = _bins(prediction, prediction - label)
    if len(bins["at"]) < 2 or not all(map(math.isfinite, (*bins["low"], *bins["high"]))):
        return None
    ends = min(0.0, *bins["low"]), max(0.0, *bins["high"])
    room = 0.06 * (ends[1] - ends[0])
    x = _range(prediction)
    y = ends[0] - room, ends[1] + room
    if not (_is_axis(x) and _is_axis(y)):
        return None
    chart = Chart(
        Axis("prediction", *x),
        Axis("mean of prediction − label", *y),
        (
            Rule(0.0, "x", "second"),
            Intervals(bins["at"], bins["low"], bins["high"]),
            Points(bins["at"], bins["mean"]),
        ),
        (("first", "mean, with 95 % interval"), ("second", "no bias")),
        height=SQUARE,
    )
    told, weight = _where_off(bins) + _drawn(sample), _share_of_bias(bins, prediction - label)
    title = "Where predictions are too high or too low"
    return Figure(title, told, chart, _biases(bins), weight=weight)


def _share_of_bias(bins: dict[str, list[float]], error: Array) -> float:
    """Return which share of the squared errors the mean errors of bins are; 0 where few are beyond chance."""
    off = sum(low > 0.0 or high < 0.0 for low, high in zip(bins["low"], bins["high"], strict=True))
    largest = float(np.abs(error).max())
    if off <= BY_CHANCE or not 0.0 < largest < math.inf:
        return 0.0
    means = sum(n * (mean / largest) ** 2 for n, mean in zip(bins["n"], bins["mean"], strict=True))
    return float(means / ((error / largest) ** 2).sum())


def _drawn(sample: Drawn) -> str:
    shown = len(sample.key)
    return "" if shown == sample.n else f" Drawn are {shown} of {sample.n} samples, chosen by chance."


def _is_axis(ends: tuple[float, float]) -> bool:
    """Whether there are numbers between the ends, and all of them are finite."""
    return math.isfinite(ends[1] - ends[0]) and ends[1] > ends[0]


def _range(values: Array, *, few: bool | None = None) -> tuple[float, float]:
    """Return between which numbers nearly all values are, with a little room; all, if samples are `few`."""
    low, high = float(values.min()), float(values.max())
    if not (len(values) <= FEW if few is None else few) and math.isfinite(high - low):
        low, high = (float(value) for value in np.quantile(values, [0.002, 0.998]))
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
    """Return quantiles of residuals, and their mean with its interval, of bins of equally many rows."""
    order = np.argsort(prediction, kind="stable")
    names = ("at", "from", "to", "n", "mean", "low", "high", "p10", "p50", "p90")
    found: dict[str, list[float]] = {name: [] for name in names}
    for rows in np.array_split(order, min(BINS, max(1, len(order) // LEAST))):
        values, n, inside = residual[rows], len(rows), prediction[rows]
        # By themselves: beside one huge error, those of other bins would have no squares.
        size = _size(values)
        scaled = values / size
        mean = float(scaled.mean()) * size
        error = float(scaled.std(ddof=1) / n**0.5) * size if n > 1 else math.nan
        half = t_upper_quantile(0.025, n - 1.0) * error if n > 1 else math.nan
        row = {"at": np.median(inside), "from": inside.min(), "to": inside.max(), "n": n, "mean": mean}
        row |= {"low": mean - half, "high": mean + half}
        row |= dict(zip(("p10", "p50", "p90"), np.quantile(values, [0.1, 0.5, 0.9]), strict=True))
        for name, value in row.items():
            found[name].append(float(value))
    return found


def _size(values: Array) -> float:
    """Return a power of 2 near the largest of the values: squares of their ratios to it are finite."""
    largest = float(np.abs(values).max(initial=0.0))
    return math.ldexp(1.0, min(math.frexp(largest)[1], 1023)) if 0.0 < largest < math.inf else 1.0


def _where_off(bins: dict[str, list[float]]) -> str:
    every = list(zip(bins["at"], bins["mean"], bins["low"], bins["high"], strict=True))
    off = [(at, mean) for at, mean, low, high in every if low > 0.0 or high < 0.0]
    if not off:
        return f"The interval of none of {len(every)} bins is on one side of 0."
    at, mean = max(off, key=lambda one: abs(one[1]))
    way = "high" if mean > 0.0 else "low"
    several = f"{len(off)} of {len(every)} bins are" if len(off) > 1 else f"1 of {len(every)} bins is"
    return (
        f"{several} off beyond chance: predictions near {readable_number(at)} most, which are too {way} by "
        f"{readable_number(abs(mean), 3)} on average. Of 20 bins, 1 would be by chance."
    )


def _of_bins(bins: dict[str, list[float]]) -> Section:
    return _columns(bins, {"p10": "p10", "p50": "median", "p90": "p90"})


def _biases(bins: dict[str, list[float]]) -> Section:
    return _columns(bins, {"mean": "mean error", "low": "interval from", "high": "interval to"})


def _columns(bins: dict[str, list[float]], those: dict[str, str]) -> Section:
    names = {"from": "prediction from", "to": "to", "n": "samples", **those}
    columns = tuple(
        Column(title, Kind.NUMBER, [readable_number(value, 4) for value in bins[name]])
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
        a, b = ((some - some.mean()) for some in (one / _size(one), other / _size(other)))
        value = float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))
    return value if -1.0 <= value <= 1.0 else None
