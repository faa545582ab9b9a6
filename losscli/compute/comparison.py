"""The fold of several models over the same samples: the losses of each, and of pairs beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from losscli.common.array import Array
from losscli.compute.evidence import Beside, Evidence
from losscli.compute.fold import SHOW, LossState, States, by_group, cuts
from losscli.compute.plan import Plan
from losscli.compute.row_losses import RowLosses, measure, row_by_row
from losscli.compute.statistics import quick_sums
from losscli.compute.statistics.clusters import Clusters, hashes
from losscli.compute.statistics.distribution import Distribution
from losscli.compute.statistics.error_free import difference
from losscli.compute.statistics.lags import Lags
from losscli.compute.statistics.moments import Moments
from losscli.compute.statistics.powers import Mixed, factors_of
from losscli.compute.statistics.replicates import DrawnBy, Method, Replicates, keys_of
from losscli.compute.statistics.worst import Worst
from losscli.inputs.block import COUNTS, DROPPED, IGNORED, Block

if TYPE_CHECKING:
    from losscli.compute.statistics.paired_counts import PairedCounts

OUTSIDE = 3
"""Beside `COUNTS`, `DROPPED` and `IGNORED`: a sample that the loss of one of the models is not about."""


@dataclass(frozen=True, slots=True)
class Samples:
    """The same samples with the predictions of several models: a block of each, in the same order."""

    blocks: tuple[Block, ...]

    def __len__(self) -> int:
        return len(self.blocks[0])

    def take(self, rows: Any) -> Samples:
        """Return the samples that a slice, a mask or positions choose."""
        return Samples(tuple(block.take(rows) for block in self.blocks))

    @property
    def first(self) -> Block:
        """Those of the first model: what the models have in common is the same in all."""
        return self.blocks[0]


@dataclass(frozen=True, slots=True)
class Counting:
    """The samples that count for one loss in all models, and the loss of each of them in each.

    Attributes:
        samples: those that count.
        losses: of each model, float64 `(rows,)`.
        dropped, ignored: how many samples are left out.
        clipped: of each model, how many of those that count were clipped.
        status: why samples do not count, among those that were given; None where all do.
    """

    samples: Samples
    losses: tuple[Array, ...]
    dropped: int = 0
    ignored: int = 0
    clipped: tuple[int, ...] = ()
    status: Array | None = None

    @staticmethod
    def of(samples: Samples, measured: tuple[RowLosses, ...]) -> Counting:
        """Choose the samples that count: a row that is bad in one model is bad for all."""
        status = together([one.status for one in measured])
        if status is not None:
            counts = status == COUNTS
            samples, measured = samples.take(counts), tuple(one.take(counts) for one in measured)
        return Counting(
            samples,
            tuple(one.value for one in measured),
            0 if status is None else int(np.count_nonzero(status == DROPPED)),
            0 if status is None else int(np.count_nonzero(status == IGNORED)),
            tuple(0 if one.clipped is None else int(np.count_nonzero(one.clipped)) for one in measured),
            status,
        )


def together(statuses: list[Array | None]) -> Array | None:
    """Return why samples do not count, uint8 `(rows,)`, given what each model says; None where all count."""
    known = [status for status in statuses if status is not None]
    if not known:
        return None
    status = known[0].copy()
    for other in known[1:]:
        # What is ignored is so in all of them; what is dropped in one is dropped in all.
        for reason in (OUTSIDE, DROPPED, IGNORED):
            status[(other == reason) & (status != IGNORED)] = reason
    return status


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of one loss of one model; a commutative monoid."""

    state: LossState[Distribution]
    evidence: Evidence

    def merge(self, other: Model) -> Model:
        """Return what is known after the rows of both."""
        return Model(self.state.merge(other.state), self.evidence.merge(other.evidence))


