"""D16: predictions with the other sign."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.pair_moments import PAIR_MOMENTS
from losscli.common.text import readable_number

CORRELATION, SURE = -0.5, 5.0


def judge(case: Case) -> Judged:
    """Speak where labels fall as predictions rise, and predictions with the other sign fit."""
    return _judge(case)


def _judge(case: Case) -> Iterator[Finding]:
    seen = case.seen(PAIR_MOMENTS)
    correlation = seen.correlation
    if correlation is None or correlation >= CORRELATION:
        return
    plain, flipped = seen.error(1.0), seen.error(-1.0)
    gain = seen.gain(-1.0)
    if not (flipped < 0.5 * plain and flipped < seen.variance and gain > SURE):
        return
    yield Finding(
        check=CHECK.name,
        level="likely",
        message=f"labels fall as predictions rise (correlation {readable_number(correlation)}): the "
        "predictions look negated.",
        remedy="Negate the predictions.",
        statistic=gain,
        threshold=SURE,
        rows=case.n,
        repair=Repair(edits={"transform_prediction": "negate"}),
    )


CHECK = Check(
    name="sign_flipped",
    number=16,
    lie="predictions have the other sign",
    levels=("likely",),
    kinds=(Kind.NUMBERS, Kind.SCORE),
    fewest=30,
    looks_at="the correlation r of labels and predictions, and the mean squared error of −f beside that of f",
    rule="r < −0.5, mse(−f) < ½ mse(f), mse(−f) < Var y, and the gain beyond 5 standard errors",
    remedy="Negate the predictions: --transform-prediction negate.",
    evidence=("area under the curve below ½: openml/automlbenchmark #161",),
    statistics=(PAIR_MOMENTS,),
    judge=judge,
    applies=lambda setting: "" if setting.one_number else "it is about one prediction and one label a row",
)
