"""How alike the losses of neighbours are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.analyses.doctor.statistics.neighbours import looked_at
from losscli.compute.statistics.exact_sum import ExactSum, power_sums, rounded
from losscli.compute.statistics.lags import Lags


@dataclass(frozen=True, slots=True, eq=False)
class LossLag:
    """Sums of a loss, and of its products with that of the next row; None for `lags` where one is no number."""

    n: int = 0
    total: ExactSum = ExactSum.empty()
    squares: ExactSum = ExactSum.empty()
    lags: Lags | None = field(default_factory=lambda: Lags(1))

    def merge(self, later: LossLag) -> LossLag:
        """Return those of these rows and of those behind them."""
        lags = None if self.lags is None or later.lags is None else self.lags.merge(later.lags)
        return LossLag(
            self.n + later.n, self.total.merge(later.total), self.squares.merge(later.squares), lags
        )

    @property
    def correlation(self) -> float | None:
        """That of a loss with the next one; None where losses are all the same, or not all numbers."""
        if self.lags is None or self.n < 2:
            return None
        total = self.total.read()
        variance = self.squares.read() / self.n - (total / self.n) ** 2
        if variance <= 0:
            return None
        return rounded(self.lags.covariances(total)[0] / variance)

    @property
    def z(self) -> float | None:
        """The same by its standard error, 1/√n."""
        found = self.correlation
        return None if found is None else found * math.sqrt(self.n)


@dataclass(frozen=True, slots=True, eq=False)
class LossLags:
    """Those of each loss of a setting."""

    losses: tuple[LossLag, ...]

    def merge(self, later: LossLags) -> LossLags:
        """Return those of these rows and of those behind them."""
        return LossLags(tuple(one.merge(other) for one, other in zip(self.losses, later.losses, strict=True)))


def _of(_: Setting, rows: Rows) -> LossLags:
    chosen = looked_at(rows.block.row)
    found = []
    for measured in rows.measured:
        values = None if measured is None else measured.value[chosen]
        if values is None or not np.isfinite(values).all():
            found.append(LossLag(lags=None))
            continue
        found.append(
            LossLag(len(values), *power_sums(values, powers=(1, 2)), Lags.of((values, np.zeros(0)), 1))
        )
    return LossLags(tuple(found))


LOSS_LAGS = Statistic("loss_lags", lambda setting: LossLags((LossLag(),) * len(setting.losses)), _of)
