"""D2: a softmax of a softmax, or a sigmoid of a sigmoid."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind, Setting
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.squashed import DISTINCT, SQUASHED

SURE, SHARE, FEWEST = 4.0, 0.05, 5


def judge(case: Case) -> Judged:
    """Speak where no row is more certain than a second softmax lets it be."""
    return _judge(case)


def _judge(case: Case) -> Iterator[Finding]:
    seen = case.seen(SQUASHED)
    fewest = max(FEWEST, SHARE * seen.n)
    if not seen.possible or seen.near < fewest or seen.gain.z <= SURE:
        return
    # Few distinct numbers may come close to the end by chance, but are not at it.
    if len(seen.distinct) < (2 if seen.at_end >= fewest else DISTINCT):
        return
    if case.setting.classes:
        message = (
            f"in no row one class is more than e = 2.718 times as probable as another, and {seen.near} of "
            f"{seen.n} rows come close to it: these look like a softmax of probabilities."
        )
        name, remedy = (
            "unsoftmax",
            "Take the softmax once: leave out the one in the last layer, or the other one.",
        )
    else:
        message = (
            f"all probabilities are from 0.5 to 0.7311, and {seen.near} of {seen.n} come close to the end: "
            "these look like a sigmoid of probabilities."
        )
        name, remedy = (
            "unsigmoid",
            "Take the sigmoid once: leave out the one in the last layer, or the other one.",
        )
    yield Finding(
        check=CHECK.name,
        level="likely",
        message=message,
        remedy=remedy,
        statistic=seen.gain.z,
        threshold=SURE,
        rows=case.n,
        repair=Repair(edits={"transform_prediction": name}),
    )


def _applies(setting: Setting) -> str:
    return "" if SQUASHED.sees(setting) else "it is about one probability, or one for each class"


CHECK = Check(
    name="softmax_twice",
    number=2,
    lie="probabilities were taken for logits, and a softmax or sigmoid taken of them",
    levels=("likely",),
    kinds=(Kind.PROBABILITY, Kind.CLASSES),
    fewest=10,
    looks_at="the logarithm L of the largest ratio of two probabilities of a row, and what q they are the "
    "softmax of: q = log p + (1 − Σ log p)/k; of one probability, q = log(p/(1 − p))",
    rule="L ≤ 1 and q ≥ 0 in every row, but for 10⁻⁵ (six digits); L > 0.98 in at least 5 % of the rows and "
    "in 5; at least 10 distinct rows, or 2 if L = 1 in so many; and the Brier score of q is lower, by more "
    "than 4 standard errors",
    remedy="Take it once: leave out the last layer's softmax, or the loss's; --transform-prediction "
    "unsoftmax undoes it (of one probability unsigmoid).",
    evidence=(
        '"one of the larger pain points in Keras": keras-team/keras-hub #1008; keras-team/keras #15271',
        '"loss bounded by 0.74": SciCo #2; tflearn/tflearn #562, tensorflow_cookbook #86, daisyRec #15',
    ),
    statistics=(SQUASHED,),
    judge=judge,
    applies=_applies,
)
