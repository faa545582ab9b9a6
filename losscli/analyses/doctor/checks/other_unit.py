"""D13: predictions and labels in different units."""

from __future__ import annotations

import math
from collections.abc import Mapping

from losscli.analyses.doctor.check import Case, Check, Judged, Kind
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.sample import SAMPLE, SAMPLED, Sample
from losscli.analyses.doctor.told import Told, not_numbers, tell
from losscli.common.text import plain_number, readable_number

Units = Mapping[float, float]
"""What predictions may have to be multiplied by, and how far log b may be from the logarithm of each."""
TENS: Units = {unit: 0.1 for k in (1, 2, 3, 4, 5, 6, 9) for unit in (10.0**k, 1.0 / 10.0**k)}
OTHERS: Units = {
    unit: tolerance
    for factors, tolerance in (
        ((60.0, 3600.0, 24.0, 1024.0), 0.05),
        ((2.54, 0.3048, 1.609344, 0.45359237), 0.01),
    )
    for factor in factors
    for unit in (factor, 1.0 / factor)
}
LEAST = 1e-12
CORRELATION, ERROR, SURE = 0.5, 0.1, 4.0
WORDS = {100.0: "per cent and fractions", 60.0: "minutes and hours", 3600.0: "seconds and hours"}


def unit_of(seen: Sample) -> float | None:
    """Return the factor that turns the unit of the predictions into that of the labels; None without."""
    correlation = seen.correlation
    if correlation is None or correlation <= CORRELATION:
        return None
    slope = seen.mean(seen.label * seen.prediction) / seen.mean(seen.prediction**2)
    if not LEAST < slope < 1.0 / LEAST:
        return None
    unit = _nearest(slope, TENS)
    other = _nearest(slope, OTHERS)
    if other is not None and (unit is None or seen.error(other) < 0.5 * seen.error(unit)):
        unit = other
    if unit is None:
        return None
    scaled = seen.error(unit)
    if not (scaled < ERROR * seen.error(1.0) and scaled < 0.5 * seen.variance and seen.gain(unit) > SURE):
        return None
    return unit


def _nearest(slope: float, units: Units) -> float | None:
    near = [(abs(math.log(slope / unit)), unit) for unit, off in units.items()]
    return min(((off, unit) for off, unit in near if off < units[unit]), default=(0.0, None))[1]


def judge(case: Case) -> Judged:
    """Speak where a usual factor makes predictions fit."""
    return tell(case, CHECK.name, case.seen(SAMPLE), _one)


def _one(seen: Sample) -> Told | None:
    unit = unit_of(seen)
    if unit is None:
        return None
    times = f"{plain_number(unit)} ×" if unit >= 1.0 else f"1/{plain_number(1.0 / unit)} of"
    words = next((words for factor, words in WORDS.items() if unit in (factor, 1.0 / factor)), "")
    return Told(
        message=f"labels are {times} the predictions: different units{f', as {words}' if words else ''}. The "
        f"mean squared error is {readable_number(seen.error(1.0))}, and {readable_number(seen.error(unit))} "
        f"in one unit.",
        remedy=f"Multiply the predictions by {plain_number(unit)}.",
        statistic=seen.gain(unit),
        threshold=SURE,
        repair=Repair(edits={"scale_prediction": unit}),
    )


CHECK = Check(
    name="other_unit",
    number=13,
    lie="predictions and labels are in different units",
    levels=("likely",),
    kinds=(Kind.NUMBERS,),
    fewest=30,
    looks_at="the slope b = Σyf / Σf² of labels y on predictions f, and the mean squared error with usual "
    "factors" + SAMPLED,
    rule="b is within 10 % of 10, 100, 1000, 10⁴, 10⁵, 10⁶ or 10⁹, within 5 % of 60, 3600, 24 or 1024, or "
    "within 1 % of 2.54, 0.3048, 1.609344 or 0.45359237, or of one by one of them (of two it is the power of "
    "ten, unless the other halves the error); with that factor u, mse(u·f) < mse(f) / 10 and < ½ Var y, and "
    "the gain is beyond 4 standard errors; the correlation exceeds 0.5",
    remedy="Multiply the predictions: --scale-prediction FACTOR.",
    evidence=(
        "per cent and fractions: scikit-learn #23408, #28733, timeseriesAI/tsai #152, mlr3measures #63",
        "kwuking/TimeMixer #97, MLmetrics #7",
        "a scale of 0.1 by which a rmse of 1 was 0.1: allenai/rslearn #695",
    ),
    statistics=(SAMPLE,),
    judge=judge,
    applies=not_numbers,
)
