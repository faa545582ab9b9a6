"""D19: predictions that know their labels."""

from __future__ import annotations

from dataclasses import dataclass

from losscli.analyses.doctor.check import Case, Check, Judged, Kind
from losscli.analyses.doctor.statistics.agreement import AGREEMENT, Agreement
from losscli.analyses.doctor.statistics.distinct import DIFFERENT, Different
from losscli.analyses.doctor.statistics.outputs import Outputs
from losscli.analyses.doctor.statistics.pair_moments import PAIR_MOMENTS, PairMoments
from losscli.analyses.doctor.told import Told, not_numbers, tell
from losscli.common.text import readable_number

EQUAL, SOME, LEFT = 0.9, 0.1, 1e-9
REMEDY = "Look whether the labels, or a column made of them, are among the features."


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an output."""

    agreement: Agreement
    different: Different
    moments: PairMoments

    def merge(self, later: Known) -> Known:
        """Return that of both."""
        return Known(
            self.agreement.merge(later.agreement),
            self.different.merge(later.different),
            self.moments.merge(later.moments),
        )


def judge(case: Case) -> Judged:
    """Speak where continuous labels are predicted to the last digit, or all but so."""
    parts = zip(case.seen(AGREEMENT).of, case.seen(DIFFERENT).of, case.seen(PAIR_MOMENTS).of, strict=True)
    return tell(case, CHECK.name, Outputs(tuple(Known(*one) for one in parts)), _one)


def _one(seen: Known) -> Told | None:
    n, equal = seen.agreement.n, seen.agreement.equal
    share = equal / n
    if seen.different.continuous and share >= SOME:
        return Told(
            message=f"{equal} of {n} predictions are their label to the last digit, and most labels occur "
            "once.",
            remedy=REMEDY,
            statistic=share,
            threshold=EQUAL,
            level="likely" if share >= EQUAL else "hint",
            rows=equal,
        )
    variance, error = seen.moments.variance, seen.moments.error(1.0)
    if seen.different.continuous and 0.0 < error < LEFT * variance:
        return Told(
            message=f"the mean squared error is {readable_number(error / variance, 3)} times the variance "
            "of the "
            "labels: predictions are the labels but for rounding.",
            remedy=REMEDY,
            statistic=error / variance,
            threshold=LEFT,
            level="hint",
        )
    return None


CHECK = Check(
    name="leak",
    number=19,
    lie="predictions were made with the labels",
    levels=("likely", "hint"),
    kinds=(Kind.NUMBERS,),
    fewest=30,
    looks_at="how many predictions are their label to the last bit, the mean squared error, and whether most "
    "labels occur once",
    rule="most labels occur once, and the prediction is the label in at least 90 % of the rows; a hint "
    "from 10 % "
    "on, or where the mean squared error is below 10⁻⁹ Var y",
    remedy="Look whether the labels, or a column made of them, are among the features: the model has to be "
    "mended.",
    evidence=("CANET #2",),
    statistics=(AGREEMENT, DIFFERENT, PAIR_MOMENTS),
    judge=judge,
    applies=not_numbers,
)
