"""Every sample with its gradient, streamed to a file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from losscli.analyses.gradient.state import RowGradients
from losscli.analyses.gradient.summary import columns_of
from losscli.common.array import Array
from losscli.compute.plan import Plan
from losscli.compute.statistics.gradients import weighted
from losscli.inputs.block import Block
from losscli.loss import Layout
from losscli.outputs.samples.columns import Column, Vector
from losscli.outputs.samples.file import SampleFile, described, rows_shown


class GradientSink(SampleFile):
    """Writes the samples of each block, with losses and gradients.

    Rows that were dropped or ignored are left out. In a row that a loss is not about, the loss has no value
    and its gradient is 0.

    Args:
        path: where to.
        weigh: whether a sample's gradient is taken times its weight.
    """

    def __init__(self, path: str, *, weigh: bool) -> None:
        super().__init__(path)
        self._weigh = weigh

    def __call__(
        self, plan: Plan, block: Block, pulled: Sequence[RowGradients], factors: Sequence[float]
    ) -> None:
        """Write the samples of one block; the gradients of each loss times its factor."""
        self.write(of_gradients(plan, block, pulled, factors, weigh=self._weigh))


def of_gradients(
    plan: Plan, block: Block, pulled: Sequence[RowGradients], factors: Sequence[float], *, weigh: bool
) -> dict[str, Column]:
    """Return the columns of the samples of one block, with losses and gradients."""
    shown = rows_shown([one.measured for one in pulled])
    losses = [one.measured.value for one in pulled]
    gradients = [one.gradient for one in pulled]
    if shown is not None:
        block = block.take(shown)
        losses, gradients = ([part[shown] for part in parts] for parts in (losses, gradients))
    classes = block.classes if plan.losses[0].layout is Layout.CLASSES else ()
    several = len(plan.losses) > 1
    columns = described(plan, block)
    weights = block.weight if weigh else None
    for bound, values, gradient, factor in zip(plan.losses, losses, gradients, factors, strict=True):
        about = f":{bound.spec}" if several else ""
        columns[f"loss{about}"] = values
        with np.errstate(all="ignore"):
            entries = weighted(gradient, weights) * factor
        columns[f"gradient{about}"] = _named(entries, columns_of(plan, bound, classes, _width(entries)))
    return {**columns, **block.shown}


def _width(entries: Array) -> int:
    return entries.shape[1] if entries.ndim == 2 and entries.shape[1] > 1 else 0


def _named(entries: Array, names: tuple[str, ...]) -> Array | Vector:
    if names:
        return Vector(entries, names)
    return entries if entries.ndim == 1 else entries[:, 0]
