"""Comparing: what is asked to a report, in one pass over all inputs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from losscli.analyses.compare.report import CompareReport
from losscli.analyses.compare.request import Asked
from losscli.analyses.compare.summary import summarise
from losscli.compute.comparison import ComparedStates, Comparing, Samples
from losscli.compute.plan import plan_of
from losscli.compute.row_losses import RowLosses
from losscli.inputs.provenance import Provenance
from losscli.inputs.reading import Observer
from losscli.inputs.side_by_side import SideBySide

DRAWN = 3
"""Comparisons of a loss of which a page draws the losses against each other, at most."""
SampleSink = Callable[[Comparing, Samples, tuple[tuple[RowLosses, ...], ...]], None]
"""Gets the samples of a block, and of each model every loss of every row."""


class Found(NamedTuple):
    """A report, and what it was made from: the fold, its state, and what was read of each model."""

    report: CompareReport
    comparing: Comparing
    state: ComparedStates
    provenance: tuple[Provenance, ...]


def compare(
    asked: Asked, *, sink: SampleSink | None = None, observe: Observer | None = None
) -> CompareReport:
    """Compute what is asked for.

    Args:
        asked: the models, the losses, and how to treat them.
        sink: gets the samples of each block with the losses of each model, in order.
        observe: is told how far the work is, block by block.

    Raises:
        LosscliError: as `evaluate` does for each model, for ids that not all have, and when no row is left.
    """
    return compared(asked, sink=sink, observe=observe).report


def compared(asked: Asked, *, sink: SampleSink | None = None, observe: Observer | None = None) -> Found:
    """Return the report of a comparison, and what else gates are judged from; see `compare`."""
    with SideBySide(asked.requests, asked.names) as reading:
        return of_opened(asked, reading, sink=sink, observe=observe)


def of_opened(
    asked: Asked, reading: SideBySide, *, sink: SampleSink | None = None, observe: Observer | None = None
) -> Found:
    """Compute what inputs were opened for; see `compare`."""
    comparing = fold_of(asked, reading)
    state = comparing.run(reading.blocks(observe), sink and partial(sink, comparing))
    provenance = reading.provenance()
    report = summarise(asked, comparing, state, provenance, reading.unmatched)
    return Found(report, comparing, state, provenance)


def fold_of(asked: Asked, reading: SideBySide) -> Comparing:
    """Return what is computed of the inputs of models."""
    plans = tuple(map(plan_of, reading.readings))
    return Comparing(
        plans,
        asked.pairs,
        counts=asked.first.weights_are == "counts",
        mixed=asked.mixed or any(bound.loss.finish is not None for bound in plans[0].losses),
        spread=frozenset(range(len(plans))) if asked.spread else frozenset(),
        lag=asked.lag or 0,
        moved=asked.first.top,
        check=asked.check,
        seed=asked.seed,
        against=DRAWN if asked.first.page else 0,
    )
