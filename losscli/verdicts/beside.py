"""Predictions judged beside those of another model: `evaluate --baseline-predictions`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from losscli.analyses.compare.reports import report_of
from losscli.analyses.evaluate.report import Report
from losscli.analyses.evaluate.run import Onlooker, Sink, watching
from losscli.common.errors import UsageError
from losscli.common.text import shorten
from losscli.compute.comparison import Comparing, Samples, together
from losscli.compute.fold import States
from losscli.compute.plan import plan_of
from losscli.compute.row_losses import RowLosses
from losscli.inputs.reading import Observer
from losscli.inputs.request import Request
from losscli.inputs.side_by_side import SideBySide
from losscli.verdicts.gates.baseline import Baseline
from losscli.verdicts.sound.beside import Beside

MOVED = 100
"""Rows that are kept because they moved a difference the most: so many may turn out to decide a gate."""


@dataclass(frozen=True)
class Judged:
    """What was found of predictions and of a baseline on the same rows.

    Attributes:
        report: of the predictions, as `evaluate` gives it.
        baseline: the report of the other model.
        both: what is known of them beside each other.
    """

    report: Report
    baseline: Baseline
    both: Beside


def evaluate(
    request: Request,
    predictions: Any,
    *,
    sink: Sink | None = None,
    observe: Observer | None = None,
    onlookers: Sequence[Onlooker] = (),
) -> Judged:
    """Evaluate predictions and those of a baseline in one pass over the same labels.

    A row that is bad in one of them is bad in both.

    Args:
        request: what is asked of the predictions.
        predictions: those of the baseline, or what is asked of them.
        sink: gets every block of the predictions with the losses of its rows, in order.
        observe: is told how far the work is.
        onlookers: see what the sink gets, and add to the report.

    Raises:
        LosscliError: as `evaluate` does for each of them, and for ids that only one has.
    """
    if request.labels is None:
        found, needed = "the labels are in the file of the predictions", "labels in a file of their own"
        remedy = "Name it: losscli evaluate PREDICTIONS LABELS --baseline-predictions FILE"
        raise UsageError("--baseline-predictions", found, needed, remedy)
    other = predictions if isinstance(predictions, Request) else replace(request, predictions=predictions)
    other = replace(other, show=(), top=0, grounds=request.grounds)
    with SideBySide((request, other), _names(request.predictions, other.predictions)) as reading:
        comparing = Comparing(
            tuple(map(plan_of, reading.readings)),
            ((0, 1),),
            counts=request.counts,
            mixed=True,
            spread=frozenset((0, 1)),
            worst=frozenset((0,)),
            moved=MOVED,
        )

        for onlooker in onlookers:
            onlooker.begin(reading.readings[0], comparing.plans[0])
        watched = watching(comparing.plans[0], sink, *onlookers)

        def watch(samples: Samples, measured: tuple[tuple[RowLosses, ...], ...]) -> None:
            assert watched is not None
            status = [together([one[place].status for one in measured]) for place in range(len(measured[0]))]
            mine = tuple(replace(one, status=why) for one, why in zip(measured[0], status, strict=True))
            watched(samples.first, mine)

        state = comparing.run(reading.blocks(observe), None if watched is None else watch)
        provenance = reading.provenance()
    report, baseline = (report_of(comparing, state, place, provenance) for place in (0, 1))
    losses = States(tuple(one.models[0].state for one in state.losses))
    for onlooker in onlookers:
        report = onlooker.told(report, provenance[0], losses)
    where = f"baseline {shorten(provenance[1].predictions.path)}"
    return Judged(report, Baseline(where, baseline), Beside(comparing, state, 0, report, baseline))


def _names(predictions: Any, baseline: Any) -> tuple[str, str]:
    """Return what the two are called in messages."""
    paths = [one for one in (predictions, baseline) if isinstance(one, (str, os.PathLike))]
    if len(paths) == 2 and os.fspath(paths[0]) != os.fspath(paths[1]):
        return os.fspath(paths[0]), os.fspath(paths[1])
    return "predictions", "baseline"
