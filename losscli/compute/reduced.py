"""What losses come to under a convention of another library, from exact sums, rounded once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError, UsageError
from losscli.compute.statistics.exact_sum import ExactSum, rounded
from losscli.compute.statistics.moments import Moments
from losscli.conventions.overrides import Overrides, Reduction
from losscli.conventions.theirs import Theirs, as_library, parse_as
from losscli.inputs.request import Request
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss

_BATCHES = ("batch", "drop_last")


@dataclass(frozen=True, slots=True)
class Aside:
    """What a convention asks of the rows beside the moments of their losses.

    Attributes:
        columns: the moments of further columns: the losses of each output, or whether a score is outside.
        tail: the losses of the last rows, less than a batch at least; None where there are no batches.
    """

    columns: tuple[Moments, ...] = ()
    tail: Array | None = None
    most: int = 0

    @staticmethod
    def of(further: Further, losses: Array, weights: Array | None) -> Aside:
        """Return what is known of one block."""
        tail = losses[max(0, len(losses) - further.rows) :].copy() if further.rows else None
        return Aside(tuple(Moments.of(column, weights) for column in further.columns), tail, further.rows)

    def merge(self, other: Aside) -> Aside:
        """Return what is known of both; the rows of the other follow."""
        columns = tuple(one.merge(two) for one, two in zip(self.columns, other.columns, strict=True))
        if self.tail is None or other.tail is None:
            return Aside(columns, None)
        tail = np.concatenate([self.tail, other.tail])
        return Aside(columns, tail[max(0, len(tail) - self.most) :], self.most)


@dataclass(frozen=True, slots=True)
class Further:
    """What is computed of each row beside its loss.

    Attributes:
        columns: float64 `(rows,)` each.
        rows: how many of the last losses are kept.
    """

    columns: tuple[Array, ...] = ()
    rows: int = 0

    def take(self, rows: Array | slice) -> Further:
        """Return that of the rows at the given places."""
        return Further(tuple(column[rows] for column in self.columns), self.rows)

    def spread(self, counts: Array) -> Further:
        """Return that of all rows, of which those in a mask were asked; NaN for the others."""
        columns = []
        for column in self.columns:
            columns.append(np.full(len(counts), np.nan))
            columns[-1][counts] = column
        return Further(tuple(columns), self.rows)


def further_of(bound: BoundLoss, label: Array, prediction: Array) -> Further | None:
    """Return what a convention asks of rows beside their losses; None where it asks nothing."""
    if not isinstance(bound, Theirs):
        return None
    if bound.how.squash == "sigmoid_outside":
        outside = (prediction < 0.0) | (prediction > 1.0)
        rows = outside if outside.ndim == 1 else outside.any(axis=1)
        return Further((np.asarray(rows, dtype=np.float64),))
    how = bound.how.reduction
    if how is None:
        return None
    if how.kind == "mean_of_roots" and prediction.ndim == 2 and bound.layout is Layout.TOGETHER:
        return Further(tuple(bound.outputs(label, prediction)))
    return Further(rows=how.rows) if how.kind in _BATCHES else None


def is_plain(bound: BoundLoss, *, weighted: bool) -> bool:
    """Whether the cost is what the loss makes of the mean of the losses."""
    if not isinstance(bound, Theirs):
        return True
    how, weights = bound.how.reduction, bound.how.weights
    means = how is None or how.kind in ("mean", "sum_outputs", "mean_elements")
    return means and bound.how.sign != "negative" and not (weighted and weights not in (None, "sum"))


def cost_of(bound: BoundLoss, moments: Moments, aside: Aside | None) -> float:
    """Return the cost that the losses come to.

    Raises:
        LosscliError: where that depends on something that the rows have not.
    """
    if not isinstance(bound, Theirs):
        return bound.finish(moments.mean)
    if bound.how.squash == "sigmoid_outside" and aside is not None and moments.n:
        _refuse_inside(bound, aside)
    cost = _unsigned(bound, moments, aside)
    return 0.0 - cost if bound.how.sign == "negative" else cost


def _unsigned(bound: Theirs, moments: Moments, aside: Aside | None) -> float:
    how = bound.how.reduction or Reduction("mean")
    if how.kind == "sum":
        return moments.sum
    if how.kind in _BATCHES and moments.n:
        return finished(bound, _of_batches(how, moments, aside))
    if how.kind == "mean_of_roots" and aside is not None and aside.columns:
        costs = [finished(bound, _mean(bound, column)) for column in aside.columns]
        return sum(costs) / len(costs)
    return finished(bound, _mean(bound, moments))


def finished(bound: BoundLoss, mean: float) -> float:
    """Return the cost of a mean; NaN where it has none, such as a root of less than 0."""
    try:
        return bound.finish(mean)
    except ValueError:
        return float("nan")


def _refuse_inside(bound: Theirs, aside: Aside) -> None:
    if aside.columns and not aside.columns[0].first.mantissa:
        found = f"all scores are in [0, 1]: {bound.said} then takes them as they are"
        bare = replace(bound.said, overrides=Overrides(squash="none").over(bound.said.overrides))
        remedy = f"As they are: --as {bare}"
        raise UsageError("--as", found, "a score outside [0, 1]", remedy)


def _mean(bound: Theirs, moments: Moments) -> float:
    """Return Σ w·l over what the library divides by."""
    total = moments.sum
    if moments.weighted is None or bound.how.weights in (None, "sum", "none") or not np.isfinite(total):
        return moments.mean
    rows = moments.n if bound.how.weights == "n" else moments.weighted.rows
    return rounded(moments.first.read() / rows) if rows else moments.mean


def _of_batches(how: Reduction, moments: Moments, aside: Aside | None) -> float:
    """Return the mean of the means of batches: all but the last have so many rows."""
    total = moments.sum
    if not np.isfinite(total):
        return total
    full, rest = divmod(moments.n, how.rows)
    assert aside is not None
    assert aside.tail is not None
    last = ExactSum.of(aside.tail[len(aside.tail) - rest :]).read() if rest else Fraction(0)
    if how.kind == "drop_last":
        return rounded((moments.first.read() - last) / (full * how.rows)) if full else float("nan")
    means = (moments.first.read() - last) / how.rows + (last / rest if rest else 0)
    return rounded(means / (full + (rest > 0)))


def refusals(request: Request) -> Iterator[UsageError]:
    """Yield an error for each option that a request's conventions have no sense with."""
    for bound in request.loss:
        if not isinstance(bound, Theirs):
            continue
        how = bound.how
        batches = how.reduction is not None and how.reduction.kind in _BATCHES
        if request.weight is not None and (how.weights == "none" or batches):
            what = "the means of batches have" if batches else f"{bound.said} has"
            yield UsageError(
                "--as", f"{what} no weights for {bound.spec}", "rows without", "Leave out --weight."
            )
        if request.group and batches:
            yield UsageError("--as", "batches are of all rows", "rows without groups", "Leave out --group.")
        plain = is_plain(bound, weighted=request.weight is not None)
        if not plain and (request.level is not None or request.grounds):
            option = "--level" if request.level is not None else "--confidence"
            found = f"{bound.spec} as {bound.said} is not the mean of the losses"
            yield UsageError("--as", found, "a mean of losses", f"Leave out {option} or --as.")
        if request.reduction == "sum" and not plain:
            found = f"{bound.said} says itself what the losses come to"
            yield UsageError("--as", found, "the mean", "Leave out --reduction sum.")


def as_asked(
    text: str, losses: tuple[BoundLoss, ...]
) -> tuple[str, tuple[BoundLoss, ...], list[LosscliError]]:
    """Return what `--as` says in the one way to say it, the losses as it has them, and what is wrong."""
    found: list[BoundLoss] = []
    try:
        said = parse_as(text)
    except LosscliError as error:
        return "", losses, [error]
    wrong: list[LosscliError] = []
    for bound in losses:
        try:
            found.append(as_library(bound, said))
        except LosscliError as error:
            wrong.append(error)
    return str(said), losses if wrong else tuple(found), wrong
