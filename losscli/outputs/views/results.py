"""Tables of the results of losses, whatever was computed of them: figures, groups, samples, bars."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from losscli.analyses.evaluate.report import Report, Result
from losscli.analyses.report import Head
from losscli.common.addresses import HIDDEN
from losscli.common.text import EMPTY, readable_number, shorten
from losscli.outputs.drawing.elements import Bar, Column, Data, Inputs, Kind, Section, Text, Words

if TYPE_CHECKING:
    from losscli.analyses.gradient.report import GradientReport, GradientResult

AnyResult: TypeAlias = "Result | GradientResult"
Found = TypeVar("Found")

MOST_PARTS = 8
"""How many numbers of a label or prediction with many columns are shown."""

MOST_COLUMNS = 4
"""How many columns of classes or outputs are named."""

MOST_GROUPS = 50

_HOW = {"only one left": "the only one left"}


def plus_minus(error: float | None) -> str:
    """Return a standard error as it stands behind a cost; nothing where there is none."""
    return "" if error is None else f"± {readable_number(error, 3)}"


def percent_of(level: float | None) -> str:
    """Return a level as it stands before an interval, such as `95 %`."""
    return "" if level is None else f"{100.0 * level:.10g} %"


def ends(ci: tuple[float, float] | None) -> str:
    """Return an interval, in as many decimals as its width asks for; nothing where there is none."""
    return "" if ci is None else " to ".join(_scale([*ci]) if ci[0] < ci[1] else map(readable, ci[:1]))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a result: its name, its text, and whether a result tells something by it.

    Where none of several results does, it is left out.
    """

    name: str
    show: Callable[[Any], str]
    tells: Callable[[Any], bool] = lambda _: True

    def column(self, results: Iterable[AnyResult]) -> Column:
        """Return it as a column, a cell for each result."""
        return Column(self.name, Kind.NUMBER, [self.show(result) for result in results])


def figure(name: str, place: str = "") -> Figure:
    """Return the figure that is the attribute `name` of a result, or stands at `place` in it."""
    value = attrgetter(place or name)
    return Figure(name, lambda result: readable(value(result)))


def known(name: str, place: str = "") -> Figure:
    """Return a figure that is left out where no result has it."""
    value = attrgetter(place or name)
    return Figure(name, lambda result: readable(value(result)), lambda result: value(result) is not None)


def count(name: str, place: str = "", *, always: bool = False) -> Figure:
    """Return a number of samples; unless it is `always` told, 0 of them is not."""
    value = attrgetter(place or name)
    return Figure(name, lambda result: str(value(result)), lambda result: always or value(result) > 0)


def quantile(q: float, name: str) -> Figure:
    """Return a quantile."""
    return Figure(name, lambda result: readable(result.quantiles.get(q)))


COUNTED = (
    count("n", always=True),
    *map(count, ("dropped", "ignored", "clipped")),
    Figure(
        "weight sum",
        lambda result: readable_number(result.weight_sum),
        lambda result: result.weight_sum != result.n,
    ),
)
"""Of how many samples the figures of a result are."""


def figures(
    title: str, results: Sequence[AnyResult], those: Iterable[Figure], notes: Iterable[tuple[str, str]]
) -> Section:
    """Return a row per figure, a column per loss."""
    rows = [one for one in those if any(map(one.tells, results))]
    columns = [
        Column(result.loss, Kind.NUMBER, [row.show(result) for row in rows], title_kind=Kind.DATA)
        for result in results
    ]
    names = Column("", Kind.WORD, [row.name for row in rows])
    return Section(title, (names, *columns), notes=tuple(notes))


def group_name(name: str | None) -> str:
    """Return what a group is called where its name is to be seen: one of empty cells has none."""
    return name or EMPTY


def groups(
    result: AnyResult, those: Iterable[Figure], largest: str, size: Callable[[Any], float]
) -> Section | None:
    """Return a row per group, or None where the samples were not grouped.

    Of very many groups those with the `largest` figures are shown, by their `size`.
    """
    if not result.groups:
        return None
    title, found = shown_groups([*result.groups], largest, size)
    columns = [one.column(found) for one in those if any(map(one.tells, found))]
    names = Column("group", Kind.DATA, [group_name(group.group) for group in found])
    return Section(title, (names, *columns), subject=result.loss)


