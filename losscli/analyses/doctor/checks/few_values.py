"""D21: predictions that are all the same, or nearly so."""

from __future__ import annotations

import math

from losscli.analyses.doctor.check import Case, Check, Judged, Kind
from losscli.analyses.doctor.statistics.distinct import DIFFERENT, Different
from losscli.analyses.doctor.told import Told, not_numbers, tell


def judge(case: Case) -> Judged:
    """Note predictions of one value, or of few where labels are continuous."""
    return tell(case, CHECK.name, case.seen(DIFFERENT), _one)


def _one(seen: Different) -> Told | None:
    different = seen.predictions.count
    if different == 1.0:
        found = "all predictions are the same"
    elif seen.continuous and different < math.sqrt(seen.n):
        found = f"predictions have {different:.0f} values in {seen.n} rows, and most labels occur once"
    else:
        return None
    return Told(
        message=f"{found}.",
        remedy="Look whether the model predicts a mean, or saw its features.",
        statistic=different,
        threshold=math.sqrt(seen.n),
        level="note",
    )


CHECK = Check(
    name="few_values",
    number=21,
    lie="predictions are constant, or have few values",
    levels=("note",),
    kinds=(Kind.NUMBERS, Kind.PROBABILITY, Kind.LOGIT, Kind.SCORE),
    fewest=30,
    looks_at="how many different values labels and predictions have",
    rule="predictions have one value; or most labels occur once, and predictions have fewer than √n values",
    remedy="Look whether the model predicts a mean, or saw its features.",
    evidence=("a model that predicts the mean",),
    statistics=(DIFFERENT,),
    judge=judge,
    applies=not_numbers,
)
