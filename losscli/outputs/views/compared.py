"""Verdicts and tables of a comparison: costs, differences, groups, and samples that moved a difference."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from losscli.analyses.compare.report import (
    CompareReport,
    ComparisonFigures,
    Ends,
    LossComparison,
    ModelFigures,
    Moved,
)
from losscli.common.text import readable_number
from losscli.outputs.drawing.elements import Column, Data, Element, Inputs, Kind, Section, Text, Words
from losscli.outputs.views.results import (
    carried,
    columns_read,
    ends,
    group_name,
    paired,
    percent,
    percent_of,
    places,
    plus_minus,
    readable,
    shown_groups,
    value_cells,
)

ROLES = {"better": "pass", "worse": "fail", "undecided": "undecided", "identical": "strong"}


def verdicts(report: CompareReport) -> Iterator[Element]:
    """Yield a sentence for each comparison."""
    for number, result in enumerate(report.results):
        for place, one in enumerate(result.comparisons):
            first = not number and not place
            yield Words(sentence(result, one), ROLES[one.verdict], 0, apart=first, hanging=2)


def counted(result: LossComparison) -> str:
    """Return of how many samples the figures are, and of how many they are not."""
    told = [f"n {result.n}"]
    if result.clusters is not None:
        told.append(f"{result.clusters} clusters")
    elif result.n_effective != result.n:
        told.append(f"effective n {readable_number(result.n_effective)}")
    counts = {"dropped": result.dropped, "ignored": result.ignored}
    return ", ".join((*told, *(f"{count} {name}" for name, count in counts.items() if count)))


def notes(report: CompareReport, result: LossComparison, *, full: bool) -> Iterator[Text]:
    """Yield what has to be known of the differences: the best models, and how far to trust intervals."""
    if len(result.models) > 2 and len(result.best) > 1:
        yield ("Which of these is the lowest cannot be told: ", *_names(result), ".")
    approximations = {one.approximation for one in result.comparisons if math.isfinite(one.difference)}
    if "small" in approximations:
        what = "samples" if result.clusters is None else "clusters"
        yield f"There are fewer than 30 {what}: intervals are rough."
    if "skewed" in approximations:
        yield "The differences are very skewed for so few samples: intervals may be too short."
    if full and any(one.p != one.p_adjusted for one in result.comparisons):
        yield f"p adjusted allows for the number of comparisons ({report.adjust}); intervals do not."


def _names(result: LossComparison) -> Iterator[str]:
    for place, name in enumerate(result.best):
        yield ", " if place else ""
        yield Data(name)


def sentence(result: LossComparison, one: ComparisonFigures) -> Text:
    """Return the verdict on a comparison as a sentence: who is better, by how much, and how sure that is."""
    candidate, baseline, loss = Data(one.candidate), Data(one.baseline), Data(result.loss)
    if one.verdict == "identical":
        return (
            candidate,
            " and ",
            baseline,
            " are identical: ",
            loss,
            f" is the same in all {result.n} samples",
        )
    found: tuple[str, ...]
    if one.verdict == "undecided":
        found = ("undecided between ", candidate, " and ", baseline, ": ", loss)
    else:
        found = (candidate, f" is {one.verdict} than ", baseline, ": ", loss)
    if math.isnan(one.difference):
        return (*found, " has no difference, as both costs are infinite")
    direction = "lower" if one.difference < 0.0 else "higher"
    amount = abs(one.difference)
    size = f" {direction} by {_short(amount)}" if amount else " equal on average"
    interval = "" if one.ci is None else f" [{_bracketed(one.ci, one.difference)}]"
    share = (
        ""
        if one.relative is None or not amount
        else f" ({percent(abs(one.relative), 2)})".replace(" %", "\u00a0%")
    )
    return (*found, f"{size}{interval}{share}{_p(one)}")


def _p(one: ComparisonFigures) -> str:
    return "" if one.p is None else f", p\u00a0{readable_number(one.p, 2)}"


def _short(value: float) -> str:
    return readable_number(value, 5)


def _bracketed(ci: Ends, difference: float) -> str:
    """Return an interval of what the sentence tells: of how much lower, or higher, a cost is."""
    low, high = ci if difference >= 0.0 else (-ci[1], -ci[0])
    return f"{_short(low + 0.0)},\u00a0{_short(high + 0.0)}"


def read(report: CompareReport) -> Inputs:
    """Return what was read of each model, and the labels."""
    return Inputs(
        (
            *((Data(one.name), one.predictions, columns_read(one, "prediction")) for one in report.models),
            ("labels", report.labels, (*columns_read(report, "label"), *paired(report))),
        )
    )


def costs(report: CompareReport, result: LossComparison) -> tuple[Column, ...]:
    """Return the cost of every model, the lowest first, and which may be the lowest too."""
    models = sorted(result.models, key=by_cost)
    lowest = models[0].name
    columns = (
        Column("", Kind.DATA, [one.name for one in models]),
        Column("cost", Kind.NUMBER, [readable_number(one.cost) for one in models]),
        Column("", Kind.WORD, [plus_minus(one.standard_error) for one in models]),
        Column(percent_of(report.level), Kind.WORD, [ends(one.ci) or "-" for one in models]),
        Column("", Kind.WORD, [_place(report, result, one.name, lowest) for one in models]),
    )
    return tuple(one for one in columns if one.title or any(one.cells))


def by_cost(model: ModelFigures) -> tuple[bool, float]:
    """Return the place of a model among others: the lowest cost first, undefined ones last."""
    return math.isnan(model.cost), model.cost


def _place(report: CompareReport, result: LossComparison, name: str, lowest: str) -> str:
    """Return in words where a model stands among the others."""
    words = ["lowest"] if name == lowest else ["may be lowest"] if name in result.best else []
    words += ["baseline"] if name == report.models[0].name else []
    return ", ".join(words)


def differences(report: CompareReport, result: LossComparison, *, full: bool) -> tuple[Column, ...]:
    """Return each comparison: interval, effect, p, in this order, and the verdict."""
    found = result.comparisons
    several = len({one.baseline for one in found}) > 1
    names = [f"{one.candidate} − {one.baseline}" if several else one.candidate for one in found]
    columns = [
        Column("difference", Kind.DATA, names),
        Column("", Kind.NUMBER, [readable(one.difference) for one in found]),
        Column(percent_of(report.level), Kind.WORD, [ends(one.ci) or "-" for one in found]),
        *(_more(report, found) if full else ()),
        Column("wins", Kind.FIGURE, [percent(one.effect.win_rate) for one in found]),
        Column("d_z", Kind.NUMBER, [_rounded(one.effect.dz) for one in found]),
        Column("p", Kind.FIGURE, [_rounded(one.p, 2) for one in found]),
    ]
    if any(one.p_adjusted != one.p for one in found) or full:
        columns.append(Column("p adjusted", Kind.FIGURE, [_rounded(one.p_adjusted, 2) for one in found]))
    checked = next((one.check.method for one in found if one.check is not None), None)
    if checked is not None:
        cells = ["-" if one.check is None else readable_number(one.check.p, 2) for one in found]
        columns.append(Column(f"p by {checked}", Kind.FIGURE, cells))
    columns.append(Column("verdict", Kind.WORD, [one.verdict for one in found]))
    if any(one.equivalence is not None for one in found):
        words = ["" if one.equivalence is None else one.equivalence.verdict for one in found]
        columns.append(Column("within margin", Kind.WORD, words))
    return tuple(columns)


def _more(report: CompareReport, found: Sequence[ComparisonFigures]) -> Iterator[Column]:
    """Yield what is known besides of the size of differences."""
    yield Column("relative", Kind.FIGURE, [percent(one.relative) for one in found])
    if any(one.relative_ci is not None for one in found):
        cells = ["-" if one.relative_ci is None else _percents(one.relative_ci) for one in found]
        yield Column(f"relative, {percent_of(report.level)}", Kind.WORD, cells)
    yield Column("standard error", Kind.NUMBER, [_rounded(one.standard_error) for one in found])
    for name in ("better", "worse", "equal"):
        yield Column(name, Kind.NUMBER, [str(getattr(one.effect, name)) for one in found])
    yield Column("correlation", Kind.NUMBER, [_rounded(one.correlation) for one in found])


def _percents(ci: Ends) -> str:
    return " to ".join(percent(end) for end in ci)


def _rounded(value: float | None, digits: int = 3) -> str:
    return "-" if value is None else readable_number(value, digits)


def groups(report: CompareReport, result: LossComparison, number: int, about: str, *, full: bool) -> Section:
    """Return the difference of one pair within each group, and which share of the whole it is."""

    def difference(group: LossComparison) -> ComparisonFigures:
        return group.comparisons[number]

    title, found = shown_groups(
        result.groups, "largest differences", lambda group: abs(difference(group).difference)
    )
    pairs, shares = [*map(difference, found)], result.comparisons[number].shares or {}
    columns = [
        Column("group", Kind.DATA, [group_name(group.group) for group in found]),
        Column("n", Kind.NUMBER, [str(group.n) for group in found]),
        Column("difference", Kind.NUMBER, [readable(pair.difference) for pair in pairs]),
        Column(percent_of(report.level), Kind.WORD, [ends(pair.ci) or "-" for pair in pairs]),
        Column("share", Kind.FIGURE, [percent(shares.get(group.group or "")) for group in found]),
    ]
    if full:
        columns.append(Column("p", Kind.FIGURE, [_rounded(pair.p, 2) for pair in pairs]))
        columns.append(Column("p adjusted", Kind.FIGURE, [_rounded(pair.p_adjusted, 2) for pair in pairs]))
    columns.append(Column("verdict", Kind.WORD, [pair.verdict for pair in pairs]))
    return Section(title, tuple(columns), subject=about)


def moved(one: ComparisonFigures, most: int | None, *, plain: bool = False) -> tuple[Column, ...]:
    """Return the samples that moved a difference the most, in both directions; nothing for none.

    The table says itself what it is about where it is `plain` and has no title.
    """
    found: list[Moved] = [*one.gained[:most], *one.lost[:most]]
    if not found:
        return ()
    values = (
        Column(one.candidate, *value_cells([sample.candidate for sample in found]), Kind.DATA),
        Column(one.baseline, *value_cells([sample.baseline for sample in found]), Kind.DATA),
        Column("difference", *value_cells([sample.difference for sample in found])),
    )
    about = [Column("moved most", Kind.WORD, [f"row {sample.row}" for sample in found])] if plain else []
    labels = Column("label", *value_cells([sample.label for sample in found]))
    return (*about, *places(found, rows=not plain), labels, *values, *carried(found))
