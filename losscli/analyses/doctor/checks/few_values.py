"""D21: predictions that are all the same, or nearly so."""

from __future__ import annotations

import math

import numpy as np

from losscli.analyses.doctor.check import Case, Check, Judged, Kind
from losscli.analyses.doctor.statistics.sample import SAMPLE, SAMPLED, Sample
from losscli.analyses.doctor.told import Told, not_numbers, tell


def judge(case: Case) -> Judged:
    """Note predictions of one value, or of few where labels are continuous."""
    return tell(case, CHECK.name, case.seen(SAMPLE), _one)


def _one(seen: Sample) -> Told | None:
    different = len(np.unique(seen.prediction))
    if different == 1:
        found = "all predictions are the same"
    elif seen.continuous and different < math.sqrt(seen.n):
        found = f"predictions have {different} values in {seen.n} rows, and most labels occur once"
    else:
        return None
    return Told(
        message=f"{found}.",
        remedy="Look whether the model predicts a mean, or did not see its features.",
        statistic=float(different),
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
    looks_at="how many different values labels and predictions have" + SAMPLED,
    rule="predictions have one value; or most labels occur once, and predictions have fewer than √n values",
    remedy="Look whether the model predicts a mean, or did not see its features.",
    evidence=("a model that predicts the mean",),
    statistics=(SAMPLE,),
    judge=judge,
    applies=not_numbers,
)
