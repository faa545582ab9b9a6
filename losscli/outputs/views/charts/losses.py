"""Charts of losses: how they are spread, and which share of the cost the worst of them have."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.evaluate.report import Result
from losscli.analyses.page.spread import Spread, share_of_worst
from losscli.common.text import readable_number
from losscli.outputs.drawing.elements import Column, Figure, Kind, Section
from losscli.outputs.drawing.svg.marks import Axis, Bars, Chart, Diagonal, Line, Mark, Role, Rule
from losscli.outputs.views.results import percent

MATTERS = 0.2
"""Of the cost: where the worst 1 % of the samples carry as much, they are worth a look first."""
ROOM = 1.08
"""How much higher an axis is than the highest bar."""


def spread(result: Result, found: Spread, *, weighted: bool = False) -> Figure | None:
    """Return how the losses are spread; None where they are all of one size or of two, such as 0 and 1.

    Each counts once; if they are `weighted`, the words say so where the cost is not made of them so.
    """
    if len(found.edges) < 2 or found.edges[0] == found.edges[-1] or of_few(result):
        return None
    low, high = found.edges[:-1], found.edges[1:]
    median, mean = result.quantiles.get(0.5), result.mean
    marks: list[Mark] = [
        Bars(
            low, high, found.counts, titles=[_bin(*one) for one in zip(low, high, found.counts, strict=True)]
        )
    ]
    legend: list[tuple[Role, str]] = [("first", "losses")]
    inside = found.edges[0], found.edges[-1]
    lines: tuple[tuple[Role, str, float | None], ...] = (
        ("second", "weighted mean" if weighted else "mean", mean),
        ("third", "median", median),
    )
    for role, name, value in lines:
        if value is not None and inside[0] <= value <= inside[1]:
            marks.append(Rule(value, "y", role))
            legend.append((role, f"{name} {readable_number(value)}"))
    chart = Chart(
        Axis(f"loss{', log scale' if found.log else ''}", inside[0], inside[1], log=found.log),
        Axis("samples", 0.0, max(found.counts) * ROOM),
        tuple(marks),
        tuple(legend),
    )
    return Figure(
        "How the losses are spread",
        told(result, found, weighted=weighted),
        chart,
        _bins(result, found),
        result.loss,
    )


def of_few(result: Result) -> bool:
    """Whether all losses are one or two numbers, of which a chart says nothing that a table does not."""
    return result.sketch is not None and result.sketch.scale == "values" and len(result.sketch.values) <= 2


def told(result: Result, found: Spread, *, weighted: bool = False) -> str:
    """Return in a sentence how large most losses are, and what the worst of them cost."""
    parts = []
    median = result.quantiles.get(0.5)
    if median is not None:
        side = "at most" if found.tied else "below"
        parts.append(f"half of the losses are {side} {readable_number(median)}")
    for share, words in ((0.01, "the worst 1 %"), (0.1, "the worst 10 %")):
        cost = share_of_worst(found, share)
        if cost is not None:
            parts.append(f"{words} of the samples carry {percent(cost)} of {_whole(weighted)}")
            break
    if found.zeros:
        parts.append(f"{found.zeros} {_are(found.zeros)} 0")
    if found.infinite:
        parts.append(f"{found.infinite} {_are(found.infinite)} infinite")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _bin(low: float, high: float, count: int) -> str:
    return f"{readable_number(low)} to {readable_number(high)}: {count}"


def _bins(result: Result, found: Spread) -> Section:
    rows = list(_rows(found))
    columns = (
        Column("loss from", Kind.NUMBER, [low for low, _, _ in rows]),
        Column("to", Kind.NUMBER, [high for _, high, _ in rows]),
        Column("samples", Kind.NUMBER, [str(count) for _, _, count in rows]),
    )
    note = "Losses were counted in bins 0.8 % wide: those near the end of a bin here may be in the next one."
    return Section("", columns, notes=() if result.quantiles_exact else (("", note),))


def _rows(found: Spread) -> Iterator[tuple[str, str, int]]:
    if found.log and found.zeros:
        yield "0", "0", found.zeros
    for low, high, count in zip(found.edges[:-1], found.edges[1:], found.counts, strict=True):
        yield readable_number(low), readable_number(high), count


def _whole(weighted: bool) -> str:
    """Return what the losses add up to, each once."""
    return "the cost without weights" if weighted else "the cost"


def concentration(result: Result, found: Spread, *, weighted: bool = False) -> Figure | None:
    """Return which share of the cost the worst samples have; None where losses do not add up to one."""
    if len(found.shares) < 3 or of_few(result):
        return None
    samples, costs = zip((0.0, 0.0), *found.shares, strict=True)
    chart = Chart(
        Axis("share of the samples, the worst first", 0.0, 1.0, ticks=_percents()),
        Axis(f"share of {_whole(weighted)}", 0.0, 1.0, ticks=_percents()),
        (Diagonal(), Line(samples, costs)),
        (("first", "these losses"), ("muted", "if all were alike")),
    )
    tenth = share_of_worst(found, 0.1)
    half = next((share for share, cost in found.shares if cost >= 0.5), 1.0)
    words = f"Half of {_whole(weighted)} comes from {percent(half)} of the samples or fewer"
    words += f"; the worst 10 % carry {percent(tenth)}." if tenth is not None else "."
    numbers = Section(
        "",
        (
            Column("worst samples", Kind.NUMBER, [percent(share) for share, _ in found.shares]),
            Column(f"share of {_whole(weighted)}", Kind.NUMBER, [percent(cost) for _, cost in found.shares]),
        ),
    )
    hundredth = share_of_worst(found, 0.01) or 0.0
    weight = hundredth if hundredth >= MATTERS else 0.0
    return Figure("How much the worst samples matter", words, chart, numbers, result.loss, weight=weight)


def _percents() -> tuple[tuple[float, str], ...]:
    return tuple((step / 5.0, f"{20 * step} %") for step in range(6))
