"""D14: predictions on the scale of standardised labels, whose standardisation was not undone."""

from __future__ import annotations

import math

from losscli.analyses.doctor.check import Case, Check, Judged, Kind
from losscli.analyses.doctor.checks.other_unit import unit_of
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.sample import SAMPLE, SAMPLED, Sample
from losscli.analyses.doctor.told import Told, not_numbers, tell
from losscli.common.text import readable_number

MEAN, LEAST_STD, LARGEST_STD = 0.5, 0.2, 1.5
AWAY, LARGE, SMALL = 3.0, 5.0, 0.1
CORRELATION, ERROR = 0.7, 0.1


def judge(case: Case) -> Judged:
    """Speak where predictions look standardised, labels are elsewhere, and undoing it makes them fit."""
    return tell(case, CHECK.name, case.seen(SAMPLE), _one)


def _one(seen: Sample) -> Told | None:
    correlation = seen.correlation
    if correlation is None or correlation <= CORRELATION or unit_of(seen) is not None:
        return None
    of_f, mean, std = math.sqrt(seen.prediction_variance), seen.label_mean, math.sqrt(seen.variance)
    standard = abs(seen.prediction_mean) < MEAN and LEAST_STD < of_f < LARGEST_STD
    elsewhere = abs(mean) > AWAY * max(std, 1.0) or std > LARGE or std < SMALL
    if not (standard and elsewhere):
        return None
    plain, undone = seen.error(1.0), seen.error(std, mean)
    if not (undone < ERROR * plain and undone < 0.5 * seen.variance):
        return None
    of, rescaled = (
        f"mean {readable_number(one)} and standard deviation {readable_number(other)}"
        for one, other in ((mean, std), (seen.prediction_mean, of_f))
    )
    return Told(
        message=f"predictions have {rescaled}, labels {of}, and the two are correlated "
        f"({readable_number(correlation)}): predictions look standardised. The mean squared error is "
        f"{readable_number(plain)}, and {readable_number(undone)} if that is undone.",
        remedy="Undo the standardisation with the mean and the standard deviation of the training data; "
        "those "
        "of these labels stand for them here.",
        statistic=correlation,
        threshold=CORRELATION,
        repair=Repair(edits={"rescale_prediction": (mean, std)}),
    )


CHECK = Check(
    name="standardised_predictions",
    number=14,
    lie="predictions are standardised, and labels are not",
    levels=("likely",),
    kinds=(Kind.NUMBERS,),
    fewest=30,
    looks_at="the means and standard deviations of predictions f and labels y, and the mean squared error of "
    "f · sd y + mean y" + SAMPLED,
    rule="|mean f| < 0.5 and 0.2 < sd f < 1.5; |mean y| > 3 and > 3 sd y, or sd y > 5 or < 0.1; correlation "
    "> 0.7; with the standardisation undone the mean squared error is below a tenth of what it was and below "
    "½ Var y; no factor alone is enough (other_unit)",
    remedy="Undo the standardisation: --rescale-prediction MEAN,STD, with those of the training data.",
    evidence=(
        "an inverse_transform that was left out: sktime/pytorch-forecasting #445, Time-Series-Library #704",
        "KimMeen/Time-LLM #104, Secilia-Cxy/SOFTS #7, thuml/Autoformer #79",
        "DAMO-DI-ML/NeurIPS2023-One-Fits-All #30, #43",
    ),
    statistics=(SAMPLE,),
    judge=judge,
    applies=not_numbers,
)