def shown_groups(
    found: Sequence[Found], largest: str, size: Callable[[Any], float]
) -> tuple[str, Sequence[Found]]:
    """Return the title of a table of groups, and the groups in it: of very many those of the largest size."""
    if len(found) <= MOST_GROUPS:
        return "Groups", found
    title = f"The {MOST_GROUPS} of {len(found)} groups with the {largest}"
    return title, heapq.nlargest(MOST_GROUPS, found, key=size)


def groups_of_all(
    found: Sequence[AnyResult], results: Sequence[AnyResult], size: Callable[[Any], float]
) -> Iterator[Column]:
    """Yield the columns of one table for all losses: a row per group of `found`, a figure per loss."""
    names = [group.group for group in found]
    yield Column("group", Kind.DATA, [group_name(name) for name in names])
    yield Column("n", Kind.NUMBER, [str(group.n) for group in found])
    for result in results:
        by_name = {group.group: group for group in result.groups}
        cells = [readable_number(size(by_name[name])) if name in by_name else "-" for name in names]
        yield Column(result.loss, Kind.NUMBER, cells, title_kind=Kind.DATA)


def samples(result: AnyResult, title: str, *further: str) -> Section | None:
    """Return a row per sample, with what its attributes `further` hold; None where none was asked for."""
    found = result.worst
    if not found:
        return None
    columns = [*places(found)]
    for name in ("label", "prediction", "error", "loss", *further):
        values = [getattr(sample, name) for sample in found]
        columns.append(Column(name, *value_cells(values)))
    return Section(title, (*columns, *carried(found)), subject=result.loss)


def carried(found: Sequence[Any]) -> Iterator[Column]:
    """Yield the columns that somebody asked to see beside samples."""
    shown = [getattr(sample, "show", {}) for sample in found]
    for name in dict.fromkeys(name for cells in shown for name in cells):
        yield Column(name, Kind.DATA, [cells.get(name, "") for cells in shown], title_kind=Kind.DATA)


def places(found: Sequence[Any], *, rows: bool = True) -> Iterator[Column]:
    """Yield which samples they are: file, row (unless told elsewhere) and id, as far as there are such."""
    files = [getattr(sample, "shard", None) or "" for sample in found]
    if any(files):
        yield Column("file", Kind.DATA, files)
    if rows:
        numbers_ = [f"{sample.row}{_line(sample)}" for sample in found]
        yield Column("row (line)" if any(map(_line, found)) else "row", Kind.FIGURE, numbers_)
    if any(sample.id is not None for sample in found):
        yield Column("id", Kind.DATA, [sample.id or "" for sample in found])


def value_cells(values: Sequence[Any]) -> tuple[Kind, list[str]]:
    """Return labels, predictions or figures of samples as cells, and what these are."""
    numeric = all(isinstance(value, float | int) for value in values)
    return Kind.NUMBER if numeric else Kind.DATA, [*map(_value, values)]


def _line(sample: Any) -> str:
    """Return behind a row its line in brackets, where that is another number."""
    line = getattr(sample, "line", None)
    return "" if line in (None, sample.row) else f" ({line})"


def _value(value: float | str | tuple[float, ...]) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, tuple):
        return readable_number(value)
    shown = ", ".join(readable_number(part) for part in value[:MOST_PARTS])
    rest = len(value) - MOST_PARTS
    return f"({shown}, and {rest} more)" if rest > 0 else f"({shown})"


def bars(result: AnyResult, most: int = 10) -> tuple[Bar, ...]:
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


def inputs(head: Head, behind: tuple[str, ...] = ()) -> Inputs:
    """Return what was read for a report; one input where both are in one file.

    `behind` stands at the end of the last line: how rows were paired, where no line of its own says it.
    """
    predictions, labels = columns_read(head, "prediction"), (*columns_read(head, "label"), *behind)
    if _in_one(head):
        both = (*predictions, " against ", *labels) if predictions and labels else ()
        return Inputs((("predictions and labels", head.predictions, both),))
    return Inputs((("predictions", head.predictions, predictions), ("labels", head.labels, labels)))


