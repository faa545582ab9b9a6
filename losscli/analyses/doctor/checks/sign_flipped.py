"""D16: predictions with the other sign."""

from __future__ import annotations

from dataclasses import replace

from losscli.analyses.doctor.check import Case, Check, Judged, Kind
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.agreement import AGREEMENT, Agreement
from losscli.analyses.doctor.statistics.sample import SAMPLE, SAMPLED, Sample
from losscli.analyses.doctor.told import Told, not_numbers, tell
from losscli.common.text import readable_number

CORRELATION, SURE = -0.5, 5.0
BETTER = 1.2


def judge(case: Case) -> Judged:
    """Speak where labels fall as predictions rise, and predictions with the other sign fit."""
    seen = case.seen(SAMPLE)
    if case.kind is Kind.SCORE:
        signs = iter(case.seen(AGREEMENT).of)
        return tell(case, CHECK.name, seen, lambda one: _of_scores(one, next(signs)))
    return tell(case, CHECK.name, seen, _of_numbers)


def _of_numbers(seen: Sample) -> Told | None:
    correlation = seen.correlation
    if correlation is None or correlation >= CORRELATION:
        return None
    plain, flipped, gain = seen.error(1.0), seen.error(-1.0), seen.gain(-1.0)
    if not (flipped < 0.5 * plain and flipped < seen.variance and gain > SURE):
        return None
    return _told(
        correlation,
        gain,
        f"The mean squared error is {readable_number(plain)}, and {readable_number(flipped)} with the "
        "other sign.",
    )


def _of_scores(seen: Sample, signs: Agreement) -> Told | None:
    """Judge scores of labels −1 and 1: they have no unit, so that it is their signs that have to fit."""
    correlation, gain = seen.correlation, seen.gain(-1.0)
    if correlation is None or correlation >= CORRELATION or gain <= SURE:
        return None
    if not signs.other > BETTER * max(signs.same, signs.positive, signs.negative):
        return None
    told = _told(correlation, gain, f"{signs.other} of {signs.n} scores have the sign of the other label.")
    return replace(told, rows=signs.other)


def _told(correlation: float, gain: float, figures: str) -> Told:
    return Told(
        message=f"labels fall as predictions rise (correlation {readable_number(correlation)}): the "
        f"predictions look negated. {figures}",
        remedy="Negate the predictions.",
        statistic=gain,
        threshold=SURE,
        repair=Repair(edits={"transform_prediction": "negate"}),
    )


CHECK = Check(
    name="sign_flipped",
    number=16,
    lie="predictions have the other sign",
    levels=("likely",),
    kinds=(Kind.NUMBERS, Kind.SCORE),
    fewest=30,
    looks_at="the correlation r of labels y and predictions f, and the mean squared error of −f next to "
    "that of f; "
    "of scores next to labels −1 and 1, how many have the sign of their label" + SAMPLED,
    rule="r < −0.5, mse(−f) < ½ mse(f), mse(−f) < Var y, and the gain is beyond 5 standard errors; of scores "
    "r < −0.5, the same gain, and signs are wrong more often than 1.2 times as often as they are right, and "
    "than 1.2 times as often as the more frequent label occurs",
    remedy="Negate the predictions: --transform-prediction negate.",
    evidence=("area under the curve below ½: openml/automlbenchmark #161",),
    statistics=(SAMPLE, AGREEMENT),
    judge=judge,
    applies=not_numbers,
)
