"""D11: many rows come again in the same order, as files that were put together twice have them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from losscli.analyses.doctor.check import Case, Check, Finding, Judged, Setting
from losscli.analyses.doctor.checks.tail_repeats_head import padding_of
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.repeats import KEPT_RUNS, REPEATS, RUN, Repeats, varied

MOSTLY = 0.5
NEAR = 20.0
"""Times the mean distance of runs that are held: further apart are two neighbours by chance e⁻²⁰."""


@dataclass(frozen=True)
class Block:
    """Rows that come again: from `first` to `last`, and once more from `copy` to `end`."""

    first: int
    last: int
    copy: int
    end: int

    @property
    def rows(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


def block_of(seen: Repeats) -> Block | None:
    """Return the rows that come again in order, at least `RUN` of which most differ; None without."""
    runs = seen.runs
    again = runs.second > 0
    first, apart = runs.first[again], (runs.second - runs.first)[again]
    if not len(first):
        return None
    distances, counts = np.unique(apart, return_counts=True)
    distance = int(distances[counts.argmax()])
    chosen = apart == distance
    if varied(runs.mark[again][chosen]) <= MOSTLY:
        return None
    start, stop = int(first[chosen].min()) - RUN + 1, int(first[chosen].max())
    return _whole(seen, start, stop, distance, int(runs.last[again][chosen].max()))


def _whole(seen: Repeats, start: int, stop: int, distance: int, end: int) -> Block | None:
    """Return a block of which some runs are known, up to the ends of the file and of the block itself."""
    near = 0 if seen.end <= KEPT_RUNS else math.ceil(NEAR * seen.end / KEPT_RUNS)
    start = 1 if start - 1 <= near else start
    if seen.end - end <= near:
        end = seen.end
        stop = max(stop, min(end, start + 2 * distance - 1) - distance)
    if abs(start + distance - 1 - stop) <= 2 * near or stop > start + distance - 1:
        # The copy follows at once: what comes again is as long as the distance.
        stop = start + distance - 1
        copies = round((end - stop) / distance)
        end = stop + copies * distance if abs(stop + copies * distance - end) <= near else end
    block = Block(start, stop, start + distance, min(end, seen.end))
    return block if block.rows >= RUN else None


def judge(case: Case) -> Judged:
    """Speak where some rows come again in order."""
    return _judge(case.setting, case.seen(REPEATS))


def _judge(setting: Setting, seen: Repeats) -> Iterator[Finding]:
    block = block_of(seen)
    if block is None or padding_of(seen) >= block.rows:
        return
    yield Finding(
        check=CHECK.name,
        level="likely",
        message=f"rows {block.copy} to {block.end} repeat rows {block.first} to {block.last}, in order: a "
        "file looks as if it was put together twice.",
        remedy=f"Leave out rows {block.copy} to {block.end} of the predictions, with their labels.",
        statistic=float(block.rows),
        threshold=float(RUN),
        rows=block.end - block.copy + 1,
        repair=None if setting.several else Repair(edits={"skip_rows": ((block.copy, block.end),)}),
    )


CHECK = Check(
    name="file_within_file",
    number=11,
    lie="some rows are there twice, in the same order",
    levels=("likely",),
    fewest=2 * RUN,
    looks_at=f"the labels and predictions of each {RUN} rows in order, to the last digit, as 64-bit keys; "
    f"about {KEPT_RUNS} of those keys are held, chosen by their values, so that both copies are chosen or "
    "none",
    rule=f"at least {RUN} rows in order come again in order, and more than half of each {RUN} of them "
    f"differ. Up to {KEPT_RUNS} rows nothing escapes; of n rows beyond, m that come again are missed with "
    f"a chance of exp(−{KEPT_RUNS}·m/n), and their ends may be known only to within "
    f"{NEAR:.0f}·n/{KEPT_RUNS} rows, where they are not those of the file or of its copy.",
    remedy="Leave out the copy: --skip-rows FIRST-LAST.",
    evidence=("Lightning-AI/pytorch-lightning #17521",),
    statistics=(REPEATS,),
    judge=judge,
    gains=False,
)
