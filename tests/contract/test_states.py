"""Every state is a commutative monoid to the last bit: what it reads depends on its rows alone.

A state that decides anything for a block, and not for each of its rows, fails here. States are found by
their `merge`; each has a case, drawn rows and how they become a state, so that a new one asks for its own.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import random
from collections.abc import Callable, Iterator
from dataclasses import astuple, replace
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest
from helpers.blocks import HOSTILE, KINDS, blocks_of, numbers, plans, show_kind
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import losscli
from losscli.analyses.evaluate import in_parts, portrayed, run, sliced
from losscli.analyses.evaluate.states.made import made_of
from losscli.analyses.evaluate.states.state import State
from losscli.analyses.evaluate.states.text import text_of
from losscli.analyses.evaluate.summary import summarise as evaluated
from losscli.analyses.fit.collect import Collected, Collecting
from losscli.analyses.fit.correction import link_for
from losscli.analyses.gradient.state import Gradients
from losscli.analyses.gradient.summary import summarise as differentiated
from losscli.analyses.page.probabilities import Calibrated, Confusion
from losscli.analyses.recommend import survey
from losscli.analyses.recommend.survey import Kept, Look, Refusal, Spread, look
from losscli.analyses.reconcile.run import Both
from losscli.common.errors import LosscliError
from losscli.compute import comparison
from losscli.compute.candidates import RowSums, Tally
from losscli.compute.evidence import Beside, Evidence
from losscli.compute.fold import Losses, LossState, Mergeable, States
from losscli.compute.plan import Plan
from losscli.compute.reduced import Aside
from losscli.compute.statistics import distribution as histogram
from losscli.compute.statistics import gradients, paired_counts
from losscli.compute.statistics.clusters import Clusters
from losscli.compute.statistics.distribution import Distribution
from losscli.compute.statistics.drawn import Drawn
from losscli.compute.statistics.exact_sum import ExactSum
from losscli.compute.statistics.gradients import Column, Pull
from losscli.compute.statistics.lags import Lags
from losscli.compute.statistics.moments import Moments, Weighted
from losscli.compute.statistics.paired_counts import PairedCounts
from losscli.compute.statistics.powers import Mixed, Powers, factors_of
from losscli.compute.statistics.replicates import Replicates
from losscli.compute.statistics.worst import Worst
from losscli.inputs.across import Across
from losscli.inputs.block import Block
from losscli.inputs.columns.doubts import Excess
from losscli.inputs.provenance import Fingerprint, Input, Provenance
from losscli.inputs.request import Request
from losscli.loss.registry import find
from losscli.loss.spec import bind

some = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
few = settings(some, max_examples=8)
PROVENANCE = Provenance("0", Input("p.csv", 0), Input("l.csv", 0), "position", classes=tuple("abcd"))
WEIGHTS = st.sampled_from((0.0, 0.5, 1.0, 3.0, 1e300, 1e-300, 5e-324)) | st.floats(0, 9)
OVERFLOWING = st.sampled_from((*HOSTILE, np.inf, -np.inf))


class Case(NamedTuple):
    """Rows, how they become a state, and what it reads, compared by its `repr`.

    `rows` has a length and `take`; `empty` is the state of no rows, None where there is none.
    """

    rows: Any
    of: Callable[[Any], Any]
    read: Callable[[Any], object]
    empty: Any = None


class Table:
    """Arrays of one length."""

    def __init__(self, *columns):
        self.columns = columns

    def __len__(self):
        return len(self.columns[0])

    def __iter__(self):
        return iter(self.columns)

    def take(self, rows):
        return Table(*(None if column is None else column[rows] for column in self.columns))


CASES: dict[type, dict[str, st.SearchStrategy[Case]]] = {}


def case(state: type, kinds: tuple[Any, ...] = (None,)) -> Callable[..., Any]:
    """Register how a case is drawn, for each kind of losses if the state is to be held on every one."""

    def register(made: Callable[..., Case]) -> Callable[..., Case]:
        drawn, name = st.composite(made), state.__name__
        CASES[state] = {
            name if kind is None else f"{name}-{show_kind(kind)}": drawn() if kind is None else drawn(kind)
            for kind in kinds
        }
        return made

    return register


def column(draw, rows, elements):
    """Return numbers, all different or all the same."""
    drawn = draw(st.lists(elements, min_size=rows, max_size=rows) | elements.map(lambda one: [one] * rows))
    return np.array(drawn, dtype=np.float64)


def weights(draw, rows):
    if draw(st.booleans()):
        return None
    return column(draw, rows, WEIGHTS)


def length(draw):
    return draw(st.integers(1, 12) | st.sampled_from((60, 90)))


def listed(arrays):
    return [array.tolist() for array in arrays]


@case(ExactSum)
def _(draw):
    rows = length(draw)
    table = Table(column(draw, rows, numbers), column(draw, rows, numbers))
    of = draw(
        st.sampled_from(
            (
                lambda part: ExactSum.of(part.columns[0]),
                lambda part: ExactSum.of_products(*part),
                lambda part: ExactSum.of_squares(part.columns[0]),
            )
        )
    )
    return Case(table, of, lambda found: (found, float(found)), ExactSum.empty())


@case(Moments)
def _(draw):
    rows = length(draw)
    table = Table(column(draw, rows, OVERFLOWING | st.floats()), weights(draw, rows))

    def read(found):
        names = ("n", "weight_sum", "sum", "mean", "std", "standard_error", "min", "max")
        return found, [getattr(found, name) for name in names]

    return Case(table, lambda part: Moments.of(*part), read, Moments.empty())


@case(Weighted)
def _(draw):
    rows = length(draw)
    table = Table(column(draw, rows, st.sampled_from(HOSTILE)), column(draw, rows, WEIGHTS))
    return Case(table, lambda part: Weighted.of(*part), lambda found: found, Weighted())


def clusters_of(draw, rows):
    names = draw(st.lists(st.sampled_from((b"a", b"b", b"user 17", b"x" * 9)), min_size=rows, max_size=rows))
    return np.array(names, dtype="S16")


def losses_and_weights(draw, models=1):
    rows = length(draw)
    losses = [column(draw, rows, st.sampled_from(HOSTILE) | st.floats(-9, 9)) / 4 for _ in range(models)]
    return Table(*losses, weights(draw, rows))


@case(Powers)
def _(draw):
    table, place = losses_and_weights(draw), draw(st.integers(0, 2))

    def of(part):
        losses, weight = part
        factors = factors_of(weight, counts=False)
        return Powers.of(losses, factors[place % len(factors)])

    return Case(table, of, lambda found: found, Powers())


@case(Mixed)
def _(draw):
    table, place = losses_and_weights(draw, 2), draw(st.integers(0, 2))

    def of(part):
        a, b, weight = part
        factors = factors_of(weight, counts=False)
        return Mixed.of(a, b, factors[place % len(factors)], all_=True)

    return Case(table, of, lambda found: found, Mixed.of(np.zeros(0), np.zeros(0), all_=True))


@case(Beside)
def _(draw):
    table = losses_and_weights(draw, 2)

    def of(part):
        a, b, weight = part
        mixed = tuple(Mixed.of(a, b, factor) for factor in factors_of(weight, counts=False))
        return Beside(*(int(mask.sum()) for mask in (a < b, a > b, a == b)), mixed)

    return Case(table, of, lambda found: found)


@case(Clusters)
def _(draw):
    table = losses_and_weights(draw, 2)
    table = Table(*table, clusters_of(draw, len(table)))

    def of(part):
        a, b, weight, cluster = part
        return Clusters.of(cluster, (a, b), weight)

    def read(found):
        return found.names.tolist(), found.exact() if len(found) else []

    return Case(table, of, read, Clusters())


@case(Evidence)
def _(draw):
    table, counts = losses_and_weights(draw), draw(st.booleans())
    table = Table(*table, clusters_of(draw, len(table)) if draw(st.booleans()) else None)

    def of(part):
        losses, weight, cluster = part
        return Evidence.of(losses, weight, cluster, counts=counts)

    def read(found):
        clusters = found.clusters.exact() if found.clusters is not None and len(found.clusters) else None
        return found.rows, found.powers, clusters, found.estimate()

    return Case(table, of, read)


@case(histogram.Counts)
def _(draw):
    positive = st.sampled_from([abs(number) for number in HOSTILE if number]) | st.floats(5e-324)
    table = Table(column(draw, length(draw), positive))
    return Case(
        table,
        lambda part: histogram.Counts.of(*part),
        lambda found: listed(found.read()),
        histogram.NO_COUNTS,
    )


@case(histogram.Histogram)
def _(draw):
    table = Table(column(draw, length(draw), OVERFLOWING))
    return Case(
        table,
        lambda part: histogram.Histogram.of(*part),
        lambda found: (listed(found.read()), found.zeros, found.below_zero, found.above_zero),
        histogram.Histogram(),
    )


@case(Distribution)
def _(draw):
    rows = length(draw)
    table = Table(column(draw, rows, OVERFLOWING | st.floats()))
    factor = draw(st.sampled_from((1.0, 0.3, 1e-300)))

    def read(found):
        top = found.ordered().largest(rows // 3)
        parts = (found.n, found.exact, found.quantiles((0.0, 0.3, 0.5, 0.95, 1.0)), found.picture(7, factor))
        # Which of 0 and −0 comes first is all the same to whoever sums them up.
        return parts, float(ExactSum.of_products(np.nan_to_num(top[0]), top[1].astype(float)))

    return Case(table, lambda part: Distribution.of(*part), read, Distribution.empty())


@case(PairedCounts)
def _(draw):
    rows = length(draw)
    table = Table(*(column(draw, rows, OVERFLOWING) for _ in range(2)))

    def read(found):
        return found.level, listed((found.x, found.y, found.sign, found.counts))

    return Case(table, lambda part: PairedCounts.of(*part), read, PairedCounts())


@case(Worst)
def _(draw):
    rows, k = length(draw), draw(st.sampled_from((None, 0, 1, 3, 30)))
    losses = column(draw, rows, OVERFLOWING)
    texts = np.array(draw(st.lists(st.binary(max_size=12), min_size=rows, max_size=rows)))
    table = Table(losses, np.array(draw(st.permutations(range(rows)))), texts, np.stack([losses] * 2, axis=1))

    def of(part):
        losses, row, text, pair = part
        return Worst.of(k, losses, row, text=text, pair=pair)

    def read(found):
        rows = found.read()
        return rows.losses.tolist(), rows.row.tolist(), listed(rows.columns.values())

    return Case(table, of, read, Worst.empty(k))


@case(Column)
def _(draw):
    rows = length(draw)
    table = Table(column(draw, rows, OVERFLOWING), weights(draw, rows))
    return Case(table, lambda part: gradients._column(*part), lambda found: found, Column())


@case(Pull)
def _(draw):
    rows, several = length(draw), draw(st.sampled_from((1, 1, 2, 9)))
    entries = np.stack([column(draw, rows, OVERFLOWING) for _ in range(several)], axis=1)
    gradient = entries[:, 0] if several == 1 else entries
    gradient = np.asfortranarray(gradient) if draw(st.booleans()) else gradient
    table = Table(gradient, weights(draw, rows))

    def read(found):
        sizes = found.sizes.quantiles((0.0, 0.5, 1.0))
        means = [found.means(factor) for factor in (Fraction(1), Fraction(-1, 3))]
        shares = found.top_share(Fraction(1, 4)), found.top_count(Fraction(1, 4))
        counted = found.n, found.largest, found.zeros, found.infinite
        return found.columns, found.squares, found.total, sizes, means, found.norm(), shares, counted

    return Case(table, lambda part: Pull.of(*part), read, Pull.empty())


@case(Spread)
def _(draw):
    rows = length(draw)
    table = Table(np.stack([column(draw, rows, OVERFLOWING | st.floats()) for _ in range(2)], axis=1))
    return Case(table, lambda part: Spread.of(*part), astuple, Spread())


def of_kind(draw, kind=None, **changes):
    """Return a plan of losses of one kind, and a block with rows that they refuse among others."""
    plan = draw(plans(kind or draw(st.sampled_from(list(KINDS))), **changes))
    return plan, draw(blocks_of(plan.losses, max_rows=draw(st.sampled_from((6, 12)))))


def without_errors(block, of):
    """Return the rows of which a state can be made: a NaN is refused even where bad rows are dropped."""
    fine = [_works(of, block.take(slice(row, row + 1))) for row in range(len(block))]
    assume(any(fine))
    return block.take(np.array(fine))


def _works(of, rows):
    try:
        of(rows)
    except LosscliError:
        return False
    return True


@case(Kept)
def _(draw):
    _, block = of_kind(draw)
    return Case(block, Kept.of, lambda found: listed(astuple(found.in_order())))


@case(Refusal)
def _(draw):
    plan, block = of_kind(draw)
    bound = plan.losses[0]

    def of(rows):
        return look(plan, (bound,), rows).refused[bound.spec]

    refused = [
        bool(look(plan, (bound,), block.take(slice(row, row + 1))).refused) for row in range(len(block))
    ]
    assume(any(refused))
    return Case(block.take(np.array(refused)), of, read_refusal)


def read_refusal(found):
    return found.count, found.row, str(found.error)


@case(Look, tuple(KINDS))
def _(draw, kind):
    plan, block = of_kind(draw, kind)

    def read(found):
        refused = {spec: read_refusal(found.refused[spec]) for spec in sorted(found.refused)}
        kept = None if found.kept is None else listed(astuple(found.kept.in_order()))
        names = ("n", "left_out", "label", "prediction", "sums", "exp_sums", "label_sums", "soft", "right")
        counted = sorted(found.counted)
        figures = [getattr(found, name) for name in names]
        return figures, sorted(found.classes.items()), refused, counted, kept

    return Case(block, lambda rows: look(plan, plan.losses, rows), read, Look())


def folding(fold):
    """Return the function that makes a state of a block."""
    return lambda rows: fold.of(rows, fold.rows(rows))


def evaluating(draw, kind=None):
    plan, block = of_kind(draw, kind, drop=True)
    if draw(st.booleans()):
        counts = draw(st.booleans()) and (block.weight is None or bool((block.weight % 1.0 == 0.0).all()))
        plan = replace(plan, level=0.9, evidence=True, counts=counts)
        if draw(st.booleans()):
            block = replace(block, cluster=clusters_of(draw, len(block)))
    of = folding(Losses(plan))
    return Case(
        without_errors(block, of),
        of,
        lambda found: evaluated(plan, found, PROVENANCE),
        Losses(plan).empty(),
    )


def differentiating(draw, kind=None):
    plan, block = of_kind(draw, kind, drop=True, slopes=True)
    of_what, weigh = draw(st.sampled_from((("loss", False), ("cost", True))))

    of = folding(Gradients(plan, weigh))
    return Case(
        without_errors(block, of),
        of,
        lambda found: differentiated(plan, found, PROVENANCE, of_what),
        Gradients(plan, weigh).empty(),
    )


def first(case):
    """Return the case of the state of the first loss alone."""
    return Case(
        case.rows,
        lambda rows: case.of(rows).losses[0],
        lambda found: case.read(States((found, *case.empty.losses[1:]))),
        case.empty.losses[0],
    )


@case(States, tuple(KINDS))
def _(draw, kind):
    return draw(st.sampled_from((evaluating, differentiating)))(draw, kind)


case(LossState)(lambda draw: first(draw(st.sampled_from((evaluating, differentiating)))(draw)))


@case(Collected)
def _(draw):
    plan = Plan((bind(find("huber"), {}),), "p.csv", "l.csv", drop=True)
    fold = Collecting(plan, link_for(plan.losses[0]))
    of = folding(fold)

    def read(found):
        figures = evaluated(plan, found.costs, PROVENANCE)
        return figures, found.held_bytes, found.samples() if found.parts else None

    return Case(without_errors(draw(blocks_of(plan.losses)), of), of, read, fold.empty())


@case(Excess)
def _(draw):
    rows = length(draw)
    alike, *all_so = (
        draw(st.lists(st.booleans(), min_size=count, max_size=count)) for count in (3 * rows, rows, rows)
    )
    table = Table(np.array(alike).reshape(rows, 3), *map(np.array, all_so))

    def of(part):
        columns = tuple(np.flatnonzero(part.columns[0].all(axis=0)).tolist())
        return Excess(columns, bool(part.columns[1].all()), bool(part.columns[2].all()))

    return Case(table, of, lambda found: found, Excess((0, 1, 2)))


@case(State)
def _(draw):
    numbers_of_parts = Table(np.arange(draw(st.integers(1, 5))))
    top, grouped = draw(st.sampled_from((0, 2, None))), draw(st.booleans())
    states = [
        one_state(number, column(draw, 4, st.sampled_from((0.0, 1.0, 2.5, 1e300))), top, grouped)
        for number in numbers_of_parts.columns[0].tolist()
    ]
    return Case(
        numbers_of_parts,
        lambda rows: reduce(State.merge, [states[number] for number in rows.columns[0].tolist()]),
        text_of,
    )


def one_state(number, losses, top, grouped):
    """Return the state of a part whose predictions are the losses, and whose labels are 0."""
    rows = np.arange(1, len(losses) + 1)
    group = np.array([b"a", b"a", b"b", str(number).encode()]) if grouped else None
    block = Block(rows, rows, np.zeros(len(rows)), losses, group=group)
    plan = Plan((bind(find("mae"), {}),), "p.csv", "p.csv", top=top)
    fold = Losses(plan)
    source = Input(f"{number % 3}.csv", len(rows), Fingerprint(1, f"{number:064x}"))
    read = replace(PROVENANCE, predictions=source, labels=source, group=("g",) if grouped else ())
    request = Request("p.csv", loss=plan.losses, group=read.group, top=top)
    return made_of(request, plan, fold.of(block, fold.rows(block)), read, Across())


def modules() -> Iterator[Any]:
    for module in pkgutil.walk_packages(losscli.__path__, "losscli."):
        if not module.name.endswith("__main__"):
            yield importlib.import_module(module.name)


IN_ORDER = {
    Lags,
    comparison.Model,
    comparison.PairOfModels,
    comparison.Compared,
    Replicates,
}
"""States that depend on the order of rows, what they are made of, and of draws: their own tests have them."""
OF_OTHERS = {
    *(Both, RowSums, Tally, Aside),
    *(Drawn, portrayed.Counted, Calibrated, Confusion, sliced.Kept, in_parts.Piece, in_parts.Sight),
}
"""Those of other libraries' numbers and of pages: their own tests have them."""
OF_CHECKS = "losscli.analyses.doctor."
"""Where those are that `test_checks.py` holds to the same."""


