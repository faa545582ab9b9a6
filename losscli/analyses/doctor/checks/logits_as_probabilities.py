"""D4: logits are given to a loss that reads probabilities, which refuses them."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind
from losscli.analyses.doctor.kinds import FAR
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.class_sums import CLASS_SUMS, LOGIT_SUMS
from losscli.analyses.doctor.statistics.facts import FACTS
from losscli.analyses.doctor.statistics.logits import INSIDE, read_as, reads_logits
from losscli.analyses.doctor.statistics.row_sums import ROW_SUMS
from losscli.common.text import readable_number

MOSTLY = 0.9
"""Where so many predictions are in [0, 1], the others are something else than logits."""


def judge(case: Case) -> Judged:
    """Speak where a loss refuses numbers that are no probabilities, and may be logits."""
    if reads_logits(case.loss) is not False:
        return "the loss does not read probabilities, or knows no logits"
    if case.error is None and not case.request.drop:
        return iter(())
    return _found(case) if _may_be_logits(case) else iter(())


def _may_be_logits(case: Case) -> bool:
    """Whether predictions are logits rather than what a line fitted to labels predicts, or per cent."""
    facts = case.seen(FACTS)
    inside = case.seen(INSIDE)
    if facts.low >= 0.0 or inside.inside >= MOSTLY * inside.n:
        return False
    if case.setting.classes:
        seen = case.seen(ROW_SUMS)
        return seen.ones < seen.n
    if facts.low < -FAR or facts.high > 1.0 + FAR or not case.setting.one_number:
        return True
    plain, logits = case.seen(CLASS_SUMS), case.seen(LOGIT_SUMS)
    return plain.fits and logits.brier < plain.brier


def _found(case: Case) -> Iterator[Finding]:
    facts = case.seen(FACTS)
    name = case.loss.loss.name
    yield Finding(
        check=CHECK.name,
        level="likely",
        message=f"predictions are between {readable_number(facts.low)} and {readable_number(facts.high)}: "
        f"they look like logits, and {name} reads probabilities unless it is told so.",
        remedy="Name the loss with from_logits=true.",
        statistic=facts.low,
        threshold=0.0,
        rows=case.n,
        repair=Repair(loss=read_as(case.loss, logits=True).spec),
    )


CHECK = Check(
    name="logits_as_probabilities",
    number=4,
    lie="logits are read as probabilities",
    levels=("likely",),
    kinds=(Kind.PROBABILITY, Kind.CLASSES),
    looks_at="the range of predictions that a loss on probabilities refuses, and the sums of their rows",
    rule="the loss refuses a row (or it is dropped), some prediction is negative, and as logits all rows "
    "have a cost; not if 9 in 10 predictions are in [0, 1], nor if all rows of class columns sum to 1 "
    "within 0.001, nor if numbers in [−1, 2] have a lower Brier score cut to [0, 1] than as logits, as a "
    "line fitted to labels has",
    remedy="Name the loss with from_logits=true.",
    evidence=("tensorflow/tensorflow #28718, keras-team/keras-io #494, #1439, pytorch/pytorch #12299",),
    statistics=(ROW_SUMS, CLASS_SUMS, LOGIT_SUMS, INSIDE),
    judge=judge,
    gains=False,
)
