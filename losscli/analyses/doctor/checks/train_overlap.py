"""D20: samples that the model was trained on."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Setting
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.overlap import MOST_RANGES, OVERLAP, Overlap
from losscli.analyses.doctor.training import Training, is_counted
from losscli.common.text import listed, readable_number, visible

MANY, TIMES, FEW = 0.05, 4.0, 0.01
MOST_SAID = 20
"""Ranges of rows that a command names."""


def judge(case: Case) -> Judged:
    """Speak where samples are among the training data."""
    return _judge(case, case.seen(OVERLAP), case.setting.train)


def _judge(case: Case, seen: Overlap, training: Training) -> Iterator[Finding]:
    share = seen.found / seen.n
    by_ids = not training.columns
    by_chance = max(MANY, TIMES * (1.0 - training.distinct))
    if not seen.found or (not by_ids and share < FEW):
        return
    numbered = by_ids and training.counted and is_counted(seen.low, seen.high, seen.n)
    sure = not numbered if by_ids else share >= by_chance
    what = "ids" if by_ids else "rows"
    told = "" if by_ids else f", by {listed([repr(visible(one)) for one in training.columns])}"
    doubt = "; but the ids of both may be mere numbers of rows" if numbered else ""
    yield Finding(
        check=CHECK.name,
        level="likely" if sure else "hint",
        message=f"{seen.found} of the {seen.n} samples ({readable_number(100 * share, 3)} %) are in the "
        f"training data too: {what} of {training.name}{told}{doubt}.",
        remedy="Leave out the samples that the model was trained on.",
        statistic=share,
        threshold=0.0 if by_ids else by_chance,
        rows=seen.found,
        repair=_repair(case.setting, seen, by_ids=by_ids) if seen.found < seen.n else None,
    )


def _repair(setting: Setting, seen: Overlap, *, by_ids: bool) -> Repair | None:
    """Return what leaves the samples out: the ids of the training data, or the rows themselves."""
    if by_ids and setting.train.path is not None:
        return Repair(edits={"exclude_ids": setting.train.path})
    if seen.ranges is None or setting.several:
        return None
    ranges = tuple((int(first), int(last)) for first, last in seen.ranges.tolist())
    return Repair(edits={"skip_rows": ranges}, said=len(ranges) <= MOST_SAID)


NOT_GIVEN = "the training data are not given: --train FILE"


def _why_not(setting: Setting) -> str:
    if setting.train is None:
        return NOT_GIVEN
    why: str = setting.train.why_not
    return why


CHECK = Check(
    name="train_overlap",
    number=20,
    lie="samples are among those that the model was trained on",
    levels=("likely", "hint"),
    fewest=1,
    looks_at="with --train FILE, the ids that the predictions and that file have; without ids, the rows "
    "of all columns that it shares with the inputs, predictions apart, as text. Of the training data it "
    f"holds 8 bytes a row, and of the samples that are among them up to {MOST_RANGES} ranges of rows; two "
    "different rows are taken for the same with a chance of 1 in 2⁶⁴",
    rule=f"an id is in both; a hint where the ids of both count from 0 or 1. Without ids: {100 * MANY:.0f} "
    f"% of the samples, and {TIMES:.0f} times the share of the training rows that repeat others; a hint "
    f"from {100 * FEW:.0f} % on",
    remedy="Leave the samples out: --exclude-ids FILE, or --skip-rows FIRST-LAST.",
    evidence=(
        "embeddings-benchmark/mteb #1036",
        "huggingface/datasets #4261",
        "vietai/mTet #5 (6294 of 19151 test pairs)",
        "ai-forever/ru-gpts #23",
        "ljwztc/CLIP-Driven-Universal-Model #63",
    ),
    statistics=(OVERLAP,),
    judge=judge,
    applies=_why_not,
    gains=False,
)
