"""D10: the last rows are the first ones again, as samplers that fill up the last batch leave them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.analyses.doctor.check import Case, Check, Finding, Judged
from losscli.analyses.doctor.repair import Repair
from losscli.analyses.doctor.statistics.repeats import ENDS, REPEATS, RUN, Repeats
from losscli.common.text import readable_number

LEAST, MOSTLY = 2, 0.5


def padding_of(seen: Repeats) -> int:
    """Return how many rows at the end repeat those at the beginning, where most rows differ; else 0."""
    rows = seen.padding
    # A file that is there twice is another fault.
    if rows < LEAST or (rows >= RUN and 2 * rows == seen.n) or seen.distinct <= MOSTLY:
        return 0
    return rows if len(np.unique(seen.head[:rows])) > MOSTLY * rows else 0


def judge(case: Case) -> Judged:
    """Speak where the first rows and the last are the same, in the same order."""
    return _judge(case.seen(REPEATS))


def _judge(seen: Repeats) -> Iterator[Finding]:
    rows = padding_of(seen)
    if not rows:
        return
    first, last = int(seen.tail_rows[-rows]), seen.end
    yield Finding(
        check=CHECK.name,
        level="likely",
        message=f"the last {rows} rows repeat the first {rows}, in order, and "
        f"{readable_number(100 * seen.distinct)} % of all rows differ: a sampler that gives each process as "
        "many samples fills up with the first ones.",
        remedy=f"Leave out rows {first} to {last} of the predictions, with their labels.",
        statistic=float(rows),
        threshold=float(LEAST),
        rows=rows,
        repair=Repair(edits={"skip_rows": ((first, last),)}),
    )


CHECK = Check(
    name="tail_repeats_head",
    number=10,
    lie="the last rows are the first ones again",
    levels=("likely",),
    fewest=10,
    looks_at=f"the labels and predictions of the first {ENDS} rows and of the last {ENDS}, to the last digit, "
    "and how many rows differ from all others",
    rule=f"the first k rows are the last k rows, 2 ≤ k ≤ {ENDS}; more than half of them differ from each other, "
    "and more than half of all rows do. A file that is there twice is file_within_file.",
    remedy="Leave out the last rows: --skip-rows FIRST-LAST.",
    evidence=(
        "padding of a DistributedSampler: pytorch/pytorch #25162, #22584; roboflow/rf-detr #1507; "
        "huggingface/accelerate #125; mosaicml/composer #2218; RUCAIBox/RecBole #1872; "
        "Lightning-AI/pytorch-lightning #2398",
    ),
    statistics=(REPEATS,),
    judge=judge,
    gains=False,
)
