"""The gradients of losses, or of their cost, by the predictions: a request to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing

from losscli.analyses.evaluate.run import refuse_nothing
from losscli.analyses.gradient.report import GradientReport, Of
from losscli.analyses.gradient.state import Pulled, empty, fold, pulls
from losscli.analyses.gradient.summary import factor_of, summarise
from losscli.common.errors import LosscliError, UsageError
from losscli.compute.fold import slices
from losscli.compute.plan import Plan, plan_of
from losscli.inputs.block import Block
from losscli.inputs.pair import Observer, Reading, common_needs
from losscli.inputs.request import Request

Sink = Callable[[Plan, Block, tuple[Pulled, ...], Sequence[float]], None]
"""Gets samples with their losses and gradients, and what each loss's gradients are to be multiplied by."""


def gradient(
    request: Request, of: Of = "loss", *, sink: Sink | None = None, observe: Observer | None = None
) -> GradientReport:
    """Compute what is asked for.

    Args:
        request: the inputs, the losses, and how to treat them.
        of: whose derivative: that of each sample's own loss, or that of the cost.
        sink: gets every sample, in order. What stands before a gradient in that of a mean is known
            at the end, so that the inputs are then read twice.
        observe: is told how far the work is, block by block.

    Raises:
        LosscliError: for inputs that cannot be read or paired, cells and rows that a loss does
            not accept, and when no row is left; where predictions are class names, which have no gradient.
    """
    weigh = of == "cost"
    twice = sink is not None and weigh and request.reduction == "mean"
    with ExitStack() as stack:
        reading = _open(request, stack)
        if twice:
            _refuse_what_is_read_once(reading)
        plan, ones = plan_of(reading), (1.0,) * len(request.loss)
        state = empty(plan)
        for block, pulled in _pulled(plan, reading, observe):
            if sink is not None and not twice:
                sink(plan, block, pulled, ones)
            state = state.merge(fold(plan, block, pulled, weigh=weigh, earlier=state))
        report = summarise(plan, state, reading.provenance(), of)
        refuse_nothing(report)
        if sink is not None and twice:
            factors = [
                float(factor_of(plan, bound, one.moments, of))
                for bound, one in zip(plan.losses, state.losses, strict=True)
            ]
            again = _open(request, stack)
            _refuse_what_changed(reading)
            for block, pulled in _pulled(plan, again, observe):
                sink(plan, block, pulled, factors)
    return report


def _open(request: Request, stack: ExitStack) -> Reading:
    reading = Reading(request, common_needs(request.loss), stack)
    if reading.roles.class_names:
        raise LosscliError(
            reading.left.name,
            "the predictions are names of classes, which have no gradient",
            "a column of numbers for each class",
        )
    return reading


def _pulled(
    plan: Plan, reading: Reading, observe: Observer | None
) -> Iterator[tuple[Block, tuple[Pulled, ...]]]:
    """Yield the samples with their losses and gradients, as many at a time as stay in the cache."""
    for block in reading.blocks(observe):
        # Groups are told apart once a block: it costs more than what the cache saves.
        for part in slices(block) if block.group is None else (block,):
            yield part, pulls(plan, part)


def _refuse_what_is_read_once(reading: Reading) -> None:
    for source in (reading.left, reading.right):
        if not source.repeatable:
            raise UsageError(
                "--per-sample",
                f"{source.name} can be read only once",
                "with --of cost the inputs are read twice, since the cost is known at the end",
                "Save it in a file first, or ask for --of loss or --reduction sum.",
            )


def _refuse_what_changed(reading: Reading) -> None:
    """Raise where a file is no longer the one that the cost was computed of."""
    for source in (reading.left, reading.right):
        with closing(source.again()):
            pass
