"""Losses in counts that fit on a line: by value where there are few, by decades where they span some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from losscli.common.array import Array

FEW = 4
"""So many different losses are counted one by one."""
SPAN = 1000.0
"""From the 5th to the 95th percentile of the losses above 0: from here on bins are logarithmic."""

Scale = Literal["values", "log", "linear"]


@dataclass(frozen=True, slots=True)
class Sketch:
    """A histogram for one line.

    Attributes:
        scale: what the counts are of: single values, bins of one width on a logarithmic axis (before them, if
            there are any, the losses that are 0), or bins of one width, of which the last may reach further.
        counts: how many losses are in each, in ascending order.
        values: the single values; empty for bins.
    """

    scale: Scale
    counts: tuple[int, ...]
    values: tuple[float, ...] = ()


def sketched(values: Array, sizes: Array, bins: int, *, exact: bool) -> Sketch | None:
    """Return a sketch of ascending values, each of which stands for so many losses; None for a linear one.

    `exact` says whether each value is that of a loss, and not of the middle of some.
    """
    starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
    # Of two at most each is the smallest or the largest, which are known exactly.
    if len(starts) <= (FEW if exact else 2):
        counts = np.add.reduceat(sizes, starts)
        return Sketch("values", tuple(counts.tolist()), tuple((values[starts] + 0.0).tolist()))
    first = int(np.searchsorted(values, 0.0, side="right"))
    above, many = values[first:], sizes[first:]
    if values[0] < 0.0 or not len(above) or np.isinf(above[-1]):
        return None
    ends = np.cumsum(many)
    low, start, stop, high = (above[np.searchsorted(ends, q * ends[-1])] for q in (0.01, 0.05, 0.95, 0.99))
    if float(stop) < SPAN * float(start):
        return None
    inner = np.exp(np.linspace(np.log(low), np.log(high), bins + 1))[1:-1]
    counts = np.diff(np.concatenate([[0], ends])[np.searchsorted(above, inner)], prepend=0, append=ends[-1])
    zeros = int(sizes[:first].sum())
    return Sketch("log", (*([zeros] if zeros else []), *counts.tolist()))