def test_no_state_is_without_a_case():
    found = {
        one
        for module in modules()
        for one in vars(module).values()
        if inspect.isclass(one) and one.__module__ == module.__name__ and "merge" in vars(one)
    }
    found = {one for one in found if not one.__module__.startswith(OF_CHECKS)}
    assert found - {Mergeable, run.Seen} == set(CASES) | IN_ORDER | OF_OTHERS


@pytest.fixture(autouse=True)
def _soon_a_histogram(monkeypatch):
    """Let few rows be too many: to be kept one by one, to wait, to be sampled all."""
    monkeypatch.setattr(histogram, "EXACT_UP_TO", 9)
    monkeypatch.setattr(histogram, "PENDING", 4)
    monkeypatch.setattr(histogram, "LONG", 3)
    monkeypatch.setattr(paired_counts, "MOST", 5)
    monkeypatch.setattr(survey, "SAMPLE_ROWS", 4)
    monkeypatch.setattr(survey, "FEWEST", 3)


def outcome(work):
    """Return what is read, to the last bit, or how a number is refused."""
    try:
        return repr(work())
    except LosscliError as error:
        return str(error)
    except ValueError as error:
        if str(error) not in ("a loss is NaN", "a gradient is NaN"):
            raise
        return str(error)


def dealt(case, chance):
    """Return the rows in parts: runs of rows, or dealt at random."""
    count = len(case.rows)
    hand = [chance.randrange(1 + chance.randrange(count)) for _ in range(count)]
    hand = sorted(hand) if chance.random() < 0.5 else hand
    return [case.rows.take(np.flatnonzero(np.array(hand) == one)) for one in sorted(set(hand))]


