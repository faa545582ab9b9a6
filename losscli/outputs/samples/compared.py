"""The samples of a comparison, streamed to a file: the loss of each model, and the differences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from losscli.common.array import Array
from losscli.compute.comparison import Comparing, Samples, together
from losscli.compute.row_losses import OUTSIDE_OF_LOSS, RowLosses
from losscli.inputs.block import COUNTS
from losscli.outputs.samples.columns import Column
from losscli.outputs.samples.file import SampleFile, described


class ComparedSink(SampleFile):
    """Writes the samples of each block, in the order of the baseline's file.

    Rows that were dropped or ignored are left out. A row that counts for some of the losses has no value for
    the others.
    """

    def __init__(self, path: str, names: Sequence[str], pairs: Sequence[tuple[int, int]]) -> None:
        """Write to a path; `names` are those of the models, and `pairs` which of them are compared."""
        super().__init__(path)
        self._names, self._pairs = names, pairs
        self._ambiguous = len({candidate for candidate, _ in pairs}) < len(pairs)

    def __call__(
        self, comparing: Comparing, samples: Samples, measured: tuple[tuple[RowLosses, ...], ...]
    ) -> None:
        """Write the samples of one block."""
        plan = comparing.plans[0]
        statuses = [together([one[place].status for one in measured]) for place in range(len(plan.losses))]
        rows = _shown(statuses)
        columns: dict[str, Column] = described(plan, samples.first.take(rows))
        del columns["prediction"]
        for place, bound in enumerate(plan.losses):
            before = f"{bound.spec}:" if len(plan.losses) > 1 else ""
            losses = [_counting(one[place].value, statuses[place])[rows] for one in measured]
            for name, values in zip(self._names, losses, strict=True):
                columns[f"{before}loss:{name}"] = values
            with np.errstate(invalid="ignore", over="ignore"):
                for candidate, baseline in self._pairs:
                    beside = f":{self._names[baseline]}" if self._ambiguous else ""
                    title = f"{before}difference:{self._names[candidate]}{beside}"
                    columns[title] = losses[candidate] - losses[baseline]
        self.write(columns)


def _shown(statuses: Sequence[Array | None]) -> Array | slice:
    """Return which rows to write: those that no model leaves out for every loss."""
    masks = []
    for status in statuses:
        if status is None:
            return slice(None)
        masks.append((status == COUNTS) | (status == OUTSIDE_OF_LOSS))
    return np.asarray(np.logical_or.reduce(masks))


def _counting(values: Array, status: Array | None) -> Array:
    """Return losses, NaN where a sample does not count for all models."""
    return values if status is None else np.where(status == COUNTS, values, np.nan)
