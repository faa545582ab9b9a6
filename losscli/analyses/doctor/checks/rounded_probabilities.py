"""D6: probabilities were rounded, and some label's became 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Kind, Level, Setting
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.digits import LOG_LOSSES, WRITTEN, Written, log_loss_of
from losscli.common.text import readable_number

SHARE, FEW_PLACES = 0.1, 3
NO_LOG_LOSS = "its loss is no log loss of probabilities"


def judge(case: Case) -> Judged:
    """Speak where rounding made the probability of labels 0."""
    return _judge(case) if is_log_loss(case) else NO_LOG_LOSS


def is_log_loss(case: Case) -> bool:
    """Whether the loss is a log loss of probabilities, which clips."""
    return case.loss.loss.name in LOG_LOSSES and not case.loss.parameters["from_logits"]


def applies_to(setting: Setting) -> str:
    """Return why a setting has no log loss; nothing if it has."""
    return "" if log_loss_of(setting) is not None else NO_LOG_LOSS


def _judge(case: Case) -> Iterator[Finding]:
    seen = case.seen(WRITTEN)
    places = seen.digits.places
    refused = case.error is not None
    if not (seen.measured and seen.digits.rounded and (seen.clipped or refused)):
        return
    level: Level = "likely" if refused or (seen.share > SHARE and places >= FEW_PLACES) else "hint"
    yield Finding(
        check=CHECK.name,
        level=level,
        message=_message(case, seen),
        remedy="Write more digits, or logits.",
        statistic=seen.share,
        threshold=SHARE,
        rows=seen.clipped,
        repair=Repair(loss=_with_tolerance(case, places)) if refused else None,
    )


def _with_tolerance(case: Case, places: int) -> str:
    """Return the spec of a loss that accepts sums of numbers of which each is half a unit off."""
    tolerance = len(case.setting.outputs) * 0.5 * 10.0**-places
    return replace(case.loss, parameters={**case.loss.parameters, "sum_tolerance": tolerance}).spec


def _message(case: Case, seen: Written) -> str:
    places = seen.digits.places
    message = f"all probabilities are multiples of {readable_number(10.0**-places)}"
    if case.error is not None:
        message += ", and so rows do not sum to 1"
    if seen.clipped:
        rows = f"{seen.clipped} row{'s have' if seen.clipped > 1 else ' has'}"
        message += (
            f", and {rows} probability 0 for the label: clipped, they carry "
            f"{readable_number(100.0 * seen.share, 3)} % of the cost"
        )
    found = seen.range_of(places)
    if found is None:
        return f"{message}."
    low, high = map(readable_number, found)
    return f"{message}. With the digits that are missing, the cost is between {low} and {high}."


CHECK = Check(
    name="rounded_probabilities",
    number=6,
    lie="probabilities lost the digits that decide about the cost",
    levels=("likely", "hint"),
    kinds=(Kind.PROBABILITY, Kind.CLASSES),
    looks_at="the decimal places of all probabilities, the rows that a log loss clips and their share of "
    "the cost, and what the cost is if each label's probability is half a unit more or less",
    rule="all are multiples of 10⁻ᵏ, k ≤ 4, of no larger step (shares of 8 votes are multiples of 0.125), "
    "and a row is clipped: likely if k is 3 or 4 and clipped rows carry more than 10 % of the cost, else "
    "a hint, as the votes of 10 or 100 trees look the same; or rows are refused because of their sums, and "
    "with sums that may be half a unit a column off they are not: likely",
    remedy="Write more digits, or logits.",
    evidence=("proclam #39", "with float32, shenweichen/DeepCTR-Torch #55"),
    statistics=(WRITTEN,),
    judge=judge,
    applies=applies_to,
    gains=False,
)
