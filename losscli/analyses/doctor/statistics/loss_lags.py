"""How alike the losses of neighbours are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.analyses.doctor.statistics.neighbours import Sums, added, looked_at
from losscli.compute.statistics.exact_sum import ExactSum, power_sums, rounded
from losscli.compute.statistics.lags import Lags

_ZERO = ExactSum.empty()


@dataclass(frozen=True, slots=True, eq=False)
class LossLag:
    """Σ l and Σ l² of a loss, and its products with the next one; no `lags` where one is no number."""

    n: int = 0
    sums: Sums = (_ZERO,) * 2
    lags: Lags | None = field(default_factory=lambda: Lags(1))

    def merge(self, later: LossLag) -> LossLag:
        """Return those of these rows and of those behind them."""
        if self.lags is None or later.lags is None:
            return _UNKNOWN
        return LossLag(self.n + later.n, added(self.sums, later.sums), self.lags.merge(later.lags))

    @property
    def correlation(self) -> float | None:
        """That of a loss with the next one; None where losses are all the same, or not all numbers."""
        if self.lags is None or self.n < 2:
            return None
        total = self.sums[0].read()
        variance = self.sums[1].read() / self.n - (total / self.n) ** 2
        if variance <= 0:
            return None
        return rounded(self.lags.covariances(total)[0] / variance)

    @property
    def z(self) -> float | None:
        """The same by its standard error, 1/√n."""
        found = self.correlation
        return None if found is None else found * math.sqrt(self.n)


_UNKNOWN = LossLag(lags=None)


@dataclass(frozen=True, slots=True, eq=False)
class LossLags:
    """Those of each loss of a setting."""

    losses: tuple[LossLag, ...]

    def merge(self, later: LossLags) -> LossLags:
        """Return those of these rows and of those behind them."""
        return LossLags(tuple(one.merge(other) for one, other in zip(self.losses, later.losses, strict=True)))


def _of(_: Setting, rows: Rows) -> LossLags:
    chosen = looked_at(rows.block.row)
    if not len(rows.block.row[chosen]):
        return LossLags((LossLag(),) * len(rows.measured))
    found = []
    for measured in rows.measured:
        values = None if measured is None else measured.value[chosen]
        if values is None or not np.isfinite(values).all():
            found.append(_UNKNOWN)
            continue
        found.append(
            LossLag(len(values), power_sums(values, powers=(1, 2)), Lags.of((values, np.zeros(0)), 1))
        )
    return LossLags(tuple(found))


LOSS_LAGS = Statistic("loss_lags", lambda setting: LossLags((LossLag(),) * len(setting.losses)), _of)
