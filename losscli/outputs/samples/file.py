"""Every sample of a run, streamed to a file while the figures are made."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self, TextIO, cast

import numpy as np

from losscli.common.array import Array
from losscli.common.files import atomic_write
from losscli.compute.plan import Plan
from losscli.compute.row_losses import OUTSIDE_OF_LOSS, Measured, sample_errors
from losscli.inputs.block import COUNTS, Block
from losscli.loss import Layout
from losscli.outputs.samples.formats import Classes, Column, Vector, Writer, evaluation_columns, writer


class SampleFile:
    """A `.csv` or `.jsonl` file of samples, which appears whole or not at all; a context manager."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._stack = ExitStack()
        self._writer: Writer | None = None

    def __enter__(self) -> Self:
        # `-` is standard output, which the caller owns.
        stream = (
            sys.stdout
            if self._path == "-"
            else cast("TextIO", self._stack.enter_context(atomic_write(self._path)))
        )
        self._writer = writer(self._path, stream)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def write(self, columns: Mapping[str, Column]) -> None:
        """Write the samples of one block: see `losscli.outputs.samples.formats`."""
        assert self._writer is not None
        self._writer.write(columns)


class SampleSink(SampleFile):
    """Writes the samples of each block, with errors and losses.

    Rows that were dropped or ignored are left out. A row that counts for some of the losses has
    no value for the others.
    """

    def __call__(self, plan: Plan, block: Block, measured: tuple[Measured, ...]) -> None:
        """Write the samples of one block."""
        shown = rows_shown(measured)
        losses = [found.value for found in measured]
        if shown is not None:
            block, losses = block.take(shown), [values[shown] for values in losses]
        bound = plan.losses[0]
        classes = block.classes if bound.loss.layout is Layout.CLASSES else ()
        columns = evaluation_columns(
            row=block.row,
            id=block.id,
            label=shown_column(block.label, plan.label_outputs, classes),
            prediction=shown_column(block.prediction, plan.outputs, classes),
            error=sample_errors(bound, block.label, block.prediction),
            losses={one.spec: values for one, values in zip(plan.losses, losses, strict=True)},
        )
        self.write(columns)


def rows_shown(measured: Sequence[Measured]) -> Array | None:
    """Return the mask of rows to write, None for all: those that some loss did not refuse."""
    masks = []
    for found in measured:
        if found.status is None:
            return None
        masks.append((found.status == COUNTS) | (found.status == OUTSIDE_OF_LOSS))
    return np.asarray(np.logical_or.reduce(masks))


def shown_column(values: Array, names: tuple[str, ...], classes: tuple[str, ...]) -> Array | Classes | Vector:
    """Return labels or predictions as they are written: of classes, the (most probable) one."""
    if classes:
        return Classes(values if values.ndim == 1 else values.argmax(axis=1), classes)
    return values if values.ndim == 1 else Vector(values, names)
