"""Charts of comparisons: differences beside 0, costs of models, and which groups make a difference."""

from __future__ import annotations

import math
from collections.abc import Sequence

from losscli.analyses.compare.report import CompareReport, ComparisonFigures, LossComparison
from losscli.common.text import readable_number
from losscli.outputs.drawing.elements import Data, Figure, Section
from losscli.outputs.drawing.svg.marks import Role
from losscli.outputs.views.charts import rows
from losscli.outputs.views.results import percent, percent_of


def differences(report: CompareReport, result: LossComparison, table: Section) -> Figure | None:
    """Return the differences of one loss with their intervals, left of 0 where a candidate costs less."""
    found = result.comparisons
    several = len({one.baseline for one in found}) > 1
    names = [f"{one.candidate} − {one.baseline}" if several else one.candidate for one in found]
    drawn = [rows.Row(name, one.difference, one.ci) for name, one in zip(names, found, strict=True)]
    legend = _legend(report, "difference", any(one.ci is not None for one in found), "no difference")
    chart = rows.intervals(drawn, "difference of the costs", 0.0, legend)
    if chart is None:
        return None
    beyond = _beyond(len(found), "comparisons")
    return Figure("Differences", (*_sides(found), beyond), chart, table, result.loss)


def _sides(found: Sequence[ComparisonFigures]) -> tuple[str, ...]:
    """Return in words on which side of 0 the intervals are."""
    known = [one.ci for one in found if one.ci is not None and not any(map(math.isnan, one.ci))]
    left, right = sum(high < 0.0 for _, high in known), sum(low > 0.0 for low, _ in known)
    if not known:
        return (
            "Left of 0 the candidate costs less. There are no intervals: how sure that is cannot be told.",
        )
    if len(known) > 1:
        both = len(known) - left - right
        if len(known) in (left, right):
            return (
                "Left of 0 the candidate costs less. ",
                f"All intervals are {'left' if left else 'right'} of 0.",
            )
        are, include = "is" if left == 1 else "are", "includes" if both == 1 else "include"
        sides = f"{left} {are} left of 0, {right} right of it, and {both} {include} it"
        told = f"Of {len(known)} intervals, {sides}."
        return ("Left of 0 the candidate costs less. ", told)
    if left or right:
        side, what = ("left", "lower") if left else ("right", "higher")
        return (f"The interval is {side} of 0: all of it is a {what} cost for the candidate.",)
    if known == [(0.0, 0.0)]:
        return ("Both cost the same, on every sample.",)
    return ("0 is in the interval: the candidate may cost less, or more.",)


def costs(report: CompareReport, result: LossComparison, table: Section) -> Figure | None:
    """Return the costs of the models of one loss with their intervals, the lowest first."""
    models = sorted(result.models, key=lambda one: (math.isnan(one.cost), one.cost))
    base = next(one for one in result.models if one.name == report.models[0].name)
    drawn = [rows.Row(one.name, one.cost, one.ci) for one in models]
    told = f"baseline {readable_number(base.cost)}"
    legend = _legend(report, "cost", any(one.ci is not None for one in models), told)
    chart = rows.intervals(drawn, "cost", base.cost, legend)
    if chart is None:
        return None
    lowest = models[0]
    finding: tuple[str, ...] = (Data(lowest.name), f" has the lowest cost, {readable_number(lowest.cost)}")
    others = [one.name for one in models[1:] if one.name in result.best and math.isfinite(one.cost)]
    if others:
        rest = f" and {len(others) - 3} more" if len(others) > 3 else ""
        shown = [part for name in others[:3] for part in (", ", Data(name))][1:]
        finding = (*finding, "; that of ", *shown, f"{rest} may be as low")
    finding = (
        *finding,
        ". Whether two models differ is told by their difference, not by whether these overlap.",
    )
    return Figure("Costs", (*finding, _beyond(len(models), "models")), chart, table, result.loss)


def groups(
    report: CompareReport,
    found: Sequence[tuple[str, int, ComparisonFigures]],
    about: str,
    whole: float,
    table: Section,
) -> Figure | None:
    """Return the difference of one pair in each group: its name, how many samples it has, and its figures."""
    finite = [one for one in found if math.isfinite(one[2].difference)]
    ordered = sorted(finite, key=lambda one: (-abs(one[2].difference), one[0]))
    drawn = [rows.Row(name, one.difference, one.ci) for name, _, one in ordered]
    legend = _legend(report, "difference", any(one.ends is not None for one in drawn), "no difference")
    chart = rows.intervals(drawn, "difference of the costs", 0.0, legend)
    if chart is None or len(drawn) < 2:
        return None
    name, n, first = ordered[0]
    less, more = (sum(sign * one.value > 0.0 for one in drawn) for sign in (-1.0, 1.0))
    if not less + more:
        return None
    open_ = sum(one.ends is not None and one.ends[0] <= 0.0 <= one.ends[1] for one in drawn)
    unsure = f"; in {open_} of them 0 is in the interval" if open_ else ""
    finding = (
        "The difference is largest in ",
        Data(name),
        f" ({readable_number(first.difference)}, n {n}); over all samples it is {readable_number(whole)}. ",
        f"The candidate costs {_where(less, more, len(drawn))}{unsure}.",
    )
    return Figure("Difference by group", (*finding, _beyond(len(drawn), "groups")), chart, table, about)


def _where(less: int, more: int, groups: int) -> str:
    """Return in how many groups it is less, and in how many more."""
    if groups in (less, more):
        return f"{'less' if less else 'more'} in {'both' if groups == 2 else f'all {groups}'} groups"
    return f"less in {less or 'none'} of {groups} groups, and more in {more or 'none'}"


def shares(found: Sequence[tuple[str, float]], about: str, table: Section) -> Figure | None:
    """Return which share of the difference over all samples each group makes, in the order of their size."""
    finite = [one for one in found if math.isfinite(one[1])]
    ordered = sorted(finite, key=lambda one: (-one[1], one[0]))
    if len(ordered) < 2:
        return None
    largest = {name for name, _ in sorted(ordered, key=lambda one: (-abs(one[1]), one[0]))[: rows.MOST]}
    drawn = [rows.Row(name, 100.0 * share) for name, share in ordered if name in largest]
    chart = rows.bars(drawn, "share of the difference, %")
    if chart is None:
        return None
    against = [name for name, share in ordered if share < 0.0]
    finding: tuple[str, ...] = (
        Data(ordered[0][0]),
        f" makes {percent(ordered[0][1])} of the difference over all samples.",
    )
    if against:
        finding = (*finding, f" In {len(against)} of {len(ordered)} groups it is the other way round.")
    beyond = _beyond(len(ordered), "groups")
    return Figure("Which groups make the difference", (*finding, beyond), chart, table, about)


def _legend(report: CompareReport, what: str, sure: bool, rule: str) -> tuple[tuple[Role, str], ...]:
    how = f", {percent_of(report.level)} interval" if sure else ""
    return ("first", f"{what}{how}"), ("second", rule)


def _beyond(count: int, what: str) -> str:
    return f" {rows.MOST} of {count} {what} are drawn." if count > rows.MOST else ""
