"""The main job: a request to a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol, Self

from losscli.analyses.evaluate.report import Report
from losscli.analyses.evaluate.states.made import made_of
from losscli.analyses.evaluate.states.state import State
from losscli.analyses.evaluate.summary import summarise
from losscli.analyses.report import refuse_nothing
from losscli.compute.engines import Engine, local
from losscli.compute.fold import Losses, LossStates
from losscli.compute.plan import Plan, plan_of
from losscli.compute.row_losses import RowLosses
from losscli.inputs.block import Block
from losscli.inputs.provenance import Provenance
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request

Sink = Callable[[Plan, Block, tuple[RowLosses, ...]], None]
Keep = Callable[[State], None]


class Onlooker(Protocol):
    """Sees the samples of a run in the same pass, and has something to say in its report."""

    def begin(self, reading: Reading, plan: Plan) -> None:
        """Get ready for the first row, perhaps once more."""

    def __call__(self, plan: Plan, block: Block, rows: tuple[RowLosses, ...], /) -> None:
        """See the next rows and their losses, as a sink does."""

    def told(self, report: Report, provenance: Provenance, state: LossStates, /) -> Report:
        """Return the report of the run with what there is to say, given what it folded."""


class Seen(Protocol):
    """What an onlooker knows after some rows: a commutative monoid under `merge`, which can be sent."""

    def merge(self, other: Self, /) -> Self:
        """Return what is known after the rows of both."""

    def in_whole(self, classes: Sequence[int], /) -> Self:
        """Return the same where classes, numbered as they came up in a part, have these numbers."""


class OnlookerOfParts(Onlooker, Protocol):
    """An onlooker of which each part of a run may have one of its own, before it begins.

    Attributes:
        seen: what it knows, once it has begun; where there are several, all of them together is given to one.
    """

    seen: Any

    def needs_numbers(self, reading: Reading, /) -> bool:
        """Whether it has to know the number that a row has among all rows of all files."""


def evaluate(
    request: Request,
    *,
    engine: Engine = local,
    sink: Sink | None = None,
    observe: Observer | None = None,
    keep: Keep | None = None,
    onlookers: Sequence[Onlooker] = (),
) -> Report:
    """Compute what is asked for.

    Args:
        request: the inputs, the losses, and how to treat them.
        engine: who folds the blocks.
        sink: gets every block with the losses of its rows, in order.
        observe: is told how far the work is, block by block.
        keep: gets the state, to be merged with those of other runs; the request is `mergeable`.
        onlookers: see every block beside the run, and add to the report.

    Raises:
        LosscliError: for inputs that cannot be read or paired, cells and rows that a loss does not
            accept, and when no row is left.
    """
    with Reading(request) as reading:
        return of_opened(reading, engine=engine, sink=sink, observe=observe, keep=keep, onlookers=onlookers)


def of_opened(
    reading: Reading,
    *,
    engine: Engine = local,
    sink: Sink | None = None,
    observe: Observer | None = None,
    keep: Keep | None = None,
    onlookers: Sequence[Onlooker] = (),
) -> Report:
    """Compute what inputs were opened for; see `evaluate`."""
    plan = plan_of(reading)
    for onlooker in onlookers:
        onlooker.begin(reading, plan)
    watched = watching(plan, sink, *onlookers)
    state = engine.run(Losses(plan), reading.blocks(observe), watched)
    provenance = reading.provenance()
    report = summarise(plan, state, provenance)
    refuse_nothing(report, report.results)
    if keep is not None:
        keep(made_of(reading.request, plan, state, provenance, reading.across()))
    for onlooker in onlookers:
        report = onlooker.told(report, provenance, state)
    return report


def watching(plan: Plan, *sinks: Sink | None) -> Callable[[Block, tuple[RowLosses, ...]], None] | None:
    """Return who gets the blocks of a run with this plan: all of these; None where there is none."""
    several = [sink for sink in sinks if sink is not None]
    if len(several) < 2:
        return partial(several[0], plan) if several else None

    def hand(block: Block, rows: tuple[RowLosses, ...]) -> None:
        for sink in several:
            sink(plan, block, rows)

    return hand