def told_inputs(head: Head) -> Iterator[str]:
    """Yield the parts of a sentence that says the same."""
    before = "Predictions "
    for _, source, columns in inputs(head).named:
        yield from (before, Data(source.path), ", " if columns else "", *columns)
        before = ", against " if columns else " against "


class Read(Protocol):
    """What says which columns were read."""

    @property
    def columns(self) -> Mapping[str, str | tuple[str, ...]]:
        """Those of each role."""

    @property
    def found(self) -> Mapping[str, str]:
        """How those of a role were found, unless an option or a usual name gave them."""


def columns_read(head: Read, role: str) -> tuple[str, ...]:
    """Return which columns play a role, and how that was found out where neither option nor name said it."""
    names = head.columns.get(role, ())
    if not names:
        return ()
    how = head.found.get(role, "")
    return (
        "columns " if len(names) > 1 else "column ",
        *_names(names),
        f" ({_HOW.get(how, how)})" if how else "",
    )


def _names(names: Sequence[str]) -> Iterator[str]:
    for place, name in enumerate(names[:MOST_COLUMNS]):
        yield ", " if place else ""
        yield Data(shorten(name)) if name else "without a name"
    if len(names) > MOST_COLUMNS:
        yield f" and {len(names) - MOST_COLUMNS} more"


def _in_one(head: Head) -> bool:
    # Two addresses that differ in what is not shown of them are two inputs.
    same = head.predictions is head.labels or not head.predictions.path.endswith(HIDDEN)
    return same and head.predictions.path == head.labels.path


def subtitle(report: Report | GradientReport) -> Text:
    """Return in words how many samples were compared, and how they were paired."""
    counts = {result.n for result in report.results}
    n = f"{counts.pop()} samples" if len(counts) == 1 else f"{report.predictions.rows} rows"
    return ("1 sample" if n == "1 samples" else n, *paired(report))


def few(texts: Iterable[str], most: int = 3) -> Iterator[str]:
    """Yield the first texts, and how many more there are."""
    listed = [*texts]
    yield from listed[:most]
    if len(listed) > most:
        yield f"{len(listed) - most} more"


def numbers(report: Report | GradientReport) -> str:
    """Return of how many samples a report is, in a word."""
    counts = {result.n for result in report.results}
    return f"n {min(counts)}" if len(counts) == 1 else f"n {min(counts)} to {max(counts)}"


def paired(head: Head) -> tuple[str, ...]:
    """Return behind a comma how rows were paired, and why; nothing where one input has both."""
    if _in_one(head):
        return ()
    how = f", paired by {head.alignment}"
    if head.alignment == "id":
        name = str(head.columns.get("id", "id"))
        column = () if name.lower() == "id" else (" (column ", *_names([name]), ")")
        return (how, *column, *_left_out(head.unmatched or {}))
    if head.agreeing:
        several = len(head.agreeing) > 1
        return (how, "; ", *_names(head.agreeing), f" agree{'' if several else 's'} in every row")
    return (how, f"; {head.why_paired}" if head.why_paired else "")


def _left_out(unmatched: Mapping[str, int]) -> Iterator[str]:
    """Yield how many rows were left out because other inputs lack their id; nothing where none may be."""
    for place, (role, count) in enumerate(unmatched.items()):
        yield f"{', ' if place else '; left out: '}{count} "
        # Of two inputs it is the other one; of several models any of them.
        yield from (f"only in the {role}",) if "predictions" in unmatched else ("of ", Data(role))


def signed(version: str, signature: str) -> Words:
    """Return what stands at the end of every page."""
    return Words((f"losscli {version}, signature ", Data(signature)), "note", 0, apart=True)


def readable(value: Any) -> str:
    """Return a figure to six digits, and a hyphen for one that is undefined, or not one."""
    return "-" if value is None or isinstance(value, tuple) else readable_number(value)


def percent(share: float | None, digits: int = 3) -> str:
    """Return a share in percent, and a hyphen for one that is undefined.

    What is not all does not read as 100 %: 19,996 of 20,000 are 99.98 %.
    """
    if share is None:
        return "-"
    while 0.99 < share < 1.0 - 1e-9 and readable_number(100.0 * share, digits) == "100":
        digits += 1
    return f"{readable_number(100.0 * share, digits)} %"
