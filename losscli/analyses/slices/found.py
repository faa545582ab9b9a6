"""What is known of a slice: samples that some columns describe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LEVEL = 0.95
"""How sure the intervals of slices are where no level was given."""
ALPHA = 0.05
"""A slice is weak whose p is not above it: so often, at most, one is named where there is none."""
NONE, OF = "no slices: ", "slices are of "
"""How notes of a report begin that say why there are none, and of which columns and samples they are."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Samples that some columns describe, and how their cost compares with that of the rest.

    The cost and what follows it is of the second half of the samples, which had no part in finding it.

    Attributes:
        slice: the value of each column that describes it, or a range of values.
        n: the samples in both halves.
        n_second: those in the second half.
        cost: their cost.
        ci: its interval; None where there is none.
        rest: the cost of the other samples.
        effect: how much higher the cost of the slice is.
        p_adjusted: the p of no difference (Welch), adjusted for all slices that were tested (Holm).
        score: by which it was found, in the first half (SliceLine).
        weak: whether its cost is higher, and it is sure.
    """

    slice: Mapping[str, str]
    n: int
    n_second: int
    cost: float
    ci: tuple[float, float] | None = field(repr=False)
    rest: float
    effect: float
    p_adjusted: float
    score: float = field(repr=False)
    weak: bool