@dataclass(frozen=True, slots=True)
class PairOfModels:
    """What is known of a candidate beside a baseline; a monoid, commutative but for `lags`.

    Attributes:
        beside: counts and sums.
        gained, lost: the samples on which the candidate's loss is lower, and higher, by the most.
        lags: of the differences in the order of the samples.
        against: counts of samples by both losses, the baseline's first; None before the first row, in a
            group, and where nobody asks for it.
    """

    beside: Beside
    gained: Worst
    lost: Worst
    lags: Lags
    against: PairedCounts | None = None

    def merge(self, other: PairOfModels) -> PairOfModels:
        """Return what is known after the rows of both, the other's behind these."""
        against = other.against if self.against is None else self.against
        if self.against is not None and other.against is not None:
            against = self.against.merge(other.against)
        return PairOfModels(
            self.beside.merge(other.beside),
            self.gained.merge(other.gained),
            self.lost.merge(other.lost),
            self.lags.merge(other.lags),
            against,
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """What is known of one loss of all models.

    Attributes:
        models: each one.
        pairs: those that are compared.
        others: the products of those that are not, so that the models beside the best one are known.
        clusters: the sums by cluster of all models' losses; None without clusters.
        lags: of the losses of each model in the order of the samples; none where nobody asked.
        replicates: the differences of all pairs in each draw of a cross-check; None without one.
    """

    models: tuple[Model, ...]
    pairs: tuple[PairOfModels, ...]
    others: tuple[Beside, ...] = ()
    clusters: Clusters | None = None
    lags: tuple[Lags, ...] = ()
    replicates: Replicates | None = None

    def merge(self, other: Compared) -> Compared:
        """Return what is known after the rows of both, the other's behind these."""
        both, drawn = (self.clusters, other.clusters), (self.replicates, other.replicates)
        return Compared(
            tuple(mine.merge(its) for mine, its in zip(self.models, other.models, strict=True)),
            tuple(mine.merge(its) for mine, its in zip(self.pairs, other.pairs, strict=True)),
            tuple(mine.merge(its) for mine, its in zip(self.others, other.others, strict=True)),
            None if both[0] is None or both[1] is None else both[0].merge(both[1]),
            tuple(mine.merge(its) for mine, its in zip(self.lags, other.lags, strict=True)),
            None if drawn[0] is None or drawn[1] is None else drawn[0].merge(drawn[1]),
        )


ComparedStates = States[Compared]
"""What is known after some samples, of which those merged with it follow."""

Watch = Callable[[Samples, tuple[tuple[RowLosses, ...], ...]], None]
"""Gets some samples, and of each model every loss of every row."""


@dataclass(frozen=True)
class Comparing:
    """The fold of several models: what is computed of them and of pairs.

    Attributes:
        plans: of each model.
        pairs: the places of candidate and baseline of each pair.
        counts: whether weights say how often a sample was seen.
        mixed: whether sums for other forms than the plain difference are kept.
        spread: of which models the distribution of the losses is kept.
        worst: of which models the samples with the largest losses are kept.
        lag: over how many rows autocovariances go; 0 for what a note needs.
        moved: how many samples are kept that moved a difference the most, in each direction; None for all.
        check: what is drawn for a cross-check; None without one.
        seed: of its draws.
        against: of how many pairs, the first ones, samples are counted by both losses.
    """

    plans: tuple[Plan, ...]
    pairs: tuple[tuple[int, int], ...]
    counts: bool = False
    mixed: bool = False
    spread: frozenset[int] = frozenset()
    worst: frozenset[int] = frozenset()
    lag: int = 0
    moved: int | None = 10
    check: Method | None = None
    seed: int = 0
    against: int = 0

    @property
    def others(self) -> tuple[tuple[int, int], ...]:
        """The pairs that nobody asked for."""
        asked = {frozenset(pair) for pair in self.pairs}
        every = combinations(range(len(self.plans)), 2)
        return tuple((later, earlier) for earlier, later in every if {later, earlier} not in asked)

    def run(self, parts: Iterable[tuple[Block, ...]], watch: Watch | None = None) -> ComparedStates:
        """Fold all blocks, in their order; `watch` gets the samples, and of each model every loss.

        Raises:
            LosscliError: whatever reading the blocks raises, and for rows that a loss does not accept.
        """
        found: ComparedStates | None = None
        for blocks in parts:
            for rows in cuts(blocks[0]):
                samples = Samples(tuple(block.take(rows) for block in blocks))
                measured = self.measure(samples)
                if watch is not None:
                    watch(samples, measured)
                state = self.of(samples, found, measured)
                found = state if found is None else found.merge(state)
        return self.of(Samples(())) if found is None else found

    def of(
        self,
        samples: Samples,
        earlier: ComparedStates | None = None,
        measured: tuple[tuple[RowLosses, ...], ...] | None = None,
    ) -> ComparedStates:
        """Return the states of some samples.

        Args:
            samples: the rows of all models.
            earlier: the states that these are to be merged with.
            measured: what `measure` returned of them, where that is known.
        """
        losses = len(self.plans[0].losses)
        if not samples.blocks or not len(samples):
            return States((self._nothing(),) * losses)
        measured = self.measure(samples) if measured is None else measured
        counting = [Counting.of(samples, tuple(one[place] for one in measured)) for place in range(losses)]
        before: list[Any] = [None] * losses if earlier is None else list(earlier.losses)
        group = samples.first.group
        if group is None:
            whole = tuple(self._of_one(found, before[place]) for place, found in enumerate(counting))
            return States(tuple(map(self._counted, whole, counting, before)))
        groups = {}
        for name, places in by_group(group):
            part = samples.take(places)
            taken = [tuple(one[place].take(places) for one in measured) for place in range(losses)]
            groups[name] = tuple(self._of_one(Counting.of(part, one), None) for one in taken)
        overall = reduce(States.merge, map(States, groups.values())).losses
        # Neighbours of all samples are not those of a group.
        overall = tuple(self._in_order(one, found) for one, found in zip(overall, counting, strict=True))
        return States(tuple(map(self._counted, overall, counting, before)), groups)

    def measure(self, samples: Samples) -> tuple[tuple[RowLosses, ...], ...]:
        """Return of each model every loss of every row.

        Raises:
            LosscliError: for the first row outside the domain of a loss, of the first model in which it is,
                unless the plan drops such rows.
        """

        def work(part: Any) -> tuple[tuple[RowLosses, ...], ...]:
            return tuple(measure(plan, block) for plan, block in zip(self.plans, part.blocks, strict=True))

        return row_by_row(work, samples)  # type: ignore[arg-type]

    def _nothing(self) -> Compared:
        no_pair = PairOfModels(
            Beside(0, 0, 0, ()), Worst(self.moved), Worst(self.moved), Lags(max(1, self.lag))
        )
        model = Model(LossState(0, 0, 0, Moments.empty(), Distribution.empty()), Evidence(0, ()))
        return Compared((model,) * len(self.plans), (no_pair,) * len(self.pairs))

    def _of_one(self, found: Counting, earlier: Compared | None) -> Compared:
        """Return the state of one loss."""
        block = found.samples.first
        weight = block.weight
        losses, finite = found.losses, _finite(found.losses)
        weights, cluster = weight, block.cluster
        if finite is not None:
            losses = tuple(one[finite] for one in losses)
            weights = None if weight is None else weight[finite]
            cluster = None if cluster is None else cluster[finite]
        models = tuple(
            self._model(
                number, found, Evidence.of(losses[number], weights, None, counts=self.counts), earlier
            )
            for number in range(len(losses))
        )
        pairs = tuple(
            self._pair(number, found, losses, weights, earlier) for number in range(len(self.pairs))
        )
        clusters = None if cluster is None else Clusters.of(cluster, losses, weights)
        lags = tuple(Lags.of((one, np.zeros(0)), self.lag) for one in losses) if self.lag else ()
        factors = factors_of(weights, counts=self.counts)
        others = tuple(
            Beside(0, 0, 0, tuple(Mixed.of(losses[a], losses[b], one, cubes=False) for one in factors))
            for a, b in self.others
        )
        replicates = self._replicates(block, losses, finite)
        return Compared(models, pairs, others, clusters, lags, replicates)

    def _replicates(self, block: Block, losses: tuple[Array, ...], finite: Array | None) -> Replicates | None:
        """Return the differences in each draw: of clusters, of samples by their ids, or by their rows."""
        if self.check is None:
            return None
        by: DrawnBy = "row" if block.id is None else "id"
        keys = block.row.astype(np.uint64) if block.id is None else keys_of(block.id)
        if block.cluster is not None:
            by, keys = "cluster", hashes(block.cluster)
        keys = keys if finite is None else keys[finite]
        differences = [difference(losses[candidate], losses[baseline]) for candidate, baseline in self.pairs]
        return Replicates.of(self.check, keys, differences, self.seed, by)

    def _model(self, number: int, found: Counting, evidence: Evidence, earlier: Compared | None) -> Model:
        block, value = found.samples.blocks[number], found.losses[number]
        worst = None
        if number in self.worst:
            floor = None if earlier is None else earlier.models[number].state.floor
            ids: dict[str, Any] = {} if block.id is None else {"id": block.id}
            shown = {f"{SHOW}{title}": column for title, column in block.shown.items()}
            worst = Worst.of(
                self.plans[number].top,
                value,
                block.row,
                floor=floor,
                label=block.label,
                prediction=block.prediction,
                **ids,
                **shown,
            )
        # The evidence is of the rows that are finite in all models; a cost is of all rows of its own.
        all_there = block.weight is None and evidence.rows == len(value)
        known = (evidence.powers[0].first, evidence.powers[0].second) if all_there else None
        state = LossState(
            found.dropped,
            found.ignored,
            found.clipped[number],
            Moments.of(value, block.weight, known),
            Distribution.of(value) if number in self.spread else Distribution.empty(),
            worst,
        )
        return Model(state, evidence)

    def _pair(
        self,
        number: int,
        found: Counting,
        finite: tuple[Array, ...],
        weights: Array | None,
        earlier: Compared | None,
    ) -> PairOfModels:
        candidate, baseline = self.pairs[number]
        a, b = finite[candidate], finite[baseline]
        mixed, lags = self._sums(a, b, weights)
        before = None if earlier is None else earlier.pairs[number]
        repeated = found.samples.first.weight if self.counts else None
        return PairOfModels(
            Beside(*_counts(found.losses[candidate], found.losses[baseline], repeated), mixed),
            self._moved(found, candidate, baseline, -1.0, None if before is None else before.gained),
            self._moved(found, candidate, baseline, 1.0, None if before is None else before.lost),
            lags,
        )

    def _sums(self, a: Array, b: Array, weights: Array | None) -> tuple[tuple[Mixed, ...], Lags]:
        """Return the sums of a pair, and the products of neighbouring differences."""
        quick = quick_sums.pair(a, b) if weights is None and not self.mixed and not self.lag else None
        if quick is not None:
            ends = (np.array([[end], [0.0]]) for end in (quick.first, quick.last))
            return (Mixed(quick.joint, quick.cubes),), Lags(1, len(a), (quick.neighbours,), *ends)
        factors = factors_of(weights, counts=self.counts)
        high, low = difference(a, b)
        return (
            tuple(Mixed.of(a, b, factor, all_=self.mixed) for factor in factors),
            Lags.of((high, low) if self.lag else (high, np.zeros(0)), max(1, self.lag)),
        )

    def _moved(
        self, found: Counting, candidate: int, baseline: int, sign: float, before: Worst | None
    ) -> Worst:
        """Return the samples that moved the difference the most in one direction."""
        block = found.samples.first
        a, b = found.losses[candidate], found.losses[baseline]
        with np.errstate(invalid="ignore", over="ignore"):
            size = sign * (a - b)
            if block.weight is not None:
                size *= block.weight
        floor = None if before is None else before.floor
        # Of equal ones the earlier row is kept.
        places = np.flatnonzero(size > 0.0 if floor is None else size >= floor.loss)
        ids: dict[str, Any] = {} if block.id is None else {"id": block.id[places]}
        shown = {f"{SHOW}{title}": column[places] for title, column in block.shown.items()}
        return Worst.of(
            self.moved,
            size[places],
            block.row[places],
            floor=floor,
            label=block.label[places],
            candidate=a[places],
            baseline=b[places],
            **ids,
            **shown,
        )

    def _in_order(self, one: Compared, found: Counting) -> Compared:
        """Return a state with the neighbours of samples in their own order."""
        finite = _finite(found.losses)
        losses = found.losses if finite is None else tuple(values[finite] for values in found.losses)
        pairs = []
        for pair, (candidate, baseline) in zip(one.pairs, self.pairs, strict=True):
            high, low = difference(losses[candidate], losses[baseline])
            numbers = (high, low) if self.lag else (high, np.zeros(0))
            pairs.append(replace(pair, lags=Lags.of(numbers, max(1, self.lag))))
        lags = tuple(Lags.of((values, np.zeros(0)), self.lag) for values in losses) if self.lag else ()
        return replace(one, pairs=tuple(pairs), lags=lags)

    def _counted(self, one: Compared, found: Counting, earlier: Compared | None) -> Compared:
        """Return a state with the counts of samples by both losses of the pairs that are asked for."""
        if not self.against:
            return one
        from losscli.compute.statistics.paired_counts import PairedCounts

        pairs = list(one.pairs)
        for number, (candidate, baseline) in enumerate(self.pairs[: self.against]):
            before = None if earlier is None else earlier.pairs[number].against
            counts = PairedCounts.of(found.losses[baseline], found.losses[candidate], before)
            pairs[number] = replace(pairs[number], against=counts)
        return replace(one, pairs=tuple(pairs))


def _counts(a: Array, b: Array, repeated: Array | None) -> tuple[int, int, int]:
    """Return how many of `a` are lower, higher and the same, each as often as it is repeated."""
    lower, higher = a < b, a > b
    if repeated is None:
        counts = int(np.count_nonzero(lower)), int(np.count_nonzero(higher))
        return *counts, len(a) - sum(counts)
    equal = ~(lower | higher)
    return int(repeated[lower].sum()), int(repeated[higher].sum()), int(repeated[equal].sum())


def _finite(losses: tuple[Array, ...]) -> Array | None:
    """Return the mask of the rows whose losses are finite in all models; None where all are."""
    with np.errstate(all="ignore"):
        if all(np.isfinite(one.sum()) for one in losses):
            return None
    return np.asarray(np.logical_and.reduce([np.isfinite(one) for one in losses]))
