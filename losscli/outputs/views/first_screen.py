"""What `evaluate` found, on one screen: what was read, verdict, costs, how losses spread, worst samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from losscli.analyses.evaluate.report import Report, Result
from losscli.common.text import exact_number, readable_number
from losscli.compute.statistics.sketch import Sketch
from losscli.outputs.drawing.elements import Column, Data, Element, Kind, Ledger, Section, Words
from losscli.outputs.views.results import (
    ends,
    groups_of_all,
    inputs,
    paired,
    percent_of,
    plus_minus,
    samples,
    shown_groups,
)

if TYPE_CHECKING:
    from losscli.analyses.compare.report import CompareReport

SAMPLES = 5
"""So many of the worst samples are shown, unless somebody asks for more."""
MOST_GATES = 5
DIGITS = 3
"""Of figures beside the cost, which has all of its own."""
LARGE = 1e9
"""From here on such figures have an exponent, rather than more digits than a row has room for."""
BLOCKS = "▁▂▃▄▅▆▇█"
_FINISHED = {"√(mean)": "the root", "exp(mean)": "the exponential"}


def first_screen(report: Report, most: int | None = SAMPLES) -> Iterator[Element]:
    """Yield what fits on a screen of 24 lines for one loss without groups; `most` samples, None for all."""
    yield inputs(report, behind=paired(report))
    yield from judged(report)
    yield costs(report)
    yield losses(report)
    if any(result.groups for result in report.results):
        yield groups(report.results, percent_of(report.level))
    found = slices(report)
    if found is not None:
        yield found
    section = worst(report.results[0], most)
    if section is not None:
        yield section
    more = "More: --full, --top N, --format json." if most is not None else "More: --full, --format json."
    # 24 lines leave no room for a blank one where a gate and a baseline take theirs.
    apart = not (report.gates and any(result.baseline is not None for result in report.results))
    yield Words(more, "note", 0, apart=apart, tail=("Signature ", Data(report.signature)))


def judged(report: Report | CompareReport) -> Iterator[Element]:
    """Yield the verdict, and what each gate found; those that did not pass come first."""
    gates = sorted(report.gates, key=lambda gate: ("fail", "undecided", "pass").index(gate.verdict))
    if not gates:
        return
    from losscli.verdicts.gates.judge import why

    if len(gates) == 1:
        (gate,) = gates
        found = (f"{gate.verdict}: ", Data(gate.gate), ": ", Data(why(gate)))
        yield Words(found, gate.verdict, 0, apart=True, hanging=2)
        return
    yield Words(verdict(report), report.verdict or "", 0, apart=True)
    shown = gates[:MOST_GATES]
    columns = (
        Column("", Kind.WORD, [gate.verdict for gate in shown]),
        Column("", Kind.DATA, [gate.gate for gate in shown]),
    )
    yield Ledger(columns, tuple(Data(why(gate)) for gate in shown), apart=False)
    if len(gates) > MOST_GATES:
        rest = gates[MOST_GATES:]
        passed = sum(gate.passed for gate in rest)
        told = (
            f"{passed} more passed" if passed == len(rest) else f"{len(rest)} more, {passed} of which passed"
        )
        yield Words(f"and {told}", "note")


def verdict(report: Report | CompareReport) -> str:
    """Return the verdict over all gates in words, such as `fail: 1 of 3 gates failed`."""
    word, total = report.verdict, len(report.gates)
    if word == "pass":
        return "pass: the gate passed" if total == 1 else f"pass: all {total} gates passed"
    count = sum(gate.verdict == word for gate in report.gates)
    what = "failed" if word == "fail" else "could not be decided"
    if total == 1:
        return f"{word}: the gate {what}"
    undecided = sum(gate.verdict == "undecided" for gate in report.gates) if word == "fail" else 0
    rest = f", {undecided} could not be decided" if undecided else ""
    return f"{word}: {count} of {total} gates {what}{rest}"


def costs(report: Report) -> Ledger:
    """Return the cost of every loss in full precision, how sure it is, and how far from the baseline."""
    results = report.results
    columns = [
        Column("", Kind.DATA, [result.loss for result in results]),
        Column("", Kind.WORD, ["cost"] * len(results)),
        Column("", Kind.NUMBER, [exact_number(result.cost) for result in results]),
        Column("", Kind.WORD, [_error(result) for result in results]),
        Column("", Kind.WORD, [_interval(report, result) for result in results]),
        Column("", Kind.WORD, [_counts(report, result) for result in results]),
    ]
    behind = tuple(map(_baseline, results))
    return Ledger(tuple(column for column in columns if any(column.cells)), behind, strong=(0, 2))


def _error(result: Result) -> str:
    return plus_minus(result.standard_error)


def _interval(report: Report, result: Result) -> str:
    return "" if result.ci is None else f"{percent_of(report.level)}: {ends(result.ci)}"


def _counts(report: Report, result: Result) -> str:
    """Return how many samples it is of, how many rows it is not of, and what it is of them."""
    parts = [f"n {result.n}"]
    counts = {name: getattr(result, name) for name in ("dropped", "ignored", "clipped")}
    parts += [f"{count} {name}" for name, count in counts.items() if count]
    weighted = result.weight_sum != result.n
    if report.reduction == "sum":
        parts.append("weighted sum" if weighted else "sum")
    elif weighted:
        parts.append("weighted mean")
    return ", ".join(parts)


def _baseline(result: Result) -> str:
    """Return the cost of the baseline, and the change from it."""
    there = result.baseline
    if there is None:
        return ""
    share = (result.cost - there) / abs(there) if there else float("nan")
    change = f", {100.0 * share:+.3g} %" if share == share and abs(share) != float("inf") else ""
    return f"baseline {exact_number(there)}{change}"


def losses(report: Report) -> Ledger:
    """Return how the losses are spread: a row and a picture of each."""
    results = report.results
    figures = {
        **{name: [getattr(result, name) for result in results] for name in ("mean", "std", "min")},
        **{name: [result.quantiles.get(q) for result in results] for q, name in _QUANTILES.items()},
        "max": [result.max for result in results],
    }
    several = Column("losses", Kind.DATA, [result.loss for result in results])
    columns = (
        several if len(results) > 1 else Column("", Kind.WORD, ["losses"]),
        *(Column(name, Kind.FIGURE, [*map(_short, values)]) for name, values in figures.items()),
    )
    behind = tuple("" if result.sketch is None else drawn(result.sketch) for result in results)
    notes = [*before_finish(results)]
    if not all(result.quantiles_exact for result in results):
        notes.append(("", "Percentiles come from a histogram; they are within 0.5 % of the exact values."))
    return Ledger(columns, behind, "histogram", tuple(notes))


_QUANTILES = {0.5: "p50", 0.9: "p90", 0.99: "p99"}


def _short(value: float | None) -> str:
    if value is None:
        return "-"
    return readable_number(value, DIGITS) if abs(value) < LARGE else f"{value:.{DIGITS}g}"


def drawn(sketch: Sketch) -> str:
    """Return a sketch as a text: blocks, or values and their counts."""
    if sketch.scale == "values":
        pairs = zip(sketch.values, sketch.counts, strict=True)
        return ", ".join(f"{count}\u00a0× {readable_number(value, DIGITS)}" for value, count in pairs)
    top = max(sketch.counts)
    blocks = "".join(BLOCKS[-(-8 * count // top) - 1] if count else " " for count in sketch.counts)
    return blocks.rstrip() + (" (log)" if sketch.scale == "log" else "")


def before_finish(results: Sequence[Result]) -> Iterator[tuple[str, str]]:
    """Yield losses whose spread and percentiles are not in the units of their cost, and what they are of."""
    found: dict[str, list[str]] = {}
    for result in results:
        if result.finish:
            found.setdefault(result.finish, []).append(result.loss)
    for finish, specs in found.items():
        yield ", ".join(specs), f"of the losses (before {_FINISHED.get(finish, finish)})"


def groups(results: Sequence[Result], level: str = "") -> Section:
    """Return a row per group with its cost by every loss; of one loss also how sure it is, by the level."""
    cost = attrgetter("cost")
    title, found = shown_groups(results[0].groups, "highest cost", cost)
    columns = [*groups_of_all(found, results, cost)]
    if len(results) == 1 and any(map(_error, found)):
        columns.append(Column("", Kind.WORD, [*map(_error, found)]))
    if len(results) == 1 and any(one.ci is not None for one in found):
        columns.append(Column(level, Kind.WORD, [ends(one.ci) for one in found]))
    return Section(title, tuple(columns))


def slices(report: Report) -> Section | Words | None:
    """Return the weak slices of the first loss, or that there is none; None where nobody asked for them."""
    result = report.results[0]
    if result.slices is None:
        return None
    # Most runs ask for none.
    from losscli.outputs.views.slices import on_screen

    return on_screen(report, result)


def worst(result: Result, most: int | None) -> Section | None:
    """Return the worst samples of the first loss, or None where none was asked for."""
    shown = replace(result, worst=result.worst if most is None else result.worst[:most])
    count = len(shown.worst)
    title = f"All {count} samples" if count == result.n else f"The {count} worst samples"
    return samples(shown, "The worst sample" if count == 1 else title)
