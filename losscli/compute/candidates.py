"""What a number that somebody else reported may be: every convention that is tried, from one pass of sums.

Many conventions share the losses of their rows: those are summed once, exactly, and each candidate reads its
value from the sums.

    tried = candidates(bound, weighted=True, outputs=1)
    state = local.run(Tried(plan, tried), blocks)
    for one in tried.items:
        one.said, one.distance, one.value(state)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError
from losscli.compute.plan import Plan
from losscli.compute.reduced import finished
from losscli.compute.row_losses import RowLosses, measure
from losscli.compute.statistics.exact_sum import ExactSum, rounded
from losscli.conventions.library import calls_of
from losscli.conventions.overrides import Overrides, Reduction
from losscli.conventions.rows import scaled
from losscli.conventions.theirs import Asked, Theirs, as_library
from losscli.conventions.usual import deviations_of
from losscli.inputs.block import Block
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss

BATCHES = ("batch", "drop_last")
SCALES = ("factor", "base", "offset")
"""Overrides that act on the mean as they act on each loss."""
_OF_SUMS = ("reduction", "weights", "sign", *SCALES)
"""Overrides that change no loss of a row, but for two reductions that do."""
_OF_ROWS = ("sum_outputs", "mean_elements")
_ZERO = ExactSum.empty()


@dataclass(frozen=True, eq=False)
class Candidate:
    """One convention.

    Attributes:
        said: what `--as` says for it.
        library: its name; `losscli` for what is ours but for deviations.
        call: the call of the library that is meant; empty for ours.
        deviations: what was changed of the library's convention, as it is typed.
        distance: 0 for ours and for a library as it is, else how many deviations there are.
        bound: the loss as the convention has it.
        losses: the place of its losses in `Candidates.losses`.
    """

    said: str
    library: str
    call: str
    deviations: tuple[str, ...]
    bound: Theirs
    losses: int

    @property
    def distance(self) -> int:
        """How far it is from common use."""
        return len(self.deviations)

    @property
    def is_float32(self) -> bool:
        """Whether the library has something in float32, so that its number is known to 22 bits."""
        return self.bound.how.precision in ("float32", "labels32")

    @property
    def without_weights(self) -> bool:
        """Whether the number is that of a call without weights: the command leaves out `--weight`."""
        return self.bound.how.weights == "none"

    def value(self, sums: Tally) -> float:
        """Return the number that this convention gives; NaN where it gives none."""
        found = self._value(sums)
        return 0.0 - found if self.bound.how.sign == "negative" else found

    def _value(self, sums: Tally) -> float:
        own = sums.rows[self.losses]
        how, reduction = self.bound.how, self.bound.how.reduction or Reduction("mean")
        scale = _scale(self.bound)
        if not own.is_finite:
            return math.nan
        if reduction.kind == "sum":
            total = own.weighted if sums.is_weighted and not self.without_weights else own.plain
            mean = _divided(total.read(), 1)
            return scaled(replace(scale, offset=None), mean) + (scale.offset or 0.0) * sums.weight(
                how.weights
            )
        if reduction.kind in BATCHES:
            return finished(self.bound, scaled(scale, own.of_batches(reduction, sums.n)))
        if reduction.kind == "mean_of_roots" and own.outputs:
            each = [finished(self.bound, scaled(scale, sums.mean(one, how.weights))) for one in own.outputs]
            return sum(each) / len(each)
        return finished(self.bound, scaled(scale, sums.mean((own.plain, own.weighted), how.weights)))


@dataclass(frozen=True, eq=False)
class Candidates:
    """The conventions that are tried, and the losses that they share.

    Attributes:
        items: nearest to common use first.
        losses: a loss for each way to compute the rows.
        batch: how many rows the largest batch has.
        roots: the places of the losses whose outputs are summed apart.
    """

    items: tuple[Candidate, ...]
    losses: tuple[Theirs, ...]
    batch: int
    roots: frozenset[int]


def candidates(bound: BoundLoss, *, weighted: bool, outputs: int) -> Candidates:
    """Return all that is tried for a loss.

    Args:
        bound: the loss that was asked for, as losscli has it.
        weighted: whether there are weights.
        outputs: how many prediction columns there are.
    """
    made = _Made(bound)
    known = [
        Asked(None),
        *(
            Asked(library, entry.variant, (entry.since or "0") if entry.until else "")
            for library, entry in calls_of(bound.loss.name)
        ),
    ]
    single = tuple(deviations_of(bound, weighted=weighted, outputs=outputs))
    for said in known:
        made.add(said, ())
    for said in known:
        for one in single:
            if said.library is None or one.given().keys() <= {*_OF_SUMS}:
                made.add(said, (one,))
    for place, one in enumerate(single):
        for other in single[place + 1 :]:
            if not one.given().keys() & other.given().keys():
                made.add(known[0], (one, other))
    return made.candidates()


def _scale(bound: Theirs) -> Overrides:
    """Return what is done to the mean in place of each loss; in float32 each loss is rounded behind it."""
    given = bound.how.given()
    if bound.how.precision == "float32" and bound.entry is not None:
        given = bound.said.overrides.given()
    return Overrides(**{name: value for name, value in given.items() if name in SCALES})


class _Made:
    """Candidates as they are made; what has the same convention as an earlier one is left out."""

    def __init__(self, bound: BoundLoss) -> None:
        self._bound = bound
        self._items: list[Candidate] = []
        self._losses: dict[object, int] = {}
        self._of: list[Theirs] = []
        self._said: set[str] = set()
        self._bare: dict[Asked, Overrides] = {}

    def add(self, said: Asked, changes: Iterable[Overrides]) -> None:
        """Add a convention with changes, if the loss has it."""
        both = Overrides()
        for one in changes:
            both = one.over(both)
        whole = replace(said, overrides=both)
        try:
            found = as_library(self._bound, whole)
        except LosscliError:
            return
        assert isinstance(found, Theirs)
        if not changes:
            self._bare[said] = found.how
        elif found.how == self._bare.get(said):
            return
        text = str(whole)
        if text in self._said:
            return
        self._said.add(text)
        library = "losscli" if said.library is None else said.library.name
        call = "" if found.entry is None else found.entry.call
        self._items.append(Candidate(text, library, call, both.written(), found, self._place(found)))

    def _place(self, found: Theirs) -> int:
        """Return the place of the losses of a convention, those without what acts on their sums alone."""
        how = found.how
        reduction = how.reduction if how.reduction is not None and how.reduction.kind in _OF_ROWS else None
        scales = dict.fromkeys(_scale(found).given())
        kept = replace(how, reduction=reduction, weights=None, sign=None, **scales)
        key = (kept, tuple(found.parameters.items()))
        if key not in self._losses:
            self._losses[key] = len(self._of)
            self._of.append(replace(found, how=kept))
        return self._losses[key]

    def candidates(self) -> Candidates:
        """Return what was made."""
        reductions = [(one.losses, one.bound.how.reduction) for one in self._items]
        return Candidates(
            tuple(sorted(self._items, key=lambda one: one.distance)),
            tuple(self._of),
            max((how.rows for _, how in reductions if how is not None), default=0),
            frozenset(place for place, how in reductions if how is not None and how.kind == "mean_of_roots"),
        )


Pair = tuple[ExactSum, ExactSum]
"""Σ l and Σ w·l."""


@dataclass(frozen=True)
class RowSums:
    """The sums of one way to compute the rows.

    Attributes:
        plain: Σ l.
        weighted: Σ w·l; Σ l without weights.
        is_finite: whether all losses are.
        tail: the last losses, as many as the largest batch has but for one.
        outputs: Σ l and Σ w·l of each output, where they are summed apart.
    """

    plain: ExactSum = _ZERO
    weighted: ExactSum = _ZERO
    is_finite: bool = True
    tail: Array = field(default_factory=lambda: np.empty(0))
    outputs: tuple[Pair, ...] = ()

    def merge(self, other: RowSums, most: int) -> RowSums:
        """Return the sums of both; the rows of the other follow."""
        tail = np.concatenate([self.tail, other.tail])
        return RowSums(
            self.plain.merge(other.plain),
            self.weighted.merge(other.weighted),
            self.is_finite and other.is_finite,
            tail[max(0, len(tail) - most) :],
            tuple(
                (a.merge(c), b.merge(d)) for (a, b), (c, d) in zip(self.outputs, other.outputs, strict=True)
            )
            if self.outputs and other.outputs
            else self.outputs or other.outputs,
        )

    def of_batches(self, how: Reduction, n: int) -> float:
        """Return the mean of the means of batches; NaN where there is no whole batch."""
        full, rest = divmod(n, how.rows)
        last = ExactSum.of(self.tail[len(self.tail) - rest :]).read() if rest else Fraction(0)
        if how.kind == "drop_last":
            return _divided(self.plain.read() - last, full * how.rows)
        means = (self.plain.read() - last) / how.rows + (last / rest if rest else 0)
        return _divided(means, full + (rest > 0))


@dataclass(frozen=True)
class Tally:
    """What is known after some blocks; merged in the order of the rows.

    Attributes:
        n: how many rows count.
        weights: Σ w.
        nonzero: how many rows have a weight that is not 0.
        is_weighted: whether there are weights.
        rows: the sums of each of `Candidates.losses`.
        most: how many losses are kept for batches.
    """

    n: int
    weights: ExactSum
    nonzero: int
    is_weighted: bool
    rows: tuple[RowSums, ...]
    most: int

    def merge(self, other: Tally) -> Tally:
        """Return what is known after the rows of both; those of the other follow."""
        return Tally(
            self.n + other.n,
            self.weights.merge(other.weights),
            self.nonzero + other.nonzero,
            self.is_weighted or other.is_weighted,
            tuple(one.merge(two, self.most) for one, two in zip(self.rows, other.rows, strict=True)),
            self.most,
        )

    def mean(self, pair: Pair, weights: str | None) -> float:
        """Return the mean as the weights say; NaN without a row."""
        plain, weighted = pair
        if not self.is_weighted or weights == "none":
            return _divided(plain.read(), self.n)
        if weights in (None, "sum"):
            return _divided(weighted.read(), self._weight)
        return _divided(weighted.read(), self.n if weights == "n" else self.nonzero)

    def weight(self, weights: str | None) -> float:
        """Return what the rows of a sum weigh together."""
        return float(self.n) if not self.is_weighted or weights == "none" else float(self.weights)

    @cached_property
    def _weight(self) -> Fraction:
        return self.weights.read()


def _divided(total: Fraction, by: int | Fraction) -> float:
    return rounded(total / by) if by else math.nan


@dataclass(frozen=True)
class Tried:
    """The fold: the sums of all candidates. The plan has one loss, that which was asked for."""

    plan: Plan
    tried: Candidates

    def empty(self) -> Tally:
        """Return the state before the first row."""
        none = (RowSums(),) * len(self.tried.losses)
        return Tally(0, _ZERO, 0, False, none, max(0, self.tried.batch - 1))

    def rows(self, block: Block) -> tuple[RowLosses, ...]:
        """Return the losses that were asked for, which say which rows count.

        Raises:
            LosscliError: for a row outside the domain of the loss, unless the plan drops such rows.
        """
        return measure(self.plan, block)

    def of(self, block: Block, rows: tuple[RowLosses, ...], earlier: Tally | None = None) -> Tally:
        """Return the state of a block."""
        del earlier
        (measured,) = rows
        kept = block if measured.status is None else block.take(measured.status == 0)
        weight = kept.weight
        with np.errstate(all="ignore"):
            sums = tuple(self._sums(place, kept) for place in range(len(self.tried.losses)))
        return Tally(
            len(kept),
            ExactSum.of_integer(len(kept)) if weight is None else ExactSum.of(weight),
            len(kept) if weight is None else int(np.count_nonzero(weight)),
            weight is not None,
            sums,
            max(0, self.tried.batch - 1),
        )

    def _sums(self, place: int, block: Block) -> RowSums:
        bound = self.tried.losses[place]
        label, prediction = labels_and_predictions(bound, block)
        losses = bound.value(label, prediction)
        if not len(losses):
            return RowSums()
        finite = bool(np.isfinite(losses).all())
        if not finite:
            return RowSums(is_finite=False)
        outputs: tuple[Pair, ...] = ()
        if place in self.tried.roots and prediction.ndim == 2 and bound.layout is Layout.TOGETHER:
            outputs = tuple(_pair(one, block.weight) for one in bound.outputs(label, prediction))
        most = max(0, self.tried.batch - 1)
        tail = losses[max(0, len(losses) - most) :].copy()
        return RowSums(*_pair(losses, block.weight), True, tail, outputs)


def labels_and_predictions(bound: Theirs, block: Block) -> tuple[Array, Array]:
    """Return the columns of a block in the shape in which a loss reads them."""
    from losscli.compute.row_losses import as_read, hard_labels

    return as_read(bound, hard_labels(bound, block.label), block.prediction)


def _pair(losses: Array, weight: Array | None) -> Pair:
    plain = ExactSum.of(losses)
    return plain, plain if weight is None else ExactSum.of_products(weight, losses)


def all_values(tried: Candidates, sums: Tally) -> Iterator[tuple[Candidate, float]]:
    """Yield each candidate with the number that it gives."""
    for one in tried.items:
        yield one, one.value(sums)
