"""Slices as they are shown: those that are weak on a screen, all that were tested elsewhere."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from losscli.analyses.evaluate.report import Report, Result
from losscli.analyses.slices.found import LEVEL, NONE, OF, Slice
from losscli.common.text import readable_number, shorten, visible
from losscli.outputs.drawing.elements import Column, Data, Kind, Section, Words
from losscli.outputs.views.results import ends, percent_of, readable

SHOWN = 5
"""Weak slices on a screen."""
_WIDEST = 40
"""Of a name or a value in a table."""
_RANGE = re.compile(r"\[(-?\d+(?:\.\d+)?), (-?\d+(?:\.\d+)?)([)\]])")
_LOOKS = "none looks weak in the half of the samples that was searched"


def described(one: Slice, mark: str = " = ") -> str:
    """Return which samples a slice has, in text from outside; the ends of a range to six digits."""
    return ", ".join(
        f"{shorten(name, _WIDEST)}{mark}{shorten(_rounded(value), _WIDEST)}"
        for name, value in one.slice.items()
    )


def _rounded(value: str) -> str:
    """Return a range of numbers with fewer digits, where these tell its ends apart; else what it is."""
    found = _RANGE.fullmatch(value)
    if found is None:
        return value
    low, high = (readable_number(float(end)) for end in found.groups()[:2])
    return f"[{low}, {high}{found[3]}" if low != high and "e" not in low + high else value


def in_order(result: Result) -> list[Slice]:
    """Return the slices of a result, those that are weak first, then by how much higher their cost is."""
    return sorted(result.slices or (), key=lambda one: (not one.weak, -_size(one.effect)))


def _size(effect: float) -> float:
    return -math.inf if math.isnan(effect) else effect


def on_screen(report: Report, result: Result) -> Section | Words | None:
    """Return the weak slices of a loss, or that there is none; None where nobody asked for them."""
    if result.slices is None:
        return None
    weak = [one for one in in_order(result) if one.weak]
    if not weak:
        return Words(_none(result.slices, _why_none(report)), "note", 0, apart=True)
    shown = weak[:SHOWN]
    title = f"The {len(shown)} weakest of {len(weak)} weak slices" if len(weak) > SHOWN else "Weak slices"
    columns = [
        Column("slice", Kind.DATA, [*map(described, shown)]),
        Column("n", Kind.NUMBER, [str(one.n) for one in shown]),
        *_costs(shown),
    ]
    return Section(title, tuple(columns))


def _none(slices: Sequence[Slice], why: str) -> str:
    if why:
        return f"No slices were looked for: {why}."
    if not slices:
        return f"No weak slice: {_LOOKS}."
    count = len(slices)
    looked, rest = ("1 looks", "not") if count == 1 else (f"{count} look", "none of them")
    return f"No weak slice: {looked} weak in one half of the samples, and {rest} in the other."


def _costs(slices: Sequence[Slice]) -> list[Column]:
    return [
        Column("cost", Kind.NUMBER, [readable(one.cost) for one in slices]),
        Column("rest", Kind.NUMBER, [readable(one.rest) for one in slices]),
        Column("higher by", Kind.FIGURE, [_higher(one) for one in slices]),
        Column("p", Kind.FIGURE, [readable_number(one.p_adjusted, 2) for one in slices]),
    ]


def _higher(one: Slice) -> str:
    """Return how much higher the cost of a slice is: as a share of that of the rest, where it has one."""
    if not math.isfinite(one.effect) or one.rest <= 0.0:
        return readable(one.effect)
    return f"{100.0 * one.effect / one.rest:.3g} %"


def tested(report: Report, result: Result) -> Section | None:
    """Return all slices of a loss that were tested; None where there are none."""
    found = in_order(result)
    if not found:
        return None
    cost, *others = _costs(found)
    intervals = [ends(one.ci) or "-" for one in found]
    columns = (
        Column("", Kind.WORD, ["weak" if one.weak else "not confirmed" for one in found]),
        Column("slice", Kind.DATA, [*map(described, found)]),
        Column("n", Kind.NUMBER, [str(one.n) for one in found]),
        Column("n, second half", Kind.NUMBER, [str(one.n_second) for one in found]),
        cost,
        Column(f"{percent_of(report.level or LEVEL)} interval", Kind.NUMBER, intervals),
        *others,
    )
    return Section("Slices", columns, subject=result.loss, notes=((result.loss, NOTE),))


NOTE = (
    "Found in one half of the samples; cost, interval, difference and p (Welch, adjusted by Holm) are of the "
    "other half."
)


def without(report: Report) -> Words | None:
    """Return of which losses no slice looks weak, or why none were looked for; None where neither is so."""
    those = [result for result in report.results if result.slices == ()]
    if not those:
        return None
    why = _why_none(report)
    if why or len(those) == len(report.results):
        return Words(_none((), why), "note")
    names = [part for result in those for part in (", ", Data(result.loss))][1:]
    return Words(("No weak slice for ", *names, f": {_LOOKS}."), "note")


def _why_none(report: Report) -> str:
    """Return why no slices were looked for; nothing where they were."""
    found = (note.removeprefix(NONE) for note in report.notes if note.startswith(NONE))
    return next(found, "")


def told_here(report: Report) -> list[str]:
    """Return the notes that are told with slices: of which columns and samples they are, or why of none."""
    return [note for note in report.notes if note.startswith((NONE, OF))]


def what_of(report: Report) -> Iterator[Words]:
    """Yield of which columns and samples the slices of a report are, where these are not all."""
    for note in report.notes:
        if note.startswith(OF):
            yield Words(visible(f"{note[:1].upper()}{note[1:]}."), "note")