def merged(case, parts, chance):
    """Return the state of all parts, merged pair by pair in any order, with empty ones among them."""
    states = [case.of(part) for part in parts]
    if case.empty is not None:
        states += [case.empty] * chance.randrange(3)
    chance.shuffle(states)
    while len(states) > 1:
        at = chance.randrange(len(states) - 1)
        states[at : at + 2] = [states[at].merge(states[at + 1])]
    return states[0]


every_case = pytest.mark.parametrize(
    ("state", "cases"),
    [pytest.param(state, one, id=name) for state, named in CASES.items() for name, one in named.items()],
)


@every_case
@some
@given(data=st.data())
def test_what_a_state_reads_depends_on_rows_alone(state, cases, data):
    del state
    drawn, chance = data.draw(cases, label="case"), random.Random(data.draw(st.integers(0, 2**16)))
    whole = outcome(lambda: drawn.read(drawn.of(drawn.rows)))
    alone = [drawn.rows.take(slice(row, row + 1)) for row in range(len(drawn.rows))]
    for parts in (alone, alone[::-1], dealt(drawn, chance), dealt(drawn, chance)):
        found = outcome(lambda parts=parts: drawn.read(merged(drawn, parts, chance)))
        assert found == whole


@every_case
@few
@given(data=st.data())
def test_merging_keeps_the_kind_and_changes_neither_side(state, cases, data):
    drawn = data.draw(cases, label="case")
    try:
        one, other = drawn.of(drawn.rows), drawn.of(drawn.rows.take(slice(1)))
    except ValueError:
        assume(False)
    before = outcome(lambda: drawn.read(one)), outcome(lambda: drawn.read(other))
    assert type(one.merge(other)) is state
    assert (outcome(lambda: drawn.read(one)), outcome(lambda: drawn.read(other))) == before
    if drawn.empty is not None:
        for found in (drawn.empty.merge(one), one.merge(drawn.empty)):
            assert outcome(lambda found=found: drawn.read(found)) == before[0]


@pytest.mark.parametrize("kind", KINDS, ids=show_kind)
@some
@given(data=st.data())
def test_every_block_tells_of_the_first_bad_row(kind, data):
    plan = data.draw(plans(kind, drop=data.draw(st.booleans())), label="plan")
    block = data.draw(blocks_of(plan.losses), label="block")
    chance = random.Random(data.draw(st.integers(0, 2**16)))
    works = [Losses(plan).rows]
    if block.prediction.dtype == np.float64:
        works.append(Gradients(plan, weigh=False).rows)
    for work in works:
        wanted = first_error(work, block, range(1, len(block)))
        for _ in range(3):
            cuts = sorted(chance.choices(range(1, len(block) + 1), k=chance.randrange(3)))
            assert first_error(work, block, cuts) == wanted


def first_error(work, block, cuts):
    edges = sorted({0, *cuts, len(block)})
    for start, stop in pairwise(edges):
        try:
            work(block.take(slice(start, stop)))
        except LosscliError as error:
            return str(error)
    return None
