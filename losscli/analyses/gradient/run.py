"""The gradients of losses, or of their cost, by the predictions: a request to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

from losscli.analyses.gradient.report import GradientReport, Of
from losscli.analyses.gradient.state import Gradients, RowGradients, State
from losscli.analyses.gradient.summary import factor_of, summarise
from losscli.analyses.report import refuse_nothing
from losscli.common.errors import LosscliError, UsageError
from losscli.compute.engines import Engine, local
from losscli.compute.plan import Plan, plan_of
from losscli.inputs.block import Block
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request

Sink = Callable[[Plan, Block, tuple[RowGradients, ...], Sequence[float]], None]
"""Gets samples with their losses and gradients, and what each loss's gradients are to be multiplied by."""


def gradient(
    request: Request,
    of: Of = "loss",
    *,
    engine: Engine = local,
    sink: Sink | None = None,
    observe: Observer | None = None,
) -> GradientReport:
    """Compute what is asked for.

    Args:
        request: the inputs, the losses, and how to treat them.
        of: whose derivative: that of each sample's own loss, or that of the cost.
        engine: who folds the blocks.
        sink: gets every sample, in order. What stands before a gradient in that of a mean is known
            at the end, so that the inputs are then read twice.
        observe: is told how far the work is, block by block.

    Raises:
        LosscliError: for inputs that cannot be read or paired, cells and rows that a loss does
            not accept, and when no row is left; where predictions are class names, which have no gradient.
    """
    with opened(request) as reading:
        return of_opened(reading, of, engine=engine, sink=sink, observe=observe)


def of_opened(
    reading: Reading,
    of: Of = "loss",
    *,
    engine: Engine = local,
    sink: Sink | None = None,
    observe: Observer | None = None,
) -> GradientReport:
    """Compute what inputs were opened for; see `gradient`."""
    weigh = of == "cost"
    twice = sink is not None and is_read_twice(reading.request, of)
    if twice:
        _refuse_what_is_read_once(reading)
    plan = plan_of(reading)
    fold, ones = Gradients(plan, weigh), (1.0,) * len(plan.losses)
    first = None if sink is None or twice else handing(sink, plan, ones)
    state = engine.run(fold, reading.blocks(observe), first)
    report = summarise(plan, state, reading.provenance(), of)
    refuse_nothing(report, report.results)
    if sink is not None and twice:
        factors = factors_of(plan, state, of)
        with opened(reading.request) as again:
            _refuse_what_changed(reading)
            local.hand_over(fold, again.blocks(observe), handing(sink, plan, factors))
    return report


def is_read_twice(request: Request, of: Of) -> bool:
    """Whether what stands before each sample's gradient is known at the end only."""
    return of == "cost" and request.reduction == "mean"


def factors_of(plan: Plan, state: State, of: Of) -> tuple[float, ...]:
    """Return what each loss's gradients are to be multiplied by. Raises as `factor_of` does."""
    costs = zip(plan.losses, state.losses, strict=True)
    return tuple(float(factor_of(plan, bound, one.moments, of)) for bound, one in costs)


def handing(
    sink: Sink, plan: Plan, factors: Sequence[float]
) -> Callable[[Block, tuple[RowGradients, ...]], None]:
    """Return who gets each block of samples for a sink, to be multiplied by the factors."""
    return lambda block, pulled: sink(plan, block, pulled, factors)


@contextmanager
def opened(request: Request) -> Iterator[Reading]:
    """Open the inputs of a request. Raises LosscliError besides where predictions are class names."""
    with Reading(request) as reading:
        if reading.roles.class_names:
            raise LosscliError(
                reading.left.name,
                "the predictions are class names, which have no gradient",
                "a column of numbers for each class",
            )
        yield reading


def _refuse_what_is_read_once(reading: Reading) -> None:
    for source in (reading.left, reading.right):
        if not source.repeatable:
            raise UsageError(
                "--per-sample",
                f"{source.name} can be read only once",
                "a file, because --of cost reads the inputs twice, first for the cost",
                "Save it in a file first, or ask for --of loss or --reduction sum.",
            )


def _refuse_what_changed(reading: Reading) -> None:
    """Raise where a file is no longer the one that the cost was computed of."""
    for source in (reading.left, reading.right):
        with closing(source.again()):
            pass
