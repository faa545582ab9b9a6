"""Which losses the columns at hand suit: each kind of columns is tried on the first rows."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from losscli.common.addresses import is_address, shown
from losscli.common.errors import LosscliError, UsageError
from losscli.compute.row_losses import accepts
from losscli.inputs.block import Block
from losscli.inputs.columns.needs import Needs, common_needs
from losscli.inputs.reading import Reading
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import BoundLoss, bind

ROWS_LOOKED_AT = 10_000


@dataclass(frozen=True, slots=True)
class Suitability:
    """One kind of columns, tried on the first rows.

    Attributes:
        needs: the columns.
        losses: the built-in losses that read them, their parameters at their defaults.
        block: the first rows, those marked that are no samples; None where there are none, or an error.
        outputs: the names of the prediction columns; none where the columns are no such.
        error: why there is nothing to look at.
    """

    needs: Needs
    losses: tuple[BoundLoss, ...]
    block: Block | None = None
    outputs: tuple[str, ...] = ()
    error: LosscliError | None = None


def try_kinds(request: Request) -> list[Suitability]:
    """Try each kind of columns that a built-in loss reads. Inputs are opened anew for each."""
    candidates: dict[Needs, list[BoundLoss]] = {}
    for loss in registry.all_losses():
        bound = bind(loss, {})
        # In which order the classes are makes no other columns of them.
        needs = replace(common_needs((bound,)), ordered=False)
        candidates.setdefault(needs, []).append(bound)
    return [_try(request, needs, tuple(losses)) for needs, losses in candidates.items()]


def which_losses_fit(request: Request) -> UsageError:
    """Return the error for a request that names no loss: it lists those whose domains fit.

    The first rows decide; a pipe is not read, since what is read of it would be lost.
    """
    found = "no loss is named"
    inputs = shlex.join(
        shown(data) for data in (request.predictions, request.labels) if isinstance(data, str)
    )
    remedy = f"`losscli recommend {inputs}` says which one suits the data; `losscli losses` lists them all."
    if any(map(is_read_once, (request.predictions, request.labels))):
        remedy = (
            "`losscli losses` lists them all; for files, `losscli recommend` says which one suits the data."
        )
        return UsageError("--loss", found, "at least one", remedy)
    fitting = [
        bound.spec
        for trial in try_kinds(request)
        if trial.block is not None
        for bound in trial.losses
        if accepts(bound, trial.block)
    ]
    if not fitting:
        return UsageError("--loss", found, "at least one", remedy)
    return UsageError("--loss", found, f"one that fits these columns: {', '.join(sorted(fitting))}", remedy)


def is_read_once(data: Any) -> bool:
    """Whether data are standard input, or a path that gives what it holds only once."""
    if not isinstance(data, (str, os.PathLike)) or is_address(os.fspath(data)):
        return False
    there = Path(data)
    return data == "-" or (there.exists() and not (there.is_file() or there.is_dir()))


def _try(request: Request, needs: Needs, losses: tuple[BoundLoss, ...]) -> Suitability:
    trial = replace(request, loss=losses[:1], bad_rows="drop", block_rows=ROWS_LOOKED_AT)
    outputs: tuple[str, ...] = ()
    try:
        with Reading(trial, needs) as reading:
            outputs = reading.roles.outputs
            block = next(islice(reading.blocks(None), 1), None)
            return Suitability(needs, reading.roles.decide(losses), block, outputs)
    except LosscliError as error:
        return Suitability(needs, losses, outputs=outputs, error=error)
