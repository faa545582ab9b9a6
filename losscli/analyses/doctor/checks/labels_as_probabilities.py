"""D5: predicted labels instead of probabilities."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind
from losscli.analyses.doctor.statistics.class_sums import CLASS_SUMS, sees
from losscli.analyses.doctor.statistics.facts import FACTS
from losscli.common.array import Array
from losscli.common.text import readable_number
from losscli.compute.row_losses import sample_losses


def judge(case: Case) -> Judged:
    """Speak where every probability is 0 or 1."""
    return _judge(case)


def _judge(case: Case) -> Iterator[Finding]:
    facts = case.seen(FACTS)
    seen = case.seen(CLASS_SUMS)
    if facts.whole < facts.predictions or not seen.fits:
        return
    errors = case.n - int(np.trace(seen.largest))
    told = f"{errors} of {case.n} are not the label" if errors else "each is the label"
    price = _of_an_error(case)
    if errors and price is not None:
        told += f", and {case.loss.loss.name} is {readable_number(price)} for each of these"
        if case.cost is not None and abs(case.cost - price * errors / case.n) <= 1e-9 * abs(case.cost):
            told += f": {errors}/{case.n} × {readable_number(price)} = {readable_number(case.cost)}"
    yield Finding(
        check=CHECK.name,
        level="note",
        message=f"all probabilities are 0 or 1, as predicted labels are; {told}.",
        remedy="Write probabilities (predict_proba), or measure with zero_one.",
        statistic=1.0,
        threshold=1.0,
        rows=case.n,
    )


def _of_an_error(case: Case) -> float | None:
    """Return what a sure prediction of another class costs."""
    label: Array = np.ones(1)
    wrong: Array = np.zeros(1)
    if case.setting.classes:
        label, wrong = np.zeros(1, dtype=np.int64), np.eye(len(case.setting.outputs))[-1:]
    with np.errstate(all="ignore"):
        found = float(sample_losses(case.loss, label, wrong)[0])
    return found if np.isfinite(found) else None


CHECK = Check(
    name="labels_as_probabilities",
    number=5,
    lie="predictions are labels, and not probabilities",
    levels=("note",),
    kinds=(Kind.PROBABILITY, Kind.CLASSES),
    looks_at="whether every probability is 0 or 1, and how many are wrong",
    rule="all are 0 or 1: the cost of a log loss is then the share of errors × 36.04, the logarithm of "
    "where it clips",
    remedy="Write probabilities (predict_proba), or measure with zero_one.",
    evidence=("log loss 34.5 and 36.04 of predicted labels: scikit-learn/scikit-learn #24365, #6703",),
    statistics=(CLASS_SUMS,),
    judge=judge,
    applies=lambda setting: "" if sees(setting) else "it is about one probability, or one for each class",
)
