"""The other reading of a loss on logits or probabilities: what numbers cost in it, and if they fit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.analyses.doctor.statistics.gain import Gain
from losscli.compute.row_losses import sample_losses
from losscli.inputs.block import COUNTS
from losscli.loss.spec import BoundLoss


def reads_logits(loss: BoundLoss) -> bool | None:
    """Whether a loss reads logits; None for one that knows of none."""
    found = loss.parameters.get("from_logits")
    return None if found is None else bool(found)


def read_as(loss: BoundLoss, *, logits: bool) -> BoundLoss:
    """Return a loss that reads logits, or that does not."""
    changed = {"from_logits": logits}
    if logits and "normalize" in loss.parameters:
        changed["normalize"] = False  # logits have no sum to divide by
    return replace(loss, parameters={**loss.parameters, **changed})


@dataclass(frozen=True, slots=True)
class AsShares:
    """What numbers cost as logits less what they cost as probabilities.

    Attributes:
        possible: whether every number is in [0, 1], and both costs are finite.
    """

    gain: Gain = field(default_factory=Gain)
    possible: bool = True

    def merge(self, later: AsShares) -> AsShares:
        """Return those of both."""
        if not (self.possible and later.possible):
            return _NOT
        return AsShares(self.gain.merge(later.gain))


_NOT = AsShares(possible=False)


def _sees(setting: Setting) -> bool:
    return not setting.classes and len(setting.losses) == 1 and reads_logits(setting.losses[0]) is True


def _of(setting: Setting, rows: Rows) -> AsShares:
    if not len(rows):
        return AsShares()
    (measured,) = rows.measured
    if measured is None or rows.prediction.min() < 0.0 or rows.prediction.max() > 1.0:
        return _NOT
    with np.errstate(all="ignore"):
        other = sample_losses(read_as(setting.losses[0], logits=False), rows.label, rows.prediction)
        difference = measured.value - other
    if measured.status is not None:
        difference = difference[measured.status == COUNTS]
    return AsShares(Gain.of(difference)) if np.isfinite(difference).all() else _NOT


AS_SHARES = Statistic("as_shares", lambda _: AsShares(), _of, _sees)


@dataclass(frozen=True, slots=True)
class Inside:
    """How many predictions there are, in all columns, and how many are in [0, 1]."""

    n: int = 0
    inside: int = 0

    def merge(self, later: Inside) -> Inside:
        """Return those of both."""
        return Inside(self.n + later.n, self.inside + later.inside)


def _inside(_: Setting, rows: Rows) -> Inside:
    prediction = rows.prediction
    if not len(rows) or (prediction.min() >= 0.0 and prediction.max() <= 1.0):
        return Inside(prediction.size, prediction.size)
    return Inside(prediction.size, int(np.count_nonzero((prediction >= 0.0) & (prediction <= 1.0))))


INSIDE = Statistic(
    "inside",
    lambda _: Inside(),
    _inside,
    lambda setting: any(reads_logits(one) is False for one in setting.losses),
)
