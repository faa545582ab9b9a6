"""What is asked of a comparison, whoever asks: the command line, Python or a receipt."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from losscli.common.text import plain_number
from losscli.compute.statistics.replicates import Method
from losscli.inputs.request import Request

Adjust = Literal["holm", "bh", "none"]


@dataclass(frozen=True, slots=True)
class Margin:
    """What is as good as no difference: so much of the cost, or so many per cent of the baseline's cost."""

    amount: float
    percent: bool = False

    def __str__(self) -> str:
        return f"{plain_number(self.amount)}{'%' if self.percent else ''}"


def _quoted(column: str) -> str:
    """Return the name of a column so that it stands between commas."""
    return '"' + column.replace('"', '""') + '"' if {",", '"'} & {*column} else column


@dataclass(frozen=True)
class Asked:
    """One comparison.

    Attributes:
        requests: of each model what `evaluate` would be asked; the baseline first.
        names: of the models.
        all_pairs: whether every model is compared with every other one, not only with the first.
        level: of intervals, between 0 and 1.
        adjust: how p is adjusted for the number of comparisons.
        margin: what is as good as no difference; None where nobody says so.
        lag: over how many rows differences depend on each other; None where they do not.
        planned_rows: for how many rows intervals that hold at every look are the narrowest; None for
            intervals that hold at one.
        guarantee: whether intervals hold for every n, of losses with a range.
        check: a cross-check.
        seed: of its draws.
        mixed: whether a gate compares with a multiple of a baseline.
        spread: whether a gate is on percentiles.
    """

    requests: tuple[Request, ...]
    names: tuple[str, ...]
    all_pairs: bool = False
    level: float = 0.95
    adjust: Adjust = "holm"
    margin: Margin | None = None
    lag: int | None = None
    planned_rows: int | None = None
    guarantee: bool = False
    check: Method | None = None
    seed: int = 0
    mixed: bool = False
    spread: bool = False

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The places of candidate and baseline of each pair: the baseline stands first."""
        if self.all_pairs:
            return tuple((later, earlier) for earlier, later in combinations(range(len(self.names)), 2))
        return tuple((place, 0) for place in range(1, len(self.names)))

    @property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """What tells this comparison from others of the same losses and level, for signatures."""
        margin, by = self.margin, self.first.group
        checked = {} if self.check is None else {"check": self.check, "seed": str(self.seed)}
        found = {
            "adjust": self.adjust,
            "pairs": "all" if self.all_pairs else None,
            "by": ",".join(map(_quoted, by)) if by else None,
            "lag": None if self.lag is None else str(self.lag),
            "margin": None if margin is None else str(margin),
            "planned": None if self.planned_rows is None else str(self.planned_rows),
            **checked,
        }
        return tuple((name, value) for name, value in found.items() if value is not None)

    @property
    def first(self) -> Request:
        """The request of the first model: what the models have in common is the same in all."""
        return self.requests[0]

    @property
    def has_importance(self) -> bool:
        """Whether samples have weights that say how much they matter."""
        return self.first.weight is not None and self.first.weights_are == "importance"

    @property
    def interval(self) -> str:
        """What the intervals are called."""
        if self.planned_rows is not None:
            return "anytime"
        if self.guarantee:
            return "guarantee"
        return "wide-t" if self.lag is None else "t"
