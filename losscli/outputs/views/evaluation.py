"""What a page for people holds, in which order and rounding: tables and Markdown draw the same.

Cells are plain text as found in the data; who draws them makes them harmless first.
"""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from losscli.analyses.evaluate.figures import PERCENTILES
from losscli.analyses.gradient.report import GradientReport, GradientResult
from losscli.analyses.report import Report, Result
from losscli.common.text import exact_number, readable_number
from losscli.outputs.drawing.elements import Bar, Column, Kind, Section

MOST_PARTS = 8
"""How many numbers of a label or prediction with many columns are shown."""

MOST_GROUPS = 50


def subtitle(report: Report | GradientReport) -> str:
    """Return in words how many samples were compared, and how they were paired."""
    counts = {result.n for result in report.results}
    n = f"{counts.pop()} samples" if len(counts) == 1 else f"{report.predictions.rows} rows"
    paired = {"id": "paired by id", "position": "paired by position"}
    return f"{'1 sample' if n == '1 samples' else n}, {paired.get(report.alignment, report.alignment)}"


def costs(report: Report) -> Section:
    """Return the cost of every loss in full precision, and how each came about."""
    results = report.results
    columns = (
        Column("loss", Kind.DATA, [result.loss for result in results]),
        Column("cost", Kind.NUMBER, [exact_number(result.cost) for result in results]),
    )
    return Section("Cost", columns, notes=tuple(_reductions(report)), strong=(1,))


def _reductions(report: Report) -> Iterator[tuple[str, str]]:
    weighted = any(result.weight_sum != result.n for result in report.results)
    if report.reduction == "sum":
        yield "", f"The cost is the {'weighted ' if weighted else ''}sum of the losses."
        return
    mean = "the weighted mean of the losses" if weighted else "the mean of the losses"
    if any(result.finish for result in report.results):
        for result in report.results:
            # A finish is a formula of the mean, such as √(mean).
            yield result.loss, re.sub(r"\bmean\b", mean, result.finish or "mean")
    else:
        yield "", f"The cost is {mean}."


def distribution(report: Report) -> Section:
    """Return the figures of the losses: a row per figure, a column per loss."""
    results = report.results
    rows = [row for row in _ROWS if row.always or any(row.differs(result) for result in results)]
    columns = [
        Column(result.loss, Kind.NUMBER, [row.show(result) for row in rows], title_kind=Kind.DATA)
        for result in results
    ]
    exact = all(result.quantiles_exact for result in results)
    notes = () if exact else (("", "Percentiles come from a histogram: within 0.5 % of the exact ones."),)
    names = [row.name for row in rows]
    return Section("Distribution of the losses", (Column("", Kind.WORD, names), *columns), notes=notes)


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    show: Callable[[Result], str]
    always: bool = True
    differs: Callable[[Result], bool] = lambda _: False


def _percentile(q: float) -> Callable[[Result], str]:
    return lambda result: readable(result.quantiles.get(q))


_ROWS = (
    _Row("n", lambda result: str(result.n)),
    _Row("dropped", lambda result: str(result.dropped), False, lambda result: result.dropped > 0),
    _Row("ignored", lambda result: str(result.ignored), False, lambda result: result.ignored > 0),
    _Row("clipped", lambda result: str(result.clipped), False, lambda result: result.clipped > 0),
    _Row(
        "weight sum",
        lambda result: readable_number(result.weight_sum),
        False,
        lambda result: result.weight_sum != result.n,
    ),
    _Row("mean", lambda result: readable_number(result.mean)),
    _Row("std", lambda result: readable(result.std)),
    _Row("min", lambda result: readable_number(result.min)),
    *(_Row(name, _percentile(q)) for q, name in PERCENTILES.items()),
    _Row("max", lambda result: readable_number(result.max)),
)


def worst(result: Result) -> Section | None:
    """Return the worst samples of one loss, or None where none was asked for."""
    samples = result.worst
    if not samples:
        return None
    columns = [Column("row", Kind.NUMBER, [str(sample.row) for sample in samples])]
    if any(sample.id is not None for sample in samples):
        columns.append(Column("id", Kind.DATA, [sample.id or "" for sample in samples]))
    columns += [
        values_column("label", [sample.label for sample in samples]),
        values_column("prediction", [sample.prediction for sample in samples]),
        Column("error", Kind.NUMBER, [readable_number(sample.error) for sample in samples]),
        Column("loss", Kind.NUMBER, [readable_number(sample.loss) for sample in samples]),
    ]
    return Section(_worst_title(len(samples), result.n), tuple(columns), subject=result.loss)


def _worst_title(shown: int, n: int) -> str:
    if shown == 1:
        return "The worst sample"
    return f"All {n} samples" if shown == n else f"The {shown} worst samples"


