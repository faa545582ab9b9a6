"""Data frames: figures and samples for whoever goes on in pandas, which is imported when one is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from losscli.analyses.gradient.state import RowGradients
from losscli.common.array import Array
from losscli.compute.plan import Plan
from losscli.compute.row_losses import RowLosses
from losscli.inputs.block import Block
from losscli.inputs.ids import ID, texts
from losscli.outputs.samples.columns import Classes, Column, Vector
from losscli.outputs.samples.file import of_losses
from losscli.outputs.samples.gradient import of_gradients

if TYPE_CHECKING:
    from pandas import DataFrame as DataFrame  # noqa: PLC0414  # it is handed on


def frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> DataFrame:
    """Return rows as a frame; NaN where a number is missing."""
    import pandas as pd

    listed = list(rows)
    return pd.DataFrame({name: _values([row.get(name) for row in listed]) for name in columns})


def _values(cells: list[Any]) -> Any:
    numbers = all(cell is None or type(cell) in (int, float) for cell in cells)
    missing = any(cell is None for cell in cells)
    return np.array(cells, dtype=np.float64) if numbers and missing else cells


class Samples:
    """Gets the samples of each block of a run, and makes one frame of all."""

    def __init__(self, *, weigh: bool = False) -> None:
        """Take samples; `weigh` gradients where they are asked for."""
        self._parts: dict[str, list[Array]] = {}
        self._weigh = weigh

    def of_losses(self, plan: Plan, block: Block, measured: tuple[RowLosses, ...]) -> None:
        """Take the samples of one block, with errors and losses."""
        self._take(of_losses(plan, block, measured))

    def of_gradients(
        self, plan: Plan, block: Block, pulled: Sequence[RowGradients], factors: Sequence[float]
    ) -> None:
        """Take the samples of one block, with losses and gradients."""
        self._take(of_gradients(plan, block, pulled, factors, weigh=self._weigh))

    def frame(self, predictions: Any) -> DataFrame:
        """Return all samples, under the index that the predictions have in pandas, else numbered from 0."""
        import pandas as pd

        found = pd.DataFrame({name: np.concatenate(parts) for name, parts in self._parts.items()})
        if hasattr(predictions, "index") and hasattr(predictions, "iloc"):
            found.index = predictions.index.take(found["row"].to_numpy() - 1)
        return found

    def _take(self, columns: Mapping[str, Column]) -> None:
        for name, column in columns.items():
            for key, values in _arrays(name, column):
                # The arrays of a block are used again for the next one.
                self._parts.setdefault(key, []).append(values.copy())


def _arrays(name: str, column: Column) -> Iterable[tuple[str, Array]]:
    """Yield a column of samples as arrays, each by its name in a file of samples; nothing for no values."""
    if isinstance(column, Classes):
        # The last entry is the one that the code −1 picks.
        yield name, np.array([*column.names, None], dtype=object)[column.codes]
    elif isinstance(column, Vector):
        yield from ((f"{name}_{part}", column.values[:, at]) for at, part in enumerate(column.names))
    elif name == ID and column is not None:
        # Of some blocks ids are integers, of others bytes; they are text.
        yield name, np.array(texts(column), dtype=object)
    elif column is not None and column.dtype.kind == "S":
        cells = [cell.decode("utf-8", "backslashreplace") for cell in column.tolist()]
        yield name, np.array(cells, dtype=object)
    elif column is not None:
        yield name, column
