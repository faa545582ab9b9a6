"""In which digits probabilities are written, and what rows cost whose probability they lost."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic
from losscli.common.array import Array
from losscli.compute.row_losses import RowLosses, sample_losses
from losscli.compute.statistics.exact_sum import ExactSum
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss

MOST_PLACES = 4
UNIT = 10**MOST_PLACES
DYADIC = 2.0**12
TINY = 1e-13
"""Powers of ten are exact as far as numbers above need them."""
FIRST = 64
LOG_LOSSES = frozenset(("binary_cross_entropy", "cross_entropy"))
Bounds = dict[int, tuple[ExactSum, ExactSum]]


@dataclass(frozen=True, slots=True)
class Digits:
    """How probabilities are written.

    Attributes:
        places: the decimal places that all have, at most 4; 5 for more.
        step: the largest number of ten-thousandths of which all are multiples.
        single: whether all are float32, or the shortest decimals of such numbers.
        dyadic: whether all are multiples of 2⁻¹².
        ones: how many are exactly 1.
    """

    places: int = 0
    step: int = 0
    single: bool = True
    dyadic: bool = True
    ones: int = 0

    def merge(self, later: Digits) -> Digits:
        """Return those of both."""
        places = max(self.places, later.places)
        return Digits(
            places,
            math.gcd(self.step, later.step) if places <= MOST_PLACES else 0,
            self.single and later.single,
            self.dyadic and later.dyadic,
            self.ones + later.ones,
        )

    @property
    def rounded(self) -> bool:
        """Whether they look rounded to so many places: shares of so many votes have a larger step."""
        return 0 < self.places <= MOST_PLACES and self.step == 10 ** (MOST_PLACES - self.places)


@dataclass(frozen=True, slots=True)
class Written:
    """Digits, and the sums of a log loss.

    Attributes:
        digits: of all probabilities.
        clipped: the rows that were clipped.
        lost, total: Σ w·loss of these, and of all rows.
        weight: Σ w of all rows.
        bounds: by decimal places, Σ w·loss if each label's probability was half a unit more, or less; of the
            places that may turn out to be those of all.
        measured: whether every row has a loss, if need be in spite of its sum; without it there are no sums.
    """

    digits: Digits = field(default_factory=Digits)
    clipped: int = 0
    lost: ExactSum = field(default_factory=ExactSum)
    total: ExactSum = field(default_factory=ExactSum)
    weight: ExactSum = field(default_factory=ExactSum)
    bounds: Bounds | None = None
    measured: bool = True

    def merge(self, later: Written) -> Written:
        """Return those of both."""
        if not (self.measured and later.measured):
            return Written(self.digits.merge(later.digits), measured=False)
        return Written(
            self.digits.merge(later.digits),
            self.clipped + later.clipped,
            self.lost.merge(later.lost),
            self.total.merge(later.total),
            self.weight.merge(later.weight),
            _merged(self.bounds, later.bounds),
        )

    @property
    def share(self) -> float:
        """The share of the cost that clipped rows have."""
        total = self.total.read()
        return float(self.lost.read() / total) if total > 0 else 0.0

    def range_of(self, places: int) -> tuple[float, float] | None:
        """Return the least and the largest cost of what may have been rounded to so many places."""
        if self.bounds is None or places not in self.bounds or not self.weight.read():
            return None
        low, high = (float(one.read() / self.weight.read()) for one in self.bounds[places])
        return low, high


def _merged(one: Bounds | None, other: Bounds | None) -> Bounds | None:
    if one is None or other is None:
        return other if one is None else one
    return {
        places: (low.merge(other[places][0]), high.merge(other[places][1]))
        for places, (low, high) in one.items()
        if places in other
    }


def log_loss_of(setting: Setting) -> int | None:
    """Return the place of the loss that is a log loss of probabilities; None where there is none."""
    for place, one in enumerate(setting.losses):
        if one.loss.name in LOG_LOSSES and not one.parameters["from_logits"]:
            return place
    return None


def _of(setting: Setting, rows: Rows) -> Written:
    if not len(rows):
        return Written()
    place = log_loss_of(setting)
    assert place is not None
    digits = digits_of(rows.prediction)
    found = _row_losses(setting.losses[place], rows, rows.measured[place])
    if found is None:
        return Written(digits, measured=False)
    value, clipped = found
    weight = rows.block.weight
    lost = np.flatnonzero(clipped) if clipped is not None else np.zeros(0, dtype=np.intp)
    return Written(
        digits,
        len(lost),
        _sum(value[lost], None if weight is None else weight[lost]),
        _sum(value, weight),
        ExactSum.of_integer(len(value)) if weight is None else ExactSum.of(weight),
        _bounds(setting.losses[place], rows, digits.places),
    )


def _row_losses(loss: BoundLoss, rows: Rows, measured: RowLosses | None) -> tuple[Array, Array | None] | None:
    """Return the loss of each row, and which were clipped; None where they cannot be told.

    Rows that are refused because of their sum have a loss all the same.
    """
    if measured is not None and measured.status is None:
        return measured.value, measured.clipped
    label, prediction = rows.label, rows.prediction
    if loss.layout is not Layout.CLASSES or label.ndim > 1:
        return None
    if prediction.min() < 0.0 or prediction.max() > 1.0:
        return None
    with np.errstate(all="ignore"):
        value = sample_losses(loss, label, prediction)
        return (value, loss.clipped(label, prediction)) if np.isfinite(value).all() else None


def _sum(values: Array, weight: Array | None) -> ExactSum:
    return ExactSum.of(values) if weight is None else ExactSum.of_products(weight, values)


def _bounds(loss: BoundLoss, rows: Rows, places: int) -> Bounds:
    """Return the bounds for each number of places that all probabilities of the rows have."""
    if loss.layout is Layout.CLASSES and rows.label.ndim > 1:
        return {}
    found = {}
    for digits in range(max(places, 1), MOST_PLACES + 1):
        half = 0.5 * 10.0**-digits
        with np.errstate(all="ignore"):
            low, high = (
                _sum(sample_losses(loss, rows.label, _moved(loss, rows, by)), rows.block.weight)
                for by in (half, -half)
            )
        found[digits] = low, high
    return found


def _moved(loss: BoundLoss, rows: Rows, by: float) -> Array:
    """Return predictions in which the probability of each label is more by a number, but in [0, 1]."""
    if loss.layout is not Layout.CLASSES:
        return np.asarray(np.clip(rows.prediction + np.where(rows.label == 1.0, by, -by), 0.0, 1.0))
    moved = np.array(rows.prediction)
    places = np.arange(len(rows)), rows.label
    moved[places] = np.clip(moved[places] + by, 0.0, 1.0)
    return moved


def digits_of(prediction: Array) -> Digits:
    """Return how the numbers of a block are written; numbers that are no probabilities in more digits."""
    values = np.ravel(prediction, order="K")
    ones = int(np.count_nonzero(values == 1.0))
    inside = values.min() >= 0.0 and values.max() <= 1.0
    first = values[:FIRST]
    # A few numbers tell of nearly all files that they have all their digits.
    places, step = _places(values) if inside and _places(first)[0] <= MOST_PLACES else (MOST_PLACES + 1, 0)
    single = bool(inside and _are_single(first) and _are_single(values))
    return Digits(places, step, single, bool(inside and _are_dyadic(values)), ones)


def _are_dyadic(values: Array) -> bool:
    return all(bool((part * DYADIC == np.floor(part * DYADIC)).all()) for part in (values[:FIRST], values))


def _places(values: Array) -> tuple[int, int]:
    """Return the decimal places of numbers in [0, 1], and the step of their ten-thousandths."""
    whole = np.rint(values * UNIT)
    decimal = whole / UNIT
    wrong = decimal != values
    if wrong.any() and not _as_float32(values[wrong], decimal[wrong]).all():
        return MOST_PLACES + 1, 0
    step = int(np.gcd.reduce(whole.astype(np.int64)))
    return next(places for places in range(MOST_PLACES + 1) if step % 10 ** (MOST_PLACES - places) == 0), step


def _as_float32(values: Array, decimal: Array) -> Array:
    """Return which numbers are float32 that were written as these decimals."""
    single = decimal.astype(np.float32)
    return np.asarray(single.astype(np.float64) == values)


def _are_single(values: Array) -> bool:
    """Whether all numbers in [0, 1] are float32, or the shortest decimals of such numbers."""
    with np.errstate(all="ignore"):
        single = values.astype(np.float32).astype(np.float64)
    rest = single != values
    if not rest.any():
        return True
    values, single = values[rest], single[rest]
    tiny = values < TINY
    if tiny.any() and not (_written(single[tiny]) == values[tiny]).all():
        return False
    values, single = values[~tiny], single[~tiny]
    # Six decimal places tell all float32 apart: such a number is the shortest decimal of its own.
    six = np.rint(values * 1e6) / 1e6 != values
    return bool((_shortest(single[six]) == values[six]).all())


def _written(single: Array) -> Array:
    """Return the float64 of the shortest decimals of numbers that are float32, slowly."""
    return np.asarray(single.astype(np.float32).astype("U32").astype(np.float64))


def _shortest(single: Array) -> Array:
    """Return the float64 of the shortest decimals of numbers that are float32, from 10⁻¹³ to 1."""
    found = np.full(len(single), np.nan)
    if not len(single):
        return found
    above = np.floor(np.log10(single)).astype(np.int64)
    for digits in range(9, 5, -1):
        # The power of ten is exact: so is all but one rounding of what a reader does with the digits.
        power = np.array([10.0**place for place in range(24)])[np.clip(digits - 1 - above, 0, 23)]
        decimal = np.rint(single * power) / power
        same = decimal.astype(np.float32).astype(np.float64) == single
        found[same] = decimal[same]
    return found


WRITTEN = Statistic("written", lambda _: Written(), _of, lambda setting: log_loss_of(setting) is not None)
