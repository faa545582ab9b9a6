"""Every sample of a run, streamed to a file while the figures are made."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import IO, Self

import numpy as np

from losscli.common.array import Array
from losscli.common.files import atomic_write
from losscli.compute.plan import Plan
from losscli.compute.row_losses import OUTSIDE_OF_LOSS, RowLosses, sample_errors
from losscli.inputs.block import COUNTS, Block
from losscli.inputs.ids import as_text
from losscli.loss import Layout
from losscli.outputs.samples.columns import Classes, Column, Vector
from losscli.outputs.samples.formats import load


class SampleFile:
    """A `.csv` or `.jsonl` file of samples, which appears whole or not at all; a context manager."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._stack = ExitStack()
        self._text = load(path)
        self._stream: IO[str] | None = None

    def __enter__(self) -> Self:
        # `-` is standard output, which the caller owns.
        self._stream = (
            sys.stdout if self._path == "-" else self._stack.enter_context(atomic_write(self._path))
        )
        self._begun = False
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def write(self, columns: Mapping[str, Column]) -> None:
        """Write the samples of one block: see `losscli.outputs.samples.formats`."""
        assert self._stream is not None
        self._stream.write(self._text(columns, first=not self._begun))
        self._begun = True


class SampleSink(SampleFile):
    """Writes the samples of each block, with errors and losses.

    Rows that were dropped or ignored are left out. A row that counts for some of the losses has
    no value for the others.
    """

    def __call__(self, plan: Plan, block: Block, measured: tuple[RowLosses, ...]) -> None:
        """Write the samples of one block."""
        self.write(of_losses(plan, block, measured))


def of_losses(plan: Plan, block: Block, measured: tuple[RowLosses, ...]) -> dict[str, Column]:
    """Return the columns of the samples of one block, with errors and losses."""
    shown = rows_shown(measured)
    losses = [found.value for found in measured]
    if shown is not None:
        block, losses = block.take(shown), [values[shown] for values in losses]
    several = len(plan.losses) > 1
    columns = described(plan, block)
    columns["error"] = sample_errors(plan.losses[0], block.label, block.prediction)
    for bound, values in zip(plan.losses, losses, strict=True):
        columns[f"loss:{bound.spec}" if several else "loss"] = values
    return {**columns, **block.shown}


def described(plan: Plan, block: Block) -> dict[str, Column]:
    """Return what every file of samples begins with: row, id, label and prediction."""
    number, row = (None, block.row) if plan.apart is None else plan.apart(block.row)
    classes = block.classes if plan.losses[0].layout is Layout.CLASSES else ()
    return {
        **({} if number is None else {"shard": Classes(number, plan.files)}),
        "row": row,
        "id": None if block.id is None else as_text(block.id),
        "label": _shown(block.label, plan.label_outputs, classes),
        "prediction": _shown(block.prediction, plan.outputs, classes),
    }


def rows_shown(measured: Sequence[RowLosses]) -> Array | None:
    """Return the mask of rows to write, None for all: those that some loss did not refuse."""
    masks = []
    for found in measured:
        if found.status is None:
            return None
        masks.append((found.status == COUNTS) | (found.status == OUTSIDE_OF_LOSS))
    return np.asarray(np.logical_or.reduce(masks))


def _shown(values: Array, names: tuple[str, ...], classes: tuple[str, ...]) -> Array | Classes | Vector:
    """Return labels or predictions as they are written: of classes, the (most probable) one."""
    if classes:
        return Classes(values if values.ndim == 1 else values.argmax(axis=1), classes)
    return values if values.ndim == 1 else Vector(values, names)
