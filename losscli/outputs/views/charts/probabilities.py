"""Charts of probabilities: whether what is given a probability happens as often, and how they are spread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from losscli.analyses.page.probabilities import BINS, Calibrated
from losscli.analyses.page.reliability import Reliable, mean_distance, reliability
from losscli.common.array import Array
from losscli.common.text import readable_number
from losscli.outputs.drawing.elements import Column, Figure, Kind, Section
from losscli.outputs.drawing.svg.marks import Axis, Bars, Chart, Diagonal, Intervals, Points, Ribbon
from losscli.outputs.drawing.svg.places import SQUARE
from losscli.outputs.drawing.svg.ticks import ticks_of
from losscli.outputs.views.charts.classes import matrix
from losscli.outputs.views.results import percent

BARS = 32
"""Of histograms; each has the rows of 128 fixed bins."""
FAR = 0.5
"""How far probabilities are from what happens, on average, where nothing could be worse."""
THRESHOLDS = 8
"""One less are listed: whole parts of a power of two are edges of bins, so what is counted is exact."""
LEAST = 128
"""One in so many is a probability of which it is said how many true classes have less."""
UNIT = tuple((step / 5.0, f"{step / 5.0:.1f}".rstrip("0").rstrip(".")) for step in range(6))


def calibration(calibrated: Calibrated, *, of_classes: bool) -> Figure | None:
    """Return how often what was given a probability happened; of classes, how often the top one is true."""
    bins = reliability(calibrated)
    if not bins:
        return None
    at = [one.probability for one in bins]
    shares = [one.share for one in bins]
    axis, happened = (
        ("probability of the top class", "share in which it is true")
        if of_classes
        else ("probability", "share of label 1")
    )
    chart = Chart(
        Axis(axis, 0.0, 1.0, ticks=UNIT),
        Axis(happened, 0.0, 1.0, ticks=UNIT),
        (
            Ribbon(at, [one.band.low for one in bins], [one.band.high for one in bins], "muted"),
            Diagonal("second"),
            Intervals(at, [one.interval.low for one in bins], [one.interval.high for one in bins]),
            Points(at, shares, titles=[_title(one) for one in bins]),
        ),
        (
            ("first", "found, with 95 % interval"),
            ("second", "calibrated"),
            ("muted", "where 95 % of calibrated ones are"),
        ),
        square=True,
    )
    title = "Is the top class as often true as it says?" if of_classes else "Do probabilities come true?"
    # Of one probability the parts of the cost say how much of it that is.
    off = of_classes and any(one.off for one in bins)
    weight = min(1.0, mean_distance(tuple(bins)) / FAR) if off else 0.0
    return Figure(title, _told(bins), chart, _table(bins, happened), weight=weight)


def _title(one: Reliable) -> str:
    return f"{readable_number(one.probability, 4)}: {one.events} of {one.n}"


def _told(bins: Sequence[Reliable]) -> str:
    off = [one for one in bins if one.off]
    several = f"of {len(bins)} bins"
    if len(bins) == 1:
        return _of_one(bins[0])
    error = f" On average they are {readable_number(mean_distance(tuple(bins)), 3)} apart."
    if not off:
        return f"In none {several} is the share further from the probability than chance explains.{error}"
    worst = max(off, key=lambda one: abs(one.share - one.probability))
    return (
        f"In {len(off)} {several} the share is further from the probability than chance explains: most where "
        f"the probability is about {readable_number(worst.probability, 3)}, which came true in "
        f"{percent(worst.share)} ({worst.events} of {worst.n}).{error}"
    )


def _of_one(only: Reliable) -> str:
    further = "further from the probability than chance explains"
    return (
        f"There is one bin, in which the share is {'' if only.off else 'not '}{further}: "
        f"the probability is about {readable_number(only.probability, 3)}, and it came true in "
        f"{percent(only.share)} ({only.events} of {only.n})."
    )


def _table(bins: Sequence[Reliable], happened: str) -> Section:
    columns = (
        Column("from", Kind.NUMBER, [readable_number(one.low, 4) for one in bins]),
        Column("to", Kind.NUMBER, [readable_number(one.high, 4) for one in bins]),
        Column("samples", Kind.NUMBER, [str(one.n) for one in bins]),
        Column("mean probability", Kind.NUMBER, [readable_number(one.probability, 4) for one in bins]),
        Column(happened, Kind.NUMBER, [readable_number(one.share, 4) for one in bins]),
        Column("95 % interval", Kind.WORD, [_between(*one.interval) for one in bins]),
        Column("if calibrated", Kind.WORD, [_between(*one.band) for one in bins]),
    )
    note = "Intervals are Wilson's; what is expected if calibrated are binomial quantiles at the mean."
    return Section("", columns, notes=(("", note),))


def _between(low: float, high: float) -> str:
    return f"{low:.3f} to {high:.3f}"


def by_label(calibrated: Calibrated) -> Figure | None:
    """Return how probabilities are spread where the label is 1, upwards, and where it is 0, downwards."""
    ones = _bars(calibrated.happened.tolist())
    zeros = _bars((calibrated.counts - calibrated.happened).tolist())
    top = max(*ones, *zeros)
    if not top:
        return None
    low, high = _edges()
    ticks = tuple((side * value, text) for value, text in _counts(top) for side in (-1.0, 1.0) if value)
    chart = Chart(
        Axis("probability", 0.0, 1.0, ticks=UNIT),
        Axis("samples", -1.05 * top, 1.05 * top, ticks=tuple(sorted({(0.0, "0"), *ticks}))),
        (
            Bars(low, high, ones, "first", titles=_titles(ones)),
            Bars(low, high, [-float(count) for count in zeros], "second", titles=_titles(zeros)),
        ),
        (("first", "label 1, upwards"), ("second", "label 0, downwards")),
        height=SQUARE,
    )
    right = sum(ones[BARS // 2 :]) + sum(zeros[: BARS // 2])
    told = (
        f"{percent(right / (sum(ones) + sum(zeros)))} of the samples are on the side of 0.5 of their label."
    )
    columns = (
        *_from_to(),
        *(_column(f"label {name}", counts) for name, counts in (("1", ones), ("0", zeros))),
    )
    return Figure("How far are the labels told apart?", told, chart, Section("", columns))


def at_half(calibrated: Calibrated) -> Figure | None:
    """Return which label is taken for which where 1 is predicted from a probability of 0.5 on."""
    ones, zeros = calibrated.happened, calibrated.counts - calibrated.happened
    if not (ones.any() and zeros.any()):
        return None
    half = BINS // 2
    found = [[int(side.sum()) for side in (label[:half], label[half:])] for label in (zeros, ones)]
    right, total = found[0][0] + found[1][1], int(calibrated.counts.sum())
    told = (
        f"From a probability of 0.5 on taken for 1, {percent(right / total)} of the samples are right "
        f"({right} of {total}): of label 1 {percent(found[1][1] / sum(found[1]))}, of label 0 "
        f"{percent(found[0][0] / sum(found[0]))}."
    )
    return Figure(
        "Which label is taken for which", told, matrix(np.array(found), "01"), _thresholds(ones, zeros)
    )


def _thresholds(ones: Array, zeros: Array) -> Section:
    """Return what is right where 1 is predicted from other probabilities on: those at edges of bins."""
    places = [BINS * step // THRESHOLDS for step in range(1, THRESHOLDS)]
    hits, misses = ([int(label[at:].sum()) for at in places] for label in (ones, zeros))
    total = int(ones.sum())
    precision = [f"{100.0 * a / (a + b):.1f} %" if a + b else "-" for a, b in zip(hits, misses, strict=True)]
    columns = (
        Column("taken for 1 from", Kind.NUMBER, [f"{at / BINS:g}" for at in places]),
        Column("taken for 1", Kind.NUMBER, [str(a + b) for a, b in zip(hits, misses, strict=True)]),
        Column("label 1 among them", Kind.NUMBER, [*map(str, hits)]),
        Column("precision", Kind.NUMBER, precision),
        Column("recall", Kind.NUMBER, [f"{100.0 * hit / total:.1f} %" for hit in hits]),
    )
    return Section("", columns)


def of_true_class(of_label: Calibrated) -> Figure | None:
    """Return how the probabilities of the true classes are spread."""
    counts = _bars(of_label.counts.tolist())
    total = sum(counts)
    if not total:
        return None
    low, high = _edges()
    chart = Chart(
        Axis("probability of the true class", 0.0, 1.0, ticks=UNIT),
        Axis("samples", 0.0, 1.05 * max(counts)),
        (Bars(low, high, counts, titles=_titles(counts)),),
        height=SQUARE,
    )
    half = sum(counts[: BARS // 2])
    told = f"{percent(half / total)} of the samples ({half}) gave their true class less than 0.5"
    # An edge of bins, so that the count is exact.
    least = int(of_label.counts[: BINS // LEAST].sum())
    told += f", and {percent(least / total)} ({least}) less than 1 in {LEAST}." if least else "."
    return Figure(
        "How probable was the true class?",
        told,
        chart,
        Section("", (*_from_to(), _column("samples", counts))),
    )


def _bars(counts: Sequence[int]) -> list[int]:
    size = BINS // BARS
    return [sum(counts[at : at + size]) for at in range(0, BINS, size)]


def _edges() -> tuple[list[float], list[float]]:
    return [at / BARS for at in range(BARS)], [(at + 1) / BARS for at in range(BARS)]


def _titles(counts: Sequence[int]) -> list[str]:
    return [f"{at / BARS:g} to {(at + 1) / BARS:g}: {count}" for at, count in enumerate(counts)]


def _counts(top: int) -> tuple[tuple[float, str], ...]:
    return ticks_of(Axis("", 0.0, float(top)), 4)


def _from_to() -> tuple[Column, Column]:
    low, high = _edges()
    return (
        Column("from", Kind.NUMBER, [f"{value:.5f}" for value in low]),
        Column("to", Kind.NUMBER, [f"{value:.5f}" for value in high]),
    )


def _column(name: str, counts: Sequence[int]) -> Column:
    return Column(name, Kind.NUMBER, [str(count) for count in counts])
