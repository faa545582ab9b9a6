"""D9: predictions that are sure of something, and say nothing of the labels beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind
from losscli.analyses.doctor.checks.rows_shifted import (
    best_of_classes,
    best_of_numbers,
    best_of_two,
    paired_by_position,
)
from losscli.analyses.doctor.statistics.class_shifts import CLASS_SHIFTS, ClassShifts
from losscli.analyses.doctor.statistics.neighbours import LOOKED_AT
from losscli.analyses.doctor.statistics.shifts import SHIFTS_OF_NUMBERS, Shifts
from losscli.common.text import readable_number

UNRELATED, LOWEST = 2.0, -3.0
SPREAD, MOST, OF_LOGITS, CLAIM = 0.4, 2.0, 1.0, 0.2


def judge(case: Case) -> Judged:
    """Speak where predictions differ much, and not as the labels do."""
    if case.setting.classes:
        seen = case.seen(CLASS_SHIFTS)
        claim = seen.claimed - seen.by_chance
        least = OF_LOGITS if case.kind is Kind.CLASS_LOGITS else CLAIM
        told = f"they are surer than chance by {readable_number(claim)}"
        return _findings(seen, told, sure=claim >= least and best_of_classes(seen) is None)
    numbers = case.seen(SHIFTS_OF_NUMBERS)
    if not numbers.finite:
        return "errors are too large to be squared"
    best = best_of_numbers(numbers) if case.kind is Kind.NUMBERS else best_of_two(numbers)
    return _findings(numbers, *_spread(case.kind, numbers, best is None))


def _spread(kind: Kind, seen: Shifts, unshifted: bool) -> tuple[str, bool]:
    """Return how much predictions differ, in words, and whether that is much."""
    if kind in (Kind.LOGIT, Kind.SCORE):
        told = f"their standard deviation is {readable_number(math.sqrt(max(seen.spread, 0.0)))}"
        return told, unshifted and seen.spread >= OF_LOGITS
    ratio = seen.spread / seen.variance if seen.variance > 0.0 else 0.0
    told = f"their variance is {readable_number(ratio)} of that of the labels"
    return told, unshifted and SPREAD <= ratio <= MOST


def _findings(seen: Shifts | ClassShifts, told: str, sure: bool) -> Iterator[Finding]:
    if not sure or not LOWEST < seen.related < UNRELATED:
        return
    ordered = isinstance(seen, Shifts) and min(seen.rising, seen.falling) == 0
    yield Finding(
        check=CHECK.name,
        level="hint",
        message=f"predictions say nothing of the labels beside them (z {readable_number(seen.related, 3)}), "
        f"though {told}: rows may be in another order"
        + (": predictions are sorted, and labels are not." if ordered and seen.serial_z < UNRELATED else "."),
        remedy="Write ids beside predictions and labels, and pair by them: --id COLUMN",
        statistic=seen.related,
        threshold=UNRELATED,
        rows=seen.n,
    )


CHECK = Check(
    name="rows_shuffled",
    number=9,
    lie="predictions are in another order than the labels",
    levels=("hint",),
    kinds=(Kind.NUMBERS, Kind.PROBABILITY, Kind.LOGIT, Kind.SCORE, Kind.CLASSES, Kind.CLASS_LOGITS),
    fewest=100,
    looks_at="whether predictions say anything of the labels, and how sure they are, where rows are "
    f"paired by position; of {LOOKED_AT}",
    rule="r·√n, or how much more probable labels are than by chance in standard errors, is between "
    f"{LOWEST:.0f} and {UNRELATED:.0f}; and predictions are sure: their variance is {SPREAD} to {MOST:.0f} "
    f"times that of the labels, that of logits at least {OF_LOGITS:.0f}; of classes the mean of Σ p² is at "
    f"least {CLAIM} above how probable labels are by chance; and no shift mends it. Honest models are that "
    "bad, too: it is a hint",
    remedy="Write ids beside predictions and labels: --id COLUMN.",
    evidence=(
        "keras-team/keras #6499, #5558, #6234, #7520",
        "skorch-dev/skorch #499",
        "rstudio/keras3 #264",
        "danielegrattarola/spektral #440",
        "dennybritz/cnn-text-classification-tf #136",
        "hiyouga/LlamaFactory #2209",
    ),
    statistics=(SHIFTS_OF_NUMBERS, CLASS_SHIFTS),
    judge=judge,
    applies=paired_by_position,
)