def values_column(title: str, values: Sequence[float | str | tuple[float, ...]]) -> Column:
    """Return a column of what samples hold: numbers, class names, or several numbers each."""
    numeric = all(isinstance(value, float | int) for value in values)
    return Column(title, Kind.NUMBER if numeric else Kind.DATA, [_value(value) for value in values])


def _value(value: float | str | tuple[float, ...]) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, tuple):
        return readable_number(value)
    shown = ", ".join(readable_number(part) for part in value[:MOST_PARTS])
    rest = len(value) - MOST_PARTS
    return f"({shown}, and {rest} more)" if rest > 0 else f"({shown})"


def groups(result: Result) -> Section | None:
    """Return a row per group, or None where the samples were not grouped.

    Of very many groups those with the highest costs are shown.
    """
    found = result.groups
    if not found:
        return None
    title = "Groups"
    if len(found) > MOST_GROUPS:
        title = f"The {MOST_GROUPS} of {len(found)} groups with the highest cost"
        found = tuple(heapq.nlargest(MOST_GROUPS, found, key=lambda group: group.cost))
    columns = [
        Column("group", Kind.DATA, [group.group or "" for group in found]),
        Column("n", Kind.NUMBER, [str(group.n) for group in found]),
        Column("cost", Kind.NUMBER, [readable_number(group.cost) for group in found]),
        Column("std", Kind.NUMBER, [readable(group.std) for group in found]),
        Column("p50", Kind.NUMBER, [readable(group.quantiles.get(0.5)) for group in found]),
        Column("p95", Kind.NUMBER, [readable(group.quantiles.get(0.95)) for group in found]),
        Column("max", Kind.NUMBER, [readable_number(group.max) for group in found]),
    ]
    columns += [
        Column(name, Kind.NUMBER, [str(getattr(group, name)) for group in found])
        for name in ("dropped", "ignored", "clipped")
        if any(getattr(group, name) for group in found)
    ]
    return Section(title, tuple(columns), subject=result.loss)


def gates(report: Report) -> Section | None:
    """Return a row per gate, or None where no gate was given."""
    found = report.gates
    if not found:
        return None
    columns = [
        Column("verdict", Kind.WORD, [gate.verdict for gate in found]),
        Column("gate", Kind.DATA, [gate.gate for gate in found]),
        Column("value", Kind.NUMBER, [readable(gate.value) for gate in found]),
        Column("threshold", Kind.NUMBER, [readable_number(gate.threshold) for gate in found]),
        Column("margin", Kind.NUMBER, [readable(gate.margin) for gate in found]),
    ]
    if any(gate.baseline is not None for gate in found):
        columns.insert(3, Column("baseline", Kind.NUMBER, [readable(gate.baseline) for gate in found]))
    if any(gate.reason for gate in found):
        columns.append(Column("reason", Kind.DATA, [gate.reason for gate in found]))
    return Section("Gates", tuple(columns))


def verdict(report: Report) -> str:
    """Return the verdict over all gates in words, such as `fail: 1 of 3 gates failed`."""
    word, total = report.verdict, len(report.gates)
    if word == "pass":
        return "pass: the gate passed" if total == 1 else f"pass: all {total} gates passed"
    count = sum(gate.verdict == word for gate in report.gates)
    what = "failed" if word == "fail" else "could not be decided"
    return f"{word}: the gate {what}" if total == 1 else f"{word}: {count} of {total} gates {what}"


def bars(result: Result | GradientResult, most: int = 10) -> tuple[Bar, ...]:
    """Return the picture of a result as at most `most` bars, or none where there is nothing to see.

    Neighbouring bins are put together, each bar of equally many of them but the last.
    """
    picture = result.picture
    if picture is None or not any(picture.counts) or not all(map(math.isfinite, picture.edges)):
        return ()
    step = -(-len(picture.counts) // most)
    starts = range(0, len(picture.counts), step)
    edges = _scale([*(picture.edges[start] for start in starts), picture.edges[-1]])
    counts = [sum(picture.counts[start : start + step]) for start in starts]
    return tuple(Bar(low, high, n) for low, high, n in zip(edges[:-1], edges[1:], counts, strict=True))


def _scale(edges: list[float]) -> list[str]:
    """Return the edges in as many decimals as tell the bars apart by three digits."""
    step = min(high - low for low, high in pairwise(edges))
    top = max(map(abs, edges))
    if step > 0.0 and 1e-6 < top < 1e9 and top < 1e6 * step:
        decimals = max(0, 2 - math.floor(math.log10(step)))
        return [f"{edge:.{decimals}f}" for edge in edges]
    return [readable_number(edge, 4) for edge in edges]


def samples_and_groups(report: Report) -> Iterator[Section]:
    """Yield the groups of every loss, then its worst samples."""
    for result in report.results:
        for section in (groups(result), worst(result)):
            if section is not None:
                yield section


def readable(value: float | None) -> str:
    """Return a figure to six digits, and a hyphen for one that is undefined."""
    return "-" if value is None else readable_number(value)
