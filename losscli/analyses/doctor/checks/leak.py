"""D19: predictions that know their labels."""

from __future__ import annotations

from losscli.analyses.doctor.check import Case, Check, Judged, Kind
from losscli.analyses.doctor.statistics.agreement import AGREEMENT, Agreement
from losscli.analyses.doctor.statistics.sample import SAMPLE, SAMPLED, Sample
from losscli.analyses.doctor.told import Told, not_numbers, tell
from losscli.common.text import readable_number

EQUAL, SOME, LEFT = 0.9, 0.3, 1e-9
REMEDY = "Look whether the labels, or a column made of them, are among the features."


def judge(case: Case) -> Judged:
    """Speak where continuous labels are predicted to the last digit, or all but so."""
    agreement = iter(case.seen(AGREEMENT).of)
    return tell(case, CHECK.name, case.seen(SAMPLE), lambda one: _one(one, next(agreement)))


def _one(seen: Sample, agreement: Agreement) -> Told | None:
    n, equal = agreement.n, agreement.equal
    share = equal / n
    if not seen.continuous:
        return None
    if share >= SOME:
        return Told(
            message=f"{equal} of {n} predictions are their label to the last digit, and most labels occur "
            "once.",
            remedy=REMEDY,
            statistic=share,
            threshold=EQUAL,
            level="likely" if share >= EQUAL else "hint",
            rows=equal,
        )
    if not seen.error(1.0) < LEFT * seen.variance:
        return None
    ratio = seen.error(1.0) / seen.variance
    return Told(
        message=f"the mean squared error is {readable_number(ratio, 3)} times the variance of the labels: "
        "predictions are the labels but for rounding.",
        remedy=REMEDY,
        statistic=ratio,
        threshold=LEFT,
        level="hint",
    )


CHECK = Check(
    name="leak",
    number=19,
    lie="predictions were made with the labels",
    levels=("likely", "hint"),
    kinds=(Kind.NUMBERS,),
    fewest=30,
    looks_at="how many predictions are their label to the last bit, the mean squared error, and whether most "
    "labels occur once" + SAMPLED,
    rule="most labels occur once, and the prediction is the label in at least 90 % of the rows; a hint "
    "from 30 % "
    "on, or where the mean squared error is below 10⁻⁹ Var y",
    remedy="Look whether the labels, or a column made of them, are among the features: the model has to be "
    "mended.",
    evidence=("CANET #2",),
    statistics=(AGREEMENT, SAMPLE),
    judge=judge,
    applies=not_numbers,
)
