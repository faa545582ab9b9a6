"""One state for each output: each is a prediction, a number, of a label, a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, State, Statistic
from losscli.common.array import Array


@dataclass(frozen=True, slots=True)
class Outputs(Generic[State]):
    """What is known of each output, in the order of `Setting.outputs`."""

    of: tuple[State, ...]

    def merge(self, later: Outputs[State]) -> Outputs[State]:
        """Return what is known of these rows and those behind them."""
        return Outputs(tuple(one.merge(other) for one, other in zip(self.of, later.of, strict=True)))


def of_outputs(
    name: str, empty: Callable[[], State], of: Callable[[Array, Array], State]
) -> Statistic[Outputs[State]]:
    """Return the statistic that sees each output by itself.

    Args:
        name: what it is called.
        empty: what is known of no rows.
        of: what is known of labels and predictions, float64 `(rows,)` each.
    """

    def seen(setting: Setting, rows: Rows) -> Outputs[State]:
        if not len(rows):
            return Outputs(tuple(empty() for _ in setting.outputs))
        with np.errstate(all="ignore"):
            return Outputs(tuple(of(label, prediction) for label, prediction in rows.each))

    return Statistic(
        name,
        lambda setting: Outputs(tuple(empty() for _ in setting.outputs)),
        seen,
        lambda setting: setting.numbers,
    )
