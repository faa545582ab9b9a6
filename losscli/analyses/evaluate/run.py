"""The main job: a request to a report."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from losscli.analyses.evaluate.summary import summarise
from losscli.analyses.gradient.report import GradientReport
from losscli.analyses.report import Report
from losscli.common.errors import LosscliError
from losscli.compute.engines import local
from losscli.compute.plan import Plan, plan_of
from losscli.compute.row_losses import Measured
from losscli.inputs.block import Block
from losscli.inputs.pair import Observer, Reading, common_needs
from losscli.inputs.request import Request

Sink = Callable[[Plan, Block, tuple[Measured, ...]], None]


def evaluate(request: Request, *, sink: Sink | None = None, observe: Observer | None = None) -> Report:
    """Compute what is asked for.

    Args:
        request: the inputs, the losses, and how to treat them.
        sink: gets every block with the losses of its rows, in order.
        observe: is told how far the work is, block by block.

    Raises:
        LosscliError: for inputs that cannot be read or paired, cells and rows that a loss does not
            accept, and when no row is left.
    """
    with ExitStack() as stack:
        reading = Reading(request, common_needs(request.loss), stack)
        plan = plan_of(reading)
        state = local.run(plan, reading.blocks(observe), None if sink is None else partial(sink, plan))
        report = summarise(plan, state, reading.provenance())
    refuse_nothing(report)
    return report


def refuse_nothing(report: Report | GradientReport) -> None:
    """Raise where there is no sample, or no weight, to take a mean of."""
    where = report.predictions.path
    for result in report.results:
        if result.n == 0:
            left_out, rows = result.dropped + result.ignored, report.predictions.rows
            found = "no data rows"
            if left_out:
                found = f"no row is left for {result.loss}: {rows} read, {left_out} dropped or ignored"
            elif rows:
                found = f"no row is left for {result.loss}: it is about none of the {rows} samples"
            raise LosscliError(where, found, "at least one sample")
        if result.weight_sum == 0:
            raise LosscliError(where, "the weights sum to 0", "a positive sum of weights")
