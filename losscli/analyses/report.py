"""What reports share: frozen, read by views and gates, changed by nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from losscli.common.errors import LosscliError
from losscli.inputs.provenance import Input, Provenance
from losscli.loss import Value


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of a report: `row` counts the data rows of its file of predictions from 1.

    `label` and `prediction` are a number, a class name, or one number per column.
    """

    row: int
    id: str | None
    label: float | str | tuple[float, ...]
    prediction: float | str | tuple[float, ...]
    error: float
    loss: float
    line: int | None = field(default=None, compare=False)
    """The line of the file on which the row begins; None where that is not certain."""
    shard: str | None = field(default=None, repr=False)
    """The file that has the row, by its path below the folder; None where the predictions are one file."""
    show: Mapping[str, str] = field(default_factory=dict)
    """The cells of the columns of `show`, by their titles."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The distribution of the losses in bins: `counts[i]` lie in [edges[i], edges[i + 1])."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LossResult:
    """The figures of one loss that every report has, over all samples or over one group.

    `n` is the number of samples that count, `weight_sum` is Σw (n without weights), and `cost` is the mean
    after the loss's `finish` (with the reduction "sum": the sum). `standard_error` is that of the cost, None
    if it has none.
    """

    loss: str
    parameters: Mapping[str, Value]
    n: int
    dropped: int
    ignored: int
    clipped: int
    weight_sum: float
    cost: float
    standard_error: float | None = None
    group: str | None = None
    as_: str | None = None
    """The library whose number it is, and what differs from that; None for ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What every report says first: what was computed by which version, from which inputs, and notes."""

    version: str
    signature: str
    predictions: Input
    labels: Input
    alignment: str
    notes: tuple[str, ...] = ()
    columns: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    """The names of the columns of each role, spelled as in the file, without roles that have none."""
    found: Mapping[str, str] = field(default_factory=dict)
    """How the column of a role was found, if neither an option nor a usual name gave it."""
    unmatched: Mapping[str, int] | None = None
    """How many rows of each input were left out because the other lacks their id; None if not allowed."""
    rows_left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By option, how many rows of each input were left out because the caller asked for it."""
    excluded: Input | None = None
    """The file of ids whose samples were left out; None if there is none."""
    why_paired: str = ""
    """Why rows were paired by position; empty if they were not, or if one input has both."""
    agreeing: tuple[str, ...] = ()
    """The columns in both inputs that agree in every row; compared if rows were paired by position."""


def head_fields(source: Head | Provenance, **instead: Any) -> dict[str, Any]:
    """Return the fields of `Head`, as another report or what was read has them; some may be given instead."""
    names = [one.name for one in fields(Head)]
    return {name: instead[name] if name in instead else getattr(source, name) for name in names}


def refuse_nothing(report: Head, results: Iterable[LossResult]) -> None:
    """Raise where there is no sample, or no weight, to take a mean of."""
    where = report.predictions.path
    asked = sum(counts["predictions"] for counts in report.rows_left_out.values())
    rows = report.predictions.rows - (report.unmatched or {}).get("predictions", 0) - asked
    for result in results:
        if result.n == 0:
            left_out = result.dropped + result.ignored
            found = "no data rows"
            if left_out:
                found = f"no row is left for {result.loss}: {rows} read, {left_out} dropped or ignored"
            elif rows:
                found = f"no row is left for {result.loss}: none of the {rows} samples count for it"
            raise LosscliError(where, found, "at least one sample")
        if result.weight_sum == 0:
            raise LosscliError(
                where, "the weights sum to 0", "a positive sum of weights", "Leave out --weight."
            )
