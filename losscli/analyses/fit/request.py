"""What a caller of `fit` asks for, and what is wrong with it before a file is opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from losscli.analyses.fit import models, optimizers
from losscli.analyses.fit.correction import unsuited
from losscli.analyses.fit.save import not_again, unwritable
from losscli.analyses.fit.train import DECAYS, Schedule
from losscli.common.addresses import is_address
from losscli.common.errors import LosscliError, UsageError
from losscli.inputs.request import Request
from losscli.loss.domain import Interval


@dataclass(frozen=True)
class FitRequest:
    """One fit.

    Attributes:
        request: the inputs, and one loss; its group keeps samples together in folds.
        model: the name of the correction.
        optimizers: names, each for a run of its own.
        rates: learning rates at the start, each for a run of its own of every optimiser; None for its own.
        schedule: how long to train, and in what steps.
        folds: how many parts are held out in turn; 0 for none.
        save: where corrected predictions go, None for nowhere.
    """

    request: Request
    model: str = "affine"
    optimizers: tuple[str, ...] = ("adam",)
    rates: tuple[float | None, ...] = (None,)
    schedule: Schedule = field(default_factory=Schedule)
    folds: int = 5
    save: str | None = None


def impossible(asked: FitRequest) -> Iterator[LosscliError]:
    """Yield what is wrong with a request, as far as that shows before a file is opened."""
    losses = asked.request.loss
    for option, given, there_are in (
        ("--model", (asked.model,), models.names()),
        ("--optimizer", asked.optimizers, optimizers.names()),
        ("--decay", (asked.schedule.decay,), DECAYS),
    ):
        for name in given:
            if name not in there_are:
                yield UsageError(option, repr(name), f"one of {', '.join(there_are)}")
    yield from _out_of_range(asked)
    if len(losses) > 1:
        yield UsageError("--loss", f"{len(losses)} losses are named", "one: a fit minimises one cost")
    elif losses and asked.model in models.names():
        refused = unsuited(losses[0], asked.model)
        if refused is not None:
            yield refused
    if asked.schedule.momentum is not None:
        found = [optimizers.load(name) for name in asked.optimizers if name in optimizers.names()]
        if not any("momentum" in optimizer.settings for optimizer in found):
            yield UsageError(
                "--momentum", "none of the optimisers uses momentum", "--optimizer momentum or nesterov"
            )
    if asked.save is not None:
        wrong = unwritable(asked.save)
        if wrong is not None:
            yield wrong
        source = asked.request.predictions
        if (
            not isinstance(source, str)
            or source == "-"
            or (_is_there(source) and not (Path(source).is_file() or Path(source).is_dir()))
        ):
            name = (
                "standard input" if source == "-" else source if isinstance(source, str) else "data in memory"
            )
            yield not_again(name)


def _is_there(path: str) -> bool:
    return not is_address(path) and Path(path).exists()


def _out_of_range(asked: FitRequest) -> Iterator[LosscliError]:
    """Yield an error for each number that is none of its kind."""
    schedule = asked.schedule
    if not asked.optimizers:
        yield UsageError("--optimizer", "no optimiser is named", f"one of {', '.join(optimizers.names())}")
    value: Any
    number: Any
    for option, value, least in (
        ("--epochs", schedule.epochs, 1),
        ("--batch-size", schedule.batch_rows, 1),
        ("--patience", schedule.patience, 1),
        ("--seed", schedule.seed, 0),
        ("--folds", asked.folds, 0),
    ):
        optional = value is None and option == "--batch-size"
        if not optional and not (_is_number(value, Integral) and value >= least):
            yield UsageError(option, repr(value), f"an integer of at least {least}")
        elif option == "--folds" and value == 1:
            yield UsageError(option, "one fold would hold out every sample", "0 for none, or at least 2")
    for option, number, domain in (
        *(("--learning-rate", rate, Interval(low=0.0, low_open=True)) for rate in asked.rates),
        ("--tolerance", schedule.tolerance, Interval(low=0.0)),
        ("--momentum", schedule.momentum, Interval(low=0.0, high=1.0, high_open=True)),
    ):
        optional = number is None and option != "--tolerance"
        if not optional and not (_is_number(number, Real) and number in domain):
            yield UsageError(option, repr(number), domain.description)


def _is_number(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)
