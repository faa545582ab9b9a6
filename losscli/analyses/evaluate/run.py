"""The main job: a request to a report."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from losscli.analyses.evaluate.summary import summarise
from losscli.analyses.gradient.report import GradientReport
from losscli.analyses.report import Report
from losscli.common.errors import LosscliError, raise_together
from losscli.compute.engines import local
from losscli.compute.plan import Plan
from losscli.compute.row_losses import Measured
from losscli.inputs.block import Block
from losscli.inputs.pair import Observer, Reading, common_needs
from losscli.inputs.request import Request
from losscli.verdicts.gates.comparable import differences, refusals, sums_of_others
from losscli.verdicts.gates.judge import judge

Sink = Callable[[Plan, Block, tuple[Measured, ...]], None]


def evaluate(request: Request, *, sink: Sink | None = None, observe: Observer | None = None) -> Report:
    """Compute what is asked for.

    Args:
        request: the inputs, the losses, and how to treat them.
        sink: gets every block with the losses of its rows, in order.
        observe: is told how far the work is, block by block.

    Raises:
        LosscliError: for a baseline that cannot be compared with, inputs that cannot be read or
            paired, cells and rows that a loss does not accept, and when no row is left.
    """
    refuse_baseline(request)
    needs = common_needs(request.losses)
    with ExitStack() as stack:
        reading = Reading(request, needs, stack)
        plan = reading.plan()
        blocks = reading.blocks(observe)

        def take(block: Block, measured: tuple[Measured, ...]) -> None:
            assert sink is not None
            sink(reading.plan(), block, measured)

        state = local.run(plan, blocks, take if sink is not None else None)
        report = summarise(reading.plan(), state, reading.provenance())
    return judged(report, request)


def refuse_baseline(request: Request) -> None:
    """Raise if the baseline of a request is about something else; before an input is opened."""
    if request.baseline is not None:
        errors = refusals(
            request.gates,
            request.baseline,
            request.losses,
            reduction=request.reduction,
            weight=request.choice.weight,
        )
        raise_together(errors)


def judged(report: Report, request: Request) -> Report:
    """Return the report of a request with the verdicts of its gates, and notes on its baseline.

    Raises:
        LosscliError: when no row is left, or no weight, so that there is nothing to judge; where the
            gates compare sums over other numbers of samples.
    """
    refuse_nothing(report)
    gates, baseline = request.gates, request.baseline
    notes: tuple[str, ...] = ()
    if baseline is not None:
        raise_together(sums_of_others(gates, baseline, report))
        notes = differences(gates, baseline, report)
    return replace(report, gates=judge(report, gates, baseline), notes=report.notes + notes)


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
