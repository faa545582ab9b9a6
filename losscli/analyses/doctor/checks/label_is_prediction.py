"""D26: the column that is taken for the label is what the model decided."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind, Setting
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.other_columns import OTHERS, Beside, Others
from losscli.analyses.doctor.told import Told
from losscli.common.array import Array
from losscli.common.text import shorten

CLOSE, EACH_SIDE = 10, 3
UNSURE = 14.0
"""So many errors are expected of what was decided: that there is none is by chance less often than 10⁻⁶, but
a model may be less sure than it could be."""
AGREEMENT, SURE = 0.2, 6.0
STRONG = 0.4
AS_EXPECTED = (0.5, 2.0)
"""Between which multiples of the errors that probabilities expect those are that a truth shows..."""
WHERE_EXPECTED = 5.0
"""... and by how many standard errors more are where they are expected."""


def judge(case: Case) -> Judged:
    """Speak where every label is what its prediction decides, and another column may be the truth."""
    return _judge(case)


def _judge(case: Case) -> Iterator[Finding]:
    seen: Others = case.seen(OTHERS)
    logits = case.kind in (Kind.LOGIT, Kind.CLASS_LOGITS)
    if not seen.same[1 if logits else 0]:
        return
    close, unsure = seen.close[2:] if logits else seen.close[:2], 0.0 if logits else float(seen.unsure)
    # A model that knows the truth does not come so close to the other side of it, again and again.
    near = sum(close) >= CLOSE and (case.setting.classes or min(close) >= EACH_SIDE)
    names = dict(case.setting.others)
    found = {}
    sure = False
    for title, one in seen.beside.items():
        told = agreement(one)
        known = near or (not logits and foretold(one))
        if (AGREEMENT if known else STRONG) < told[1] < 1.0 and told[2] > SURE and (known or unsure > UNSURE):
            found[names[title]] = told
            sure = sure or known
    if not found:
        return
    label = case.setting.label_outputs[0] if case.setting.label_outputs else "label"
    share = ", ".join(f"`{shorten(name)}` in {told[0]:.0%}" for name, told in found.items())
    errors = f", also in {sum(close)} that it hardly decides" if sum(close) else ""
    (only, *more) = found
    named = f"If that is the truth: --label {shorten(only)}" if not more else "Name the truth: --label COLUMN"
    yield Told(
        message=f"in all {seen.n} rows the label `{shorten(label)}` is what the prediction decides{errors}. "
        f"Of the columns next to it these have the same classes, and agree with it: {share} of the rows.",
        remedy=f"`{shorten(label)}` may be the decision of the model. {named}",
        statistic=max(told[1] for told in found.values()),
        threshold=AGREEMENT if sure else STRONG,
        level="likely" if sure else "hint",
        repair=None if more else Repair(options={"label": (only,)}),
    ).of(case, CHECK.name)


def foretold(one: Beside) -> bool:
    """Whether a column differs from the label as often as the probabilities say, and where they say so."""
    counts = _counts(one)
    n = float(counts.sum())
    apart, expected = n - float(np.trace(counts)), float(one.unsure)
    low, high = AS_EXPECTED
    if not (apart > 0.0 and low * expected <= apart <= high * expected):
        return False
    spread = (float(one.squares) - expected**2 / n) * apart * (1.0 - apart / n) / n
    return spread > 0.0 and float(one.unsure_apart) - apart * expected / n > WHERE_EXPECTED * math.sqrt(
        spread
    )


def _counts(one: Beside) -> Array:
    size = math.isqrt(len(one.table))
    return np.array(one.table, dtype=np.float64).reshape(size, size)


def agreement(one: Beside) -> tuple[float, float, float]:
    """Return how often two columns agree, how much oftener than by chance (Cohen's κ), and its z."""
    counts = _counts(one)
    n = counts.sum()
    if not n:
        return 0.0, 0.0, 0.0
    share = float(np.trace(counts) / n)
    chance = float(counts.sum(axis=0) @ counts.sum(axis=1) / n**2)
    if not 0.0 < chance < 1.0:
        return share, 0.0, 0.0
    z = (share - chance) / math.sqrt(chance * (1.0 - chance) / n)
    return share, (share - chance) / (1.0 - chance), z


def _applies(setting: Setting) -> str:
    return (
        "" if setting.others else "no other column was read: labels are not what predictions decide, or named"
    )


CHECK = Check(
    name="label_is_prediction",
    number=26,
    lie="the column that is taken for the label is what the model decided",
    levels=("likely", "hint"),
    kinds=(Kind.PROBABILITY, Kind.LOGIT, Kind.CLASSES, Kind.CLASS_LOGITS),
    fewest=30,
    looks_at="whether every label is the class that its prediction decides, and the agreement of up to 20 "
    "other "
    "columns of the labels' input that have the same classes with it",
    rule="every label is decided by its prediction; another column has the same classes and agrees with it, "
    "not always but beyond chance (Cohen's κ > 0.2, 6 standard errors); and either at least 10 "
    "probabilities are less than 0.05 from ½, 3 on each side (of columns, the largest two less than 0.1 "
    "apart; logits 0.2), or the column differs from the label 0.5 to 2 times as often as the probabilities "
    "expect, and by more than 5 standard errors more where they expect it. A hint where 14 errors or more "
    "are to be expected of the probabilities, and κ > 0.4",
    remedy="Name the column of the truth: --label COLUMN.",
    evidence=("columns Label and Score of PyCaret before 3.0, beside the column of the truth",),
    statistics=(OTHERS,),
    judge=judge,
    applies=_applies,
    gains=False,
)
