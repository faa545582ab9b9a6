"""D7: probabilities in float32 that became exactly 0 and 1."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind
from losscli.analyses.doctor.checks.rounded_probabilities import NO_LOG_LOSS, SHARE, applies_to, is_log_loss
from losscli.analyses.doctor.statistics.digits import MOST_PLACES, WRITTEN
from losscli.common.text import readable_number


def judge(case: Case) -> Judged:
    """Speak where float32 had no number between a probability and 1, and labels pay for it."""
    return _judge(case) if is_log_loss(case) else NO_LOG_LOSS


def _judge(case: Case) -> Iterator[Finding]:
    seen = case.seen(WRITTEN)
    digits = seen.digits
    if not digits.single or digits.dyadic or digits.places <= MOST_PLACES:
        return
    if digits.ones and seen.measured and seen.clipped and seen.share > SHARE and case.error is None:
        rows = f"{seen.clipped} row{'s have' if seen.clipped > 1 else ' has'}"
        yield Finding(
            check=CHECK.name,
            level="likely",
            message=f"all probabilities are float32, {digits.ones} of them are exactly 1, and {rows} "
            f"probability 0 for the label: clipped, they carry {readable_number(100.0 * seen.share, 3)} % "
            "of the cost. Beyond a logit of 17, float32 has no number below 1.",
            remedy="Save logits, and name the loss with from_logits=true.",
            statistic=seen.share,
            threshold=SHARE,
            rows=seen.clipped,
        )


CHECK = Check(
    name="saturated_probabilities",
    number=7,
    lie="probabilities in float32 became exactly 0 and 1",
    levels=("likely",),
    kinds=(Kind.PROBABILITY, Kind.CLASSES),
    looks_at="whether all probabilities are float32 (the same number in float64, or its shortest decimal), "
    "how many are exactly 1, and what rows cost that a log loss clips",
    rule="all are float32, not all of them multiples of 2⁻¹² or of 0.0001, some are exactly 1, and "
    "clipped rows carry more than 10 % of the cost",
    remedy="Save logits, and name the loss with from_logits=true.",
    evidence=("log loss 36 of saturated outputs: shenweichen/DeepCTR-Torch #55",),
    statistics=(WRITTEN,),
    judge=judge,
    applies=applies_to,
)
